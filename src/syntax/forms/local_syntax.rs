//! `let-syntax`, `letrec-syntax` (R6RS 11.18) and Vicare's `fluid-let-syntax`.

use crate::account::Paid;
use crate::heap::Value;
use crate::syntax::body::Scan;
use crate::syntax::core::Expr;
use crate::syntax::rib::Rib;
use crate::syntax::session::{R, Session};
use crate::syntax::wrap::Marks;
use crate::syntax::{Binding, CoreForm, Syntax, object, transformer};

/// Keywords with the expressions of their transformers, and the list of the forms in their scope.
fn parts(s: &mut Session, who: &str, form: Value) -> R<(Vec<(Value, Value)>, Value)> {
    let shape = format!("({who} ((keyword transformer) …) form …)");
    let rest = s.pair(form).and_then(|(_, rest)| s.pair(rest));
    let Some((list, forms)) = rest else { return Err(s.malformed(who, form, form, &shape)) };
    let Some(elements) = s.list(list) else { return Err(s.malformed(who, form, list, &shape)) };
    let mut bindings = Vec::new();
    for element in elements {
        match s.list(element).as_deref().map(Vec::as_slice) {
            Some(&[id, expression]) if object::identifier(id).is_some() => bindings.push((id, expression)),
            _ => return Err(s.malformed(who, form, element, "(keyword transformer)")),
        }
    }
    Ok((bindings, forms))
}

/// Binds the keywords in `rib`, and answers that with the forms in their scope.
fn bind(s: &mut Session, core: CoreForm, form: Value, rib: Rib) -> R<(Value, Paid<Vec<Value>>)> {
    let who = core.name();
    let (bindings, forms) = parts(s, who, form)?;
    let rib = s.rib(rib);
    for &(id, _) in &bindings {
        s.bind(who, rib, id, Binding::Pending, form)?;
    }
    for (id, expression) in bindings {
        let name = s.symbol(id);
        let expression = if core == CoreForm::LetrecSyntax { s.in_scope(expression, rib) } else { expression };
        let object = s.make_transformer(name, expression)?;
        if let (Some(rib), Some(id)) = (rib.external_mut::<Rib>(), Syntax::of(id)) {
            rib.set(name, Marks::of(id.wrap()).as_slice(), Binding::Macro(object));
        }
    }
    s.complete(rib);
    let forms = s.in_scope(forms, rib);
    match s.list(forms) {
        Some(forms) => Ok((rib, forms)),
        None => Err(s.error(who, "expected a list of forms", form, forms)),
    }
}

/// In an expression context: like `begin`.
pub fn expression<'a>(s: &mut Session<'a, '_>, core: CoreForm, form: Value) -> R<Expr<'a>> {
    let (_, forms) = bind(s, core, form, Rib::closed())?;
    if forms.is_empty() {
        return Err(s.error(core.name(), "there is no expression in the scope of the keywords", form, form));
    }
    let parts = s.expand_all(&forms)?;
    Ok(s.sequence(s.span(form), parts))
}

/// In a body: the forms are spliced into it; their definitions belong to the body, whose scope is behind the keywords
/// for what macro uses among the forms expand to.
pub fn splice<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, core: CoreForm, form: Value) -> R<()> {
    let layer = Rib::layer(s.heap(), scan.place);
    let (layer, forms) = bind(s, core, form, layer)?;
    scan.splice_in(layer, &forms, s.uses);
    Ok(())
}

/// `(fluid-let-syntax ((keyword transformer) …) body …)`: while the body is expanded, the fluid keywords mean this.
pub fn fluid_let_syntax<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let who = "fluid-let-syntax";
    let (bindings, forms) = parts(s, who, form)?;
    let mut meanings = Vec::new();
    for (id, expression) in bindings {
        let keyword = match s.fluid_keyword(id)? {
            Some(keyword) => keyword,
            None => {
                let message = format!("`{}` is not a fluid keyword", s.name(id));
                let violation = s.violation(who, &message, form, id);
                return Err(violation.help("define it by define-fluid-syntax").into());
            }
        };
        let name = s.symbol(id);
        let object = s.make_transformer(name, expression)?;
        meanings.push((keyword, Binding::Macro(object)));
    }
    let Some(forms) = s.list(forms) else { return Err(s.error(who, "expected a list of forms", form, forms)) };
    let outer = s.tables().fluids.len();
    s.tables().fluids.extend(meanings);
    let body = s.expand_body(who, &forms, form);
    s.tables().fluids.truncate(outer);
    body
}

impl Session<'_, '_> {
    /// The fluid keyword that an identifier names, as the key of its present meaning.
    fn fluid_keyword(&mut self, id: Value) -> R<Option<Binding>> {
        Ok(match self.resolve(id)? {
            Some(Binding::Prelude(number)) => {
                let object = self.host.prelude_macro(number)?;
                transformer::fluid_default(object).map(|_| Binding::Fluid(object))
            }
            Some(binding @ Binding::Fluid(_)) => Some(binding),
            Some(binding @ Binding::Core(form)) if form.is_fluid() => Some(binding),
            _ => None,
        })
    }
}
