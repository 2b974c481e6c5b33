//! Record types: R6RS libraries, chapter 6. Depends on `object.rs` and allocation.

use super::{Heap, Kind, RecordType, Value, View};

/// Slots of a `Kind::RecordType` object.
const NAME: usize = 0;
const PARENT: usize = 1;
const UID: usize = 2;
const FLAGS: usize = 3;
const FIELDS: usize = 4;
const MUTABLE: usize = 5;
const TOTAL: usize = 6;
const ANCESTORS: usize = 7;
const DEFAULT_CONSTRUCTOR: usize = 8;
pub(super) const RECORD_TYPE_SLOTS: usize = 9;

const SEALED: i64 = 1;
const OPAQUE: i64 = 2;
const CONDITION: i64 = 4;

impl RecordType {
    pub fn name(self) -> Value {
        self.0.known_slot(NAME)
    }
    pub fn parent(self) -> Option<RecordType> {
        RecordType::from_value(self.0.known_slot(PARENT))
    }
    /// A symbol, or `#f` for a generative type.
    pub fn uid(self) -> Value {
        self.0.known_slot(UID)
    }
    fn flags(self) -> i64 {
        self.0.known_slot(FLAGS).as_fixnum().unwrap_or(0)
    }
    pub fn is_sealed(self) -> bool {
        self.flags() & SEALED != 0
    }
    pub fn is_opaque(self) -> bool {
        self.flags() & OPAQUE != 0
    }
    /// Whether `&condition` is it or an ancestor.
    pub fn is_condition(self) -> bool {
        self.flags() & CONDITION != 0
    }
    /// A vector of its own fields' names.
    pub fn fields(self) -> Value {
        self.0.known_slot(FIELDS)
    }
    /// Whether own field `i` is mutable; `None` out of range.
    pub fn is_mutable(self, i: usize) -> Option<bool> {
        let n = self.0.known_slot(FIELDS).slots().len();
        (i < n).then(|| self.0.known_slot(MUTABLE).slot(i).is_true())
    }
    /// Number of fields with all ancestors'.
    pub fn total_fields(self) -> usize {
        self.0.known_slot(TOTAL).as_fixnum().unwrap_or(0) as usize
    }
    /// Index of its first own field among all.
    pub fn first_field(self) -> usize {
        self.total_fields() - self.fields().slots().len()
    }
    /// A vector of all types from the root to itself: the test `is_a` looks at one element of it.
    pub fn ancestors(self) -> Value {
        self.0.known_slot(ANCESTORS)
    }
    /// Whether this type is `other` or descends from it, in constant time.
    #[inline]
    pub fn is_a(self, other: RecordType) -> bool {
        if self == other {
            return true;
        }
        let depth = other.ancestors().slots().len() - 1;
        self.ancestors().slots().get(depth) == Some(&other.0)
    }
    /// Where `make-record-constructor-descriptor`'s default is kept once made, `#f` before.
    pub fn default_constructor(self) -> Value {
        self.0.known_slot(DEFAULT_CONSTRUCTOR)
    }
    pub fn set_default_constructor(self, v: Value) {
        self.0.set_known_slot(DEFAULT_CONSTRUCTOR, v)
    }
}

impl Heap {
    /// A record type. `fields` are names with their mutability. The caller has checked that the parent is not sealed.
    pub fn record_type(
        &mut self,
        name: Value,
        parent: Option<RecordType>,
        uid: Value,
        sealed: bool,
        opaque: bool,
        fields: &[(Value, bool)],
    ) -> RecordType {
        let names: Vec<Value> = fields.iter().map(|f| f.0).collect();
        let mutable: Vec<Value> = fields.iter().map(|f| Value::boolean(f.1)).collect();
        let (names, mutable) = (self.vector(&names), self.vector(&mutable));
        let inherited = parent.map_or(0, |p| p.flags());
        let flags =
            if sealed { SEALED } else { 0 } | if opaque { OPAQUE } else { 0 } | (inherited & (OPAQUE | CONDITION));
        let total = parent.map_or(0, |p| p.total_fields()) + fields.len();
        let mut ancestors: Vec<Value> = parent.map_or(Vec::new(), |p| p.ancestors().slots().to_vec());
        ancestors.push(Value::FALSE);
        let ancestors = self.vector(&ancestors);
        let rtd = self.slots(
            Kind::RecordType,
            &[
                name,
                parent.map_or(Value::FALSE, |p| p.0),
                uid,
                Value::fixnum(flags),
                names,
                mutable,
                Value::fixnum(total as i64),
                ancestors,
                Value::FALSE,
            ],
        );
        ancestors.set_slot(ancestors.slots().len() - 1, rtd);
        RecordType(rtd)
    }

    /// Makes `rtd`, and all that will descend from it, a type of conditions.
    pub(super) fn declare_condition(&mut self, rtd: RecordType) {
        rtd.0.set_known_slot(FLAGS, Value::fixnum(rtd.flags() | CONDITION))
    }

    /// A record of type `rtd` with all its fields, the oldest ancestor's first.
    #[inline]
    pub fn record(&mut self, rtd: RecordType, fields: &[Value]) -> Value {
        assert_eq!(rtd.total_fields(), fields.len());
        self.slots_after(Kind::Record, rtd.0, fields)
    }
}
