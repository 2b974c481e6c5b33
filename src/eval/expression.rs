//! Expression nodes: functions that return a value, called by plain recursion whose depth `compile` bounds. `FAILED`
//! stands for "no value, and why not is in `Machine::failure`".

#![allow(clippy::undocumented_unsafe_blocks, reason = "one contract for all node functions: see SAFETY below")]

use super::Machine;
use super::code::Code;
use super::node::Expression;
use super::operand::{Any, Operand};
use super::operations::{Binary, Many, Unary, run_binary, run_operation, run_unary};
use super::trap::{primitive_failed, unassigned, unbound};
use crate::heap::Value;

/// Evaluates an operand and leaves if it fails.
macro_rules! operand {
    ($kind:ident, $word:expr, $fp:expr, $m:expr) => {{
        let v = $kind::eval($word, $fp, $m);
        if $kind::FAILS && v == Value::FAILED {
            return v;
        }
        v
    }};
}

// SAFETY, for all functions of this file: `e` is a node that `link` made for the function, with operand words of the
// kinds that its type parameters say; `fp` and `m` are the running frame and machine.

pub(super) unsafe fn leaf<A: Operand>(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe { A::eval((*e).a, fp, m) }
}

/// The running closure.
pub(super) unsafe fn own(_: *const Expression, fp: *mut Value, _: *mut Machine) -> Value {
    unsafe { *fp }
}

/// The value in a global object, `a`.
pub(super) unsafe fn global(e: *const Expression, _: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let v = Value(*Value((*e).a).address().add(1));
        if v == Value::UNBOUND { fail_at(e, unbound(Value((*e).a), m), m) } else { v }
    }
}

/// Notes where a failure happened, unless it is known more closely.
unsafe fn fail_at(e: *const Expression, failed: Value, m: *mut Machine) -> Value {
    unsafe {
        if (*m).failed_at.is_null() {
            (*m).failed_at = e
        }
        failed
    }
}

pub(super) unsafe fn unary<T: Unary, A: Operand>(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let a = operand!(A, (*e).a, fp, m);
        match T::apply(a, m) {
            Some(v) => v,
            None => unary_slow::<T>(e, a, m),
        }
    }
}

pub(super) unsafe fn binary<T: Binary, A: Operand, B: Operand>(
    e: *const Expression,
    fp: *mut Value,
    m: *mut Machine,
) -> Value {
    unsafe {
        let a = operand!(A, (*e).a, fp, m);
        let b = operand!(B, (*e).b, fp, m);
        match T::apply(a, b, m) {
            Some(v) => v,
            None => binary_slow::<T>(e, a, b, m),
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn binary_slow<T: Binary>(e: *const Expression, a: Value, b: Value, m: *mut Machine) -> Value {
    unsafe {
        let v = run_binary::<T>(a, b, m);
        if v == Value::FAILED { fail_at(e, v, m) } else { v }
    }
}

#[cold]
#[inline(never)]
unsafe fn unary_slow<T: Unary>(e: *const Expression, a: Value, m: *mut Machine) -> Value {
    unsafe {
        let v = run_unary::<T>(a, m);
        if v == Value::FAILED { fail_at(e, v, m) } else { v }
    }
}

/// Runs the node's primitive.
#[inline(always)]
unsafe fn run(e: *const Expression, operands: &[Value], m: *mut Machine) -> Value {
    unsafe {
        match ((*(*e).primitive).run)(&mut *m, operands) {
            Ok(v) => v,
            Err(stop) => {
                let failed = primitive_failed(stop, &mut *m);
                fail_at(e, failed, m)
            }
        }
    }
}

/// An operation whose operand words lie at `a`.
pub(super) unsafe fn many<T: Many<N>, const N: usize>(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let mut operands = [Value::FALSE; N];
        if !evaluate(&mut operands, (*e).a as *const u64, fp, m) {
            return Value::FAILED;
        }
        match T::apply(&operands, m) {
            Some(v) => v,
            None => {
                let v = run_operation(T::OPERATION, &operands, m);
                if v == Value::FAILED { fail_at(e, v, m) } else { v }
            }
        }
    }
}

/// Evaluates operands of any kind; answers false if one failed.
#[inline(always)]
unsafe fn evaluate(operands: &mut [Value], words: *const u64, fp: *mut Value, m: *mut Machine) -> bool {
    for (i, operand) in operands.iter_mut().enumerate() {
        let v = unsafe { Any::eval(*words.add(i), fp, m) };
        if v == Value::FAILED {
            return false;
        }
        *operand = v;
    }
    true
}

/// A primitive of `N` operands, whose words lie at `a`.
pub(super) unsafe fn primitive<const N: usize>(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let mut operands = [Value::FALSE; N];
        if !evaluate(&mut operands, (*e).a as *const u64, fp, m) {
            return Value::FAILED;
        }
        run(e, &operands, m)
    }
}

/// A primitive of two operands with a fast way, which `b` is.
pub(super) unsafe fn fast2(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let words = (*e).a as *const u64;
        let a = operand!(Any, *words, fp, m);
        let b = operand!(Any, *words.add(1), fp, m);
        let fast: fn(&mut Machine, Value, Value) -> Option<Value> = std::mem::transmute((*e).b);
        match fast(&mut *m, a, b) {
            Some(v) => v,
            None => run(e, &[a, b], m),
        }
    }
}

/// The same with three operands.
pub(super) unsafe fn fast3(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let words = (*e).a as *const u64;
        let a = operand!(Any, *words, fp, m);
        let b = operand!(Any, *words.add(1), fp, m);
        let c = operand!(Any, *words.add(2), fp, m);
        let fast: fn(&mut Machine, Value, Value, Value) -> Option<Value> = std::mem::transmute((*e).b);
        match fast(&mut *m, a, b, c) {
            Some(v) => v,
            None => run(e, &[a, b, c], m),
        }
    }
}

/// A primitive of many operands: their words lie at `a`, `b` says how many and from which slot on they are laid out.
pub(super) unsafe fn primitive_many(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let (count, first) = ((*e).b as u32 as usize, fp.add(((*e).b >> 32) as usize));
        for i in 0..count {
            let v = Any::eval(*((*e).a as *const u64).add(i), fp, m);
            if v == Value::FAILED {
                return v;
            }
            first.add(i).write(v);
        }
        run(e, std::slice::from_raw_parts(first, count), m)
    }
}

/// `if`: the three expressions at `a`.
pub(super) unsafe fn conditional(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let words = (*e).a as *const u64;
        let test = operand!(Any, *words, fp, m);
        Any::eval(*words.add(if test.is_true() { 1 } else { 2 }), fp, m)
    }
}

/// A closure: its code is at `a`, the words of what it captures at `b`. They never fail.
pub(super) unsafe fn closure(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let (code, words) = ((*e).a as *const Code, (*e).b as *const u64);
        let count = (*code).layout.free as usize;
        let p = (*m).heap.allocate(1 + count);
        *p = code as u64;
        for i in 0..count {
            *p.add(1 + i) = Any::eval(*words.add(i), fp, m).0;
        }
        Value::from_closure(p)
    }
}

/// Sets a free variable of the closure in slot `a`: index in the upper half, value at `b`.
pub(super) unsafe fn patch_closure(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let closure = *fp.add((*e).a as u32 as usize);
        let index = ((*e).a >> 32) as usize;
        *closure.address().add(1 + index) = Any::eval((*e).b, fp, m).0;
        Value::VOID
    }
}

pub(super) unsafe fn make_cell<A: Operand>(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let v = operand!(A, (*e).a, fp, m);
        (*m).heap.cell(v)
    }
}

/// What is in the cell that an operand answers, which is one by construction.
#[inline(always)]
unsafe fn cell_value(cell: Value) -> *mut Value {
    cell.address().wrapping_add(1).cast()
}

pub(super) unsafe fn cell_ref<A: Operand>(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe { *cell_value(A::eval((*e).a, fp, m)) }
}

/// The same of a variable that may not be initialised yet; its name is `b`.
pub(super) unsafe fn checked_cell_ref(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let v = *cell_value(Any::eval((*e).a, fp, m));
        if v == Value::UNASSIGNED { fail_at(e, unassigned(Value((*e).b), m), m) } else { v }
    }
}

/// Stores into cell `a` the value `b`.
pub(super) unsafe fn set_cell(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let v = operand!(Any, (*e).b, fp, m);
        *cell_value(Any::eval((*e).a, fp, m)) = v;
        Value::VOID
    }
}

/// The same for a variable that may not be initialised yet; its name lies behind the operand words at `a`.
pub(super) unsafe fn checked_set_cell(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let words = (*e).a as *const u64;
        let v = operand!(Any, *words.add(1), fp, m);
        let cell = cell_value(Any::eval(*words, fp, m));
        if *cell == Value::UNASSIGNED {
            return fail_at(e, unassigned(Value(*words.add(2)), m), m);
        }
        *cell = v;
        Value::VOID
    }
}

/// Assigns the value `b` to the global object `a`, which must be bound.
pub(super) unsafe fn set_global(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let v = operand!(Any, (*e).b, fp, m);
        let place = cell_value(Value((*e).a));
        if *place == Value::UNBOUND {
            return fail_at(e, unbound(Value((*e).a), m), m);
        }
        *place = v;
        Value::VOID
    }
}

/// Gives the global object `a` the value `b`.
pub(super) unsafe fn define(e: *const Expression, fp: *mut Value, m: *mut Machine) -> Value {
    unsafe {
        let v = operand!(Any, (*e).b, fp, m);
        *cell_value(Value((*e).a)) = v;
        Value::VOID
    }
}
