//! `let`, named `let`, `let*`, `letrec`, `letrec*`: R6RS 11.4.6, 11.16.

use crate::heap::Value;
use crate::syntax::core::{CoreKind, Expr, Var};
use crate::syntax::object;
use crate::syntax::session::{R, Session, Watch};

/// One binding of a form: identifier and initialiser.
type Binding = (Value, Value);

const SHAPE: &str = "((variable expression) …)";

/// The bindings and the list of body forms of a binding form.
fn parts(s: &mut Session, who: &str, form: Value) -> R<(Vec<Binding>, Value)> {
    let rest = s.pair(form).and_then(|(_, rest)| s.pair(rest));
    let Some((list, body)) = rest else {
        return Err(s.malformed(who, form, form, &format!("({who} {SHAPE} body …)")));
    };
    Ok((bindings(s, who, list, form)?, body))
}

/// Parses `((variable expression) …)`.
fn bindings(s: &mut Session, who: &str, list: Value, form: Value) -> R<Vec<Binding>> {
    let Some(elements) = s.list(list) else {
        return Err(s.malformed(who, form, list, &format!("({who} {SHAPE} body …)")));
    };
    elements.into_iter().map(|element| binding(s, who, element, form)).collect()
}

fn binding(s: &mut Session, who: &str, element: Value, form: Value) -> R<Binding> {
    match s.list(element).as_deref().map(Vec::as_slice) {
        Some(&[id, init]) if object::identifier(id).is_some() => Ok((id, init)),
        _ => {
            let violation = s.violation(who, "a binding is a variable and one expression", form, element);
            Err(violation.help("it is written (variable expression)").into())
        }
    }
}

/// The body of a binding form in the scope of a rib.
fn body<'a>(s: &mut Session<'a, '_>, who: &str, body: Value, rib: Value, form: Value) -> R<Expr<'a>> {
    let body = s.in_scope(body, rib);
    match s.list(body) {
        Some(forms) => s.expand_body(who, &forms, form),
        None => Err(s.error(who, "the body is not a proper list", form, body)),
    }
}

pub fn let_<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let second = s.pair(form).and_then(|(_, rest)| s.pair(rest));
    if let Some((name, rest)) = second
        && object::identifier(name).is_some()
    {
        return named_let(s, form, name, rest);
    }
    let (bindings, forms) = parts(s, "let", form)?;
    let values = initialisers(s, &bindings)?;
    let count = s.lexicals.len();
    let ids: Vec<Value> = bindings.iter().map(|b| b.0).collect();
    let (rib, variables) = s.bind_variables("let", &ids, form)?;
    let body = body(s, "let", forms, rib, form)?;
    s.close_scope(count);
    Ok(s.let_(s.span(form), variables, values, body))
}

/// Expands initialisers, each known by its variable's name.
fn initialisers<'a>(s: &mut Session<'a, '_>, bindings: &[Binding]) -> R<Vec<Expr<'a>>> {
    bindings.iter().map(|&(id, init)| s.expand_named(init, s.symbol(id))).collect()
}

/// `(let name ((variable init) …) body …)`: the procedure is visible in the body only.
fn named_let<'a>(s: &mut Session<'a, '_>, form: Value, name: Value, rest: Value) -> R<Expr<'a>> {
    let Some((list, forms)) = s.pair(rest) else {
        return Err(s.malformed("let", form, form, &format!("(let name {SHAPE} body …)")));
    };
    let bindings = bindings(s, "let", list, form)?;
    let values = initialisers(s, &bindings)?;
    let span = s.span(form);
    let count = s.lexicals.len();
    let (outer, procedure) = s.bind_variables("let", &[name], form)?;
    let ids: Vec<Value> = bindings.iter().map(|b| b.0).collect();
    let (inner, parameters) = s.bind_variables("let", &ids, form)?;
    let forms = s.in_scope(forms, outer);
    let body = body(s, "let", forms, inner, form)?;
    s.close_scope(count);
    let symbol = s.symbol(name);
    let symbol = s.keep_constant(symbol);
    let lambda = s.lambda(span, symbol, parameters, None, body);
    let operator = s.local(s.span(name), procedure[0]);
    let call = s.call(span, operator, values);
    Ok(s.letrec(span, procedure, vec![lambda], call))
}

pub fn let_star<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let shape = format!("(let* {SHAPE} body …)");
    let rest = s.pair(form).and_then(|(_, rest)| s.pair(rest));
    let Some((mut list, mut forms)) = rest else { return Err(s.malformed("let*", form, form, &shape)) };
    if s.list(list).is_none() {
        return Err(s.malformed("let*", form, list, &shape));
    }
    let count = s.lexicals.len();
    let span = s.span(form);
    let mut bound: Vec<(Var<'a>, Expr<'a>)> = Vec::new();
    // Each binding is in the scope of those before it.
    while let Some((element, rest)) = s.pair(list) {
        let (id, init) = binding(s, "let*", element, form)?;
        let value = s.expand_named(init, s.symbol(id))?;
        let (rib, variables) = s.bind_variables("let*", &[id], form)?;
        bound.extend(variables.into_iter().map(|variable| (variable, value)));
        (list, forms) = (s.in_scope(rest, rib), s.in_scope(forms, rib));
    }
    let Some(forms) = s.list(forms) else { return Err(s.error("let*", "the body is not a proper list", form, form)) };
    let body = s.expand_body("let*", &forms, form)?;
    s.close_scope(count);
    Ok(bound.into_iter().rev().fold(body, |body, (variable, value)| s.let_(span, vec![variable], vec![value], body)))
}

/// The parts of `letrec` and `letrec*`: initialisers expanded in the scope of the variables.
struct Recursive<'a> {
    variables: Vec<Var<'a>>,
    values: Vec<Expr<'a>>,
    /// Which initialisers do more than make a value without looking at the variables.
    looks: Vec<bool>,
    body: Expr<'a>,
}

fn recursive<'a>(s: &mut Session<'a, '_>, who: &str, form: Value) -> R<Recursive<'a>> {
    let (bindings, forms) = parts(s, who, form)?;
    let count = s.lexicals.len();
    let ids: Vec<Value> = bindings.iter().map(|b| b.0).collect();
    let (rib, variables) = s.bind_variables(who, &ids, form)?;
    let watched = s.watches.len();
    s.watches.push(Watch { first: count as u32, end: (count + variables.len()) as u32, mentions: 0 });
    let (mut values, mut looks) = (Vec::new(), Vec::new());
    for (id, init) in bindings {
        let before = s.watches[watched].mentions;
        let init = s.in_scope(init, rib);
        let value = s.expand_named(init, s.symbol(id));
        s.watches.truncate(watched + 1);
        let value = value?;
        let mentioned = s.watches[watched].mentions > before;
        looks.push(mentioned && !matches!(value.kind, CoreKind::Lambda(_)));
        values.push(value);
    }
    s.watches.truncate(watched);
    let body = body(s, who, forms, rib, form)?;
    s.close_scope(count);
    Ok(Recursive { variables, values, looks, body })
}

pub fn letrec_star<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let Recursive { variables, values, body, .. } = recursive(s, "letrec*", form)?;
    Ok(s.letrec(s.span(form), variables, values, body))
}

/// `letrec` is `letrec*` unless the value of some initialiser depends on when the variables get theirs. Then all values
/// go through temporaries first, so that looking at a variable too early is found out.
pub fn letrec<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let Recursive { variables, values, looks, body } = recursive(s, "letrec", form)?;
    let span = s.span(form);
    if !looks.contains(&true) {
        return Ok(s.letrec(span, variables, values, body));
    }
    let temporaries: Vec<Var<'a>> = variables.iter().map(|v| s.variable(v.name)).collect();
    let copies: Vec<Expr<'a>> = temporaries.iter().map(|t| s.local(span, t)).collect();
    let all = temporaries.into_iter().chain(variables).collect();
    let inits = values.into_iter().chain(copies).collect();
    Ok(s.letrec(span, all, inits, body))
}
