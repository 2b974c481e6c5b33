//! The scan: walks the core form once and notes what every variable and every lambda is used for.
//!
//! In: core forms. Out: [`Scan`], tables beside the form, which stays as it is. While a compilation runs, a variable's
//! `scratch` word holds its number plus one; [`Scan::release`] clears it.
//!
//! Every position of an expression has a *continuation number*: the body of a lambda has that of returning from it, an
//! expression in tail position has its parent's, any other a fresh one. `contify` decides by them which lambdas are
//! always called with the same continuation.
//!
//! The walk follows the order of evaluation. So it notes which variables hold numbers by then, because an operation that
//! takes nothing else has had its answer, and which expressions are *steady*: they answer the same, and cannot fail,
//! whatever is evaluated before them. Steady operands may wait until a call of another operand has returned.

use super::operation::Operation;
use super::{GlobalState, Map, Primitives, SIMPLE_DEPTH, Set};
use crate::account::{Account, Accountable, HeapFull, deepen};
use crate::syntax::core::{Clause, Core, CoreKind, Expr, GlobalId, Lambda, PrimitiveId, SiteId, Var};
use std::cell::Cell;

/// Index of a [`LambdaInfo`].
pub(super) type LambdaId = u32;
/// Index of a [`VariableInfo`].
pub(super) type VariableId = u32;
/// Index into [`Scan::continuations`].
pub(super) type ContinuationId = u32;

/// The expression itself, as a procedure without parameters.
pub(super) const TOP: LambdaId = 0;

/// What is known of a variable.
pub(super) struct VariableInfo<'a> {
    pub variable: Var<'a>,
    /// The lambda around the form that binds it.
    pub owner: LambdaId,
    /// What it is bound to for good: a lambda of a `let` or `letrec`, never assigned.
    pub lambda: Option<LambdaId>,
    /// Lives in a cell.
    pub boxed: bool,
    /// May be read before it is initialised.
    pub checked: bool,
    pub references: u32,
    /// Some reference is not a call of `lambda` that fits its only clause.
    pub escapes: bool,
    /// The continuations of the calls.
    pub sites: Vec<ContinuationId>,
    /// Holds a number, where the walk is.
    number: bool,
}

pub(super) struct LambdaInfo<'a> {
    /// `None` for [`TOP`].
    pub lambda: Option<&'a Lambda<'a>>,
    pub parent: LambdaId,
    /// The continuation of its (first) body.
    pub returns: ContinuationId,
    /// The variable bound to it, if `VariableInfo::lambda` says so.
    pub variable: Option<VariableId>,
    /// Set by `contify`: it is no procedure but part of its parent.
    pub label: bool,
    /// The copy of a text that it was made in.
    pub site: SiteId,
    /// Its parent, or one further up that is in the same procedure.
    home: Cell<LambdaId>,
}

pub(super) struct Continuation {
    pub owner: LambdaId,
    /// Set by `contify`: the same as that one.
    pub alias: Cell<Option<ContinuationId>>,
}

/// The lambdas that one `letrec` (or each that one `let`) binds.
pub(super) struct Group {
    pub members: Vec<VariableId>,
    pub owner: LambdaId,
}

pub(super) struct Scan<'a> {
    pub variables: Vec<VariableInfo<'a>>,
    pub lambdas: Vec<LambdaInfo<'a>>,
    pub continuations: Vec<Continuation>,
    /// Inner ones first.
    pub groups: Vec<Group>,
    /// Which lambda refers to which variable directly, once each, in the order of appearance.
    pub references: Vec<(LambdaId, VariableId)>,
    /// The lambda's number, by its address.
    pub lambda_ids: Map<*const Lambda<'a>, LambdaId>,
    /// The compound expressions that are simple, by their address.
    simple: Map<*const Core<'a>, Shape>,
    /// References to globals that may have no value yet, or another one later.
    unsettled: Set<*const Core<'a>>,
}

/// An expression as a simple one.
#[derive(Copy, Clone)]
struct Shape {
    /// [`NOT_SIMPLE`], if it is not.
    depth: u8,
    steady: bool,
    /// It can answer nothing but a number.
    number: bool,
}

impl Shape {
    const NOT_SIMPLE: Shape = Shape { depth: NOT_SIMPLE, steady: false, number: false };
    const LEAF: Shape = Shape { depth: 1, steady: true, number: false };

    /// One level on top.
    fn above(self) -> Shape {
        if self.depth < SIMPLE_DEPTH { Shape { depth: self.depth + 1, ..self } } else { Shape::NOT_SIMPLE }
    }

    fn max(self, other: Shape) -> Shape {
        Shape {
            depth: self.depth.max(other.depth),
            steady: self.steady && other.steady,
            number: self.number && other.number,
        }
    }
}

/// Special forms in the guise of primitives.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Special {
    /// `(values x …)`
    Values,
    /// `(apply f x … list)`
    Apply,
    /// `(call-with-values producer consumer)`
    CallWithValues,
}

/// About what an expression takes in the tables, in bytes.
const PER_EXPRESSION: usize = 64;

/// The depth of what is not simple.
const NOT_SIMPLE: u8 = u8::MAX;

impl<'a> Scan<'a> {
    /// The number of a variable. Every variable is bound around its uses: the expander's promise.
    pub fn id(&self, v: Var<'a>) -> Option<VariableId> {
        (v.scratch.get() as u32).checked_sub(1)
    }

    /// Whether the expression becomes a [`super::graph::Simple`].
    pub fn is_simple(&self, e: Expr<'a>) -> bool {
        match e.kind {
            CoreKind::Constant(_) | CoreKind::Local(_) | CoreKind::Global(_) | CoreKind::Primitive(_) => true,
            CoreKind::Lambda(_) => true,
            _ => self.simple.contains_key(&(e as *const _)),
        }
    }

    /// Whether it does not matter when the expression is evaluated.
    pub fn is_steady(&self, e: Expr<'a>) -> bool {
        match e.kind {
            CoreKind::Constant(_) | CoreKind::Primitive(_) | CoreKind::Lambda(_) => true,
            CoreKind::Local(v) => self.id(v).is_some_and(|id| !self.variables[id as usize].boxed),
            CoreKind::Global(_) => !self.unsettled.contains(&(e as *const _)),
            _ => self.simple.get(&(e as *const _)).is_some_and(|shape| shape.steady),
        }
    }

    /// The procedure that contains the code of that lambda.
    pub fn procedure_of(&self, lambda: LambdaId) -> LambdaId {
        // What is a label stays one: the way up is walked once.
        let mut home = lambda;
        while self.lambdas[home as usize].label {
            home = self.lambdas[home as usize].home.get();
        }
        let mut at = lambda;
        while self.lambdas[at as usize].label {
            at = self.lambdas[at as usize].home.replace(home);
        }
        home
    }

    /// What a continuation stands for.
    pub fn resolve(&self, k: ContinuationId) -> ContinuationId {
        let mut last = k;
        while let Some(other) = self.continuations[last as usize].alias.get() {
            last = other;
        }
        let mut at = k;
        while let Some(other) = self.continuations[at as usize].alias.get() {
            self.continuations[at as usize].alias.set(Some(last));
            at = if other == last { break } else { other };
        }
        last
    }

    /// Gives the variables' scratch words back.
    pub fn release(&self) {
        self.variables.iter().for_each(|v| v.variable.scratch.set(0))
    }
}

/// Walks the whole form.
pub(super) fn scan<'a>(expr: Expr<'a>, primitives: &dyn Primitives) -> Scan<'a> {
    let home = Cell::new(TOP);
    let (lambda, variable, site) = (None, None, SiteId::NONE);
    let top = LambdaInfo { lambda, parent: TOP, returns: 0, variable, label: false, site, home };
    let mut scanner = Scanner {
        scan: Scan {
            variables: Vec::new(),
            lambdas: vec![top],
            continuations: vec![Continuation { owner: TOP, alias: Cell::new(None) }],
            groups: Vec::new(),
            references: Vec::new(),
            lambda_ids: Map::default(),
            simple: Map::default(),
            unsettled: Set::default(),
        },
        seen: Set::default(),
        primitives,
        defined: definitions(expr),
        now: 0,
        numbers: Vec::new(),
    };
    match expr.kind {
        CoreKind::Sequence([before @ .., last]) => {
            for form in before {
                scanner.value(form, TOP);
                scanner.now += u32::from(!is_inert(form));
            }
            scanner.expr(last, TOP, 0);
        }
        _ => {
            scanner.expr(expr, TOP, 0);
        }
    }
    scanner.scan
}

/// For the globals that a unit defines: how many of its forms that run anything have run when they have their values.
fn definitions(expr: Expr) -> Map<GlobalId, u32> {
    let CoreKind::Sequence(forms) = expr.kind else { return Map::default() };
    let mut now = 0;
    let mut defined = Map::default();
    for form in forms {
        now += u32::from(!is_inert(form));
        if let CoreKind::Define(g, _) = form.kind {
            defined.entry(g).or_insert(now);
        }
    }
    defined
}

/// Whether evaluating a form of a unit runs nothing of the program.
fn is_inert(form: Expr) -> bool {
    let value = match form.kind {
        CoreKind::Define(_, value) => value,
        _ => form,
    };
    matches!(value.kind, CoreKind::Constant(_) | CoreKind::Primitive(_) | CoreKind::Lambda(_))
}

struct Scanner<'a, 'p> {
    scan: Scan<'a>,
    seen: Set<(LambdaId, VariableId)>,
    primitives: &'p dyn Primitives,
    /// See [`definitions`].
    defined: Map<GlobalId, u32>,
    /// How many of the unit's forms before the one at hand run something.
    now: u32,
    /// The variables that are known to hold numbers, in the order in which that became known.
    numbers: Vec<VariableId>,
}

impl Accountable for Scanner<'_, '_> {
    fn account(&self) -> &Account {
        self.primitives.account()
    }
}

impl<'a> Scanner<'a, '_> {
    fn expr(&mut self, e: Expr<'a>, l: LambdaId, k: ContinuationId) -> Shape {
        if !self.primitives.take(PER_EXPRESSION) {
            return Shape::NOT_SIMPLE;
        }
        let shape = deepen(&mut *self, |s| s.form(e, l, k)).unwrap_or_else(|HeapFull| {
            self.primitives.refuse();
            Shape::NOT_SIMPLE
        });
        let compound = !matches!(
            e.kind,
            CoreKind::Constant(_)
                | CoreKind::Local(_)
                | CoreKind::Global(_)
                | CoreKind::Primitive(_)
                | CoreKind::Lambda(_)
        );
        if compound && shape.depth != NOT_SIMPLE {
            // The same expression may stand in two places.
            let known = self.scan.simple.entry(e).or_insert(shape);
            known.steady &= shape.steady;
        }
        shape
    }

    /// Notes that a variable holds a number from here on.
    fn note_number(&mut self, e: Expr<'a>) {
        let CoreKind::Local(v) = e.kind else { return };
        let Some(id) = self.scan.id(v) else { return };
        let info = &mut self.scan.variables[id as usize];
        if !info.boxed && !info.number {
            info.number = true;
            self.numbers.push(id);
        }
    }

    /// Forgets what became known since as many numbers were known.
    fn forget(&mut self, known: usize) {
        for id in self.numbers.drain(known..) {
            self.scan.variables[id as usize].number = false;
        }
    }

    /// The same as `expr` for what may not be evaluated.
    fn arm(&mut self, e: Expr<'a>, l: LambdaId, k: ContinuationId) -> Shape {
        let known = self.numbers.len();
        let shape = self.expr(e, l, k);
        self.forget(known);
        shape
    }

    fn form(&mut self, e: Expr<'a>, l: LambdaId, k: ContinuationId) -> Shape {
        match e.kind {
            CoreKind::Constant(v) => Shape { number: v.is_fixnum(), ..Shape::LEAF },
            CoreKind::Primitive(_) => Shape::LEAF,
            CoreKind::Global(g) => {
                let settled = match self.primitives.global(g) {
                    GlobalState::Variable => false,
                    GlobalState::Defined => true,
                    GlobalState::Constant => self.defined.get(&g).is_some_and(|&by| by <= self.now),
                };
                if !settled {
                    self.scan.unsettled.insert(e);
                }
                Shape { steady: settled, ..Shape::LEAF }
            }
            CoreKind::Local(v) => {
                let Some(id) = self.reference(v, l) else { return Shape::LEAF };
                let info = &mut self.scan.variables[id as usize];
                info.escapes = true;
                Shape { steady: !info.boxed, number: info.number, ..Shape::LEAF }
            }
            CoreKind::Lambda(lambda) => {
                self.lambda(lambda, e.site, l, None);
                Shape::LEAF
            }
            CoreKind::SetLocal(v, x) => {
                self.reference(v, l);
                Shape { steady: false, number: false, ..self.value(x, l).above() }
            }
            CoreKind::SetGlobal(_, x) | CoreKind::Define(_, x) => {
                Shape { steady: false, number: false, ..self.value(x, l).above() }
            }
            CoreKind::If(c, a, b) => {
                let c = self.value(c, l);
                let arms = self.arm(a, l, k).max(self.arm(b, l, k));
                Shape { number: arms.number, ..c.max(arms).above() }
            }
            CoreKind::Sequence(all) => {
                let Some((last, before)) = all.split_last() else { return Shape::NOT_SIMPLE };
                before.iter().for_each(|x| {
                    self.value(x, l);
                });
                self.expr(last, l, k);
                Shape::NOT_SIMPLE
            }
            CoreKind::Let(vars, inits, body) => {
                self.bind(vars, inits, l);
                self.expr(body, l, k);
                self.groups_of_let(vars, l);
                Shape::NOT_SIMPLE
            }
            CoreKind::Letrec(vars, inits, body) => {
                self.letrec(vars, inits, body, l, k);
                Shape::NOT_SIMPLE
            }
            CoreKind::Call(f, args) => self.call(f, args, l, k),
        }
    }

    /// An expression with a continuation of its own.
    fn value(&mut self, e: Expr<'a>, l: LambdaId) -> Shape {
        let k = self.continuation(l);
        self.expr(e, l, k)
    }

    fn continuation(&mut self, owner: LambdaId) -> ContinuationId {
        self.scan.continuations.push(Continuation { owner, alias: Cell::new(None) });
        self.scan.continuations.len() as u32 - 1
    }

    fn call(&mut self, f: Expr<'a>, args: &'a [Expr<'a>], l: LambdaId, k: ContinuationId) -> Shape {
        match f.kind {
            CoreKind::Lambda(lambda) => {
                if let Some(clause) = let_clause(lambda, args.len()) {
                    self.bind(clause.parameters, args, l);
                    self.expr(clause.body, l, k);
                    self.groups_of_let(clause.parameters, l);
                    return Shape::NOT_SIMPLE;
                }
                self.lambda(lambda, f.site, l, None);
            }
            CoreKind::Local(v) => {
                let callee = self.reference(v, l);
                if let Some(id) = callee {
                    let fits = self.scan.variables[id as usize].lambda.is_some_and(|lambda| {
                        let lambda = self.scan.lambdas[lambda as usize].lambda;
                        lambda.is_some_and(|lambda| let_clause(lambda, args.len()).is_some())
                    });
                    let info = &mut self.scan.variables[id as usize];
                    if fits {
                        info.sites.push(k);
                    } else {
                        info.escapes = true;
                    }
                }
            }
            CoreKind::Primitive(id) => return self.primitive_call(id, args, l, k),
            _ => {}
        }
        for x in args {
            self.value(x, l);
        }
        // The operator is evaluated last.
        if !matches!(f.kind, CoreKind::Lambda(_) | CoreKind::Local(_)) {
            self.value(f, l);
        }
        Shape::NOT_SIMPLE
    }

    fn primitive_call(&mut self, id: PrimitiveId, args: &'a [Expr<'a>], l: LambdaId, k: ContinuationId) -> Shape {
        if let Some([producer, consumer]) = call_with_values(self.primitives, id, args) {
            self.producer(producer, l);
            self.consumer(consumer, l, k);
            return Shape::NOT_SIMPLE;
        }
        let all = args.iter().fold(Shape { depth: 0, steady: true, number: true }, |all, x| all.max(self.value(x, l)));
        if self.primitives.is_control(id) || !self.primitives.accepts(id, args.len()) {
            return Shape::NOT_SIMPLE;
        }
        let (mut steady, mut number) = (false, false);
        if let Some(operation) = self.primitives.operation(id) {
            if operation.wants_numbers() && (args.len() == operation.arity() || operation.is_ring()) {
                args.iter().for_each(|x| self.note_number(x));
            }
            number = operation.is_ring() && all.depth != NOT_SIMPLE;
            let total = !operation.may_fail() && operation != Operation::Cons;
            steady = all.steady && (total || all.number && (number || operation == Operation::NumberEqual));
        }
        Shape { steady, number, ..all.above() }
    }

    fn producer(&mut self, e: Expr<'a>, l: LambdaId) {
        self.value(producer_body(e).unwrap_or(e), l);
    }

    fn consumer(&mut self, e: Expr<'a>, l: LambdaId, k: ContinuationId) {
        match consumer_clause(e) {
            Some(clause) => {
                for &v in clause.parameters.iter().chain(&clause.rest) {
                    self.variable(v, l);
                }
                self.expr(clause.body, l, k);
            }
            None => {
                self.value(e, l);
            }
        }
    }

    fn reference(&mut self, v: Var<'a>, l: LambdaId) -> Option<VariableId> {
        let id = self.scan.id(v)?;
        self.scan.variables[id as usize].references += 1;
        if self.seen.insert((l, id)) {
            self.scan.references.push((l, id));
        }
        Some(id)
    }

    fn variable(&mut self, v: Var<'a>, owner: LambdaId) -> VariableId {
        let id = self.scan.variables.len() as u32;
        v.scratch.set(u64::from(id) + 1);
        self.scan.variables.push(VariableInfo {
            variable: v,
            owner,
            lambda: None,
            boxed: v.assigned.get(),
            checked: false,
            references: 0,
            escapes: false,
            sites: Vec::new(),
            number: false,
        });
        id
    }

    /// A lambda and its body. It may be bound to a variable whose number is known already.
    fn lambda(
        &mut self,
        lambda: &'a Lambda<'a>,
        site: SiteId,
        parent: LambdaId,
        variable: Option<VariableId>,
    ) -> LambdaId {
        let id = self.new_lambda(lambda, site, parent, variable);
        self.bodies(id);
        id
    }

    fn new_lambda(
        &mut self,
        lambda: &'a Lambda<'a>,
        site: SiteId,
        parent: LambdaId,
        variable: Option<VariableId>,
    ) -> LambdaId {
        let id = self.scan.lambdas.len() as u32;
        let returns = self.continuation(id);
        let home = Cell::new(parent);
        let lambda_info = LambdaInfo { lambda: Some(lambda), parent, returns, variable, label: false, site, home };
        self.scan.lambdas.push(lambda_info);
        self.scan.lambda_ids.insert(lambda, id);
        if let Some(v) = variable {
            self.scan.variables[v as usize].lambda = Some(id);
        }
        id
    }

    fn bodies(&mut self, id: LambdaId) {
        let info = &self.scan.lambdas[id as usize];
        let (Some(lambda), returns) = (info.lambda, info.returns) else { return };
        for (i, clause) in lambda.clauses.iter().enumerate() {
            for &v in clause.parameters.iter().chain(&clause.rest) {
                self.variable(v, id);
            }
            let k = if i == 0 { returns } else { self.continuation(id) };
            self.arm(clause.body, id, k);
        }
    }

    /// The bindings of a `let`: initialisers first, outside of the scope.
    fn bind(&mut self, vars: &'a [Var<'a>], inits: &'a [Expr<'a>], l: LambdaId) {
        let mut lambdas = Vec::new();
        for (v, init) in vars.iter().zip(inits) {
            match init.kind {
                CoreKind::Lambda(lambda) if !v.assigned.get() => {
                    lambdas.push((Some(self.lambda(lambda, init.site, l, None)), false));
                }
                _ => {
                    let shape = self.value(init, l);
                    lambdas.push((None, shape.number && !v.assigned.get()));
                }
            }
        }
        for (v, (lambda, number)) in vars.iter().zip(lambdas) {
            let id = self.variable(v, l);
            self.scan.variables[id as usize].number = number;
            if let Some(lambda) = lambda {
                self.scan.variables[id as usize].lambda = Some(lambda);
                self.scan.lambdas[lambda as usize].variable = Some(id);
            }
        }
    }

    fn groups_of_let(&mut self, vars: &'a [Var<'a>], owner: LambdaId) {
        for &v in vars {
            let Some(id) = self.scan.id(v) else { continue };
            if self.scan.variables[id as usize].lambda.is_some() {
                self.scan.groups.push(Group { members: vec![id], owner });
            }
        }
    }

    /// A `letrec*`. Its lambdas are bound for good, and made before anything else, if nothing that runs before their
    /// turn could notice; every other variable gets a cell and checked reads.
    fn letrec(&mut self, vars: &'a [Var<'a>], inits: &'a [Expr<'a>], body: Expr<'a>, l: LambdaId, k: ContinuationId) {
        let ids: Vec<VariableId> = vars.iter().map(|v| self.variable(v, l)).collect();
        // Their scratch words, by which `is_blind` knows them.
        let scope = match (ids.first(), ids.last()) {
            (Some(&first), Some(&last)) => u64::from(first) + 1..u64::from(last) + 2,
            _ => 0..0,
        };
        let mut members = Vec::new();
        let mut early = true;
        for (i, (&id, init)) in ids.iter().zip(inits).enumerate() {
            match init.kind {
                CoreKind::Lambda(lambda) if early && !vars[i].assigned.get() => {
                    self.new_lambda(lambda, init.site, l, Some(id));
                    members.push(id);
                }
                _ => {
                    early &= is_blind(init, &scope, self.primitives);
                    let info = &mut self.scan.variables[id as usize];
                    (info.boxed, info.checked) = (true, true);
                }
            }
        }
        for (&id, init) in ids.iter().zip(inits) {
            match self.scan.variables[id as usize].lambda {
                Some(lambda) => self.bodies(lambda),
                // What is a number then need not be one where a procedure of the group is called earlier.
                None => {
                    let known = self.numbers.len();
                    self.value(init, l);
                    self.forget(known);
                }
            }
        }
        self.expr(body, l, k);
        self.scan.groups.push(Group { members, owner: l });
    }
}

/// The only clause of a lambda that is a plain `let` when called with `count` arguments.
pub(super) fn let_clause<'a>(lambda: &Lambda<'a>, count: usize) -> Option<&'a Clause<'a>> {
    match lambda.clauses {
        [clause] if clause.rest.is_none() && clause.parameters.len() == count => Some(clause),
        _ => None,
    }
}

/// The operands, if this is `(call-with-values producer consumer)`.
pub(super) fn call_with_values<'a>(
    primitives: &dyn Primitives,
    id: PrimitiveId,
    args: &'a [Expr<'a>],
) -> Option<[Expr<'a>; 2]> {
    match args {
        &[producer, consumer] if primitives.special(id) == Some(Special::CallWithValues) => Some([producer, consumer]),
        _ => None,
    }
}

/// The body of a producer that is a lambda: it runs in place.
pub(super) fn producer_body<'a>(e: Expr<'a>) -> Option<Expr<'a>> {
    match e.kind {
        CoreKind::Lambda(lambda) => let_clause(lambda, 0).map(|clause| clause.body),
        _ => None,
    }
}

/// The clause of a consumer that is a lambda: its parameters are bound in place.
pub(super) fn consumer_clause<'a>(e: Expr<'a>) -> Option<&'a Clause<'a>> {
    match e.kind {
        CoreKind::Lambda(Lambda { clauses: [clause], .. }) => Some(clause),
        _ => None,
    }
}

/// Whether evaluating the expression calls nothing and looks at no variable of `scope`.
fn is_blind(e: Expr, scope: &std::ops::Range<u64>, primitives: &dyn Primitives) -> bool {
    let blind = deepen(primitives, |primitives| match e.kind {
        CoreKind::Constant(_) | CoreKind::Primitive(_) | CoreKind::Lambda(_) => true,
        CoreKind::Local(v) => !scope.contains(&v.scratch.get()),
        CoreKind::If(a, b, c) => [a, b, c].iter().all(|x| is_blind(x, scope, primitives)),
        CoreKind::Call(f, args) => match f.kind {
            CoreKind::Primitive(id) => {
                !primitives.is_control(id) && args.iter().all(|x| is_blind(x, scope, primitives))
            }
            _ => false,
        },
        _ => false,
    });
    blind.unwrap_or_else(|HeapFull| {
        primitives.refuse();
        false
    })
}
