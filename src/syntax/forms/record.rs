//! `define-record-type`, `record-type-descriptor`, `record-constructor-descriptor`: R6RS libraries 6.2.
//!
//! A definition becomes definitions of two hidden variables, for the descriptors, and of the procedures. Where the fields
//! of all ancestors are known here, which is whenever `parent` and not `parent-rtd` is used, constructor, predicate,
//! accessors and mutators are small procedures around `%record`, `%record-is?`, `%record-ref` and `%record-set!` with
//! constant indices, which the compiler can inline to a check and a load.

use crate::heap::{Kind, Symbol, Value};
use crate::syntax::body::{Rhs, Scan};
use crate::syntax::core::Expr;
use crate::syntax::session::{R, Session};
use crate::syntax::{Binding, CoreForm, Syntax, object};

use super::define::define_variable;

mod clauses;
use clauses::{Clauses, Parent};

/// First slot of a record name's object.
const RECORD: Value = Value::char('\u{10FF04}');

/// What a record type's name stands for.
struct Info {
    /// The identifiers of the hidden variables.
    rtd: Value,
    rcd: Value,
    sealed: bool,
    /// Whether the constructor takes the fields of all ancestors and its own, in order.
    plain: bool,
    /// The names of all fields, the oldest ancestor's first; unknown with `parent-rtd`.
    fields: Option<Vec<Value>>,
}

impl Info {
    fn make(self, s: &mut Session) -> Value {
        let fields = self.fields.map_or(Value::FALSE, |names| s.heap().vector(&names));
        let flags = [Value::boolean(self.sealed), Value::boolean(self.plain)];
        let object = s.heap().slots(Kind::Tagged, &[RECORD, self.rtd, self.rcd, flags[0], flags[1], fields]);
        s.keep(object)
    }

    fn of(object: Value) -> Option<Info> {
        let slots = object.is(Kind::Tagged).then(|| object.slots().to_vec())?;
        let &[RECORD, rtd, rcd, sealed, plain, fields] = slots.as_slice() else { return None };
        let fields = fields.is(Kind::Vector).then(|| fields.slots().to_vec());
        Some(Info { rtd, rcd, sealed: sealed.is_true(), plain: plain.is_true(), fields })
    }
}

/// Which descriptor is asked for.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Part {
    Type,
    Constructor,
}

/// `(record-type-descriptor name)`, `(record-constructor-descriptor name)`.
pub fn descriptor<'a>(s: &mut Session<'a, '_>, form: Value, part: Part) -> R<Expr<'a>> {
    let who = if part == Part::Type { "record-type-descriptor" } else { "record-constructor-descriptor" };
    let parts = s.operands(who, form, 1, 1, &format!("({who} record-name)"))?;
    let info = named(s, who, form, parts[0])?;
    s.expand(if part == Part::Type { info.rtd } else { info.rcd })
}

fn named(s: &mut Session, who: &str, form: Value, id: Value) -> R<Info> {
    let meaning = if object::identifier(id).is_some() { s.meaning(id)? } else { None };
    match meaning {
        Some(Binding::Record(object)) => {
            Info::of(object).ok_or_else(|| s.error(who, "this is not the name of a record type", form, id))
        }
        _ => Err(s.error(who, "expected the name of a record type", form, id)),
    }
}

/// `(%define-record-name name rtd rcd)` or `(%define-record-name name rtd rcd (field …))`, for types that are made
/// elsewhere: `rtd` and `rcd` are variables, the fields those of all ancestors and its own.
pub fn define_record_name<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, form: Value) -> R<()> {
    let who = "%define-record-name";
    let parts = s.operands(who, form, 3, 4, "(%define-record-name name rtd rcd (field …))")?;
    let fields = match parts.get(3) {
        None => None,
        Some(&list) => s.list(list).map(|ids| ids.into_iter().map(|id| s.symbol(id)).collect()),
    };
    let object = Info { rtd: parts[1], rcd: parts[2], sealed: false, plain: true, fields }.make(s);
    s.define(scan.scope, who, parts[0], Binding::Record(object), form)
}

const WHO: &str = "define-record-type";

pub fn define_record_type<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, form: Value) -> R<()> {
    let parts = s.operands(WHO, form, 1, usize::MAX, "(define-record-type name clause …)")?;
    let (name, constructor, predicate) = names(s, form, parts[0])?;
    let clauses = Clauses::parse(s, form, name, &parts[1..])?;
    let parent = parent_info(s, form, &clauses)?;
    let builder = Builder;
    let element = scan.scope.element;
    let [rtd, rcd] = ["rtd", "rcd"].map(|suffix| hidden(s, name, suffix, element));

    let inherited = match (&clauses.parent, &parent) {
        (Parent::None, _) => Some(Vec::new()),
        (_, Some(info)) => info.fields.clone(),
        _ => None,
    };
    let plain = clauses.protocol.is_none() && parent.as_ref().is_none_or(|p| p.plain) && inherited.is_some();
    let own: Vec<Value> = clauses.fields.iter().map(|f| s.symbol(f.name)).collect();
    let base = inherited.as_ref().map(Vec::len);
    let fields = inherited.map(|names| names.into_iter().chain(own).collect::<Vec<Value>>());
    let info = Info { rtd, rcd, sealed: clauses.sealed, plain, fields: fields.clone() };
    let object = info.make(s);
    s.define(scan.scope, WHO, name, Binding::Record(object), form)?;

    let expression = rtd_expression(s, &builder, name, &clauses, &parent);
    define_variable(s, scan, rtd, Rhs::Expression(expression), form)?;
    let expression = rcd_expression(s, &builder, rtd, &clauses, &parent);
    define_variable(s, scan, rcd, Rhs::Expression(expression), form)?;
    let expression = match fields.filter(|_| plain) {
        Some(fields) => builder.plain_constructor(s, rtd, &fields),
        None => {
            let make = builder.procedural(s, "record-constructor")?;
            builder.list(s, &[make, rcd])
        }
    };
    define_variable(s, scan, constructor, Rhs::Expression(expression), form)?;
    let expression = builder.predicate(s, rtd);
    define_variable(s, scan, predicate, Rhs::Expression(expression), form)?;
    for (k, field) in clauses.fields.iter().enumerate() {
        let index = base.map(|base| base + k);
        let expression = builder.accessor(s, rtd, index, k, field.accessor);
        define_variable(s, scan, field.accessor, Rhs::Expression(expression), form)?;
        if let Some(mutator) = field.mutator {
            let expression = builder.mutator(s, rtd, index, k, mutator);
            define_variable(s, scan, mutator, Rhs::Expression(expression), form)?;
        }
    }
    Ok(())
}

/// The three names of a name specification.
fn names(s: &mut Session, form: Value, spec: Value) -> R<(Value, Value, Value)> {
    if let Some(symbol) = object::identifier(spec) {
        let (make, test) = (format!("make-{}", symbol.name()), format!("{}?", symbol.name()));
        return Ok((spec, derived(s, spec, &make), derived(s, spec, &test)));
    }
    match s.list(spec).as_deref().map(Vec::as_slice) {
        Some(&[name, constructor, predicate])
            if [name, constructor, predicate].iter().all(|id| object::identifier(*id).is_some()) =>
        {
            Ok((name, constructor, predicate))
        }
        _ => Err(s.malformed(WHO, form, spec, "record-name or (record-name constructor-name predicate-name)")),
    }
}

/// An identifier of another name in the context, and at the place, of `id`.
pub(super) fn derived(s: &mut Session, id: Value, name: &str) -> Value {
    let symbol = s.heap().symbol(name);
    let Some(context) = Syntax::of(id) else { return symbol };
    let id = Syntax::new(s.heap(), symbol, context.wrap(), context.span());
    s.keep(id)
}

/// An identifier that nothing else can mention, for a hidden variable of the scope.
fn hidden(s: &mut Session, name: Value, suffix: &str, element: Value) -> Value {
    let text = format!("{}-{suffix}", object::identifier(name).as_ref().map_or("?", |symbol| symbol.name()));
    let symbol = s.heap().symbol(&text);
    let mark = s.fresh_mark();
    let wrap = s.heap().list(&[mark]);
    let id = Syntax::new(s.heap(), symbol, wrap, object::span_of(name));
    s.keep(id);
    s.in_scope(id, element)
}

/// What is known of the parent named by a `parent` clause, which must not be sealed.
fn parent_info(s: &mut Session, form: Value, clauses: &Clauses) -> R<Option<Info>> {
    let Parent::Name(id) = clauses.parent else { return Ok(None) };
    let info = named(s, WHO, form, id)?;
    if info.sealed {
        let message = format!("`{}` is sealed: it cannot be a parent", s.name(id));
        return Err(s.error(WHO, &message, form, id));
    }
    if clauses.protocol.is_none() && !info.plain {
        let message = format!("the parent `{}` has a protocol, so a protocol clause is needed here too", s.name(id));
        return Err(s.error(WHO, &message, form, id));
    }
    Ok(Some(info))
}

/// `(make-record-type-descriptor 'name parent uid sealed? opaque? '#(field-spec …))`
fn rtd_expression(s: &mut Session, b: &Builder, name: Value, clauses: &Clauses, parent: &Option<Info>) -> Value {
    let make = b.id(s, "make-record-type-descriptor");
    let parent = match (&clauses.parent, parent) {
        (Parent::Descriptors(rtd, _), _) => *rtd,
        (_, Some(info)) => info.rtd,
        _ => Value::FALSE,
    };
    let uid = match clauses.uid {
        Some(uid) => b.quote(s, uid),
        None => Value::FALSE,
    };
    let symbol = s.symbol(name);
    let name = b.quote(s, symbol);
    let specs: Vec<Value> = clauses
        .fields
        .iter()
        .map(|field| {
            let kind = s.heap().symbol(if field.mutator.is_some() { "mutable" } else { "immutable" });
            let name = s.symbol(field.name);
            s.heap().list(&[kind, name])
        })
        .collect();
    let specs = s.heap().vector(&specs);
    let specs = b.quote(s, specs);
    b.list(s, &[make, name, parent, uid, Value::boolean(clauses.sealed), Value::boolean(clauses.opaque), specs])
}

/// `(make-record-constructor-descriptor rtd parent-rcd protocol)`
fn rcd_expression(s: &mut Session, b: &Builder, rtd: Value, clauses: &Clauses, parent: &Option<Info>) -> Value {
    let make = b.id(s, "make-record-constructor-descriptor");
    let parent = match (&clauses.parent, parent) {
        (Parent::Descriptors(_, rcd), _) => *rcd,
        (_, Some(info)) => info.rcd,
        _ => Value::FALSE,
    };
    b.list(s, &[make, rtd, parent, clauses.protocol.unwrap_or(Value::FALSE)])
}

/// Makes forms of built-in names.
struct Builder;

impl Builder {
    fn id(&self, s: &mut Session, name: &str) -> Value {
        s.internal_id(name)
    }

    fn list(&self, s: &mut Session, parts: &[Value]) -> Value {
        let list = s.heap().list(parts);
        s.keep(list)
    }

    fn quote(&self, s: &mut Session, datum: Value) -> Value {
        let quote = self.id(s, "quote");
        self.list(s, &[quote, datum])
    }

    /// A procedure of `(rnrs records procedural)`, which may be the prelude's.
    fn procedural(&self, s: &mut Session, name: &str) -> R<Value> {
        s.builtin_identifier("(rnrs records procedural)", name)
    }

    fn lambda(&self, s: &mut Session, parameters: &[Value], body: &[Value]) -> Value {
        let lambda = self.id(s, "lambda");
        let parameters = self.list(s, parameters);
        let body = self.list(s, body);
        self.list(s, &[lambda, parameters, body])
    }

    /// `(lambda (field …) (%record rtd field …))`
    fn plain_constructor(&self, s: &mut Session, rtd: Value, fields: &[Value]) -> Value {
        let parameters: Vec<Value> = fields
            .iter()
            .map(|&name| {
                // A child's field may have the name of a parent's.
                let mark = s.fresh_mark();
                let wrap = s.heap().list(&[mark]);
                let id = Syntax::new(s.heap(), name, wrap, crate::diagnostics::Span::NONE);
                s.keep(id)
            })
            .collect();
        let make = self.id(s, "%record");
        let body: Vec<Value> = [make, rtd].into_iter().chain(parameters.iter().copied()).collect();
        self.lambda(s, &parameters, &body)
    }

    /// `(lambda (obj) (%record-is? obj rtd))`
    fn predicate(&self, s: &mut Session, rtd: Value) -> Value {
        let (test, obj) = (self.id(s, "%record-is?"), self.id(s, "obj"));
        self.lambda(s, &[obj], &[test, obj, rtd])
    }

    /// `(lambda (record) (%record-ref record rtd index 'accessor))`
    fn accessor(&self, s: &mut Session, rtd: Value, index: Option<usize>, k: usize, accessor: Value) -> Value {
        let (load, record) = (self.id(s, "%record-ref"), self.id(s, "record"));
        let symbol = s.symbol(accessor);
        let who = self.quote(s, symbol);
        self.indexed(s, rtd, index, k, who, &|b, s, index| b.lambda(s, &[record], &[load, record, rtd, index, who]))
    }

    /// `(lambda (record value) (%record-set! record rtd index value 'mutator))`
    fn mutator(&self, s: &mut Session, rtd: Value, index: Option<usize>, k: usize, mutator: Value) -> Value {
        let (store, record, value) = (self.id(s, "%record-set!"), self.id(s, "record"), self.id(s, "value"));
        let symbol = s.symbol(mutator);
        let who = self.quote(s, symbol);
        self.indexed(s, rtd, index, k, who, &|b, s, index| {
            b.lambda(s, &[record, value], &[store, record, rtd, index, value, who])
        })
    }

    /// The procedure for an index that is known, or `(let ((index (%record-field-index rtd k who))) procedure)`.
    fn indexed(
        &self,
        s: &mut Session,
        rtd: Value,
        index: Option<usize>,
        k: usize,
        who: Value,
        procedure: &dyn Fn(&Builder, &mut Session, Value) -> Value,
    ) -> Value {
        if let Some(index) = index {
            return procedure(self, s, Value::fixnum(index as i64));
        }
        let [let_, variable, find] = ["let", "index", "%record-field-index"].map(|name| self.id(s, name));
        let call = self.list(s, &[find, rtd, Value::fixnum(k as i64), who]);
        let binding = self.list(s, &[variable, call]);
        let bindings = self.list(s, &[binding]);
        let body = procedure(self, s, variable);
        self.list(s, &[let_, bindings, body])
    }
}

/// The field's symbol; for `clauses`.
fn symbol_name(id: Value) -> String {
    object::identifier(id).as_ref().map_or("?", Symbol::name).to_string()
}

/// The keyword of a clause.
fn clause_keyword(s: &mut Session, id: Value) -> Option<CoreForm> {
    use CoreForm::*;
    [Fields, CoreForm::Parent, ParentRtd, Protocol, Sealed, Opaque, Nongenerative]
        .into_iter()
        .find(|&f| s.is_form(id, f))
}
