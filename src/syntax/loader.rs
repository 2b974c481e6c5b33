//! Libraries from their source: found, read, expanded, handed to the host. R6RS 7.1.

use super::body::{Item, Scan, Scope, ScopeKind};
use super::core::Expr;
use super::environment::{Environment, Found, Owner};
use super::host::{Host, LibrarySource};
use super::imports;
use super::kept::keeping;
use super::library::{Exports, Library, LibraryId, LibraryName, LibraryState, Misread};
use super::session::{R, Session};
use super::{Binding, Failure, INTERNAL, Violation, clauses, is_internal, object, read, resolve, suggest};
use crate::account::{Arena, Claim, Paid};
use crate::diagnostics::Span;
use crate::heap::Value;

/// The library of that name, loaded if it is not there yet. `form` and `span` are those of the import.
pub fn load(host: &mut dyn Host, name: &LibraryName, form: Value, span: Span) -> R<LibraryId> {
    let key = name.key();
    if let Some(why) = host.withheld(&key) {
        return Err(Violation::new(why, form, span).who("import").into());
    }
    if let Some(id) = host.tables().find(&key) {
        if host.tables().library(id).state == LibraryState::Loading {
            return Err(cycle(host, id, form, span));
        }
        return Ok(id);
    }
    if key == INTERNAL {
        return Ok(host.tables().internal_library());
    }
    if let Some(form) = host.tables().kept_form(&key) {
        return keeping(host, &[form], |host| define(host, form, Some((name, span)), false));
    }
    let source = match host.find_library(name)? {
        LibrarySource::Builtin => return builtin(host, name, form, span, Vec::new()),
        LibrarySource::Found(source) => source,
        LibrarySource::Missing(tried) => return builtin(host, name, form, span, tried),
        LibrarySource::Unreadable(why) => {
            let violation = Violation::new(format!("the file of the library {key} cannot be read: {why}"), form, span);
            return Err(violation.who("import").into());
        }
    };
    keeping(host, &[], |host| -> R<LibraryId> {
        let forms = read::read(host, &source)?;
        host.tables().protected.extend_from_slice(&forms);
        let Some((&first, rest)) = forms.split_first() else {
            let message = format!("the file of the library {key} is empty");
            return Err(Violation::new(message, form, Span::at(source.file, 0)).into());
        };
        let head = object::pair_parts(host.heap(), first).and_then(|(head, _)| suggest::symbol_name(head));
        if let (Some(&extra), Some("library")) = (rest.first(), head.as_deref()) {
            let message = "a library file holds one library form; this comes after it";
            return Err(Violation::new(message, extra, object::span_of(extra)).into());
        }
        define(host, first, Some((name, span)), source.builtin)
    })
}

/// A library of which the tables know everything.
fn builtin(host: &mut dyn Host, name: &LibraryName, form: Value, span: Span, tried: Vec<String>) -> R<LibraryId> {
    match host.tables().builtin_library(name.clone()) {
        Some(id) => Ok(id),
        None => Err(no_such_library(host, name, form, span, tried)),
    }
}

/// Why the names of internal libraries are refused to others.
pub const KEPT: &str = "Vicar keeps names that begin so for its own libraries";

/// The error for a library that is nowhere.
pub fn no_such_library(
    host: &mut dyn Host,
    name: &LibraryName,
    form: Value,
    span: Span,
    tried: Vec<String>,
) -> Failure {
    let key = name.key();
    let mut violation = Violation::new(format!("there is no library {key}"), form, span).who("import");
    let known: Vec<String> = host.tables().libraries().map(|l| l.key.clone()).collect();
    let names = known.iter().map(String::as_str).chain(COMMON.iter().copied()).filter(|k| !is_internal(k));
    if let Some(help) = suggest::phrase(&key, names) {
        violation = violation.help(help);
    }
    if tried.is_empty() && violation.diagnostic.help.is_empty() && !is_internal(&key) {
        violation = violation.help("no folder is searched for it: name one by -L FOLDER or in VICAR_LIBRARY_PATH");
    }
    for path in tried {
        violation = violation.note(format!("tried {path}"));
    }
    violation.into()
}

/// Libraries that people misspell.
const COMMON: &[&str] = &[
    "(rnrs)",
    "(rnrs base)",
    "(rnrs control)",
    "(rnrs lists)",
    "(rnrs unicode)",
    "(rnrs bytevectors)",
    "(rnrs sorting)",
    "(rnrs exceptions)",
    "(rnrs conditions)",
    "(rnrs programs)",
    "(rnrs files)",
    "(rnrs io simple)",
    "(rnrs io ports)",
    "(rnrs hashtables)",
    "(rnrs enums)",
    "(rnrs eval)",
    "(rnrs syntax-case)",
    "(rnrs mutable-pairs)",
    "(rnrs mutable-strings)",
    "(rnrs r5rs)",
    "(rnrs records syntactic)",
    "(rnrs records procedural)",
    "(rnrs records inspection)",
    "(rnrs arithmetic fixnums)",
    "(rnrs arithmetic flonums)",
    "(rnrs arithmetic bitwise)",
    "(vicare)",
    "(vicare posix)",
    "(vicare platform constants)",
    "(vicare language-extensions syntaxes)",
];

/// The error for a library that imports itself, through others perhaps.
fn cycle(host: &mut dyn Host, id: LibraryId, form: Value, span: Span) -> Failure {
    let tables = host.tables();
    let first = tables.loading.iter().position(|(library, _)| *library == id).unwrap_or(0);
    let chain: Vec<(String, Span)> =
        tables.loading[first..].iter().map(|(library, at)| (tables.library(*library).key.clone(), *at)).collect();
    let names: Vec<&str> =
        chain.iter().map(|(key, _)| key.as_str()).chain(chain.first().map(|(key, _)| key.as_str())).collect();
    let message = format!("libraries import each other in a circle: {}", names.join(" imports "));
    let mut violation = Violation::new(message, form, span).who("import");
    for (key, at) in chain.iter().skip(1) {
        violation = violation.label(*at, format!("{key} is imported here"));
    }
    violation.into()
}

/// Loads a built-in library that is read from source, for code that a form expands to.
pub fn load_builtin(s: &mut Session, key: &str) -> R<Option<LibraryId>> {
    match load(s.host, &LibraryName::of_key(key), Value::FALSE, Span::NONE) {
        Ok(id) => Ok(Some(id)),
        Err(Failure::Violation(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// The parts of a `library` form.
struct Parts {
    name: Value,
    exports: Paid<Vec<Value>>,
    imports: Paid<Vec<Value>>,
    body: Vec<Value>,
}

const SHAPE: &str = "(library name (export …) (import …) form …)";

fn parts(host: &mut dyn Host, form: Value) -> R<Parts> {
    let malformed = |at: Value, message: &str| -> Failure {
        let span = if object::span_of(at).is_none() { object::span_of(form) } else { object::span_of(at) };
        Violation::new(message, form, span).who("library").help(format!("it is written {SHAPE}")).into()
    };
    let heap = host.heap();
    let elements = object::list_elements(heap, form).unwrap_or_default();
    if elements.first().and_then(|&head| suggest::symbol_name(head)).as_deref() != Some("library") {
        return Err(malformed(form, "a library file holds a library form"));
    }
    let Some(&name) = elements.get(1) else { return Err(malformed(form, "the library has no name")) };
    let mut rest = &elements[2..];
    let clause = |heap: &mut crate::heap::Heap, form: Value, keyword: &str| -> Option<Paid<Vec<Value>>> {
        let mut elements = object::list_elements(heap, form)?;
        let head = suggest::symbol_name(*elements.first()?)?;
        (head == keyword).then(|| {
            elements.remove(0);
            elements
        })
    };
    if let Some(&options) = rest.first()
        && clause(heap, options, "options").is_some()
    {
        rest = &rest[1..];
    }
    let mut take = |keyword: &str| -> R<Paid<Vec<Value>>> {
        let Some((&first, behind)) = rest.split_first() else {
            return Err(malformed(form, &format!("the library lacks its `{keyword}` clause")));
        };
        rest = behind;
        clause(heap, first, keyword)
            .ok_or_else(|| malformed(first, &format!("expected the library's `{keyword}` clause")))
    };
    let (exports, imports) = (take("export")?, take("import")?);
    let body = rest.to_vec();
    let all = [name].into_iter().chain(exports.iter().chain(imports.iter()).chain(body.iter()).copied());
    host.tables().protected.extend(all);
    Ok(Parts { name, exports, imports, body })
}

/// Expands a `library` form and makes the library known. `wanted` is the name and place of the import that asked for it.
pub fn define(host: &mut dyn Host, form: Value, wanted: Option<(&LibraryName, Span)>, builtin: bool) -> R<LibraryId> {
    let parts = parts(host, form)?;
    let span = object::span_of(parts.name);
    let mut name = LibraryName::parse(host.heap(), parts.name).map_err(|misread| match misread {
        Misread::Part(part, why) => Violation::new(why, part, object::span_of(part)).who("library").into(),
        Misread::HeapFull => Failure::HeapFull,
    })?;
    if builtin {
        name.set_builtin_version();
    }
    let key = name.key();
    let imported_at = wanted.map_or(span, |(_, at)| at);
    if let Some((wanted, at)) = wanted
        && wanted.key() != key
    {
        let message = format!("this file should hold the library {}, not {key}", wanted.key());
        return Err(Violation::new(message, form, span).who("library").label(at, "imported here").into());
    }
    if is_internal(&key) && !builtin {
        let message = format!("a library cannot be named {key}: {KEPT}");
        return Err(Violation::new(message, form, span).who("library").into());
    }
    if let Some(other) = host.tables().find(&key) {
        let first = host.tables().library(other).span;
        let violation = Violation::new(format!("there is a library {key} already"), form, span).who("library");
        return Err(violation.label(first, "the first is here").into());
    }
    let shadows = host.tables().builtins.has_library(&key);
    if shadows && !builtin {
        return Err(Violation::new(format!("the library {key} is built in"), form, span).who("library").into());
    }
    let mut library = Library::new(name, span);
    library.builtin = builtin;
    library.has_body = true;
    if wanted.is_none() || host.tables().kept_form(&key).is_some() {
        library.form = form;
    }
    let id = host.tables().add_library(library);
    let environment = host.heap().external(Box::new(Environment::new(Owner::Library(id))));
    host.tables().library_mut(id).environment = environment;
    host.tables().loading.push((id, imported_at));
    let fluids = std::mem::take(&mut host.tables().fluids);
    let result = expand(host, id, environment, &parts);
    let tables = host.tables();
    tables.fluids = fluids;
    tables.loading.pop();
    match result {
        Ok(()) => {
            tables.library_mut(id).state = LibraryState::Ready;
            tables.drop_form(&key);
            Ok(id)
        }
        Err(failure) => {
            tables.forget_library(id);
            let library = tables.library_mut(id);
            library.form = Value::FALSE;
            (library.exports, library.copied) = Default::default();
            Err(failure)
        }
    }
}

fn expand(host: &mut dyn Host, id: LibraryId, environment: Value, parts: &Parts) -> R<()> {
    let arena = Arena::new(host.heap().memory());
    let mut s = Session::new(host, &arena, environment);
    let code = expand_body(&mut s, id, parts);
    match s.settle(code) {
        Ok(code) => {
            let empty = code.is_empty();
            let span = object::span_of(parts.name);
            let body = s.sequence(span, code);
            let requires = s.requires.clone();
            let library = s.tables().library_mut(id);
            library.requires.extend(requires);
            library.has_body = !(empty && library.requires.is_empty());
            let unit = s.finish(body);
            host.install(id, &unit)
        }
        Err(failure) => {
            s.abandon();
            Err(failure)
        }
    }
}

fn expand_body<'a>(s: &mut Session<'a, '_>, id: LibraryId, parts: &Parts) -> R<Vec<Expr<'a>>> {
    imports::import_all(s, s.environment, &parts.imports)?;
    let element = s.environment;
    let mut scan = Scan::new(Scope { element, kind: ScopeKind::Top });
    let forms: Vec<Value> = parts.body.iter().map(|&form| s.in_scope(form, element)).collect();
    scan.splice(&forms, None);
    s.scan(&mut scan)?;
    s.uses = None;
    for &spec in parts.exports.iter() {
        export_spec(s, id, spec)?;
    }
    check_order(s, &scan)?;
    s.expand_top(scan)
}

/// In a library body, unlike in a program, expressions come after all definitions.
fn check_order(s: &mut Session, scan: &Scan) -> R<()> {
    let mut expression = None;
    for item in &scan.items {
        match item {
            Item::Expression { form, .. } => expression = expression.or(Some(*form)),
            Item::Definition { form, .. } => {
                if let Some(first) = expression {
                    let first = s.span(first);
                    let violation =
                        s.violation("library", "in a library, definitions come before all expressions", *form, *form);
                    return Err(violation.label(first, "the first expression is here").into());
                }
            }
        }
    }
    Ok(())
}

/// `id`, `(rename (id external) …)`, and beyond R6RS `(import import-spec …)`: all that these import.
fn export_spec(s: &mut Session, library: LibraryId, spec: Value) -> R<()> {
    if object::unwrap(spec).is_pair() {
        let parts = s.list(spec).unwrap_or_default();
        let keyword = parts.first().and_then(|&head| suggest::symbol_name(head));
        match keyword.as_deref() {
            Some("rename") => {
                for &pair in &parts[1..] {
                    let Some(&[id, external]) = s.list(pair).as_deref().map(Vec::as_slice) else {
                        return Err(s.error("export", "a renaming is (name external-name)", spec, pair));
                    };
                    export(s, library, spec, id, external)?;
                }
                return Ok(());
            }
            Some(clauses::COND_EXPAND) if s.is_builtin() => {
                for spec in clauses::selected(s, spec)? {
                    export_spec(s, library, spec)?;
                }
                return Ok(());
            }
            Some("import") => {
                for &from in &parts[1..] {
                    reexport(s, library, from)?;
                }
                return Ok(());
            }
            _ => {
                let message = "an export is an identifier, (rename (name external-name) …) or (import import-spec …)";
                return Err(s.error("export", message, spec, spec));
            }
        }
    }
    export(s, library, spec, spec, spec)
}

fn export(s: &mut Session, library: LibraryId, spec: Value, id: Value, external: Value) -> R<()> {
    let Some(name) = suggest::symbol_name(external).filter(|_| suggest::symbol_name(id).is_some()) else {
        return Err(s.error("export", "expected an identifier", spec, external));
    };
    let internal = s.in_scope(id, s.environment);
    let binding = match resolve::resolve(s.tables(), internal) {
        Found::Bound(binding) => binding,
        _ => {
            let inner = s.name(internal);
            let mut violation = suggest::unbound(s, internal);
            violation.diagnostic.message = format!("`{inner}` is exported, but neither defined nor imported");
            return Err(violation.who("export").into());
        }
    };
    if let Binding::Global(global) = binding {
        let environment = s.environment;
        if let Some(info) = s.tables().globals.get_mut(&global).filter(|info| info.environment == environment) {
            info.exported = true;
        }
    }
    match add_export(&mut s.tables().library_mut(library).exports, &name, binding) {
        Ok(()) => Ok(()),
        Err(Conflict) => {
            Err(s.error("export", &format!("two different things are exported as `{name}`"), spec, external))
        }
    }
}

/// A name is exported with two meanings.
struct Conflict;

fn add_export(exports: &mut Exports, name: &str, binding: Binding) -> Result<(), Conflict> {
    match exports.get_mut(name) {
        None => _ = exports.insert(name.into(), binding),
        Some(other) if binding.extends(*other) => *other = binding,
        Some(other) if *other == binding || other.extends(binding) => {}
        Some(_) => return Err(Conflict),
    }
    Ok(())
}

/// Exports what an import specification brings. The names are copied, so that to look one up costs the same however many
/// libraries it went through.
fn reexport(s: &mut Session, library: LibraryId, spec: Value) -> R<()> {
    let (set, at_run_time) = imports::import_spec(s, spec)?;
    let from = set.library();
    if at_run_time && s.tables().library(from).has_body {
        s.require(from);
    }
    let size = set.size(s.tables(), "");
    s.host.charge(size)?;
    let mut bytes = 0;
    set.each(s.tables(), &mut |name, _| bytes += name.len() + 2 * size_of::<(Box<str>, Binding)>());
    s.heap().reserve_many(bytes)?;
    let (heap, tables) = s.host.parts();
    let Library { exports, copied, .. } = tables.library_mut(library);
    copied.get_or_insert_with(|| Claim::new(heap.memory())).take(bytes)?;
    let mut exports = std::mem::take(exports);
    let mut conflict = None;
    set.each(tables, &mut |name, binding| {
        if conflict.is_none() && add_export(&mut exports, name, binding).is_err() {
            conflict = Some(name.to_owned());
        }
    });
    tables.library_mut(library).exports = exports;
    let Some(name) = conflict else { return Ok(()) };
    let key = tables.library(from).key.clone();
    let message = format!("`{name}` of {key} is exported already with another meaning");
    let help = format!("leave one of them out: (except {key} {name})");
    Err(s.violation("export", &message, spec, spec).help(help).into())
}
