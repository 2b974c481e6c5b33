//! The forms that the expander knows, one file a group. Each takes its form apart, complains where it is malformed, and
//! makes core language of the expanded parts.

mod assignment;
mod binding;
mod case;
mod conditional;
mod define;
mod include;
mod iteration;
pub mod lambda;
mod local_syntax;
mod quote;
pub mod record;
mod rules;
mod syntax_case;
mod values;

use super::CoreForm;
use super::body::Scan;
use super::core::Expr;
use super::session::{R, Session};
use crate::account::Paid;
use crate::heap::Value;

/// Expands a form where an expression is expected. `name` is the symbol that a procedure shall be known by, or `#f`.
pub fn expand<'a>(s: &mut Session<'a, '_>, core: CoreForm, form: Value, name: Value) -> R<Expr<'a>> {
    use CoreForm::*;
    match core {
        Quote => quote::quote(s, form),
        Quasiquote => quote::quasiquote(s, form),
        Lambda => lambda::lambda(s, form, name),
        CaseLambda => lambda::case_lambda(s, form, name),
        NamedLambda => lambda::named_lambda(s, form),
        NamedCaseLambda => lambda::named_case_lambda(s, form),
        If => conditional::if_(s, form),
        Cond => conditional::cond(s, form),
        And => conditional::and(s, form),
        Or => conditional::or(s, form),
        When => conditional::when(s, form, "when"),
        Unless => conditional::when(s, form, "unless"),
        Assert => conditional::assert(s, form),
        Case => case::case(s, form, false),
        CaseExtended => case::case(s, form, true),
        Do => iteration::do_(s, form),
        WithEscape => iteration::with_escape(s, form),
        Let => binding::let_(s, form),
        LetStar => binding::let_star(s, form),
        Letrec => binding::letrec(s, form),
        LetrecStar => binding::letrec_star(s, form),
        LetValues => values::let_values(s, form),
        LetStarValues => values::let_star_values(s, form),
        Set => assignment::set(s, form),
        Begin => define::begin_expression(s, form),
        LetSyntax | LetrecSyntax => local_syntax::expression(s, core, form),
        FluidLetSyntax => local_syntax::fluid_let_syntax(s, form),
        SyntaxRules | IdentifierSyntax => rules::as_procedure(s, core, form),
        SyntaxCase => syntax_case::syntax_case(s, form),
        WithSyntax => syntax_case::with_syntax(s, form),
        SyntaxTemplate => syntax_case::syntax(s, form),
        Quasisyntax => syntax_case::quasisyntax(s, form),
        RecordTypeDescriptor => record::descriptor(s, form, record::Part::Type),
        RecordConstructorDescriptor => record::descriptor(s, form, record::Part::Constructor),
        Include => include::expression(s, form),
        File => include::file(s, form),
        Line => include::line(s, form),
        _ if core.is_definition() => Err(s.misplaced_definition(core, form)),
        _ if core.is_fluid() => {
            let message = "this keyword has no meaning here: the form that gives it one is not around";
            Err(s.error(core.name(), message, form, form))
        }
        _ => Err(s.plain_error(&format!("`{}` has no meaning here", core.name()), form)),
    }
}

/// Processes a definition, or a form whose parts are spliced into the body that it stands in.
pub fn define<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, core: CoreForm, form: Value) -> R<()> {
    use CoreForm::*;
    match core {
        Begin => define::begin(s, scan, form),
        Define => define::define(s, scan, form),
        DefineSyntax => define::define_syntax(s, scan, form),
        DefineFluidSyntax => define::define_fluid_syntax(s, scan, form),
        DefineAlias => define::define_alias(s, scan, form),
        BeginForSyntax => define::begin_for_syntax(s, scan, form),
        Import => define::import(s, scan, form),
        LetSyntax | LetrecSyntax => local_syntax::splice(s, scan, core, form),
        DefineRecordType => record::define_record_type(s, scan, form),
        DefineRecordName => record::define_record_name(s, scan, form),
        Include => include::splice(s, scan, form),
        _ => Err(s.error(core.name(), "this form stands at the outermost level only", form, form)),
    }
}

/// Whether the parts of such a form are spliced into a body.
pub fn splices(core: CoreForm) -> bool {
    use CoreForm::*;
    matches!(core, Begin | LetSyntax | LetrecSyntax | Include)
}

impl Session<'_, '_> {
    /// The operands of a form that must have at least `min` and at most `max`; `shape` says how it is written.
    fn operands(&mut self, who: &str, form: Value, min: usize, max: usize, shape: &str) -> R<Paid<Vec<Value>>> {
        match self.list(form) {
            Some(mut parts) if parts.len() > min && parts.len() - 1 <= max => {
                parts.remove(0);
                Ok(parts)
            }
            _ => Err(self.malformed(who, form, form, shape)),
        }
    }

    /// The error for a form that is not written as it should be.
    fn malformed(&mut self, who: &str, form: Value, part: Value, shape: &str) -> super::Failure {
        self.violation(who, "this form is malformed", form, part).help(format!("it is written {shape}")).into()
    }
}
pub use rules::{identifier_syntax, syntax_rules};
