//! Nodes: the linked form of statements and expressions. Each is a function pointer followed by its operand words;
//! the structures of this file are the layouts that the families of node functions share.
//!
//! A statement's function does its work and goes on to the next statement by [`jump`], in one of two ways:
//!
//! - *It jumps*: a sibling call, which the optimiser turns into a jump (`cfg(vicar_threaded)`). The language does not
//!   promise it, so such a function has nothing on the native stack whose address is known elsewhere: all of its own work
//!   is in registers, and what it calls (an expression, an operation's rare case) is never inlined into it and gets and
//!   answers plain values. All of them are in a section of the program of their own, which a test disassembles: it refuses a
//!   call where a jump is meant.
//! - *It leaves*: it returns to the driver's loop in `run.rs` where to go on. So do slow paths, errors, entries of what is
//!   not compiled code. Since everybody on the way there has jumped, the driver is the caller.
//!
//! So native stack does not grow with the length of a run. Even if it did, each chunk of fuel ends in the driver's loop
//! (`safepoint.rs`). Without threading all functions leave.
//!
//! An expression's function returns the value.

use super::code::Code;
use super::{Machine, Primitive};
use crate::compile::graph::Values;
use crate::heap::Value;
use std::ptr::NonNull;

/// What a statement's function returns to the driver's loop: the node to go on with and its frame, in two registers;
/// nothing when the machine has stopped, and why is in `Machine::stopped`.
pub(super) type Transfer = Option<(NonNull<Node>, *mut Value)>;

/// Goes on with a node in a frame.
#[inline(always)]
pub(super) fn continue_at(node: *const Node, fp: *mut Value) -> Transfer {
    NonNull::new(node.cast_mut()).map(|node| (node, fp))
}

pub(super) type Run = unsafe fn(*const Node, *mut Value, *mut Machine) -> Transfer;
pub(super) type Evaluate = unsafe fn(*const Expression, *mut Value, *mut Machine) -> Value;

/// Any statement.
#[repr(C)]
pub(super) struct Node {
    pub run: Run,
}

/// Computes a value into a slot.
#[repr(C)]
pub(super) struct Assign {
    pub run: Run,
    pub next: *const Node,
    pub slot: u64,
    pub a: u64,
    pub b: u64,
}

/// Decides.
#[repr(C)]
pub(super) struct Branch {
    pub run: Run,
    pub then: *const Node,
    pub otherwise: *const Node,
    pub a: u64,
    pub b: u64,
    /// What one of the ways returns at once, if that is all it does.
    pub c: u64,
}

/// Returns a value.
#[repr(C)]
pub(super) struct Return {
    pub run: Run,
    pub a: u64,
    pub b: u64,
}

/// Calls; also the node to return to, so every frame but a segment's first has one in front of it. The arguments'
/// operand words follow.
#[repr(C)]
pub(super) struct CallNode {
    pub run: Run,
    pub next: *const Node,
    /// From the caller's frame to the callee's.
    pub offset: u32,
    /// Where in the caller's frame the value goes.
    pub slot: u32,
    /// How many arguments follow.
    pub count: u32,
    pub values: Values,
    /// The callee when it is known, otherwise its operand word.
    pub closure: Value,
    /// Where a known callee begins; of a call not resolved yet, the function that this node will have.
    pub entry: *const Node,
    /// The procedure that this node is part of.
    pub code: *const Code,
}

// SAFETY: static nodes are never written.
unsafe impl Sync for CallNode {}

impl CallNode {
    pub const WORDS: usize = size_of::<CallNode>() / 8;
}

/// Operand word `i` of a call.
///
/// # Safety
/// `n` is a `CallNode` with more than `i` operand words.
#[inline(always)]
pub(super) unsafe fn argument(n: *const CallNode, i: usize) -> u64 {
    // SAFETY: `link` laid out `count` words behind the node.
    unsafe { *(n as *const u64).add(CallNode::WORDS + i) }
}

/// An expression.
#[repr(C)]
pub(super) struct Expression {
    pub evaluate: Evaluate,
    pub a: u64,
    pub b: u64,
    /// The primitive of those that run one.
    pub primitive: *const Primitive,
}

/// Goes on with a node: by a jump if the constant `$jumps` is true, otherwise by way of the driver's loop.
macro_rules! jump {
    ($jumps:expr, $node:expr, $fp:expr, $m:expr) => {{
        let next: *const $crate::eval::node::Node = $node;
        if cfg!(vicar_threaded) && $jumps {
            return ((*next).run)(next, $fp, $m);
        }
        return $crate::eval::node::continue_at(next, $fp);
    }};
}
pub(super) use jump;

/// Returns a value to the node in front of the frame, and goes on there.
macro_rules! return_value {
    ($jumps:expr, $value:expr, $fp:expr, $m:expr) => {{
        let value: $crate::heap::Value = $value;
        let fp: *mut $crate::heap::Value = $fp;
        let to = (*fp.sub(1)).bits() as *const $crate::eval::node::CallNode;
        let fp = fp.sub((*to).offset as usize);
        *fp.add((*to).slot as usize) = value;
        $crate::eval::node::jump!($jumps, (*to).next, fp, $m)
    }};
}
pub(super) use return_value;
