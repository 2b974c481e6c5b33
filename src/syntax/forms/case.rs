//! `case`: R6RS 11.4.5, where keys are compared as by `eqv?`. Vicare's also finds strings, bytevectors, pairs and vectors, as
//! by `equal?`, and has `(data => receiver)` clauses.

use crate::heap::{Kind, Value};
use crate::syntax::CoreForm;
use crate::syntax::core::{Expr, Var};
use crate::syntax::session::{R, Session};

/// How many data a clause may have before the test calls `memv`.
const FEW: usize = 8;

pub fn case<'a>(s: &mut Session<'a, '_>, form: Value, extended: bool) -> R<Expr<'a>> {
    let parts = s.operands("case", form, 2, usize::MAX, "(case key ((datum …) expression …) … (else expression …))")?;
    let key = s.expand(parts[0])?;
    let span = s.span(form);
    let variable = s.temporary("key");
    let mut clauses = Vec::new();
    for (i, &clause) in parts[1..].iter().enumerate() {
        clauses.push(case_clause(s, form, clause, i + 2 == parts.len(), variable, extended)?);
    }
    let mut code = s.void(span);
    for (test, body) in clauses.into_iter().rev() {
        code = match test {
            None => body,
            Some(test) => s.if_(test.span, test, body, code),
        };
    }
    Ok(s.let_(span, vec![variable], vec![key], code))
}

/// The test, `None` for `else`, and the code.
type Clause<'a> = (Option<Expr<'a>>, Expr<'a>);

fn case_clause<'a>(
    s: &mut Session<'a, '_>,
    form: Value,
    clause: Value,
    last: bool,
    key: Var<'a>,
    extended: bool,
) -> R<Clause<'a>> {
    let parts = s.list(clause).unwrap_or_default();
    let [data, body @ ..] = parts.as_slice() else {
        return Err(s.malformed("case", form, clause, "((datum …) expression …) or (else expression …)"));
    };
    let span = s.span(clause);
    if body.is_empty() {
        return Err(s.error("case", "this clause has no expression", form, clause));
    }
    let is_else = s.is_form(*data, CoreForm::Else);
    if is_else && !last {
        return Err(s.error("case", "`else` stands in the last clause only", form, clause));
    }
    let test = if is_else { None } else { Some(test(s, form, clause, *data, key, extended)?) };
    if extended && s.is_form(body[0], CoreForm::Arrow) {
        let [_, receiver] = body else {
            return Err(s.error("case", "one expression follows `=>`, the receiver", form, clause));
        };
        let receiver = s.expand(*receiver)?;
        let value = s.local(span, key);
        return Ok((test, s.call(receiver.span, receiver, vec![value])));
    }
    let body = s.expand_all(body)?;
    Ok((test, s.sequence(span, body)))
}

/// Whether the key is one of the data.
fn test<'a>(
    s: &mut Session<'a, '_>,
    form: Value,
    clause: Value,
    data: Value,
    key: Var<'a>,
    extended: bool,
) -> R<Expr<'a>> {
    let Some(data) = s.list(data) else {
        return Err(s.malformed("case", form, clause, "((datum …) expression …) or (else expression …)"));
    };
    let span = s.span(clause);
    let mut data = data;
    for datum in data.iter_mut() {
        *datum = s.strip_literal(*datum)?;
    }
    let structured =
        data.iter().any(|&v| v.is_pair() || matches!(v.kind(), Some(Kind::String | Kind::Vector | Kind::Bytevector)));
    let value = s.local(span, key);
    if data.len() > FEW {
        let list = s.heap().list(&data);
        let list = s.constant(span, list);
        let name = if structured { "member" } else { "memv" };
        return s.call_builtin(span, "(rnrs lists)", name, vec![value, list]);
    }
    let yes = s.constant(span, Value::TRUE);
    let mut code = None;
    for datum in data.into_iter().rev() {
        let name = predicate(datum, extended);
        let constant = s.constant(span, datum);
        let same = s.call_builtin(span, "(rnrs base)", name, vec![value, constant])?;
        code = Some(match code {
            None => same,
            Some(rest) => s.if_(span, same, yes, rest),
        });
    }
    Ok(code.unwrap_or_else(|| s.constant(span, Value::FALSE)))
}

/// The cheapest predicate that finds the datum.
fn predicate(datum: Value, extended: bool) -> &'static str {
    let by_address =
        datum.is_fixnum() || datum.is_char() || datum.is_boolean() || datum.is_nil() || datum.is(Kind::Symbol);
    match by_address {
        true => "eq?",
        false if extended && is_structured(datum) => "equal?",
        false => "eqv?",
    }
}

/// What `eqv?` tells apart though it looks the same.
fn is_structured(v: Value) -> bool {
    v.is_pair() || matches!(v.kind(), Some(Kind::String | Kind::Vector | Kind::Bytevector))
}
