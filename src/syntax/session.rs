//! An expansion session: one unit on its way from syntax to the core language.
//!
//! Invariants:
//! - A collection may happen whenever the host is asked to charge, call, evaluate or instantiate. So every syntax value
//!   that is made here is pushed on [`Tables::protected`]; `expand` takes off at its end what was pushed since its
//!   beginning, for it answers core language alone. Constants and names in the core language are in
//!   [`Tables::constants`] until the session ends.
//! - `lexicals` is a stack: a scope takes off what it pushed. An identifier whose variable is no longer there has
//!   outlived its scope (`LexicalId`).

use super::core::{Core, CoreKind, Expr, GlobalId, Lambda, SiteId, Transformer, Var, Variable};
use super::environment::{Environment, Found, Owner};
use super::host::Host;
use super::library::LibraryId;
use super::object::Unfinished;
use super::rib::Rib;
use super::wrap::{self, Marks};
use super::{
    Binding, CoreForm, Failure, Later, LexicalId, Syntax, Tables, Unit, Violation, object, resolve, show, suggest,
};
use crate::account::{Account, Accountable, Arena, Claim, Paid};
use crate::diagnostics::Span;
use crate::heap::{Heap, Symbol, Value, View};
use std::cell::Cell;

/// What every step of an expansion answers.
pub type R<T> = Result<T, Failure>;

/// How deep forms may nest.
const DEEPEST: usize = 10_000;

/// A local variable or pattern variable in scope.
pub struct Lexical<'a> {
    pub variable: Var<'a>,
    /// The phase in which it has a value: 0 in the program, 1 in its transformers, and so on.
    pub phase: u32,
    /// For a pattern variable: how many ellipses follow it.
    pub depth: u32,
    /// How often it was mentioned.
    pub references: u32,
}

/// Counts mentions of some variables: those from place `first` of the stack of scopes on, before `end`.
pub struct Watch {
    pub first: u32,
    pub end: u32,
    pub mentions: u64,
}

/// A macro use that led to the form at hand.
pub struct MacroUse<'a> {
    pub name: &'a str,
    pub span: Span,
    pub outer: Option<&'a MacroUse<'a>>,
    /// How many uses lie around this one.
    pub depth: usize,
}

/// One unit being expanded.
pub struct Session<'a, 'h> {
    pub host: &'h mut dyn Host,
    pub arena: &'a Arena,
    pub lexicals: Vec<Lexical<'a>>,
    pub phase: u32,
    /// The scope of the unit's top level.
    pub environment: Value,
    pub requires: Vec<LibraryId>,
    /// Libraries whose variables the transformer expression at hand mentions.
    pub requires_now: Vec<LibraryId>,
    pub globals: Vec<(GlobalId, Value)>,
    pub transformers: Vec<Transformer<'a>>,
    /// The macro uses that led here.
    pub uses: Option<&'a MacroUse<'a>>,
    /// Whether looking identifiers up decides the meaning of a body's definitions (`Rib::miss`).
    pub noting: bool,
    /// What forms that come later may define.
    pub later: Later<'h>,
    /// How many procedures lie around the form at hand.
    pub procedures: usize,
    /// The scopes of `letrec` forms around, with how often their variables were mentioned so far.
    pub watches: Vec<Watch>,
    /// There was no memory for taking a form apart: whatever came of it, the expansion fails.
    full: bool,
    /// Work done since the host was last charged.
    work: usize,
    depth: usize,
    constants: usize,
    protected: usize,
}

impl Accountable for Session<'_, '_> {
    fn account(&self) -> &Account {
        self.arena.account()
    }
}

impl<'a, 'h> Session<'a, 'h> {
    pub fn new(host: &'h mut dyn Host, arena: &'a Arena, environment: Value) -> Session<'a, 'h> {
        let tables = host.tables();
        let (protected, constants) = (tables.protected.len(), tables.constants.len());
        tables.protected.push(environment);
        let work = std::mem::take(&mut tables.owed);
        Session {
            host,
            arena,
            lexicals: Vec::new(),
            phase: 0,
            environment,
            requires: Vec::new(),
            requires_now: Vec::new(),
            globals: Vec::new(),
            transformers: Vec::new(),
            uses: None,
            noting: false,
            later: Later::Nothing,
            procedures: 0,
            watches: Vec::new(),
            full: false,
            work,
            depth: 0,
            constants,
            protected,
        }
    }

    /// The unit with this body. The caller compiles it before anything can collect.
    pub fn finish(self, body: Expr<'a>) -> Unit<'a> {
        let Session { host, requires, globals, transformers, constants, protected, .. } = self;
        let tables = host.tables();
        tables.protected.truncate(protected);
        tables.constants.truncate(constants);
        Unit { body, requires, globals, transformers }
    }

    /// Ends the session after a failure. The next one is charged for what this one owes: to fail over and over is work, too.
    pub fn abandon(self) {
        self.host.tables().owed += self.work;
        let (protected, constants) = (self.protected, self.constants);
        let tables = self.host.tables();
        tables.protected.truncate(protected);
        tables.constants.truncate(constants);
    }

    pub fn heap(&mut self) -> &mut Heap {
        self.host.heap()
    }

    pub fn tables(&mut self) -> &mut Tables {
        self.host.tables()
    }

    /// The environment of the unit.
    pub fn top(&self) -> &Environment {
        self.environment.external_ref().expect("a session is made with an environment")
    }

    /// Whether the unit belongs to Vicar itself.
    pub fn is_builtin(&mut self) -> bool {
        let owner = self.top().owner;
        match owner {
            Owner::Library(id) | Owner::Builtin(id) => self.tables().library(id).builtin,
            _ => false,
        }
    }

    /// A mark that nothing carries yet.
    pub fn fresh_mark(&mut self) -> Value {
        let (heap, tables) = self.host.parts();
        tables.fresh_mark(heap)
    }

    // Keeping values alive.

    /// Keeps a syntax value until the enclosing `expand` ends.
    pub fn keep(&mut self, v: Value) -> Value {
        if v.is_pointer() {
            self.tables().protected.push(v);
        }
        v
    }

    /// Keeps a constant until the session ends.
    pub fn keep_constant(&mut self, v: Value) -> Value {
        if v.is_pointer() {
            self.tables().constants.push(v);
        }
        v
    }

    fn keep_all(&mut self, values: &[Value]) {
        self.tables().protected.extend_from_slice(values);
    }

    /// How much is kept now.
    pub fn kept(&mut self) -> usize {
        self.tables().protected.len()
    }

    /// Keeps no longer what was pushed since `kept` was asked.
    pub fn release(&mut self, kept: usize) {
        self.tables().protected.truncate(kept);
    }

    // Depth.

    /// One level deeper.
    pub fn enter(&mut self, form: Value) -> R<()> {
        if self.depth >= DEEPEST {
            let violation = Violation::new(
                format!("forms are nested more than {DEEPEST} levels deep here"),
                form,
                object::span_of(form),
            );
            return Err(self.with_uses(violation).into());
        }
        self.depth += 1;
        Ok(())
    }

    /// Charges for the work done, now and then. Everything that is needed later must be kept.
    pub fn charge(&mut self) -> R<()> {
        const BATCH: usize = if cfg!(test) { 1 } else { 256 };
        // A form takes as long as a few turns of a loop, and so do the passes over what it becomes.
        self.work += 6;
        if self.work >= BATCH {
            let work = std::mem::take(&mut self.work);
            self.host.charge(work)?;
            self.arena.check()?;
        }
        Ok(())
    }

    /// Notes work to be charged for, also where an error comes next.
    pub fn owe(&mut self, work: usize) {
        self.heap().owe(work);
    }

    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    // Taking forms apart. What comes out is kept.

    /// The datum of a literal.
    pub fn strip_literal(&mut self, form: Value) -> R<Value> {
        match object::strip_literal(self.heap(), form) {
            Ok(datum) => Ok(datum),
            Err(Unfinished::Full) => Err(Failure::HeapFull),
            Err(Unfinished::Stopped) => Err(self.stopped()),
        }
    }

    /// Why work that asked whether there is time was given up.
    pub fn stopped(&mut self) -> Failure {
        self.host.poll().err().unwrap_or(Failure::Limit)
    }

    /// The elements of a list form.
    pub fn list(&mut self, form: Value) -> Option<Paid<Vec<Value>>> {
        let (elements, tail) = match object::Spine::new(self.heap(), form).take_all(self.heap()) {
            Ok(taken) => taken?,
            Err(_) => {
                self.full = true;
                return None;
            }
        };
        if !tail.is_nil() {
            return None;
        }
        self.keep_all(&elements);
        Some(elements)
    }

    /// Asks whether there is room for what is made of that many elements of a pattern or template.
    pub fn admit(&mut self, elements: usize) -> R<()> {
        const BYTES: usize = 160;
        Ok(self.heap().reserve_many(elements * BYTES)?)
    }

    /// The result of a part of the expansion, unless there was no memory for taking forms apart.
    pub fn settle<T>(&self, result: R<T>) -> R<T> {
        if self.full { Err(Failure::HeapFull) } else { result }
    }

    /// If a limit ends the expansion, notes where: the use of the outermost macro that led here, or else the form. Who
    /// notes first is the closest.
    pub fn note_stop<T>(&mut self, result: &R<T>, form: Value) {
        if !matches!(result, Err(Failure::Limit | Failure::HeapFull)) || !self.host.tables().stopped_at.is_none() {
            return;
        }
        let uses = std::iter::successors(self.uses, |u| u.outer).map(|u| u.span).filter(|span| !span.is_none());
        self.host.tables().stopped_at = uses.last().unwrap_or_else(|| object::span_of(form));
    }

    /// The elements and the tail of a list form, proper or not.
    pub fn list_and_tail(&mut self, form: Value) -> R<(Paid<Vec<Value>>, Value)> {
        match object::Spine::new(self.heap(), form).take_all(self.heap())? {
            Some((elements, tail)) => {
                self.keep_all(&elements);
                self.keep(tail);
                // `()` is `()` whatever its wrap.
                let end = object::unwrap(tail).is_nil();
                Ok((elements, if end { Value::NIL } else { tail }))
            }
            None => Err(self.plain_error("a circular list is no program", form)),
        }
    }

    pub fn pair(&mut self, form: Value) -> Option<(Value, Value)> {
        let (car, cdr) = object::pair_parts(self.heap(), form)?;
        self.keep_all(&[car, cdr]);
        Some((car, cdr))
    }

    /// The elements of a vector form; none of anything else.
    pub fn vector(&mut self, form: Value) -> R<Paid<Vec<Value>>> {
        let Some(elements) = object::vector_elements(self.heap(), form)? else {
            return Ok(Paid::new(Vec::new(), Claim::new(self.heap().memory())));
        };
        self.keep_all(&elements);
        Ok(elements)
    }

    /// Pushes a rib onto a form.
    pub fn in_scope(&mut self, form: Value, rib: Value) -> Value {
        let span = object::span_of(form);
        let heap = self.heap();
        let wrap = heap.list(&[rib]);
        let form = object::push(heap, form, wrap, span);
        self.keep(form)
    }

    /// Where a form was written; what has no place itself takes that of the innermost macro use.
    pub fn span(&self, form: Value) -> Span {
        let span = object::span_of(form);
        if span.is_none() { self.uses.map_or(span, |u| u.span) } else { span }
    }

    // Identifiers.

    /// What an identifier means; conflicting imports are a violation.
    pub fn resolve(&mut self, id: Value) -> R<Option<Binding>> {
        let noting = self.noting;
        let tables = self.host.tables();
        let (found, steps) = if noting { resolve::look_up_noting(tables, id) } else { resolve::look_up(tables, id) };
        self.work += 1 + steps / wrap::PER_UNIT;
        match found {
            Found::Bound(binding) => Ok(Some(binding)),
            Found::Unbound => Ok(None),
            Found::Conflict(a, b) => {
                let [a, b] = [a, b].map(|l| self.tables().library(l).key.clone());
                let name = self.name(id);
                let message = format!("`{name}` is imported with different meanings from {a} and from {b}");
                let violation = Violation::new(message, id, self.span(id))
                    .help(format!("leave one of them out: (except {b} {name})"));
                Err(self.with_uses(violation).into())
            }
        }
    }

    /// Whether an identifier means that form. Never notes anything: what is asked here is what an identifier is not.
    pub fn is_form(&mut self, id: Value, form: CoreForm) -> bool {
        if object::identifier(id).is_none() {
            return false;
        }
        let (found, steps) = resolve::look_up(self.host.tables(), id);
        self.work += steps / wrap::PER_UNIT;
        matches!(found, Found::Bound(binding) if binding == Binding::Core(form))
    }

    /// The name of an identifier, for messages: cut if it is very long.
    pub fn name(&self, id: Value) -> String {
        object::identifier(id).map_or("?".into(), show::name)
    }

    /// The symbol of an identifier.
    pub fn symbol(&self, id: Value) -> Value {
        object::identifier(id).map_or(Value::FALSE, Symbol::value)
    }

    /// A new rib.
    pub fn rib(&mut self, rib: Rib) -> Value {
        let rib = self.heap().external(Box::new(rib));
        self.keep(rib)
    }

    /// Binds an identifier in a rib. It must not be bound there already.
    pub fn bind(&mut self, who: &str, rib: Value, id: Value, binding: Binding, form: Value) -> R<()> {
        let (Some(symbol), Some(syntax)) = (object::identifier(id), Syntax::of(id)) else {
            return Err(self.error(who, "expected an identifier", form, id));
        };
        let marks = Marks::of(syntax.wrap());
        let span = syntax.span();
        let Some(table) = rib.external_mut::<Rib>() else { return Ok(()) };
        if let Err(other) = table.add(symbol.value(), marks.as_slice(), binding, span) {
            let (first, name) = (other.span, symbol.name().to_string());
            let violation = self.violation(who, &format!("`{name}` is bound twice"), form, id);
            return Err(violation.label(first, "first here").label(span, "and again here").into());
        }
        Ok(())
    }

    /// Says that a rib has all its bindings, with their meanings.
    pub fn complete(&self, rib: Value) {
        if let Some(rib) = rib.external_mut::<Rib>() {
            rib.complete();
        }
    }

    /// A fresh variable named like the identifier, in scope from now on until `close_scope`.
    pub fn lexical(&mut self, id: Value, depth: u32) -> (LexicalId, Var<'a>) {
        let name = self.symbol(id);
        let variable = self.variable(name);
        let id = LexicalId { index: self.lexicals.len() as u32, variable: variable.id };
        self.lexicals.push(Lexical { variable, phase: self.phase, depth, references: 0 });
        (id, variable)
    }

    /// A fresh variable that no identifier names.
    pub fn variable(&mut self, name: Value) -> Var<'a> {
        let name = self.keep_constant(name);
        let id = self.tables().fresh_variable();
        self.arena.alloc(Variable { name, id, assigned: Cell::new(false), scratch: Cell::new(0) })
    }

    /// A fresh variable with that name for messages.
    pub fn temporary(&mut self, name: &str) -> Var<'a> {
        let name = self.heap().symbol(name);
        self.variable(name)
    }

    /// The entry of a variable that is in scope.
    pub fn lexical_of(&mut self, id: LexicalId) -> Option<&mut Lexical<'a>> {
        self.lexicals.get_mut(id.index as usize).filter(|l| l.variable.id == id.variable)
    }

    /// Ends the scope of all variables made since there were `count`.
    pub fn close_scope(&mut self, count: usize) {
        self.lexicals.truncate(count);
    }

    /// Binds identifiers to fresh variables in a new rib.
    pub fn bind_variables(&mut self, who: &str, ids: &[Value], form: Value) -> R<(Value, Vec<Var<'a>>)> {
        let rib = self.rib(Rib::closed());
        let mut variables = Vec::with_capacity(ids.len());
        // Making a variable and all that the passes after this one do for it.
        self.owe(ids.len());
        for &id in ids {
            let (lexical, variable) = self.lexical(id, 0);
            self.bind(who, rib, id, Binding::Variable(lexical), form)?;
            variables.push(variable);
        }
        self.complete(rib);
        Ok((rib, variables))
    }

    // Making core language.

    pub fn core(&self, span: Span, kind: CoreKind<'a>) -> Expr<'a> {
        self.arena.alloc(Core { span, site: SiteId::NONE, kind })
    }

    pub fn constant(&mut self, span: Span, v: Value) -> Expr<'a> {
        let v = self.keep_constant(v);
        self.core(span, CoreKind::Constant(v))
    }

    pub fn void(&self, span: Span) -> Expr<'a> {
        self.core(span, CoreKind::Constant(Value::VOID))
    }

    pub fn local(&self, span: Span, variable: Var<'a>) -> Expr<'a> {
        self.core(span, CoreKind::Local(variable))
    }

    pub fn slice<T>(&self, items: Vec<T>) -> &'a [T] {
        self.arena.alloc_slice_fill_iter(items)
    }

    pub fn call(&self, span: Span, operator: Expr<'a>, operands: Vec<Expr<'a>>) -> Expr<'a> {
        let operands = self.slice(operands);
        self.core(span, CoreKind::Call(operator, operands))
    }

    pub fn if_(&self, span: Span, test: Expr<'a>, then: Expr<'a>, otherwise: Expr<'a>) -> Expr<'a> {
        self.core(span, CoreKind::If(test, then, otherwise))
    }

    /// Expressions in order; the value is that of the last.
    pub fn sequence(&self, span: Span, mut parts: Vec<Expr<'a>>) -> Expr<'a> {
        match parts.len() {
            0 => self.void(span),
            1 => parts.swap_remove(0),
            _ => {
                let parts = self.slice(parts);
                self.core(span, CoreKind::Sequence(parts))
            }
        }
    }

    pub fn let_(&self, span: Span, variables: Vec<Var<'a>>, values: Vec<Expr<'a>>, body: Expr<'a>) -> Expr<'a> {
        if variables.is_empty() {
            return body;
        }
        let (variables, values) = (self.slice(variables), self.slice(values));
        self.core(span, CoreKind::Let(variables, values, body))
    }

    pub fn letrec(&self, span: Span, variables: Vec<Var<'a>>, values: Vec<Expr<'a>>, body: Expr<'a>) -> Expr<'a> {
        if variables.is_empty() {
            return body;
        }
        let (variables, values) = (self.slice(variables), self.slice(values));
        self.core(span, CoreKind::Letrec(variables, values, body))
    }

    /// A procedure of one clause.
    pub fn lambda(
        &self,
        span: Span,
        name: Value,
        parameters: Vec<Var<'a>>,
        rest: Option<Var<'a>>,
        body: Expr<'a>,
    ) -> Expr<'a> {
        let clause = super::core::Clause { parameters: self.slice(parameters), rest, body };
        self.procedure(span, name, vec![clause])
    }

    pub fn procedure(&self, span: Span, name: Value, clauses: Vec<super::core::Clause<'a>>) -> Expr<'a> {
        let clauses = self.slice(clauses);
        let lambda: &'a Lambda<'a> = self.arena.alloc(Lambda { name, span, clauses });
        self.core(span, CoreKind::Lambda(lambda))
    }

    /// A call of a built-in procedure that a form expands to.
    pub fn call_builtin(&mut self, span: Span, library: &str, name: &str, operands: Vec<Expr<'a>>) -> R<Expr<'a>> {
        let operator = self.builtin(span, library, name)?;
        Ok(self.call(span, operator, operands))
    }

    /// A built-in procedure that a form expands to.
    pub fn builtin(&mut self, span: Span, library: &str, name: &str) -> R<Expr<'a>> {
        let tables = self.tables();
        let found = tables.builtins.export(library, name).or_else(|| {
            let library = tables.find(library)?;
            tables.exported(library, name)
        });
        let kind = match found {
            Some(Binding::Primitive(id)) => CoreKind::Primitive(id),
            Some(Binding::Global(id)) => CoreKind::Global(id),
            _ => {
                // A procedure of the prelude while that is read from source: its library may not be loaded yet.
                let Some(id) = super::loader::load_builtin(self, library)? else {
                    return Err(
                        Violation::new(format!("this Vicar lacks {library} `{name}`"), Value::FALSE, span).into()
                    );
                };
                match self.tables().exported(id, name) {
                    Some(Binding::Global(global)) => {
                        self.require(id);
                        CoreKind::Global(global)
                    }
                    _ => {
                        let message = format!("this Vicar lacks `{name}` of {library}");
                        return Err(Violation::new(message, Value::FALSE, span).into());
                    }
                }
            }
        };
        Ok(self.core(span, kind))
    }

    /// Notes that the code at hand needs a library to have run.
    pub fn require(&mut self, library: LibraryId) {
        let list = if self.phase > 0 { &mut self.requires_now } else { &mut self.requires };
        if !list.contains(&library) {
            list.push(library);
        }
    }

    // Violations.

    /// A violation of `form`, at `subform`.
    pub fn violation(&mut self, who: &str, message: &str, form: Value, subform: Value) -> Violation {
        let own = object::span_of(subform);
        let span = if own.is_none() { self.span(form) } else { own };
        let mut violation = Violation::new(message, form, span).who(who);
        if subform != form {
            violation = violation.subform(subform);
        }
        self.with_uses(violation)
    }

    pub fn error(&mut self, who: &str, message: &str, form: Value, subform: Value) -> Failure {
        self.violation(who, message, form, subform).into()
    }

    /// A violation that nobody in particular complains about.
    pub fn plain_error(&mut self, message: &str, form: Value) -> Failure {
        let violation = Violation::new(message, form, self.span(form));
        self.with_uses(violation).into()
    }

    /// Adds the macro uses that inserted the text at which the violation points.
    pub fn with_uses(&self, mut violation: Violation) -> Violation {
        const SHOWN: usize = 5;
        let mut names: Vec<&str> = Vec::new();
        let mut at = self.uses;
        while let Some(used) = at {
            if used.span == violation.diagnostic.span && names.last() != Some(&used.name) {
                names.push(used.name);
            }
            at = used.outer;
        }
        let hidden = names.len().saturating_sub(SHOWN);
        for (i, name) in names.iter().take(SHOWN).enumerate() {
            let text = match i {
                0 => format!("in code that the macro `{name}` inserted here"),
                _ => format!("which was inserted by the macro `{name}`"),
            };
            violation.diagnostic.notes.push(text);
        }
        if hidden > 0 {
            violation.diagnostic.notes.push(format!("and {hidden} macro uses more"));
        }
        violation
    }

    /// The error for an identifier without binding.
    pub fn unbound(&mut self, id: Value) -> Failure {
        let violation = suggest::unbound(self, id);
        self.with_uses(violation).into()
    }
}
