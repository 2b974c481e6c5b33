//! Callbacks: C functions that are procedures of the program.
//!
//! A callback runs where a foreign function that this machine has called calls it, on the same thread. Called where no
//! machine waits for a foreign function (on another thread, for example) it does nothing and answers zero: there is no
//! machine that it could use. One that was freed, or belongs to another machine than the one that waits, fails. After one
//! has failed, those that the same foreign function still calls do nothing and answer zero.

use super::callout::{calling, maker};
use super::signature::signature;
use super::state::{CallbackFailure, Foreign, Product};
use crate::account::Claim;
use crate::c_calls::{Body, Function, Signature};
use crate::eval::{Capability, Handle, Machine, Nested, ProperList, Res, Who};
use crate::heap::{ConditionType, Pointer, Procedure, Value, View};
use crate::memory;
use std::sync::Arc;
use vicar_macros::primitives;

/// What a C function that is a procedure knows.
struct Callback {
    signature: Arc<Signature>,
    procedure: Handle,
}

impl Body for Callback {
    fn run(&self, words: &[u64]) -> u64 {
        called(|m| match m.handles.get(&self.procedure) {
            Some(procedure) => self.call(m, procedure, words),
            None => Err(misused(m, "C has called a callback of another machine")),
        })
    }
}

/// C calls a callback: what `run` answers, of the machine that waits.
fn called(run: impl FnOnce(&mut Machine) -> Result<u64, CallbackFailure>) -> u64 {
    let machine = calling();
    if machine.is_null() {
        return 0;
    }
    // SAFETY: the machine waits for a foreign call of this thread, which is what has called us: nobody else uses it.
    let m = unsafe { &mut *machine };
    if m.extension::<Foreign>().failure.is_some() {
        return 0;
    }
    match run(m) {
        Ok(word) => word,
        Err(failure) => {
            m.extension::<Foreign>().failure = Some(failure);
            0
        }
    }
}

/// C calls a callback that is no more.
fn ended() {
    called(|m| Err(misused(m, "C has called a callback that was freed")));
}

fn misused(m: &mut Machine, message: &str) -> CallbackFailure {
    let stop = m.assertion("callback", message, &[]);
    CallbackFailure::Raised(stop.raised().unwrap_or(Value::FALSE))
}

impl Callback {
    fn call(&self, m: &mut Machine, procedure: Value, words: &[u64]) -> Result<u64, CallbackFailure> {
        let mut arguments = Vec::with_capacity(words.len());
        for (&t, &word) in self.signature.arguments.iter().zip(words) {
            arguments.push(t.decode(m, word));
        }
        if !m.may_nest() {
            let message = "callbacks of C are nested too deeply: more than 100 of them wait for each other";
            let stop = m.violation(ConditionType::ImplementationRestriction, "callback", message, &[procedure]);
            return Err(CallbackFailure::Raised(stop.raised().unwrap_or(Value::FALSE)));
        }
        let stop = match m.run_nested(procedure, &arguments) {
            Nested::Done(value) => match self.signature.result.encode(value) {
                Some(word) => return Ok(word),
                None => {
                    let message = "the procedure did not return what the C type of the callback's result can hold";
                    m.assertion("callback", message, &[value])
                }
            },
            Nested::Raised { object, backtrace } => {
                m.nested_backtrace = backtrace;
                return Err(CallbackFailure::Raised(object));
            }
            Nested::Limit(limit) => return Err(CallbackFailure::Limit(limit)),
            Nested::Request(wanted) => {
                let status = wanted.get(1).copied().unwrap_or(Value::FALSE);
                return Err(CallbackFailure::Exit(status));
            }
        };
        Err(CallbackFailure::Raised(stop.raised().unwrap_or(Value::FALSE)))
    }
}

/// `(maker procedure)`.
fn make_callback(m: &mut Machine, signature: &Arc<Signature>, procedure: Value) -> Res {
    const WHO: &str = "c-callback-maker";
    m.require(Capability::RawMemory, WHO)?;
    if Procedure::from_value(procedure).is_none() {
        return Err(m.wrong_argument(WHO, "procedure", 1, <Procedure as View>::WHAT, procedure));
    }

    /// What a closure of libffi takes, with what belongs to it; its code is never freed.
    const CODE: usize = 256;
    /// A place in the tables of callbacks and of handles.
    const ENTRY: usize = 256;
    /// Fuel for making it.
    const WORK: usize = 100;
    m.charge(WORK)?;
    let mut claim = Claim::new(m.heap.memory());
    claim.take(CODE + ENTRY)?;
    let body = Callback { signature: signature.clone(), procedure: m.handles.root(procedure) };
    let Some(function) = Function::new(signature, Arc::new(body), ended) else {
        return Err(memory::out_of_memory(m, WHO));
    };
    if function.is_fresh() {
        // Nothing gives that back.
        m.heap.memory().take_anyway(CODE);
        claim.give(CODE);
    }
    let code = function.code();
    m.extension::<Foreign>().keep_callback(function, claim);
    Ok(memory::unbound(m, code).value())
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(make-c-callback-maker result-type argument-types)`: a procedure that makes of a procedure a pointer to a C function
    /// that calls it, to be passed to foreign functions; types are those of `make-c-callout-maker`. What the procedure
    /// raises is raised by the foreign call that led to it, and no continuation leaves it. It lives until
    /// `free-c-callback`.
    fn make_c_callback_maker(m: &mut Machine, who: Who, result_type: Value, argument_types: ProperList) -> Res {
        let signature = signature(m, who, result_type, argument_types)?;
        Ok(maker(m, Product::Callback, signature, make_callback))
    }

    /// `(free-c-callback pointer)`: ends the C function that a maker has made. The foreign call that leads to it after that
    /// raises an assertion violation, until its code serves another callback of the same signature.
    fn free_c_callback(m: &mut Machine, who: Who, pointer: Pointer) -> Res {
        let code = memory::address(pointer);
        match m.extension::<Foreign>().end_callback(code) {
            true => Ok(Value::VOID),
            false => {
                let message = "the pointer is not to a callback, or it was freed before";
                Err(m.assertion(who, message, &[pointer.value()]))
            }
        }
    }
}
