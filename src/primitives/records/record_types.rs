//! Records: the primitives of `(rnrs records procedural)` and `(rnrs records inspection)`. What makes procedures (accessors,
//! constructors) is in the prelude, over the checked accesses `%record…` here, which the compiler may open.

use crate::eval::{Machine, Res, Rest, Stop, Who};
use crate::heap::{External, Kind, Record, RecordType, Symbol, Tracer, Value, Vector, View};
use crate::primitives::objects::equivalence::are_eqv;
use crate::primitives::work::room;
use hashbrown::HashMap;
use vicar_macros::primitives;

/// The nongenerative record types of a machine by their uids, which are symbols.
#[derive(Default)]
pub struct Nongenerative(HashMap<u64, (Value, Value), foldhash::fast::FixedState>);

impl External for Nongenerative {
    fn trace(&self, tracer: &mut Tracer) {
        self.0.values().for_each(|&(uid, rtd)| {
            tracer.value(uid);
            tracer.value(rtd);
        })
    }
    fn bytes(&self) -> usize {
        self.0.allocation_size()
    }
    fn type_name(&self) -> &'static str {
        "record-types"
    }
}

/// `(mutable x)` or `(immutable x)` as name and mutability.
fn field_specifier(spec: Value) -> Option<(Value, bool)> {
    let (kind, rest) = spec.uncons()?;
    let (name, end) = rest.uncons()?;
    Symbol::from_value(name)?;
    if !end.is_nil() {
        return None;
    }
    match Symbol::from_value(kind)?.name() {
        "mutable" => Some((name, true)),
        "immutable" => Some((name, false)),
        _ => None,
    }
}

/// The wrong-argument condition for a value that is no record of type `rtd`.
#[cold]
fn not_of_type(m: &mut Machine, who: Value, rtd: RecordType, v: Value) -> Stop {
    let name = Symbol::from_value(rtd.name()).map_or(String::new(), |s| s.name().to_string());
    let who = Symbol::from_value(who).map_or(String::new(), |s| s.name().to_string());
    m.wrong_argument(&who, "record", 1, &format!("a record of type {name}"), v)
}

/// The record, if it is one of type `rtd`.
#[inline]
fn of_type(v: Value, rtd: RecordType) -> Option<Record> {
    Record::from_value(v).filter(|r| r.rtd().is_a(rtd))
}

/// Own field `k` of `rtd`, as an index among all fields.
fn own_field(m: &mut Machine, who: &str, rtd: RecordType, k: usize) -> Res<usize> {
    let own = rtd.fields().slots().len();
    if k < own {
        return Ok(rtd.first_field() + k);
    }
    Err(m.assertion(
        who,
        &format!("field index out of range, the type has {own} fields of its own"),
        &[rtd.value(), Value::fixnum(k as i64)],
    ))
}

/// Slots of a `Kind::RecordConstructor`.
const RCD_RTD: usize = 0;
const RCD_PARENT: usize = 1;
const RCD_PROTOCOL: usize = 2;

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%record rtd field …)`: a record with all its fields, the oldest ancestor's first.
    fn record(m: &mut Machine, rtd: RecordType, fields: Rest) -> Res {
        if rtd.total_fields() != fields.len() {
            let name = Symbol::from_value(rtd.name()).map_or(String::new(), |s| s.name().to_string());
            let message =
                format!("wrong number of fields for a {name}: expected {}, got {}", rtd.total_fields(), fields.len());
            return Err(m.assertion("record-constructor", &message, &fields));
        }
        m.heap.reserve(size_of_val(&*fields))?;
        Ok(m.heap.record(rtd, &fields))
    }

    /// `(%record-is? obj rtd)`: whether it is a record of that type or of a descendant.
    fn is_record_is(obj: Value, rtd: RecordType) -> Res {
        Ok(Value::boolean(of_type(obj, rtd).is_some()))
    }

    /// `(%record-ref record rtd i who)`: field `i` among all fields.
    fn record_ref(m: &mut Machine, record: Value, rtd: RecordType, i: usize, who: Value) -> Res {
        match of_type(record, rtd) {
            Some(r) if i < r.rtd().total_fields() => Ok(r.field(i)),
            _ => Err(not_of_type(m, who, rtd, record)),
        }
    }

    /// `(%record-set! record rtd i value who)`: changes field `i` among all fields.
    #[primitive(name = "%record-set!")]
    fn record_set(m: &mut Machine, record: Value, rtd: RecordType, i: usize, value: Value, who: Value) -> Res {
        match of_type(record, rtd) {
            Some(r) if i < r.rtd().total_fields() => {
                r.set_field(i, value);
                Ok(Value::VOID)
            }
            _ => Err(not_of_type(m, who, rtd, record)),
        }
    }

    /// `(%record-field-index rtd k who)`: own field `k` as an index among all fields.
    fn record_field_index(m: &mut Machine, rtd: RecordType, k: usize, who: Symbol) -> Res {
        Ok(Value::fixnum(own_field(m, who.name(), rtd, k)? as i64))
    }

    /// `(%check-rtd who index obj)`: refuses what is no record-type descriptor.
    fn check_rtd(m: &mut Machine, who: Symbol, index: usize, obj: Value) -> Res {
        match RecordType::from_value(obj) {
            Some(_) => Ok(Value::VOID),
            None => Err(m.wrong_argument(who.name(), "rtd", index, "a record-type descriptor", obj)),
        }
    }

    /// `(%record-type-total-fields rtd)`: the number of its fields with all ancestors'.
    fn record_type_total_fields(rtd: RecordType) -> Res {
        Ok(Value::fixnum(rtd.total_fields() as i64))
    }

    /// `(%rcd-protocol rcd)`: the protocol or `#f`.
    fn rcd_protocol(m: &mut Machine, rcd: Value) -> Res {
        Ok(rcd_slots(m, "record-constructor", rcd)?[RCD_PROTOCOL])
    }
}

fn rcd_slots(m: &mut Machine, who: &str, rcd: Value) -> Res<[Value; 3]> {
    if rcd.is(Kind::RecordConstructor) {
        return Ok([rcd.slot(RCD_RTD), rcd.slot(RCD_PARENT), rcd.slot(RCD_PROTOCOL)]);
    }
    Err(m.wrong_argument(who, "constructor-descriptor", 1, "a record-constructor descriptor", rcd))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(make-record-type-descriptor name parent uid sealed? opaque? fields)`: a record type. `fields` is a vector of
    /// `(mutable name)` and `(immutable name)`. With a symbol as `uid`, the type made before with it, if there is one.
    fn make_record_type_descriptor(
        m: &mut Machine,
        who: Who,
        name: Symbol,
        parent: Value,
        uid: Value,
        sealed: bool,
        opaque: bool,
        fields: Vector,
    ) -> Res {
        let parent_type = RecordType::from_value(parent);
        if parent.is_true() && parent_type.is_none() {
            return Err(m.wrong_argument(who, "parent", 2, "a record-type descriptor or #f", parent));
        }
        if uid.is_true() && Symbol::from_value(uid).is_none() {
            return Err(m.wrong_argument(who, "uid", 3, "a symbol or #f", uid));
        }
        if parent_type.is_some_and(|p| p.is_sealed()) {
            return Err(m.assertion(who, "the parent is sealed", &[parent]));
        }
        // The type gets a list of its ancestors.
        let ancestors = parent_type.map_or(0, |p| p.ancestors().slots().len());
        m.charge(4 + fields.len() + ancestors / 16)?;
        // And while it is made, what the specifiers say.
        m.heap.reserve_many((ancestors + fields.len() * 4) * 8)?;
        let mut specs = Vec::with_capacity(fields.len());
        for &spec in fields.as_slice() {
            match field_specifier(spec) {
                Some(f) => specs.push(f),
                None => {
                    return Err(m.wrong_argument(
                        who,
                        "fields",
                        6,
                        "a vector of (mutable name) or (immutable name)",
                        spec,
                    ));
                }
            }
        }
        if uid.is_true() {
            let known = m.extension::<Nongenerative>().0.get(&uid.bits()).and_then(|e| RecordType::from_value(e.1));
            if let Some(old) = known {
                let same_fields = old.fields().slots().len() == specs.len()
                    && specs
                        .iter()
                        .enumerate()
                        .all(|(i, s)| old.fields().slot(i) == s.0 && old.is_mutable(i) == Some(s.1));
                let opaque = opaque || parent_type.is_some_and(|p| p.is_opaque());
                if old.parent() != parent_type || old.is_sealed() != sealed || old.is_opaque() != opaque || !same_fields
                {
                    return Err(m.assertion(who, "a different record type has this uid", &[uid, old.value()]));
                }
                return Ok(old.value());
            }
        }
        let rtd = m.heap.record_type(name.value(), parent_type, uid, sealed, opaque, &specs).value();
        if uid.is_true() {
            m.extension::<Nongenerative>().0.insert(uid.bits(), (uid, rtd));
        }
        Ok(rtd)
    }

    /// `(record-type-descriptor? obj)`
    fn is_record_type_descriptor(obj: Value) -> Res {
        Ok(Value::boolean(obj.is(Kind::RecordType)))
    }

    /// `(make-record-constructor-descriptor rtd parent-constructor-descriptor protocol)`
    fn make_record_constructor_descriptor(
        m: &mut Machine,
        who: Who,
        rtd: RecordType,
        parent: Value,
        protocol: Value,
    ) -> Res {
        if parent.is_true() && !parent.is(Kind::RecordConstructor) {
            return Err(m.wrong_argument(
                who,
                "parent-constructor-descriptor",
                2,
                "a record-constructor descriptor or #f",
                parent,
            ));
        }
        if protocol.is_true() && !protocol.is_procedure() {
            return Err(m.wrong_argument(who, "protocol", 3, "a procedure or #f", protocol));
        }
        if parent.is_true() {
            if rtd.parent().map(|p| p.value()) != Some(parent.slot(RCD_RTD)) {
                return Err(m.assertion(
                    who,
                    "the parent descriptor is not for the type's parent",
                    &[rtd.value(), parent],
                ));
            }
            if protocol.is_false() && parent.slot(RCD_PROTOCOL).is_true() {
                return Err(m.assertion(
                    who,
                    "a type whose parent has a protocol needs one too",
                    &[rtd.value(), parent],
                ));
            }
        }
        Ok(m.heap.slots(Kind::RecordConstructor, &[rtd.value(), parent, protocol]))
    }

    /// `(record? obj)`: whether it is a record of a type that is not opaque.
    fn is_record(obj: Value) -> Res {
        Ok(Value::boolean(Record::from_value(obj).is_some_and(|r| !r.rtd().is_opaque())))
    }

    /// `(record-rtd record)`: its type, unless that is opaque.
    fn record_rtd(m: &mut Machine, who: Who, record: Value) -> Res {
        match Record::from_value(record) {
            Some(r) if !r.rtd().is_opaque() => Ok(r.rtd().value()),
            _ => Err(m.wrong_argument(who, "record", 1, "a record of a type that is not opaque", record)),
        }
    }

    /// `(record-type-name rtd)`: a symbol.
    fn record_type_name(rtd: RecordType) -> Res {
        Ok(rtd.name())
    }

    /// `(record-type-parent rtd)`: the parent's descriptor or `#f`.
    fn record_type_parent(rtd: RecordType) -> Res {
        Ok(rtd.parent().map_or(Value::FALSE, |p| p.value()))
    }

    /// `(record-type-uid rtd)`: a symbol, or `#f` for a generative type.
    fn record_type_uid(rtd: RecordType) -> Res {
        Ok(rtd.uid())
    }

    /// `(record-type-generative? rtd)`
    fn is_record_type_generative(rtd: RecordType) -> Res {
        Ok(Value::boolean(rtd.uid().is_false()))
    }

    /// `(record-type-sealed? rtd)`
    fn is_record_type_sealed(rtd: RecordType) -> Res {
        Ok(Value::boolean(rtd.is_sealed()))
    }

    /// `(record-type-opaque? rtd)`
    fn is_record_type_opaque(rtd: RecordType) -> Res {
        Ok(Value::boolean(rtd.is_opaque()))
    }

    /// `(record-type-field-names rtd)`: a vector of the names of its own fields.
    fn record_type_field_names(m: &mut Machine, rtd: RecordType) -> Res {
        m.charge(rtd.fields().slots().len())?;
        m.heap.reserve(rtd.fields().slots().len() * 8)?;
        Ok(m.heap.vector(rtd.fields().slots()))
    }

    /// `(record-field-mutable? rtd k)`: whether own field `k` can be changed.
    fn is_record_field_mutable(m: &mut Machine, who: Who, rtd: RecordType, k: usize) -> Res {
        own_field(m, who, rtd, k)?;
        Ok(Value::boolean(rtd.is_mutable(k) == Some(true)))
    }

    /// `(record-constructor-descriptor? obj)`
    fn is_record_constructor_descriptor(obj: Value) -> Res {
        Ok(Value::boolean(obj.is(Kind::RecordConstructor)))
    }

    /// `(rcd-rtd rcd)`: the type that it constructs.
    fn rcd_rtd(m: &mut Machine, who: Who, rcd: Value) -> Res {
        Ok(rcd_slots(m, who, rcd)?[RCD_RTD])
    }

    /// `(rcd-parent-rcd rcd)`: the parent's constructor descriptor or `#f`.
    fn rcd_parent_rcd(m: &mut Machine, who: Who, rcd: Value) -> Res {
        Ok(rcd_slots(m, who, rcd)?[RCD_PARENT])
    }

    /// `(record-object? obj)`: the same as `record?`.
    fn is_record_object(obj: Value) -> Res {
        is_record(obj)
    }

    /// `(record-and-rtd? obj rtd)`: whether any object is a record of exactly that type or of a descendant.
    fn is_record_and_rtd(obj: Value, rtd: RecordType) -> Res {
        Ok(Value::boolean(of_type(obj, rtd).is_some()))
    }

    /// `(record-type-all-field-names rtd)`: a vector of the names of all fields, the oldest ancestor's first.
    fn record_type_all_field_names(m: &mut Machine, rtd: RecordType) -> Res {
        m.charge(rtd.total_fields())?;
        let mut names = room(m, rtd.total_fields())?;
        for ancestor in rtd.ancestors().slots().iter().filter_map(|&t| RecordType::from_value(t)) {
            names.extend_from_slice(ancestor.fields().slots());
        }
        m.heap.reserve(names.len() * 8)?;
        Ok(m.heap.vector(&names))
    }

    /// `(record-ref record i)`: field `i` among all fields of a record whose type is not opaque.
    #[primitive(name = "record-ref")]
    fn field(m: &mut Machine, who: Who, record: Record, i: usize) -> Res {
        if record.rtd().is_opaque() {
            return Err(m.wrong_argument(who, "record", 1, "a record of a type that is not opaque", record.value()));
        }
        let n = record.rtd().total_fields();
        if i >= n {
            return Err(m.assertion(who, &format!("field index {i} out of range, there are {n}"), &[record.value()]));
        }
        Ok(record.field(i))
    }

    /// `(record=? record1 record2)`: of one type with fields that are `eqv?`; opaque ones never are.
    #[primitive(name = "record=?")]
    fn records_are_equal(m: &mut Machine, record1: Record, record2: Record) -> Res {
        let n = record1.rtd().total_fields();
        m.charge(n)?;
        let same = record1.rtd() == record2.rtd() && (0..n).all(|i| are_eqv(m, record1.field(i), record2.field(i)));
        Ok(Value::boolean(record1 == record2 || (same && !record1.rtd().is_opaque())))
    }
}
