//! Lowering of `letrec*`: labels need nothing, static procedures neither; other lambdas become closures that know each
//! other, made before anything runs; what is left gets cells, filled in order.

use super::graph::{Simple, Slot, StatementId, StatementKind, Values};
use super::lower::{Lowering, Next};
use super::scan::{LambdaId, VariableId};
use crate::heap::Value;
use crate::syntax::core::{Expr, Place, Var};

impl<'a> Lowering<'a, '_> {
    pub fn lower_letrec(
        &mut self,
        vars: &'a [Var<'a>],
        inits: &'a [Expr<'a>],
        body: Expr<'a>,
        d: Slot,
        k: Next,
    ) -> StatementId {
        let mut cells: Vec<(VariableId, Expr<'a>, Slot)> = Vec::new();
        let mut closures: Vec<(VariableId, LambdaId, Slot)> = Vec::new();
        let mut depth = d;
        let ids: Vec<VariableId> = vars.iter().filter_map(|v| self.scan.id(v)).collect();
        for (&id, &init) in ids.iter().zip(inits) {
            if self.scan.variables[id as usize].lambda.is_none() {
                cells.push((id, init, depth));
                self.places[id as usize] = Some(depth);
                depth += 1;
            }
        }
        for &id in &ids {
            let info = &self.scan.variables[id as usize];
            let Some(lambda) = info.lambda else { continue };
            let label = self.scan.lambdas[lambda as usize].label;
            if !label && !self.closures.is_static(lambda) && info.references > 0 {
                closures.push((id, lambda, depth));
                self.places[id as usize] = Some(depth);
                depth += 1;
            }
        }
        vars.iter().for_each(|v| self.bind_label(v, depth));

        let mut next = self.lower(body, depth, k);
        for &(_, init, slot) in cells.iter().rev() {
            let fill = Simple::SetCell(Box::new([Simple::Local(slot), Simple::Local(depth)]));
            next = self.emit(depth + 1, init.place(), StatementKind::Let { slot: depth, value: fill, next });
            next = self.lower(init, depth, Next::Bind { slot: depth, values: Values::One, next });
        }
        next = self.lower_closures(&closures, depth, next);
        for &(_, init, slot) in cells.iter().rev() {
            let value = Simple::MakeCell(Box::new(Simple::Constant(Value::UNASSIGNED)));
            next = self.emit(slot, init.place(), StatementKind::Let { slot, value, next });
        }
        next
    }

    /// Makes closures that may capture each other: those not made yet are patched in afterwards.
    fn lower_closures(
        &mut self,
        closures: &[(VariableId, LambdaId, Slot)],
        depth: Slot,
        mut next: StatementId,
    ) -> StatementId {
        let mut made = Vec::new();
        for &(_, lambda, slot) in closures {
            let mut closure = self.closure(lambda);
            if let Simple::Closure(_, captured) = &mut closure {
                for (index, x) in captured.iter_mut().enumerate() {
                    let Simple::Local(other) = *x else { continue };
                    let later = closures.iter().any(|&(_, _, s)| s == other && s >= slot);
                    if later {
                        *x = Simple::Constant(Value::UNASSIGNED);
                        let value = Box::new(Simple::Local(other));
                        let patch = Simple::PatchClosure { closure: slot, index: index as u32, value };
                        let kind = StatementKind::Let { slot: depth, value: patch, next };
                        next = self.emit(depth, Place::NONE, kind);
                    }
                }
            }
            made.push((slot, closure));
        }
        for (slot, value) in made.into_iter().rev() {
            next = self.emit(slot, Place::NONE, StatementKind::Let { slot, value, next });
        }
        next
    }
}
