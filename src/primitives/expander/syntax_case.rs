//! `(rnrs syntax-case)`: procedures on syntax objects, R6RS libraries 12; and the primitives that `syntax-case` and
//! `syntax` forms expand to.

use crate::diagnostics::Span;
use crate::eval::{Machine, Res, Rest, Single, Stop, Who};
use crate::heap::{ConditionType, Kind, Procedure, Str, Symbol, Value, View};
use crate::syntax::object::Unfinished;
use crate::syntax::{
    Binding, Filler, Matcher, Misfit, Rewriter, Syntax, bound_identifier_eq, free_identifier_eq,
    make_variable_transformer, object, resolve,
};
use vicar_macros::primitives;

/// A parameter that must be an identifier.
#[derive(Copy, Clone)]
struct Identifier(Value);

impl Single for Identifier {
    const WHAT: &'static str = "an identifier";
    fn convert(v: Value) -> Option<Identifier> {
        object::identifier(v).map(|_| Identifier(v))
    }
}

/// The symbol of the identifier that a form is, or begins with. A bare symbol is no identifier.
fn inferred_who(m: &mut Machine, form: Value) -> Value {
    let head = form.as_pair().map(|pair| pair.car());
    let head = head.or_else(|| object::pair_parts(&mut m.heap, form).map(|(head, _)| head));
    let id = head.unwrap_or(form);
    object::identifier(id).map_or(Value::FALSE, Symbol::value)
}

fn violation(m: &mut Machine, who: Value, message: Value, form: Value, subform: Value) -> Stop {
    let mut parts = Vec::new();
    if who.is_true() {
        parts.push(m.heap.condition(ConditionType::Who, &[who]));
    }
    parts.push(m.heap.condition(ConditionType::Message, &[message]));
    parts.push(m.heap.condition(ConditionType::Syntax, &[form, subform]));
    Stop::raise(m.heap.compound_condition(&parts))
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%syntax-match form pattern)`: a vector of what the variables of a compiled pattern stand for, or `#f`.
    fn syntax_match(m: &mut Machine, form: Value, pattern: Value) -> Res {
        let mut matcher =
            Matcher { heap: &mut m.heap, tables: &m.syntax, values: Vec::new(), bare_atoms: true, full: false };
        if !matcher.matches(pattern, form) {
            return if matcher.full { Err(Stop::HEAP) } else { Ok(Value::FALSE) };
        }
        let values = matcher.values;
        m.charge(values.len())?;
        Ok(m.heap.vector(&values))
    }

    /// `(%syntax-no-match form)`: raises the violation of a form that matches no clause.
    fn syntax_no_match(m: &mut Machine, form: Value) -> Res {
        Err(no_match(m, form))
    }

    /// `(%syntax-fill template value …)`: a compiled template, `#(template slots)`, with its first slots filled.
    fn syntax_fill(m: &mut Machine, template: Value, value: Value, values: Rest) -> Res {
        let &[compiled, count] = template.slots() else { return Ok(Value::FALSE) };
        let mut slots: Vec<Value> = std::iter::once(value).chain(values.iter().copied()).collect();
        slots.resize(slots.len().max(count.as_fixnum().unwrap_or(0) as usize), Value::FALSE);
        let mut filler =
            Filler { heap: &mut m.heap, slots, inserted: Value::NIL, span: Span::NONE, made: 0, admitted: 0 };
        let output = filler.fill(compiled);
        let made = filler.made;
        m.charge(made)?;
        output.map_err(|misfit| misfit_of(m, "syntax", misfit))
    }

    /// `(%apply-syntax-rules form rules)`: the procedure that a `syntax-rules` form evaluates to.
    fn apply_syntax_rules(m: &mut Machine, form: Value, rules: Value) -> Res {
        rewrite(m, form, |rewriter| rewriter.rules(rules, form))
    }

    /// `(%apply-identifier-syntax form parts)`: the procedure that an `identifier-syntax` form evaluates to.
    fn apply_identifier_syntax(m: &mut Machine, form: Value, parts: Value) -> Res {
        let &[reference, pattern, assignment] = parts.slots() else { return Ok(Value::FALSE) };
        rewrite(m, form, |rewriter| rewriter.identifier(reference, pattern, assignment, form))
    }
}

fn rewrite(m: &mut Machine, form: Value, work: impl FnOnce(&mut Rewriter) -> Result<Option<Value>, Misfit>) -> Res {
    let mut rewriter =
        Rewriter { heap: &mut m.heap, tables: &m.syntax, inserted: Value::NIL, span: Span::NONE, made: 0 };
    let output = work(&mut rewriter);
    let made = rewriter.made;
    m.charge(made)?;
    match output {
        Ok(Some(output)) => Ok(output),
        Ok(None) => Err(no_match(m, form)),
        Err(misfit) => Err(misfit_of(m, "syntax-rules", misfit)),
    }
}

fn no_match(m: &mut Machine, form: Value) -> Stop {
    let who = inferred_who(m, form);
    let message = m.heap.string("this form matches no pattern");
    violation(m, who, message, form, Value::FALSE)
}

fn unfinished(m: &mut Machine, why: Unfinished) -> Stop {
    match why {
        Unfinished::Full => Stop::HEAP,
        Unfinished::Stopped => m.stopped_by_watch(),
    }
}

fn misfit_of(m: &mut Machine, who: &str, misfit: Misfit) -> Stop {
    let irritant = match misfit {
        Misfit::NoList(list) => list,
        Misfit::Lengths => Value::FALSE,
        Misfit::Full => return Stop::HEAP,
        Misfit::Stopped => return m.stopped_by_watch(),
    };
    let (who, message) = (m.heap.symbol(who), m.heap.string(misfit.message()));
    violation(m, who, message, irritant, Value::FALSE)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(identifier? obj)`
    fn is_identifier(obj: Value) -> Res {
        Ok(Value::boolean(object::identifier(obj).is_some()))
    }

    /// `(bound-identifier=? id1 id2)`: whether a binding of one would capture a reference to the other.
    #[primitive(name = "bound-identifier=?")]
    fn bound_identifier_p(id1: Identifier, id2: Identifier) -> Res {
        Ok(Value::boolean(bound_identifier_eq(id1.0, id2.0)))
    }

    /// `(free-identifier=? id1 id2)`: whether both refer to the same binding, or have the same name and no binding.
    #[primitive(name = "free-identifier=?")]
    fn free_identifier_p(m: &mut Machine, id1: Identifier, id2: Identifier) -> Res {
        Ok(Value::boolean(free_identifier_eq(&m.syntax, id1.0, id2.0)))
    }

    /// `(syntax->datum syntax)`: the datum without any context.
    fn syntax_to_datum(m: &mut Machine, syntax: Value) -> Res {
        object::strip(&mut m.heap, syntax).map_err(|why| unfinished(m, why))
    }

    /// `(datum->syntax id datum)`: the datum in the context of the identifier.
    fn datum_to_syntax(m: &mut Machine, template_id: Identifier, datum: Value) -> Res {
        match Syntax::of(template_id.0) {
            Some(template) => object::from_datum(&mut m.heap, template, datum).map_err(|why| unfinished(m, why)),
            None => Ok(datum),
        }
    }

    /// `(generate-temporaries list)`: as many fresh identifiers as the list, or syntax of a list, has elements.
    fn generate_temporaries(m: &mut Machine, who: Who, list: Value) -> Res {
        let Some(count) = object::list_length(&mut m.heap, list) else {
            return Err(m.wrong_argument(who, "list", 1, "a list", list));
        };
        // Each is a symbol, a mark, a wrap and a syntax object.
        m.heap.reserve_many(count.saturating_mul(192))?;
        m.charge(count)?;
        let mut temporaries = Value::NIL;
        for _ in 0..count {
            let symbol = m.heap.gensym("t");
            let mark = m.syntax.fresh_mark(&mut m.heap);
            let wrap = m.heap.list(&[mark]);
            let temporary = Syntax::new(&mut m.heap, symbol, wrap, Span::NONE);
            temporaries = m.heap.cons(temporary, temporaries);
        }
        Ok(temporaries)
    }

    /// `(make-variable-transformer proc)`: a transformer that also takes `set!` forms.
    #[primitive(name = "make-variable-transformer")]
    fn make_variable_transformer_p(m: &mut Machine, proc: Procedure) -> Res {
        Ok(make_variable_transformer(&mut m.heap, proc.value()))
    }

    /// `(syntax-violation who message form)`, `(syntax-violation who message form subform)`: raises `&syntax`.
    fn syntax_violation(m: &mut Machine, who: Value, message: Str, form: Value, subform: Option<Value>) -> Res {
        let given = who.is_false() || who.is(Kind::String) || who.is(Kind::Symbol);
        if !given {
            return Err(m.wrong_argument("syntax-violation", "who", 1, "a string, a symbol or #f", who));
        }
        let who = if who.is_true() { who } else { inferred_who(m, form) };
        Err(violation(m, who, message.value(), form, subform.unwrap_or(Value::FALSE)))
    }

    /// `(syntax-parameter-value id)`: the present transformer of a fluid keyword, a procedure where it is one.
    fn syntax_parameter_value(m: &mut Machine, who: Who, id: Identifier) -> Res {
        use crate::syntax::environment::Found;
        let Found::Bound(binding) = resolve(&m.syntax, id.0) else {
            return Err(m.assertion(who, "the identifier has no binding", &[id.0]));
        };
        let present =
            m.syntax.fluids.iter().rev().find(|(keyword, _)| *keyword == binding).map(|(_, meaning)| *meaning);
        match present.or_else(|| default_meaning(binding)) {
            Some(Binding::Macro(object)) => Ok(crate::syntax::transformer_procedure(object).unwrap_or(object)),
            _ => Err(m.assertion(who, "the identifier is not a fluid keyword with a meaning", &[id.0])),
        }
    }
}

/// What a fluid keyword means where nothing else is said.
fn default_meaning(binding: Binding) -> Option<Binding> {
    match binding {
        Binding::Fluid(object) => crate::syntax::fluid_default(object).map(Binding::Macro),
        _ => None,
    }
}
