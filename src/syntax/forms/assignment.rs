//! `set!`: R6RS 11.4.4, 11.19, and the restrictions of 7.1 on exported variables.

use crate::heap::Value;
use crate::syntax::core::{CoreKind, Expr, GlobalId};
use crate::syntax::environment::{Environment, Owner};
use crate::syntax::session::{R, Session};
use crate::syntax::violation::ViolationKind;
use crate::syntax::{Binding, object};

pub fn set<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let parts = s.operands("set!", form, 2, 2, "(set! variable expression)")?;
    let (id, expression) = (parts[0], parts[1]);
    if object::identifier(id).is_none() {
        return Err(s.error("set!", "expected a variable to assign", form, id));
    }
    let meaning = match s.meaning(id)? {
        Some(meaning) => meaning,
        None => Binding::Global(s.forward(id).ok_or_else(|| s.unbound(id))?),
    };
    let (span, name) = (s.span(form), s.name(id));
    match meaning {
        Binding::Macro(object) if s.takes_set(object) => {
            let replacement = s.transcribe(object, form)?;
            s.expand(replacement)
        }
        Binding::Variable(lexical) => {
            let variable = s.mention(id, lexical)?;
            let value = s.expand_named(expression, s.symbol(id))?;
            variable.assigned.set(true);
            Ok(s.core(span, CoreKind::SetLocal(variable, value)))
        }
        Binding::Global(global) => {
            assignable(s, form, id, global)?;
            let value = s.expand_named(expression, s.symbol(id))?;
            Ok(s.core(span, CoreKind::SetGlobal(global, value)))
        }
        Binding::Primitive(_) => Err(immutable(s, form, id)),
        Binding::Pattern(_) => {
            Err(s.error("set!", &format!("the pattern variable `{name}` cannot be assigned"), form, id))
        }
        _ => Err(s.error("set!", &format!("the keyword `{name}` cannot be assigned"), form, id)),
    }
}

/// Checks that the unit may assign the global, and notes that it does.
fn assignable(s: &mut Session, form: Value, id: Value, global: GlobalId) -> R<()> {
    s.check_global(id, global)?;
    let environment = s.environment;
    let own = s.tables().globals.get(&global).copied().filter(|info| info.environment == environment);
    match own {
        Some(info) if info.exported => {
            let name = s.name(id);
            Err(s.error("set!", &format!("`{name}` is exported, so nothing may assign it"), form, id))
        }
        Some(_) if s.is_builtin() => Err(s.error(
            "set!",
            "a library of the prelude has no variables at its top level: use a parameter",
            form,
            id,
        )),
        Some(_) => {
            if let Some(info) = s.tables().globals.get_mut(&global) {
                info.assigned = true;
            }
            Ok(())
        }
        None => Err(immutable(s, form, id)),
    }
}

/// The error for assigning what another library defines.
fn immutable(s: &mut Session, form: Value, id: Value) -> crate::syntax::Failure {
    let name = s.name(id);
    let in_eval = s.environment.external_ref::<Environment>().is_some_and(|e| e.owner == Owner::Immutable);
    let mut violation = s.violation("set!", &format!("`{name}` is imported, so it cannot be assigned"), form, id);
    if in_eval {
        violation.kind = ViolationKind::Assertion;
    }
    violation.into()
}
