//! What the expander needs of a machine: the trait `syntax::Host`, for a machine together with its engine.

use super::builder::Shared;
use super::link;
use super::text_file::{self, Unread};
use crate::account::Arena;
use crate::compile::operation::Operation;
use crate::compile::{Facts, Simplified};
use crate::diagnostics::{FileId, SourceMap, Span};
use crate::eval::{Capability, Machine, Stop};
use crate::heap::{External, Heap, Tracer, Value};
use crate::image::Image;
use crate::syntax::core::{Expr, GlobalId, PrimitiveId};
use crate::syntax::library::{LibraryId, LibraryName};
use crate::syntax::{Failure, Host, IncludedFile, LibrarySource, Source, Tables, Unit};
use hashbrown::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Bodies of libraries that have not been run to their end yet. A machine's extension.
#[derive(Default)]
pub(crate) struct Bodies(HashMap<LibraryId, Body, foldhash::fast::FixedState>);

struct Body {
    thunk: Value,
    /// It is running: what it evaluates itself does not wait for its end.
    begun: bool,
}

/// Libraries whose bodies run. One that an exception or a limit has cut short has defined a part of what it defines, and
/// code is linked with that part. So it is forgotten, with those that require it; the next import makes it anew.
impl Bodies {
    /// The thunk of a body that is to run now; none, if it has run by now or is running.
    pub fn begin(machine: &mut Machine, id: LibraryId) -> Option<Value> {
        let body = machine.extension::<Bodies>().0.get_mut(&id).filter(|body| !body.begun)?;
        body.begun = true;
        Some(body.thunk)
    }

    /// A body that was begun has come to its end.
    pub fn end(machine: &mut Machine, id: LibraryId) {
        machine.extension::<Bodies>().0.remove(&id);
        machine.syntax.library_mut(id).form = Value::FALSE;
    }

    /// A body that was begun was cut short.
    fn cut_short(machine: &mut Machine, id: LibraryId) {
        machine.extension::<Bodies>().0.remove(&id);
        machine.syntax.forget_cut_short(id);
        let waiting: Vec<LibraryId> = machine.extension::<Bodies>().0.keys().copied().collect();
        for other in waiting {
            if machine.syntax.requires(other, id) {
                machine.extension::<Bodies>().0.remove(&other);
                machine.syntax.forget_cut_short(other);
            }
        }
    }

    /// All that were begun were cut short: nothing runs.
    pub fn abandon(machine: &mut Machine) {
        let bodies = &machine.extension::<Bodies>().0;
        let begun: Vec<LibraryId> = bodies.iter().filter(|(_, body)| body.begun).map(|(id, _)| *id).collect();
        begun.into_iter().for_each(|id| Bodies::cut_short(machine, id));
    }
}

impl External for Bodies {
    fn trace(&self, tracer: &mut Tracer) {
        self.0.values().for_each(|body| tracer.value(body.thunk))
    }
    fn type_name(&self) -> &'static str {
        "library-bodies"
    }
}

/// Where a session finds the libraries that are not in the machine.
pub(crate) trait Libraries {
    /// The folders in which their files are looked for, in order.
    fn folders(&self) -> &[PathBuf];
    /// The source of a library of the prelude: only where the prelude is made.
    fn prelude(&self, _name: &LibraryName, _sources: &mut SourceMap) -> Option<Source> {
        None
    }
    /// A library has been expanded, its body simplified: the build script writes down what came out.
    fn expanded(&self, _tables: &Tables, _unit: &Unit, _body: Expr) {}
}

impl Libraries for Shared {
    fn folders(&self) -> &[PathBuf] {
        &self.library_path
    }
}

/// A machine and its engine, as the expander sees them.
pub(crate) struct Session<'m> {
    pub machine: &'m mut Machine,
    pub libraries: &'m dyn Libraries,
    pub image: Image,
}

impl Session<'_> {
    /// Compiles what the expander made. The thunk must be rooted before anything can collect. `repeatable` units come
    /// from a prompt, where everything can be defined again.
    pub fn compile<'a>(&mut self, arena: &'a Arena, unit: &Unit<'a>, repeatable: bool) -> Result<Value, Failure> {
        let body = self.simplify(arena, unit, repeatable)?;
        self.machine.compile_simplified(&body).map_err(failure)
    }

    /// The same for what a run begins with: a program, a form at the prompt.
    pub fn compile_top<'a>(&mut self, arena: &'a Arena, unit: &Unit<'a>, repeatable: bool) -> Result<Value, Failure> {
        let body = self.simplify(arena, unit, repeatable)?;
        self.machine.compile_top(&body).map_err(failure)
    }

    fn simplify<'a>(&mut self, arena: &'a Arena, unit: &Unit<'a>, repeatable: bool) -> Result<Simplified<'a>, Failure> {
        // The optimised form, the statement graph and what the passes note take about as much each as what was expanded.
        arena.admit(arena.bytes().saturating_mul(3))?;
        if !repeatable {
            for &(global, _) in &unit.globals {
                if self.machine.syntax.globals.get(&global).is_none_or(|g| !g.assigned) {
                    self.machine.promise_constant(global).map_err(failure)?;
                }
            }
        }
        let simple =
            crate::compile::simplify(arena, unit.body, &mut MachineFacts { machine: self.machine, repeatable });
        arena.check()?;
        Ok(simple)
    }

    /// The libraries whose bodies must run before a unit that requires these libraries, in order.
    pub fn waiting_bodies(&mut self, required: &[LibraryId]) -> Vec<LibraryId> {
        // Depth first: the libraries that a library requires come before it.
        let (mut out, mut seen) = (Vec::new(), HashSet::<LibraryId, foldhash::fast::FixedState>::default());
        for &root in required {
            let mut path = vec![(root, 0)];
            while let Some((id, next)) = path.pop() {
                if next == 0 && !seen.insert(id) {
                    continue;
                }
                match self.machine.syntax.library(id).requires.get(next).copied() {
                    Some(before) => path.extend([(id, next + 1), (before, 0)]),
                    None => out.extend(self.machine.extension::<Bodies>().0.contains_key(&id).then_some(id)),
                }
            }
        }
        out
    }

    /// Runs bodies of libraries to their end, nested in what is running.
    fn run_nested(&mut self, libraries: &[LibraryId]) -> Result<(), Failure> {
        for &id in libraries {
            let Some(thunk) = Bodies::begin(self.machine, id) else { continue };
            match self.machine.call_nested(thunk, &[]) {
                Ok(_) => Bodies::end(self.machine, id),
                Err(stop) => {
                    Bodies::cut_short(self.machine, id);
                    return Err(failure(stop));
                }
            }
        }
        Ok(())
    }
}

/// Why a nested run ended, as the expander says it.
pub(super) fn failure(stop: Stop) -> Failure {
    match stop.raised() {
        Some(object) => Failure::Raised(object, Span::NONE),
        None if stop == Stop::REQUEST => Failure::Request,
        None if stop == Stop::HEAP => Failure::HeapFull,
        None => Failure::Limit,
    }
}

impl Host for Session<'_> {
    fn heap(&mut self) -> &mut Heap {
        &mut self.machine.heap
    }

    fn tables(&mut self) -> &mut Tables {
        &mut self.machine.syntax
    }

    fn parts(&mut self) -> (&mut Heap, &mut Tables) {
        (&mut self.machine.heap, &mut self.machine.syntax)
    }

    fn sources(&mut self) -> &mut SourceMap {
        &mut self.machine.sources
    }

    fn charge(&mut self, units: usize) -> Result<(), Failure> {
        self.machine.charge(units).map_err(failure)?;
        if self.machine.heap.collection_wanted {
            // Whoever expands has said what it holds.
            self.machine.collect();
            if self.machine.heap.over_limit() {
                return Err(Failure::HeapFull);
            }
        }
        self.machine.check_growth().map_err(failure)
    }

    fn poll(&mut self) -> Result<(), Failure> {
        self.machine.poll().map_err(failure)
    }

    fn new_global(&mut self, name: Value) -> GlobalId {
        self.machine.new_global(name)
    }

    fn evaluate(&mut self, expression: Expr<'_>) -> Result<Value, Failure> {
        let thunk = self.machine.compile_thunk(expression).map_err(failure)?;
        self.machine.call_nested(thunk, &[]).map_err(failure)
    }

    fn call(&mut self, transformer: Value, input: Value) -> Result<Value, Failure> {
        self.machine.call_nested(transformer, &[input]).map_err(failure)
    }

    fn prelude_macro(&mut self, number: u32) -> Result<Value, Failure> {
        link::macro_object(self, number)
    }

    fn withheld(&self, library: &str) -> Option<String> {
        let reach: &[Capability] = match library {
            "(vicare posix)" | "(vicare linux)" | "(vicare glibc)" => &Capability::ALL,
            "(vicare ffi)" => &[Capability::RawMemory],
            _ => return None,
        };
        if reach.iter().any(|&one| self.machine.capabilities.has(one)) {
            return None;
        }
        let names: Vec<String> = reach.iter().map(|one| format!("\"{}\"", one.name())).collect();
        let needed = match &names[..] {
            [one] => format!("the capability {one}"),
            all => format!("one of the capabilities {}", all.join(", ")),
        };
        Some(format!("the host of this program has granted it nothing that {library} reaches: it needs {needed}"))
    }

    fn find_library(&mut self, name: &LibraryName) -> Result<LibrarySource, Failure> {
        if let Some(source) = self.libraries.prelude(name, &mut self.machine.sources) {
            return Ok(LibrarySource::Found(source));
        }
        if crate::syntax::Builtins::has_library(&*self.machine.syntax.builtins.clone(), &name.key()) {
            return Ok(LibrarySource::Builtin);
        }
        if !self.machine.capabilities.has(Capability::Filesystem) {
            return Ok(LibrarySource::Missing(Vec::new()));
        }
        let mut tried = Vec::new();
        for folder in self.libraries.folders() {
            for candidate in crate::syntax::candidates(name) {
                let path = folder.join(candidate);
                match text_file::read(self.machine, &path) {
                    Ok(source) => return Ok(LibrarySource::Found(source)),
                    Err(Unread::Missing) => tried.push(path.display().to_string()),
                    Err(Unread::Unreadable(why)) => {
                        return Ok(LibrarySource::Unreadable(format!("{}: {why}", path.display())));
                    }
                    Err(Unread::NoText(why)) => return Ok(LibrarySource::Unreadable(why)),
                    Err(Unread::Stopped(failure)) => return Err(failure),
                }
            }
        }
        Ok(LibrarySource::Missing(tried))
    }

    fn find_included(&mut self, path: &str, from: FileId) -> Result<IncludedFile, Failure> {
        if !self.machine.capabilities.has(Capability::Filesystem) {
            return Ok(IncludedFile::Unreadable("the host of this program has not granted it files".to_owned()));
        }
        let directory = self.machine.sources.name(from).and_then(|f| Path::new(f).parent()).map(PathBuf::from);
        let file = directory.unwrap_or_default().join(path);
        match text_file::read(self.machine, &file) {
            Ok(source) => Ok(IncludedFile::Found(source)),
            Err(Unread::Missing) => Ok(IncludedFile::Missing(vec![file.display().to_string()])),
            Err(Unread::Unreadable(why) | Unread::NoText(why)) => Ok(IncludedFile::Unreadable(why)),
            Err(Unread::Stopped(failure)) => Err(failure),
        }
    }

    fn install(&mut self, library: LibraryId, body: &Unit<'_>) -> Result<(), Failure> {
        let arena = Arena::new(self.machine.heap.memory());
        let simple = self.simplify(&arena, body, false)?;
        self.libraries.expanded(&self.machine.syntax, body, simple.body);
        let thunk = self.machine.compile_top(&simple).map_err(failure)?;
        self.machine.extension::<Bodies>().0.insert(library, Body { thunk, begun: false });
        Ok(())
    }

    fn instantiate(&mut self, library: LibraryId) -> Result<(), Failure> {
        let waiting = self.waiting_bodies(&[library]);
        self.run_nested(&waiting)
    }
}

/// Whether an operation with a node of its own does little for such an operand: it has no more than twice its digits.
fn is_bounded(v: &Value) -> bool {
    !v.is_pointer() || v.as_flonum().is_some()
}

/// Whether any primitive does little for such an operand, powers and factorials too: nobody waits for what is computed
/// before the program begins.
fn is_small(v: &Value) -> bool {
    v.as_fixnum().map_or_else(|| is_bounded(v), |n| n.unsigned_abs() <= 1 << 10)
}

/// What `simplify` asks of a machine.
struct MachineFacts<'m> {
    machine: &'m mut Machine,
    /// The unit is typed at a prompt, where everything can be defined again.
    repeatable: bool,
}

impl Facts for MachineFacts<'_> {
    fn operation(&self, primitive: PrimitiveId) -> Option<Operation> {
        self.machine.primitives.operation(primitive)
    }

    fn fold(&mut self, primitive: PrimitiveId, operands: &[Value]) -> Option<Value> {
        let row = self.machine.primitives.get(primitive)?;
        let fits = if self.operation(primitive).is_some() { is_bounded } else { is_small };
        if !row.flags.is_pure() || operands.len() < row.min || operands.len() > row.max || !operands.iter().all(fits) {
            return None;
        }
        match (row.run)(self.machine, operands) {
            Ok(v) => (!v.is_pointer()).then_some(v),
            Err(stop) => {
                if stop == Stop::LIMIT {
                    self.machine.leave_limit_to_safepoint();
                }
                None
            }
        }
    }

    fn is_assigned(&self, global: GlobalId) -> bool {
        self.repeatable || self.machine.syntax.globals.get(&global).is_some_and(|g| g.assigned)
    }

    fn fresh_variable(&mut self) -> u32 {
        self.machine.syntax.fresh_variable()
    }
}
