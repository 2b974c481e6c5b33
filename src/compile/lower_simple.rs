//! Lowering of simple expressions: core forms that call no closure, to trees.

use super::effects;
use super::graph::{CheckId, Origin, Simple, Slot};
use super::lower::Lowering;
use super::operation::Operation;
use super::scan::VariableId;
use crate::heap::Value;
use crate::syntax::core::{CoreKind, Expr, Place, PrimitiveId};

/// Most operands of `(+ a b c …)` that become nested operations of two: they count as one level of depth.
const FOLDED: usize = 4;

impl<'a> Lowering<'a, '_> {
    /// The expression as a tree that may use the slots from `scratch` on. Only for what `scan` found simple.
    pub fn simple(&mut self, e: Expr<'a>, scratch: Slot) -> Simple {
        match e.kind {
            CoreKind::Constant(v) => Simple::Constant(v),
            CoreKind::Local(v) => match self.scan.id(v) {
                Some(id) => self.reference(id, e.place()),
                None => Simple::Constant(Value::UNASSIGNED),
            },
            CoreKind::Global(id) => Simple::Global(id, e.place()),
            CoreKind::Primitive(id) => Simple::PrimitiveValue(id),
            CoreKind::Lambda(lambda) => match self.scan.lambda_ids.get(&(lambda as *const _)) {
                Some(&id) => self.closure(id),
                None => Simple::Constant(Value::UNASSIGNED),
            },
            CoreKind::SetLocal(_, x) | CoreKind::SetGlobal(_, x) | CoreKind::Define(_, x) => {
                let x = self.simple(x, scratch);
                self.store(e, x)
            }
            CoreKind::If(c, a, b) => {
                Simple::If(Box::new([self.simple(c, scratch), self.simple(a, scratch), self.simple(b, scratch)]))
            }
            CoreKind::Call(f, args) => {
                let CoreKind::Primitive(id) = f.kind else { return Simple::Constant(Value::UNASSIGNED) };
                let inner = scratch + scratch_of(args.len());
                let operands = args.iter().map(|x| self.simple(x, inner)).collect();
                self.primitive(id, operands, scratch, e.place())
            }
            _ => Simple::Constant(Value::UNASSIGNED),
        }
    }

    /// The value of a variable.
    fn reference(&mut self, id: VariableId, place: Place) -> Simple {
        let binding = self.binding(id);
        let info = &self.scan.variables[id as usize];
        match (info.boxed, info.checked) {
            (false, _) => binding,
            (true, false) => Simple::CellRef(Box::new(binding)),
            (true, true) => Simple::CheckedCellRef { cell: Box::new(binding), name: info.variable.name, place },
        }
    }

    /// The assignment or definition `e` of the value `x`.
    pub fn store(&mut self, e: Expr<'a>, x: Simple) -> Simple {
        match e.kind {
            CoreKind::SetGlobal(id, _) => Simple::SetGlobal(id, Box::new(x), e.place()),
            CoreKind::Define(id, _) => {
                self.defined(id, &x);
                Simple::Define(id, Box::new(x))
            }
            CoreKind::SetLocal(v, _) => {
                let Some(id) = self.scan.id(v) else { return x };
                let operands = Box::new([self.binding(id), x]);
                let info = &self.scan.variables[id as usize];
                if info.checked {
                    Simple::CheckedSetCell { operands, name: info.variable.name, place: e.place() }
                } else {
                    Simple::SetCell(operands)
                }
            }
            _ => x,
        }
    }

    /// A call of a primitive that is not `control`, with operands that may use slots behind its own scratch.
    pub fn primitive(&mut self, id: PrimitiveId, mut operands: Vec<Simple>, scratch: Slot, place: Place) -> Simple {
        self.touch(scratch + scratch_of(operands.len()));
        let Some(operation) = self.primitives.operation(id) else {
            return Simple::Primitive { id, operands: operands.into(), scratch, place };
        };
        if operands.len() == operation.arity() {
            let origin = Origin { place, first: CheckId::NONE };
            return Simple::Operation(operation, id, operands.into(), origin);
        }
        use Operation::*;
        let associates = matches!(
            operation,
            Add | Subtract | Multiply | FlAdd | FlSubtract | FlMultiply | FxAnd | FxInclusiveOr | FxExclusiveOr
        );
        // The first sum is made before the third operand is evaluated, which must change nothing.
        let effects: Vec<_> = operands.iter().map(|x| effects::of(x, self.primitives)).collect();
        let early = effects.iter().skip(2).all(|e| !e.writes);
        if !associates || !(3..=FOLDED).contains(&operands.len()) || !early {
            return Simple::Primitive { id, operands: operands.into(), scratch, place };
        }
        let rest = operands.split_off(1);
        let mut sum = operands.pop().unwrap_or(Simple::Constant(Value::UNASSIGNED));
        for (i, x) in rest.iter().enumerate() {
            let later = rest[i + 1..].iter().zip(&effects[i + 2..]);
            let first = later.filter(|(_, e)| e.fails).map(|(x, _)| x.clone()).collect();
            let origin = Origin { place, first: self.check(first) };
            sum = Simple::Operation(operation, id, [sum, x.clone()].into(), origin);
        }
        sum
    }
}

/// How many slots a primitive with that many operands lays them out in.
pub(super) fn scratch_of(operands: usize) -> Slot {
    if operands > Simple::INLINE_OPERANDS { operands as Slot } else { 0 }
}
