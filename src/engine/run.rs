//! A run: an evaluation as a value. It is stepped with a budget, dropped, or finished.
//!
//! The run drives the machine: it expands form by form, runs what each needs before (bodies of libraries), and serves
//! requests of primitives that the evaluator cannot serve itself.

use super::error::{Error, ErrorKind};
use super::report;
use super::source::Source;
use super::vm::Vm;
use crate::builtins::driver::request;
use crate::diagnostics::{FileId, Span};
use crate::eval::{Driver, Handle, Outcome, Stop};
use crate::heap::Value;
use crate::io::{Style, to_text};
use crate::reader::{Mode, read_source};
use crate::syntax::{Failure, forms};
use bumpalo::Bump;
use std::borrow::BorrowMut;
use std::collections::VecDeque;

/// What a step of a run answers.
#[derive(Debug)]
pub enum Step {
    /// The budget is used up; there is more to do.
    Paused,
    /// The run is over; the value of its last expression, the first of several.
    Done(Handle),
}

/// An evaluation that is under way. Dropping it abandons it: the machine can be used again, and what the evaluation
/// held is given up when the next begins.
///
/// `V` is `&mut Vm`, or `Vm` for a run that owns its machine and travels with it: see [`Run::new`].
pub struct Run<V: BorrowMut<Vm>> {
    vm: V,
    /// Forms that wait: syntax, rooted.
    forms: VecDeque<Handle>,
    kind: Kind,
    /// Thunks to be run before the next form, the last of them the form before; rooted.
    thunks: VecDeque<Handle>,
    /// Something has been started in the machine.
    running: bool,
    last: Handle,
    over: bool,
    /// What the machine calls the run that this one has started in it.
    number: i64,
    file: FileId,
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    Interactive,
    Program,
    Call,
}

/// Work of one uninterrupted stretch when the caller sets no budget.
const UNBOUNDED: u64 = u64::MAX;

impl<V: BorrowMut<Vm>> Run<V> {
    /// Begins to evaluate text in the environment of `vm`, which may be a `&mut Vm` or a `Vm`.
    ///
    /// # Errors
    /// [`ErrorKind::Read`] if the text is not a sequence of datums.
    pub fn new(vm: V, source: &Source) -> Result<Run<V>, Error> {
        Run::of_source(vm, source, Kind::Interactive)
    }

    /// Begins to run a top-level program.
    ///
    /// # Errors
    /// [`ErrorKind::Read`] if the text is not a sequence of datums.
    pub fn program(vm: V, source: &Source) -> Result<Run<V>, Error> {
        Run::of_source(vm, source, Kind::Program)
    }

    fn of_source(mut vm: V, source: &Source, kind: Kind) -> Result<Run<V>, Error> {
        let machine = &mut vm.borrow_mut().machine;
        // What another run may have left half done, this one abandons.
        machine.abandon();
        let file = machine.sources.add_file(source.name(), source.text().clone());
        let (datums, ids) = read_source(source.text(), file, Mode::default())
            .map_err(|e| Error::new(ErrorKind::Read, e.diagnostic().clone(), &machine.sources))?;
        let values = forms(&mut machine.heap, &datums, &ids);
        let forms = values.into_iter().map(|v| machine.handles.root(v)).collect();
        let last = machine.handles.root(Value::VOID);
        Ok(Run { vm, forms, kind, thunks: VecDeque::new(), running: false, last, over: false, number: 0, file })
    }

    pub(super) fn call(mut vm: V, procedure: Value, arguments: &[Value]) -> Result<Run<V>, Error> {
        let machine = &mut vm.borrow_mut().machine;
        machine.abandon();
        let last = machine.handles.root(Value::VOID);
        if let Err(limit) = machine.start(procedure, arguments) {
            return Err(Error::plain(ErrorKind::Limit(limit), limit.to_string()));
        }
        let number = machine.run_number();
        Ok(Run {
            vm,
            number,
            forms: VecDeque::new(),
            kind: Kind::Call,
            thunks: VecDeque::new(),
            running: true,
            last,
            over: false,
            file: FileId::NONE,
        })
    }

    /// The machine, between two steps.
    pub fn vm(&mut self) -> &mut Vm {
        self.vm.borrow_mut()
    }

    /// Gives the machine back. What is not done yet is abandoned.
    pub fn into_vm(self) -> V {
        self.vm
    }

    /// Runs to the end.
    ///
    /// # Errors
    /// Whatever the evaluation does wrong.
    pub fn finish(mut self) -> Result<Handle, Error> {
        loop {
            if let Step::Done(value) = self.step(UNBOUNDED)? {
                return Ok(value);
            }
        }
    }

    /// Goes on for about `budget` units of work: more where a primitive or a macro does much at once, which is then
    /// taken from later steps.
    ///
    /// # Errors
    /// Whatever the evaluation does wrong; the run is over then.
    pub fn step(&mut self, budget: u64) -> Result<Step, Error> {
        let result = self.go_on(budget, false);
        if result.is_err() {
            self.over = true;
        }
        Ok(match result? {
            Some(step) => step,
            None => Step::Done(self.last.clone()),
        })
    }

    /// Runs until the next form has a value, and answers the texts of its values; `None` at the end.
    pub(super) fn next_values(&mut self) -> Result<Option<Vec<String>>, Error> {
        if self.forms.is_empty() || self.over {
            return Ok(None);
        }
        while self.go_on(UNBOUNDED, true)?.is_some() {}
        let machine = &self.vm.borrow_mut().machine;
        let value = machine.handles.get(&self.last).unwrap_or(Value::VOID);
        let values = machine.values_of(value);
        let shown = values.into_iter().filter(|v| *v != Value::VOID);
        Ok(Some(shown.map(|v| to_text(v, Style::Write, 1 << 20)).collect()))
    }

    /// Works until the budget is used up (then a step), or all is done, or one form if only that is wanted.
    fn go_on(&mut self, budget: u64, one_form: bool) -> Result<Option<Step>, Error> {
        if self.over {
            return Ok(None);
        }
        let begun = self.vm().machine.fuel_consumed();
        if self.running && self.vm.borrow().machine.run_number() != self.number {
            return Err(Error::plain(ErrorKind::Abandoned, "another run was started in the machine of this one"));
        }
        loop {
            let vm = self.vm.borrow_mut();
            if !self.running {
                if let Some(thunk) = self.thunks.pop_front() {
                    let thunk = vm.machine.handles.get(&thunk).unwrap_or(Value::VOID);
                    if let Err(limit) = vm.machine.start(thunk, &[]) {
                        return Err(report::limit(vm, limit, Vec::new()));
                    }
                    self.number = vm.machine.run_number();
                    self.running = true;
                } else if self.forms.is_empty() && self.kind != Kind::Program {
                    self.over = true;
                    return Ok(None);
                } else if self.kind == Kind::Program {
                    self.expand_program()?;
                    continue;
                } else {
                    self.expand_next()?;
                    continue;
                }
            }
            let vm = self.vm.borrow_mut();
            let used = vm.machine.fuel_consumed() - begun;
            if used >= budget {
                return Ok(Some(Step::Paused));
            }
            match vm.machine.run(budget - used) {
                Outcome::Paused => return Ok(Some(Step::Paused)),
                Outcome::Done(value) => {
                    self.running = false;
                    if self.thunks.is_empty() {
                        self.last = vm.machine.handles.root(value);
                        if one_form || self.kind != Kind::Interactive {
                            self.over |= self.forms.is_empty() || self.kind != Kind::Interactive;
                            return Ok(None);
                        }
                    }
                }
                Outcome::Raised { object, backtrace } => return Err(report::raised(vm, object, backtrace)),
                Outcome::Limit { limit, backtrace } => return Err(report::limit(vm, limit, backtrace)),
                Outcome::Request => self.serve()?,
            }
        }
    }

    /// Expands all forms as a program.
    fn expand_program(&mut self) -> Result<(), Error> {
        let vm = self.vm.borrow_mut();
        let forms: Vec<Value> = self.forms.drain(..).filter_map(|h| vm.machine.handles.get(&h)).collect();
        let arena = Bump::new();
        let kept = vm.machine.syntax.protected.len();
        vm.machine.syntax.protected.extend_from_slice(&forms);
        let result = vm.with_session(|s| {
            let unit = crate::syntax::expand_program(s, &arena, &forms)?;
            let thunk = s.compile_top(&arena, &unit, false)?;
            let mut thunks = s.take_bodies(&unit.requires);
            thunks.push(thunk);
            Ok(thunks)
        });
        vm.machine.syntax.protected.truncate(kept);
        let result = result.map_err(|mut failure| {
            if let Failure::Violation(violation) = &mut failure
                && violation.span.is_none()
            {
                violation.span = Span::at(self.file, 0);
            }
            failure
        });
        self.queue(result)?;
        self.kind = Kind::Program;
        Ok(())
    }

    /// Expands the next form for the prompt's environment.
    fn expand_next(&mut self) -> Result<(), Error> {
        let vm = self.vm.borrow_mut();
        let environment = vm.interactive_environment();
        let Some(form) = self.forms.pop_front().and_then(|h| vm.machine.handles.get(&h)) else { return Ok(()) };
        let kept = vm.machine.syntax.protected.len();
        vm.machine.syntax.protected.push(form);
        let arena = Bump::new();
        let result = vm.with_session(|s| {
            let unit = crate::syntax::expand_interactive(s, &arena, environment, form)?;
            let thunk = s.compile_top(&arena, &unit, true)?;
            let mut thunks = s.take_bodies(&unit.requires);
            thunks.push(thunk);
            Ok(thunks)
        });
        vm.machine.syntax.protected.truncate(kept);
        self.queue(result)
    }

    fn queue(&mut self, thunks: Result<Vec<Value>, Failure>) -> Result<(), Error> {
        let vm = self.vm.borrow_mut();
        match thunks {
            Ok(thunks) => {
                self.thunks.extend(thunks.into_iter().map(|t| vm.machine.handles.root(t)));
                Ok(())
            }
            Err(failure) => Err(report::failure(vm, failure)),
        }
    }

    /// Does what a primitive has asked for.
    fn serve(&mut self) -> Result<(), Error> {
        let vm = self.vm.borrow_mut();
        let engine = vm.engine.clone();
        match engine.0.serve(&mut vm.machine) {
            Err(Stop::REQUEST) => Err(exit(vm)),
            Err(Stop::LIMIT) => {
                let limit = vm.machine.limit_hit;
                vm.machine.reset();
                Err(report::limit(vm, limit, Vec::new()))
            }
            answer => {
                vm.machine.answer(answer);
                Ok(())
            }
        }
    }
}

/// Ends the program, which has asked for it.
pub(super) fn exit(vm: &mut Vm) -> Error {
    let status = match *vm.machine.request() {
        [kind, object] if kind.as_fixnum() == Some(request::EXIT) => exit_status(object),
        _ => 1,
    };
    if let Some(end) = vm.at_exit {
        end(vm, status)
    }
    vm.machine.reset();
    Error::plain(ErrorKind::Exit(status), "the program has exited")
}

/// What `(exit obj)` means as a process's status. R6RS libraries 10: `#f` is failure; a number is taken modulo 256.
fn exit_status(object: Value) -> i32 {
    match object.as_fixnum() {
        Some(n) => n.rem_euclid(256) as i32,
        None if object.is_false() => 1,
        None => 0,
    }
}
