//! Syntax violations: errors of expansion, as data that become a diagnostic or a condition.

use crate::diagnostics::{Diagnostic, Span};
use crate::heap::{ConditionType, Heap, HeapFull, Value};
use crate::reader::ReadError;

/// Why an expansion ended without a result.
#[derive(Debug)]
pub enum Failure {
    /// The text is not a program.
    Violation(Box<Violation>),
    /// A transformer raised this object, while the use of its macro there was expanded.
    Raised(Value, Span),
    /// The heap's limit, or the system, has no memory for it.
    HeapFull,
    /// A limit of the machine was hit.
    Limit,
    /// Code of expansion time asks for what only the driver of the outermost run can do, to end the program: the machine
    /// knows what.
    Request,
}

impl From<HeapFull> for Failure {
    fn from(_: HeapFull) -> Failure {
        Failure::HeapFull
    }
}

/// The condition types of a violation besides `&who` and `&message`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ViolationKind {
    Syntax,
    /// `&undefined` and `&syntax`: an identifier has no binding, which is a violation of either kind.
    Unbound,
    /// `&lexical`: the text of a library or an included file is malformed.
    Lexical,
    /// `&assertion` and `&syntax`: `eval` may not assign the variables of an environment.
    Assertion,
}

/// What is wrong with a form.
#[derive(Debug)]
pub struct Violation {
    pub kind: ViolationKind,
    /// The form or procedure that complains, if it is known.
    pub who: Option<String>,
    /// What it complains of, and where.
    pub diagnostic: Diagnostic,
    /// The form, as syntax or datum.
    pub form: Value,
    pub subform: Option<Value>,
}

/// How many bytes a line of a message may have: names in it can be of any length.
const LONGEST: usize = 600;

/// The text, cut where it is longer.
fn short(text: impl Into<String>) -> String {
    let mut text = text.into();
    if text.len() > LONGEST {
        let mut end = LONGEST;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.shrink_to_fit();
        text.push('…');
    }
    text
}

impl Violation {
    pub fn new(message: impl Into<String>, form: Value, span: Span) -> Violation {
        Violation {
            kind: ViolationKind::Syntax,
            who: None,
            diagnostic: Diagnostic::error(span, short(message)),
            form,
            subform: None,
        }
    }

    /// A text that is no sequence of datums.
    pub fn lexical(error: ReadError) -> Violation {
        Violation {
            kind: ViolationKind::Lexical,
            who: None,
            diagnostic: error.into(),
            form: Value::FALSE,
            subform: None,
        }
    }

    pub fn who(mut self, who: impl Into<String>) -> Violation {
        self.who = Some(short(who));
        self
    }

    pub fn subform(mut self, subform: Value) -> Violation {
        self.subform = Some(subform);
        self
    }

    pub fn label(mut self, span: Span, text: impl Into<String>) -> Violation {
        if !span.is_none() {
            self.diagnostic.labels.push((span, short(text)));
        }
        self
    }

    pub fn help(mut self, text: impl Into<String>) -> Violation {
        self.diagnostic.help.push(short(text));
        self
    }

    pub fn note(mut self, text: impl Into<String>) -> Violation {
        self.diagnostic.notes.push(short(text));
        self
    }

    /// The message for people.
    pub fn into_diagnostic(mut self) -> Diagnostic {
        if let Some(who) = self.who {
            self.diagnostic.message.insert_str(0, &format!("{who}: "));
        }
        self.diagnostic
    }

    /// The condition for programs: `&who`, `&message`, `&syntax`.
    pub fn condition(&self, heap: &mut Heap) -> Value {
        let mut parts = Vec::new();
        match self.kind {
            ViolationKind::Lexical => parts.push(heap.condition(ConditionType::Lexical, &[])),
            ViolationKind::Unbound => parts.push(heap.condition(ConditionType::Undefined, &[])),
            ViolationKind::Assertion => parts.push(heap.condition(ConditionType::Assertion, &[])),
            ViolationKind::Syntax => {}
        }
        if let Some(who) = &self.who {
            let who = heap.symbol(who);
            parts.push(heap.condition(ConditionType::Who, &[who]));
        }
        let message = heap.string(&self.diagnostic.message);
        parts.push(heap.condition(ConditionType::Message, &[message]));
        if self.kind != ViolationKind::Lexical {
            parts.push(heap.condition(ConditionType::Syntax, &[self.form, self.subform.unwrap_or(Value::FALSE)]));
        }
        heap.compound_condition(&parts)
    }
}

impl From<Violation> for Failure {
    fn from(violation: Violation) -> Failure {
        Failure::Violation(Box::new(violation))
    }
}
