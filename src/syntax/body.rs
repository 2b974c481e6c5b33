//! Bodies: finding the definitions first, then expanding what was deferred. R6RS chapter 10.
//!
//! A body is scanned from left to right. Macro uses are expanded, `begin`, `let-syntax` and `letrec-syntax` are spliced,
//! keywords are bound at once, variables are bound and their expressions deferred. A local body ends its definitions with
//! the first expression; at the top level they mix. Macro output gets the body's rib again, so that what a macro defines
//! is visible to what the same use inserted, and to nothing else (`wrap.rs`). Where the use stands among the forms of a
//! `let-syntax`, the output gets the layer of its keywords instead, behind which the body's rib is (`rib.rs`).

use super::core::{CoreKind, Expr, GlobalId, Var};
use super::environment::{Environment, Found, Owner};
use super::expand::Class;
use super::rib::Rib;
use super::session::{MacroUse, R, Session};
use super::tables::GlobalInfo;
use super::wrap::Marks;
use super::{Binding, CoreForm, Syntax, Violation, forms, object, resolve};
use crate::account::deepen;
use crate::diagnostics::Span;
use crate::heap::{Symbol, Value, View};

/// Where the definitions of a body go.
#[derive(Copy, Clone)]
pub struct Scope {
    /// The rib of a local body, or the environment of a unit.
    pub element: Value,
    pub kind: ScopeKind,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    /// Definitions, then expressions; variables are local.
    Local,
    /// Definitions and expressions mixed; variables are globals.
    Top,
    /// Inside of `begin-for-syntax`: variables are globals that are defined at expansion time.
    ForSyntax,
}

/// What a variable is bound as.
#[derive(Copy, Clone)]
pub enum Target<'a> {
    Local(Var<'a>),
    Global(GlobalId),
}

/// The right-hand side of a definition.
#[derive(Copy, Clone)]
pub enum Rhs {
    /// `(define id)`
    None,
    Expression(Value),
    /// `(define (id . formals) body …)`: the formals and the list of body forms.
    Procedure(Value, Value),
}

/// A deferred part of a body.
pub enum Item<'a> {
    Definition { target: Target<'a>, name: Value, rhs: Rhs, form: Value, uses: Option<&'a MacroUse<'a>> },
    Expression { form: Value, uses: Option<&'a MacroUse<'a>> },
}

/// A form waiting to be looked at, with the macro uses that it came from.
pub struct Waiting<'a> {
    pub form: Value,
    pub uses: Option<&'a MacroUse<'a>>,
    /// The scope that the form stands in: the body's, or a layer of keywords in front of it.
    pub place: Value,
}

/// A scan: what waits, in reverse order, and what was found.
pub struct Scan<'a> {
    pub scope: Scope,
    pub waiting: Vec<Waiting<'a>>,
    pub items: Vec<Item<'a>>,
    /// The scope in which the form at hand stands: see `Waiting`.
    pub place: Value,
}

impl<'a> Scan<'a> {
    pub fn new(scope: Scope) -> Scan<'a> {
        Scan { scope, waiting: Vec::new(), items: Vec::new(), place: scope.element }
    }

    /// Puts forms in front of what waits, in the place of the form at hand.
    pub fn splice(&mut self, forms: &[Value], uses: Option<&'a MacroUse<'a>>) {
        self.splice_in(self.place, forms, uses)
    }

    /// Puts forms in front of what waits; they are in the scope `place` already.
    pub fn splice_in(&mut self, place: Value, forms: &[Value], uses: Option<&'a MacroUse<'a>>) {
        self.waiting.extend(forms.iter().rev().map(|&form| Waiting { form, uses, place }));
    }
}

impl<'a> Session<'a, '_> {
    /// The body of a `lambda` or the like: `forms` are its elements, already in the scope of the parameters.
    pub fn expand_body(&mut self, who: &str, forms: &[Value], whole: Value) -> R<Expr<'a>> {
        let kept = self.kept();
        let count = self.lexicals.len();
        let uses = self.uses;
        let result = self.expand_local_body(who, forms, whole);
        self.uses = uses;
        self.close_scope(count);
        self.release(kept);
        result
    }

    fn expand_local_body(&mut self, who: &str, forms: &[Value], whole: Value) -> R<Expr<'a>> {
        if forms.is_empty() {
            return Err(self.error(who, "there is no expression in the body", whole, whole));
        }
        if self.begins_with_expression(forms[0])? {
            // Then all are expressions, and there is nothing to bind.
            let expressions = self.expand_all(forms)?;
            return Ok(self.sequence(self.body_span(&expressions, whole), expressions));
        }
        let rib = self.rib(Rib::open());
        let mut scan = Scan::new(Scope { element: rib, kind: ScopeKind::Local });
        let forms: Vec<Value> = forms.iter().map(|&form| self.in_scope(form, rib)).collect();
        scan.splice(&forms, self.uses);
        self.scan(&mut scan)?;
        if let Some(rib) = rib.external_mut::<Rib>() {
            rib.complete();
        }
        let (mut variables, mut values, mut expressions) = (Vec::new(), Vec::new(), Vec::new());
        for item in scan.items {
            match item {
                Item::Definition { target: Target::Local(variable), name, rhs, form, uses } => {
                    self.uses = uses;
                    variables.push(variable);
                    values.push(self.expand_rhs(name, rhs, form)?);
                }
                Item::Definition { target: Target::Global(global), name, rhs, form, uses } => {
                    self.uses = uses;
                    expressions.push(self.expand_global(global, name, rhs, form)?);
                }
                Item::Expression { form, uses } => {
                    self.uses = uses;
                    expressions.push(self.expand(form)?);
                }
            }
        }
        if expressions.is_empty() {
            return Err(self.error(who, "there is no expression after the definitions of the body", whole, whole));
        }
        let span = self.body_span(&expressions, whole);
        let body = self.sequence(span, expressions);
        Ok(self.letrec(span, variables, values, body))
    }

    /// Whether the form is an expression as it stands: no definition, no macro use, nothing to splice.
    fn begins_with_expression(&mut self, form: Value) -> R<bool> {
        Ok(match self.classify(form)? {
            Class::Macro(_) => false,
            Class::Form(core) => !core.is_definition() && !forms::splices(core),
            Class::Reference(_) | Class::Unbound | Class::Call | Class::Atom => true,
        })
    }

    /// From the first to the last expression of a body.
    fn body_span(&self, expressions: &[Expr<'a>], whole: Value) -> Span {
        match expressions {
            [first, .., last] if !last.span.is_none() => first.span.to(last.span),
            [only] if !only.span.is_none() => only.span,
            _ => self.span(whole),
        }
    }

    /// The top level of a unit: the forms of which the code consists, in order.
    pub fn expand_top(&mut self, scan: Scan<'a>) -> R<Vec<Expr<'a>>> {
        let mut code = Vec::with_capacity(scan.items.len());
        for item in scan.items {
            match item {
                Item::Definition { target, name, rhs, form, uses } => {
                    self.uses = uses;
                    if let Target::Global(global) = target {
                        code.push(self.expand_global(global, name, rhs, form)?);
                    }
                }
                Item::Expression { form, uses } => {
                    self.uses = uses;
                    code.push(self.expand(form)?);
                }
            }
        }
        self.uses = None;
        Ok(code)
    }

    fn expand_global(&mut self, global: GlobalId, name: Value, rhs: Rhs, form: Value) -> R<Expr<'a>> {
        let value = self.expand_rhs(name, rhs, form)?;
        Ok(self.core(self.span(form), CoreKind::Define(global, value)))
    }

    fn expand_rhs(&mut self, name: Value, rhs: Rhs, form: Value) -> R<Expr<'a>> {
        match rhs {
            Rhs::None => Ok(self.void(self.span(form))),
            Rhs::Expression(expression) => self.expand_named(expression, name),
            Rhs::Procedure(formals, body) => {
                self.enter(form)?;
                let kept = self.kept();
                let result = deepen(&mut *self, |s| {
                    let clause = forms::lambda::clause(s, "define", formals, body, form)?;
                    Ok(s.procedure(s.span(form), name, vec![clause]))
                });
                self.release(kept);
                self.leave();
                result?
            }
        }
    }

    /// Looks at the waiting forms until all definitions are found.
    pub fn scan(&mut self, scan: &mut Scan<'a>) -> R<()> {
        while let Some(Waiting { form, uses, place }) = scan.waiting.pop() {
            self.uses = uses;
            scan.place = place;
            self.charge()?;
            let ends = self.scan_form(scan, form)?;
            if ends && scan.scope.kind == ScopeKind::Local {
                // The first expression: all that follows are expressions.
                let rest = std::mem::take(&mut scan.waiting);
                let rest = rest.into_iter().rev();
                scan.items.extend(rest.map(|w| Item::Expression { form: w.form, uses: w.uses }));
            }
        }
        Ok(())
    }

    /// Looks at one form; answers whether it is an expression.
    fn scan_form(&mut self, scan: &mut Scan<'a>, mut form: Value) -> R<bool> {
        let kept = self.kept();
        loop {
            let class = self.classify(form)?;
            match class {
                Class::Macro(object) => {
                    self.note_head(form);
                    let output = self.transcribe(object, form)?;
                    form = self.in_scope(output, scan.place);
                    self.release(kept);
                    self.keep(form);
                }
                Class::Form(core) if core.is_definition() || forms::splices(core) => {
                    self.note_head(form);
                    forms::define(self, scan, core, form)?;
                    return Ok(false);
                }
                _ => {
                    scan.items.push(Item::Expression { form, uses: self.uses });
                    return Ok(true);
                }
            }
        }
    }

    /// Remembers that the keyword of a form decided what the form means.
    fn note_head(&mut self, form: Value) {
        let head = match object::identifier(form) {
            Some(_) => form,
            None => match object::pair_parts(self.heap(), form) {
                Some((head, _)) => head,
                None => return,
            },
        };
        resolve::look_up_noting(self.host.tables(), head);
    }

    /// Defines an identifier in a scope. Refuses what is defined there already, or imported, or was used as something else.
    pub fn define(&mut self, scope: Scope, who: &str, id: Value, binding: Binding, form: Value) -> R<()> {
        let (Some(symbol), Some(syntax)) = (object::identifier(id), Syntax::of(id)) else {
            return Err(self.error(who, "expected an identifier to define", form, id));
        };
        let marks = Marks::of(syntax.wrap());
        let name = symbol.name().to_string();
        if let Some(rib) = scope.element.external_ref::<Rib>() {
            if let Some(used) = rib.was_missed(symbol.value(), marks.as_slice()) {
                let message = format!("`{name}` was already used with another meaning in this body");
                let violation = self.violation(who, &message, form, id);
                return Err(violation.label(used, "used here").label(syntax.span(), "defined here").into());
            }
            return self.bind(who, scope.element, id, binding, form);
        }
        self.define_at_top(scope.element, who, id, binding, form)
    }

    fn define_at_top(&mut self, element: Value, who: &str, id: Value, binding: Binding, form: Value) -> R<()> {
        let (Some(environment), Some(syntax)) = (element.external_ref::<Environment>(), Syntax::of(id)) else {
            return Ok(());
        };
        let (symbol, name, span) = (self.symbol(id), self.name(id), syntax.span());
        let whole = Symbol::from_value(symbol);
        let whole = whole.as_ref().map_or("", Symbol::name);
        let marks = Marks::of(syntax.wrap());
        let owner = environment.owner;
        if owner == Owner::Immutable {
            return Err(self.error(who, "this environment takes no definitions", form, id));
        }
        let may_import = marks.as_slice().is_empty() && owner != Owner::Interactive;
        if may_import
            && environment.imported(self.tables(), symbol) != Found::Unbound
            && !environment.may_shadow(self.tables(), whole)
        {
            let importer = environment.importer(self.tables(), whole);
            let key = importer.map(|(library, _)| self.tables().library(library).key.clone()).unwrap_or_default();
            let violation = self.violation(who, &format!("`{name}` is imported from {key}"), form, id);
            let place = importer.map_or(Span::NONE, |(_, span)| span);
            return Err(violation
                .label(place, "imported here")
                .help(format!("import it without that name, (except {key} {name}), or choose another name"))
                .into());
        }
        if let Some(other) = environment.definition(symbol, marks.as_slice())
            && owner != Owner::Interactive
        {
            let first = other.span;
            let violation = self.violation(who, &format!("`{name}` is defined twice"), form, id);
            return Err(violation.label(first, "first here").label(span, "and again here").into());
        }
        if element == self.tables().interactive {
            let (heap, tables) = self.host.parts();
            tables.watch_marks(heap, syntax.wrap())
        }
        if let Some(environment) = element.external_mut::<Environment>() {
            environment.definitions_mut().rebind(symbol, marks.as_slice(), binding, span)
        }
        Ok(())
    }

    /// Changes the meaning of an identifier that was just defined.
    pub fn redefine(&mut self, scope: Scope, id: Value, binding: Binding) {
        let symbol = self.symbol(id);
        let Some(syntax) = Syntax::of(id) else { return };
        let marks = Marks::of(syntax.wrap());
        if let Some(rib) = scope.element.external_mut::<Rib>() {
            rib.set(symbol, marks.as_slice(), binding);
        } else if let Some(environment) = scope.element.external_mut::<Environment>() {
            environment.definitions_mut().set(symbol, marks.as_slice(), binding);
        }
    }

    /// Defines a variable.
    pub fn define_variable(&mut self, scope: Scope, who: &str, id: Value, form: Value) -> R<Target<'a>> {
        if object::identifier(id).is_none() {
            return Err(self.error(who, "expected an identifier to define", form, id));
        }
        if scope.kind == ScopeKind::Local {
            let (lexical, variable) = self.lexical(id, 0);
            self.define(scope, who, id, Binding::Variable(lexical), form)?;
            return Ok(Target::Local(variable));
        }
        if let Some(global) = self.redefined_global(scope, id) {
            return Ok(Target::Global(global));
        }
        let name = self.symbol(id);
        let marks = Syntax::of(id).map(|id| Marks::of(id.wrap())).unwrap_or_default();
        if let Some(global) = self.take_forward(scope.element, id, marks.as_slice()) {
            self.define(scope, who, id, Binding::Global(global), form)?;
            return Ok(Target::Global(global));
        }
        let global = self.host.new_global(name);
        self.define(scope, who, id, Binding::Global(global), form)?;
        let for_syntax = scope.kind == ScopeKind::ForSyntax;
        let environment = self.environment;
        let info = GlobalInfo { environment, assigned: false, exported: false, for_syntax };
        self.tables().globals.insert(global, info);
        self.keep_constant(name);
        self.globals.push((global, name));
        Ok(Target::Global(global))
    }

    /// At the prompt, a variable that is defined again keeps its location.
    fn redefined_global(&mut self, scope: Scope, id: Value) -> Option<GlobalId> {
        let environment = scope.element.external_ref::<Environment>()?;
        if environment.owner != Owner::Interactive {
            return None;
        }
        let marks = Marks::of(Syntax::of(id)?.wrap());
        let entry = environment.definition(self.symbol(id), marks.as_slice())?;
        let Binding::Global(global) = entry.binding else { return None };
        if let Some(info) = self.tables().globals.get_mut(&global) {
            info.assigned = true;
        }
        Some(global)
    }

    /// The error for a definition where an expression is wanted.
    pub fn misplaced_definition(&mut self, core: CoreForm, form: Value) -> super::Failure {
        let message = "a definition cannot stand here: an expression is expected";
        let violation = Violation::new(message, form, self.span(form)).who(core.name()).help(
            "definitions come first in a body, before its expressions; (let () definition … expression …) makes a body",
        );
        self.with_uses(violation).into()
    }
}
