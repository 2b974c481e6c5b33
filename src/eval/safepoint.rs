//! Safepoints: where a run may pause, the collector run, and the world be looked at. They are the entries of procedures
//! and the ways back of loops; both cost one decrement of the countdown. When it has run out, control comes here.
//!
//! Fuel is what the countdown counts: one for each entry and each turn of a loop, and what primitives charge. The
//! countdown is given out in chunks, so that interrupts and the clock are looked at in bounded time; how a run is cut
//! into chunks changes nothing of its count. Each chunk ends in the driver's loop, so whatever a compiler makes of the node
//! functions' jumps, native stack cannot grow beyond what one chunk of them takes.

#![allow(clippy::undocumented_unsafe_blocks, reason = "one contract for all node functions: see SAFETY below")]

use super::code::Code;
use super::node::{Assign, CallNode, Node, Transfer, continue_at};
use super::run::{Limit, Stopped};
use super::stack::{NoRoom, ROOM, UNDERFLOW};
use super::trap::position_in;
use super::{Machine, Res, Stop};
use crate::diagnostics::Span;
use crate::heap::Value;
use crate::syntax::core::Place;
use std::ptr::null;

/// Most units of work between two looks around.
pub(super) const CHUNK: i64 = 1 << 10;
/// What a program that has hit the heap's limit gets once to clean up, in parts of the limit.
const GRACE: usize = 16;
/// The least of it for the stack, in bytes.
const LEAST_GRACE: usize = 32 << 10;

/// A program that has hit the heap's limit may clean up.
pub(super) struct Grace {
    /// The limit as it was set.
    pub(super) limit: usize,
    /// Bytes that were alive when the program was told.
    live: usize,
    /// It was the system that had no more memory, not the limit.
    starved: bool,
}

/// What a run does after a look around.
enum Next {
    Continue,
    Pause,
}

// SAFETY, for the node functions of this file: the contract of node functions; `nf` is the frame of the callee, complete.

/// The entry of a known procedure, whose arguments are in its frame.
#[cold]
#[inline(never)]
pub(super) unsafe fn enter_slow(n: *const Node, nf: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let node = n as *const CallNode;
        (*m).safepoint((*node).entry, nf, (*node).count as usize + 1)
    }
}

/// The entry of a procedure that takes exactly the arguments in its frame.
#[cold]
#[inline(never)]
pub(super) unsafe fn enter_value_slow(_: *const Node, nf: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        let code = Code::of(*nf);
        (*m).safepoint((*code).entry, nf, (*code).arity as usize + 1)
    }
}

/// The call `n` of something that is not entered at once.
#[inline(never)]
pub(super) unsafe fn general_slow(n: *const Node, nf: *mut Value, m: *mut Machine) -> Transfer {
    unsafe {
        (*m).call_site = n;
        (*m).enter_general(nf, (*(n as *const CallNode)).count as usize)
    }
}

/// The way back of a loop, after the node has done its work.
#[cold]
#[inline(never)]
pub(super) unsafe fn loop_slow(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe { (*m).loop_safepoint((*(n as *const Assign)).next, fp) }
}

impl Machine {
    /// The safepoint before the head of a loop. Apart from the node function, which may hand out no address of its own
    /// native frame: a frame that somebody could still look at cannot be left by a tail call.
    ///
    /// # Safety
    /// `head` is a node with a position in the code that runs in the frame `fp`.
    #[cold]
    #[inline(never)]
    unsafe fn loop_safepoint(&mut self, head: *const Node, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            let depth = self.position(*fp, head as usize).map_or(1, |p| p.depth as usize);
            self.safepoint(head, fp, depth)
        }
    }

    /// Enters the procedure in slot 0 of a frame with `count` arguments by its general entry.
    ///
    /// # Safety
    /// `nf` is a frame with a procedure and that many arguments, on top of all others.
    #[inline(always)]
    pub(super) unsafe fn enter_general(&mut self, nf: *mut Value, count: usize) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            self.count = count as u32;
            let entry = (*Code::of(*nf)).general;
            self.heap.countdown -= 1;
            if self.heap.countdown < 0 || nf > self.limit {
                self.safepoint(entry, nf, count + 1)
            } else {
                continue_at(entry, nf)
            }
        }
    }

    /// Stores a call's procedure and arguments into a frame, and enters.
    ///
    /// # Safety
    /// `nf` lies behind all initialised slots, within the stack's margin; the node to return to is in front of it.
    pub(super) unsafe fn call_at(&mut self, nf: *mut Value, procedure: Value, arguments: &[Value]) -> Transfer {
        // SAFETY: as the caller says; `make_room` sees to the rest.
        unsafe {
            let words = arguments.len() + 1;
            let nf = match self.make_room(nf, 0, words + ROOM) {
                Ok(nf) => nf,
                Err(why) => {
                    *nf = procedure;
                    return self.raise_no_room(why, null(), nf, 1);
                }
            };
            *nf = procedure;
            nf.add(1).copy_from_nonoverlapping(arguments.as_ptr(), arguments.len());
            if procedure.is_procedure() {
                self.call_site = null();
                return self.enter_general(nf, arguments.len());
            }
            let stop = self.assertion("", "attempt to call an object that is not a procedure", &[procedure]);
            self.raise_stop(stop, nf, 1, Span::NONE)
        }
    }

    /// A point at which everything about the run is known: it goes on with `pc` in the frame `fp`, of which `live` slots
    /// are initialised and nothing lies above.
    ///
    /// # Safety
    /// As that says.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn safepoint(&mut self, pc: *const Node, fp: *mut Value, live: usize) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            let mut fp = fp;
            if fp > self.limit {
                let words = live.max(ROOM);
                let mut room = self.make_room(fp, live, words);
                if room == Err(NoRoom::System) {
                    // Frames and objects that nothing refers to may hold what the system has not.
                    (self.pc, self.fp, self.live) = (pc, fp, live);
                    self.collect();
                    room = self.make_room(fp, live, words);
                }
                match room {
                    Ok(moved) => fp = moved,
                    Err(why) => return self.raise_no_room(why, pc, fp, live),
                }
            }
            if self.heap.countdown >= 0 {
                return continue_at(pc, fp);
            }
            (self.pc, self.fp, self.live) = (pc, fp, live);
            match self.look_around() {
                Ok(Next::Continue) => continue_at(pc, fp),
                Ok(Next::Pause) => self.stop(Stopped::Paused),
                Err(stop) => {
                    if stop == Stop::LIMIT {
                        self.limit_at = (pc, fp);
                    }
                    self.raise_stop(stop, fp, live, Span::NONE)
                }
            }
        }
    }

    /// Collects, looks at limits and signals, and starts the next chunk.
    fn look_around(&mut self) -> Res<Next> {
        self.heap.look_at_account();
        self.check_stack();
        if self.heap.collection_wanted {
            self.collect();
            self.check_heap()?;
        }
        self.stack.restore_reserve();
        self.check_outside()?;
        if self.units_left() < 0 {
            if self.fuel_left() < 0 {
                return Err(self.limit(Limit::Fuel));
            }
            if self.suspended.is_empty() {
                return Ok(Next::Pause);
            }
            self.lend();
        }
        self.start_chunk(self.units_left());
        Ok(Next::Continue)
    }

    /// To be asked before a system call that a signal interrupted is made again: `Err` when the run is to stop.
    pub fn poll(&mut self) -> Res<()> {
        self.check_outside()?;
        self.charge(1)
    }

    /// A limit that ends the run.
    #[cold]
    pub(super) fn limit(&mut self, which: Limit) -> Stop {
        self.limit_hit = which;
        Stop::LIMIT
    }

    /// Gives an inner run more than the budget of the outer one: native frames lie below, so it cannot pause.
    fn lend(&mut self) {
        let more = CHUNK.min(self.fuel_left().saturating_add(1)).saturating_sub(self.units_left().min(0));
        self.lent = self.lent.saturating_add(more);
        self.granted = self.granted.saturating_add(more);
        self.beyond_chunk = self.beyond_chunk.saturating_add(more);
    }

    /// Units of work left to the run, before it pauses.
    pub(super) fn units_left(&self) -> i64 {
        self.heap.countdown_left().saturating_add(self.beyond_chunk)
    }

    /// Gives out the next chunk of `units` that the run may use.
    pub(super) fn start_chunk(&mut self, units: i64) {
        let chunk = units.min(self.chunk);
        self.beyond_chunk = units - chunk;
        self.heap.set_countdown(chunk);
    }

    /// After a collection that found more alive than the limit allows, or too little where the system refuses memory, the
    /// program gets a condition and a little more room, and once more when it has given up a part of what it had; else the run
    /// ends.
    fn check_heap(&mut self) -> Res<()> {
        let live = self.heap.bytes_live();
        if !self.heap.over_limit() {
            if let Some(grace) = &self.heap_grace
                && live <= grace.limit
                // What the system has refused it may give now, a little at a time: that is no news.
                && (!grace.starved || live.abs_diff(grace.live) > grace.live / GRACE)
            {
                self.heap.set_limit(grace.limit);
                self.heap_grace = None;
            }
            return Ok(());
        }
        let bound = self.heap.bytes_bound();
        let limit = match &self.heap_grace {
            None => self.heap.limit(),
            Some(grace)
                if live < grace.live - grace.live / GRACE
                    && bound <= grace.limit.saturating_add(grace.limit / GRACE * 2) =>
            {
                grace.limit
            }
            Some(_) => return Err(self.limit(Limit::Heap)),
        };
        self.heap_grace = Some(Grace { limit, live, starved: bound.max(live) <= limit });
        self.heap.set_limit(bound.max(limit).saturating_add(limit / GRACE));
        self.heap.release_reserve();
        Err(Stop::HEAP)
    }

    /// Raises the condition for a frame that finds no room. It goes on with `pc` in the frame `fp`, of which `live` slots are
    /// initialised.
    ///
    /// # Safety
    /// As that says; the node to return to is in front of the frame.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn raise_no_room(
        &mut self,
        why: NoRoom,
        pc: *const Node,
        fp: *mut Value,
        live: usize,
    ) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            let mut caller = (*fp.sub(1)).bits() as *const CallNode;
            if std::ptr::eq(caller, &raw const UNDERFLOW) {
                caller = Machine::piece(self.stack.waiting).map_or(caller, |piece| piece.returns);
            }
            let stop = self.no_room(why);
            // What that grants is room for this frame and for handling the condition.
            let moved = match self.make_room(fp, live, live.max(ROOM)) {
                Ok(moved) => moved,
                Err(why) => {
                    self.limit_at = (pc, fp);
                    return self.stop(Stopped::Limit(why.into()));
                }
            };
            if stop == Stop::LIMIT {
                self.limit_at = (pc, moved);
            }
            // The call that found no room is what the program can change.
            let at = if (*caller).code.is_null() { None } else { position_in((*caller).code, caller as usize) };
            self.raise_stop(stop, moved, live, at.map_or(Place::NONE, |p| p.place))
        }
    }

    /// The stack cannot grow: the program gets a condition and a little more room, once; then the run ends.
    pub(super) fn no_room(&mut self, why: NoRoom) -> Stop {
        self.check_stack();
        match why {
            NoRoom::Limit => self.stack_full(),
            NoRoom::System => {
                self.heap.collection_wanted = true;
                if self.stack.release_reserve() { Stop::MEMORY } else { self.limit(Limit::Memory) }
            }
        }
    }

    /// The stack's limit is reached.
    fn stack_full(&mut self) -> Stop {
        if self.stack_limit_in_grace.is_some() {
            return self.limit(Limit::Stack);
        }
        let limit = self.stack.limit;
        self.stack_limit_in_grace = Some(limit);
        // The limit is looked at once a segment, so more than that may be in use.
        let used = limit.max(self.stack_waiting_bytes());
        self.stack.limit = used.saturating_add((limit / GRACE).max(LEAST_GRACE));
        Stop::STACK
    }

    /// When the program has left what filled the stack, the limit is the old one.
    fn check_stack(&mut self) {
        if let Some(limit) = self.stack_limit_in_grace
            && self.stack_waiting_bytes() <= limit / 2
        {
            self.stack.limit = limit;
            self.stack_limit_in_grace = None;
        }
    }

    /// To be asked by who makes much between two safepoints, as the expander does: what lies beyond the limit by more than
    /// a few megabytes is refused, garbage or not.
    pub fn check_growth(&mut self) -> Res<()> {
        Ok(self.heap.memory().admit(0)?)
    }

    /// Charges for work in proportion to its size, before doing it. What is refused is not charged.
    #[inline]
    pub fn charge(&mut self, units: usize) -> Res<()> {
        let before = self.heap.countdown;
        self.heap.countdown = before.saturating_sub(i64::try_from(units).unwrap_or(i64::MAX));
        if self.heap.countdown >= 0 { Ok(()) } else { self.check_fuel(before) }
    }

    /// The chunk is used up: before more of it is borrowed, what a safepoint would stop for stops the primitive too.
    #[cold]
    fn check_fuel(&mut self, before: i64) -> Res<()> {
        let answer = if self.fuel_left() < 0 { Err(self.limit(Limit::Fuel)) } else { self.check_outside() };
        if answer.is_err() {
            self.heap.countdown = before;
        }
        answer
    }

    /// Why work that asked [`crate::heap::Heap::stop_wanted`] was given up.
    #[cold]
    pub fn stopped_by_watch(&mut self) -> Stop {
        match self.check_outside() {
            Err(stop) => stop,
            Ok(()) => self.limit(Limit::Interrupted),
        }
    }

    /// A limit was hit where nothing can end with it: the next safepoint finds it again.
    pub fn leave_limit_to_safepoint(&mut self) {
        if self.limit_hit == Limit::Interrupted {
            self.heap.watch.interrupt.request(None);
        }
    }

    /// Whether another thread, or the clock, ends the run.
    fn check_outside(&mut self) -> Res<()> {
        if self.heap.watch.interrupt.is_wanted() {
            self.heap.watch.interrupt.clear();
            return Err(self.limit(Limit::Interrupted));
        }
        if self.heap.watch.is_late() {
            return Err(self.limit(Limit::Deadline));
        }
        Ok(())
    }
}
