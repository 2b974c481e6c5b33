//! Lowering of calls: of primitives, labels, known procedures, globals, values; `apply` and `call-with-values`.

use super::effects;
use super::graph::*;
use super::lower::{Label, Lowering, Next};
use super::lower_simple::scratch_of;
use super::moves::{self, Move};
use super::scan::{LambdaId, Special, call_with_values, consumer_clause, let_clause, producer_body};
use crate::syntax::core::{Clause, CoreKind, Expr, Lambda, Place, PrimitiveId};

/// Operands of a call, sorted: those that are not simple are computed first, into slots from `d` on, and with them those
/// before them for which that makes a difference.
struct Operands<'a> {
    all: Vec<Expr<'a>>,
    /// The slots of those computed first.
    slots: Vec<Option<Slot>>,
    /// The depth behind these slots.
    depth: Slot,
}

impl<'a> Lowering<'a, '_> {
    pub fn lower_call(&mut self, e: Expr<'a>, f: Expr<'a>, args: &'a [Expr<'a>], d: Slot, k: Next) -> StatementId {
        match f.kind {
            CoreKind::Lambda(lambda) => {
                if let Some(clause) = let_clause(lambda, args.len()) {
                    return self.lower_direct(clause, args, d, k);
                }
            }
            CoreKind::Local(v) => {
                let lambda = self.scan.id(v).and_then(|id| self.scan.variables[id as usize].lambda);
                if let Some(lambda) = lambda {
                    if self.scan.lambdas[lambda as usize].label {
                        return self.lower_jump(lambda, args, d, k);
                    }
                    if let Some(clause) = self.clause_for(lambda, args.len()) {
                        let callee = |this: &mut Self, _| {
                            let closure = match this.scan.id(v) {
                                Some(id) => this.binding(id),
                                None => Simple::Own,
                            };
                            Callee::Known { procedure: this.procedure_id(lambda), clause, closure }
                        };
                        return self.lower_general(e.place(), None, args, Spread::No, callee, d, k);
                    }
                }
            }
            CoreKind::Global(id) => {
                return self.lower_general(e.place(), None, args, Spread::No, |_, _| Callee::Global(id), d, k);
            }
            CoreKind::Primitive(id) => return self.lower_primitive(e.place(), id, args, d, k),
            _ => {}
        }
        let callee = |_: &mut Self, f: Option<Simple>| Callee::Value(f.unwrap_or(Simple::Own));
        self.lower_general(e.place(), Some(f), args, Spread::No, callee, d, k)
    }

    /// The first clause of a procedure that accepts the number of arguments.
    fn clause_for(&self, lambda: LambdaId, count: usize) -> Option<u32> {
        let Lambda { clauses, .. } = self.scan.lambdas[lambda as usize].lambda?;
        let fits = |c: &Clause| c.parameters.len() == count || c.rest.is_some() && c.parameters.len() < count;
        // The first that fits runs, so a rest clause may hide an exact one.
        let first = clauses.iter().position(fits)?;
        clauses[first].rest.is_none().then_some(first as u32)
    }

    fn lower_primitive(
        &mut self,
        place: Place,
        id: PrimitiveId,
        args: &'a [Expr<'a>],
        d: Slot,
        k: Next,
    ) -> StatementId {
        if let Some([producer, consumer]) = call_with_values(self.primitives, id, args) {
            return self.lower_call_with_values(place, producer, consumer, d, k);
        }
        match (self.primitives.special(id), args) {
            (Some(Special::Values), [x]) => {
                let operands = self.operands(args.iter().copied(), d);
                let value = self.operand(&operands, 0, operands.depth);
                let next = self.finish(value, x.place(), operands.depth, k);
                return self.compute(&operands, next);
            }
            (Some(Special::Apply), [_, spread @ ..]) if !spread.is_empty() => {
                return self.lower_apply(place, args, d, k);
            }
            _ => {}
        }
        if !self.primitives.accepts(id, args.len()) {
            // Fails when it runs, as a procedure called with the wrong number of arguments does.
            let callee = |_: &mut Self, _| Callee::Value(Simple::PrimitiveValue(id));
            return self.lower_general(place, None, args, Spread::No, callee, d, k);
        }
        if self.primitives.is_control(id) {
            return self.lower_general(place, None, args, Spread::No, |_, _| Callee::Primitive(id), d, k);
        }
        let operands = self.operands(args.iter().copied(), d);
        let scratch = operands.depth + scratch_of(args.len());
        let simple = (0..args.len()).map(|i| self.operand(&operands, i, scratch)).collect();
        let x = self.primitive(id, simple, operands.depth, place);
        let next = self.finish(x, place, operands.depth, k);
        self.compute(&operands, next)
    }

    /// A call that becomes a statement. `callee` gets the operator's value, if there is an operator to evaluate.
    fn lower_general(
        &mut self,
        place: Place,
        operator: Option<Expr<'a>>,
        args: &'a [Expr<'a>],
        spread: Spread,
        callee: impl FnOnce(&mut Self, Option<Simple>) -> Callee,
        d: Slot,
        k: Next,
    ) -> StatementId {
        let operands = self.operands(args.iter().copied().chain(operator), d);
        let depth = operands.depth;
        let scratch = self.callee_frame(depth, args.len());
        let arguments = (0..args.len()).map(|i| self.operand(&operands, i, scratch)).collect();
        let operator = operator.map(|_| self.operand(&operands, args.len(), scratch));
        let callee = callee(self, operator);
        let next = self.emit_call(place, Call { callee, arguments, spread }, depth, k);
        self.compute(&operands, next)
    }

    /// `(apply f x … list)`: the procedure is the first operand, but a call looks at it last.
    fn lower_apply(&mut self, place: Place, args: &'a [Expr<'a>], d: Slot, k: Next) -> StatementId {
        let wait = args.iter().skip(1).all(|x| self.scan.is_steady(x));
        let operands = self.operands_with(args.iter().copied(), d, |i| i == 0 && !wait);
        let depth = operands.depth;
        let scratch = self.callee_frame(depth, args.len());
        let arguments = (1..args.len()).map(|i| self.operand(&operands, i, scratch)).collect();
        let callee = Callee::Value(self.operand(&operands, 0, scratch));
        let next = self.emit_call(place, Call { callee, arguments, spread: Spread::List }, depth, k);
        self.compute(&operands, next)
    }

    /// Notes that a call at that depth makes its callee's frame there; where nothing of it is.
    fn callee_frame(&mut self, depth: Slot, count: usize) -> Slot {
        let behind = depth + 2 + count as Slot;
        self.touch(behind);
        behind
    }

    fn emit_call(&mut self, place: Place, call: Call, depth: Slot, k: Next) -> StatementId {
        let kind = match k {
            Next::Return => StatementKind::TailCall(call),
            Next::Bind { slot, values, next } => StatementKind::Call { call, slot, values, next },
            Next::Test { floor, .. } => {
                let next = self.finish(Simple::Local(floor), place, floor + 1, k);
                StatementKind::Call { call, slot: floor, values: Values::One, next }
            }
        };
        self.emit(depth, place, kind)
    }

    fn operands(&mut self, all: impl Iterator<Item = Expr<'a>>, d: Slot) -> Operands<'a> {
        self.operands_with(all, d, |_| false)
    }

    /// The same where some of those that are not steady must not wait.
    fn operands_with(
        &mut self,
        all: impl Iterator<Item = Expr<'a>>,
        d: Slot,
        now: impl Fn(usize) -> bool,
    ) -> Operands<'a> {
        let all: Vec<Expr<'a>> = all.collect();
        let last = all.iter().rposition(|x| !self.scan.is_simple(x)).unwrap_or(0);
        let mut depth = d;
        let slots = all
            .iter()
            .enumerate()
            .map(|(i, x)| {
                let early = !self.scan.is_simple(x) || (i < last || now(i)) && !self.scan.is_steady(x);
                early.then(|| {
                    depth += 1;
                    depth - 1
                })
            })
            .collect();
        Operands { all, slots, depth }
    }

    fn operand(&mut self, operands: &Operands<'a>, i: usize, scratch: Slot) -> Simple {
        match operands.slots[i] {
            Some(slot) => Simple::Local(slot),
            None => self.simple(operands.all[i], scratch),
        }
    }

    /// Computes those operands that go to slots, then goes on.
    fn compute(&mut self, operands: &Operands<'a>, next: StatementId) -> StatementId {
        let pairs = operands.all.iter().zip(&operands.slots).rev();
        pairs.fold(next, |next, (x, slot)| match *slot {
            Some(slot) => self.lower(x, slot, Next::Bind { slot, values: Values::One, next }),
            None => next,
        })
    }

    /// `((lambda (v …) body) arg …)`
    fn lower_direct(&mut self, clause: &Clause<'a>, args: &'a [Expr<'a>], d: Slot, k: Next) -> StatementId {
        self.lower_let(clause.parameters, args, clause.body, d, k)
    }

    /// The call of a label: assigns its parameters and jumps.
    fn lower_jump(&mut self, lambda: LambdaId, args: &'a [Expr<'a>], d: Slot, k: Next) -> StatementId {
        let (head, base, open) = self.label(lambda, k);
        let operands = self.operands(args.iter().copied(), d);
        let depth = operands.depth;
        // Behind the slots that a cycle of assignments may take.
        let scratch = depth + args.len() as Slot;
        let mut pending: Vec<(Slot, Simple)> = Vec::new();
        for (i, slot) in (0..args.len()).zip(base..) {
            let x = self.operand(&operands, i, scratch);
            if !matches!(x, Simple::Local(s) if s == slot) {
                pending.push((slot, x));
            }
        }
        let arrived = base + args.len() as Slot;
        self.touch(arrived);
        let mut next = if open { self.emit(arrived, Place::NONE, StatementKind::Jump(head)) } else { head };
        let effects = pending.iter().map(|(_, x)| effects::of(x, self.primitives)).collect();
        let (moves, depth) = moves::sequence(pending, effects, depth, arrived);
        for Move { slot, value, depth, first } in moves.into_iter().rev() {
            let first = self.check(first);
            next = self.emit_after(first, depth, Place::NONE, StatementKind::Let { slot, value, next });
        }
        self.touch(depth);
        self.compute(&operands, next)
    }

    /// Where a label begins, where its parameters are, whether it is being lowered. Lowers it at the first call.
    fn label(&mut self, lambda: LambdaId, k: Next) -> (StatementId, Slot, bool) {
        if let Some(label) = self.labels.get(&lambda) {
            debug_assert!(label.next == k || !self.primitives.take(0), "a label's calls have one continuation");
            return (label.head, label.base, label.open);
        }
        let floor = self.label_floors.get(&lambda).copied().unwrap_or(0);
        let base = floor.max(k.floor());
        let clause = self.scan.lambdas[lambda as usize].lambda.and_then(|l| l.clauses.first());
        let Some(clause) = clause else { unreachable!("a label is a lambda with one clause") };
        let depth = self.parameters(base, clause.parameters.iter());
        let head = self.emit(depth, Place::NONE, StatementKind::Goto(StatementId(0)));
        self.labels.insert(lambda, Label { head, base, open: true, next: k });
        let body = self.lower(clause.body, depth, k);
        let entry = self.box_parameters(depth, clause.parameters.iter(), body);
        self.statements[head.0 as usize].kind = StatementKind::Goto(entry);
        if let Some(label) = self.labels.get_mut(&lambda) {
            label.open = false;
        }
        (head, base, false)
    }

    fn lower_call_with_values(
        &mut self,
        place: Place,
        producer: Expr<'a>,
        consumer: Expr<'a>,
        d: Slot,
        k: Next,
    ) -> StatementId {
        if let Some(clause) = consumer_clause(consumer) {
            let first = d;
            let depth = self.parameters(first, clause.parameters.iter().chain(&clause.rest));
            self.touch(depth);
            let body = self.lower(clause.body, depth, k);
            let body = self.box_parameters(depth, clause.parameters.iter().chain(&clause.rest), body);
            let (required, rest) = (clause.parameters.len() as u32, clause.rest.is_some());
            let (values, next) = if required == 1 && !rest {
                (Values::One, body)
            } else {
                let unpack = StatementKind::Unpack { packet: d, first, required, rest, next: body };
                (Values::Any, self.emit(d + 1, place, unpack))
            };
            return self.lower_producer(place, producer, d, Next::Bind { slot: d, values, next });
        }
        // Both operands are evaluated before anything is called.
        let body = producer_body(producer);
        let both = [producer, consumer].into_iter().skip(usize::from(body.is_some()));
        let operands = self.operands_with(both, d, |_| true);
        let slot = operands.depth;
        self.touch(slot + 4);
        let at = usize::from(body.is_none());
        let callee = Callee::Value(self.operand(&operands, at, slot + 4));
        let call = Call { callee, arguments: vec![Simple::Local(slot)], spread: Spread::Values };
        let next = self.emit_call(place, call, slot + 1, k);
        let bind = Next::Bind { slot, values: Values::Any, next };
        let next = match body {
            Some(body) => self.lower(body, slot, bind),
            None => {
                self.callee_frame(slot, 0);
                let callee = Callee::Value(self.operand(&operands, 0, slot + 2));
                self.emit_call(place, Call { callee, arguments: Vec::new(), spread: Spread::No }, slot, bind)
            }
        };
        self.compute(&operands, next)
    }

    fn lower_producer(&mut self, place: Place, producer: Expr<'a>, d: Slot, k: Next) -> StatementId {
        match producer_body(producer) {
            Some(body) => self.lower(body, d, k),
            None => {
                let callee = |_: &mut Self, f: Option<Simple>| Callee::Value(f.unwrap_or(Simple::Own));
                self.lower_general(place, Some(producer), &[], Spread::No, callee, d, k)
            }
        }
    }
}
