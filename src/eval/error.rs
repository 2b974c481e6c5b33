//! How a primitive says that it has no value to return, and the constructors of the conditions that Rust code raises.

use super::Machine;
use crate::diagnostics::Span;
use crate::heap::{ConditionType, Heap, HeapFull, Value};
use crate::syntax::Failure;

/// What a primitive answers: a value, or why there is none.
pub type Res<T = Value> = Result<T, Stop>;

/// Why a primitive did not return a value. One word, so that results travel in registers.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Stop(Value);

impl Stop {
    /// Words that are no values.
    const fn mark(n: u64) -> Stop {
        Stop(Value((64 + n) << 8 | 6))
    }

    /// The primitive wants the call that `Machine::tail_call` has noted to be made in its place.
    pub const CALL: Stop = Stop::mark(0);
    /// A limit was hit; which one the machine has noted. Not to be caught by the program.
    pub const LIMIT: Stop = Stop::mark(1);
    /// The heap's limit has no room for what the primitive is to make; becomes a condition.
    pub const HEAP: Stop = Stop::mark(2);
    /// The primitive asks the run's driver: see `Machine::ask_driver`.
    pub const REQUEST: Stop = Stop::mark(3);
    /// Nothing handles an object: see `Machine::uncaught`.
    pub const UNCAUGHT: Stop = Stop::mark(4);

    /// The primitive is `call-with-values`: see `Machine::call_consumer`.
    pub const CONSUMER: Stop = Stop::mark(5);

    /// The stack's limit leaves no room for another frame; becomes a condition.
    pub const STACK: Stop = Stop::mark(6);

    /// The system has no memory for another frame; becomes a condition.
    pub const MEMORY: Stop = Stop::mark(7);

    /// Raises `object`, as `raise` does.
    pub fn raise(object: Value) -> Stop {
        Stop(object)
    }

    /// The object to raise, if that is what this asks for.
    pub fn raised(self) -> Option<Value> {
        let special =
            (Stop::CALL.0.bits()..=Stop::MEMORY.0.bits()).contains(&self.0.bits()) && self.0.bits() & 0xff == 6;
        (!special).then_some(self.0)
    }
}

/// Why a nested run ended, as the expander says it.
impl From<Stop> for Failure {
    fn from(stop: Stop) -> Failure {
        match stop.raised() {
            Some(object) => Failure::Raised(object, Span::NONE),
            None if stop == Stop::REQUEST => Failure::Request,
            None if stop == Stop::HEAP => Failure::HeapFull,
            None => Failure::Limit,
        }
    }
}

/// The compound condition of `kinds` with `&who` (unless empty), `&message` and `&irritants`.
pub fn make_condition(heap: &mut Heap, kinds: &[Value], who: &str, message: &str, irritants: &[Value]) -> Value {
    let mut all = kinds.to_vec();
    if !who.is_empty() {
        // What the prelude builds on is called as what it builds.
        let who = heap.symbol(who.strip_prefix('%').unwrap_or(who));
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
        self.count_condition();
        let simple = self.heap.condition(kind, &[]);
        Stop::raise(make_condition(&mut self.heap, &[simple], who, message, irritants))
    }

    /// Making a condition and its message is as much work as that many calls. Counted, but never refused.
    fn count_condition(&mut self) {
        const WORK: i64 = 64;
        self.heap.countdown = self.heap.countdown.saturating_sub(WORK);
    }

    /// An argument of the wrong type: Vicare's `&procedure-signature-argument-violation`, an `&assertion`. A `parameter`
    /// without a name is empty.
    #[cold]
    pub fn wrong_argument(&mut self, who: &str, parameter: &str, index: usize, expected: &str, value: Value) -> Stop {
        self.count_condition();
        let predicate = self.heap.symbol(expected);
        let simple = self
            .heap
            .condition(ConditionType::ProcedureSignatureArgument, &[Value::fixnum(index as i64), predicate, value]);
        let mut message = format!("expected {expected} as argument {index}");
        if !parameter.is_empty() {
            message.push_str(&format!(", `{parameter}`"));
        }
        Stop::raise(make_condition(&mut self.heap, &[simple], who, &message, &[value]))
    }
}

impl From<HeapFull> for Stop {
    fn from(_: HeapFull) -> Stop {
        Stop::HEAP
    }
}
