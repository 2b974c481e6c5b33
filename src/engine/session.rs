//! What the expander needs of a machine: the trait `syntax::Host`, for a machine together with its engine.

use super::bodies::Bodies;
use super::link;
use super::text_file::{self, TextFile};
use crate::account::Arena;
use crate::compile::operation::Operation;
use crate::compile::{Facts, Simplified};
use crate::diagnostics::{FileId, SourceMap};
use crate::eval::{Capability, Machine, Stop};
use crate::heap::{Heap, Value};
use crate::image::Image;
use crate::syntax::core::{Expr, GlobalId, PrimitiveId};
use crate::syntax::library::{LibraryId, LibraryName};
use crate::syntax::{Failure, Host, IncludedFile, LibrarySource, Source, Tables, Unit};
use hashbrown::HashSet;
use std::path::{Path, PathBuf};

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
        Ok(self.machine.compile_simplified(&body)?)
    }

    /// The same for what a run begins with: a program, a form at the prompt.
    pub fn compile_top<'a>(&mut self, arena: &'a Arena, unit: &Unit<'a>, repeatable: bool) -> Result<Value, Failure> {
        let body = self.simplify(arena, unit, repeatable)?;
        Ok(self.machine.compile_top(&body)?)
    }

    fn simplify<'a>(&mut self, arena: &'a Arena, unit: &Unit<'a>, repeatable: bool) -> Result<Simplified<'a>, Failure> {
        // The optimised form, the statement graph and what the passes note take about as much each as what was expanded.
        arena.admit(arena.bytes().saturating_mul(3))?;
        if !repeatable {
            for &(global, _) in &unit.globals {
                if self.machine.syntax.globals.get(&global).is_none_or(|g| !g.assigned) {
                    self.machine.promise_constant(global)?;
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
                    None => out.extend(Bodies::waits(self.machine, id).then_some(id)),
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
                    return Err(stop.into());
                }
            }
        }
        Ok(())
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
        self.machine.charge(units)?;
        if self.machine.heap.collection_wanted {
            // Whoever expands has said what it holds.
            self.machine.collect();
            if self.machine.heap.over_limit() {
                return Err(Failure::HeapFull);
            }
        }
        Ok(self.machine.check_growth()?)
    }

    fn poll(&mut self) -> Result<(), Failure> {
        Ok(self.machine.poll()?)
    }

    fn new_global(&mut self, name: Value) -> GlobalId {
        self.machine.new_global(name)
    }

    fn evaluate(&mut self, expression: Expr<'_>) -> Result<Value, Failure> {
        let thunk = self.machine.compile_thunk(expression)?;
        Ok(self.machine.call_nested(thunk, &[])?)
    }

    fn call(&mut self, transformer: Value, input: Value) -> Result<Value, Failure> {
        Ok(self.machine.call_nested(transformer, &[input])?)
    }

    fn prelude_macro(&mut self, number: u32) -> Result<Value, Failure> {
        link::macro_object(self.machine, self.image, number)
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
        Some(format!("the host has not granted this program access to {library}: it needs {needed}"))
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
                match text_file::read(self.machine, &path)? {
                    TextFile::Found(source) => return Ok(LibrarySource::Found(source)),
                    TextFile::Missing => tried.push(path.display().to_string()),
                    TextFile::Unreadable(why) => return Ok(LibrarySource::Unreadable(why)),
                }
            }
        }
        Ok(LibrarySource::Missing(tried))
    }

    fn find_included(&mut self, path: &str, from: FileId) -> Result<IncludedFile, Failure> {
        if !self.machine.capabilities.has(Capability::Filesystem) {
            return Ok(IncludedFile::Unreadable("the host has not granted this program access to files".to_owned()));
        }
        let directory = self.machine.sources.name(from).and_then(|f| Path::new(f).parent()).map(PathBuf::from);
        let file = directory.unwrap_or_default().join(path);
        Ok(match text_file::read(self.machine, &file)? {
            TextFile::Found(source) => IncludedFile::Found(source),
            TextFile::Missing => IncludedFile::Missing(vec![file.display().to_string()]),
            TextFile::Unreadable(why) => IncludedFile::Unreadable(why),
        })
    }

    fn install(&mut self, library: LibraryId, body: &Unit<'_>) -> Result<(), Failure> {
        let arena = Arena::new(self.machine.heap.memory());
        let simple = self.simplify(&arena, body, false)?;
        self.libraries.expanded(&self.machine.syntax, body, simple.body);
        let thunk = self.machine.compile_top(&simple)?;
        Bodies::add(self.machine, library, thunk);
        Ok(())
    }

    fn instantiate(&mut self, library: LibraryId) -> Result<(), Failure> {
        let waiting = self.waiting_bodies(&[library]);
        self.run_nested(&waiting)
    }
}

/// Whether an inline operation takes little time for such an operand: its result has at most twice the digits.
fn is_bounded(v: &Value) -> bool {
    !v.is_pointer() || v.as_flonum().is_some()
}

/// Whether any primitive takes little time for such an operand, powers and factorials included: constants are folded before
/// the program begins, and must not delay it.
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
