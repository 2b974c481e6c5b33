//! `let-values` and `let*-values`: R6RS 11.4.6. Each binding of several variables becomes a `call-with-values` whose
//! consumer's parameters are the variables themselves; those of one variable become a `let`.

use super::lambda;
use crate::account::Paid;
use crate::heap::Value;
use crate::syntax::core::{Clause, Expr, Var};
use crate::syntax::session::{R, Session};

/// One binding: identifiers, rest identifier, the expression of their values.
struct Binding {
    ids: Paid<Vec<Value>>,
    rest: Option<Value>,
    init: Value,
}

fn parts(s: &mut Session, who: &str, form: Value) -> R<(Vec<Binding>, Value)> {
    let shape = format!("({who} ((formals expression) …) body …)");
    let rest = s.pair(form).and_then(|(_, rest)| s.pair(rest));
    let Some((list, body)) = rest else { return Err(s.malformed(who, form, form, &shape)) };
    let Some(elements) = s.list(list) else { return Err(s.malformed(who, form, list, &shape)) };
    let bindings: R<Vec<Binding>> = elements.into_iter().map(|element| binding(s, who, element, form)).collect();
    Ok((bindings?, body))
}

fn binding(s: &mut Session, who: &str, element: Value, form: Value) -> R<Binding> {
    let Some(&[formals, init]) = s.list(element).as_deref().map(Vec::as_slice) else {
        return Err(s.malformed(who, form, element, "(formals expression)"));
    };
    let (ids, rest) = lambda::formals(s, who, formals, form)?;
    Ok(Binding { ids, rest, init })
}

/// Binds the values of `init` in `body`.
fn bind<'a>(
    s: &mut Session<'a, '_>,
    form: Value,
    init: Expr<'a>,
    mut variables: Vec<Var<'a>>,
    has_rest: bool,
    body: Expr<'a>,
) -> R<Expr<'a>> {
    let span = s.span(form);
    if variables.len() == 1 && !has_rest {
        return Ok(s.let_(span, variables, vec![init], body));
    }
    let rest = if has_rest { variables.pop() } else { None };
    let producer = s.lambda(init.span, Value::FALSE, Vec::new(), None, init);
    let clause = Clause { parameters: s.slice(variables), rest, body };
    let consumer = s.procedure(span, Value::FALSE, vec![clause]);
    s.call_builtin(span, "(rnrs base)", "call-with-values", vec![producer, consumer])
}

/// The identifiers of a binding, the rest identifier last.
fn all_ids(binding: &Binding) -> Vec<Value> {
    binding.ids.iter().copied().chain(binding.rest).collect()
}

pub fn let_values<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let (bindings, body) = parts(s, "let-values", form)?;
    let inits: Vec<Value> = bindings.iter().map(|b| b.init).collect();
    let inits = s.expand_all(&inits)?;
    let count = s.lexicals.len();
    let ids: Vec<Value> = bindings.iter().flat_map(all_ids).collect();
    let (rib, mut variables) = s.bind_variables("let-values", &ids, form)?;
    let body = s.in_scope(body, rib);
    let Some(forms) = s.list(body) else {
        return Err(s.error("let-values", "the body is not a proper list", form, body));
    };
    let mut code = s.expand_body("let-values", &forms, form)?;
    s.close_scope(count);
    for (binding, init) in bindings.iter().zip(inits).rev() {
        let own = variables.split_off(variables.len() - all_ids(binding).len());
        code = bind(s, form, init, own, binding.rest.is_some(), code)?;
    }
    Ok(code)
}

pub fn let_star_values<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let shape = "(let*-values ((formals expression) …) body …)";
    let rest = s.pair(form).and_then(|(_, rest)| s.pair(rest));
    let Some((mut list, mut body)) = rest else { return Err(s.malformed("let*-values", form, form, shape)) };
    if s.list(list).is_none() {
        return Err(s.malformed("let*-values", form, list, shape));
    }
    let count = s.lexicals.len();
    let mut bound = Vec::new();
    while let Some((element, rest)) = s.pair(list) {
        let binding = binding(s, "let*-values", element, form)?;
        let init = s.expand(binding.init)?;
        let (rib, variables) = s.bind_variables("let*-values", &all_ids(&binding), form)?;
        bound.push((init, variables, binding.rest.is_some()));
        list = s.in_scope(rest, rib);
        body = s.in_scope(body, rib);
    }
    let Some(forms) = s.list(body) else {
        return Err(s.error("let*-values", "the body is not a proper list", form, body));
    };
    let mut code = s.expand_body("let*-values", &forms, form)?;
    s.close_scope(count);
    for (init, variables, has_rest) in bound.into_iter().rev() {
        code = bind(s, form, init, variables, has_rest, code)?;
    }
    Ok(code)
}
