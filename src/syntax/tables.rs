//! What the expander knows across units: libraries, facts about globals, counters. Owned by a machine; the primitives of
//! `(rnrs syntax-case)` and expansion sessions share it.
//!
//! A definition at the prompt whose name carries marks (what a macro inserts, the hidden variables of a record type) can
//! be mentioned only by what carries the same marks. Once nothing does, it is forgotten with its variable: a form that is
//! given again and again under one name leaves nothing behind.

use super::builtins::Builtins;
use super::core::GlobalId;
use super::environment::{Environment, Owner};
use super::kept::Kept;
use super::library::{Library, LibraryId, LibraryName, LibraryState};
use super::{Binding, INTERNAL, wrap};
use crate::account::Account;
use crate::diagnostics::Span;
use crate::heap::{Heap, Tracer, Value};
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

/// What is known of a global that a unit defined. Globals of the built-in image are not listed: nothing assigns them.
#[derive(Copy, Clone, Debug)]
pub struct GlobalInfo {
    /// The environment (`environment.rs`) it was defined in.
    pub environment: Value,
    /// Target of some `set!` or second definition.
    pub assigned: bool,
    /// A library exports it by name: nobody may assign it.
    pub exported: bool,
    /// Its definition runs at expansion time (`begin-for-syntax`).
    pub for_syntax: bool,
}

/// The expander's state in a machine.
pub struct Tables {
    pub builtins: Arc<dyn Builtins>,
    libraries: Vec<Library>,
    by_key: HashMap<String, LibraryId, foldhash::fast::FixedState>,
    /// The forms of libraries that were forgotten after their expansion and that no file has, by their keys.
    forms: HashMap<String, Value, foldhash::fast::FixedState>,
    pub globals: HashMap<GlobalId, GlobalInfo, foldhash::fast::FixedState>,
    next_mark: i64,
    /// The marks that names defined at the prompt carry, by their numbers: weak pairs.
    marks: HashMap<i64, Value, foldhash::fast::FixedState>,
    next_variable: u32,
    /// Values that running expansions hold; each removes what it added.
    pub protected: Kept,
    /// Constants and names in the core language of units that are being expanded.
    pub constants: Kept,
    /// The environment of the prompt; `#f` until it is made.
    pub interactive: Value,
    /// The scopes of identifiers that the expander itself inserts: see [`Tables::internal_scope`].
    internal_scopes: HashMap<Box<str>, Value, foldhash::fast::FixedState>,
    /// Variables of the prompt that were mentioned and not defined yet, by their symbols.
    pub forward: HashMap<u64, (Value, GlobalId), foldhash::fast::FixedState>,
    /// Units of work that a session which has failed is to be charged for.
    pub owed: usize,
    /// Where a limit has ended an expansion, until somebody tells it.
    pub stopped_at: Span,
    /// Fluid keywords with their present meanings, the newest last.
    pub fluids: Vec<(Binding, Binding)>,
    /// The libraries that are being loaded, the innermost last, with the place of the import.
    pub loading: Vec<(LibraryId, Span)>,
}

impl Tables {
    pub fn new(builtins: Arc<dyn Builtins>) -> Tables {
        let next_mark = builtins.first_mark().max(1);
        Tables {
            builtins,
            libraries: Vec::new(),
            by_key: HashMap::default(),
            forms: HashMap::default(),
            globals: HashMap::default(),
            next_mark,
            marks: HashMap::default(),
            next_variable: 0,
            protected: Kept::default(),
            constants: Kept::default(),
            interactive: Value::FALSE,
            internal_scopes: HashMap::default(),
            owed: 0,
            stopped_at: Span::NONE,
            forward: HashMap::default(),
            fluids: Vec::new(),
            loading: Vec::new(),
        }
    }

    /// Counts the memory of what expansions hold there from now on.
    pub fn count_in(&mut self, account: &Account) {
        self.protected.count_in(account);
        self.constants.count_in(account);
    }

    /// Reports every value of the tables to the collector.
    pub fn trace(&self, tracer: &mut Tracer) {
        self.protected.trace(tracer);
        self.constants.trace(tracer);
        tracer.value(self.interactive);
        self.internal_scopes.values().for_each(|&scope| tracer.value(scope));
        // Names in code that is not linked yet have no syntax object any more.
        let expanding = self.protected.len() + self.constants.len() > 0;
        for &mark in self.marks.values() {
            tracer.value(mark);
            if expanding && let Some((mark, _)) = mark.uncons() {
                tracer.value(mark)
            }
        }
        self.forward.values().for_each(|(name, _)| tracer.value(*name));
        for (keyword, meaning) in &self.fluids {
            keyword.trace(tracer);
            meaning.trace(tracer);
        }
        self.forms.values().for_each(|&form| tracer.value(form));
        for library in &self.libraries {
            tracer.value(library.environment);
            tracer.value(library.form);
            tracer.mention(library.span.file.0);
            for binding in library.exports.values() {
                binding.trace(tracer);
            }
        }
        for info in self.globals.values() {
            tracer.value(info.environment);
        }
    }

    /// Forgets the expansions that were under way when a panic of the host's code ended them. No session is alive.
    pub fn abandon(&mut self) {
        self.protected.clear();
        self.constants.clear();
        self.fluids.clear();
        for (id, _) in std::mem::take(&mut self.loading) {
            self.forget_library(id);
        }
    }

    /// A mark that nothing carries yet.
    pub fn fresh_mark(&mut self, heap: &mut Heap) -> Value {
        let number = self.next_mark;
        self.next_mark += 1;
        wrap::new_mark(heap, number)
    }

    /// The number of the next mark.
    #[allow(dead_code, reason = "the build script uses it")]
    pub fn next_mark(&self) -> i64 {
        self.next_mark
    }

    /// Notes that the wrap is one of a name that was defined at the prompt.
    pub fn watch_marks(&mut self, heap: &mut Heap, wrap: Value) {
        for mark in wrap.list_iter().filter(|mark| mark.is_pointer()) {
            if let Some(number) = wrap::number_of(mark) {
                self.marks.entry(number).or_insert_with(|| heap.weak_cons(mark, Value::NIL));
            }
        }
    }

    /// After a collection: forgets the definitions at the prompt that nothing can mention any more, and answers their
    /// variables, but for those that have another name (`define-alias`).
    pub fn forget_unmentionable(&mut self) -> Vec<GlobalId> {
        let mut dead: HashSet<i64, foldhash::fast::FixedState> = HashSet::default();
        self.marks.retain(|&number, pair| {
            let alive = pair.uncons().is_some_and(|(mark, _)| mark != Value::BWP);
            if !alive {
                dead.insert(number);
            }
            alive
        });
        let environment = self.interactive.external_mut::<Environment>().filter(|_| !dead.is_empty());
        let Some(environment) = environment else { return Vec::new() };
        let forgotten = environment.definitions_mut().forget(|marks| marks.iter().any(|mark| dead.contains(mark)));
        let variable = |binding| if let Binding::Global(id) = binding { Some(id) } else { None };
        let mut variables: HashSet<GlobalId, foldhash::fast::FixedState> =
            forgotten.into_iter().filter_map(variable).collect();
        if !variables.is_empty() {
            let others = environment.definitions().entries().iter().filter_map(|entry| variable(entry.binding));
            others.for_each(|id| _ = variables.remove(&id));
        }
        for id in &variables {
            self.globals.remove(id);
        }
        variables.into_iter().collect()
    }

    /// A number for a new variable, unique in the machine's life.
    pub fn fresh_variable(&mut self) -> u32 {
        self.next_variable = self.next_variable.wrapping_add(1);
        self.next_variable
    }

    pub fn library(&self, id: LibraryId) -> &Library {
        &self.libraries[id.0 as usize]
    }

    pub fn library_mut(&mut self, id: LibraryId) -> &mut Library {
        &mut self.libraries[id.0 as usize]
    }

    pub fn libraries(&self) -> impl Iterator<Item = &Library> {
        self.libraries.iter()
    }

    /// The library of that name, without version, if it is known here.
    pub fn find(&self, key: &str) -> Option<LibraryId> {
        self.by_key.get(key).copied()
    }

    pub fn add_library(&mut self, library: Library) -> LibraryId {
        let id = LibraryId(self.libraries.len() as u32);
        self.by_key.insert(library.key.clone(), id);
        self.libraries.push(library);
        id
    }

    /// Forgets a library whose loading failed, so that it can be tried again.
    pub fn forget_library(&mut self, id: LibraryId) {
        let key = self.library(id).key.clone();
        self.by_key.retain(|k, i| *i != id || *k != key);
    }

    /// Forgets a library whose body was cut short. Where no file has its form, that is kept for the next import.
    pub fn forget_cut_short(&mut self, id: LibraryId) {
        self.forget_library(id);
        let library = &mut self.libraries[id.0 as usize];
        let form = std::mem::replace(&mut library.form, Value::FALSE);
        if form.is_true() {
            self.forms.insert(library.key.clone(), form);
        }
    }

    /// The form of a library of that name that was forgotten so.
    pub fn kept_form(&self, key: &str) -> Option<Value> {
        self.forms.get(key).copied()
    }

    /// There is a library of that name again.
    pub fn drop_form(&mut self, key: &str) {
        self.forms.remove(key);
    }

    /// Whether a library needs the body of another to have run, through others perhaps.
    pub fn requires(&self, id: LibraryId, other: LibraryId) -> bool {
        let (mut path, mut seen) = (vec![id], HashSet::<LibraryId, foldhash::fast::FixedState>::default());
        while let Some(id) = path.pop() {
            if id == other {
                return true;
            }
            if seen.insert(id) {
                path.extend(&self.library(id).requires);
            }
        }
        false
    }

    /// A built-in library as a known one.
    pub fn builtin_library(&mut self, mut name: LibraryName) -> Option<LibraryId> {
        if !self.builtins.has_library(&name.key()) {
            return None;
        }
        name.set_builtin_version();
        let mut library = Library::new(name, Span::NONE);
        library.state = LibraryState::Ready;
        library.builtin = true;
        Some(self.add_library(library))
    }

    /// The scope of an identifier of that name which the expander inserts. It binds that name alone, to what the library of
    /// all primitives and forms exports: a program that gets hold of the identifier, from the condition of a violation for
    /// example, can give its context to other names, and these must mean nothing.
    pub fn internal_scope(&mut self, heap: &mut Heap, name: &str) -> Value {
        if let Some(&scope) = self.internal_scopes.get(name) {
            return scope;
        }
        let library = self.internal_library();
        let mut scope = Environment::new(Owner::Immutable);
        if let Some(binding) = self.exported(library, name) {
            let symbol = heap.symbol(name);
            scope.definitions_mut().rebind(symbol, &[], binding, Span::NONE)
        }
        let scope = heap.external(Box::new(scope));
        self.internal_scopes.insert(name.into(), scope);
        scope
    }

    /// The library of all primitives and forms, for what the expander itself inserts.
    pub fn internal_library(&mut self) -> LibraryId {
        if let Some(id) = self.find(INTERNAL) {
            return id;
        }
        let mut library = Library::new(LibraryName::of_key(INTERNAL), Span::NONE);
        library.state = LibraryState::Ready;
        library.builtin = true;
        self.add_library(library)
    }
}
