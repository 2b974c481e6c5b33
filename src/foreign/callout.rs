//! Callouts: procedures that call C functions.

use super::signature::{mismatch, signature, signature_value};
use super::state::{CallbackFailure, Foreign, Product};
use crate::account::Paid;
use crate::c_calls::Signature;
use crate::eval::{Capability, Machine, ProperList, Res, Single, Who};
use crate::heap::{Bytevector, ConditionType, Pointer, Value, View};
use crate::memory::{self, CType};
use crate::primitives::control::driver::request;
use std::cell::Cell;
use std::sync::Arc;
use vicar_macros::primitives;

thread_local! {
    /// The machine whose foreign call runs on this thread; null while none does.
    static CALLING: Cell<*mut Machine> = const { Cell::new(std::ptr::null_mut()) };
}

/// The machine that waits for the innermost foreign call of this thread.
pub fn calling() -> *mut Machine {
    CALLING.get()
}

/// One argument as C gets it. A literal bytevector is passed as a copy, which `copies` keeps.
fn encode(m: &mut Machine, who: &str, t: CType, v: Value, copies: &mut Vec<Paid<Vec<u8>>>) -> Res<u64> {
    if let (CType::Pointer, Some(bytes)) = (t, Bytevector::from_value(v)) {
        // The bytes of a live object do not move, and the caller's frame keeps it alive.
        if !v.is_immutable() {
            return Ok(bytes.as_ptr() as u64);
        }
        m.charge(bytes.len() / 64)?;
        let mut copy = Paid::with_room(m.heap.memory(), bytes.len())?;
        copy.extend_from_slice(bytes.bytes());
        let address = copy.as_mut_ptr() as u64;
        copies.push(copy);
        return Ok(address);
    }
    match t.encode(v) {
        Some(word) => {
            if let Some(pointer) = Pointer::from_value(v) {
                memory::check_alive(m, who, pointer)?;
            }
            Ok(word)
        }
        None => Err(mismatch(m, who, t, v)),
    }
}

/// Calls the function at `code`. `arguments` are in the newest frame.
fn call(m: &mut Machine, who: &str, signature: &Signature, code: usize, arguments: &[Value]) -> Res {
    m.require(Capability::RawMemory, who)?;
    m.charge(8)?;
    if arguments.len() != signature.arguments.len() {
        let wanted = signature.arguments.len();
        let message = format!("wrong number of arguments: the C function takes {wanted}, but got {}", arguments.len());
        let irritants = [signature_value(m, signature), m.heap.list(arguments)];
        return Err(m.assertion(who, &message, &irritants));
    }
    let mut copies = Vec::new();
    let mut words = Vec::with_capacity(arguments.len());
    for (&t, &v) in signature.arguments.iter().zip(arguments) {
        words.push(encode(m, who, t, v, &mut copies)?);
    }
    let outer = CALLING.replace(m);
    // SAFETY: the host lets the program use raw memory, so that the function at this address has this signature, and does
    // no harm with its arguments, is the program's to answer for. The machine is used through `CALLING` alone meanwhile.
    let (word, errno) = unsafe {
        *libc::__errno_location() = 0;
        let word = signature.call(code, &mut words);
        (word, *libc::__errno_location())
    };
    CALLING.set(outer);
    let state = m.extension::<Foreign>();
    state.errno = errno;
    match state.failure.take() {
        Some(CallbackFailure::Raised(object)) => return Err(crate::eval::Stop::raise(object)),
        Some(CallbackFailure::Limit(limit)) => {
            m.limit_hit = limit;
            return Err(crate::eval::Stop::LIMIT);
        }
        Some(CallbackFailure::Exit(status)) => return m.ask_driver(&[Value::fixnum(request::EXIT), status]),
        None => {}
    }
    // Nobody knows how long it took.
    m.poll()?;
    for pointer in arguments.iter().filter_map(|&v| Pointer::from_value(v)) {
        memory::check_whole(m, who, pointer)?;
    }
    Ok(signature.result.decode(m, word))
}

/// Whether there is code at an address, as far as the system tells.
fn is_code(address: usize) -> bool {
    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else { return true };
    maps.lines().any(|line| {
        let mut fields = line.split(' ');
        let (range, rights) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
        let (low, high) = range.split_once('-').unwrap_or(("", ""));
        let bound = |text| usize::from_str_radix(text, 16).unwrap_or(0);
        bound(low) <= address && address < bound(high) && rights.contains('x')
    })
}

/// `(maker pointer)`.
fn make_callout(m: &mut Machine, signature: &Arc<Signature>, with_errno: bool, function: Value) -> Res {
    const WHO: &str = "c-callout-maker";
    let Some(pointer) = Pointer::convert(function) else {
        return Err(m.wrong_argument(WHO, "function", 1, <Pointer as View>::WHAT, function));
    };
    m.require(Capability::RawMemory, WHO)?;
    let code = memory::address(pointer);
    let known = m.extension::<Foreign>().is_known_code(code);
    if !known {
        // The system makes a text of all mappings.
        m.charge(2_000)?;
    }
    if !known && !is_code(code) {
        let message = "the pointer is not to a function: there is no code at its address";
        return Err(m.violation(ConditionType::ProcedureArgumentsConsistency, WHO, message, &[function]));
    }
    let account = m.heap.memory().clone();
    m.extension::<Foreign>().remember_code(&account, code)?;
    let name = m.extension::<Foreign>().names.get(&code).cloned().unwrap_or_else(|| "c-callout".to_owned());
    let (signature, who) = (signature.clone(), name.clone());
    let run = move |m: &mut Machine, arguments: &[Value]| {
        let value = call(m, &who, &signature, code, arguments)?;
        if !with_errno {
            return Ok(value);
        }
        let errno = Value::fixnum(-i64::from(m.extension::<Foreign>().errno));
        Ok(m.heap.multiple_values(&[value, errno]))
    };
    Ok(m.host_procedure(&name, (0, usize::MAX), Arc::new(run)))
}

/// The maker for a signature, one for equal signatures.
pub fn maker(
    m: &mut Machine,
    product: Product,
    signature: Arc<Signature>,
    make: impl Fn(&mut Machine, &Arc<Signature>, Value) -> Res + Send + Sync + 'static,
) -> Value {
    if let Some(maker) = m.extension::<Foreign>().maker(product, &signature) {
        return maker;
    }
    let of = signature.clone();
    let name = if product == Product::Callback { "c-callback-maker" } else { "c-callout-maker" };
    let run = move |m: &mut Machine, arguments: &[Value]| make(m, &of, arguments[0]);
    let maker = m.host_procedure(name, (1, 1), Arc::new(run));
    m.extension::<Foreign>().keep_maker(product, &signature, maker);
    maker
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(make-c-callout-maker result-type argument-types)`: a procedure that makes of a pointer to a C function a procedure
    /// that calls it. Types are symbols: `void signed-char … unsigned-long-long`, `int8_t … uint64_t`, `float`, `double`,
    /// `pointer`, `callback`, `size_t ssize_t off_t ptrdiff_t`; `(void)` is no arguments. For a `pointer` a bytevector may
    /// be passed too. Integers must be in the type's range.
    fn make_c_callout_maker(m: &mut Machine, who: Who, result_type: Value, argument_types: ProperList) -> Res {
        let signature = signature(m, who, result_type, argument_types)?;
        Ok(maker(m, Product::Callout, signature, |m, signature, f| make_callout(m, signature, false, f)))
    }

    /// `(make-c-callout-maker/with-errno result-type argument-types)`: the same, for procedures that return two values:
    /// the function's, and the negated `errno` that it has left, 0 for none.
    #[primitive(name = "make-c-callout-maker/with-errno")]
    fn make_c_callout_maker_with_errno(
        m: &mut Machine,
        who: Who,
        result_type: Value,
        argument_types: ProperList,
    ) -> Res {
        let signature = signature(m, who, result_type, argument_types)?;
        Ok(maker(m, Product::CalloutWithErrno, signature, |m, signature, f| make_callout(m, signature, true, f)))
    }

    /// `(errno)`: the negated `errno` that the last foreign function has left, 0 for none. `(errno code)` sets it.
    fn errno(m: &mut Machine, who: Who, code: Option<Value>) -> Res {
        let state = m.extension::<Foreign>();
        let Some(code) = code else { return Ok(Value::fixnum(-i64::from(state.errno))) };
        let number = match code.as_fixnum() {
            None if code.is_false() => Some(0),
            None if code == Value::TRUE => Some(libc::EFAULT),
            n => n.and_then(|n| i32::try_from(n.unsigned_abs()).ok()),
        };
        match number {
            Some(number) => state.errno = number,
            None => {
                return Err(m.wrong_argument(who, "code", 1, "a fixnum in the range of a C int, or a boolean", code));
            }
        }
        Ok(Value::VOID)
    }
}
