//! What evaluating a simple expression may do besides answering: by this `lower` decides what may be evaluated in another
//! order than the one in which it is written, and `scan` what may wait.

use super::Primitives;
use super::graph::Simple;
use super::operation::Operation;
use crate::syntax::core::PrimitiveId;

/// An expression without any of these answers the same whenever it is evaluated.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Effects {
    /// Looks at what something else may change.
    pub reads: bool,
    /// Changes something.
    pub writes: bool,
    /// May raise a condition.
    pub fails: bool,
}

impl Effects {
    const NONE: Effects = Effects { reads: false, writes: false, fails: false };
    const ALL: Effects = Effects { reads: true, writes: true, fails: true };
    const LOOKS: Effects = Effects { reads: true, writes: false, fails: true };

    pub fn and(self, other: Effects) -> Effects {
        Effects {
            reads: self.reads || other.reads,
            writes: self.writes || other.writes,
            fails: self.fails || other.fails,
        }
    }

    /// Whether evaluating both in the other order can make a difference besides which of two failures is met.
    pub fn conflicts(self, other: Effects) -> bool {
        let one_way = |a: Effects, b: Effects| a.writes && (b.reads || b.writes || b.fails);
        one_way(self, other) || one_way(other, self)
    }
}

/// What a simple expression may do. Its depth is bounded.
pub(super) fn of(x: &Simple, primitives: &dyn Primitives) -> Effects {
    let mut all = match x {
        Simple::Constant(_)
        | Simple::Local(_)
        | Simple::Free(_)
        | Simple::Own
        | Simple::Static(_)
        | Simple::PrimitiveValue(_)
        | Simple::If(_)
        | Simple::Closure(..)
        | Simple::MakeCell(_) => Effects::NONE,
        Simple::CellRef(_) => Effects { reads: true, ..Effects::NONE },
        Simple::Global(..) | Simple::CheckedCellRef { .. } => Effects::LOOKS,
        Simple::SetCell(_) | Simple::Define(..) | Simple::PatchClosure { .. } => {
            Effects { writes: true, ..Effects::NONE }
        }
        Simple::SetGlobal(..) | Simple::CheckedSetCell { .. } => Effects::ALL,
        Simple::Operation(operation, ..) => of_operation(*operation),
        Simple::Primitive { id, .. } => of_primitive(*id, primitives),
    };
    x.operands(&mut |operand| all = all.and(of(operand, primitives)));
    all
}

/// What an operation does besides evaluating its operands.
pub(super) fn of_operation(operation: Operation) -> Effects {
    if operation.name().ends_with('!') {
        return Effects { writes: true, fails: true, reads: false };
    }
    Effects { reads: operation.reads(), writes: false, fails: operation.may_fail() }
}

fn of_primitive(id: PrimitiveId, primitives: &dyn Primitives) -> Effects {
    if primitives.only_answers(id) { Effects::LOOKS } else { Effects::ALL }
}
