//! Running: from a procedure and its arguments to an outcome. All state of a run is in the machine, so a run may pause
//! at any safepoint and go on later, on another thread too.

#![allow(clippy::undocumented_unsafe_blocks, reason = "one contract for all node functions: see SAFETY below")]

use super::continuation::Dynamic;
use super::node::{CallNode, Node, Transfer, continue_at};
use super::stack::{NoRoom, ROOM};
use super::{FrameInfo, Machine, Res, Stop};
use crate::diagnostics::Span;
use crate::heap::{ConditionType, Kind, Tracer, Value};
use crate::syntax::core::Place;
use std::ptr::{null, null_mut};
use std::sync::Arc;

/// What `run` answers.
#[derive(Debug)]
pub enum Outcome {
    /// The value of the call; several of them in one packet: see [`Machine::values_of`].
    Done(Value),
    /// The budget is used up. `run` goes on.
    Paused,
    /// An object was raised and nothing handled it. The run is over.
    Raised { object: Value, backtrace: Vec<FrameInfo> },
    /// The run is over; the machine can be used again.
    Limit { limit: Limit, backtrace: Vec<FrameInfo> },
    /// A primitive asks the driver for something: [`Machine::request`] says what. Then `answer…` and `run` go on.
    Request,
}

/// What a machine may run out of.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Limit {
    /// The fuel given to the machine is used up.
    Fuel,
    /// The heap would exceed its bytes.
    Heap,
    /// Calls are nested too deeply for the stack's bytes.
    Stack,
    /// Calls are nested too deeply for what the system has left.
    Memory,
    /// The deadline has passed.
    Deadline,
    /// Another thread asked the machine to stop.
    Interrupted,
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Limit::Fuel => "the fuel limit is used up",
            Limit::Heap => "the heap limit is exceeded",
            Limit::Stack => "the stack limit is exceeded: calls are nested too deeply",
            Limit::Memory => "the system has no more memory: calls are nested too deeply",
            Limit::Deadline => "the deadline has passed",
            Limit::Interrupted => "interrupted",
        })
    }
}

/// Why the nodes have stopped.
#[derive(Copy, Clone, Debug)]
pub(super) enum Stopped {
    Done(Value),
    Paused,
    Raised(Value),
    Limit(Limit),
    Request,
}

/// The tag of runs of forms given one by one; no run's number.
const FORMS: i64 = 0;

/// Most runs that a program may have inside of each other: each has native frames of its driver.
const NESTED: usize = 100;
/// Most of them with those that the machine itself needs then, to raise what a program is to hear.
const DEEPEST: usize = NESTED + 8;

/// A run that waits for another inside of it.
pub(super) struct Suspended {
    pc: *const Node,
    fp: *mut Value,
    live: usize,
    count: u32,
    segment: Arc<super::stack::Segment>,
    base: *mut Value,
    waiting: Value,
    dynamic: Dynamic,
    run_number: i64,
    run_tag: i64,
    failed_at: *const super::node::Expression,
    failure: Stop,
    pending_call: Vec<Value>,
}

impl Suspended {
    /// The first word that is free.
    fn top(&self) -> *mut Value {
        self.fp.wrapping_add(self.live)
    }

    fn trace(&self, tracer: &mut Tracer) {
        // SAFETY: the frames of a suspended run, from its base up to the initialised slots of the newest.
        unsafe { trace_frames(self.base, self.fp, self.live, tracer) }
        tracer.value(self.waiting);
        tracer.value(self.dynamic.handlers);
        tracer.value(self.dynamic.winders);
        tracer.values(&self.pending_call);
        if let Some(object) = self.failure.raised() {
            tracer.value(object)
        }
    }
}

/// # Safety
/// `base` and `fp` lie in one segment, whose words from `base` to `fp + live` are initialised.
unsafe fn trace_frames(base: *mut Value, fp: *mut Value, live: usize, tracer: &mut Tracer) {
    // SAFETY: as the caller says.
    unsafe {
        let words = fp.offset_from(base).max(0) as usize + live;
        tracer.values(std::slice::from_raw_parts(base, words));
    }
}

static START: Node = Node { run: start };

/// # Safety
/// A node function's contract; `fp` is a complete frame of `count` arguments.
unsafe fn start(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    // SAFETY: as the caller says.
    unsafe {
        if (*fp).is_procedure() {
            (*m).enter_general(fp, (*m).count as usize)
        } else {
            let stop = (*m).assertion("", "attempt to call an object that is not a procedure", &[*fp]);
            (*m).raise_stop(stop, fp, 1, Span::NONE)
        }
    }
}

impl Machine {
    /// Begins a run: the call of a procedure. What ran before, if anything, is forgotten.
    pub fn start(&mut self, procedure: Value, arguments: &[Value]) -> Result<(), Limit> {
        self.reset();
        self.begin(procedure, arguments)
    }

    /// Begins a run that evaluates one of several forms given one by one. Its continuations can be called in the runs of
    /// later forms, which then end as this one would have.
    pub fn start_form(&mut self, thunk: Value) -> Result<(), Limit> {
        self.start(thunk, &[])?;
        self.run_tag = FORMS;
        Ok(())
    }

    /// Forgets what was running for good: its number will not come again.
    pub fn abandon(&mut self) {
        // What a panic of the host's code has cut short.
        self.syntax.abandon();
        self.reset();
        self.run_count += 1;
        self.run_number = self.run_count;
    }

    /// Which run this is; each has another number.
    pub fn run_number(&self) -> i64 {
        self.run_number
    }

    fn begin(&mut self, procedure: Value, arguments: &[Value]) -> Result<(), Limit> {
        self.run_count += 1;
        self.run_number = self.run_count;
        self.run_tag = self.run_count;
        self.dynamic = Dynamic::EMPTY;
        self.call_site = null();
        self.failed_at = null();
        match self.begin_call(procedure, arguments) {
            Ok(()) => Ok(()),
            // Within a run the program may have nested it too deeply, and is told so.
            Err(why) => match (self.no_room(why), self.raise_procedure()) {
                (Stop::LIMIT, _) | (_, None) => Err(why.into()),
                (stop, Some(raise)) => {
                    let condition = self.raised(stop).unwrap_or(Value::FALSE);
                    Ok(self.begin_call(raise, &[condition])?)
                }
            },
        }
    }

    fn begin_call(&mut self, procedure: Value, arguments: &[Value]) -> Result<(), NoRoom> {
        // SAFETY: the running piece is empty, so its first frame may be written; `make_room` sees that it fits.
        unsafe {
            let fp = self.stack.begin();
            let fp = self.make_room(fp, 0, arguments.len() + 1 + ROOM)?;
            *fp = procedure;
            fp.add(1).copy_from_nonoverlapping(arguments.as_ptr(), arguments.len());
            self.count = arguments.len() as u32;
            (self.pc, self.fp, self.live) = (&raw const START, fp, arguments.len() + 1);
        }
        Ok(())
    }

    /// Goes on with what was started, for about `budget` units of work.
    pub fn run(&mut self, budget: u64) -> Outcome {
        let budget = i64::try_from(budget).unwrap_or(i64::MAX);
        self.settle_fuel();
        self.grant(budget.saturating_add(self.debt).min(self.fuel));
        let outcome = self.go_on();
        self.debt = if matches!(outcome, Outcome::Paused) { self.units_left().min(0) } else { 0 };
        self.settle_fuel();
        self.grant(self.fuel);
        outcome
    }

    fn go_on(&mut self) -> Outcome {
        if self.pc.is_null() {
            return Outcome::Done(Value::VOID);
        }
        match self.execute(self.pc, self.fp) {
            Stopped::Paused => Outcome::Paused,
            Stopped::Request => Outcome::Request,
            Stopped::Done(v) => {
                self.reset();
                Outcome::Done(v)
            }
            Stopped::Raised(object) => {
                let backtrace = self.backtrace();
                self.reset();
                Outcome::Raised { object, backtrace }
            }
            Stopped::Limit(limit) => {
                let backtrace = self.limit_backtrace();
                self.reset();
                if limit == Limit::Memory {
                    // The frames that took it all are garbage: without this the next run might not even begin.
                    self.collect();
                }
                Outcome::Limit { limit, backtrace }
            }
        }
    }

    fn execute(&mut self, pc: *const Node, fp: *mut Value) -> Stopped {
        let m: *mut Machine = self;
        let mut at = continue_at(pc, fp);
        while let Some((node, fp)) = at {
            // SAFETY: `node` is a statement that goes on in the frame `fp`: `start`, a safepoint or an answer said so at
            // first, then the statement before it.
            at = unsafe { (node.as_ref().run)(node.as_ptr(), fp, m) };
        }
        self.stopped
    }

    /// Takes from the machine's fuel what was used of what was granted.
    fn settle_fuel(&mut self) {
        let used = self.granted.saturating_sub(self.units_left()).max(0);
        self.consumed = self.consumed.saturating_add(used as u64);
        if self.fuel != i64::MAX {
            self.fuel -= used;
        }
        self.granted = self.units_left();
    }

    /// Lets the machine do that many units of work before it pauses. Between runs all of the fuel is granted, to what the
    /// driver does.
    fn grant(&mut self, units: i64) {
        self.granted = units;
        self.start_chunk(units);
    }

    /// Units of work that the machine may still do in all.
    pub(super) fn fuel_left(&self) -> i64 {
        if self.fuel == i64::MAX {
            return i64::MAX;
        }
        self.fuel.saturating_sub(self.granted.saturating_sub(self.units_left()))
    }

    /// Sets how many units of work the machine may do from now on; `None` for any number. Not while nodes run.
    pub fn set_fuel(&mut self, units: Option<u64>) {
        self.settle_fuel();
        self.fuel = units.map_or(i64::MAX, |n| i64::try_from(n).unwrap_or(i64::MAX - 1));
        self.grant(self.fuel);
    }

    /// Units of work that are left; `None` for any number.
    pub fn fuel(&self) -> Option<u64> {
        (self.fuel != i64::MAX).then(|| self.fuel_left().max(0) as u64)
    }

    /// Units of work done so far: the same for the same program and input, however its runs were cut.
    pub fn fuel_consumed(&self) -> u64 {
        let used = self.granted.saturating_sub(self.units_left()).max(0);
        self.consumed.saturating_add(used as u64)
    }

    /// Forgets what the innermost run was doing; the machine is as before its start, but for what the program has changed
    /// for good.
    pub fn reset(&mut self) {
        self.pc = null();
        self.limit_at = (null(), null_mut());
        self.limit_place = Place::NONE;
        self.failure = Stop::LIMIT;
        self.failed_at = null();
        self.call_site = null();
        self.pending_call.clear();
        self.leave_winders();
        self.dynamic = Dynamic::EMPTY;
        self.stopped = Stopped::Paused;
        let base = self.suspended.last().map(|s| (s.segment.clone(), s.top()));
        self.stack.rewind(base);
        (self.fp, self.live) = (self.stack.base, 0);
        self.limit = self.stack.frame_limit();
    }

    /// Runs a procedure inside of the run that waits: for macro transformers, for what the driver of a run must know
    /// before it goes on, and for what a foreign function calls that a host procedure has called. The inner run has a
    /// dynamic environment of its own, and no continuation crosses its border. Its outcome is never `Paused`; after a `Request` and its answer [`Machine::resume_nested`] goes on.
    /// [`Machine::leave_nested`] must follow.
    pub(super) fn enter_nested(&mut self, procedure: Value, arguments: &[Value]) -> Outcome {
        self.suspend();
        if self.suspended.len() > DEEPEST {
            let message = "runs are nested too deeply: macro transformers, bodies of libraries, or callbacks";
            let stop = self.violation(ConditionType::ImplementationRestriction, "", message, &[procedure]);
            return Outcome::Raised { object: stop.raised().unwrap_or(Value::FALSE), backtrace: Vec::new() };
        }
        match self.begin(procedure, arguments) {
            Ok(()) => self.go_on(),
            Err(limit) => Outcome::Limit { limit, backtrace: Vec::new() },
        }
    }

    /// Whether the program may have one more run inside of those that there are.
    pub fn may_nest(&self) -> bool {
        self.suspended.len() < NESTED
    }

    /// Goes on with the innermost run.
    pub(super) fn resume_nested(&mut self) -> Outcome {
        self.go_on()
    }

    fn suspend(&mut self) {
        let suspended = Suspended {
            pc: self.pc,
            fp: self.fp,
            live: self.live,
            count: self.count,
            segment: self.stack.segment.clone(),
            base: self.stack.base,
            waiting: self.stack.waiting,
            dynamic: self.dynamic,
            run_number: self.run_number,
            run_tag: self.run_tag,
            failed_at: self.failed_at,
            failure: self.failure,
            pending_call: std::mem::take(&mut self.pending_call),
        };
        let top = suspended.top();
        self.stack.waiting = Value::NIL;
        self.stack.base = top;
        (self.fp, self.live) = (top, 0);
        self.suspended.push(suspended);
    }

    /// Goes back to the run that waited.
    pub(super) fn leave_nested(&mut self) {
        let Some(outer) = self.suspended.pop() else { return };
        self.leave_winders();
        if self.suspended.is_empty() {
            // What the inner run was lent, the outer one does without.
            let lent = std::mem::take(&mut self.lent);
            self.beyond_chunk = self.beyond_chunk.saturating_sub(lent);
            self.granted = self.granted.saturating_sub(lent);
        }
        (self.pc, self.fp, self.live, self.count) = (outer.pc, outer.fp, outer.live, outer.count);
        self.stack.resume(outer.segment, outer.base, outer.waiting);
        self.limit = self.stack.frame_limit();
        self.dynamic = outer.dynamic;
        self.run_number = outer.run_number;
        self.run_tag = outer.run_tag;
        (self.failed_at, self.failure, self.call_site) = (outer.failed_at, outer.failure, null());
        self.pending_call = outer.pending_call;
    }

    /// What an outcome's value stands for.
    pub fn values_of(&self, v: Value) -> Vec<Value> {
        if v.is(Kind::MultipleValues) { v.slots().to_vec() } else { vec![v] }
    }

    /// What the primitive that made `run` answer `Request` asks for: what it passed to [`Machine::ask_driver`].
    pub fn request(&self) -> &[Value] {
        &self.pending_call
    }

    /// For a `control` primitive: makes `run` answer `Request`, with these values. Whatever the driver answers is what
    /// the primitive answers.
    pub fn ask_driver(&mut self, request: &[Value]) -> Res {
        self.pending_call.clear();
        self.pending_call.extend_from_slice(request);
        Err(Stop::REQUEST)
    }

    /// Ends the run as the `raise` of an object that nothing handles: for the primitive that the prelude's `raise` calls
    /// last.
    pub fn uncaught(&mut self, object: Value) -> Res {
        self.pending_call.clear();
        self.pending_call.push(object);
        Err(Stop::UNCAUGHT)
    }

    /// Answers a request: with a value, an object to raise, or (by [`Machine::tail_call`]) a call to be made in its place.
    pub fn answer(&mut self, answer: Res) {
        let (node, v) = match answer {
            Ok(v) => (&raw const ANSWER_VALUE, v),
            Err(Stop::CALL) => (&raw const ANSWER_CALL, Value::FALSE),
            Err(stop) => (&raw const ANSWER_RAISE, self.raised(stop).unwrap_or(Value::FALSE)),
        };
        // SAFETY: the frame of the primitive that asked is the newest, and the stack keeps a margin behind it.
        unsafe { *self.fp.add(1) = v }
        (self.pc, self.live) = (node, 2);
    }

    /// Reports everything that the machine holds.
    fn trace(&mut self, tracer: &mut Tracer) {
        // SAFETY: at a safepoint `fp` and `live` describe the newest frame.
        unsafe { trace_frames(self.stack.base, self.fp, self.live, tracer) }
        tracer.value(self.stack.waiting);
        tracer.value(self.dynamic.handlers);
        tracer.value(self.dynamic.winders);
        tracer.values(&self.ports);
        tracer.values(&self.pending_call);
        // After a tail call nothing else may hold the code of the call that goes on at a general entry.
        let site = self.call_site as *const CallNode;
        // SAFETY: what is there is a call, whose code was live when it was stored, and has been held here since then.
        if let Some(code) = unsafe { site.as_ref().and_then(|call| call.code.as_ref()) } {
            tracer.value(code.layout.owner);
        }
        if let Stopped::Done(v) | Stopped::Raised(v) = self.stopped {
            tracer.value(v)
        }
        if let Some(object) = self.failure.raised() {
            tracer.value(object)
        }
        self.suspended.iter().for_each(|s| s.trace(tracer));
        self.primitive_closures.values().for_each(|(v, code)| {
            tracer.value(*v);
            tracer.value(code.layout.name);
        });
        self.globals.trace(tracer);
        self.handles.trace(tracer);
        self.extensions.trace(tracer);
        self.syntax.trace(tracer);
    }

    /// Collects garbage. While nodes run, only a safepoint may; between runs, the driver may at any time, if it holds no
    /// values but by handles.
    pub fn collect(&mut self) {
        let mut heap = std::mem::take(&mut self.heap);
        heap.mark_and_sweep(&mut |tracer| self.trace(tracer));
        self.heap = heap;
        let heap = &self.heap;
        self.sources.forget(|file| heap.is_mentioned(file.0));
        for id in self.syntax.forget_unmentionable() {
            self.forget_global(id)
        }
        self.heap.count_beside(self.stack_waiting_bytes().saturating_add(self.stack.bytes()));
        self.heap.end_collection();
    }
}

static ANSWER_VALUE: Node = Node { run: answer_value };
static ANSWER_CALL: Node = Node { run: answer_call };
static ANSWER_RAISE: Node = Node { run: answer_raise };

// SAFETY, for these functions: the contract of node functions; `fp` is the frame of the primitive that asked, with the
// answer in slot 1 or in `pending_call`.

unsafe fn answer_value(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe { (*m).finish(Ok(*fp.add(1)), fp) }
}

unsafe fn answer_call(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe { (*m).finish(Err(Stop::CALL), fp) }
}

unsafe fn answer_raise(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe { (*m).finish(Err(Stop::raise(*fp.add(1))), fp) }
}
