//! What a host has a machine do at once: evaluate a text, run a program, call a procedure. Each is a run from its beginning to
//! its end.

use super::convert::{FromScheme, IntoScheme, Ref, Refusal, Scope};
use super::error::Error;
use super::run::Run;
use super::source::Source;
use super::vm::Vm;
use crate::eval::Handle;
use crate::heap::Value;

impl Vm {
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
    /// Whatever the text does wrong; [`ErrorKind::Conversion`](crate::ErrorKind::Conversion) if the value is no `T`.
    pub fn eval<T: FromScheme>(&mut self, text: &str) -> Result<T, Error> {
        let value = self.start(&Source::new("eval", text))?.finish()?;
        self.get(&value)
    }

    /// Evaluates text form by form in the machine's own environment: `each` gets the text of every value that is not void, as
    /// `write` shows it. What a prompt does.
    ///
    /// # Errors
    /// Whatever the text does wrong; the forms before have been evaluated.
    pub fn eval_each(&mut self, source: &Source, each: &mut dyn FnMut(&mut Vm, &str)) -> Result<(), Error> {
        let mut run = Run::new(&mut *self, source)?;
        while let Some(values) = run.next_values()? {
            for text in values {
                each(run.vm(), &text);
            }
        }
        Ok(())
    }

    /// Runs a top-level program: its imports, then its body. R6RS chapter 8.
    ///
    /// # Errors
    /// Whatever the program does wrong; [`ErrorKind::Exit`](crate::ErrorKind::Exit) when it calls `(exit)`.
    pub fn run_program(&mut self, source: &Source) -> Result<(), Error> {
        Run::program(self, source)?.finish().map(drop)
    }

    /// Begins to evaluate text in the machine's own environment; the run is stepped by its caller.
    ///
    /// # Errors
    /// [`ErrorKind::Read`](crate::ErrorKind::Read) if the text is not a sequence of datums.
    pub fn start(&mut self, source: &Source) -> Result<Run<&mut Vm>, Error> {
        Run::new(self, source)
    }

    /// Calls a procedure.
    ///
    /// # Errors
    /// Whatever the procedure does wrong; [`ErrorKind::Conversion`](crate::ErrorKind::Conversion) if its value is no `T`.
    pub fn call<T: FromScheme>(&mut self, procedure: &Handle, arguments: impl Arguments) -> Result<T, Error> {
        self.check_whole()?;
        self.collect_if_wanted();
        let Some(procedure) = self.machine.handles.get(procedure) else {
            return Err(self.refused(Refusal::Foreign));
        };
        let made = Scope::convert(&mut self.machine, |scope| -> Option<Vec<Value>> {
            Some(arguments.values(scope).into_iter().map(|r| r.value).collect())
        });
        let arguments = made.map_err(|refusal| self.refused(refusal))?;
        let value = Run::call(&mut *self, procedure, &arguments)?.finish()?;
        self.get(&value)
    }
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
