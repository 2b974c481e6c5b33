//! Serving what primitives ask of the driver of a run, in the outermost run and in nested ones alike: `eval`,
//! `environment`, `interaction-environment`. Only `exit` is the business of the outermost run alone.

use super::builder::Shared;
use super::session::{Libraries, Session};
use crate::account::Arena;
use crate::diagnostics::Span;
use crate::eval::{Driver, Machine, Res, Stop};
use crate::heap::{ConditionType, Value};
use crate::primitives::control::driver::request;
use crate::syntax::environment::{Environment, Owner};
use crate::syntax::{Failure, keeping, make_environment};
use std::path::PathBuf;

/// Units of work of expanding and compiling a form, beside what its macros charge for.
const EXPANSION: usize = 100;
/// Units of work of making an import set, of a library with a thousand names for example.
const IMPORT: usize = 1000;

/// Charges for a request. What the evaluator runs after it is a new chunk of fuel, so that a loop over requests may never
/// come to the end of one: limits and interrupts are looked at here.
fn begin(machine: &mut Machine, units: usize) -> Res<()> {
    machine.poll()?;
    machine.charge(units)
}

impl Driver for Shared {
    fn serve(&self, machine: &mut Machine) -> Res {
        let wanted = machine.request().to_vec();
        let (kind, operands) = match wanted.split_first() {
            Some((kind, operands)) => (kind.as_fixnum().unwrap_or(-1), operands),
            None => (-1, &[][..]),
        };
        // Fluid keywords of the macros around do not concern this text.
        let fluids = std::mem::take(&mut machine.syntax.fluids);
        let answer = keeping(machine, &wanted, |machine| match (kind, operands) {
            (request::EVAL, &[datum, environment]) => {
                begin(machine, EXPANSION).and_then(|()| self.eval(machine, datum, environment))
            }
            (request::ENVIRONMENT, specs) => begin(machine, IMPORT * specs.len()).and_then(|()| {
                let result = make_environment(&mut self.session(machine), specs, Owner::Immutable);
                result.map_err(|failure| stop(machine, failure))
            }),
            (request::INTERACTION_ENVIRONMENT, []) => Ok(self.session(machine).interactive_environment()),
            _ => Err(Stop::REQUEST),
        });
        machine.syntax.fluids = fluids;
        answer
    }
}

impl Libraries for Shared {
    fn folders(&self) -> &[PathBuf] {
        &self.library_path
    }
}

impl Shared {
    /// The machine, as the expander sees it.
    pub fn session<'m>(&'m self, machine: &'m mut Machine) -> Session<'m> {
        Session { machine, libraries: self, image: crate::prelude::IMAGE }
    }

    /// `(eval datum environment)`.
    fn eval(&self, machine: &mut Machine, datum: Value, environment: Value) -> Res {
        let Some(owner) = environment.external_ref::<Environment>().map(|e| e.owner) else {
            return Err(machine.wrong_argument("eval", "environment", 2, "an environment", environment));
        };
        if !machine.may_nest() {
            let message = "eval is nested too deeply inside macro transformers and library bodies";
            return Err(machine.violation(ConditionType::ImplementationRestriction, "eval", message, &[]));
        }
        let thunk = self.session(machine).eval_thunk(datum, environment, owner == Owner::Interactive);
        match thunk {
            Ok(thunk) => machine.tail_call(thunk, &[]),
            Err(failure) => Err(stop(machine, failure)),
        }
    }
}

impl Session<'_> {
    /// What evaluates a datum in an environment; the libraries that it needs have run.
    fn eval_thunk(&mut self, datum: Value, environment: Value, repeatable: bool) -> Result<Value, Failure> {
        let arena = Arena::new(self.machine.heap.memory());
        let unit = crate::syntax::expand_eval(self, &arena, environment, datum)?;
        let thunk = self.compile(&arena, &unit, repeatable)?;
        self.machine.syntax.protected.push(thunk);
        for id in unit.requires {
            crate::syntax::Host::instantiate(self, id)?;
        }
        Ok(thunk)
    }

    /// The environment of the prompt, made at its first use.
    pub fn interactive_environment(&mut self) -> Value {
        if self.machine.syntax.interactive.is_false() {
            let environment = crate::syntax::new_environment(self, Owner::Interactive);
            self.machine.syntax.interactive = environment;
        }
        self.machine.syntax.interactive
    }
}

/// A failure of the expander as what the program gets.
fn stop(machine: &mut Machine, failure: Failure) -> Stop {
    if !matches!(failure, Failure::Limit) {
        // The program may handle it; the place is that of its call.
        machine.syntax.stopped_at = Span::NONE;
    }
    match failure {
        Failure::Violation(violation) => Stop::raise(violation.condition(&mut machine.heap)),
        Failure::Raised(object, _) => Stop::raise(object),
        Failure::HeapFull => Stop::HEAP,
        Failure::Limit => Stop::LIMIT,
        Failure::Request => Stop::REQUEST,
    }
}
