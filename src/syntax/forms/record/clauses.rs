//! The clauses of `define-record-type`.

use super::{WHO, clause_keyword, derived, symbol_name};
use crate::heap::Value;
use crate::syntax::session::{R, Session};
use crate::syntax::{CoreForm, object};

/// A field with the names of its procedures.
pub struct Field {
    pub name: Value,
    pub accessor: Value,
    /// For a mutable field.
    pub mutator: Option<Value>,
}

/// What a type descends from.
pub enum Parent {
    None,
    Name(Value),
    /// The expressions of a `parent-rtd` clause.
    Descriptors(Value, Value),
}

/// All clauses.
pub struct Clauses {
    pub fields: Vec<Field>,
    pub parent: Parent,
    pub protocol: Option<Value>,
    pub sealed: bool,
    pub opaque: bool,
    /// The symbol of a nongenerative type.
    pub uid: Option<Value>,
}

impl Clauses {
    pub fn parse(s: &mut Session, form: Value, name: Value, clauses: &[Value]) -> R<Clauses> {
        let mut all = Clauses {
            fields: Vec::new(),
            parent: Parent::None,
            protocol: None,
            sealed: false,
            opaque: false,
            uid: None,
        };
        let mut seen: Vec<(CoreForm, Value)> = Vec::new();
        for &clause in clauses {
            let parts = s.list(clause).unwrap_or_default();
            let keyword = match parts.first() {
                Some(&head) => clause_keyword(s, head),
                None => None,
            };
            let Some(keyword) = keyword else {
                let violation = s.violation(WHO, "this is not a clause of a record definition", form, clause);
                return Err(violation
                    .help("clauses are fields, parent, protocol, sealed, opaque, nongenerative, parent-rtd")
                    .into());
            };
            if let Some((_, first)) = seen.iter().find(|(other, _)| *other == keyword) {
                let first = object::span_of(*first);
                let message = format!("there are two `{}` clauses", keyword.name());
                return Err(s.violation(WHO, &message, form, clause).label(first, "the first is here").into());
            }
            seen.push((keyword, clause));
            all.add(s, form, name, keyword, clause, &parts[1..])?;
        }
        let has = |keyword| seen.iter().any(|(other, _)| *other == keyword);
        if has(CoreForm::Parent) && has(CoreForm::ParentRtd) {
            return Err(s.error(WHO, "there cannot be both a `parent` and a `parent-rtd` clause", form, form));
        }
        Ok(all)
    }

    fn add(
        &mut self,
        s: &mut Session,
        form: Value,
        name: Value,
        keyword: CoreForm,
        clause: Value,
        operands: &[Value],
    ) -> R<()> {
        match (keyword, operands) {
            (CoreForm::Fields, specs) => {
                for &spec in specs {
                    let field = field(s, form, name, spec)?;
                    self.fields.push(field);
                }
            }
            (CoreForm::Parent, &[id]) if object::identifier(id).is_some() => self.parent = Parent::Name(id),
            (CoreForm::Parent, _) => return Err(s.malformed(WHO, form, clause, "(parent record-name)")),
            (CoreForm::ParentRtd, &[rtd, rcd]) => self.parent = Parent::Descriptors(rtd, rcd),
            (CoreForm::ParentRtd, _) => return Err(s.malformed(WHO, form, clause, "(parent-rtd rtd rcd)")),
            (CoreForm::Protocol, &[expression]) => self.protocol = Some(expression),
            (CoreForm::Protocol, _) => return Err(s.malformed(WHO, form, clause, "(protocol expression)")),
            (CoreForm::Sealed, &[flag]) if object::unwrap(flag).is_boolean() => {
                self.sealed = object::unwrap(flag).is_true()
            }
            (CoreForm::Sealed, _) => return Err(s.malformed(WHO, form, clause, "(sealed #t) or (sealed #f)")),
            (CoreForm::Opaque, &[flag]) if object::unwrap(flag).is_boolean() => {
                self.opaque = object::unwrap(flag).is_true()
            }
            (CoreForm::Opaque, _) => return Err(s.malformed(WHO, form, clause, "(opaque #t) or (opaque #f)")),
            (_, []) => {
                let unique = s.heap().gensym(&symbol_name(name));
                self.uid = Some(s.keep_constant(unique));
            }
            (_, &[uid]) if object::identifier(uid).is_some() => self.uid = Some(s.symbol(uid)),
            _ => return Err(s.malformed(WHO, form, clause, "(nongenerative) or (nongenerative uid)")),
        }
        Ok(())
    }
}

fn field(s: &mut Session, form: Value, record: Value, spec: Value) -> R<Field> {
    let shape = "name, (immutable name), (immutable name accessor), (mutable name) or (mutable name accessor mutator)";
    let bare = object::identifier(spec).is_some();
    let list = s.list(spec).unwrap_or_default();
    let parts = if bare { &[spec][..] } else { &list[..] };
    if parts.iter().any(|id| object::identifier(*id).is_none()) {
        return Err(s.malformed(WHO, form, spec, shape));
    }
    let mutable = !bare && parts.first().is_some_and(|&head| s.is_form(head, CoreForm::Mutable));
    let immutable = bare || parts.first().is_some_and(|&head| s.is_form(head, CoreForm::Immutable));
    let operands = if bare { parts } else { parts.get(1..).unwrap_or_default() };
    let (name, accessor, mutator) = match *operands {
        [name] if mutable || immutable => (name, None, None),
        [name, accessor] if immutable => (name, Some(accessor), None),
        [name, accessor, mutator] if mutable => (name, Some(accessor), Some(mutator)),
        _ => return Err(s.malformed(WHO, form, spec, shape)),
    };
    let default = format!("{}-{}", symbol_name(record), symbol_name(name));
    let accessor = accessor.unwrap_or_else(|| derived(s, record, &default));
    let mutator = mutable.then(|| mutator.unwrap_or_else(|| derived(s, record, &format!("{default}-set!"))));
    Ok(Field { name, accessor, mutator })
}
