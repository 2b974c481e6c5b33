//! Runs inside of runs: for macro transformers, for bodies of libraries that an expansion needs, for what a foreign
//! function calls. Whatever way a nested run ends, a panic of the host's code too, the run around it is as it was.

use super::run::{Limit, Outcome};
use super::{FrameInfo, Machine, Res, Stop};
use crate::account::deepen;
use crate::heap::Value;

/// Serves the requests of primitives that the evaluator cannot serve itself: see [`Machine::ask_driver`].
pub trait Driver: Send + Sync {
    /// What the primitive whose request is at hand answers. `Stop::REQUEST` says that only the driver of the outermost run
    /// can serve what the machine's request is then.
    fn serve(&self, machine: &mut Machine) -> Res;
}

/// How a nested run has ended.
pub enum Nested {
    Done(Value),
    Raised {
        object: Value,
        backtrace: Vec<FrameInfo>,
    },
    Limit(Limit),
    /// It asks for what only the driver of the outermost run can do: to end the program.
    Request(Vec<Value>),
}

/// How many nested runs any thread's native stack has room for.
const NESTED: usize = 1;

/// A nested run, until it is left.
struct Inside<'m>(&'m mut Machine);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.leave_nested()
    }
}

impl Machine {
    /// Calls a procedure inside of the run that waits, and serves what it asks for.
    pub fn run_nested(&mut self, procedure: Value, arguments: &[Value]) -> Nested {
        // What a transformer evaluates may use macros whose transformers evaluate: an expansion, a compilation and a run for
        // each, all on the native stack.
        if self.suspended.len() < NESTED {
            return self.run_inside(procedure, arguments);
        }
        deepen(&mut *self, |m| m.run_inside(procedure, arguments)).unwrap_or(Nested::Limit(Limit::Heap))
    }

    fn run_inside(&mut self, procedure: Value, arguments: &[Value]) -> Nested {
        let inside = Inside(self);
        let machine = &mut *inside.0;
        let mut outcome = machine.enter_nested(procedure, arguments);
        loop {
            match outcome {
                Outcome::Done(v) => return Nested::Done(v),
                Outcome::Raised { object, backtrace } => return Nested::Raised { object, backtrace },
                Outcome::Limit { limit, .. } => return Nested::Limit(limit),
                // A nested run never pauses.
                Outcome::Paused => return Nested::Limit(machine.limit_hit),
                Outcome::Request => {
                    let answer = match machine.driver.clone() {
                        Some(driver) => driver.serve(machine),
                        None => Err(Stop::REQUEST),
                    };
                    match answer {
                        Err(Stop::REQUEST) => return Nested::Request(machine.request().to_vec()),
                        Err(Stop::LIMIT) => return Nested::Limit(machine.limit_hit),
                        answer => machine.answer(answer),
                    }
                    outcome = machine.resume_nested();
                }
            }
        }
    }

    /// The same for who passes on what is raised, limits and requests.
    pub fn call_nested(&mut self, procedure: Value, arguments: &[Value]) -> Res {
        match self.run_nested(procedure, arguments) {
            Nested::Done(v) => Ok(v),
            Nested::Raised { object, backtrace } => {
                self.nested_backtrace = backtrace;
                Err(Stop::raise(object))
            }
            Nested::Limit(limit) => {
                self.limit_hit = limit;
                Err(Stop::LIMIT)
            }
            Nested::Request(wanted) => self.ask_driver(&wanted),
        }
    }
}
