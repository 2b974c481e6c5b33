//! Environments: the outermost scope of a library, a program, the prompt or `eval`. A heap object, and the last element of
//! wraps. Looks names up lazily in its imports.

use super::import::ImportSet;
use super::library::LibraryId;
use super::rib::{Entry, Rib};
use super::{Binding, Tables};
use crate::diagnostics::Span;
use crate::heap::{External, Symbol, Tracer, Value, View};
use hashbrown::HashMap;
use std::cell::RefCell;

/// Who the definitions of an environment belong to.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Owner {
    /// A library read from source.
    Library(LibraryId),
    /// A built-in library of which there is no source here: the tables know what its identifiers mean.
    Builtin(LibraryId),
    /// A top-level program.
    Program,
    /// The prompt: definitions may be repeated and may shadow imports.
    Interactive,
    /// `(environment import-spec …)`: no definitions, no assignments.
    Immutable,
}

/// What an environment answers about an identifier.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Found {
    Bound(Binding),
    Unbound,
    /// Two imports bring different bindings under this name.
    Conflict(LibraryId, LibraryId),
}

/// An outermost scope.
pub struct Environment {
    pub owner: Owner,
    definitions: Rib,
    imports: Vec<(ImportSet, Span)>,
    /// What imports mean, once looked up.
    cache: RefCell<HashMap<u64, Found, foldhash::fast::FixedState>>,
    /// The symbols of the cache, kept alive by it.
    cached: RefCell<Vec<Value>>,
}

impl Environment {
    pub fn new(owner: Owner) -> Environment {
        Environment {
            owner,
            definitions: Rib::open(),
            imports: Vec::new(),
            cache: RefCell::default(),
            cached: RefCell::default(),
        }
    }

    pub fn builtin(library: LibraryId) -> Environment {
        Environment::new(Owner::Builtin(library))
    }

    pub fn definitions(&self) -> &Rib {
        &self.definitions
    }

    pub fn definitions_mut(&mut self) -> &mut Rib {
        &mut self.definitions
    }

    pub fn imports(&self) -> &[(ImportSet, Span)] {
        &self.imports
    }

    pub fn add_import(&mut self, set: ImportSet, span: Span) {
        self.imports.push((set, span));
        self.cache.borrow_mut().clear();
        self.cached.borrow_mut().clear();
    }

    /// What the symbol means with these marks.
    pub fn lookup(&self, tables: &Tables, symbol: Value, marks: &[i64]) -> Found {
        if let Some(entry) = self.definition(symbol, marks) {
            return Found::Bound(entry.binding);
        }
        if let (Owner::Builtin(id), Some(symbol)) = (self.owner, Symbol::from_value(symbol)) {
            let key = &tables.library(id).key;
            let inside = tables.builtins.internal(key, symbol.name(), marks);
            let found = inside.or_else(|| if marks.is_empty() { tables.exported(id, symbol.name()) } else { None });
            return found.map_or(Found::Unbound, Found::Bound);
        }
        if marks.is_empty() { self.imported(tables, symbol) } else { Found::Unbound }
    }

    /// The definition of the symbol with these marks.
    pub fn definition(&self, symbol: Value, marks: &[i64]) -> Option<&Entry> {
        self.definitions.get(symbol, marks)
    }

    /// What an imported symbol means.
    pub fn imported(&self, tables: &Tables, symbol: Value) -> Found {
        if let Some(found) = self.cache.borrow().get(&symbol.bits()) {
            return *found;
        }
        let found = match Symbol::from_value(symbol) {
            Some(name) if !name.is_gensym() => self.search_imports(tables, name.name()),
            _ => Found::Unbound,
        };
        self.cache.borrow_mut().insert(symbol.bits(), found);
        self.cached.borrow_mut().push(symbol);
        found
    }

    fn search_imports(&self, tables: &Tables, name: &str) -> Found {
        let mut first: Option<(Binding, LibraryId)> = None;
        // Later imports win at the prompt, where importing again must be possible.
        let interactive = self.owner == Owner::Interactive;
        for (set, _) in self.imports.iter().rev() {
            let Some(binding) = set.lookup(tables, name) else { continue };
            match first {
                None => first = Some((binding, set.library())),
                Some((other, _)) if other == binding || other.extends(binding) => {}
                Some((other, _)) if binding.extends(other) => first = Some((binding, set.library())),
                Some((_, library)) => return Found::Conflict(set.library(), library),
            }
            if interactive {
                break;
            }
        }
        first.map_or(Found::Unbound, |(binding, _)| Found::Bound(binding))
    }

    /// The library of the import that brings `name`.
    pub fn importer(&self, tables: &Tables, name: &str) -> Option<(LibraryId, Span)> {
        let found = self.imports.iter().rev().find(|(set, _)| set.lookup(tables, name).is_some());
        found.map(|(set, span)| (set.library(), *span))
    }

    /// Whether a definition may shadow the imported `name`: in a program, where only libraries of Vicare bring it. They
    /// export far more names than a program knows of, `parent` for one; what R6RS says of its own libraries stays.
    pub fn may_shadow(&self, tables: &Tables, name: &str) -> bool {
        let mut importers = self.imports.iter().filter(|(set, _)| set.lookup(tables, name).is_some());
        self.owner == Owner::Program
            && importers.all(|(set, _)| tables.library(set.library()).key.starts_with("(vicare"))
    }

    /// Every name in scope that text can mention.
    pub fn each_name(&self, tables: &Tables, each: &mut dyn FnMut(&str)) {
        for entry in self.definitions.entries() {
            if let (true, Some(symbol)) = (entry.marks.is_empty(), Symbol::from_value(entry.symbol)) {
                each(symbol.name());
            }
        }
        for (set, _) in &self.imports {
            set.each(tables, &mut |name, _| each(name));
        }
    }
}

impl External for Environment {
    fn trace(&self, tracer: &mut Tracer) {
        self.definitions.trace(tracer);
        self.imports.iter().for_each(|(_, span)| tracer.mention(span.file.0));
        tracer.values(&self.cached.borrow());
        for found in self.cache.borrow().values() {
            if let Found::Bound(binding) = found {
                binding.trace(tracer);
            }
        }
    }

    fn bytes(&self) -> usize {
        let sets = self.imports.iter().map(|(set, _)| set.bytes()).sum::<usize>();
        let imports = self.imports.capacity() * size_of::<(ImportSet, Span)>() + sets;
        let cache = self.cache.borrow().allocation_size() + self.cached.borrow().capacity() * size_of::<Value>();
        self.definitions.bytes() + imports + cache
    }

    fn type_name(&self) -> &'static str {
        "environment"
    }
}
