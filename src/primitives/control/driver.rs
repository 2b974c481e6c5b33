//! Primitives that the driver of a run serves, because they need the expander or end the run: `eval`, `environment`,
//! `exit`. They answer with a request; `engine/run.rs` knows the same numbers.

use crate::eval::{Machine, Res, Rest};
use crate::heap::Value;
use vicar_macros::primitives;

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

#[primitives]
pub mod procedures {
    use super::*;

    /// `(eval expression environment)`: evaluates a datum as an expression in an environment. R6RS libraries 16.
    #[primitive(control)]
    fn eval(m: &mut Machine, expression: Value, environment: Value) -> Res {
        m.ask_driver(&[Value::fixnum(request::EVAL), expression, environment])
    }

    /// `(environment import-spec …)`: the environment that these import sets make.
    #[primitive(control)]
    fn environment(m: &mut Machine, specs: Rest) -> Res {
        let mut all = vec![Value::fixnum(request::ENVIRONMENT)];
        all.extend_from_slice(&specs);
        m.ask_driver(&all)
    }

    /// `(interaction-environment)`: the environment of the prompt.
    #[primitive(control)]
    fn interaction_environment(m: &mut Machine) -> Res {
        m.ask_driver(&[Value::fixnum(request::INTERACTION_ENVIRONMENT)])
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%exit obj)`: ends the run; `#t` and no object mean success, `#f` failure, a number is the status itself.
    #[primitive(control)]
    fn exit(m: &mut Machine, obj: Value) -> Res {
        m.ask_driver(&[Value::fixnum(request::EXIT), obj])
    }
}
