//! Libraries: names, versions, version references, exports. R6RS 7.1. Depends on `object.rs` to read them.

use super::environment::Environment;
use super::{Binding, Tables, object};
use crate::account::{Claim, HeapFull, deepen};
use crate::diagnostics::Span;
use crate::heap::{Heap, Symbol, Value, View};
use hashbrown::HashMap;

/// Index of a library in the machine's tables.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct LibraryId(pub u32);

/// A library's name: identifiers and a version, perhaps empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LibraryName {
    pub identifiers: Vec<Box<str>>,
    pub version: Vec<u64>,
}

impl LibraryName {
    /// The name without version, as it is written: what identifies a library.
    pub fn key(&self) -> String {
        format!("({})", self.identifiers.join(" "))
    }

    /// The name that a key is of.
    pub fn of_key(key: &str) -> LibraryName {
        let identifiers = key.trim_matches(['(', ')']).split(' ').map(Box::from).collect();
        LibraryName { identifiers, version: Vec::new() }
    }

    /// Gives the libraries of the report their version.
    pub fn set_builtin_version(&mut self) {
        self.version = if self.identifiers.first().is_some_and(|i| &**i == "rnrs") { vec![6] } else { Vec::new() };
    }

    /// Reads `(identifier … (sub-version …))`.
    pub fn parse(heap: &mut Heap, form: Value) -> Result<LibraryName, Misread> {
        let (identifiers, last) = split_name(heap, form)?;
        let version = match last {
            None => Vec::new(),
            Some(last) => {
                let numbers = elements(heap, last)?
                    .and_then(|parts| parts.into_iter().map(sub_version).collect::<Option<Vec<u64>>>());
                numbers.ok_or((last, "a version is a list of exact non-negative integers"))?
            }
        };
        Ok(LibraryName { identifiers, version })
    }
}

impl std::fmt::Display for LibraryName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "({}", self.identifiers.join(" "))?;
        if !self.version.is_empty() {
            let numbers: Vec<String> = self.version.iter().map(u64::to_string).collect();
            write!(f, " ({})", numbers.join(" "))?;
        }
        f.write_str(")")
    }
}

/// Why a name or reference could not be read.
pub enum Misread {
    /// This part is wrong, and why.
    Part(Value, &'static str),
    /// There is no memory for it.
    HeapFull,
}

impl From<(Value, &'static str)> for Misread {
    fn from((part, why): (Value, &'static str)) -> Misread {
        Misread::Part(part, why)
    }
}

impl From<HeapFull> for Misread {
    fn from(_: HeapFull) -> Misread {
        Misread::HeapFull
    }
}

/// The elements of a list form; `None` when it is no proper list.
fn elements(heap: &mut Heap, form: Value) -> Result<Option<Vec<Value>>, HeapFull> {
    let taken = object::Spine::new(heap, form).take_all(heap)?;
    Ok(taken.filter(|(_, tail)| tail.is_nil()).map(|(elements, _)| elements.into_inner()))
}

type NameParts = (Vec<Box<str>>, Option<Value>);

/// The identifiers of a library name or reference, and what stands in parentheses at its end.
fn split_name(heap: &mut Heap, form: Value) -> Result<NameParts, Misread> {
    let mut parts = elements(heap, form)?.ok_or((form, "a library name is a list of identifiers"))?;
    let is_list = |v: &Value| object::unwrap(*v).is_pair() || object::unwrap(*v).is_nil();
    let last = parts.pop_if(|last| is_list(last));
    let mut identifiers = Vec::new();
    for part in parts {
        let symbol = Symbol::from_value(object::unwrap(part)).ok_or((part, "a library name is made of identifiers"))?;
        identifiers.push(Box::from(symbol.name()));
    }
    if identifiers.is_empty() {
        return Err((form, "a library name begins with an identifier").into());
    }
    Ok((identifiers, last))
}

fn sub_version(v: Value) -> Option<u64> {
    object::unwrap(v).as_fixnum().and_then(|n| u64::try_from(n).ok())
}

/// What a version reference demands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VersionReference {
    /// A prefix of the version.
    Prefix(Vec<SubVersionReference>),
    And(Vec<VersionReference>),
    Or(Vec<VersionReference>),
    Not(Box<VersionReference>),
}

/// What a part of a version reference demands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SubVersionReference {
    Exactly(u64),
    AtLeast(u64),
    AtMost(u64),
    And(Vec<SubVersionReference>),
    Or(Vec<SubVersionReference>),
    Not(Box<SubVersionReference>),
}

const BAD_VERSION: &str =
    "a version reference is (sub-version …), (and reference …), (or reference …) or (not reference)";
const BAD_SUB_VERSION: &str =
    "a sub-version is an exact non-negative integer, or (>= n), (<= n), (and …), (or …), (not …)";

/// How deep version references may nest.
const DEEPEST: usize = 100;

impl VersionReference {
    pub const ANY: VersionReference = VersionReference::Prefix(Vec::new());

    fn parse(heap: &mut Heap, form: Value, depth: usize) -> Result<VersionReference, Misread> {
        let parts = elements(heap, form)?.filter(|_| depth < DEEPEST).ok_or((form, BAD_VERSION))?;
        heap.owe(parts.len() / 2);
        let Some((operator, operands)) = operator(&parts) else {
            let subs: Result<Vec<_>, _> = parts.iter().map(|&p| SubVersionReference::parse(heap, p, depth)).collect();
            return subs.map(VersionReference::Prefix);
        };
        let mut operands = operands
            .iter()
            .map(|&operand| deepen(&mut *heap, |heap| VersionReference::parse(heap, operand, depth + 1))?)
            .collect::<Result<Vec<_>, _>>()?;
        match (operator, operands.len()) {
            ("and", _) => Ok(VersionReference::And(operands)),
            ("or", _) => Ok(VersionReference::Or(operands)),
            ("not", 1) => Ok(VersionReference::Not(Box::new(operands.remove(0)))),
            // Such as `(>= 6)`, which lacks its outer parentheses.
            _ => Err((form, BAD_VERSION).into()),
        }
    }

    pub fn matches(&self, version: &[u64]) -> bool {
        match self {
            VersionReference::Prefix(subs) => {
                subs.len() <= version.len() && subs.iter().zip(version).all(|(sub, &n)| sub.matches(n))
            }
            VersionReference::And(all) => all.iter().all(|r| r.matches(version)),
            VersionReference::Or(any) => any.iter().any(|r| r.matches(version)),
            VersionReference::Not(r) => !r.matches(version),
        }
    }
}

impl SubVersionReference {
    fn parse(heap: &mut Heap, form: Value, depth: usize) -> Result<SubVersionReference, Misread> {
        if let Some(n) = sub_version(form) {
            return Ok(SubVersionReference::Exactly(n));
        }
        let bad = (form, BAD_SUB_VERSION);
        let parts = elements(heap, form)?.filter(|_| depth < DEEPEST).ok_or(bad)?;
        heap.owe(parts.len() / 2);
        let (operator, operands) = operator(&parts).ok_or(bad)?;
        if let (">=" | "<=", [n]) = (operator, operands) {
            let n = sub_version(*n).ok_or(bad)?;
            return Ok(if operator == ">=" { SubVersionReference::AtLeast(n) } else { SubVersionReference::AtMost(n) });
        }
        let mut operands = operands
            .iter()
            .map(|&operand| deepen(&mut *heap, |heap| SubVersionReference::parse(heap, operand, depth + 1))?)
            .collect::<Result<Vec<_>, _>>()?;
        match (operator, operands.len()) {
            ("and", _) => Ok(SubVersionReference::And(operands)),
            ("or", _) => Ok(SubVersionReference::Or(operands)),
            ("not", 1) => Ok(SubVersionReference::Not(Box::new(operands.remove(0)))),
            _ => Err(bad.into()),
        }
    }

    fn matches(&self, n: u64) -> bool {
        match self {
            SubVersionReference::Exactly(m) => n == *m,
            SubVersionReference::AtLeast(m) => n >= *m,
            SubVersionReference::AtMost(m) => n <= *m,
            SubVersionReference::And(all) => all.iter().all(|r| r.matches(n)),
            SubVersionReference::Or(any) => any.iter().any(|r| r.matches(n)),
            SubVersionReference::Not(r) => !r.matches(n),
        }
    }
}

/// The leading identifier of a reference form and what follows it.
fn operator(parts: &[Value]) -> Option<(&'static str, &[Value])> {
    let (first, rest) = parts.split_first()?;
    let symbol = Symbol::from_value(object::unwrap(*first))?;
    let operator = ["and", "or", "not", ">=", "<="].into_iter().find(|op| *op == symbol.name());
    Some((operator.unwrap_or("?"), rest))
}

/// `(identifier … version-reference)`: which library an import wants.
pub fn parse_reference(heap: &mut Heap, form: Value) -> Result<(LibraryName, VersionReference), Misread> {
    let (identifiers, last) = split_name(heap, form)?;
    let version = match last {
        None => VersionReference::ANY,
        Some(last) => VersionReference::parse(heap, last, 0)?,
    };
    Ok((LibraryName { identifiers, version: Vec::new() }, version))
}

/// How far a library is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum LibraryState {
    /// Being found, read and expanded: importing it now would be a cycle.
    Loading,
    Ready,
}

/// Names with their bindings.
pub type Exports = HashMap<Box<str>, Binding, foldhash::fast::FixedState>;

/// A library that something has imported or defined.
pub struct Library {
    pub name: LibraryName,
    pub key: String,
    pub state: LibraryState,
    /// What it exports itself, and what it names of others.
    pub exports: Exports,
    /// What the names take that it copied of others.
    pub copied: Option<Claim>,
    /// Whether it is a part of Vicar: without a source here, it exports what [`super::Builtins`] say.
    pub builtin: bool,
    /// The scope of its body: a heap object (`environment.rs`), `#f` when nothing has asked for it.
    pub environment: Value,
    /// The libraries to instantiate before it.
    pub requires: Vec<LibraryId>,
    /// Whether it has a body that must be run: user libraries, and built-in ones read from source.
    pub has_body: bool,
    /// Where its name stands.
    pub span: Span,
    /// Its form until its body has run, where no file has it: for making it anew. `#f` otherwise.
    pub form: Value,
}

impl Library {
    pub fn new(name: LibraryName, span: Span) -> Library {
        Library {
            key: name.key(),
            name,
            state: LibraryState::Loading,
            exports: HashMap::default(),
            copied: None,
            builtin: false,
            environment: Value::FALSE,
            requires: Vec::new(),
            has_body: false,
            span,
            form: Value::FALSE,
        }
    }
}

impl Tables {
    /// What a library exports under that name.
    pub fn exported(&self, library: LibraryId, name: &str) -> Option<Binding> {
        let library = self.library(library);
        match library.exports.get(name) {
            Some(binding) => Some(*binding),
            None if library.builtin => self.builtins.export(&library.key, name),
            None => None,
        }
    }

    /// Every name that a library exports and that begins with `prefix`.
    pub fn each_export(&self, library: LibraryId, prefix: &str, each: &mut dyn FnMut(&str, Binding)) {
        let library = self.library(library);
        for (name, binding) in library.exports.iter().filter(|(name, _)| name.starts_with(prefix)) {
            each(name, *binding);
        }
        if library.builtin {
            self.builtins.exports(&library.key, prefix, each);
        }
    }

    /// How many there are.
    pub fn export_count(&self, library: LibraryId, prefix: &str) -> usize {
        let library = self.library(library);
        let own = library.exports.keys().filter(|name| name.starts_with(prefix)).count();
        own + if library.builtin { self.builtins.export_count(&library.key, prefix) } else { 0 }
    }

    /// The scope of a library's body, for identifiers that its macros insert.
    pub fn library_environment(&mut self, heap: &mut Heap, id: LibraryId) -> Value {
        if self.library(id).environment.is_false() {
            let environment = heap.external(Box::new(Environment::builtin(id)));
            self.library_mut(id).environment = environment;
        }
        self.library(id).environment
    }
}
