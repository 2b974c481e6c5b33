//! Nodes: the linked form of statements and expressions. Each is a function pointer followed by its operand words;
//! the structures of this file are the layouts that the families of node functions share.
//!
//! A statement's function does its work and ends by going to the next statement: a sibling call where the optimiser is
//! known to make it a jump (`cfg(vicar_threaded)`), otherwise it returns the next node to the loop in `run.rs`. Both
//! come from the macro [`go`]. An expression's function returns the value.

use super::code::Code;
use super::{Machine, Primitive};
use crate::compile::graph::Values;
use crate::heap::Value;
use std::ptr::NonNull;

/// What a statement's function returns: without threading the next node's address, 0 when the machine has stopped;
/// with threading it only ever returns when the machine has stopped.
pub(super) type Step = u64;

/// The machine has stopped; why is in `Machine::stopped`.
pub(super) const STOP: Step = 0;

/// Where to go on, as an answer of what is done out of line; nothing when the machine has stopped. Two words, so that it
/// comes back in registers: a node function that lends its callee room in its own native frame cannot leave that frame
/// by a tail call.
pub(super) type Go = Option<(NonNull<Node>, *mut Value)>;

/// Goes on with a node in a frame.
#[inline(always)]
pub(super) fn on_to(node: *const Node, fp: *mut Value) -> Go {
    NonNull::new(node.cast_mut()).map(|node| (node, fp))
}

pub(super) type Run = unsafe fn(*const Node, *mut Value, *mut Machine) -> Step;
pub(super) type Evaluate = unsafe fn(*const Expression, *mut Value, *mut Machine) -> Value;

/// Any statement.
#[repr(C)]
pub(super) struct Node {
    pub run: Run,
}

/// Computes a value into a slot.
#[repr(C)]
pub(super) struct Straight {
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
pub(super) struct Call {
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
unsafe impl Sync for Call {}

impl Call {
    pub const WORDS: usize = size_of::<Call>() / 8;
}

/// Operand word `i` of a call.
///
/// # Safety
/// `n` is a `Call` with more than `i` operand words.
#[inline(always)]
pub(super) unsafe fn argument(n: *const Call, i: usize) -> u64 {
    // SAFETY: `link` laid out `count` words behind the node.
    unsafe { *(n as *const u64).add(Call::WORDS + i) }
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

/// Goes to a node.
macro_rules! go {
    ($node:expr, $fp:expr, $m:expr) => {{
        let next: *const $crate::eval::node::Node = $node;
        #[cfg(vicar_threaded)]
        {
            return ((*next).run)(next, $fp, $m);
        }
        #[cfg(not(vicar_threaded))]
        {
            (*$m).fp = $fp;
            return next as $crate::eval::node::Step;
        }
    }};
}
pub(super) use go;

/// Goes to where an answer of type [`Go`] says. What computes the answer is never inlined into the node function, which
/// must not have anything on the native stack whose address is known elsewhere: then the last call is no jump.
macro_rules! go_to {
    ($go:expr, $m:expr) => {{
        match $go {
            Some((next, fp)) => $crate::eval::node::go!(next.as_ptr(), fp, $m),
            None => $crate::eval::node::STOP,
        }
    }};
}
pub(super) use go_to;

/// Returns a value to the node in front of the frame.
macro_rules! give {
    ($value:expr, $fp:expr, $m:expr) => {{
        let value: $crate::heap::Value = $value;
        let fp: *mut $crate::heap::Value = $fp;
        let to = (*fp.sub(1)).bits() as *const $crate::eval::node::Call;
        let fp = fp.sub((*to).offset as usize);
        *fp.add((*to).slot as usize) = value;
        $crate::eval::node::go!((*to).next, fp, $m)
    }};
}
pub(super) use give;
