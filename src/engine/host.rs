//! Host procedures: typed Rust functions as Scheme procedures.
//!
//! Arity and types come from the signature. A host procedure never calls back into Scheme: it returns a value, an
//! error, or a [`TailCall`] that the machine makes in its place.

use crate::engine::convert::{FromScheme, IntoScheme, Refusal, Scope};
use crate::eval::{Handle, HostFn, Machine, Res, Stop};
use crate::heap::{ConditionType, Value};
use crate::io::Contained;
use std::sync::Arc;

/// A host procedure, ready to be exported by a library.
#[derive(Clone)]
pub struct HostProcedure {
    pub(crate) name: Arc<str>,
    pub(crate) arity: usize,
    pub(crate) run: Arc<HostFn>,
}

/// Why a host procedure fails: becomes an `&error` condition with the procedure as `&who`.
#[derive(Clone, Debug)]
pub struct HostError {
    /// The condition's `&message`.
    pub message: String,
}

impl<T: std::fmt::Display> From<T> for HostError {
    fn from(message: T) -> HostError {
        HostError { message: message.to_string() }
    }
}

/// What a host procedure returns to have `procedure` called in its place, with its continuation.
///
/// ```
/// use vicar::{Engine, Handle, TailCall};
/// let twice = |f: Handle, x: Handle| TailCall { procedure: f, arguments: vec![x.clone(), x] };
/// let engine = Engine::builder().procedure("(host)", "with-twice", twice).build()?;
/// assert_eq!(engine.vm().eval::<i64>("(import (rnrs) (host)) (with-twice * 6)")?, 36);
/// # Ok::<(), vicar::Error>(())
/// ```
pub struct TailCall {
    /// What is called.
    pub procedure: Handle,
    /// With what, in order.
    pub arguments: Vec<Handle>,
}

/// What a host procedure may return.
pub trait HostResult {
    #[doc(hidden)]
    fn finish(self, name: &str, machine: &mut Machine) -> Outcome;
}

#[doc(hidden)]
pub struct Outcome(pub(crate) Res);

impl<T: IntoScheme> HostResult for T {
    fn finish(self, name: &str, machine: &mut Machine) -> Outcome {
        let made = Scope::put_in(machine, self);
        Outcome(made.map_err(|refusal| refused(machine, name, refusal)))
    }
}

/// A `Result` of a host procedure.
impl<T: HostResult, E: Into<HostError>> HostResult for Result<T, E> {
    fn finish(self, name: &str, machine: &mut Machine) -> Outcome {
        match self {
            Ok(x) => x.finish(name, machine),
            Err(e) => {
                let message = e.into().message;
                Outcome(Err(fails(machine, name, &message)))
            }
        }
    }
}

impl HostResult for TailCall {
    fn finish(self, name: &str, machine: &mut Machine) -> Outcome {
        if let Err(stop) = machine.charge(self.arguments.len()) {
            return Outcome(Err(stop));
        }
        let procedure = machine.handles.get(&self.procedure);
        let arguments: Option<Vec<Value>> = self.arguments.iter().map(|h| machine.handles.get(h)).collect();
        match (procedure, arguments) {
            (Some(procedure), Some(arguments)) => Outcome(machine.tail_call(procedure, &arguments)),
            _ => Outcome(Err(refused(machine, name, Refusal::Foreign))),
        }
    }
}

/// A Rust function that can be a Scheme procedure: up to eight parameters that implement [`FromScheme`].
pub trait HostFunction<Parameters>: Send + Sync + 'static {
    #[doc(hidden)]
    const ARITY: usize;
    #[doc(hidden)]
    fn call(&self, name: &str, machine: &mut Machine, arguments: &[Value]) -> Res;
}

macro_rules! host_functions {
    ($(($n:literal $($p:ident $i:tt),*))*) => {$(
        impl<F, R, $($p),*> HostFunction<($($p,)*)> for F
        where
            F: Fn($($p),*) -> R + Send + Sync + 'static,
            R: HostResult,
            $($p: FromScheme),*
        {
            const ARITY: usize = $n;
            #[allow(non_snake_case, unused_variables, unused_mut)]
            fn call(&self, name: &str, machine: &mut Machine, arguments: &[Value]) -> Res {
                let mut scope = Scope::new(machine);
                $(
                    let $p = match scope.argument::<$p>(arguments[$i]) {
                        Ok(argument) => argument,
                        Err(refusal) => return Err(bad_argument::<$p>(scope.machine, name, $i, arguments[$i], refusal)),
                    };
                )*
                self($($p),*).finish(name, machine).0
            }
        }
    )*};
}

host_functions! {
    (0)
    (1 A 0)
    (2 A 0, B 1)
    (3 A 0, B 1, C 2)
    (4 A 0, B 1, C 2, D 3)
    (5 A 0, B 1, C 2, D 3, E 4)
    (6 A 0, B 1, C 2, D 3, E 4, G 5)
    (7 A 0, B 1, C 2, D 3, E 4, G 5, H 6)
    (8 A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7)
}

/// What it means for the program that an argument is no `T`.
#[cold]
fn bad_argument<T: FromScheme>(machine: &mut Machine, name: &str, i: usize, value: Value, refusal: Refusal) -> Stop {
    match refusal {
        Refusal::Mismatch => machine.wrong_argument(name, "", i + 1, T::WHAT, value),
        refusal => refused(machine, name, refusal),
    }
}

/// What a refused conversion means for the program.
#[cold]
fn refused(machine: &mut Machine, name: &str, refusal: Refusal) -> Stop {
    match refusal {
        Refusal::Limit(stop) => stop,
        Refusal::Foreign => machine.error(name, Refusal::FOREIGN, &[]),
        Refusal::TooDeep => machine.violation(ConditionType::ImplementationRestriction, name, Refusal::TOO_DEEP, &[]),
        Refusal::Mismatch => machine.error(name, "a value cannot be converted", &[]),
    }
}

/// A failure with the host's own words, of which the heap takes as many as it has room for.
#[cold]
fn fails(machine: &mut Machine, name: &str, message: &str) -> Stop {
    match machine.heap.reserve(message.len().saturating_mul(4)) {
        Ok(()) => machine.error(name, message, &[]),
        Err(full) => full.into(),
    }
}

impl HostProcedure {
    pub(crate) fn new<P, F: HostFunction<P>>(name: &str, function: F) -> HostProcedure {
        let name: Arc<str> = name.into();
        let (who, function) = (name.clone(), Contained::new(function));
        HostProcedure {
            name,
            arity: F::ARITY,
            run: Arc::new(move |machine: &mut Machine, arguments: &[Value]| {
                let done = function.call_shared(|function| function.call(&who, machine, arguments));
                done.unwrap_or_else(|text| Err(fails(machine, &who, &format!("the host procedure panicked: {text}"))))
            }),
        }
    }
}
