//! Import specifications: from `(import spec …)` to import sets in an environment. R6RS 7.1, and Vicare's additions.

use super::environment::Environment;
use super::import::ImportSet;
use super::library::{self, LibraryId, Misread};
use super::session::{R, Session};
use super::{Failure, Violation, clauses, is_internal, loader, object, suggest};
use crate::account::deepen;
use crate::diagnostics::Span;
use crate::heap::Value;

/// How many names of an import are compared with the other imports at once; larger ones are compared when a name is used.
const FEW: usize = 512;

/// How deep import sets may nest, and how many characters a name may have that an import set makes of others.
const DEEPEST: usize = 100;
const LONGEST: usize = 1000;

/// Adds the bindings of all specifications to an environment.
pub fn import_all(s: &mut Session, environment: Value, specs: &[Value]) -> R<()> {
    for &spec in specs {
        if s.is_builtin() && clauses::is_conditional(s, spec) {
            let specs = clauses::selected(s, spec)?;
            import_all(s, environment, &specs)?;
            continue;
        }
        let (set, at_run_time) = import_spec(s, spec)?;
        if let Some(environment) = environment.external_ref::<Environment>() {
            check_conflicts(s, environment, &set, spec)?;
        }
        let library = set.library();
        if at_run_time && s.tables().library(library).has_body && !s.requires.contains(&library) {
            s.requires.push(library);
        }
        let span = s.span(spec);
        // The environment's own count is taken anew by the next collection.
        let bytes = size_of::<(ImportSet, Span)>() + set.bytes();
        s.heap().reserve_many(bytes)?;
        s.heap().account(bytes);
        if let Some(environment) = environment.external_mut::<Environment>() {
            environment.add_import(set, span);
        }
    }
    Ok(())
}

/// The set of a specification, and whether it is for run time (too).
pub fn import_spec(s: &mut Session, spec: Value) -> R<(ImportSet, bool)> {
    let parts = s.list(spec).unwrap_or_default();
    if let [head, set, levels @ ..] = parts.as_slice()
        && suggest::symbol_name(*head).as_deref() == Some("for")
        && object::unwrap(*set).is_pair()
    {
        let mut at_run_time = levels.is_empty();
        for &level in levels {
            at_run_time |= level_is_run(s, spec, level)?;
        }
        return Ok((import_set(s, *set)?, at_run_time));
    }
    Ok((import_set(s, spec)?, true))
}

/// `run`, `expand`, `(meta n)`.
fn level_is_run(s: &mut Session, spec: Value, level: Value) -> R<bool> {
    match suggest::symbol_name(level).as_deref() {
        Some("run") => return Ok(true),
        Some("expand") => return Ok(false),
        _ => {}
    }
    if let Some(&[meta, number]) = s.list(level).as_deref().map(Vec::as_slice)
        && suggest::symbol_name(meta).as_deref() == Some("meta")
        && let Some(number) = object::unwrap(number).as_fixnum()
    {
        return Ok(number == 0);
    }
    Err(s.error("import", "an import level is run, expand or (meta integer)", spec, level))
}

/// An import set.
fn import_set(s: &mut Session, form: Value) -> R<ImportSet> {
    import_set_at(s, form, 0)
}

fn import_set_at(s: &mut Session, form: Value, depth: usize) -> R<ImportSet> {
    if depth > DEEPEST {
        let message = format!("import sets are nested more than {DEEPEST} levels deep here");
        return Err(s.error("import", &message, form, form));
    }
    s.enter(form)?;
    let result = deepen(&mut *s, |s| import_set_here(s, form, depth));
    s.leave();
    result?
}

fn import_set_here(s: &mut Session, form: Value, depth: usize) -> R<ImportSet> {
    let Some(parts) = s.list(form).filter(|parts| !parts.is_empty()) else {
        return Err(s.error(
            "import",
            "an import is a library's name, or (only …), (except …), (prefix …), (rename …)",
            form,
            form,
        ));
    };
    let operator = suggest::symbol_name(parts[0]).unwrap_or_default();
    let operands = &parts[1..];
    // Each name is looked up through all levels.
    s.host.charge(operands.len() * (1 + depth))?;
    let nested = operands.first().is_some_and(|&set| object::unwrap(set).is_pair());
    match (operator.as_str(), operands) {
        ("library", &[reference]) if nested => library_reference(s, reference).map(ImportSet::Library),
        ("only" | "except", &[set, ref ids @ ..]) if nested => {
            let set = import_set_at(s, set, depth + 1)?;
            let names = ids.iter().map(|&id| name_in(s, form, &set, id)).collect::<R<_>>()?;
            Ok(if operator == "only" {
                ImportSet::Only(Box::new(set), names)
            } else {
                ImportSet::Except(Box::new(set), names)
            })
        }
        ("prefix" | "suffix" | "deprefix" | "desuffix", &[set, id]) if nested => {
            let set = Box::new(import_set_at(s, set, depth + 1)?);
            let Some(affix) = suggest::symbol_name(id).map(String::into_boxed_str) else {
                return Err(s.error("import", &format!("`{operator}` takes an identifier"), form, id));
            };
            check_length(s, form, id, &affix)?;
            Ok(match operator.as_str() {
                "prefix" => ImportSet::Prefix(set, affix),
                "suffix" => ImportSet::Suffix(set, affix),
                "deprefix" => ImportSet::Deprefix(set, affix),
                _ => ImportSet::Desuffix(set, affix),
            })
        }
        ("rename", &[set, ref pairs @ ..]) if nested => rename(s, form, set, pairs, depth),
        ("library" | "only" | "except" | "prefix" | "rename" | "for", _) => {
            Err(s.error("import", &format!("this `{operator}` import is malformed"), form, form))
        }
        _ => library_reference(s, form).map(ImportSet::Library),
    }
}

/// The name of an identifier that must be in the set.
fn name_in(s: &mut Session, form: Value, set: &ImportSet, id: Value) -> R<Box<str>> {
    let Some(name) = suggest::symbol_name(id) else {
        return Err(s.error("import", "expected an identifier", form, id));
    };
    if set.lookup(s.tables(), &name).is_some() {
        return Ok(name.into());
    }
    let key = s.tables().library(set.library()).key.clone();
    let mut names = Vec::new();
    set.each(s.tables(), &mut |name, _| names.push(name.to_string()));
    let mut violation = s.violation("import", &format!("{key} exports no `{name}`"), form, id);
    if let Some(help) = suggest::phrase(&name, names.iter().map(String::as_str)) {
        violation = violation.help(help);
    }
    Err(violation.into())
}

/// Refuses names that would make tables of names large.
fn check_length(s: &mut Session, form: Value, id: Value, name: &str) -> R<()> {
    if name.len() > LONGEST {
        let message = format!("a name of an import set has at most {LONGEST} bytes, this one has {}", name.len());
        return Err(s.error("import", &message, form, id));
    }
    Ok(())
}

fn rename(s: &mut Session, form: Value, set: Value, pairs: &[Value], depth: usize) -> R<ImportSet> {
    let set = import_set_at(s, set, depth + 1)?;
    let mut new_names: hashbrown::HashSet<Box<str>, foldhash::fast::FixedState> = Default::default();
    let mut renames: Vec<(Box<str>, Box<str>, Value)> = Vec::new();
    for &pair in pairs {
        let Some(&[old, new]) = s.list(pair).as_deref().map(Vec::as_slice) else {
            return Err(s.error("import", "a renaming is (old-name new-name)", form, pair));
        };
        let old_name = name_in(s, form, &set, old)?;
        let Some(new_name) = suggest::symbol_name(new) else {
            return Err(s.error("import", "expected an identifier", form, new));
        };
        check_length(s, form, new, &new_name)?;
        if !new_names.insert(new_name.as_str().into()) {
            return Err(s.error("import", &format!("two names are renamed to `{new_name}`"), form, new));
        }
        renames.push((old_name, new_name.into(), new));
    }
    let from: hashbrown::HashSet<Box<str>, foldhash::fast::FixedState> = renames.iter().map(|r| r.0.clone()).collect();
    for (_, new, at) in &renames {
        if !from.contains(new) && set.lookup(s.tables(), new).is_some() {
            return Err(s.error("import", &format!("`{new}` is already a name of this import"), form, *at));
        }
    }
    let to = renames.into_iter().map(|(old, new, _)| (new, old)).collect();
    Ok(ImportSet::Rename { set: Box::new(set), from, to })
}

fn library_reference(s: &mut Session, form: Value) -> R<LibraryId> {
    let (name, version) = match library::parse_reference(s.heap(), form) {
        Ok(reference) => reference,
        Err(Misread::Part(part, message)) => return Err(s.error("import", message, form, part)),
        Err(Misread::HeapFull) => return Err(Failure::HeapFull),
    };
    let span = s.span(form);
    if is_internal(&name.key()) && !s.is_builtin() {
        return Err(loader::no_such_library(s.host, &name, form, span, Vec::new()));
    }
    let id = loader::load(s.host, &name, form, span)?;
    let found = &s.tables().library(id).name;
    if !version.matches(&found.version) {
        let message = format!("the library that is there is {found}, whose version this import does not want");
        return Err(Violation::new(message, form, span).who("import").into());
    }
    Ok(id)
}

/// Refuses an import that gives another meaning to a name that an earlier one brought.
fn check_conflicts(s: &mut Session, environment: &Environment, set: &ImportSet, spec: Value) -> R<()> {
    if environment.owner == super::environment::Owner::Interactive {
        return Ok(());
    }
    for (other, other_span) in environment.imports() {
        s.host.charge(1)?;
        let tables = s.tables();
        if other.library() == set.library() && matches!((other, set), (ImportSet::Library(_), ImportSet::Library(_))) {
            continue;
        }
        // Both have only names that begin with the longer prefix.
        let start = if set.start().len() > other.start().len() { set.start() } else { other.start() };
        // Walk over the smaller of the two.
        let (size, other_size) = (set.size(tables, start), other.size(tables, start));
        let (few, many) = if size <= other_size { (set, other) } else { (other, set) };
        if size.min(other_size) >= FEW {
            continue;
        }
        s.host.charge(size.min(other_size))?;
        let tables = s.tables();
        let mut conflict = None;
        few.each_from(tables, start, &mut |name, binding| {
            let differs = |b: super::Binding| b != binding && !b.extends(binding) && !binding.extends(b);
            if conflict.is_none() && many.lookup(tables, name).is_some_and(differs) {
                conflict = Some(name.to_string());
            }
        });
        if let Some(name) = conflict {
            let [a, b] = [other.library(), set.library()].map(|l| tables.library(l).key.clone());
            let place = *other_span;
            let message = format!("`{name}` is imported with different meanings from {a} and from {b}");
            let violation = s.violation("import", &message, spec, spec);
            return Err(violation
                .label(place, "imported here first")
                .help(format!("leave one of them out: (except {b} {name})"))
                .into());
        }
    }
    Ok(())
}
