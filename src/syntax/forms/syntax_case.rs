//! `syntax-case`, `syntax`, `quasisyntax`, `with-syntax`: R6RS libraries 12.4, 12.8. Patterns and templates are data that
//! the primitives `%syntax-match` and `%syntax-fill` work from; a clause becomes a test and a `let` of its variables.

use crate::heap::Value;
use crate::syntax::core::{Expr, Var};
use crate::syntax::pattern::PatternVariable;
use crate::syntax::resolve::Identifiers;
use crate::syntax::rib::Rib;
use crate::syntax::session::{R, Session};
use crate::syntax::template::{Filling, Variables};
use crate::syntax::{Binding, INTERNAL};

/// A compiled pattern with the variables that hold what it matched.
struct Match<'a> {
    pattern: Value,
    variables: Vec<Var<'a>>,
}

/// Binds the variables of a pattern in a rib.
fn bind<'a>(s: &mut Session<'a, '_>, who: &str, rib: Value, ids: &[PatternVariable], form: Value) -> R<Vec<Var<'a>>> {
    let mut variables = Vec::with_capacity(ids.len());
    for id in ids {
        let (lexical, variable) = s.lexical(id.id, id.depth);
        s.bind(who, rib, id.id, Binding::Pattern(lexical), form)?;
        variables.push(variable);
    }
    Ok(variables)
}

/// Which of the variables from place `first` on the code so far mentions.
fn mentioned(s: &Session, first: usize, count: usize) -> Vec<bool> {
    s.lexicals.iter().skip(first).take(count).map(|l| l.references > 0).collect()
}

/// `then` with the variables bound if the value of `input` matches, otherwise `otherwise`.
fn test<'a>(
    s: &mut Session<'a, '_>,
    form: Value,
    input: Var<'a>,
    matched: Match<'a>,
    used: &[bool],
    then: Expr<'a>,
    otherwise: Expr<'a>,
) -> R<Expr<'a>> {
    let span = s.span(form);
    let value = s.local(span, input);
    if matched.pattern == Value::VOID {
        return Ok(then);
    }
    let pattern = s.constant(span, matched.pattern);
    let result = s.temporary("match");
    let found = s.call_builtin(span, INTERNAL, "%syntax-match", vec![value, pattern])?;
    let (mut variables, mut values) = (Vec::new(), Vec::new());
    for (i, variable) in matched.variables.into_iter().enumerate() {
        if used.get(i).copied().unwrap_or(true) {
            let (vector, index) = (s.local(span, result), s.constant(span, Value::fixnum(i as i64)));
            variables.push(variable);
            values.push(s.call_builtin(span, "(rnrs base)", "vector-ref", vec![vector, index])?);
        }
    }
    let then = s.let_(span, variables, values, then);
    let condition = s.local(span, result);
    let choice = s.if_(span, condition, then, otherwise);
    Ok(s.let_(span, vec![result], vec![found], choice))
}

/// A clause of `syntax-case`, expanded.
struct Clause<'a> {
    matched: Match<'a>,
    used: Vec<bool>,
    fender: Option<Expr<'a>>,
    output: Expr<'a>,
}

pub fn syntax_case<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let shape = "(syntax-case expression (literal …) (pattern expression) (pattern fender expression) …)";
    let parts = s.operands("syntax-case", form, 2, usize::MAX, shape)?;
    let span = s.span(form);
    let value = s.expand(parts[0])?;
    let literals = s.literals("syntax-case", form, parts[1])?;
    let mut clauses = Vec::new();
    for &clause in &parts[2..] {
        clauses.push(clause_of(s, form, clause, &literals)?);
    }
    let input = s.temporary("input");
    let operand = s.local(span, input);
    let mut code = s.call_builtin(span, INTERNAL, "%syntax-no-match", vec![operand])?;
    for Clause { matched, used, fender, output } in clauses.into_iter().rev() {
        code = match fender {
            None => test(s, form, input, matched, &used, output, code)?,
            Some(fender) => {
                // Two ways lead to the next clause: it becomes a procedure.
                let next = s.temporary("next");
                let rest = s.lambda(span, Value::FALSE, Vec::new(), None, code);
                let [first, second] = [(); 2].map(|()| s.call(span, s.local(span, next), Vec::new()));
                let guarded = s.if_(span, fender, output, first);
                let clause = test(s, form, input, matched, &used, guarded, second)?;
                s.let_(span, vec![next], vec![rest], clause)
            }
        };
    }
    Ok(s.let_(span, vec![input], vec![value], code))
}

fn clause_of<'a>(s: &mut Session<'a, '_>, form: Value, clause: Value, literals: &Identifiers) -> R<Clause<'a>> {
    let parts = s.list(clause).unwrap_or_default();
    let (pattern, expressions) = match parts[..] {
        [pattern, output] => (pattern, vec![output]),
        [pattern, fender, output] => (pattern, vec![fender, output]),
        _ => {
            return Err(s.malformed(
                "syntax-case",
                form,
                clause,
                "(pattern expression) or (pattern fender expression)",
            ));
        }
    };
    let (pattern, ids) = s.compile_pattern(pattern, literals)?;
    let rib = s.rib(Rib::closed());
    let count = s.lexicals.len();
    let variables = bind(s, "syntax-case", rib, &ids, form)?;
    s.complete(rib);
    let expressions: Vec<Value> = expressions.into_iter().map(|e| s.in_scope(e, rib)).collect();
    let mut expanded = s.expand_all(&expressions)?;
    let used = mentioned(s, count, variables.len());
    s.close_scope(count);
    let output = expanded.pop().unwrap_or_else(|| s.void(s.span(clause)));
    Ok(Clause { matched: Match { pattern, variables }, used, fender: expanded.pop(), output })
}

pub fn with_syntax<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let shape = "(with-syntax ((pattern expression) …) body …)";
    let parts = s.operands("with-syntax", form, 2, usize::MAX, shape)?;
    let Some(elements) = s.list(parts[0]) else { return Err(s.malformed("with-syntax", form, parts[0], shape)) };
    let span = s.span(form);
    let (mut inputs, mut values, mut patterns) = (Vec::new(), Vec::new(), Vec::new());
    for element in elements {
        let Some(&[pattern, expression]) = s.list(element).as_deref().map(Vec::as_slice) else {
            return Err(s.malformed("with-syntax", form, element, "(pattern expression)"));
        };
        values.push(s.expand(expression)?);
        inputs.push(s.temporary("input"));
        patterns.push(s.compile_pattern(pattern, &Identifiers::default())?);
    }
    let rib = s.rib(Rib::closed());
    let count = s.lexicals.len();
    let mut matches = Vec::new();
    for (pattern, ids) in patterns {
        let first = s.lexicals.len();
        let variables = bind(s, "with-syntax", rib, &ids, form)?;
        matches.push((first, Match { pattern, variables }));
    }
    s.complete(rib);
    let body: Vec<Value> = parts[1..].iter().map(|&part| s.in_scope(part, rib)).collect();
    let mut code = s.expand_body("with-syntax", &body, form)?;
    let used: Vec<Vec<bool>> =
        matches.iter().map(|(first, matched)| mentioned(s, *first, matched.variables.len())).collect();
    s.close_scope(count);
    for (i, (_, matched)) in matches.into_iter().enumerate().rev() {
        let operand = s.local(span, inputs[i]);
        let failure = s.call_builtin(span, INTERNAL, "%syntax-no-match", vec![operand])?;
        code = test(s, form, inputs[i], matched, &used[i], code, failure)?;
    }
    Ok(s.let_(span, inputs, values, code))
}

pub fn syntax<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("syntax", form, 1, 1, "(syntax template)")?;
    template(s, form, parts[0], false)
}

pub fn quasisyntax<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("quasisyntax", form, 1, 1, "(quasisyntax template)")?;
    template(s, form, parts[0], true)
}

fn template<'a>(s: &mut Session<'a, '_>, form: Value, template: Value, quasi: bool) -> R<Expr<'a>> {
    let span = s.span(form);
    let template = s.compile_template(template, quasi, Variables::Lexical)?;
    let mut operands = Vec::new();
    for source in template.sources {
        operands.push(match source {
            Filling::Variable(lexical) => match s.lexical_of(lexical) {
                Some(entry) => {
                    let variable = entry.variable;
                    s.local(span, variable)
                }
                None => return Err(s.error("syntax", "a pattern variable is out of its scope", form, form)),
            },
            Filling::Expression(number) => s.expand(template.expressions[number])?,
            Filling::Listed(_) => continue,
        });
    }
    if operands.is_empty() {
        return Ok(s.constant(span, template.compiled));
    }
    if template.compiled.is_fixnum() {
        // The template is one variable or expression.
        return Ok(operands.swap_remove(0));
    }
    let data = s.heap().vector(&[template.compiled, Value::fixnum(template.slots as i64)]);
    let data = s.constant(span, data);
    operands.insert(0, data);
    s.call_builtin(span, INTERNAL, "%syntax-fill", operands)
}
