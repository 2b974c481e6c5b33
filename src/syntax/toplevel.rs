//! The ways in: programs, forms at the prompt, `eval`, environments.

use super::body::{Scan, Scope, ScopeKind};
use super::core::{Expr, Unit};
use super::environment::{Environment, Owner};
use super::host::Host;
use super::kept::keeping;
use super::session::{R, Session};
use super::{Binding, CoreForm, Later, Violation, imports, loader, object, resolve, suggest};
use crate::account::{Arena, Paid};
use crate::diagnostics::Span;
use crate::heap::Value;

/// A new environment object. The caller keeps it alive.
pub fn new_environment(host: &mut dyn Host, owner: Owner) -> Value {
    host.heap().external(Box::new(Environment::new(owner)))
}

/// The keyword that a form begins with, by its name alone.
fn keyword(host: &mut dyn Host, form: Value) -> Option<String> {
    let (head, _) = object::pair_parts(host.heap(), form)?;
    suggest::symbol_name(head)
}

/// The elements behind the keyword of a form.
fn operands(s: &mut Session, form: Value) -> R<Paid<Vec<Value>>> {
    match s.list(form) {
        Some(mut parts) if !parts.is_empty() => {
            parts.remove(0);
            Ok(parts)
        }
        _ => Err(s.plain_error("this form is not a proper list", form)),
    }
}

/// Expands a top-level program: `forms` as `read` answers them, library forms first if there are any.
pub fn expand_program<'a>(host: &mut dyn Host, arena: &'a Arena, forms: &[Value]) -> R<Unit<'a>> {
    keeping(host, forms, |host| program(host, arena, forms))
}

fn program<'a>(host: &mut dyn Host, arena: &'a Arena, forms: &[Value]) -> R<Unit<'a>> {
    let mut forms = forms;
    let unwrapped;
    while let Some((&first, rest)) = forms.split_first()
        && keyword(host, first).as_deref() == Some("library")
    {
        loader::define(host, first, None, false)?;
        forms = rest;
    }
    if let [only] = forms
        && keyword(host, *only).as_deref() == Some("program")
    {
        unwrapped = program_parts(host, *only)?;
        forms = &unwrapped;
    }
    let Some((&first, body)) = forms.split_first() else {
        return Err(Violation::new("the program is empty", Value::FALSE, Span::NONE).help(IMPORT_HELP).into());
    };
    if keyword(host, first).as_deref() != Some("import") {
        let violation = Violation::new("a program begins with an import form", first, object::span_of(first));
        return Err(violation.help(IMPORT_HELP).into());
    }
    let environment = new_environment(host, Owner::Program);
    let mut s = Session::new(host, arena, environment);
    let code = operands(&mut s, first)
        .and_then(|specs| imports::import_all(&mut s, environment, &specs))
        .and_then(|()| top(&mut s, body));
    finish(s, code)
}

const IMPORT_HELP: &str = "put this line in front: (import (vicare))";

/// The forms of `(program (name …) (options …) (import …) form …)`.
fn program_parts(host: &mut dyn Host, form: Value) -> R<Paid<Vec<Value>>> {
    let heap = host.heap();
    let mut parts = object::list_elements(heap, form).unwrap_or_default();
    let is_name = parts.len() > 1 && object::unwrap(parts[1]).is_pair();
    if !is_name {
        let violation = Violation::new("the program form lacks its name", form, object::span_of(form));
        return Err(violation.help("it is written (program (name …) (import …) form …)").into());
    }
    parts.drain(..2);
    if let Some(&options) = parts.first()
        && keyword(host, options).as_deref() == Some("options")
    {
        parts.remove(0);
    }
    host.tables().protected.extend_from_slice(&parts);
    Ok(parts)
}

/// The code of top-level forms, which are not yet in the unit's scope.
fn top<'a>(s: &mut Session<'a, '_>, forms: &[Value]) -> R<Vec<Expr<'a>>> {
    let element = s.environment;
    let mut scan = Scan::new(Scope { element, kind: ScopeKind::Top });
    let forms: Vec<Value> = forms.iter().map(|&form| s.in_scope(form, element)).collect();
    scan.splice(&forms, None);
    s.scan(&mut scan)?;
    s.expand_top(scan)
}

fn finish<'a>(s: Session<'a, '_>, code: R<Vec<Expr<'a>>>) -> R<Unit<'a>> {
    match s.settle(code) {
        Ok(code) => {
            let span = code.first().map_or(Span::NONE, |e| e.span);
            let body = s.sequence(span, code);
            Ok(s.finish(body))
        }
        Err(failure) => {
            s.abandon();
            Err(failure)
        }
    }
}

/// Expands one form at the prompt: an import or library form, a definition, an expression. `later` says what forms that
/// come later may define.
pub fn expand_interactive<'a>(
    host: &mut dyn Host,
    arena: &'a Arena,
    environment: Value,
    form: Value,
    later: Later<'_>,
) -> R<Unit<'a>> {
    keeping(host, &[environment, form], |host| interactive(host, arena, environment, form, later))
}

fn interactive<'a>(
    host: &mut dyn Host,
    arena: &'a Arena,
    environment: Value,
    form: Value,
    later: Later<'_>,
) -> R<Unit<'a>> {
    let word = keyword(host, form);
    if word.as_deref() == Some("library") && means_nothing_else(host, environment, form, CoreForm::Library) {
        loader::define(host, form, None, false)?;
        let s = Session::new(host, arena, environment);
        return finish(s, Ok(Vec::new()));
    }
    let import = word.as_deref() == Some("import") && means_nothing_else(host, environment, form, CoreForm::Import);
    let mut s = Session::new(host, arena, environment);
    s.later = later;
    let code = if import {
        operands(&mut s, form).and_then(|specs| imports::import_all(&mut s, environment, &specs)).map(|()| Vec::new())
    } else {
        top(&mut s, &[form])
    };
    finish(s, code)
}

/// Whether the keyword of a form is unbound in the environment, or means that form.
fn means_nothing_else(host: &mut dyn Host, environment: Value, form: Value, core: CoreForm) -> bool {
    let (heap, tables) = host.parts();
    let Some((head, _)) = object::pair_parts(heap, form) else { return false };
    let wrap = heap.list(&[environment]);
    let head = object::push(heap, head, wrap, Span::NONE);
    resolve::binding(tables, head).is_none_or(|binding| binding == Binding::Core(core))
}

/// Expands the datum of `(eval datum environment)`. Where the environment takes definitions, it may be one.
pub fn expand_eval<'a>(host: &mut dyn Host, arena: &'a Arena, environment: Value, datum: Value) -> R<Unit<'a>> {
    if environment.external_ref::<Environment>().is_some_and(|e| e.owner == Owner::Interactive) {
        return expand_interactive(host, arena, environment, datum, Later::Anything);
    }
    let mut s = Session::new(host, arena, environment);
    s.keep(datum);
    let form = s.in_scope(datum, environment);
    let code = s.expand(form).map(|e| vec![e]);
    finish(s, code)
}

/// `(environment import-spec …)`: the environment object. Libraries that it brings are loaded, not run.
pub fn environment(host: &mut dyn Host, specs: &[Value], owner: Owner) -> R<Value> {
    keeping(host, specs, |host| environment_of(host, specs, owner))
}

fn environment_of(host: &mut dyn Host, specs: &[Value], owner: Owner) -> R<Value> {
    let environment = new_environment(host, owner);
    let arena = Arena::new(host.heap().memory());
    let mut s = Session::new(host, &arena, environment);
    let result = imports::import_all(&mut s, environment, specs);
    let result = s.settle(result);
    s.abandon();
    result.map(|()| environment)
}
