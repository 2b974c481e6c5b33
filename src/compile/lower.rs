//! Lowering: core forms become statements, procedure by procedure, each from its end to its beginning: when a form is
//! lowered, the statements that follow it exist already.
//!
//! In: core forms with the tables of `scan`, `contify` and `closures`. Out: [`Unit`].
//! Keeps: tail positions, places, the order of evaluation: operands from left to right, the operator last. What is simple
//! is evaluated where it is needed, unless something before that could make a difference to it, or the other way round.

use super::charges;
use super::closures::Closures;
use super::graph::*;
use super::operation::Operation;
use super::scan::{LambdaId, Scan, TOP, VariableId};
use super::{Map, Primitives};
use crate::account::{Account, Accountable, HeapFull, deepen};
use crate::heap::Value;
use crate::syntax::core::{self, Core, CoreKind, Expr, GlobalId, Place, Site, Var};

/// What happens to a form's value.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(super) enum Next {
    Return,
    /// It goes to a slot; what is in lower slots is needed afterwards.
    Bind {
        slot: Slot,
        values: Values,
        next: StatementId,
    },
    /// It decides; what is in slots below `floor` is needed afterwards.
    Test {
        floor: Slot,
        then: StatementId,
        otherwise: StatementId,
    },
}

impl Next {
    /// The first slot that the form may use as it likes.
    pub fn floor(self) -> Slot {
        match self {
            Next::Return => 0,
            Next::Bind { slot, .. } => slot,
            Next::Test { floor, .. } => floor,
        }
    }
}

/// A lambda that became part of a procedure.
pub(super) struct Label {
    pub head: StatementId,
    /// Where its parameters are.
    pub base: Slot,
    /// Its body is being lowered: a call from there is the way back of a loop.
    pub open: bool,
    pub next: Next,
}

pub(super) struct Lowering<'a, 'p> {
    pub scan: Scan<'a>,
    pub closures: Closures,
    pub primitives: &'p dyn Primitives,
    /// Slots of variables, each in its own procedure.
    pub places: Vec<Option<Slot>>,
    /// The depth of the frame where a label was bound.
    pub label_floors: Map<LambdaId, Slot>,
    pub labels: Map<LambdaId, Label>,
    procedures: Vec<Option<Procedure>>,
    procedure_ids: Map<LambdaId, ProcedureId>,
    queue: Vec<LambdaId>,
    definitions: Vec<(GlobalId, ProcedureId)>,
    // The procedure at hand.
    pub lambda: LambdaId,
    pub statements: Vec<Statement>,
    checks: Vec<Vec<Simple>>,
    free: Map<VariableId, u32>,
    frame: u32,
    keep_frame: bool,
}

pub(super) fn lower<'a>(
    expr: Expr<'a>,
    sites: &[Site],
    scan: Scan<'a>,
    closures: Closures,
    primitives: &dyn Primitives,
    keep_frame: bool,
) -> Unit {
    let places = vec![None; scan.variables.len()];
    let mut lowering = Lowering {
        scan,
        closures,
        primitives,
        places,
        label_floors: Map::default(),
        labels: Map::default(),
        procedures: Vec::new(),
        procedure_ids: Map::default(),
        queue: Vec::new(),
        definitions: Vec::new(),
        lambda: TOP,
        statements: Vec::new(),
        checks: Vec::new(),
        free: Map::default(),
        frame: 0,
        keep_frame,
    };
    lowering.procedure_id(TOP);
    while let (true, Some(lambda)) = (primitives.take(0), lowering.queue.pop()) {
        lowering.procedure(lambda, expr);
    }
    lowering.scan.release();
    let procedures = lowering.procedures.into_iter().flatten().collect();
    Unit { procedures, definitions: lowering.definitions, sites: sites.to_vec() }
}

impl Accountable for Lowering<'_, '_> {
    fn account(&self) -> &Account {
        self.primitives.account()
    }
}

impl<'a> Lowering<'a, '_> {
    /// The procedure that a lambda becomes, lowered later.
    pub fn procedure_id(&mut self, lambda: LambdaId) -> ProcedureId {
        let next = ProcedureId(self.procedures.len() as u32);
        let id = *self.procedure_ids.entry(lambda).or_insert(next);
        if id == next {
            self.procedures.push(None);
            self.queue.push(lambda);
        }
        id
    }

    fn procedure(&mut self, lambda: LambdaId, top: Expr<'a>) {
        self.lambda = lambda;
        self.free = self.closures.free[lambda as usize].iter().zip(0..).map(|(&v, i)| (v, i)).collect();
        let (name, span, mut clauses): (_, _, Vec<Clause>) = match self.scan.lambdas[lambda as usize].lambda {
            None => (Value::FALSE, top.span, vec![self.top(top)]),
            Some(l) => {
                let lower = |c: &core::Clause<'a>| self.clause(c.parameters, c.rest, c.body);
                (l.name, l.span, l.clauses.iter().map(lower).collect())
            }
        };
        charges::insert(&mut self.statements, &mut clauses);
        let free = self.free.len() as u32;
        let statements = std::mem::take(&mut self.statements);
        let checks = std::mem::take(&mut self.checks);
        let site = self.scan.lambdas[lambda as usize].site;
        let id = self.procedure_id(lambda);
        self.procedures[id.0 as usize] = Some(Procedure { name, span, site, free, clauses, statements, checks });
    }

    /// The clause of the unit's own expression. Its last call is no tail call where the frame is to be kept.
    fn top(&mut self, body: Expr<'a>) -> Clause {
        if !self.keep_frame {
            return self.clause(&[], None, body);
        }
        self.frame = 1;
        let slot = 1;
        let next = self.emit(slot + 1, Place::NONE, StatementKind::Return(Simple::Local(slot)));
        let entry = self.lower(body, slot, Next::Bind { slot, values: Values::Any, next });
        Clause { required: 0, rest: false, entry, frame: self.frame }
    }

    fn clause(&mut self, parameters: &[Var<'a>], rest: Option<Var<'a>>, body: Expr<'a>) -> Clause {
        self.frame = 1;
        let first = 1;
        let depth = self.parameters(first, parameters.iter().chain(&rest));
        self.touch(depth);
        let next = self.lower(body, depth, Next::Return);
        let entry = self.box_parameters(depth, parameters.iter().chain(&rest), next);
        Clause { required: parameters.len() as u32, rest: rest.is_some(), entry, frame: self.frame }
    }

    /// Gives parameters the slots from `first` on; returns the depth behind them.
    pub fn parameters<'v>(&mut self, first: Slot, parameters: impl Iterator<Item = &'v Var<'a>>) -> Slot
    where
        'a: 'v,
    {
        let mut depth = first;
        for v in parameters {
            if let Some(id) = self.scan.id(v) {
                self.places[id as usize] = Some(depth);
            }
            depth += 1;
        }
        depth
    }

    /// Puts the assigned ones among parameters into cells, then goes on with `next`.
    pub fn box_parameters<'v>(
        &mut self,
        depth: Slot,
        parameters: impl Iterator<Item = &'v Var<'a>>,
        mut next: StatementId,
    ) -> StatementId
    where
        'a: 'v,
    {
        for v in parameters {
            let Some(id) = self.scan.id(v) else { continue };
            if let (true, Some(slot)) = (self.scan.variables[id as usize].boxed, self.places[id as usize]) {
                let value = Simple::MakeCell(Box::new(Simple::Local(slot)));
                next = self.emit(depth, Place::NONE, StatementKind::Let { slot, value, next });
            }
        }
        next
    }

    /// Notes that the frame reaches up to and not including `slot`.
    pub fn touch(&mut self, slot: Slot) {
        self.frame = self.frame.max(slot);
    }

    pub fn emit(&mut self, depth: Slot, place: Place, kind: StatementKind) -> StatementId {
        self.emit_after(CheckId::NONE, depth, place, kind)
    }

    /// The same for a statement that comes too early: `first` would have failed before.
    pub fn emit_after(&mut self, first: CheckId, depth: Slot, place: Place, kind: StatementKind) -> StatementId {
        self.touch(depth);
        if !self.primitives.take(size_of::<Statement>()) {
            return self.nothing();
        }
        if let StatementKind::Let { slot, .. } | StatementKind::Call { slot, .. } = kind {
            self.touch(slot + 1);
        }
        self.statements.push(Statement { depth, place, first, kind });
        StatementId(self.statements.len() as u32 - 1)
    }

    /// What is to be evaluated first, in this order, when something fails.
    pub fn check(&mut self, first: Vec<Simple>) -> CheckId {
        if first.is_empty() {
            return CheckId::NONE;
        }
        self.checks.push(first);
        CheckId(self.checks.len() as u32)
    }

    /// Lowers a form that begins with `d` slots initialised; returns its first statement.
    pub fn lower(&mut self, e: Expr<'a>, d: Slot, k: Next) -> StatementId {
        deepen(&mut *self, |l| l.form(e, d, k)).unwrap_or_else(|HeapFull| {
            self.primitives.refuse();
            self.nothing()
        })
    }

    /// Some statement, where there is no memory or no time for the right one: what is made then is thrown away.
    fn nothing(&mut self) -> StatementId {
        if self.statements.is_empty() {
            let kind = StatementKind::Return(Simple::Constant(Value::VOID));
            self.statements.push(Statement { depth: 1, place: Place::NONE, first: CheckId::NONE, kind });
        }
        StatementId(0)
    }

    fn form(&mut self, e: Expr<'a>, d: Slot, k: Next) -> StatementId {
        match e.kind {
            CoreKind::If(c, a, b) => {
                let then = self.lower(a, d, k);
                let otherwise = self.lower(b, d, k);
                self.lower(c, d, Next::Test { floor: d, then, otherwise })
            }
            CoreKind::Call(Core { kind: CoreKind::Primitive(id), .. }, [x])
                if matches!(k, Next::Test { .. }) && self.primitives.operation(*id) == Some(Operation::Not) =>
            {
                let Next::Test { floor, then, otherwise } = k else { return self.lower(x, d, k) };
                self.lower(x, d, Next::Test { floor, then: otherwise, otherwise: then })
            }
            _ if self.scan.is_simple(e) => {
                let x = self.simple(e, d);
                self.finish(x, e.place(), d, k)
            }
            CoreKind::Sequence(all) => {
                let Some((last, before)) = all.split_last() else {
                    return self.finish(Simple::Constant(Value::VOID), e.place(), d, k);
                };
                before.iter().rev().fold(self.lower(last, d, k), |next, x| {
                    self.lower(x, d, Next::Bind { slot: d, values: Values::Ignored, next })
                })
            }
            CoreKind::Let(vars, inits, body) => self.lower_let(vars, inits, body, d, k),
            CoreKind::Letrec(vars, inits, body) => self.lower_letrec(vars, inits, body, d, k),
            CoreKind::SetLocal(_, x) | CoreKind::SetGlobal(_, x) | CoreKind::Define(_, x) => {
                let store = self.store(e, Simple::Local(d));
                let next = self.finish(store, e.place(), d + 1, k);
                self.lower(x, d, Next::Bind { slot: d, values: Values::One, next })
            }
            CoreKind::Call(f, args) => self.lower_call(e, f, args, d, k),
            // The others are simple.
            _ => {
                let x = self.simple(e, d);
                self.finish(x, e.place(), d, k)
            }
        }
    }

    /// Does with a simple expression what is to be done.
    pub fn finish(&mut self, x: Simple, place: Place, d: Slot, k: Next) -> StatementId {
        match (k, x) {
            (Next::Return, x) => self.emit(d, place, StatementKind::Return(x)),
            (Next::Bind { values: Values::Ignored, next, .. }, x) if x.is_trivial() => next,
            (Next::Bind { slot, next, .. }, x) => self.emit(d, place, StatementKind::Let { slot, value: x, next }),
            (Next::Test { then, otherwise, .. }, Simple::Constant(v)) => {
                if v.is_true() {
                    then
                } else {
                    otherwise
                }
            }
            (Next::Test { then, otherwise, .. }, test) => {
                self.emit(d, place, StatementKind::If { test, then, otherwise })
            }
        }
    }

    pub fn lower_let(
        &mut self,
        vars: &'a [Var<'a>],
        inits: &'a [Expr<'a>],
        body: Expr<'a>,
        d: Slot,
        k: Next,
    ) -> StatementId {
        // Which need a slot; the slots in order, before the body looks for them.
        let mut bound = Vec::new();
        let mut depth = d;
        for (&v, &init) in vars.iter().zip(inits) {
            let Some(id) = self.scan.id(v) else { continue };
            let info = &self.scan.variables[id as usize];
            let slotless = match info.lambda {
                Some(lambda) => {
                    let label = self.scan.lambdas[lambda as usize].label;
                    label || self.closures.is_static(lambda) || info.references == 0
                }
                None => false,
            };
            if !slotless {
                self.places[id as usize] = Some(depth);
                bound.push((id, init, depth));
                depth += 1;
            }
        }
        for &v in vars {
            self.bind_label(v, depth);
        }
        let mut next = self.lower(body, depth, k);
        for (id, init, slot) in bound.into_iter().rev() {
            let boxed = self.scan.variables[id as usize].boxed;
            if !boxed {
                next = self.lower(init, slot, Next::Bind { slot, values: Values::One, next });
            } else if self.scan.is_simple(init) {
                let value = Simple::MakeCell(Box::new(self.simple(init, slot)));
                next = self.emit(slot, init.place(), StatementKind::Let { slot, value, next });
            } else {
                let value = Simple::MakeCell(Box::new(Simple::Local(slot)));
                next = self.emit(slot + 1, Place::NONE, StatementKind::Let { slot, value, next });
                next = self.lower(init, slot, Next::Bind { slot, values: Values::One, next });
            }
        }
        next
    }

    /// Notes where a label's frame begins, if `v` is bound to one.
    pub fn bind_label(&mut self, v: Var<'a>, depth: Slot) {
        let Some(id) = self.scan.id(v) else { return };
        if let Some(lambda) = self.scan.variables[id as usize].lambda
            && self.scan.lambdas[lambda as usize].label
        {
            self.label_floors.insert(lambda, depth);
        }
    }

    /// The binding of a variable: its value, its cell, or its closure.
    pub fn binding(&mut self, id: VariableId) -> Simple {
        let info = &self.scan.variables[id as usize];
        if let Some(lambda) = info.lambda {
            if lambda == self.lambda {
                return Simple::Own;
            }
            if self.closures.is_static(lambda) {
                return Simple::Static(self.procedure_id(lambda));
            }
        }
        if self.scan.procedure_of(info.owner) == self.lambda {
            // A variable without a slot is never referred to.
            return self.places[id as usize].map_or(Simple::Constant(Value::UNASSIGNED), Simple::Local);
        }
        self.free.get(&id).map_or(Simple::Constant(Value::UNASSIGNED), |&i| Simple::Free(i))
    }

    /// The closure of a lambda.
    pub fn closure(&mut self, lambda: LambdaId) -> Simple {
        let id = self.procedure_id(lambda);
        if self.closures.is_static(lambda) {
            return Simple::Static(id);
        }
        let captured = self.closures.free[lambda as usize].clone();
        if !self.primitives.take(captured.len() * 2 * size_of::<Simple>()) {
            return Simple::Static(id);
        }
        Simple::Closure(id, captured.into_iter().map(|v| self.binding(v)).collect())
    }

    /// Notes that a global is defined as a procedure without free variables.
    pub fn defined(&mut self, global: GlobalId, value: &Simple) {
        if let Simple::Static(id) = value {
            self.definitions.push((global, *id));
        }
    }
}
