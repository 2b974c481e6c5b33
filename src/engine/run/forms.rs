//! The forms of a run's text, expanded one by one or as a program, and what has to run before each.

use super::ending::failure as failure_of;
use super::holder::Holder;
use super::{Kind, Part, Run};
use crate::account::Arena;
use crate::diagnostics::Span;
use crate::engine::error::Error;
use crate::heap::Value;
use crate::syntax::library::LibraryId;
use crate::syntax::{Failure, Later, keeping};

impl<V: Holder> Run<V> {
    /// Expands all forms as a program.
    pub(super) fn expand_program(&mut self) -> Result<(), Error> {
        let vm = self.vm.vm_mut();
        let forms: Vec<Value> = vm.machine.handles.get(&self.forms).unwrap_or(Value::NIL).list_iter().collect();
        self.forms = vm.machine.handles.root(Value::NIL);
        let arena = Arena::new(vm.machine.heap.memory());
        let result = keeping(vm, &forms, |vm| {
            vm.with_session(|s| {
                let unit = crate::syntax::expand_program(s, &arena, &forms)?;
                let thunk = s.compile_top(&arena, &unit, false)?;
                Ok((s.waiting_bodies(&unit.requires), thunk))
            })
        });
        let result = result.map_err(|mut failure| {
            if let Failure::Violation(violation) = &mut failure
                && violation.diagnostic.span.is_none()
            {
                violation.diagnostic.span = Span::at(self.file, 0);
            }
            failure
        });
        self.queue(result)?;
        self.kind = Kind::Program;
        Ok(())
    }

    /// Expands the next form for the prompt's environment.
    pub(super) fn expand_next(&mut self) -> Result<(), Error> {
        let vm = self.vm.vm_mut();
        let environment = vm.interactive_environment();
        let Some((form, rest)) = vm.machine.handles.get(&self.forms).and_then(Value::uncons) else { return Ok(()) };
        self.forms = vm.machine.handles.root(rest);
        let later = self.ahead.as_ref().map_or(Later::Anything, |ahead| Later::Text(ahead, self.taken));
        self.taken += 1;
        let arena = Arena::new(vm.machine.heap.memory());
        let result = keeping(vm, &[form], |vm| {
            vm.with_session(|s| {
                let unit = crate::syntax::expand_interactive(s, &arena, environment, form, later)?;
                let thunk = s.compile_top(&arena, &unit, true)?;
                Ok((s.waiting_bodies(&unit.requires), thunk))
            })
        });
        let stopped = matches!(result, Err(Failure::Limit | Failure::HeapFull));
        if stopped && vm.machine.syntax.stopped_at.is_none() {
            vm.machine.syntax.stopped_at = crate::syntax::object::span_of(form);
        }
        self.queue(result)
    }

    /// The bodies of libraries, then the thunk, are what runs next.
    fn queue(&mut self, expanded: Result<(Vec<LibraryId>, Value), Failure>) -> Result<(), Error> {
        let vm = self.vm.vm_mut();
        let (bodies, thunk) = expanded.map_err(|failure| failure_of(vm, failure))?;
        self.waiting.extend(bodies.into_iter().map(Part::Body));
        self.waiting.push_back(Part::Form(vm.machine.handles.root(thunk)));
        Ok(())
    }
}
