//! `do`: R6RS libraries 5. Vicare lets its commands say `(break)` and `(continue)`, and has `(do body (while test))`.

use crate::heap::Value;
use crate::syntax::core::{Expr, Var};
use crate::syntax::rib::Rib;
use crate::syntax::session::{R, Session};
use crate::syntax::transformer::Transformer;
use crate::syntax::{Binding, CoreForm, LexicalId, Syntax, object};

const SHAPE: &str = "(do ((variable init step) …) (test expression …) command …)";

pub fn do_<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("do", form, 2, usize::MAX, SHAPE)?;
    if let Some((test, until)) = trailing_test(s, &parts)? {
        return do_body(s, form, parts[0], test, until);
    }
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
    let exits = Exits::new(s)?;
    let (rib, variables) = s.bind_variables("do", &ids, form)?;
    let exit = s.in_scope(parts[1], rib);
    let exit = s.list(exit).unwrap_or_default();
    let Some((&test, results)) = exit.split_first() else { return Err(s.malformed("do", form, parts[1], SHAPE)) };
    let test = s.expand(test)?;
    let results = s.expand_all(results)?;
    let results = s.sequence(span, results);
    let commands: Vec<Value> = parts[2..].iter().map(|&command| s.in_scope(command, rib)).collect();
    let mut body = exits.commands(s, form, &commands)?;
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
    let name = s.heap().symbol("loop");
    let procedure = s.variable(name);
    let again = s.local(span, procedure);
    body.push(s.call(span, again, operands));
    let body = s.sequence(span, body);
    let body = s.if_(span, test, results, body);
    let lambda = s.lambda(span, name, variables, None, body);
    let start = s.call(span, again, inits);
    let code = s.letrec(span, vec![procedure], vec![lambda], start);
    let code = exits.around(s, form, code)?;
    s.close_scope(count);
    Ok(code)
}

/// The test of `(do body (while test))` or `(do body (until test))`, and whether it is `until`.
fn trailing_test(s: &mut Session, parts: &[Value]) -> R<Option<(Value, bool)>> {
    let &[_, exit] = parts else { return Ok(None) };
    let Some((head, rest)) = s.pair(exit) else { return Ok(None) };
    if object::identifier(head).is_none() {
        return Ok(None);
    }
    let Some(&[test]) = s.list(rest).as_deref().map(Vec::as_slice) else { return Ok(None) };
    let Some(binding) = s.resolve(head)? else { return Ok(None) };
    let tables = s.tables();
    let exported = |name: &str| {
        let loaded = tables.find(LOOPS).and_then(|library| tables.exported(library, name));
        loaded.or_else(|| tables.builtins.export(LOOPS, name))
    };
    Ok(match binding {
        _ if exported("while") == Some(binding) => Some((test, false)),
        _ if exported("until") == Some(binding) => Some((test, true)),
        _ => None,
    })
}

/// The library of `while` and `until`.
const LOOPS: &str = "(internal loops)";

/// `(do body (while test))`: the body once, and again as long as the test says so.
fn do_body<'a>(s: &mut Session<'a, '_>, form: Value, body: Value, test: Value, until: bool) -> R<Expr<'a>> {
    let span = s.span(form);
    let count = s.lexicals.len();
    let exits = Exits::new(s)?;
    let mut body = exits.commands(s, form, &[body])?;
    let test = s.expand(test)?;
    let name = s.heap().symbol("loop");
    let procedure = s.variable(name);
    let again = s.local(span, procedure);
    let (again, done) = (s.call(span, again, Vec::new()), s.call_builtin(span, "(rnrs base)", "values", Vec::new())?);
    body.push(if until { s.if_(span, test, done, again) } else { s.if_(span, test, again, done) });
    let body = s.sequence(span, body);
    let lambda = s.lambda(span, name, Vec::new(), None, body);
    let code = s.letrec(span, vec![procedure], vec![lambda], again);
    let code = exits.around(s, form, code)?;
    s.close_scope(count);
    Ok(code)
}

/// The escape procedures that `break` and `continue` call. A loop pays for one only if its commands mention it.
struct Exits<'a> {
    /// Variable, its place in scope, and the transformer object of the keyword.
    leave: (Var<'a>, LexicalId, Value),
    next: (Var<'a>, LexicalId, Value),
}

impl<'a> Exits<'a> {
    fn new(s: &mut Session<'a, '_>) -> R<Exits<'a>> {
        Ok(Exits { leave: exit(s, "break")?, next: exit(s, "continue")? })
    }

    /// The commands of a turn, in which the keywords mean these procedures.
    fn commands(&self, s: &mut Session<'a, '_>, form: Value, commands: &[Value]) -> R<Vec<Expr<'a>>> {
        let outer = s.tables().fluids.len();
        let meanings = [(CoreForm::FluidBreak, self.leave.2), (CoreForm::FluidContinue, self.next.2)];
        s.tables().fluids.extend(meanings.map(|(keyword, object)| (Binding::Core(keyword), Binding::Macro(object))));
        let body = s.expand_all(commands);
        s.tables().fluids.truncate(outer);
        let body = body?;
        if !is_mentioned(s, self.next.1) {
            return Ok(body);
        }
        let span = s.span(form);
        let body = s.sequence(span, body);
        escape(s, form, self.next.0, body).map(|turn| vec![turn])
    }

    /// The loop, which `break` leaves.
    fn around(&self, s: &mut Session<'a, '_>, form: Value, code: Expr<'a>) -> R<Expr<'a>> {
        if is_mentioned(s, self.leave.1) { escape(s, form, self.leave.0, code) } else { Ok(code) }
    }
}

/// A variable that only the transformer made with it mentions: `(keyword operand …)` is a call of it.
fn exit<'a>(s: &mut Session<'a, '_>, name: &str) -> R<(Var<'a>, LexicalId, Value)> {
    let symbol = s.heap().symbol(name);
    let mark = s.fresh_mark();
    let wrap = s.heap().list(&[mark]);
    let id = Syntax::new(s.heap(), symbol, wrap, crate::diagnostics::Span::NONE);
    let id = s.keep(id);
    let rib = s.rib(Rib::closed());
    let (lexical, variable) = s.lexical(id, 0);
    s.bind("do", rib, id, Binding::Variable(lexical), id)?;
    s.complete(rib);
    let reference = s.in_scope(id, rib);
    let none = Value::FALSE;
    let object = Transformer::Identifier { reference, pattern: none, assignment: none }.make(s.heap(), symbol);
    Ok((variable, lexical, s.keep_constant(object)))
}

fn is_mentioned(s: &mut Session, lexical: LexicalId) -> bool {
    s.lexical_of(lexical).is_some_and(|entry| entry.references > 0)
}

/// `(unwinding-call/cc (lambda (variable) body))`
fn escape<'a>(s: &mut Session<'a, '_>, form: Value, variable: Var<'a>, body: Expr<'a>) -> R<Expr<'a>> {
    let span = s.span(form);
    let receiver = s.lambda(span, Value::FALSE, vec![variable], None, body);
    s.call_builtin(span, "(internal control)", "unwinding-call/cc", vec![receiver])
}

/// `(%with-escape procedure id body …)`: `(procedure (lambda (id) body …))` if the body, once expanded, mentions the
/// identifier; otherwise the body alone.
pub fn with_escape<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let who = "%with-escape";
    let parts = s.operands(who, form, 3, usize::MAX, "(%with-escape procedure id body …)")?;
    let procedure = s.expand(parts[0])?;
    let count = s.lexicals.len();
    let (rib, variables) = s.bind_variables(who, &parts[1..2], form)?;
    let body: Vec<Value> = parts[2..].iter().map(|&part| s.in_scope(part, rib)).collect();
    let body = s.expand_body(who, &body, form)?;
    let mentioned = s.lexicals.get(count).is_some_and(|entry| entry.references > 0);
    s.close_scope(count);
    if !mentioned {
        return Ok(body);
    }
    let span = s.span(form);
    let receiver = s.lambda(span, Value::FALSE, variables, None, body);
    Ok(s.call(span, procedure, vec![receiver]))
}
