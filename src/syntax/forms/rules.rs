//! `syntax-rules` and `identifier-syntax`: R6RS 11.19. Compiled to data; no code runs when such a macro is used.

use crate::heap::Value;
use crate::syntax::core::{CoreKind, Expr};
use crate::syntax::pattern::PatternVariable;
use crate::syntax::resolve::Identifiers;
use crate::syntax::session::{R, Session};
use crate::syntax::template::Variables;
use crate::syntax::transformer::Transformer;
use crate::syntax::{CoreForm, INTERNAL, object};

const RULES: &str = "(syntax-rules (literal …) ((_ pattern …) template) …)";

/// The rules of a `syntax-rules` form.
pub fn syntax_rules(s: &mut Session, form: Value) -> R<Transformer> {
    let parts = s.operands("syntax-rules", form, 1, usize::MAX, RULES)?;
    let literals = s.literals("syntax-rules", form, parts[0])?;
    let mut compiled = Vec::new();
    for &rule in &parts[1..] {
        let Some(&[pattern, template]) = s.list(rule).as_deref().map(Vec::as_slice) else {
            return Err(s.malformed("syntax-rules", form, rule, "((_ pattern …) template)"));
        };
        let operands = match s.pair(pattern) {
            Some((keyword, operands)) if object::identifier(keyword).is_some() => operands,
            _ => return Err(s.malformed("syntax-rules", form, pattern, "(_ pattern …)")),
        };
        let (pattern, variables) = s.compile_pattern(operands, &literals)?;
        let template = s.compile_template(template, false, Variables::Listed(&variables))?;
        let names = names(s, &variables);
        compiled.extend([pattern, template.compiled, Value::fixnum(template.slots as i64), names]);
    }
    let rules = s.heap().vector(&compiled);
    Ok(Transformer::Rules(s.keep_constant(rules)))
}

fn names(s: &mut Session, variables: &[PatternVariable]) -> Value {
    let names: Vec<Value> = variables.iter().map(|v| s.symbol(v.id)).collect();
    s.heap().vector(&names)
}

const IDENTIFIER: &str =
    "(identifier-syntax template) or (identifier-syntax (id template) ((set! id pattern) template))";

/// The parts of an `identifier-syntax` form.
pub fn identifier_syntax(s: &mut Session, form: Value) -> R<Transformer> {
    let parts = s.operands("identifier-syntax", form, 1, 2, IDENTIFIER)?;
    if let [template] = parts[..] {
        let reference = s.compile_template(template, false, Variables::Listed(&[]))?.compiled;
        return Ok(Transformer::Identifier { reference, pattern: Value::FALSE, assignment: Value::FALSE });
    }
    let Some(&[id, template]) = s.list(parts[0]).as_deref().map(Vec::as_slice) else {
        return Err(s.malformed("identifier-syntax", form, parts[0], IDENTIFIER));
    };
    let Some(&[target, replacement]) = s.list(parts[1]).as_deref().map(Vec::as_slice) else {
        return Err(s.malformed("identifier-syntax", form, parts[1], IDENTIFIER));
    };
    let (set, other, pattern) = match s.list(target).as_deref().map(Vec::as_slice) {
        Some(&[set, other, pattern]) => (set, other, pattern),
        _ => return Err(s.malformed("identifier-syntax", form, target, IDENTIFIER)),
    };
    let identifiers = object::identifier(id).is_some() && object::identifier(other).is_some();
    if !identifiers || !s.is_form(set, CoreForm::Set) {
        return Err(s.malformed("identifier-syntax", form, target, IDENTIFIER));
    }
    let reference = s.compile_template(template, false, Variables::Listed(&[]))?.compiled;
    let (pattern, variables) = s.compile_pattern(pattern, &Identifiers::default())?;
    let template = s.compile_template(replacement, false, Variables::Listed(&variables))?;
    let assignment = s.heap().vector(&[template.compiled, Value::fixnum(template.slots as i64)]);
    Ok(Transformer::Identifier { reference, pattern, assignment: s.keep_constant(assignment) })
}

/// Such a form as an expression: a procedure, or what `make-variable-transformer` makes of one.
pub fn as_procedure<'a>(s: &mut Session<'a, '_>, core: CoreForm, form: Value) -> R<Expr<'a>> {
    let span = s.span(form);
    let (name, data, takes_set) = match core {
        CoreForm::SyntaxRules => match syntax_rules(s, form)? {
            Transformer::Rules(rules) => ("%apply-syntax-rules", rules, false),
            _ => return Err(s.malformed("syntax-rules", form, form, RULES)),
        },
        _ => match identifier_syntax(s, form)? {
            Transformer::Identifier { reference, pattern, assignment } => {
                let data = s.heap().vector(&[reference, pattern, assignment]);
                ("%apply-identifier-syntax", data, assignment.is_true())
            }
            _ => return Err(s.malformed("identifier-syntax", form, form, IDENTIFIER)),
        },
    };
    let variable = s.temporary("form");
    let data = s.constant(span, data);
    let input = s.core(span, CoreKind::Local(variable));
    let body = s.call_builtin(span, INTERNAL, name, vec![input, data])?;
    let procedure = s.lambda(span, Value::FALSE, vec![variable], None, body);
    if takes_set {
        return s.call_builtin(span, "(rnrs syntax-case)", "make-variable-transformer", vec![procedure]);
    }
    Ok(procedure)
}
