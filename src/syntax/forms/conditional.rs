//! `if`, `cond`, `and`, `or`, `when`, `unless`, `assert`: R6RS 11.4.3, 11.4.5, 11.14, libraries 5.

use crate::heap::Value;
use crate::syntax::core::Expr;
use crate::syntax::excerpt::excerpt;
use crate::syntax::session::{R, Session};
use crate::syntax::{CoreForm, INTERNAL};

pub fn if_<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("if", form, 2, 3, "(if test consequent) or (if test consequent alternate)")?;
    let parts = s.expand_all(&parts)?;
    let span = s.span(form);
    let alternate = parts.get(2).copied().unwrap_or_else(|| s.void(span));
    Ok(s.if_(span, parts[0], parts[1], alternate))
}

/// `when`, and `unless` with the test the other way round.
pub fn when<'a>(s: &mut Session<'a, '_>, form: Value, who: &str) -> R<Expr<'a>> {
    let parts = s.operands(who, form, 2, usize::MAX, &format!("({who} test expression …)"))?;
    let test = s.expand(parts[0])?;
    let body = s.expand_all(&parts[1..])?;
    let span = s.span(form);
    let body = s.sequence(span, body);
    let void = s.void(span);
    Ok(if who == "when" { s.if_(span, test, body, void) } else { s.if_(span, test, void, body) })
}

pub fn and<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("and", form, 0, usize::MAX, "(and test …)")?;
    let parts = s.expand_all(&parts)?;
    let span = s.span(form);
    if parts.is_empty() {
        return Ok(s.constant(span, Value::TRUE));
    }
    let no = s.constant(span, Value::FALSE);
    Ok(chain(parts, &mut |test, rest| s.if_(span, test, rest, no)))
}

/// The last part, with those before it combined with it one after the other. `combine` is associative, and of a long chain
/// is made a tree: what comes behind the expander recurs on its depth.
fn chain<'a>(mut parts: Vec<Expr<'a>>, combine: &mut impl FnMut(Expr<'a>, Expr<'a>) -> Expr<'a>) -> Expr<'a> {
    const LONG: usize = 128;
    let mut row = |parts: &[Expr<'a>]| {
        let (last, before) = (parts[parts.len() - 1], &parts[..parts.len() - 1]);
        before.iter().rev().fold(last, |rest, part| combine(part, rest))
    };
    while parts.len() > LONG {
        parts = parts.chunks(LONG).map(&mut row).collect();
    }
    row(&parts)
}

pub fn or<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("or", form, 0, usize::MAX, "(or test …)")?;
    let parts = s.expand_all(&parts)?;
    let span = s.span(form);
    if parts.is_empty() {
        return Ok(s.constant(span, Value::FALSE));
    }
    Ok(chain(parts, &mut |test, rest| value_or(s, test, rest)))
}

/// The value of `test` if it is true, otherwise that of `rest`.
fn value_or<'a>(s: &mut Session<'a, '_>, test: Expr<'a>, rest: Expr<'a>) -> Expr<'a> {
    let variable = s.temporary("t");
    let value = s.local(test.span, variable);
    let choice = s.if_(test.span, value, value, rest);
    s.let_(test.span, vec![variable], vec![test], choice)
}

/// A clause of `cond`, expanded.
enum Clause<'a> {
    Else(Expr<'a>),
    /// `(test)`
    Test(Expr<'a>),
    /// `(test => receiver)`
    Receiver(Expr<'a>, Expr<'a>),
    Body(Expr<'a>, Expr<'a>),
}

pub fn cond<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let clauses = s.operands("cond", form, 1, usize::MAX, "(cond (test expression …) … (else expression …))")?;
    let mut expanded = Vec::with_capacity(clauses.len());
    for (i, &clause) in clauses.iter().enumerate() {
        let clause = cond_clause(s, form, clause, i + 1 == clauses.len())?;
        expanded.push(clause);
    }
    let span = s.span(form);
    let mut code = s.void(span);
    for clause in expanded.into_iter().rev() {
        code = match clause {
            Clause::Else(body) => body,
            Clause::Test(test) => value_or(s, test, code),
            Clause::Receiver(test, receiver) => {
                let variable = s.temporary("t");
                let value = s.local(test.span, variable);
                let call = s.call(receiver.span, receiver, vec![value]);
                let choice = s.if_(test.span, value, call, code);
                s.let_(test.span, vec![variable], vec![test], choice)
            }
            Clause::Body(test, body) => s.if_(test.span, test, body, code),
        };
    }
    Ok(code)
}

fn cond_clause<'a>(s: &mut Session<'a, '_>, form: Value, clause: Value, last: bool) -> R<Clause<'a>> {
    let parts = s.list(clause).unwrap_or_default();
    let Some((&test, body)) = parts.split_first() else {
        return Err(s.malformed(
            "cond",
            form,
            clause,
            "(test expression …), (test => receiver) or (else expression …)",
        ));
    };
    let span = s.span(clause);
    if s.is_form(test, CoreForm::Else) {
        if !last {
            return Err(s.error("cond", "`else` stands in the last clause only", form, clause));
        }
        if body.is_empty() {
            return Err(s.error("cond", "the `else` clause has no expression", form, clause));
        }
        let body = s.expand_all(body)?;
        return Ok(Clause::Else(s.sequence(span, body)));
    }
    let arrow = body.first().is_some_and(|&first| s.is_form(first, CoreForm::Arrow));
    if arrow && body.len() != 2 {
        return Err(s.error("cond", "one expression follows `=>`, the receiver", form, clause));
    }
    let test = s.expand(test)?;
    if arrow {
        return Ok(Clause::Receiver(test, s.expand(body[1])?));
    }
    if body.is_empty() {
        return Ok(Clause::Test(test));
    }
    let body = s.expand_all(body)?;
    Ok(Clause::Body(test, s.sequence(span, body)))
}

/// `(assert expression)`: its value, if that is true; otherwise an `&assertion` that shows the expression and its place.
pub fn assert<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("assert", form, 1, 1, "(assert expression)")?;
    let expression = s.expand(parts[0])?;
    let span = s.span(form);
    let datum = excerpt(s, parts[0])?;
    let datum = s.constant(span, datum);
    let place = s.host.sources().locate(span).unwrap_or_default();
    let place = s.heap().string(&place);
    s.heap().freeze(place);
    let place = s.constant(span, place);
    let failure = s.call_builtin(span, INTERNAL, "%assertion-failed", vec![datum, place])?;
    Ok(value_or(s, expression, failure))
}
