//! The machine as a host sees it.

use super::builder::Engine;
use super::convert::{FromScheme, IntoScheme, Refusal, Scope};
use super::error::{Error, ErrorKind};
use super::interrupter::Interrupter;
use super::limits::Limits;
use super::report;
use super::session::Session;
use crate::eval::{Handle, Limit, Machine, Stop};
use crate::heap::Value;
use crate::io::{ReaderDevice, Style, WriterDevice, to_text};
use crate::primitives::ports::operands::Standard;
use crate::syntax::environment::Environment;
use crate::syntax::library::{Library, LibraryName, LibraryState};
use crate::syntax::{Binding, Keeper, Kept};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::time::Instant;

/// A machine: a heap, limits, ports, and the program that runs in it. It runs on one thread at a time and may be moved
/// to another.
pub struct Vm {
    pub(super) machine: Box<Machine>,
    pub(super) engine: Engine,
    /// What `exit` does, if the process is the program's own.
    pub(super) at_exit: Option<fn(&mut Vm, i32) -> !>,
    /// Why the machine can no longer be used.
    lost: Option<String>,
}

impl Engine {
    /// A machine without limits.
    pub fn vm(&self) -> Vm {
        self.vm_with(Limits::default())
    }

    /// A machine with limits.
    pub fn vm_with(&self, limits: Limits) -> Vm {
        Vm::new(self.clone(), limits)
    }
}

impl Keeper for Vm {
    fn kept(&mut self) -> &mut Kept {
        self.machine.kept()
    }
}

impl Vm {
    fn new(engine: Engine, limits: Limits) -> Vm {
        let mut machine = Box::new(super::machine(crate::prelude::IMAGE));
        machine.capabilities = engine.0.capabilities;
        machine.driver = Some(engine.0.clone());
        let mut vm = Vm { machine, engine, at_exit: None, lost: None };
        vm.set_limits(&limits);
        vm.register_host_libraries();
        vm
    }

    fn register_host_libraries(&mut self) {
        let engine = self.engine.clone();
        for (name, procedures) in &engine.0.host_libraries {
            let identifiers = name.trim_matches(['(', ')']).split_whitespace().map(Box::from).collect();
            let mut library =
                Library::new(LibraryName { identifiers, version: Vec::new() }, crate::diagnostics::Span::NONE);
            library.state = LibraryState::Ready;
            for procedure in procedures {
                let symbol = self.machine.heap.symbol(&procedure.name);
                let global = self.machine.new_global(symbol);
                let arity = (procedure.arity, procedure.arity);
                let value = self.machine.host_procedure(&procedure.name, arity, procedure.run.clone());
                if self.machine.set_global(global, value).is_ok() {
                    library.exports.insert((*procedure.name).into(), Binding::Global(global));
                }
            }
            self.machine.syntax.add_library(library);
        }
    }

    /// Sets what the machine may use from now on.
    pub fn set_limits(&mut self, limits: &Limits) {
        self.machine.set_fuel(limits.fuel);
        self.machine.set_heap_limit(limits.heap.unwrap_or(usize::MAX));
        self.machine.set_stack_limit(limits.stack);
        self.machine.heap.watch.deadline = limits.deadline;
    }

    /// Sets the fuel to `units`, however much was left.
    pub fn refill(&mut self, units: u64) {
        self.machine.set_fuel(Some(units));
    }

    /// Units of fuel left; `None` without a limit.
    pub fn fuel(&self) -> Option<u64> {
        self.machine.fuel()
    }

    /// Units of work done since the machine was made: the same for the same program and input, on every machine.
    pub fn fuel_consumed(&self) -> u64 {
        self.machine.fuel_consumed()
    }

    /// Sets the deadline. The other limits stay as they are.
    pub fn set_deadline(&mut self, at: Option<Instant>) {
        self.machine.heap.watch.deadline = at
    }

    /// A handle by which any thread stops what the machine runs: whichever run is under way then.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter { interrupt: self.machine.interrupt_flag(), run: None }
    }

    /// Clears an interrupt that the current run has not noticed yet.
    pub fn clear_interrupt(&mut self) {
        self.machine.heap.watch.interrupt.clear()
    }

    /// Bytes of the heap that are in use: what the last collection found alive, and what was allocated since.
    pub fn heap_in_use(&self) -> usize {
        self.machine.heap.bytes_used()
    }

    /// Collects garbage at every safepoint: slow, for tests.
    pub fn set_gc_stress(&mut self, on: bool) {
        self.machine.heap.set_stress(on);
    }

    /// What `(command-line)` answers; the first is the program. Bytes that are not UTF-8 become the characters that stand for
    /// them in file names, too: nothing is lost.
    pub fn set_command_line(&mut self, arguments: &[OsString]) {
        let text = |a: &OsString| crate::io::os_text::decode(a.as_encoded_bytes());
        let arguments: Vec<String> = arguments.iter().map(text).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.machine.set_command_line(&arguments);
    }

    /// Sends what programs write to their standard output to `writer`.
    pub fn set_output(&mut self, writer: impl Write + Send + 'static) {
        self.machine.set_standard_device(Standard::Output, Box::new(WriterDevice::new(writer)));
    }

    /// Sends what programs write to their standard error to `writer`.
    pub fn set_error_output(&mut self, writer: impl Write + Send + 'static) {
        self.machine.set_standard_device(Standard::Error, Box::new(WriterDevice::new(writer)));
    }

    /// Gives programs `reader` as their standard input.
    pub fn set_input(&mut self, reader: impl Read + Send + 'static) {
        self.machine.set_standard_device(Standard::Input, Box::new(ReaderDevice::new(reader)));
    }

    /// Writes out what is buffered for standard output and error.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if that fails.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.machine.flush_standard_ports().map_err(|e| {
            Error::plain(ErrorKind::Io, format!("cannot write standard output: {}", report::port_failure(&e)))
        })
    }

    /// Says that the process is there for this machine's program only: `exit` then calls `end` where it stands, with the status,
    /// in child processes that the program makes too (which [`process::end_child`](crate::process::end_child) ends). What
    /// the program does to the process's time zone and environment is the process's; waits are ended by signals, not by
    /// another thread's interrupt.
    pub fn own_process(&mut self, end: fn(&mut Vm, i32) -> !) {
        self.at_exit = Some(end);
        self.machine.owns_process = true;
    }

    /// Writes out what is buffered in any port that the program has left open: what a program may expect of its end.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] for the first that fails; the others are written out none the less.
    pub fn flush_all_ports(&mut self) -> Result<(), Error> {
        self.machine.flush_all_ports().map_err(|(name, e)| {
            Error::plain(ErrorKind::Io, format!("cannot write {name}: {}", report::port_failure(&e)))
        })
    }

    /// The value of a handle as a `T`.
    ///
    /// # Errors
    /// [`ErrorKind::Conversion`] if it is none, or the handle belongs to another machine.
    pub fn get<T: FromScheme>(&mut self, handle: &Handle) -> Result<T, Error> {
        self.check_whole()?;
        let Some(value) = self.machine.handles.get(handle) else {
            return Err(self.refused(Refusal::Foreign));
        };
        Scope::new(&mut self.machine).argument(value).map_err(|refusal| match refusal {
            Refusal::Mismatch => {
                let text = to_text(value, Style::Write, 200);
                Error::plain(ErrorKind::Conversion, format!("expected {}, got {text}", T::WHAT))
            }
            refusal => self.refused(refusal),
        })
    }

    /// A Rust value as a Scheme value.
    ///
    /// # Errors
    /// [`ErrorKind::Conversion`] if a handle of another machine is in it.
    pub fn make(&mut self, value: impl IntoScheme) -> Result<Handle, Error> {
        self.check_whole()?;
        self.collect_if_wanted();
        let made = Scope::put_in(&mut self.machine, value).map_err(|refusal| self.refused(refusal))?;
        Ok(self.machine.handles.root(made))
    }

    /// Between runs values are held by handles only, so a collection is possible.
    pub(super) fn collect_if_wanted(&mut self) {
        if self.machine.heap.collection_wanted {
            self.machine.collect()
        }
    }

    /// The value as `write` shows it, cut after `limit` bytes.
    pub fn write(&self, handle: &Handle, limit: usize) -> String {
        self.machine.handles.get(handle).map_or(String::new(), |v| to_text(v, Style::Write, limit))
    }

    /// Names in the machine's own environment that begin with `prefix`, in order.
    pub fn names_in_scope(&self, prefix: &str) -> Vec<String> {
        let mut names = std::collections::BTreeSet::new();
        if let Some(environment) = self.machine.syntax.interactive.external_ref::<Environment>() {
            environment.each_name(&self.machine.syntax, &mut |name| {
                if name.starts_with(prefix) {
                    names.insert(name.to_owned());
                }
            });
        }
        names.into_iter().collect()
    }

    /// The environment of `eval` and the prompt.
    pub(super) fn interactive_environment(&mut self) -> Value {
        self.with_session(|s| s.interactive_environment())
    }

    /// Why a conversion has no result, as the host sees it.
    #[cold]
    pub(super) fn refused(&mut self, refusal: Refusal) -> Error {
        match refusal {
            Refusal::Limit(stop) => {
                let which = if stop == Stop::HEAP { Limit::Heap } else { self.machine.limit_hit };
                report::limit(&mut self.machine, which, Vec::new())
            }
            Refusal::Foreign => Error::plain(ErrorKind::Conversion, Refusal::FOREIGN),
            Refusal::TooDeep => Error::plain(ErrorKind::Conversion, Refusal::TOO_DEEP),
            Refusal::Mismatch => Error::plain(ErrorKind::Conversion, "the value cannot be converted"),
        }
    }

    /// Whether the machine can be used.
    pub(super) fn check_whole(&self) -> Result<(), Error> {
        match &self.lost {
            None => Ok(()),
            Some(why) => Err(Error::plain(ErrorKind::Internal, why.as_str())),
        }
    }

    /// Vicar's own code has panicked in the machine, which is not used again. An empty one takes its place, so that handles of
    /// the lost one belong to no machine.
    #[cold]
    pub(super) fn lose(&mut self, panic: Box<dyn std::any::Any + Send>) -> Error {
        let text = crate::io::text_of_panic(&*panic);
        let why = format!("a defect in Vicar: the machine panicked and can no longer be used: {text}");
        std::mem::forget(panic);
        let fresh = Box::new(super::machine(crate::prelude::IMAGE));
        // Its state may be inconsistent: it is not even dropped.
        std::mem::forget(std::mem::replace(&mut self.machine, fresh));
        self.lost = Some(why.clone());
        Error::plain(ErrorKind::Internal, why)
    }

    /// Works with the expander.
    pub(super) fn with_session<R>(&mut self, f: impl FnOnce(&mut Session) -> R) -> R {
        let shared = self.engine.0.clone();
        f(&mut shared.session(&mut self.machine))
    }
}
