//! `do`: R6RS libraries 5.

use crate::heap::Value;
use crate::syntax::core::Expr;
use crate::syntax::object;
use crate::syntax::session::{R, Session};

const SHAPE: &str = "(do ((variable init step) …) (test expression …) command …)";

pub fn do_<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("do", form, 2, usize::MAX, SHAPE)?;
    let Some(elements) = s.list(parts[0]) else { return Err(s.malformed("do", form, parts[0], SHAPE)) };
    let (mut ids, mut inits, mut steps) = (Vec::new(), Vec::new(), Vec::new());
    for element in elements {
        let binding = s.list(element).unwrap_or_default();
        let (id, init, step) = match binding[..] {
            [id, init] => (id, init, None),
            [id, init, step] => (id, init, Some(step)),
            _ => return Err(s.malformed("do", form, element, "(variable init) or (variable init step)")),
        };
        if object::identifier(id).is_none() {
            return Err(s.error("do", "expected an identifier", form, id));
        }
        ids.push(id);
        inits.push(s.expand_named(init, s.symbol(id))?);
        steps.push(step);
    }
    let span = s.span(form);
    let count = s.lexicals.len();
    let (rib, variables) = s.bind_variables("do", &ids, form)?;
    let exit = s.in_scope(parts[1], rib);
    let exit = s.list(exit).unwrap_or_default();
    let Some((&test, results)) = exit.split_first() else { return Err(s.malformed("do", form, parts[1], SHAPE)) };
    let test = s.expand(test)?;
    let results = s.expand_all(results)?;
    let results = s.sequence(span, results);
    let commands: Vec<Value> = parts[2..].iter().map(|&command| s.in_scope(command, rib)).collect();
    let mut body = s.expand_all(&commands)?;
    let mut operands = Vec::with_capacity(steps.len());
    for (i, step) in steps.into_iter().enumerate() {
        operands.push(match step {
            None => s.local(span, variables[i]),
            Some(step) => {
                let step = s.in_scope(step, rib);
                s.expand_named(step, variables[i].name)?
            }
        });
    }
    s.close_scope(count);
    let name = s.heap().symbol("loop");
    let procedure = s.variable(name);
    let again = s.local(span, procedure);
    body.push(s.call(span, again, operands));
    let body = s.sequence(span, body);
    let body = s.if_(span, test, results, body);
    let lambda = s.lambda(span, name, variables, None, body);
    let start = s.call(span, again, inits);
    Ok(s.letrec(span, vec![procedure], vec![lambda], start))
}
