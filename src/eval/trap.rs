//! What happens when a node fails: the condition goes to the Scheme procedure `raise` as an ordinary call on top of the
//! live frame, so handlers run in the dynamic environment of the failure, and its frames can be looked at.
//!
//! Between the frame of the procedure that failed and the frame of `raise` lies a *trap frame*, which says where it failed:
//!
//! | slot | |
//! |---|---|
//! | in front | the node [`TRAP`] |
//! | 0 | what backtraces show: `#f` for the procedure that failed, the name of another, or void for nothing |
//! | 1 | a fixnum: how far below the frame of that procedure begins |
//! | 2 to 5 | fixnums: file, start, end and site of the source where it failed |
//!
//! A procedure that failed is never resumed: `raise` does not return.

use super::code::{Code, CodeBlock, Position};
use super::node::{CallNode, Expression, Node, Transfer};
use super::run::Stopped;
use super::{Limit, Machine, Stop};
use crate::compile::graph::Values;
use crate::diagnostics::{FileId, Span};
use crate::heap::{ConditionType, Global, Symbol, Value, View};
use crate::syntax::core::{Place, SiteId};
use std::ptr::null;

const DISTANCE: usize = 1;
const PLACE: usize = 2;
/// Slots of a trap frame.
const SLOTS: usize = 6;

/// The node in front of a trap frame; never returned to.
pub(super) static TRAP: CallNode = trap_node(null(), u32::MAX);
/// The node in front of the frame of `raise`, to which it does not return.
pub(super) static RAISE_RETURN: CallNode = trap_node((&raw const RAISE_RETURNED).cast(), SLOTS as u32 + 1);
static RAISE_RETURNED: Node = Node { run: raise_returned };

const fn trap_node(next: *const Node, offset: u32) -> CallNode {
    CallNode {
        run: raise_returned,
        next,
        offset,
        slot: 0,
        count: 0,
        values: Values::Ignored,
        closure: Value::FALSE,
        entry: null(),
        code: null(),
    }
}

/// How far below the trap frame at `fp` the frame of the procedure that failed begins.
///
/// # Safety
/// `fp` is a trap frame.
pub(super) unsafe fn trap_offset(fp: *mut Value) -> usize {
    // SAFETY: as the caller says.
    unsafe { (*fp.add(DISTANCE)).as_fixnum().unwrap_or(0) as usize }
}

/// Where the procedure failed.
///
/// # Safety
/// `fp` is a trap frame.
pub(super) unsafe fn trap_place(fp: *mut Value) -> Place {
    // SAFETY: as the caller says.
    let word = |i: usize| unsafe { (*fp.add(PLACE + i)).as_fixnum().unwrap_or(0) as u32 };
    Place { span: Span::new(FileId(word(0)), word(1), word(2)), site: SiteId(word(3)) }
}

/// What backtraces show for a trap frame.
///
/// # Safety
/// `fp` is a trap frame.
pub(super) unsafe fn trap_shown(fp: *mut Value) -> Value {
    // SAFETY: as the caller says.
    unsafe { *fp }
}

/// The trap frame below the frame of `raise` at `nf`.
///
/// # Safety
/// `nf` is a frame that returns to `RAISE_RETURN`.
pub(super) unsafe fn trap_below(nf: *mut Value) -> *mut Value {
    // SAFETY: as the caller says.
    unsafe { nf.sub(SLOTS + 1) }
}

/// `raise` does not return; whatever took its place did.
unsafe fn raise_returned(_: *const Node, _: *mut Value, m: *mut Machine) -> Transfer {
    // SAFETY: a node function's contract.
    unsafe { (*m).raise_has_returned() }
}

/// Notes why a primitive has no value.
#[cold]
pub(super) fn primitive_failed(stop: Stop, m: &mut Machine) -> Value {
    m.failure = stop;
    m.failed_at = null();
    Value::FAILED
}

/// A global variable was used before its definition.
///
/// # Safety
/// `m` is the running machine.
#[cold]
#[inline(never)]
pub(super) unsafe fn unbound(object: Value, m: *mut Machine) -> Value {
    // SAFETY: the running machine.
    let m = unsafe { &mut *m };
    let name = Global::from_value(object).map_or(Value::FALSE, Global::name);
    let forward = m.syntax.forward.get(&name.bits()).map(|(_, id)| *id);
    let same = forward.and_then(|id| m.global(id).ok()).is_some_and(|global| global.value() == object);
    let stop = match if same { m.syntax.never_defined(name) } else { None } {
        Some(message) => m.violation(ConditionType::Undefined, "", &message, &[]),
        None => not_initialised(name, m),
    };
    primitive_failed(stop, m)
}

/// The same for a variable of `letrec`.
///
/// # Safety
/// `m` is the running machine.
#[cold]
#[inline(never)]
pub(super) unsafe fn unassigned(name: Value, m: *mut Machine) -> Value {
    // SAFETY: the running machine.
    let m = unsafe { &mut *m };
    let stop = not_initialised(name, m);
    primitive_failed(stop, m)
}

fn not_initialised(name: Value, m: &mut Machine) -> Stop {
    let text = Symbol::from_value(name).map_or(String::new(), |s| s.name().to_owned());
    let message = "the variable is used before it is defined; its definition must come first";
    m.assertion(&text, message, &[name])
}

/// The statement `n` has failed; why is in the machine.
///
/// # Safety
/// A node function's contract.
#[cold]
#[inline(never)]
pub(super) unsafe fn fail(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    // SAFETY: passed on.
    unsafe { (*m).failed(n, fp) }
}

/// The statement `n` was to call `f`, which is no procedure.
///
/// # Safety
/// A node function's contract.
#[cold]
#[inline(never)]
pub(super) unsafe fn not_applicable(n: *const Node, fp: *mut Value, f: Value, m: *mut Machine) -> Transfer {
    // SAFETY: passed on.
    unsafe {
        (*m).note_not_applicable(f);
        (*m).failed(n, fp)
    }
}

impl Machine {
    #[cold]
    #[inline(never)]
    fn raise_has_returned(&mut self) -> Transfer {
        let condition = self.assertion("raise", "the procedure that raises conditions has returned", &[]);
        self.stop(Stopped::Raised(condition.raised().unwrap_or(Value::FALSE)))
    }

    #[inline(never)]
    fn note_not_applicable(&mut self, f: Value) {
        self.failure = self.assertion("", "attempt to call an object that is not a procedure", &[f]);
        self.failed_at = null();
    }

    /// Leaves the running code: `reason` is what `run` answers.
    #[cold]
    pub(super) fn stop(&mut self, reason: Stopped) -> Transfer {
        self.stopped = reason;
        None
    }

    /// # Safety
    /// A node function's contract.
    #[inline(never)]
    pub(super) unsafe fn failed(&mut self, n: *const Node, fp: *mut Value) -> Transfer {
        // SAFETY: the statement is part of the code of the closure in slot 0.
        unsafe {
            let at = std::mem::replace(&mut self.failed_at, null()) as usize;
            let statement = self.position(*fp, n as usize);
            let depth = statement.map_or(1, |p| p.depth as usize);
            let mut expression: Option<Position> = if at == 0 { None } else { self.position(*fp, at) };
            let firsts = [statement, expression].map(|p| p.map_or(0, |p| p.first));
            if self.failure != Stop::LIMIT {
                let failed_first = firsts.into_iter().find_map(|first| self.fails_first(first, fp));
                expression = failed_first.unwrap_or(expression);
            }
            let place = expression.or(statement).map_or(Place::NONE, |p| p.place);
            let failure = self.failure;
            self.raise_stop(failure, fp, depth, place)
        }
    }

    /// Evaluates what is written before something that has failed, but was to be evaluated after it. If it fails, that is
    /// the failure; where is the answer.
    ///
    /// # Safety
    /// `fp` is the frame of the procedure that `first` belongs to, as the statement that has failed found it.
    unsafe fn fails_first(&mut self, first: u32, fp: *mut Value) -> Option<Option<Position>> {
        let index = (first as usize).checked_sub(1)?;
        // SAFETY: as the caller says: the expressions read what the statement could read.
        unsafe {
            let block = (*Code::of(*fp)).layout.owner.external_ref::<CodeBlock>()?;
            let checks: *const [*const Expression] = &raw const **block.checks.get(index)?;
            let failure = self.failure;
            for &e in &*checks {
                if ((*e).evaluate)(e, fp, self) == Value::FAILED {
                    let at = std::mem::replace(&mut self.failed_at, null());
                    let at = if at.is_null() { e } else { at };
                    return Some(self.position(*fp, at as usize));
                }
            }
            self.failure = failure;
            None
        }
    }

    /// Raises what a failure says on top of a frame of which `depth` slots are initialised.
    ///
    /// # Safety
    /// `fp` is the newest frame; there is room for a trap frame behind its slots.
    pub(super) unsafe fn raise_stop(
        &mut self,
        stop: Stop,
        fp: *mut Value,
        depth: usize,
        place: impl Into<Place>,
    ) -> Transfer {
        // SAFETY: as the caller says.
        unsafe { self.raise_stop_of(stop, fp, depth, place.into(), Value::FALSE) }
    }

    /// The same where backtraces show another procedure than the frame's: see slot 0 of the trap frame.
    ///
    /// # Safety
    /// As for `raise_stop`.
    pub(super) unsafe fn raise_stop_of(
        &mut self,
        stop: Stop,
        fp: *mut Value,
        depth: usize,
        place: Place,
        shown: Value,
    ) -> Transfer {
        let object = match stop {
            Stop::LIMIT => {
                if self.limit_at.1.is_null() {
                    self.limit_at = (null(), fp);
                    self.limit_place = place;
                }
                return self.stop(Stopped::Limit(self.limit_hit));
            }
            Stop::CALL | Stop::UNCAUGHT | Stop::REQUEST | Stop::CONSUMER => {
                let what = "a primitive that was not declared to be `control` asked for a call";
                self.assertion("apply", what, &[]).raised().unwrap_or(Value::FALSE)
            }
            stop => self.raised(stop).unwrap_or(Value::FALSE),
        };
        let raise = self.raise_procedure();
        // SAFETY: as the caller says.
        unsafe { self.call_raise(fp, depth, (place, shown), raise, object) }
    }

    /// The object that a failed primitive raises, if it raises one.
    pub fn raised(&mut self, stop: Stop) -> Option<Value> {
        match stop {
            Stop::HEAP => Some(self.out_of_memory()),
            Stop::STACK => Some(self.stack_overflow()),
            Stop::MEMORY => Some(self.no_memory_for_stack()),
            stop => stop.raised(),
        }
    }

    /// The condition for a request that the heap's limit refuses.
    fn out_of_memory(&mut self) -> Value {
        self.told_of_memory = true;
        let kinds = [
            self.heap.condition(ConditionType::ImplementationRestriction, &[]),
            self.heap.condition(ConditionType::OutOfMemory, &[]),
        ];
        super::make_condition(&mut self.heap, &kinds, "", "the heap limit leaves no memory for this", &[])
    }

    /// The condition for calls that are nested more deeply than the stack's limit allows.
    fn stack_overflow(&mut self) -> Value {
        let kinds = [self.heap.condition(ConditionType::ImplementationRestriction, &[])];
        super::make_condition(&mut self.heap, &kinds, "", &Limit::Stack.to_string(), &[])
    }

    /// The condition for calls that are nested more deeply than the system has memory for.
    fn no_memory_for_stack(&mut self) -> Value {
        let kinds = [
            self.heap.condition(ConditionType::ImplementationRestriction, &[]),
            self.heap.condition(ConditionType::OutOfMemory, &[]),
        ];
        super::make_condition(&mut self.heap, &kinds, "", &Limit::Memory.to_string(), &[])
    }

    /// Calls `raise` on top of a frame of which `depth` slots are initialised. Without such a procedure the machine stops with
    /// the object as raised.
    ///
    /// # Safety
    /// As for `raise_stop`.
    unsafe fn call_raise(
        &mut self,
        fp: *mut Value,
        depth: usize,
        (place, shown): (Place, Value),
        raise: Option<Value>,
        object: Value,
    ) -> Transfer {
        // SAFETY: the stack keeps a margin behind every frame, large enough for this.
        unsafe {
            let trap = fp.add(depth + 1);
            *trap.sub(1) = Value(&raw const TRAP as u64);
            *trap = shown;
            *trap.add(DISTANCE) = Value::fixnum(depth as i64 + 1);
            let Place { span, site } = place;
            for (i, word) in [span.file.0, span.start, span.end, site.0].into_iter().enumerate() {
                *trap.add(PLACE + i) = Value::fixnum(i64::from(word));
            }
            let nf = trap.add(SLOTS + 1);
            *nf.sub(1) = Value(&raw const RAISE_RETURN as u64);
            match raise {
                Some(raise) => self.call_at(nf, raise, &[object]),
                None => {
                    self.fp = nf;
                    self.live = 0;
                    self.stop(Stopped::Raised(object))
                }
            }
        }
    }

    /// What is known of a node of the code that `closure` runs.
    pub(super) fn position(&self, closure: Value, address: usize) -> Option<Position> {
        if !closure.is_procedure() {
            return None;
        }
        // SAFETY: a live closure; its code is alive with it.
        unsafe { position_in(Code::of(closure), address) }
    }
}

/// What is known of a node of a code.
///
/// # Safety
/// The code is alive.
pub(super) unsafe fn position_in(code: *const Code, address: usize) -> Option<Position> {
    // SAFETY: as the caller says.
    unsafe {
        let owner = (*code).layout.owner;
        let block = owner.external_ref::<CodeBlock>()?;
        (*(block as *const CodeBlock)).position(address)
    }
}
