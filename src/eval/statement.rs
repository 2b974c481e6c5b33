//! Statement nodes that compute into a slot or return. `BACK` ones close a loop: they are safepoints.
//!
//! Each comes in two functions. The first serves operands with a fast path and goes over to the second where one has no
//! answer; the second evaluates operands of any kind. For nested operands the second is the node's only function: there it
//! jumps, too, otherwise it leaves.

#![allow(clippy::undocumented_unsafe_blocks, reason = "one contract for all node functions: see SAFETY below")]

use super::Machine;
use super::node::{Assign, Node, Return, Transfer, jump, return_value};
use super::operand::Operand;
use super::operations::{Binary, Unary, run_binary, run_unary};
use super::safepoint::loop_slow;
use super::trap::fail;
use crate::heap::Value;

// SAFETY, for all functions of this file: `n` is a node that `link` made for the function, with operand words of the
// kinds that its type parameters say; `fp` and `m` are the running frame and machine; slots that the node names lie in
// the frame, whose size was checked against the stack's limit at entry.

/// Stores, counts down at the end of a loop, goes on.
macro_rules! store {
    ($jumps:expr, $BACK:ident, $v:expr, $node:ident, $n:ident, $fp:ident, $m:ident) => {{
        *$fp.add((*$node).slot as usize) = $v;
        if $BACK {
            let left = (*$m).heap.countdown - 1;
            (*$m).heap.countdown = left;
            if left < 0 {
                return loop_slow($n, $fp, $m);
            }
        }
        jump!($jumps, (*$node).next, $fp, $m)
    }};
}

/// A fast operand, or the slow function.
macro_rules! fast {
    ($kind:ident, $word:expr, $slow:expr, $n:ident, $fp:ident, $m:ident) => {
        match $kind::fast($word, $fp, $m) {
            Some(v) => v,
            None => return $slow($n, $fp, $m),
        }
    };
}

/// An operand of any kind, or failure.
macro_rules! any {
    ($kind:ident, $word:expr, $n:ident, $fp:ident, $m:ident) => {{
        let v = $kind::eval($word, $fp, $m);
        if $kind::FAILS && v == Value::FAILED {
            return fail($n, $fp, $m);
        }
        v
    }};
}
pub(super) use {any, fast};

#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn let_value<A: Operand, const BACK: bool>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Assign;
        let v = fast!(A, (*node).a, let_value_slow::<A, BACK>, n, fp, m);
        store!(true, BACK, v, node, n, fp, m)
    }
}

#[inline(never)]
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn let_value_slow<A: Operand, const BACK: bool>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Assign;
        let v = any!(A, (*node).a, n, fp, m);
        store!(A::NESTED, BACK, v, node, n, fp, m)
    }
}

#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn let_unary<T: Unary, A: Operand, const BACK: bool>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Assign;
        let a = fast!(A, (*node).a, let_unary_slow::<T, A, BACK>, n, fp, m);
        match T::apply(a, m) {
            Some(v) => store!(true, BACK, v, node, n, fp, m),
            None => let_unary_slow::<T, A, BACK>(n, fp, m),
        }
    }
}

#[inline(never)]
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn let_unary_slow<T: Unary, A: Operand, const BACK: bool>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Assign;
        let a = any!(A, (*node).a, n, fp, m);
        let v = match T::apply(a, m) {
            Some(v) => v,
            None => run_unary::<T>(a, m),
        };
        if v == Value::FAILED {
            return fail(n, fp, m);
        }
        store!(A::NESTED, BACK, v, node, n, fp, m)
    }
}

#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn let_binary<T: Binary, A: Operand, B: Operand, const BACK: bool>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Assign;
        let a = fast!(A, (*node).a, let_binary_slow::<T, A, B, BACK>, n, fp, m);
        let b = fast!(B, (*node).b, let_binary_slow::<T, A, B, BACK>, n, fp, m);
        match T::apply(a, b, m) {
            Some(v) => store!(true, BACK, v, node, n, fp, m),
            None => let_binary_slow::<T, A, B, BACK>(n, fp, m),
        }
    }
}

#[inline(never)]
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn let_binary_slow<T: Binary, A: Operand, B: Operand, const BACK: bool>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Assign;
        let a = any!(A, (*node).a, n, fp, m);
        let b = any!(B, (*node).b, n, fp, m);
        let v = match T::apply(a, b, m) {
            Some(v) => v,
            None => run_binary::<T>(a, b, m),
        };
        if v == Value::FAILED {
            return fail(n, fp, m);
        }
        store!(A::NESTED || B::NESTED, BACK, v, node, n, fp, m)
    }
}

/// Nothing but the way back to a loop's head.
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn back(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let left = (*m).heap.countdown - 1;
        (*m).heap.countdown = left;
        if left < 0 {
            return loop_slow(n, fp, m);
        }
        jump!(true, (*(n as *const Assign)).next, fp, m)
    }
}

/// Takes as much fuel as the operand says; the next safepoint looks whether there was as much.
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn charge(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const Assign;
        (*m).heap.countdown -= (*node).a as i64;
        jump!(true, (*node).next, fp, m)
    }
}

#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn return_value<A: Operand>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const Return;
        let v = fast!(A, (*node).a, return_value_slow::<A>, n, fp, m);
        return_value!(true, v, fp, m)
    }
}

#[inline(never)]
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn return_value_slow<A: Operand>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const Return;
        let v = any!(A, (*node).a, n, fp, m);
        return_value!(A::NESTED, v, fp, m)
    }
}

#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn return_unary<T: Unary, A: Operand>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const Return;
        let a = fast!(A, (*node).a, return_unary_slow::<T, A>, n, fp, m);
        match T::apply(a, m) {
            Some(v) => return_value!(true, v, fp, m),
            None => return_unary_slow::<T, A>(n, fp, m),
        }
    }
}

#[inline(never)]
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn return_unary_slow<T: Unary, A: Operand>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Return;
        let a = any!(A, (*node).a, n, fp, m);
        let v = match T::apply(a, m) {
            Some(v) => v,
            None => run_unary::<T>(a, m),
        };
        if v == Value::FAILED {
            return fail(n, fp, m);
        }
        return_value!(A::NESTED, v, fp, m)
    }
}

#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn return_binary<T: Binary, A: Operand, B: Operand>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Return;
        let a = fast!(A, (*node).a, return_binary_slow::<T, A, B>, n, fp, m);
        let b = fast!(B, (*node).b, return_binary_slow::<T, A, B>, n, fp, m);
        match T::apply(a, b, m) {
            Some(v) => return_value!(true, v, fp, m),
            None => return_binary_slow::<T, A, B>(n, fp, m),
        }
    }
}

#[inline(never)]
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn return_binary_slow<T: Binary, A: Operand, B: Operand>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Return;
        let a = any!(A, (*node).a, n, fp, m);
        let b = any!(B, (*node).b, n, fp, m);
        let v = match T::apply(a, b, m) {
            Some(v) => v,
            None => run_binary::<T>(a, b, m),
        };
        if v == Value::FAILED {
            return fail(n, fp, m);
        }
        return_value!(A::NESTED || B::NESTED, v, fp, m)
    }
}
