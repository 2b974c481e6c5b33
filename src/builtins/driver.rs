//! Primitives that the driver of a run serves, because they need the expander or end the run: `eval`, `environment`,
//! `exit`. They answer with a request; `engine/run.rs` knows the same numbers.

use crate::eval::Rest;
use crate::heap::Value;
use crate::primitives;

/// What a request asks for: its first value, a fixnum.
pub mod request {
    /// Status object: ends the run.
    pub const EXIT: i64 = 0;
    /// Datum, environment: its value.
    pub const EVAL: i64 = 1;
    /// Import specs: an environment.
    pub const ENVIRONMENT: i64 = 2;
    /// The prompt's environment.
    pub const INTERACTION_ENVIRONMENT: i64 = 3;
}

primitives! { pub EVAL in "(rnrs eval)" {
    /// `(eval expression environment)`: evaluates a datum as an expression in an environment. R6RS libraries 16.
    "eval" [control] fn eval(m, expression: Value, environment: Value) {
        m.ask_driver(&[Value::fixnum(request::EVAL), expression, environment])
    }
    /// `(environment import-spec …)`: the environment that these import sets make.
    "environment" [control] fn environment(m, specs: Rest) {
        let mut all = vec![Value::fixnum(request::ENVIRONMENT)];
        all.extend_from_slice(&specs);
        m.ask_driver(&all)
    }
} }

primitives! { pub VICARE in "(vicare)" {
    /// `(interaction-environment)`: the environment of the prompt.
    "interaction-environment" [control] fn interaction_environment(m) {
        m.ask_driver(&[Value::fixnum(request::INTERACTION_ENVIRONMENT)])
    }
} }

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%exit obj)`: ends the run; `#t` and no object mean success, `#f` failure, a number is the status itself.
    "%exit" [control] fn exit(m, obj: Value) {
        m.ask_driver(&[Value::fixnum(request::EXIT), obj])
    }
} }
