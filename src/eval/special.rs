//! Statement nodes for what is neither a plain call nor plain data: `control` primitives, calls whose last argument
//! stands for several, taking values apart.

#![allow(clippy::undocumented_unsafe_blocks, reason = "one contract for all node functions: see SAFETY below")]

use super::call::{arguments, move_down};
use super::node::{CallNode, Node, Transfer, argument, jump};
use super::operand::{Any, Operand};
use super::stack::ROOM;
use super::statement::any;
use super::trap::{fail, not_applicable, primitive_failed};
use super::{Machine, Primitive, ProperList, Res, Single, Stop};
use crate::compile::graph::{Spread, Values};
use crate::heap::{Kind, Value};
use std::ptr::null;

// SAFETY, for the node functions of this file: as in `call.rs`.

/// A `control` primitive, which stands in the place of a known callee's entry; its closure in that of the closure.
pub(super) unsafe fn control<const TAIL: bool>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const CallNode;
        if !arguments(node, fp, m) {
            return fail(n, fp, m);
        }
        let nf = if TAIL {
            move_down(node, fp);
            fp
        } else {
            let nf = fp.add((*node).offset as usize);
            *nf.sub(1) = Value(n as u64);
            nf
        };
        *nf = (*node).closure;
        let primitive = (*node).entry as *const Primitive;
        (*m).run_primitive(&*primitive, nf, (*node).count as usize)
    }
}

/// A call of any value whose last argument is a list of arguments.
pub(super) unsafe fn spread_list<const TAIL: bool>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe { spread(n, fp, m, Spread::List, TAIL) }
}

/// A call of any value whose last argument is what an expression returned.
pub(super) unsafe fn spread_values<const TAIL: bool>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe { spread(n, fp, m, Spread::Values, TAIL) }
}

#[inline(always)]
unsafe fn spread(n: *const Node, fp: *mut Value, m: *mut Machine, how: Spread, tail: bool) -> Transfer {
    unsafe {
        let node = n as *const CallNode;
        if !arguments(node, fp, m) {
            return fail(n, fp, m);
        }
        let f = any!(Any, (*node).closure.bits(), n, fp, m);
        if !f.is_procedure() {
            return not_applicable(n, fp, f, m);
        }
        let last = *fp.add((*node).offset as usize + (*node).count as usize);
        let count = match how {
            Spread::Values => values_in(last),
            Spread::List => match (*m).list_length(last) {
                Some(count) => count,
                None => return fail(n, fp, m),
            },
            _ => 1,
        };
        let nf = if tail {
            move_down(node, fp);
            fp
        } else {
            let nf = fp.add((*node).offset as usize);
            *nf.sub(1) = Value(n as u64);
            nf
        };
        *nf = f;
        (*m).call_site = n;
        (*m).enter_spread(nf, (*node).count as usize - 1, last, count, how)
    }
}

/// Takes values apart into slots: the packet's slot, the first slot, how many are required, whether there is a rest.
pub(super) unsafe fn unpack(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const CallNode;
        let packet = *fp.add(argument(node, 0) as usize);
        let first = fp.add(argument(node, 1) as usize);
        let required = argument(node, 2) as usize;
        if !unpack_values(packet, first, required, argument(node, 3) != 0, m) {
            return fail(n, fp, m);
        }
        jump!(false, (*node).next, fp, m)
    }
}

/// Whether the packet has the values that are wanted; stores them. Apart from the node function, whose native frame must
/// hold nothing that is referred to.
#[inline(never)]
unsafe fn unpack_values(packet: Value, first: *mut Value, required: usize, rest: bool, m: *mut Machine) -> bool {
    // SAFETY: passed on from `unpack`.
    unsafe {
        let one = [packet];
        let values = if packet.is(Kind::MultipleValues) { packet.slots() } else { &one };
        if values.len() < required || values.len() > required && !rest {
            (*m).wrong_values(values, required, rest);
            return false;
        }
        let (required, others) = values.split_at(required);
        let list = if rest { Some((*m).heap.list(others)) } else { None };
        for (i, v) in required.iter().chain(&list).enumerate() {
            *first.add(i) = *v;
        }
        true
    }
}

/// How many values a packet is; what is none is one. Never inlined: `slots` takes an address.
#[inline(never)]
fn values_in(v: Value) -> usize {
    if v.is(Kind::MultipleValues) { v.slots().len() } else { 1 }
}

/// The node to which the producer of the primitive `call-with-values` returns: its value goes behind the arguments.
static CONSUME: CallNode = CallNode {
    run: consume,
    next: (&raw const CONSUME_NEXT).cast(),
    offset: 4,
    slot: 3,
    count: 0,
    values: Values::Any,
    closure: Value::FALSE,
    entry: null(),
    code: null(),
};
static CONSUME_NEXT: Node = Node { run: consume };

/// `fp` is the frame of the primitive: producer, consumer, what the producer has returned.
unsafe fn consume(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let values = *fp.add(3);
        let count = values_in(values);
        *fp = *fp.add(2);
        (*m).call_site = null();
        (*m).enter_spread(fp, 0, values, count, Spread::Values)
    }
}

impl Machine {
    /// What the primitive `call-with-values` answers: its arguments are the producer and the consumer.
    pub fn call_consumer(&mut self) -> Res {
        Err(Stop::CONSUMER)
    }

    /// # Safety
    /// `fp` is the frame of the primitive `call-with-values`, on top of all others.
    pub(super) unsafe fn call_producer(&mut self, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says; the stack keeps a margin behind every frame.
        unsafe {
            *fp.add(3) = Value(&raw const CONSUME as u64);
            self.call_at(fp.add(4), *fp.add(1), &[])
        }
    }

    /// The length of a proper list, whose elements are about to be arguments; notes the failure if it is none.
    fn list_length(&mut self, list: Value) -> Option<usize> {
        if ProperList::convert(list).is_none() {
            let stop = self.assertion("apply", "the last argument is not a proper list", &[list]);
            primitive_failed(stop, self);
            return None;
        }
        let count = list.list_iter().count();
        match self.charge(count) {
            Ok(()) => Some(count),
            Err(stop) => {
                primitive_failed(stop, self);
                None
            }
        }
    }

    fn wrong_values(&mut self, values: &[Value], required: usize, rest: bool) {
        let least = if rest { "at least " } else { "" };
        let message = format!("expected {least}{required} values, got {}", values.len());
        let stop = self.assertion("call-with-values", &message, values);
        primitive_failed(stop, self);
    }

    /// Enters the procedure in the frame at `nf` with the arguments that are there and `count` more out of `last`.
    ///
    /// # Safety
    /// `nf` is a frame with a procedure and `fixed` arguments, on top of all others; `last` has `count` elements.
    #[inline(never)]
    unsafe fn enter_spread(
        &mut self,
        nf: *mut Value,
        fixed: usize,
        last: Value,
        count: usize,
        how: Spread,
    ) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            let nf = match self.make_room(nf, 1 + fixed, 1 + fixed + count + ROOM) {
                Ok(nf) => nf,
                Err(why) => return self.raise_no_room(why, null(), nf, 1 + fixed),
            };
            let to = nf.add(1 + fixed);
            match how {
                Spread::List => last.list_iter().enumerate().for_each(|(i, v)| *to.add(i) = v),
                _ if last.is(Kind::MultipleValues) => to.copy_from_nonoverlapping(last.slots().as_ptr(), count),
                _ => *to = last,
            }
            self.enter_general(nf, fixed + count)
        }
    }
}
