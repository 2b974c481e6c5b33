//! Procedures: `lambda`, `case-lambda` and their named kin. R6RS 11.4.2, libraries 5.

use crate::account::Paid;
use crate::heap::Value;
use crate::syntax::core::{Clause, Expr};
use crate::syntax::object;
use crate::syntax::session::{R, Session};

pub fn lambda<'a>(s: &mut Session<'a, '_>, form: Value, name: Value) -> R<Expr<'a>> {
    let clause = clause_of_form(s, form)?;
    Ok(s.procedure(s.span(form), name, vec![clause]))
}

fn clause_of_form<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Clause<'a>> {
    let rest = s.pair(form).and_then(|(_, rest)| s.pair(rest));
    let Some((formals, body)) = rest else {
        return Err(s.malformed("lambda", form, form, "(lambda formals body …)"));
    };
    clause(s, "lambda", formals, body, form)
}

pub fn case_lambda<'a>(s: &mut Session<'a, '_>, form: Value, name: Value) -> R<Expr<'a>> {
    let clauses = s.operands("case-lambda", form, 0, usize::MAX, "(case-lambda (formals body …) …)")?;
    clauses_of(s, "case-lambda", &clauses, form, name)
}

fn clauses_of<'a>(s: &mut Session<'a, '_>, who: &str, clauses: &[Value], form: Value, name: Value) -> R<Expr<'a>> {
    let mut expanded = Vec::with_capacity(clauses.len());
    for &part in clauses {
        let Some((formals, body)) = s.pair(part) else {
            return Err(s.malformed(who, form, part, "(formals body …)"));
        };
        expanded.push(clause(s, who, formals, body, part)?);
    }
    Ok(s.procedure(s.span(form), name, expanded))
}

/// `(named-lambda name formals body …)`
pub fn named_lambda<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("named-lambda", form, 3, usize::MAX, "(named-lambda name formals body …)")?;
    let name = named(s, "named-lambda", form, parts[0])?;
    let body = s.heap().list(&parts[2..]);
    let clause = clause(s, "named-lambda", parts[1], body, form)?;
    Ok(s.procedure(s.span(form), name, vec![clause]))
}

/// `(named-case-lambda name (formals body …) …)`
pub fn named_case_lambda<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("named-case-lambda", form, 1, usize::MAX, "(named-case-lambda name (formals body …) …)")?;
    let name = named(s, "named-case-lambda", form, parts[0])?;
    clauses_of(s, "named-case-lambda", &parts[1..], form, name)
}

fn named(s: &mut Session, who: &str, form: Value, id: Value) -> R<Value> {
    if object::identifier(id).is_none() {
        return Err(s.error(who, "expected an identifier as the procedure's name", form, id));
    }
    let name = s.symbol(id);
    Ok(s.keep_constant(name))
}

/// The identifiers of a parameter list: `(a b)`, `(a b . rest)`, `rest`.
pub fn formals(s: &mut Session, who: &str, formals: Value, form: Value) -> R<(Paid<Vec<Value>>, Option<Value>)> {
    let (ids, tail) = s.list_and_tail(formals)?;
    let rest = (!tail.is_nil()).then_some(tail);
    if let Some(&bad) = ids.iter().chain(&rest).find(|id| object::identifier(**id).is_none()) {
        return Err(s.error(who, "a parameter is an identifier", form, bad));
    }
    Ok((ids, rest))
}

/// A clause: parameters, and the list of its body's forms.
pub fn clause<'a>(s: &mut Session<'a, '_>, who: &str, parameters: Value, body: Value, form: Value) -> R<Clause<'a>> {
    let (ids, rest) = formals(s, who, parameters, form)?;
    let all: Vec<Value> = ids.iter().copied().chain(rest).collect();
    let count = s.lexicals.len();
    let (rib, mut variables) = s.bind_variables(who, &all, form)?;
    let body = s.in_scope(body, rib);
    let Some(body) = s.list(body) else {
        return Err(s.error(who, "the body is not a proper list", form, body));
    };
    s.procedures += 1;
    let body = s.expand_body(who, &body, form);
    s.procedures -= 1;
    let body = body?;
    s.close_scope(count);
    let rest = if rest.is_some() { variables.pop() } else { None };
    Ok(Clause { parameters: s.slice(variables), rest, body })
}
