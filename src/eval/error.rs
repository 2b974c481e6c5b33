//! How a primitive says that it has no value to return, and the constructors of the conditions that Rust code raises.

use super::Machine;
use crate::heap::{ConditionType, Heap, HeapFull, Value};

/// What a primitive answers: a value, or why there is none.
pub type Res<T = Value> = Result<T, Stop>;

/// Why a primitive did not return a value. One word, so that results travel in registers.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Stop(Value);

impl Stop {
    /// The primitive wants the call that `Machine::tail_call` has noted to be made in its place.
    pub const CALL: Stop = Stop(Value::ABSENT);
    /// A limit was hit; which one is in `Machine::limit_hit`. Not to be caught by the program.
    pub const LIMIT: Stop = Stop(Value::UNBOUND);

    /// Raises `object`, as `raise` does.
    pub fn raise(object: Value) -> Stop {
        Stop(object)
    }

    /// The object to raise, unless this is `CALL` or `LIMIT`.
    pub fn raised(self) -> Option<Value> {
        (self != Stop::CALL && self != Stop::LIMIT).then_some(self.0)
    }
}

/// The compound condition of `kinds` with `&who` (unless empty), `&message` and `&irritants`.
pub fn make_condition(heap: &mut Heap, kinds: &[Value], who: &str, message: &str, irritants: &[Value]) -> Value {
    let mut all = kinds.to_vec();
    if !who.is_empty() {
        let who = heap.symbol(who);
        all.push(heap.condition(ConditionType::Who, &[who]));
    }
    let text = heap.string(message);
    all.push(heap.condition(ConditionType::Message, &[text]));
    let list = heap.list(irritants);
    all.push(heap.condition(ConditionType::Irritants, &[list]));
    heap.compound_condition(&all)
}

impl Machine {
    /// `&assertion`: the program broke a rule of the procedure `who`.
    #[cold]
    pub fn assertion(&mut self, who: &str, message: &str, irritants: &[Value]) -> Stop {
        self.violation(ConditionType::Assertion, who, message, irritants)
    }

    /// `&error`: something outside of the program's control went wrong.
    #[cold]
    pub fn error(&mut self, who: &str, message: &str, irritants: &[Value]) -> Stop {
        self.violation(ConditionType::Error, who, message, irritants)
    }

    /// A field-less condition type with who, message and irritants.
    #[cold]
    pub fn violation(&mut self, kind: ConditionType, who: &str, message: &str, irritants: &[Value]) -> Stop {
        let simple = self.heap.condition(kind, &[]);
        Stop::raise(make_condition(&mut self.heap, &[simple], who, message, irritants))
    }

    /// An argument of the wrong type: Vicare's `&procedure-signature-argument-violation`, an `&assertion`.
    #[cold]
    pub fn wrong_argument(&mut self, who: &str, parameter: &str, index: usize, expected: &str, value: Value) -> Stop {
        let predicate = self.heap.symbol(expected);
        let simple = self
            .heap
            .condition(ConditionType::ProcedureSignatureArgument, &[Value::fixnum(index as i64), predicate, value]);
        let message = format!("expected {expected} as argument {index}, `{parameter}`");
        Stop::raise(make_condition(&mut self.heap, &[simple], who, &message, &[value]))
    }
}

impl From<HeapFull> for Stop {
    fn from(_: HeapFull) -> Stop {
        // The machine knows which limit: `Heap::reserve` notes it.
        Stop::LIMIT
    }
}
