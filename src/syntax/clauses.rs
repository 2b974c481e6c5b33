//! What a library of the prelude exports or imports only where Vicar was built with a feature:
//! `(cond-expand (feature spec …) …)` among the specifications.

use super::session::{R, Session};
use super::suggest;
use crate::heap::Value;

pub const COND_EXPAND: &str = "cond-expand";

/// Whether Vicar was built with the feature; `None` if there is no feature of that name.
pub fn feature(name: &str) -> Option<bool> {
    match name {
        "posix" => Some(cfg!(feature = "posix")),
        "else" => Some(true),
        _ => None,
    }
}

/// Whether a specification depends on features.
pub fn is_conditional(s: &mut Session, spec: Value) -> bool {
    s.pair(spec).is_some_and(|(head, _)| suggest::symbol_name(head).as_deref() == Some(COND_EXPAND))
}

/// The specifications of the first clause whose feature is there; none if there is no such clause.
pub fn selected(s: &mut Session, form: Value) -> R<Vec<Value>> {
    let clauses = s.list(form).unwrap_or_default();
    for &clause in clauses.iter().skip(1) {
        let parts = s.list(clause).unwrap_or_default();
        let Some((&name, specs)) = parts.split_first() else {
            return Err(s.error(COND_EXPAND, "a clause is (feature spec …)", form, clause));
        };
        match suggest::symbol_name(name).and_then(|name| feature(&name)) {
            Some(true) => return Ok(specs.to_vec()),
            Some(false) => {}
            None => return Err(s.error(COND_EXPAND, "there is no such feature", form, name)),
        }
    }
    Ok(Vec::new())
}
