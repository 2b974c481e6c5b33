//! The error for an unbound identifier: the names in scope that are nearest, and the libraries that export it.

use super::environment::Environment;
use super::rib::Rib;
use super::session::Session;
use super::violation::ViolationKind;
use super::{Syntax, Violation, is_internal, object, wrap};
use crate::diagnostics::{Nearest, nearest};
use crate::heap::{Symbol, Value, View};

/// The violation for an identifier without binding.
pub fn unbound(s: &mut Session, id: Value) -> Violation {
    let name = s.name(id);
    let whole = object::identifier(id).map_or(String::new(), |symbol| symbol.name().to_owned());
    let span = s.span(id);
    let mut violation = Violation::new(format!("unbound identifier `{name}`"), id, span);
    let Some(syntax) = Syntax::of(id) else { return violation };
    // What a template makes has its environment behind all marks.
    let scopes = syntax.wrap().list_iter().fold(false, |seen, element| {
        wrap::number_of(element).is_none() && (seen || element.external_ref::<Environment>().is_some())
    });
    if !scopes {
        violation.diagnostic.message = format!("`{name}` was inserted without any context, so it means nothing");
        return violation.help("make identifiers by templates, #'name, or by (datum->syntax context-identifier 'name)");
    }
    violation.kind = ViolationKind::Unbound;
    if let Some(near) = nearest_in_scope(s, &whole, syntax) {
        violation = violation.help(format!("there is `{near}`"));
    }
    let exporters = exporters(s, &whole);
    if let Some(library) = exporters.first() {
        violation = violation.help(format!("`{name}` is exported by {library}: (import {library})"));
    }
    violation
}

/// The nearest of all names that text could mention where the identifier stands.
fn nearest_in_scope(s: &mut Session, name: &str, id: Syntax) -> Option<Box<str>> {
    let mut nearest = Nearest::to(name);
    let mut offer = |candidate: &str| {
        if candidate != name {
            nearest.offer(candidate);
        }
    };
    for element in id.wrap().list_iter() {
        if let Some(rib) = element.external_ref::<Rib>() {
            let symbols = rib.entries().iter().filter_map(|e| Symbol::from_value(e.symbol));
            symbols.for_each(|symbol| offer(symbol.name()));
        } else if let Some(environment) = element.external_ref::<Environment>() {
            environment.each_name(s.tables(), &mut offer);
        }
    }
    s.owe(nearest.work());
    nearest.found()
}

/// The libraries that export a name: those that are built in, then those that are loaded.
fn exporters(s: &mut Session, name: &str) -> Vec<String> {
    let tables = s.tables();
    let mut found: Vec<String> = tables.builtins.exporters(name).into_iter().map(str::to_string).collect();
    let loaded = tables.libraries().filter(|library| library.exports.contains_key(name));
    found.extend(loaded.map(|library| library.key.clone()));
    found.retain(|key| !is_internal(key));
    found
}

/// The nearest of some names, as a phrase for the end of a message.
pub fn phrase<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    nearest(name, names).map(|near| format!("there is `{near}`"))
}

/// Whether the value names something: for callers with raw data.
pub fn symbol_name(v: Value) -> Option<String> {
    Symbol::from_value(object::unwrap(v)).map(|symbol| symbol.name().to_string())
}
