//! Linking of calls: which node function, by what is known of the callee and where the arguments are.

use super::call::*;
use super::code::{Code, CodeBlock, CodeKind};
use super::link::Linker;
use super::link_expression::by_kind;
use super::node::{CallNode, Node, Run, Transfer, continue_at};
use super::operand::*;
use super::special::{control, spread_list, spread_values};
use super::trap::unbound;
use super::{Machine, Primitive};
use crate::compile::graph::{Call, Callee, Clause, ProcedureId, Simple, Slot, Spread, Values};
use crate::diagnostics::Span;
use crate::heap::{Value, View};
use crate::syntax::core::{GlobalId, Place};
use std::ptr::null;

/// How a call will find its callee.
enum Plan {
    /// A closure, and where it begins.
    Entry(Value, *const Node),
    /// A procedure of the unit being linked, and its closure.
    Here(Value, ProcedureId, u32),
    /// The same; the word is the operand that computes the closure.
    HereComputed(u64, ProcedureId, u32),
    /// What a global object will hold once it is defined, or compiled.
    Later(Value),
    Primitive(&'static Primitive),
    /// Any value; the word is the operand that computes it.
    Value(u64),
}

/// Does `$body` with the constant `$T` that says whether it is a tail call.
macro_rules! by_tail {
    ($tail:expr, $T:ident => $body:expr) => {
        if $tail {
            const $T: bool = true;
            $body
        } else {
            const $T: bool = false;
            $body
        }
    };
}

impl Linker<'_> {
    /// Fills the node of a call; `to` is where its value goes, if it is not a tail call.
    ///
    /// # Safety
    /// `node` has room for a call with the operand words of its arguments.
    pub unsafe fn call_node(
        &mut self,
        node: *mut CallNode,
        call: &Call,
        depth: Slot,
        to: Option<(Slot, Values, *const Node)>,
    ) {
        let tail = to.is_none();
        let (slot, values, next) = to.unwrap_or((0, Values::One, null()));
        let arguments = &call.arguments;
        let mut base = self.call_base(value_many::<false>, next, depth + 1, slot, arguments.len());
        base.values = values;
        let plan = self.plan(call);
        let words = match plan {
            Plan::Entry(..) | Plan::Here(..) | Plan::Later(_) => {
                let (run, words) = self.known_function(arguments, tail);
                base.run = run;
                words
            }
            _ => arguments.iter().map(|x| self.any(x)).collect(),
        };
        match plan {
            Plan::Entry(closure, entry) => (base.closure, base.entry) = (closure, entry),
            Plan::Here(closure, procedure, clause) => {
                base.closure = closure;
                self.entries.push((node, procedure, clause));
            }
            Plan::HereComputed(word, procedure, clause) => {
                base.closure = Value(word);
                base.run = by_tail!(tail, T => known_closure::<T>);
                self.entries.push((node, procedure, clause));
            }
            Plan::Later(object) => {
                base.closure = object;
                base.entry = base.run as *const Node;
                base.run = by_tail!(tail, T => resolve::<T>);
            }
            Plan::Primitive(primitive) => {
                base.closure = self.machine.primitive_procedure(primitive);
                base.entry = primitive as *const Primitive as *const Node;
                base.run = by_tail!(tail, T => control::<T>);
            }
            Plan::Value(word) => {
                base.closure = Value(word);
                base.run = match call.spread {
                    Spread::No => value_function(arguments.len(), tail),
                    Spread::List => by_tail!(tail, T => spread_list::<T>),
                    Spread::Values => by_tail!(tail, T => spread_values::<T>),
                };
            }
        }
        // SAFETY: as the caller says.
        unsafe {
            node.write(base);
            (node as *mut u64).add(CallNode::WORDS).copy_from_nonoverlapping(words.as_ptr(), words.len());
        }
    }

    fn plan(&mut self, call: &Call) -> Plan {
        let count = call.arguments.len() as u32;
        let plain = call.spread == Spread::No;
        match &call.callee {
            Callee::Known { procedure, clause, closure } => match self.constant(closure) {
                Some(closure) => Plan::Here(closure, *procedure, *clause),
                None => Plan::HereComputed(self.any(closure), *procedure, *clause),
            },
            Callee::Primitive(id) => match self.machine.primitives.get(*id) {
                Some(primitive) => Plan::Primitive(primitive),
                None => Plan::Value(self.any(&Simple::Constant(Value::FALSE))),
            },
            Callee::Global(id) if plain => match self.plan_global(*id, count) {
                Some(plan) => plan,
                None => Plan::Value(self.any(&Simple::Global(*id, Place::NONE))),
            },
            Callee::Global(id) => Plan::Value(self.any(&Simple::Global(*id, Place::NONE))),
            Callee::Value(x) => Plan::Value(self.any(x)),
        }
    }

    /// A global that is never assigned is called without checks, if it takes exactly that many arguments.
    fn plan_global(&mut self, id: GlobalId, count: u32) -> Option<Plan> {
        let global = *self.globals.get(&id)?;
        if !Machine::is_constant(global) {
            return None;
        }
        let v = global.get();
        if v == Value::UNBOUND {
            let ProcedureId(here) = *self.definitions.get(&id)?;
            let exact = exact(self.unit.procedures[here as usize].clauses.iter(), count);
            return exact.then_some(Plan::Later(global.value()));
        }
        if !v.is_procedure() {
            return None;
        }
        // SAFETY: a live closure.
        let code = unsafe { &*Code::of(v) };
        if let CodeKind::Lazy(_, clauses) = &code.kind {
            let first = clauses.iter().find(|c| c.0 == count || c.1 && c.0 < count)?;
            return (!first.1).then_some(Plan::Later(global.value()));
        }
        let entry = code.exact_entry(count)?;
        // A continuation can define the global once more; the node refers to this value all the same.
        self.constants.push(v);
        Some(Plan::Entry(v, entry))
    }

    /// The function for a known callee, and the operand words that it wants.
    fn known_function(&mut self, arguments: &[Simple], tail: bool) -> (Run, Vec<u64>) {
        use OperandKind::*;
        match arguments {
            [] => (by_tail!(tail, T => known0::<T>), Vec::new()),
            [a] => {
                let (ka, a) = self.operand(a, &[Local, Constant, Free, LocalPlus, CarLocal, CdrLocal]);
                let run: Run = by_tail!(tail, T => {
                    by_kind!(ka, A in [Local Constant Free Nested LocalPlus CarLocal CdrLocal] =>
                        if A::NESTED { known1_slow::<A, T> } else { known1::<A, T> })
                });
                (run, vec![a])
            }
            [a, b] => {
                let kinds = &[Local, Constant, LocalPlus, CarLocal, CdrLocal];
                let ((ka, a), (kb, b)) = (self.operand(a, kinds), self.operand(b, kinds));
                let run: Run = by_tail!(tail, T => {
                    by_kind!(ka, A in [Local Constant Nested LocalPlus CarLocal CdrLocal] =>
                        by_kind!(kb, B in [Local Constant Nested LocalPlus CarLocal CdrLocal] =>
                            if A::NESTED || B::NESTED { known2_slow::<A, B, T> } else { known2::<A, B, T> }))
                });
                (run, vec![a, b])
            }
            [a, b, c] => {
                let kinds = &[Local, Constant, LocalPlus];
                let ((ka, a), (kb, b)) = (self.operand(a, kinds), self.operand(b, kinds));
                let (kc, c) = self.operand(c, kinds);
                let run: Run = by_tail!(tail, T => {
                    by_kind!(ka, A in [Local Constant Nested LocalPlus] =>
                        by_kind!(kb, B in [Local Constant Nested LocalPlus] =>
                            by_kind!(kc, C in [Local Constant Nested LocalPlus] =>
                                if A::NESTED || B::NESTED || C::NESTED {
                                    known3_slow::<A, B, C, T>
                                } else {
                                    known3::<A, B, C, T>
                                })))
                });
                (run, vec![a, b, c])
            }
            _ => {
                let words = arguments.iter().map(|x| self.any(x)).collect();
                let run: Run = if arguments.len() == 4 {
                    by_tail!(tail, T => known4_slow::<Any, Any, Any, Any, T>)
                } else {
                    by_tail!(tail, T => known_many::<T>)
                };
                (run, words)
            }
        }
    }

    /// The entry of a procedure with a large frame: asks the stack for room first.
    pub fn reserve(&mut self, clause: &Clause, entry: *const Node) -> *const Node {
        let live = clause.required + u32::from(clause.rest) + 1;
        self.place(Reserve { run: reserve, entry, live: live as usize, frame: clause.frame as usize }) as *const Node
    }
}

/// Whether the first clause that accepts `count` arguments takes no more.
fn exact<'a>(mut clauses: impl Iterator<Item = &'a Clause>, count: u32) -> bool {
    clauses.find(|c| c.accepts(count as usize)).is_some_and(|c| !c.rest)
}

/// The function for a callee that may be any value.
fn value_function(count: usize, tail: bool) -> Run {
    by_tail!(tail, T => match count {
        0 => value::<0, T>,
        1 => value::<1, T>,
        2 => value::<2, T>,
        3 => value::<3, T>,
        4 => value::<4, T>,
        _ => value_many::<T>,
    })
}

/// See [`Linker::reserve`].
#[repr(C)]
struct Reserve {
    run: Run,
    entry: *const Node,
    live: usize,
    frame: usize,
}

/// # Safety
/// A node function's contract.
unsafe fn reserve(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    // SAFETY: the frame is complete: its arguments are its `live` slots.
    unsafe {
        let node = n as *const Reserve;
        (*m).reserve((*node).entry, fp, (*node).live, (*node).frame)
    }
}

/// The first execution of a call whose callee was not defined, or not compiled, when the call was linked. The node
/// becomes the call that it was meant to be.
///
/// # Safety
/// A node function's contract.
#[cold]
unsafe fn resolve<const TAIL: bool>(n: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    // SAFETY: `link_call` made the node for this function.
    unsafe { (*m).resolve(n as *mut CallNode, fp) }
}

impl Machine {
    /// # Safety
    /// As for `reserve`.
    #[inline(never)]
    unsafe fn reserve(&mut self, entry: *const Node, fp: *mut Value, live: usize, frame: usize) -> Transfer {
        // SAFETY: as the caller says.
        unsafe {
            match self.make_room(fp, live, frame) {
                Ok(fp) => continue_at(entry, fp),
                Err(why) => self.raise_no_room(why, entry, fp, live),
            }
        }
    }

    /// # Safety
    /// As for the node function.
    #[cold]
    #[inline(never)]
    unsafe fn resolve(&mut self, node: *mut CallNode, fp: *mut Value) -> Transfer {
        // SAFETY: the node lies in memory of a block that nobody reads meanwhile; the frame has `offset - 1` slots.
        unsafe {
            let object = (*node).closure;
            let v = object.slot(0);
            if v == Value::UNBOUND {
                unbound(object, self);
                return self.failed(node as *const Node, fp);
            }
            if v.is_procedure() && matches!((*Code::of(v)).kind, CodeKind::Lazy(..)) {
                (self.pc, self.fp, self.live) = (node as *const Node, fp, (*node).offset as usize - 1);
                if let Err(stop) = self.force(v) {
                    return self.raise_stop(stop, fp, (*node).offset as usize - 1, Span::NONE);
                }
                if (*node).closure != object {
                    // What ran to make the code has come through this call.
                    return continue_at(node as *const Node, fp);
                }
            }
            let entry = if v.is_procedure() { (*Code::of(v)).exact_entry((*node).count) } else { None };
            let Some(entry) = entry else {
                self.failure = self.assertion("apply", "a global that was promised to be constant has changed", &[v]);
                return self.failed(node as *const Node, fp);
            };
            if let Some(block) = (*(*node).code).layout.owner.external_mut::<CodeBlock>() {
                block.constants.push(v);
            }
            (*node).run = std::mem::transmute::<*const Node, Run>((*node).entry);
            (*node).closure = v;
            (*node).entry = entry;
            continue_at(node as *const Node, fp)
        }
    }
}
