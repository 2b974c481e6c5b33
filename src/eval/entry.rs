//! General entries: what happens when something is applied that does not take exactly the arguments it got, or is not
//! compiled code. The number of arguments is in `Machine::count`.

#![allow(clippy::undocumented_unsafe_blocks, reason = "one contract for all node functions: see SAFETY below")]

use super::backtrace::name_at;
use super::code::{Code, CodeKind};
use super::node::{CallNode, Node, Transfer, continue_at};
use super::run::Stopped;
use super::trap::position_in;
use super::{Machine, Primitive, Res, Stop};
use crate::compile::graph::Values;
use crate::diagnostics::Span;
use crate::heap::{ClosureLayout, External, Kind, Symbol, Value, View};
use crate::syntax::core::{Place, SiteId};
use std::ptr::null;
use std::sync::Arc;

/// The general entry of compiled procedures.
pub(super) static CLAUSES: Node = Node { run: clauses };
/// That of primitives as values.
pub(super) static PRIMITIVE: Node = Node { run: primitive };
/// That of host procedures.
pub(super) static HOST: Node = Node { run: host };
/// That of procedures of the prelude that are not compiled yet.
pub(super) static LAZY: Node = Node { run: lazy };

// SAFETY, for the node functions of this file: the contract of node functions; `fp` is a complete frame of `count`
// arguments, with a closure of the kind of the entry, on top of all others.

unsafe fn clauses(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe { (*m).enter_clause(fp) }
}

unsafe fn primitive(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe { (*m).enter_primitive(fp) }
}

unsafe fn host(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe { (*m).enter_host(fp) }
}

unsafe fn lazy(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    unsafe { (*m).enter_lazy(fp) }
}

/// A host's Rust function.
pub type HostFn = dyn Fn(&mut Machine, &[Value]) -> Res + Send + Sync;

/// A host procedure: what its closure carries.
struct HostProcedure {
    name: Arc<str>,
    /// Fewest and most arguments.
    arity: (usize, usize),
    run: Arc<HostFn>,
}

impl External for HostProcedure {
    /// The name, and the closure with what it holds, as far as one can know.
    fn bytes(&self) -> usize {
        self.name.len() + 192
    }
    fn type_name(&self) -> &'static str {
        "host-procedure"
    }
}

static HOST_CODE: Code = static_code(&raw const HOST, 1, CodeKind::Other);

/// The code of closures that the machine itself makes.
pub(super) const fn static_code(general: *const Node, free: u32, kind: CodeKind) -> Code {
    Code {
        layout: ClosureLayout { owner: Value::FALSE, free, name: Value::FALSE },
        arity: Code::NEVER,
        frame: 1,
        entry: null(),
        general,
        span: Span::NONE,
        site: SiteId::NONE,
        kind,
    }
}

impl Machine {
    /// A procedure that runs a host's function, with at least and at most so many arguments. The function answers as a
    /// `control` primitive does.
    pub fn host_procedure(&mut self, name: &str, arity: (usize, usize), run: Arc<HostFn>) -> Value {
        let host = self.heap.external(Box::new(HostProcedure { name: name.into(), arity, run }));
        // SAFETY: the code is static and says that there is one free variable.
        unsafe { self.heap.closure(&raw const HOST_CODE.layout, &[host]) }
    }

    /// A primitive as a value.
    pub fn primitive_procedure(&mut self, primitive: &'static Primitive) -> Value {
        let key = primitive as *const Primitive;
        if let Some(&(v, _)) = self.primitive_closures.get(&key) {
            return v;
        }
        let mut code = Box::new(static_code(&raw const PRIMITIVE, 0, CodeKind::Primitive(primitive)));
        code.layout.name = self.heap.symbol(primitive.name);
        // SAFETY: the machine keeps the code as long as its heap.
        let v = unsafe { self.heap.closure(&raw const code.layout, &[]) };
        self.primitive_closures.insert(key, (v, code));
        v
    }

    /// # Safety
    /// As for the node functions.
    #[inline(never)]
    unsafe fn enter_clause(&mut self, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            let code = Code::of(*fp);
            let CodeKind::Clauses(clauses) = &(*code).kind else { return self.wrong_count(fp) };
            let count = self.count;
            for clause in clauses {
                if clause.required == count && !clause.rest {
                    return continue_at(clause.entry, fp);
                }
                if clause.rest && clause.required <= count {
                    let first = fp.add(1 + clause.required as usize);
                    let rest = std::slice::from_raw_parts(first, (count - clause.required) as usize);
                    *first = self.heap.list(rest);
                    return continue_at(clause.entry, fp);
                }
            }
            self.wrong_count(fp)
        }
    }

    /// # Safety
    /// As for the node functions.
    #[inline(never)]
    unsafe fn enter_primitive(&mut self, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            let code = Code::of(*fp);
            let CodeKind::Primitive(primitive) = (*code).kind else { return self.wrong_count(fp) };
            let count = self.count as usize;
            if count < primitive.min || count > primitive.max {
                return self.wrong_count(fp);
            }
            self.run_primitive(primitive, fp, count)
        }
    }

    /// Runs a primitive whose frame is at `fp`, as if it was a procedure.
    ///
    /// # Safety
    /// `fp` is a complete frame of `count` arguments, as many as the primitive accepts, on top of all others.
    #[inline(never)]
    pub(super) unsafe fn run_primitive(&mut self, primitive: &Primitive, fp: *mut Value, count: usize) -> Transfer {
        // SAFETY: as the caller says. The stack's memory is not part of the machine, so the slice may be read while the
        // primitive changes the machine; `freeze` changes only the word in front of the frame.
        unsafe {
            // The frame is complete: a run inside of this one may begin behind it.
            (self.fp, self.live) = (fp, count + 1);
            let result = (primitive.run)(self, std::slice::from_raw_parts(fp.add(1), count));
            self.finish(result, fp)
        }
    }

    /// # Safety
    /// As for the node functions.
    #[inline(never)]
    unsafe fn enter_host(&mut self, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says; see `run_primitive`.
        unsafe {
            let slot = super::operand::free_variable(fp, 0);
            let Some(host) = slot.external_ref::<HostProcedure>() else { return self.wrong_count(fp) };
            let count = self.count as usize;
            if count < host.arity.0 || count > host.arity.1 {
                return self.wrong_count(fp);
            }
            // As for a primitive.
            (self.fp, self.live) = (fp, count + 1);
            let run = host.run.clone();
            let result = run(self, std::slice::from_raw_parts(fp.add(1), count));
            drop(run);
            self.finish(result, fp)
        }
    }

    /// Does what the answer of a primitive asks for; `fp` is its frame.
    ///
    /// # Safety
    /// As for `run_primitive`.
    #[inline(never)]
    pub(super) unsafe fn finish(&mut self, result: Res, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            match result {
                Ok(v) if v.is(Kind::MultipleValues) => self.return_values(v, fp),
                Ok(v) => return_to_caller(v, fp),
                Err(Stop::CALL) => {
                    let pending = std::mem::take(&mut self.pending_call);
                    let next = match pending.split_first() {
                        Some((&f, arguments)) => self.call_at(fp, f, arguments),
                        None => self.raise_stop(Stop::CALL, fp, 1, Span::NONE),
                    };
                    self.pending_call = pending;
                    next
                }
                Err(Stop::UNCAUGHT) => {
                    (self.fp, self.live) = (fp, 1);
                    let object = self.pending_call.first().copied().unwrap_or(Value::FALSE);
                    self.stop(Stopped::Raised(object))
                }
                Err(Stop::REQUEST) => {
                    (self.fp, self.live) = (fp, 1);
                    self.stop(Stopped::Request)
                }
                Err(Stop::CONSUMER) => self.call_producer(fp),
                Err(stop) => self.raise_stop(stop, fp, 1, Span::NONE),
            }
        }
    }

    /// Returns several values, or none, from the frame at `fp`.
    ///
    /// # Safety
    /// `fp` is the newest frame, with a node to return to in front.
    pub(super) unsafe fn return_values(&mut self, packet: Value, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            match self.accepted(fp) {
                Values::Any => return_to_caller(packet, fp),
                Values::Ignored => return_to_caller(Value::VOID, fp),
                Values::One => {
                    let values = packet.slots().to_vec();
                    let message = format!(
                        "{} values were returned to a continuation that accepts exactly one",
                        if values.is_empty() { "no".to_owned() } else { values.len().to_string() }
                    );
                    let stop = self.assertion("values", &message, &values);
                    *fp = Value::FALSE;
                    self.raise_stop(stop, fp, 1, Span::NONE)
                }
            }
        }
    }

    /// How many values the continuation of the frame at `fp` accepts.
    ///
    /// # Safety
    /// As for `return_values`.
    unsafe fn accepted(&self, fp: *mut Value) -> Values {
        // SAFETY: as the caller says.
        unsafe {
            let returns = (*fp.sub(1)).bits() as *const CallNode;
            if !std::ptr::eq(returns, &raw const super::stack::UNDERFLOW) {
                return (*returns).values;
            }
            Machine::piece(self.stack.waiting).map_or(Values::Any, |piece| (*piece.returns).values)
        }
    }

    /// The procedure in the frame at `fp` does not take `count` arguments.
    ///
    /// # Safety
    /// As for the node functions.
    #[cold]
    pub(super) unsafe fn wrong_count(&mut self, fp: *mut Value) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            let procedure = *fp;
            let code = Code::of(procedure);
            let count = self.count as usize;
            let name = self.procedure_name(procedure);
            let first = first_free(procedure);
            let accepts = match first.as_ref().and_then(|v| v.external_ref::<HostProcedure>()) {
                Some(host) if host.arity.0 == host.arity.1 => host.arity.0.to_string(),
                Some(host) => format!("{} to {}", host.arity.0, host.arity.1),
                None => (*code).describe_arity(),
            };
            let takes = if name.is_some() { "expected" } else { "an anonymous procedure takes" };
            let message = format!("wrong number of arguments: {takes} {accepts}, but got {count}");
            const SHOWN: usize = 16;
            let mut irritants = vec![procedure];
            irritants.extend_from_slice(std::slice::from_raw_parts(fp.add(1), count.min(SHOWN)));
            let stop = self.assertion(name.as_deref().unwrap_or_default(), &message, &irritants);
            let site = std::mem::replace(&mut self.call_site, null()) as *const CallNode;
            let (place, caller) = if site.is_null() || (*site).code.is_null() {
                (Place::NONE, Value::FALSE)
            } else {
                let code = (*site).code;
                let place = position_in(code, site as usize).map_or(Place::NONE, |p| p.place);
                // The procedure has not begun: what is shown is the caller, whose frame is still there or not.
                let caller = if (*site).next.is_null() { name_at(code, place) } else { Value::VOID };
                (place.span.into(), caller)
            };
            self.raise_stop_of(stop, fp, 1, place, caller)
        }
    }

    /// The name of a procedure, if it has one.
    pub fn procedure_name(&self, procedure: Value) -> Option<String> {
        if !procedure.is_procedure() {
            return None;
        }
        // SAFETY: a live closure.
        let (code, first) = unsafe { (&*Code::of(procedure), first_free(procedure)) };
        if let Some(host) = first.as_ref().and_then(|v| v.external_ref::<HostProcedure>()) {
            return Some(host.name.to_string());
        }
        let name = if code.layout.name.is_false() { self.parameter_name(procedure) } else { code.layout.name };
        Symbol::from_value(name).map(|s| s.name().to_owned())
    }

    /// The primitive that a procedure is, if it is one.
    pub fn primitive_of(&self, procedure: Value) -> Option<&'static Primitive> {
        if !procedure.is_procedure() {
            return None;
        }
        // SAFETY: a live closure.
        match unsafe { &(*Code::of(procedure)).kind } {
            CodeKind::Primitive(p) => Some(p),
            _ => None,
        }
    }

    /// Fewest and most arguments that each clause of a procedure takes; `None` for "any number".
    pub fn procedure_arity(&self, procedure: Value) -> Vec<(usize, Option<usize>)> {
        if !procedure.is_procedure() {
            return Vec::new();
        }
        // SAFETY: a live closure.
        let (code, first) = unsafe { (&*Code::of(procedure), first_free(procedure)) };
        let clause = |required: u32, rest: bool| (required as usize, (!rest).then_some(required as usize));
        match &code.kind {
            CodeKind::Clauses(all) => all.iter().map(|c| clause(c.required, c.rest)).collect(),
            CodeKind::Lazy(_, all) => all.iter().map(|c| clause(c.0, c.1)).collect(),
            CodeKind::Primitive(p) => vec![(p.min, (p.max != usize::MAX).then_some(p.max))],
            CodeKind::Parameter => (0..=2).map(|count| clause(count, false)).collect(),
            CodeKind::Other => match first.as_ref().and_then(|v| v.external_ref::<HostProcedure>()) {
                Some(host) => vec![(host.arity.0, (host.arity.1 != usize::MAX).then_some(host.arity.1))],
                None => vec![(0, None)],
            },
        }
    }
}

/// The first free variable of a closure, if it has any.
///
/// # Safety
/// `procedure` is a live closure.
unsafe fn first_free(procedure: Value) -> Option<Value> {
    // SAFETY: as the caller says; the code says how many free variables there are.
    unsafe { ((*Code::of(procedure)).layout.free > 0).then(|| Value(*procedure.address().add(1))) }
}

/// Where to go on when the frame at `fp` returns a value.
///
/// # Safety
/// `fp` is a frame with a node to return to in front.
#[inline(always)]
pub(super) unsafe fn return_to_caller(v: Value, fp: *mut Value) -> Transfer {
    // SAFETY: as the caller says.
    unsafe {
        let returns = (*fp.sub(1)).bits() as *const CallNode;
        let caller = fp.sub((*returns).offset as usize);
        *caller.add((*returns).slot as usize) = v;
        continue_at((*returns).next, caller)
    }
}
