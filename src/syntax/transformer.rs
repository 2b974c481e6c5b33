//! Transformers as heap objects: what a keyword is bound to. The object's identity is the keyword's.
//!
//! All parts are data that an image can keep: patterns and templates are compiled to vectors, pairs, small integers and
//! quoted syntax (`pattern.rs`, `template.rs`); procedures are made again from their expressions.

use crate::heap::{Heap, Kind, Value};

/// First slot of the expander's own objects (`Kind::Tagged`): no program can make one.
const TRANSFORMER: Value = Value::char('\u{10FF01}');
const FLUID: Value = Value::char('\u{10FF02}');
const VARIABLE: Value = Value::char('\u{10FF03}');

/// What a keyword does with a form.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Transformer {
    /// `syntax-rules`: a vector of patterns and templates in turn.
    Rules(Value),
    /// `identifier-syntax`: the template for a reference, and for `set!` a pattern and a template or twice `#f`.
    Identifier { reference: Value, pattern: Value, assignment: Value },
    /// A procedure of one argument.
    Procedure(Value),
    /// A procedure that `make-variable-transformer` was given: it also takes `set!` forms.
    Variable(Value),
}

const RULES: i64 = 0;
const IDENTIFIER: i64 = 1;
const PROCEDURE: i64 = 2;
const VARIABLE_PROCEDURE: i64 = 3;

impl Transformer {
    /// The object for a keyword of that name.
    pub fn make(self, heap: &mut Heap, name: Value) -> Value {
        let none = Value::FALSE;
        let (kind, parts) = match self {
            Transformer::Rules(rules) => (RULES, [rules, none, none]),
            Transformer::Identifier { reference, pattern, assignment } => {
                (IDENTIFIER, [reference, pattern, assignment])
            }
            Transformer::Procedure(procedure) => (PROCEDURE, [procedure, none, none]),
            Transformer::Variable(procedure) => (VARIABLE_PROCEDURE, [procedure, none, none]),
        };
        heap.slots(Kind::Tagged, &[TRANSFORMER, Value::fixnum(kind), name, parts[0], parts[1], parts[2]])
    }

    /// Takes such an object apart.
    pub fn of(object: Value) -> Option<Transformer> {
        let &[tag, kind, _, a, b, c] = tagged(object)?.as_slice() else { return None };
        if tag != TRANSFORMER {
            return None;
        }
        Some(match kind.as_fixnum()? {
            RULES => Transformer::Rules(a),
            IDENTIFIER => Transformer::Identifier { reference: a, pattern: b, assignment: c },
            PROCEDURE => Transformer::Procedure(a),
            _ => Transformer::Variable(a),
        })
    }
}

fn tagged(object: Value) -> Option<Vec<Value>> {
    object.is(Kind::Tagged).then(|| object.slots().to_vec())
}

/// The symbol of the keyword that a transformer was made for.
pub fn name(object: Value) -> Option<Value> {
    tagged(object)?.get(2).copied()
}

/// A fluid keyword whose meaning is that transformer where nothing else is said.
pub fn make_fluid(heap: &mut Heap, default: Value) -> Value {
    heap.slots(Kind::Tagged, &[FLUID, default])
}

/// The transformer that a fluid keyword was defined with.
pub fn fluid_default(object: Value) -> Option<Value> {
    match tagged(object)?.as_slice() {
        [FLUID, default] => Some(*default),
        _ => None,
    }
}

/// What `make-variable-transformer` answers.
pub fn make_variable_transformer(heap: &mut Heap, procedure: Value) -> Value {
    heap.slots(Kind::Tagged, &[VARIABLE, procedure])
}

/// The procedure in what `make-variable-transformer` answered.
pub fn variable_procedure(object: Value) -> Option<Value> {
    match tagged(object)?.as_slice() {
        [VARIABLE, procedure] => Some(*procedure),
        _ => None,
    }
}

/// The procedure of a keyword's transformer object, if it has one.
pub fn transformer_procedure(object: Value) -> Option<Value> {
    match Transformer::of(object)? {
        Transformer::Procedure(procedure) | Transformer::Variable(procedure) => Some(procedure),
        _ => None,
    }
}
