//! Statement nodes that decide. A way that does nothing but return a local or a constant is part of the node: `WAY` says
//! which.

#![allow(clippy::undocumented_unsafe_blocks, reason = "one contract for all node functions: see SAFETY below")]

use super::Machine;
use super::node::{Branch, Node, Transfer, jump, return_value};
use super::operand::Operand;
use super::operations::{Binary, BinaryTest, UnaryTest, run_binary, run_unary};
use super::statement::{any, fast};
use super::trap::fail;
use crate::heap::Value;

/// Both ways go to nodes.
pub(super) const PLAIN: u8 = 0;
/// The way taken if true returns slot `c`.
pub(super) const THEN_LOCAL: u8 = 1;
/// The way taken if true returns the constant `c`.
pub(super) const THEN_CONSTANT: u8 = 2;
pub(super) const ELSE_LOCAL: u8 = 3;
pub(super) const ELSE_CONSTANT: u8 = 4;

// SAFETY, for all functions of this file: as in `statement.rs`.

macro_rules! branch {
    ($jumps:expr, $WAY:ident, $yes:expr, $node:ident, $fp:ident, $m:ident) => {{
        if $yes {
            if $WAY == THEN_LOCAL {
                return_value!($jumps, *$fp.add((*$node).c as usize), $fp, $m)
            }
            if $WAY == THEN_CONSTANT {
                return_value!($jumps, Value((*$node).c), $fp, $m)
            }
            jump!($jumps, (*$node).then, $fp, $m)
        }
        if $WAY == ELSE_LOCAL {
            return_value!($jumps, *$fp.add((*$node).c as usize), $fp, $m)
        }
        if $WAY == ELSE_CONSTANT {
            return_value!($jumps, Value((*$node).c), $fp, $m)
        }
        jump!($jumps, (*$node).otherwise, $fp, $m)
    }};
}

/// Whether the value is true.
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn if_true<A: Operand>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const Branch;
        let v = fast!(A, (*node).a, if_true_slow::<A>, n, fp, m);
        branch!(true, PLAIN, v.is_true(), node, fp, m)
    }
}

#[inline(never)]
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn if_true_slow<A: Operand>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const Branch;
        let v = any!(A, (*node).a, n, fp, m);
        branch!(A::NESTED, PLAIN, v.is_true(), node, fp, m)
    }
}

#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn if_unary<T: UnaryTest, A: Operand, const WAY: u8>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Branch;
        let a = fast!(A, (*node).a, if_unary_slow::<T, A>, n, fp, m);
        match T::test(a) {
            Some(yes) => branch!(true, WAY, yes, node, fp, m),
            None => if_unary_slow::<T, A>(n, fp, m),
        }
    }
}

#[inline(never)]
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn if_unary_slow<T: UnaryTest, A: Operand>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Branch;
        let a = any!(A, (*node).a, n, fp, m);
        let yes = match T::test(a) {
            Some(yes) => yes,
            None => {
                let v = run_unary::<T>(a, m);
                if v == Value::FAILED {
                    return fail(n, fp, m);
                }
                v.is_true()
            }
        };
        branch!(A::NESTED, PLAIN, yes, node, fp, m)
    }
}

#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn if_binary<T: BinaryTest + Binary, A: Operand, B: Operand, const WAY: u8>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Branch;
        let a = fast!(A, (*node).a, if_binary_slow::<T, A, B>, n, fp, m);
        let b = fast!(B, (*node).b, if_binary_slow::<T, A, B>, n, fp, m);
        match T::test(a, b) {
            Some(yes) => branch!(true, WAY, yes, node, fp, m),
            None => if_binary_slow::<T, A, B>(n, fp, m),
        }
    }
}

#[inline(never)]
#[cfg_attr(vicar_threaded, unsafe(link_section = "vicar_nodes"))]
pub(super) unsafe fn if_binary_slow<T: BinaryTest + Binary, A: Operand, B: Operand>(
    n: *const Node,
    fp: *mut Value,
    m: *mut Machine,
) -> Transfer {
    unsafe {
        let node = n as *const Branch;
        let a = any!(A, (*node).a, n, fp, m);
        let b = any!(B, (*node).b, n, fp, m);
        let yes = match T::test(a, b) {
            Some(yes) => yes,
            None => {
                let v = run_binary::<T>(a, b, m);
                if v == Value::FAILED {
                    return fail(n, fp, m);
                }
                v.is_true()
            }
        };
        branch!(A::NESTED || B::NESTED, PLAIN, yes, node, fp, m)
    }
}
