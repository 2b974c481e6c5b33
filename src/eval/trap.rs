//! What happens when a node fails: the condition goes to the Scheme procedure `raise` as an ordinary call on top of the
//! live frame, so handlers run in the dynamic environment of the failure, and its frames can be looked at.
//!
//! Such a call, which the running procedure did not ask for, is a *detour*. Its frame says what it interrupts:
//!
//! | slot | |
//! |---|---|
//! | in front | the node [`DETOUR`] |
//! | 0 | what backtraces show: `#f` for the interrupted procedure, the name of another, or void for nothing |
//! | 1 | a fixnum: how far below the interrupted frame begins |
//! | 2 | the node with which the interrupted procedure goes on; 0 if it cannot |
//! | 3 to 6 | fixnums: file, start, end and site of the source where it was interrupted |
//!
//! and the frame of the procedure that was called lies behind it.

use super::code::{Code, CodeBlock, Position};
use super::node::{Call, Expression, Node, Step, on_to};
use super::run::Stopped;
use super::{Limit, Machine, Stop};
use crate::compile::graph::Values;
use crate::diagnostics::{FileId, Span};
use crate::heap::{ConditionType, Global, Symbol, Value, View};
use crate::syntax::core::{Place, SiteId};
use std::ptr::null;

const DISTANCE: usize = 1;
const RESUME: usize = 2;
const PLACE: usize = 3;
/// Slots of a detour's frame.
const SLOTS: usize = 7;

/// The node in front of a detour's frame; never returned to.
pub(super) static DETOUR: Call = detour_node(null(), u32::MAX);
/// The node to which the procedure called by a detour returns.
pub(super) static DETOUR_CALL: Call = detour_node((&raw const DETOUR_RETURN).cast(), SLOTS as u32 + 1);
static DETOUR_RETURN: Node = Node { run: detour_return };

const fn detour_node(next: *const Node, offset: u32) -> Call {
    Call {
        run: detour_return,
        next,
        offset,
        // What the procedure returns is put where nobody looks.
        slot: 0,
        count: 0,
        values: Values::Ignored,
        closure: Value::FALSE,
        entry: null(),
        code: null(),
    }
}

/// How far below the detour's frame at `fp` the interrupted frame begins.
///
/// # Safety
/// `fp` is the frame of a detour.
pub(super) unsafe fn detour_offset(fp: *mut Value) -> usize {
    // SAFETY: as the caller says.
    unsafe { (*fp.add(DISTANCE)).as_fixnum().unwrap_or(0) as usize }
}

/// The place that a detour's frame carries.
///
/// # Safety
/// `fp` is the frame of a detour.
pub(super) unsafe fn detour_place(fp: *mut Value) -> Place {
    // SAFETY: as the caller says.
    let word = |i: usize| unsafe { (*fp.add(PLACE + i)).as_fixnum().unwrap_or(0) as u32 };
    Place { span: Span::new(FileId(word(0)), word(1), word(2)), site: SiteId(word(3)) }
}

/// What backtraces show for a detour's frame.
///
/// # Safety
/// `fp` is the frame of a detour.
pub(super) unsafe fn detour_shown(fp: *mut Value) -> Value {
    // SAFETY: as the caller says.
    unsafe { *fp }
}

/// The detour whose called procedure's frame is at `nf`.
///
/// # Safety
/// `nf` is a frame that returns to `DETOUR_CALL`.
pub(super) unsafe fn detour_below(nf: *mut Value) -> *mut Value {
    // SAFETY: as the caller says.
    unsafe { nf.sub(SLOTS + 1) }
}

/// The procedure called by a detour has returned.
unsafe fn detour_return(_: *const Node, fp: *mut Value, m: *mut Machine) -> Step {
    // SAFETY: a node function's contract: `fp` is the frame of the detour.
    unsafe {
        let resume = (*fp.add(RESUME)).bits() as *const Node;
        if resume.is_null() { (*m).raise_has_returned() } else { on_to(resume, fp.sub(detour_offset(fp))) }
    }
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
pub(super) unsafe fn fail(n: *const Node, fp: *mut Value, m: *mut Machine) -> Step {
    // SAFETY: passed on.
    unsafe { (*m).failed(n, fp) }
}

/// The statement `n` was to call `f`, which is no procedure.
///
/// # Safety
/// A node function's contract.
#[cold]
#[inline(never)]
pub(super) unsafe fn not_applicable(n: *const Node, fp: *mut Value, f: Value, m: *mut Machine) -> Step {
    // SAFETY: passed on.
    unsafe {
        (*m).note_not_applicable(f);
        (*m).failed(n, fp)
    }
}

impl Machine {
    /// `raise` does not return; whoever took its place did.
    #[cold]
    #[inline(never)]
    fn raise_has_returned(&mut self) -> Step {
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
    pub(super) fn stop(&mut self, reason: Stopped) -> Step {
        self.stopped = reason;
        None
    }

    /// # Safety
    /// A node function's contract.
    #[inline(never)]
    pub(super) unsafe fn failed(&mut self, n: *const Node, fp: *mut Value) -> Step {
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
    /// `fp` is the newest frame; there is room for a detour behind its slots.
    pub(super) unsafe fn raise_stop(
        &mut self,
        stop: Stop,
        fp: *mut Value,
        depth: usize,
        place: impl Into<Place>,
    ) -> Step {
        // SAFETY: as the caller says.
        unsafe { self.raise_stop_of(stop, fp, depth, place.into(), Value::FALSE) }
    }

    /// The same where backtraces show another procedure than the frame's: see the detour's slot 0.
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
    ) -> Step {
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
        unsafe { self.detour_of(fp, depth, (place, shown), null(), raise, &[object]) }
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

    /// Calls `procedure` on top of a frame of which `depth` slots are initialised; afterwards the frame's procedure goes
    /// on with `resume`. Without a procedure the machine stops, as if the first argument had been raised.
    ///
    /// # Safety
    /// As for `raise_stop`; `resume` is a statement of the frame's procedure with that depth, or null. At most four
    /// arguments.
    pub(super) unsafe fn detour(
        &mut self,
        fp: *mut Value,
        depth: usize,
        place: impl Into<Place>,
        resume: *const Node,
        procedure: Option<Value>,
        arguments: &[Value],
    ) -> Step {
        // SAFETY: as the caller says.
        unsafe { self.detour_of(fp, depth, (place.into(), Value::FALSE), resume, procedure, arguments) }
    }

    /// The same with what backtraces show.
    ///
    /// # Safety
    /// As for `detour`.
    unsafe fn detour_of(
        &mut self,
        fp: *mut Value,
        depth: usize,
        (place, shown): (Place, Value),
        resume: *const Node,
        procedure: Option<Value>,
        arguments: &[Value],
    ) -> Step {
        // SAFETY: the stack keeps a margin behind every frame, large enough for this.
        unsafe {
            let detour = fp.add(depth + 1);
            *detour.sub(1) = Value(&raw const DETOUR as u64);
            *detour = shown;
            *detour.add(DISTANCE) = Value::fixnum(depth as i64 + 1);
            *detour.add(RESUME) = Value(resume as u64);
            let Place { span, site } = place;
            for (i, word) in [span.file.0, span.start, span.end, site.0].into_iter().enumerate() {
                *detour.add(PLACE + i) = Value::fixnum(i64::from(word));
            }
            let nf = detour.add(SLOTS + 1);
            *nf.sub(1) = Value(&raw const DETOUR_CALL as u64);
            match procedure {
                Some(procedure) => self.call_at(nf, procedure, arguments),
                None => {
                    self.fp = nf;
                    self.live = 0;
                    self.stop(Stopped::Raised(arguments.first().copied().unwrap_or(Value::FALSE)))
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
