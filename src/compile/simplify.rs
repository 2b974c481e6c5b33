//! Pass `simplify`: source-level optimisation. In: core forms. Out: core forms.
//!
//! - a call of a lambda becomes a `let`; variables bound to constants and to other variables are replaced by them;
//! - a procedure that is called in one place only moves there; small ones are copied to where they are called, also those
//!   of the top level that are defined before, and constants of the top level likewise;
//! - tests are straightened: `(if (not a) …)`, `(if (if a b #f) …)`, constant tests; unused bindings without effect go;
//! - `letrec*` falls apart into `let` and smaller groups of mutually recursive lambdas (`letrec.rs`);
//! - sums and products of many operands become operations of two; pure primitives of constants are computed.
//!
//! Keeps: evaluation order, tail positions, places, errors. A body that has replaced a call has a [`Site`], which says so:
//! every expression in it has that as its place's. After Waddell and Dybvig, "Fast and effective procedure
//! inlining" (1997), without its polyvariance: every expression is visited once, copies included, so it is linear.

use super::letrec;
use super::operation::Operation;
use super::{Map, Set};
use crate::account::{Account, Accountable, Arena, HeapFull, deepen};
use crate::heap::Value;
use crate::syntax::core::{
    Clause, Core, CoreKind, Expr, GlobalId, Lambda, Place, PrimitiveId, Site, SiteId, Var, Variable, each_child,
};
use std::cell::Cell;

/// What the pass asks of its surroundings.
pub trait Facts {
    fn operation(&self, primitive: PrimitiveId) -> Option<Operation>;
    /// Computes a pure primitive of constants, if it succeeds with an immediate value.
    fn fold(&mut self, primitive: PrimitiveId, operands: &[Value]) -> Option<Value>;
    /// Whether something assigns the global, or its unit may define it again.
    fn is_assigned(&self, global: GlobalId) -> bool;
    /// A number for a new variable.
    fn fresh_variable(&mut self) -> u32;
}

/// Nodes that a procedure may have to be copied to its callers.
const SMALL: usize = 14;
/// Nodes that may be added to one unit by copying.
const GROWTH: usize = 20_000;

/// What the pass makes of a unit's body.
pub struct Simplified<'a> {
    pub body: Expr<'a>,
    /// What the places in the body refer to.
    pub sites: Vec<Site>,
}

/// Optimises the body of a unit.
pub fn simplify<'a>(arena: &'a Arena, expr: Expr<'a>, facts: &mut dyn Facts) -> Simplified<'a> {
    let mut s = Simplifier {
        arena,
        facts,
        uses: Map::default(),
        meanings: Map::default(),
        emitted: Map::default(),
        globals: Map::default(),
        constants: Map::default(),
        growth: GROWTH,
        unready: Set::default(),
        references: Map::default(),
        sites: Vec::new(),
        site: SiteId::NONE,
    };
    s.count(expr);
    s.references = letrec::references(expr);
    let body = s.walk(expr);
    Simplified { body, sites: s.sites }
}

/// How often a variable is mentioned, and how often in operator position.
#[derive(Copy, Clone, Default)]
struct Uses {
    all: u32,
    calls: u32,
}

/// What a variable stands for.
#[derive(Copy, Clone)]
enum Meaning<'a> {
    /// An expression without effect that costs nothing: a constant or a variable.
    Trivial(Expr<'a>),
    /// A lambda called in one place, not visited yet: it goes there.
    Once(&'a Lambda<'a>),
    /// A small lambda, to be copied.
    Small(Small<'a>),
}

/// A small procedure, and the copy of a text that it is made in.
#[derive(Copy, Clone)]
struct Small<'a> {
    lambda: &'a Lambda<'a>,
    site: SiteId,
}

struct Simplifier<'a, 'f> {
    arena: &'a Arena,
    facts: &'f mut dyn Facts,
    uses: Map<u32, Uses>,
    meanings: Map<u32, Meaning<'a>>,
    /// How often each variable stands in what has been made.
    emitted: Map<u32, u32>,
    /// Small procedures of the top level, defined before the form at hand.
    globals: Map<GlobalId, Small<'a>>,
    /// Constants of the top level, likewise.
    constants: Map<GlobalId, Value>,
    growth: usize,
    /// Variables of the `letrec`s whose initialisers are being visited.
    unready: Set<u32>,
    references: letrec::References<'a>,
    sites: Vec<Site>,
    /// The copy of a text that is being visited.
    site: SiteId,
}

impl Accountable for Simplifier<'_, '_> {
    fn account(&self) -> &Account {
        self.arena.account()
    }
}

impl<'a> Simplifier<'a, '_> {
    /// There is no memory to visit an expression: [`Arena::check`] says so, and what the pass makes is not used.
    fn give_up(&self, e: Expr<'a>) -> Expr<'a> {
        self.arena.refuse();
        e
    }

    fn make(&self, place: Place, kind: CoreKind<'a>) -> Expr<'a> {
        self.arena.alloc(Core { span: place.span, site: place.site, kind })
    }

    /// The place of an expression that is being visited. What comes from the expander has no site yet; what was copied has
    /// its own.
    fn place(&self, e: Expr) -> Place {
        if e.site.is_none() { Place { span: e.span, site: self.site } } else { e.place() }
    }

    /// The site of a call that the body of a procedure replaces. A procedure without a name is shown as a part of what
    /// is around it.
    fn new_site(&mut self, procedure: Value, call: Place) -> SiteId {
        if !procedure.is_true() {
            return call.site;
        }
        self.sites.push(Site { procedure, call });
        SiteId(self.sites.len() as u32)
    }

    fn count(&mut self, root: Expr<'a>) {
        let mut pending = vec![root];
        while let Some(e) = pending.pop() {
            if let CoreKind::Local(v) = e.kind {
                self.uses.entry(v.id).or_default().all += 1;
            }
            if let CoreKind::Call(Core { kind: CoreKind::Local(v), .. }, _) = e.kind {
                self.uses.entry(v.id).or_default().calls += 1;
            }
            each_child(e, &mut |c| pending.push(c));
        }
    }

    fn uses(&self, v: Var) -> Uses {
        self.uses.get(&v.id).copied().unwrap_or_default()
    }

    fn walk(&mut self, e: Expr<'a>) -> Expr<'a> {
        deepen(&mut *self, |s| s.walk_here(e)).unwrap_or_else(|HeapFull| self.give_up(e))
    }

    fn walk_all(&mut self, es: &[Expr<'a>]) -> &'a [Expr<'a>] {
        let es: Vec<Expr<'a>> = es.iter().map(|e| self.walk(e)).collect();
        self.arena.alloc_slice_copy(&es)
    }

    fn walk_here(&mut self, e: Expr<'a>) -> Expr<'a> {
        let place = self.place(e);
        match e.kind {
            CoreKind::Constant(_) | CoreKind::Primitive(_) => e,
            CoreKind::Global(g) => match self.constants.get(&g) {
                Some(&v) => self.make(place, CoreKind::Constant(v)),
                None => self.make(place, e.kind),
            },
            CoreKind::Local(v) => match self.meanings.get(&v.id) {
                Some(&Meaning::Trivial(x)) => {
                    self.emit(x);
                    self.make(place, x.kind)
                }
                _ => {
                    self.emit(e);
                    self.make(place, e.kind)
                }
            },
            CoreKind::SetLocal(v, x) => {
                *self.emitted.entry(v.id).or_default() += 1;
                let x = self.walk(x);
                self.make(place, CoreKind::SetLocal(v, x))
            }
            CoreKind::SetGlobal(g, x) => {
                let x = self.walk(x);
                self.make(place, CoreKind::SetGlobal(g, x))
            }
            CoreKind::Define(g, x) => {
                let x = self.walk(x);
                match x.kind {
                    CoreKind::Lambda(l) if !self.facts.is_assigned(g) && is_small(l, Some(g)) => {
                        self.globals.insert(g, Small { lambda: l, site: x.site });
                    }
                    CoreKind::Constant(v) if !self.facts.is_assigned(g) => {
                        self.constants.insert(g, v);
                    }
                    _ => {}
                }
                self.make(place, CoreKind::Define(g, x))
            }
            CoreKind::If(test, then, otherwise) => self.conditional(place, test, then, otherwise),
            CoreKind::Sequence(es) => self.sequence(place, es),
            CoreKind::Lambda(l) => {
                let l = self.lambda(l);
                self.make(place, CoreKind::Lambda(l))
            }
            CoreKind::Let(vs, inits, body) => self.bind(place, vs, inits, body),
            CoreKind::Letrec(vs, inits, body) => {
                let edges = self.references.get(&(e as *const _)).cloned().unwrap_or_default();
                let groups = letrec::split(vs, inits, edges);
                self.groups(place, &groups, body)
            }
            CoreKind::Call(f, args) => self.call(place, f, args),
        }
    }

    fn emit(&mut self, e: Expr<'a>) {
        if let CoreKind::Local(v) = e.kind {
            *self.emitted.entry(v.id).or_default() += 1;
        }
    }

    fn was_emitted(&self, v: Var) -> bool {
        self.emitted.get(&v.id).is_some_and(|&n| n > 0)
    }

    fn lambda(&mut self, l: &'a Lambda<'a>) -> &'a Lambda<'a> {
        let clauses: Vec<Clause<'a>> = l
            .clauses
            .iter()
            .map(|c| Clause { parameters: c.parameters, rest: c.rest, body: self.walk(c.body) })
            .collect();
        let clauses = self.arena.alloc_slice_fill_iter(clauses);
        self.arena.alloc(Lambda { name: l.name, span: l.span, clauses })
    }

    fn sequence(&mut self, place: Place, es: &[Expr<'a>]) -> Expr<'a> {
        let mut out: Vec<Expr<'a>> = Vec::with_capacity(es.len());
        for (i, e) in es.iter().enumerate() {
            let e = self.walk(e);
            match e.kind {
                _ if i + 1 == es.len() => out.push(e),
                CoreKind::Sequence(inner) => out.extend(inner),
                _ if self.is_effect_free(e) => self.discard(e),
                _ => out.push(e),
            }
        }
        match out[..] {
            [only] => only,
            _ => self.make(place, CoreKind::Sequence(self.arena.alloc_slice_copy(&out))),
        }
    }

    /// Forgets that an expression was made.
    fn discard(&mut self, e: Expr<'a>) {
        let mut pending = vec![e];
        while let Some(e) = pending.pop() {
            if let CoreKind::Local(v) | CoreKind::SetLocal(v, _) = e.kind
                && let Some(n) = self.emitted.get_mut(&v.id)
            {
                *n = n.saturating_sub(1);
            }
            each_child(e, &mut |c| pending.push(c));
        }
    }

    fn conditional(&mut self, place: Place, test: Expr<'a>, then: Expr<'a>, otherwise: Expr<'a>) -> Expr<'a> {
        let test = self.walk(test);
        if let Some(known) = truth(test) {
            self.discard(test);
            return self.walk(if known { then } else { otherwise });
        }
        let then = self.walk(then);
        let otherwise = self.walk(otherwise);
        self.branch(place, test, then, otherwise)
    }

    /// `(if test then otherwise)` of finished parts, straightened.
    fn branch(&mut self, place: Place, test: Expr<'a>, then: Expr<'a>, otherwise: Expr<'a>) -> Expr<'a> {
        deepen(&mut *self, |s| s.branch_here(place, test, then, otherwise))
            .unwrap_or_else(|HeapFull| self.give_up(test))
    }

    fn branch_here(&mut self, place: Place, test: Expr<'a>, then: Expr<'a>, otherwise: Expr<'a>) -> Expr<'a> {
        if let Some(known) = truth(test) {
            return if known { then } else { otherwise };
        }
        match test.kind {
            CoreKind::Call(Core { kind: CoreKind::Primitive(p), .. }, [x])
                if self.facts.operation(*p) == Some(Operation::Not) =>
            {
                self.branch(place, x, otherwise, then)
            }
            CoreKind::If(a, b, c) if truth(b).is_some() || truth(c).is_some() => {
                self.nested_test(place, (a, truth(b), b, truth(c), c), then, otherwise)
            }
            // What `or` makes: `(let ((t a)) (if t t c))`.
            CoreKind::Let(
                [t],
                [a],
                Core {
                    kind:
                        CoreKind::If(Core { kind: CoreKind::Local(t1), .. }, Core { kind: CoreKind::Local(t2), .. }, c),
                    ..
                },
            ) if t.id == t1.id && t.id == t2.id && self.emitted.get(&t.id) == Some(&2) => {
                self.nested_test(place, (a, Some(true), a, truth(c), c), then, otherwise)
            }
            _ => self.make(place, CoreKind::If(test, then, otherwise)),
        }
    }

    /// `(if (if a b c) then otherwise)` where `b` or `c` is known. An arm that both ways can reach becomes a local
    /// procedure, unless it is so small that two of it are better.
    fn nested_test(
        &mut self,
        place: Place,
        (a, b_known, b, c_known, c): (Expr<'a>, Option<bool>, Expr<'a>, Option<bool>, Expr<'a>),
        then: Expr<'a>,
        otherwise: Expr<'a>,
    ) -> Expr<'a> {
        let mut joins = Vec::new();
        let both_reach = |arm: bool| [b_known, c_known].iter().all(|k| k.is_none_or(|k| k == arm));
        let then = if both_reach(true) { self.shared(then, &mut joins) } else { then };
        let otherwise = if both_reach(false) { self.shared(otherwise, &mut joins) } else { otherwise };
        let yes = match b_known {
            Some(known) => {
                if known {
                    then
                } else {
                    otherwise
                }
            }
            None => self.branch(place, b, then, otherwise),
        };
        let no = match c_known {
            Some(known) => {
                if known {
                    then
                } else {
                    otherwise
                }
            }
            None => self.branch(place, c, then, otherwise),
        };
        let test = self.branch(place, a, yes, no);
        if joins.is_empty() {
            return test;
        }
        let vs: Vec<Var<'a>> = joins.iter().map(|j| j.0).collect();
        let lambdas: Vec<Expr<'a>> = joins.iter().map(|j| j.1).collect();
        let (vs, lambdas) = (self.arena.alloc_slice_copy(&vs), self.arena.alloc_slice_copy(&lambdas));
        self.make(place, CoreKind::Let(vs, lambdas, test))
    }

    /// Something that may stand in two places for `arm`: itself, or the call of a procedure that is added to `joins`.
    fn shared(&mut self, arm: Expr<'a>, joins: &mut Vec<(Var<'a>, Expr<'a>)>) -> Expr<'a> {
        if matches!(arm.kind, CoreKind::Constant(_) | CoreKind::Local(_) | CoreKind::Global(_))
            || matches!(arm.kind, CoreKind::Call(Core { kind: CoreKind::Local(_), .. }, []))
        {
            self.emit(arm);
            return arm;
        }
        let join = self.variable(Value::FALSE);
        let clauses = self.arena.alloc_slice_fill_iter([Clause { parameters: &[], rest: None, body: arm }]);
        let lambda = self.arena.alloc(Lambda { name: Value::FALSE, span: arm.span, clauses });
        joins.push((join, self.make(arm.place(), CoreKind::Lambda(lambda))));
        let operator = self.make(arm.place(), CoreKind::Local(join));
        self.make(arm.place(), CoreKind::Call(operator, &[]))
    }

    fn variable(&mut self, name: Value) -> Var<'a> {
        let id = self.facts.fresh_variable();
        self.arena.alloc(Variable { name, id, assigned: Cell::new(false), scratch: Cell::new(0) })
    }

    fn bind(&mut self, place: Place, vs: &[Var<'a>], inits: &[Expr<'a>], body: Expr<'a>) -> Expr<'a> {
        self.bind_in(place, vs, inits, body, self.site)
    }

    /// The same where the body may belong to another text.
    fn bind_in(&mut self, place: Place, vs: &[Var<'a>], inits: &[Expr<'a>], body: Expr<'a>, site: SiteId) -> Expr<'a> {
        let kept = vs.iter().zip(inits).map(|(&v, &init)| (v, self.initialiser(v, init))).collect();
        let around = std::mem::replace(&mut self.site, site);
        let body = self.walk(body);
        self.site = around;
        self.rebuild_let(place, kept, body)
    }

    /// Visits what a variable is bound to, unless it is to move, and notes what the variable stands for.
    fn initialiser(&mut self, v: Var<'a>, init: Expr<'a>) -> Expr<'a> {
        if v.assigned.get() {
            return self.walk(init);
        }
        let uses = self.uses(v);
        if let CoreKind::Lambda(l) = init.kind
            && (uses.all, uses.calls, l.clauses.len()) == (1, 1, 1)
        {
            self.meanings.insert(v.id, Meaning::Once(l));
            return init;
        }
        let init = self.walk(init);
        let meaning = match init.kind {
            CoreKind::Constant(_) | CoreKind::Primitive(_) => Meaning::Trivial(init),
            CoreKind::Local(other) if self.is_stable(other) => Meaning::Trivial(init),
            CoreKind::Lambda(lambda) if is_small(lambda, None) => Meaning::Small(Small { lambda, site: init.site }),
            _ => return init,
        };
        self.meanings.insert(v.id, meaning);
        init
    }

    /// Whether reading the variable earlier or later makes no difference.
    fn is_stable(&self, v: Var) -> bool {
        !v.assigned.get() && !self.unready.contains(&v.id)
    }

    /// Whether evaluating it can be left out when nobody wants its value.
    fn is_effect_free(&self, e: Expr) -> bool {
        match e.kind {
            CoreKind::Constant(_) | CoreKind::Primitive(_) | CoreKind::Lambda(_) => true,
            CoreKind::Local(v) => self.is_stable(v),
            _ => false,
        }
    }

    /// Whether it can answer nothing but `#t` and `#f`.
    fn is_boolean(&self, e: Expr) -> bool {
        match e.kind {
            CoreKind::Call(Core { kind: CoreKind::Primitive(p), .. }, _) => {
                self.facts.operation(*p).is_some_and(Operation::is_test)
            }
            _ => false,
        }
    }

    /// A `let` of the bindings that are still needed.
    fn rebuild_let(&mut self, place: Place, bindings: Vec<(Var<'a>, Expr<'a>)>, body: Expr<'a>) -> Expr<'a> {
        let (mut vs, mut inits) = (Vec::new(), Vec::new());
        for (v, init) in bindings {
            if self.was_emitted(v) {
                if let Some(Meaning::Once(_)) = self.meanings.get(&v.id) {
                    // Mentioned where it could not move after all.
                    vs.push(v);
                    let init = self.walk(init);
                    inits.push(init);
                    continue;
                }
                vs.push(v);
                inits.push(init);
            } else if matches!(self.meanings.get(&v.id), Some(Meaning::Once(_))) {
                // It has moved, or its only call was in code that is gone.
            } else if self.is_effect_free(init) {
                self.discard(init);
            } else {
                vs.push(v);
                inits.push(init);
            }
        }
        if vs.is_empty() {
            return body;
        }
        // What `or` makes of a test whose value is wanted: `(let ((t (null? x))) (if t t c))`.
        if let ([t], [init]) = (&vs[..], &inits[..])
            && let CoreKind::If(
                Core { kind: CoreKind::Local(t1), .. },
                then @ Core { kind: CoreKind::Local(t2), .. },
                otherwise,
            ) = body.kind
            && (t.id, t.id) == (t1.id, t2.id)
            && self.emitted.get(&t.id) == Some(&2)
            && self.is_boolean(init)
        {
            let then = self.make(then.place(), CoreKind::Constant(Value::TRUE));
            return self.branch(place, init, then, otherwise);
        }
        let (vs, inits) = (self.arena.alloc_slice_copy(&vs), self.arena.alloc_slice_copy(&inits));
        self.make(place, CoreKind::Let(vs, inits, body))
    }

    fn groups(&mut self, place: Place, groups: &[letrec::Group<'a>], body: Expr<'a>) -> Expr<'a> {
        deepen(&mut *self, |s| s.groups_here(place, groups, body)).unwrap_or_else(|HeapFull| self.give_up(body))
    }

    fn groups_here(&mut self, place: Place, groups: &[letrec::Group<'a>], body: Expr<'a>) -> Expr<'a> {
        let Some((group, rest)) = groups.split_first() else { return self.walk(body) };
        match *group {
            letrec::Group::Let(v, init) => {
                // What follows is visited as the body of this `let`.
                let init = self.initialiser(v, init);
                let body = self.groups(place, rest, body);
                self.rebuild_let(place, vec![(v, init)], body)
            }
            letrec::Group::Letrec(ref vs, ref inits) => {
                self.unready.extend(vs.iter().map(|v| v.id));
                let inits = self.walk_all(inits);
                vs.iter().for_each(|v| {
                    self.unready.remove(&v.id);
                });
                let body = self.groups(place, rest, body);
                self.make(place, CoreKind::Letrec(self.arena.alloc_slice_copy(vs), inits, body))
            }
        }
    }

    fn call(&mut self, place: Place, f: Expr<'a>, args: &[Expr<'a>]) -> Expr<'a> {
        match f.kind {
            CoreKind::Lambda(l) => {
                if let Some(clause) = fitting(l, args.len()) {
                    return self.bind(place, clause.parameters, args, clause.body);
                }
            }
            CoreKind::Local(v) => match self.meanings.get(&v.id).copied() {
                Some(Meaning::Once(l)) => {
                    if let Some(clause) = fitting(l, args.len()) {
                        let site = self.new_site(l.name, place);
                        return self.bind_in(place, clause.parameters, args, clause.body, site);
                    }
                }
                Some(Meaning::Small(l)) => {
                    if let Some(e) = self.inline(place, l, args) {
                        return e;
                    }
                }
                Some(Meaning::Trivial(Core { kind: CoreKind::Local(v), .. })) => {
                    if let Some(&Meaning::Small(l)) = self.meanings.get(&v.id)
                        && let Some(e) = self.inline(place, l, args)
                    {
                        return e;
                    }
                }
                _ => {}
            },
            CoreKind::Global(g) => {
                if let Some(&l) = self.globals.get(&g)
                    && let Some(e) = self.inline(place, l, args)
                {
                    return e;
                }
            }
            _ => {}
        }
        let f = self.walk(f);
        let args = self.walk_all(args);
        if let CoreKind::Primitive(p) = f.kind {
            return self.primitive_call(place, f, p, args);
        }
        self.make(place, CoreKind::Call(f, args))
    }

    fn primitive_call(&mut self, place: Place, f: Expr<'a>, p: PrimitiveId, args: &'a [Expr<'a>]) -> Expr<'a> {
        let constants: Option<Vec<Value>> = args
            .iter()
            .map(|a| match a.kind {
                CoreKind::Constant(v) => Some(v),
                _ => None,
            })
            .collect();
        if let Some(constants) = constants
            && let Some(v) = self.facts.fold(p, &constants)
        {
            return self.make(place, CoreKind::Constant(v));
        }
        let associative =
            matches!(self.facts.operation(p), Some(Operation::Add | Operation::Multiply | Operation::Subtract));
        // A sum is now made as soon as its operands are there: only what happens in a later operand could tell.
        if associative && args.len() > 2 && args[2..].iter().all(|a| self.is_effect_free(a)) {
            let mut sum = args[0];
            for &arg in &args[1..] {
                sum = self.make(place, CoreKind::Call(f, self.arena.alloc_slice_copy(&[sum, arg])));
            }
            return sum;
        }
        self.make(place, CoreKind::Call(f, args))
    }

    /// A call of a small procedure as a copy of its body.
    fn inline(&mut self, place: Place, small: Small<'a>, args: &[Expr<'a>]) -> Option<Expr<'a>> {
        let clause = fitting(small.lambda, args.len())?;
        if self.growth < SMALL {
            return None;
        }
        // What has no text, as a record's accessor, is a part of the text that calls it.
        let textless = clause.body.span.is_none();
        let site = if textless { place.site } else { self.new_site(small.lambda.name, place) };
        let (from, to) = (small.site, site);
        let mut copy =
            Copy { variables: Map::default(), call: textless.then_some(place), from, to, sites: Map::default() };
        let parameters: Vec<Var<'a>> = clause.parameters.iter().map(|v| self.rename(v, &mut copy)).collect();
        let body = self.copy(clause.body, &mut copy)?;
        self.growth -= SMALL;
        // The copy's variables are counted; it has been simplified, so it is only visited for what the operands tell.
        self.count(body);
        Some(self.bind_in(place, &parameters, args, body, site))
    }

    /// The site of a copy of what has the site `site`.
    fn copied_site(&mut self, site: SiteId, copy: &mut Copy<'a>) -> SiteId {
        // The chain up to the procedure's own text, innermost first.
        let mut chain = Vec::new();
        let mut at = site;
        while at != copy.from && !copy.sites.contains_key(&at) {
            let Some(&found) = at.of(&self.sites) else { break };
            chain.push((at, found));
            at = found.call.site;
        }
        let mut outer = copy.sites.get(&at).copied().unwrap_or(copy.to);
        for (id, found) in chain.into_iter().rev() {
            outer = self.new_site(found.procedure, Place { site: outer, ..found.call });
            copy.sites.insert(id, outer);
        }
        outer
    }

    fn rename(&mut self, v: Var<'a>, copy: &mut Copy<'a>) -> Var<'a> {
        let fresh = self.variable(v.name);
        fresh.assigned.set(v.assigned.get());
        copy.variables.insert(v.id, fresh);
        fresh
    }

    /// A copy with fresh binders; `None` for what small procedures do not hold.
    fn copy(&mut self, e: Expr<'a>, copy: &mut Copy<'a>) -> Option<Expr<'a>> {
        let kind = match e.kind {
            CoreKind::Constant(_) | CoreKind::Primitive(_) => return Some(e),
            CoreKind::Global(_) => e.kind,
            CoreKind::Local(v) => match copy.variables.get(&v.id) {
                Some(&fresh) => CoreKind::Local(fresh),
                None if matches!(self.meanings.get(&v.id), Some(Meaning::Once(_))) => return None,
                None => e.kind,
            },
            CoreKind::If(a, b, c) => CoreKind::If(self.copy(a, copy)?, self.copy(b, copy)?, self.copy(c, copy)?),
            CoreKind::Sequence(es) => CoreKind::Sequence(self.copy_all(es, copy)?),
            CoreKind::Call(f, args) => CoreKind::Call(self.copy(f, copy)?, self.copy_all(args, copy)?),
            CoreKind::Let(vs, inits, body) => {
                let inits = self.copy_all(inits, copy)?;
                let vs: Vec<Var<'a>> = vs.iter().map(|v| self.rename(v, copy)).collect();
                CoreKind::Let(self.arena.alloc_slice_copy(&vs), inits, self.copy(body, copy)?)
            }
            _ => return None,
        };
        let place = match copy.call.filter(|_| e.span.is_none()) {
            Some(call) => call,
            None => Place { span: e.span, site: self.copied_site(e.site, copy) },
        };
        Some(self.make(place, kind))
    }

    fn copy_all(&mut self, es: &[Expr<'a>], copy: &mut Copy<'a>) -> Option<&'a [Expr<'a>]> {
        let es: Option<Vec<Expr<'a>>> = es.iter().map(|e| self.copy(e, copy)).collect();
        Some(self.arena.alloc_slice_copy(&es?))
    }
}

/// A copy of a procedure's body that is being made.
struct Copy<'a> {
    variables: Map<u32, Var<'a>>,
    /// Where the call is, if the procedure has no text.
    call: Option<Place>,
    /// The site of the procedure's own text, and what takes its place.
    from: SiteId,
    to: SiteId,
    /// The same for the sites in it.
    sites: Map<SiteId, SiteId>,
}

/// The clause that takes exactly so many arguments, without a rest list.
fn fitting<'a>(l: &'a Lambda<'a>, count: usize) -> Option<&'a Clause<'a>> {
    let first =
        l.clauses.iter().find(|c| c.parameters.len() == count || c.rest.is_some() && c.parameters.len() < count)?;
    first.rest.is_none().then_some(first)
}

/// What a test on the expression answers, if that is known.
fn truth(e: Expr) -> Option<bool> {
    match e.kind {
        CoreKind::Constant(v) => Some(v.is_true()),
        CoreKind::Lambda(_) | CoreKind::Primitive(_) => Some(true),
        _ => None,
    }
}

/// Whether a procedure is one clause without a rest list, of few nodes, without lambdas, assignments and calls of itself.
fn is_small(l: &Lambda, own: Option<GlobalId>) -> bool {
    let [clause] = l.clauses else { return false };
    if clause.rest.is_some() {
        return false;
    }
    let mut nodes = 0;
    let mut pending = vec![clause.body];
    while let Some(e) = pending.pop() {
        nodes += 1;
        let fits = match e.kind {
            CoreKind::Lambda(_) | CoreKind::Letrec(..) | CoreKind::Define(..) => false,
            CoreKind::SetLocal(..) | CoreKind::SetGlobal(..) => false,
            CoreKind::Global(g) => Some(g) != own,
            CoreKind::Local(v) => !v.assigned.get(),
            _ => true,
        };
        if nodes > SMALL || !fits {
            return false;
        }
        each_child(e, &mut |c| pending.push(c));
    }
    true
}
