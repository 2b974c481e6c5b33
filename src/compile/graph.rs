//! The statement graph: what `eval` links to nodes, and a second tier may turn into machine code. Plain data.
//!
//! A procedure's code is a graph of statements. Each names the statement that follows it, so continuations are shared
//! and loops are cycles. What may call a closure is a statement of its own; everything else is a [`Simple`] expression,
//! a tree of bounded depth.
//!
//! A frame is: slot 0 the running closure, slots 1.. the parameters (a rest list last), then locals in stack order.
//!
//! Invariants, upheld by `lower` and checked by [`Unit::check`] in debug builds:
//! - when a statement runs, the slots below its `depth` are initialised, and it reads no other;
//! - a callee's frame begins at slot `depth + 1` of its caller's (`depth` itself holds the node to return to), so every
//!   slot below a callee's frame is initialised;
//! - every cycle passes a [`StatementKind::Jump`];
//! - where operands are evaluated in another order than the one in which they are written, nothing but the order of
//!   failures can tell, and the *checks* of what comes too early say what would have been evaluated before it: when it
//!   fails, they are evaluated first, and the first that fails is the failure.

use super::operation::Operation;
use crate::diagnostics::Span;
use crate::heap::Value;
use crate::syntax::core::{GlobalId, Place, PrimitiveId, Site, SiteId};

/// A place in a frame.
pub type Slot = u32;

/// A statement of the procedure at hand.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct StatementId(pub u32);

/// A procedure of the unit at hand.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct ProcedureId(pub u32);

/// What one expression compiles to. The first procedure computes it.
pub struct Unit {
    pub procedures: Vec<Procedure>,
    /// Globals that this unit defines as procedures without free variables.
    pub definitions: Vec<(GlobalId, ProcedureId)>,
    /// The calls whose callees' bodies are in their place.
    pub sites: Vec<Site>,
}

/// The code of a lambda.
pub struct Procedure {
    /// A symbol, or `#f`.
    pub name: Value,
    pub span: Span,
    /// The copy of a text that it was made in: places in it with that site are places of its own text.
    pub site: SiteId,
    /// How many values its closures carry.
    pub free: u32,
    /// One, or several for `case-lambda`; the first that accepts the number of arguments runs.
    pub clauses: Vec<Clause>,
    pub statements: Vec<Statement>,
    pub checks: Vec<Vec<Simple>>,
}

/// What is to be evaluated first when something fails: index plus one into its procedure's checks.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct CheckId(pub u32);

impl CheckId {
    /// Nothing.
    pub const NONE: CheckId = CheckId(0);
}

/// Where an operation comes from.
#[derive(Copy, Clone)]
pub struct Origin {
    pub place: Place,
    pub first: CheckId,
}

/// One clause of a procedure.
pub struct Clause {
    pub required: u32,
    pub rest: bool,
    pub entry: StatementId,
    /// Slots that a run may touch, callees' arguments included.
    pub frame: u32,
}

impl Clause {
    pub fn accepts(&self, count: usize) -> bool {
        count == self.required as usize || self.rest && count > self.required as usize
    }
}

/// A step of a procedure.
pub struct Statement {
    /// How many slots are initialised before it.
    pub depth: Slot,
    pub place: Place,
    pub first: CheckId,
    pub kind: StatementKind,
}

pub enum StatementKind {
    Return(Simple),
    /// Computes, stores, goes on.
    Let {
        slot: Slot,
        value: Simple,
        next: StatementId,
    },
    If {
        test: Simple,
        then: StatementId,
        otherwise: StatementId,
    },
    /// Nothing: the same as that statement.
    Goto(StatementId),
    /// The way back to the head of a loop: a safepoint.
    Jump(StatementId),
    /// Takes fuel for what follows, and does not look how much is left.
    Charge {
        units: u32,
        next: StatementId,
    },
    /// Takes the values in slot `packet` apart: `required` of them, and the others in a list if there is a rest, go to
    /// the slots from `first` on.
    Unpack {
        packet: Slot,
        first: Slot,
        required: u32,
        rest: bool,
        next: StatementId,
    },
    /// A call whose value goes to `slot`.
    Call {
        call: Call,
        slot: Slot,
        values: Values,
        next: StatementId,
    },
    TailCall(Call),
}

/// Whom to call with what.
pub struct Call {
    pub callee: Callee,
    pub arguments: Vec<Simple>,
    /// What the last argument stands for.
    pub spread: Spread,
}

pub enum Callee {
    /// A procedure of this unit, at the clause that fits; its closure.
    Known {
        procedure: ProcedureId,
        clause: u32,
        closure: Simple,
    },
    Global(GlobalId),
    /// One flagged `control`.
    Primitive(PrimitiveId),
    Value(Simple),
}

/// Whether the last argument of a call stands for several.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Spread {
    No,
    /// It is a list of arguments: `apply`.
    List,
    /// It is what an expression returned, whose values are the arguments: `call-with-values`.
    Values,
}

/// How many values a continuation accepts.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Values {
    One,
    /// Any number; they are dropped.
    Ignored,
    /// Any number; they arrive in one packet.
    Any,
}

/// An expression that calls no closure.
#[derive(Clone)]
pub enum Simple {
    Constant(Value),
    Local(Slot),
    /// A free variable of the running closure.
    Free(u32),
    /// The running closure.
    Own,
    /// The closure of a procedure without free variables.
    Static(ProcedureId),
    PrimitiveValue(PrimitiveId),
    Global(GlobalId, Place),
    SetGlobal(GlobalId, Box<Simple>, Place),
    Define(GlobalId, Box<Simple>),
    Operation(Operation, PrimitiveId, Box<[Simple]>, Origin),
    /// Any other primitive. With more operands than [`Simple::INLINE_OPERANDS`] they are laid out from `scratch` on.
    Primitive {
        id: PrimitiveId,
        operands: Box<[Simple]>,
        scratch: Slot,
        place: Place,
    },
    If(Box<[Simple; 3]>),
    Closure(ProcedureId, Box<[Simple]>),
    /// Sets free variable `index` of the closure in slot `closure`: ties knots of `letrec`.
    PatchClosure {
        closure: Slot,
        index: u32,
        value: Box<Simple>,
    },
    MakeCell(Box<Simple>),
    CellRef(Box<Simple>),
    /// The same for a variable of `letrec` that may not be initialised yet.
    CheckedCellRef {
        cell: Box<Simple>,
        name: Value,
        place: Place,
    },
    SetCell(Box<[Simple; 2]>),
    /// Assignment to a variable of `letrec` that may not be initialised yet.
    CheckedSetCell {
        operands: Box<[Simple; 2]>,
        name: Value,
        place: Place,
    },
}

impl Simple {
    /// Most operands that a primitive's node passes in native memory.
    pub const INLINE_OPERANDS: usize = 4;

    /// Where it is in the source, if it can fail by itself.
    pub fn place(&self) -> Place {
        match self {
            Simple::Operation(.., origin) => origin.place,
            Simple::Primitive { place, .. } => *place,
            Simple::Global(_, place) | Simple::SetGlobal(_, _, place) => *place,
            Simple::CheckedCellRef { place, .. } | Simple::CheckedSetCell { place, .. } => *place,
            _ => Place::NONE,
        }
    }

    /// Calls `f` on each direct operand.
    pub fn operands(&self, f: &mut dyn FnMut(&Simple)) {
        match self {
            Simple::Constant(_)
            | Simple::Local(_)
            | Simple::Free(_)
            | Simple::Own
            | Simple::Static(_)
            | Simple::PrimitiveValue(_)
            | Simple::Global(..) => {}
            Simple::SetGlobal(_, a, _) | Simple::Define(_, a) | Simple::MakeCell(a) | Simple::CellRef(a) => f(a),
            Simple::CheckedCellRef { cell, .. } => f(cell),
            Simple::PatchClosure { value, .. } => f(value),
            Simple::Operation(_, _, all, _) | Simple::Primitive { operands: all, .. } | Simple::Closure(_, all) => {
                all.iter().for_each(f)
            }
            Simple::If(all) => all.iter().for_each(f),
            Simple::SetCell(all) | Simple::CheckedSetCell { operands: all, .. } => all.iter().for_each(f),
        }
    }

    fn visit(&self, f: &mut dyn FnMut(Reference)) {
        match self {
            Simple::Constant(v) => f(Reference::Constant(*v)),
            Simple::Global(id, _) | Simple::SetGlobal(id, ..) | Simple::Define(id, _) => f(Reference::Global(*id)),
            Simple::CheckedCellRef { name, .. } | Simple::CheckedSetCell { name, .. } => f(Reference::Constant(*name)),
            _ => {}
        }
        self.operands(&mut |x| x.visit(f));
    }

    /// Calls `f` on each slot that evaluation looks at.
    pub fn each_slot(&self, f: &mut dyn FnMut(Slot)) {
        if let Simple::Local(slot) | Simple::PatchClosure { closure: slot, .. } = self {
            f(*slot);
        }
        self.operands(&mut |x| x.each_slot(f));
    }

    /// Whether evaluation can do nothing but answer.
    pub fn is_trivial(&self) -> bool {
        matches!(
            self,
            Simple::Constant(_)
                | Simple::Local(_)
                | Simple::Free(_)
                | Simple::Own
                | Simple::Static(_)
                | Simple::PrimitiveValue(_)
        )
    }
}

/// What a unit refers to outside of itself.
pub enum Reference {
    Global(GlobalId),
    Constant(Value),
}

impl Unit {
    /// Visits all references to globals and all constants.
    pub fn visit(&self, f: &mut dyn FnMut(Reference)) {
        self.sites.iter().for_each(|site| f(Reference::Constant(site.procedure)));
        for procedure in &self.procedures {
            f(Reference::Constant(procedure.name));
            procedure.checks.iter().flatten().for_each(|x| x.visit(f));
            for statement in &procedure.statements {
                match &statement.kind {
                    StatementKind::Return(x)
                    | StatementKind::Let { value: x, .. }
                    | StatementKind::If { test: x, .. } => x.visit(f),
                    StatementKind::Goto(_)
                    | StatementKind::Jump(_)
                    | StatementKind::Charge { .. }
                    | StatementKind::Unpack { .. } => {}
                    StatementKind::Call { call, .. } | StatementKind::TailCall(call) => {
                        call.arguments.iter().for_each(|x| x.visit(f));
                        match &call.callee {
                            Callee::Known { closure: x, .. } | Callee::Value(x) => x.visit(f),
                            Callee::Global(id) => f(Reference::Global(*id)),
                            Callee::Primitive(_) => {}
                        }
                    }
                }
            }
        }
    }

    /// Panics where an invariant of this module is broken: for debug builds.
    pub fn check(&self) {
        for procedure in &self.procedures {
            for statement in &procedure.statements {
                let below = |x: &Simple| check_reads(x, statement.depth);
                let first = (statement.first.0 as usize).checked_sub(1).and_then(|i| procedure.checks.get(i));
                first.into_iter().flatten().for_each(below);
                match &statement.kind {
                    StatementKind::Return(x) | StatementKind::If { test: x, .. } => below(x),
                    StatementKind::Let { slot, value, .. } => {
                        below(value);
                        assert!(*slot >= 1);
                    }
                    StatementKind::Goto(target)
                    | StatementKind::Jump(target)
                    | StatementKind::Charge { next: target, .. } => {
                        assert!(procedure.statements[target.0 as usize].depth <= statement.depth)
                    }
                    StatementKind::Unpack { packet, .. } => assert!(*packet < statement.depth),
                    StatementKind::Call { call, slot, next, .. } => {
                        assert!(*slot <= statement.depth);
                        assert!(procedure.statements[next.0 as usize].depth <= statement.depth.max(slot + 1));
                        call.arguments.iter().for_each(below)
                    }
                    StatementKind::TailCall(call) => call.arguments.iter().for_each(below),
                }
            }
        }
    }
}

fn check_reads(x: &Simple, depth: Slot) {
    if let Simple::Local(slot) = x {
        assert!(*slot < depth, "slot {slot} read at depth {depth}");
    }
    x.operands(&mut |x| check_reads(x, depth));
}
