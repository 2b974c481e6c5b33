//! Definitions and `begin`: R6RS 11.2, 11.4.7, and Vicare's `define-alias`, `define-fluid-syntax`, `begin-for-syntax`,
//! `(define-syntax (name arg) body …)`, `import` in a body.

use crate::heap::Value;
use crate::syntax::body::{Item, Rhs, Scan, Scope, ScopeKind};
use crate::syntax::core::Expr;
use crate::syntax::environment::{Environment, Owner};
use crate::syntax::session::{R, Session};
use crate::syntax::{Binding, imports, object, transformer};

pub fn begin_expression<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("begin", form, 1, usize::MAX, "(begin expression …)")?;
    let parts = s.expand_all(&parts)?;
    Ok(s.sequence(s.span(form), parts))
}

pub fn begin<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, form: Value) -> R<()> {
    let parts = s.operands("begin", form, 0, usize::MAX, "(begin form …)")?;
    scan.splice(&parts, s.uses);
    Ok(())
}

const DEFINE: &str = "(define variable expression), (define variable) or (define (variable parameter …) body …)";

pub fn define<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, form: Value) -> R<()> {
    let rest = s.pair(form).and_then(|(_, rest)| s.pair(rest));
    let Some((target, rest)) = rest else { return Err(s.malformed("define", form, form, DEFINE)) };
    let (id, rhs) = if object::identifier(target).is_some() {
        match s.list(rest).as_deref().map(Vec::as_slice) {
            Some([]) => (target, Rhs::None),
            Some(&[expression]) => (target, Rhs::Expression(expression)),
            _ => return Err(s.malformed("define", form, form, DEFINE)),
        }
    } else {
        let Some((id, formals)) = s.pair(target) else { return Err(s.malformed("define", form, target, DEFINE)) };
        (id, Rhs::Procedure(formals, rest))
    };
    define_variable(s, scan, id, rhs, form)
}

/// Defines a variable and defers its expression.
pub fn define_variable<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, id: Value, rhs: Rhs, form: Value) -> R<()> {
    let target = s.define_variable(scan.scope, "define", id, form)?;
    let name = s.symbol(id);
    scan.items.push(Item::Definition { target, name, rhs, form, uses: s.uses });
    Ok(())
}

const DEFINE_SYNTAX: &str = "(define-syntax keyword transformer) or (define-syntax (keyword parameter) body …)";

pub fn define_syntax<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, form: Value) -> R<()> {
    let (id, rhs) = syntax_definition(s, form, "define-syntax", DEFINE_SYNTAX)?;
    s.define(scan.scope, "define-syntax", id, Binding::Pending, form)?;
    let object = transformer_of(s, id, rhs, form)?;
    s.redefine(scan.scope, id, Binding::Macro(object));
    Ok(())
}

pub fn define_fluid_syntax<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, form: Value) -> R<()> {
    let shape = "(define-fluid-syntax keyword transformer) or (define-fluid-syntax (keyword parameter) body …)";
    let (id, rhs) = syntax_definition(s, form, "define-fluid-syntax", shape)?;
    s.define(scan.scope, "define-fluid-syntax", id, Binding::Pending, form)?;
    let object = transformer_of(s, id, rhs, form)?;
    let fluid = transformer::make_fluid(s.heap(), object);
    s.redefine(scan.scope, id, Binding::Fluid(fluid));
    Ok(())
}

/// What a keyword's definition says.
enum SyntaxRhs {
    /// `(define-syntax keyword)`: it takes no form at all.
    None,
    Expression(Value),
    /// `(define-syntax (keyword . formals) body …)`
    Procedure(Value, Value),
}

fn syntax_definition(s: &mut Session, form: Value, who: &str, shape: &str) -> R<(Value, SyntaxRhs)> {
    let rest = s.pair(form).and_then(|(_, rest)| s.pair(rest));
    let Some((target, rest)) = rest else { return Err(s.malformed(who, form, form, shape)) };
    if object::identifier(target).is_some() {
        return match s.list(rest).as_deref().map(Vec::as_slice) {
            Some([]) => Ok((target, SyntaxRhs::None)),
            Some(&[expression]) => Ok((target, SyntaxRhs::Expression(expression))),
            _ => Err(s.malformed(who, form, form, shape)),
        };
    }
    match s.pair(target) {
        Some((id, formals)) if object::identifier(id).is_some() => Ok((id, SyntaxRhs::Procedure(formals, rest))),
        _ => Err(s.malformed(who, form, target, shape)),
    }
}

fn transformer_of(s: &mut Session, id: Value, rhs: SyntaxRhs, form: Value) -> R<Value> {
    let name = s.symbol(id);
    match rhs {
        SyntaxRhs::None => {
            let rules = s.heap().vector(&[]);
            let object = transformer::Transformer::Rules(rules).make(s.heap(), name);
            Ok(s.keep(object))
        }
        SyntaxRhs::Expression(expression) => s.make_transformer(name, expression),
        SyntaxRhs::Procedure(formals, body) => s.make_transformer_procedure(name, formals, body, form),
    }
}

/// `(define-alias new old)`: the same binding under another name.
pub fn define_alias<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, form: Value) -> R<()> {
    let parts = s.operands("define-alias", form, 2, 2, "(define-alias new-name old-name)")?;
    if object::identifier(parts[1]).is_none() {
        return Err(s.error("define-alias", "expected an identifier", form, parts[1]));
    }
    let Some(binding) = s.resolve(parts[1])? else { return Err(s.unbound(parts[1])) };
    s.define(scan.scope, "define-alias", parts[0], binding, form)
}

/// Definitions and expressions of expansion time, evaluated at once.
pub fn begin_for_syntax<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, form: Value) -> R<()> {
    let parts = s.operands("begin-for-syntax", form, 0, usize::MAX, "(begin-for-syntax form …)")?;
    let mut inner = Scan::new(Scope { element: scan.scope.element, kind: ScopeKind::ForSyntax });
    inner.splice_in(scan.place, &parts, s.uses);
    let uses = s.uses;
    let code = s.at_expansion_time(|s| {
        s.scan(&mut inner)?;
        let code = s.expand_top(inner)?;
        Ok(s.sequence(s.span(form), code))
    });
    s.uses = uses;
    let code = code?;
    s.evaluate(code).map(drop)
}

/// `(import import-spec …)` behind the head of a body: the names are visible in what follows, and in what was deferred.
pub fn import<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, form: Value) -> R<()> {
    let specs = s.operands("import", form, 0, usize::MAX, "(import import-spec …)")?;
    if scan.scope.kind != ScopeKind::Local {
        return imports::import_all(s, s.environment, &specs);
    }
    let environment = s.heap().external(Box::new(Environment::new(Owner::Immutable)));
    let environment = s.keep(environment);
    imports::import_all(s, environment, &specs)?;
    // The rib of the body stays outermost: its definitions shadow nothing that they could conflict with.
    for waiting in &mut scan.waiting {
        waiting.form = s.in_scope(waiting.form, environment);
    }
    for item in &mut scan.items {
        let (Item::Expression { form, .. } | Item::Definition { rhs: Rhs::Expression(form), .. }) = item else {
            if let Item::Definition { rhs: Rhs::Procedure(formals, body), .. } = item {
                *formals = s.in_scope(*formals, environment);
                *body = s.in_scope(*body, environment);
            }
            continue;
        };
        *form = s.in_scope(*form, environment);
    }
    Ok(())
}
