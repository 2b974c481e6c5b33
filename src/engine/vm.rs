//! The machine as a host sees it.

use super::builder::Engine;
use super::convert::{Foreign, FromScheme, IntoScheme, Ref, Scope};
use super::error::{Error, ErrorKind};
use super::limits::Limits;
use super::report;
use super::run::Run;
use super::session::Session;
use super::source::Source;
use crate::builtins::ports::Standard;
use crate::eval::{Handle, Machine};
use crate::heap::Value;
use crate::io::{ReaderDevice, Style, WriterDevice, to_text};
use crate::syntax::Binding;
use crate::syntax::environment::Environment;
use crate::syntax::library::{Library, LibraryName, LibraryState};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What text that names no libraries starts with: `vicar -e`, the prompt.
const PROMPT_IMPORTS: &str = "(import (vicare) (prefix (vicare posix) px.) (vicare platform constants) \
     (vicare language-extensions syntaxes))";

/// A machine: a heap, limits, ports, and the program that runs in it. One runs on one thread at a time and may move
/// between threads.
pub struct Vm {
    pub(super) machine: Box<Machine>,
    pub(super) engine: Engine,
    /// What `exit` does, if the process is the program's own.
    pub(super) at_exit: Option<fn(&mut Vm, i32) -> !>,
}

impl Vm {
    pub(super) fn new(engine: Engine, limits: Limits) -> Vm {
        let mut machine = Box::new(super::machine(crate::prelude::IMAGE));
        machine.capabilities = engine.0.capabilities;
        machine.driver = Some(engine.0.clone());
        let mut vm = Vm { machine, engine, at_exit: None };
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
        self.machine.heap.set_limit(limits.heap.unwrap_or(usize::MAX));
        self.machine.set_stack_limit(limits.stack);
        self.machine.heap.watch.deadline = limits.deadline;
    }

    /// Gives the machine so many units of fuel, whatever is left.
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

    /// A handle by which any thread stops what the machine runs.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(self.machine.interrupt_flag())
    }

    /// Collects garbage at every safepoint: slow, for tests.
    pub fn set_gc_stress(&mut self, on: bool) {
        self.machine.heap.set_stress(on);
    }

    /// What `(command-line)` answers; the first is the program.
    pub fn set_command_line(&mut self, arguments: &[OsString]) {
        let arguments: Vec<String> = arguments.iter().map(|a| a.to_string_lossy().into_owned()).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        self.machine.set_command_line(&arguments);
    }

    /// Sends what programs write to their standard output to `writer`.
    pub fn set_output(&mut self, writer: impl Write + Send + 'static) {
        self.machine.set_standard_device(Standard::Output, Box::new(WriterDevice(Box::new(writer))));
    }

    /// Sends what programs write to their standard error to `writer`.
    pub fn set_error_output(&mut self, writer: impl Write + Send + 'static) {
        self.machine.set_standard_device(Standard::Error, Box::new(WriterDevice(Box::new(writer))));
    }

    /// Gives programs `reader` as their standard input.
    pub fn set_input(&mut self, reader: impl Read + Send + 'static) {
        self.machine.set_standard_device(Standard::Input, Box::new(ReaderDevice(Box::new(reader))));
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

    /// Says that the process is the program's own: `exit` then calls `end` where it stands, with the status.
    #[cfg(feature = "cli")]
    pub(crate) fn set_exit(&mut self, end: fn(&mut Vm, i32) -> !) {
        self.at_exit = Some(end);
        self.machine.owns_process = true;
    }

    /// Flushes the ports that the program has left open.
    #[cfg(feature = "cli")]
    pub(crate) fn flush_all_ports(&mut self) {
        self.machine.flush_all_ports();
    }

    /// Evaluates text in the machine's own environment and answers the last value as a `T`. The environment is empty at
    /// first: text begins by importing what it needs. Definitions and imports stay.
    ///
    /// ```
    /// let mut vm = vicar::Engine::new().vm();
    /// vm.eval::<()>("(import (rnrs)) (define (square x) (* x x))")?;
    /// assert_eq!(vm.eval::<i64>("(square 12)")?, 144);
    /// # Ok::<(), vicar::Error>(())
    /// ```
    ///
    /// # Errors
    /// Whatever the text does wrong; [`ErrorKind::Conversion`] if the value is no `T`.
    pub fn eval<T: FromScheme>(&mut self, text: &str) -> Result<T, Error> {
        let value = self.start(&Source::new("eval", text))?.finish()?;
        self.get(&value)
    }

    /// Evaluates all forms of a text in an environment that starts with `(vicare)`, `(prefix (vicare posix) px.)`,
    /// `(vicare platform constants)` and `(vicare language-extensions syntaxes)` imported: what `vicar -e` does.
    ///
    /// # Errors
    /// Whatever the text does wrong.
    pub fn eval_all(&mut self, source: &Source) -> Result<(), Error> {
        self.prepare_prompt()?;
        self.start(source)?.finish().map(drop)
    }

    /// The same form by form: `each` gets the text of every value that is not void, as `write` shows it.
    ///
    /// # Errors
    /// Whatever the text does wrong; the forms before have been evaluated.
    pub fn eval_each(&mut self, source: &Source, each: &mut dyn FnMut(&mut Vm, &str)) -> Result<(), Error> {
        self.prepare_prompt()?;
        let mut run = Run::new(&mut *self, source)?;
        while let Some(values) = run.next_values()? {
            for text in values {
                each(run.vm(), &text);
            }
        }
        Ok(())
    }

    /// Imports the prompt's libraries once.
    fn prepare_prompt(&mut self) -> Result<(), Error> {
        if self.machine.syntax.interactive.is_false() {
            self.start(&Source::new("prompt", PROMPT_IMPORTS))?.finish()?;
        }
        Ok(())
    }

    /// Runs a top-level program: its imports, then its body. R6RS chapter 8.
    ///
    /// # Errors
    /// Whatever the program does wrong; [`ErrorKind::Exit`] when it calls `(exit)`.
    pub fn run_program(&mut self, source: &Source) -> Result<(), Error> {
        Run::program(self, source)?.finish().map(drop)
    }

    /// Begins to evaluate text in the machine's own environment; the run is stepped by its caller.
    ///
    /// # Errors
    /// [`ErrorKind::Read`] if the text is not a sequence of datums.
    pub fn start(&mut self, source: &Source) -> Result<Run<&mut Vm>, Error> {
        Run::new(self, source)
    }

    /// Calls a procedure.
    ///
    /// # Errors
    /// Whatever the procedure does wrong; [`ErrorKind::Conversion`] if its value is no `T`.
    pub fn call<T: FromScheme>(&mut self, procedure: &Handle, arguments: impl Arguments) -> Result<T, Error> {
        self.collect_if_wanted();
        let made = Scope::convert(&mut self.machine, |scope| -> Vec<Value> {
            arguments.values(scope).into_iter().map(|r| r.value).collect()
        });
        let (Ok(arguments), Some(procedure)) = (made, self.machine.handles.get(procedure)) else {
            return Err(foreign(Foreign));
        };
        let value = Run::call(&mut *self, procedure, &arguments)?.finish()?;
        self.get(&value)
    }

    /// The value of a handle as a `T`.
    ///
    /// # Errors
    /// [`ErrorKind::Conversion`] if it is none, or the handle belongs to another machine.
    pub fn get<T: FromScheme>(&mut self, handle: &Handle) -> Result<T, Error> {
        let Some(value) = self.machine.handles.get(handle) else {
            return Err(foreign(Foreign));
        };
        T::from_scheme(Ref::new(value), &mut Scope::new(&mut self.machine)).ok_or_else(|| {
            let text = to_text(value, Style::Write, 200);
            Error::plain(ErrorKind::Conversion, format!("expected {}, got {text}", T::WHAT))
        })
    }

    /// A Rust value as a Scheme value.
    ///
    /// # Errors
    /// [`ErrorKind::Conversion`] if a handle of another machine is in it.
    pub fn make(&mut self, value: impl IntoScheme) -> Result<Handle, Error> {
        self.collect_if_wanted();
        let made = Scope::convert(&mut self.machine, |scope| value.into_scheme(scope).value).map_err(foreign)?;
        Ok(self.machine.handles.root(made))
    }

    /// Between runs nobody holds values but by handles: a good moment.
    fn collect_if_wanted(&mut self) {
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

    /// Works with the expander.
    pub(super) fn with_session<R>(&mut self, f: impl FnOnce(&mut Session) -> R) -> R {
        let shared = self.engine.0.clone();
        f(&mut shared.session(&mut self.machine))
    }
}

fn foreign(Foreign: Foreign) -> Error {
    Error::plain(ErrorKind::Conversion, Foreign::MESSAGE)
}

/// Arguments of [`Vm::call`]: a tuple of values that implement [`IntoScheme`].
pub trait Arguments {
    #[doc(hidden)]
    fn values<'a>(self, scope: &mut Scope<'a>) -> Vec<Ref<'a>>;
}

macro_rules! arguments {
    ($(($($p:ident),*))*) => {$(
        impl<$($p: IntoScheme),*> Arguments for ($($p,)*) {
            #[allow(non_snake_case, unused_variables)]
            fn values<'a>(self, scope: &mut Scope<'a>) -> Vec<Ref<'a>> {
                let ($($p,)*) = self;
                vec![$($p.into_scheme(scope)),*]
            }
        }
    )*};
}
arguments! { () (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G) (A, B, C, D, E, F, G, H) }

/// Stops a machine from another thread.
#[derive(Clone)]
pub struct Interrupter(Arc<AtomicBool>);

impl Interrupter {
    /// What the machine runs ends with [`crate::Limit::Interrupted`], within a few thousand units of work. If nothing runs,
    /// the next run ends at once.
    pub fn interrupt(&self) {
        self.0.store(true, Ordering::Release)
    }
}

impl PartialEq for Interrupter {
    fn eq(&self, other: &Interrupter) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
