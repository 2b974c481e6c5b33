//! Call nodes. A callee that the linker knew is entered at once; any other value is asked for its code, and entered at
//! once when it takes exactly that many arguments, otherwise by its general entry.
//!
//! Arguments are computed before any is stored: the callee's frame of a tail call is the frame that they are read from.
//! With more than four they are computed into the place of a callee's frame, above everything that is read, and a tail
//! call moves them down.

#![allow(clippy::undocumented_unsafe_blocks, reason = "one contract for all node functions: see SAFETY below")]

use super::Machine;
use super::code::Code;
use super::node::{CallNode, Node, Transfer, argument, jump};
use super::operand::{Any, Operand};
use super::safepoint::{enter_slow, general_slow};
use super::statement::any;
use super::trap::{fail, not_applicable};
use crate::heap::Value;

// SAFETY, for all functions of this file: `n` is a node that `link` made for the function, with operand words of the
// kinds that its type parameters say; `fp` and `m` are the running frame and machine. The callee's frame lies above the
// caller's initialised slots and begins below the stack's limit plus the caller's frame, for which there is room.

/// Puts what every frame has around the arguments, counts down, and goes to the callee that the linker knew.
macro_rules! enter_known {
    ($jumps:expr, $TAIL:ident, $nf:ident, $node:ident, $n:ident, $m:ident) => {{
        *$nf = (*$node).closure;
        if !$TAIL {
            *$nf.sub(1) = Value($n as u64);
        }
        let left = (*$m).heap.countdown - 1;
        (*$m).heap.countdown = left;
        if left < 0 || $nf > (*$m).limit {
            return enter_slow($n, $nf, $m);
        }
        jump!($jumps, (*$node).entry, $nf, $m)
    }};
}

/// Where the callee's frame begins.
macro_rules! callee_frame {
    ($TAIL:ident, $node:ident, $fp:ident) => {
        if $TAIL { $fp } else { $fp.add((*$node).offset as usize) }
    };
}

macro_rules! known {
    ($name:ident $slow:ident $($kind:ident $v:ident $i:literal),*) => {
        #[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
        #[allow(dead_code, reason = "with four operands only the slow one is linked")]
        pub(super) unsafe fn $name<$($kind: Operand,)* const TAIL: bool>(
            n: *const Node,
            fp: *mut Value,
            m: *mut Machine,
        ) -> Transfer {
            unsafe {
                let node = n as *const CallNode;
                let ($(Some($v),)*) = ($($kind::fast(argument(node, $i), fp, m),)*) else {
                    return $slow::<$($kind,)* TAIL>(n, fp, m);
                };
                let nf = callee_frame!(TAIL, node, fp);
                $(*nf.add($i + 1) = $v;)*
                enter_known!(true, TAIL, nf, node, n, m)
            }
        }

        #[inline(never)]
        #[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
        pub(super) unsafe fn $slow<$($kind: Operand,)* const TAIL: bool>(
            n: *const Node,
            fp: *mut Value,
            m: *mut Machine,
        ) -> Transfer {
            unsafe {
                let node = n as *const CallNode;
                $(let $v = any!($kind, argument(node, $i), n, fp, m);)*
                let nf = callee_frame!(TAIL, node, fp);
                $(*nf.add($i + 1) = $v;)*
                enter_known!($($kind::NESTED)||*, TAIL, nf, node, n, m)
            }
        }
    };
}

known!(known1 known1_slow A a 0);
known!(known2 known2_slow A a 0, B b 1);
known!(known3 known3_slow A a 0, B b 1, C c 2);
known!(known4 known4_slow A a 0, B b 1, C c 2, D d 3);

#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn known0<const TAIL: bool>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const CallNode;
        let nf = callee_frame!(TAIL, node, fp);
        enter_known!(true, TAIL, nf, node, n, m)
    }
}

/// Any number of arguments.
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn known_many<const TAIL: bool>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const CallNode;
        if !arguments(node, fp, m) {
            return fail(n, fp, m);
        }
        let nf = callee_frame!(TAIL, node, fp);
        if TAIL {
            move_down(node, fp);
        }
        enter_known!(true, TAIL, nf, node, n, m)
    }
}

/// A known procedure whose closure is computed: its operand word stands in the place of the closure.
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn known_closure<const TAIL: bool>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const CallNode;
        let f = any!(Any, (*node).closure.bits(), n, fp, m);
        if !arguments(node, fp, m) {
            return fail(n, fp, m);
        }
        let nf = callee_frame!(TAIL, node, fp);
        if TAIL {
            move_down(node, fp);
        } else {
            *nf.sub(1) = Value(n as u64);
        }
        *nf = f;
        let left = (*m).heap.countdown - 1;
        (*m).heap.countdown = left;
        if left < 0 || nf > (*m).limit {
            return enter_slow(n, nf, m);
        }
        jump!(true, (*node).entry, nf, m)
    }
}

/// Computes the arguments into the place of a callee's frame; answers false if one failed.
#[inline(always)]
pub(super) unsafe fn arguments(node: *const CallNode, fp: *mut Value, m: *mut Machine) -> bool {
    unsafe {
        let to = fp.add((*node).offset as usize);
        for i in 0..(*node).count as usize {
            let v = Any::eval(argument(node, i), fp, m);
            if v == Value::FAILED {
                return false;
            }
            *to.add(1 + i) = v;
        }
        true
    }
}

/// Moves them from there into the running frame.
#[inline(always)]
pub(super) unsafe fn move_down(node: *const CallNode, fp: *mut Value) {
    unsafe {
        let from = fp.add((*node).offset as usize);
        std::ptr::copy(from.add(1), fp.add(1), (*node).count as usize);
    }
}

/// Goes to a callee that is any value, its arguments stored.
macro_rules! enter_value {
    ($TAIL:ident, $f:ident, $count:expr, $nf:ident, $n:ident, $m:ident) => {{
        *$nf = $f;
        if !$TAIL {
            *$nf.sub(1) = Value($n as u64);
        }
        let code = Code::of($f);
        if (*code).arity != $count {
            return general_slow($n, $nf, $m);
        }
        let left = (*$m).heap.countdown - 1;
        (*$m).heap.countdown = left;
        if left < 0 || $nf > (*$m).limit {
            return super::safepoint::enter_value_slow($n, $nf, $m);
        }
        jump!(true, (*code).entry, $nf, $m)
    }};
}

/// Any callee with `N` arguments of any kind.
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn value<const N: usize, const TAIL: bool>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const CallNode;
        let mut arguments = [Value::FALSE; N];
        for (i, v) in arguments.iter_mut().enumerate() {
            *v = any!(Any, argument(node, i), n, fp, m);
        }
        let f = any!(Any, (*node).closure.bits(), n, fp, m);
        if !f.is_procedure() {
            return not_applicable(n, fp, f, m);
        }
        let nf = callee_frame!(TAIL, node, fp);
        for (i, v) in arguments.iter().enumerate() {
            *nf.add(1 + i) = *v;
        }
        enter_value!(TAIL, f, N as u32, nf, n, m)
    }
}

/// Any callee with any number of arguments.
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn value_many<const TAIL: bool>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const CallNode;
        if !arguments(node, fp, m) {
            return fail(n, fp, m);
        }
        let f = any!(Any, (*node).closure.bits(), n, fp, m);
        if !f.is_procedure() {
            return not_applicable(n, fp, f, m);
        }
        let nf = callee_frame!(TAIL, node, fp);
        if TAIL {
            move_down(node, fp);
        }
        enter_value!(TAIL, f, (*node).count, nf, n, m)
    }
}
