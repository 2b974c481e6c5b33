//! What an expansion session needs of its surroundings.

use super::core::{Expr, GlobalId};
use super::library::{LibraryId, LibraryName};
use super::{Failure, Keeper, Kept, Tables, Unit};
use crate::diagnostics::{FileId, SourceMap};
use crate::heap::{Heap, Value};
use std::sync::Arc;

/// The text of a file, already in the source map.
#[derive(Clone, Debug)]
pub struct Source {
    pub file: FileId,
    pub text: Arc<str>,
    /// Whether it is a part of Vicar: such a library may import the internal ones.
    pub builtin: bool,
}

/// What became of the search for a library.
#[derive(Clone, Debug)]
pub enum LibrarySource {
    /// It is built in, and the tables know everything about it.
    Builtin,
    Found(Source),
    /// There is no such file; what was tried, for the message.
    Missing(Vec<String>),
    /// There is one, and it cannot be read; the message says why.
    Unreadable(String),
}

/// What became of the search for a file that `include` names.
#[derive(Clone, Debug)]
pub enum IncludedFile {
    Found(Source),
    /// There is no such file; what was tried, for the message.
    Missing(Vec<String>),
    /// There is one, and it cannot be read; the message says why.
    Unreadable(String),
}

impl Keeper for dyn Host + '_ {
    fn kept(&mut self) -> &mut Kept {
        &mut self.tables().protected
    }
}

/// The machine and its engine, as a session sees them.
///
/// A collection may happen in `charge`, `evaluate`, `call` and `instantiate`: sessions keep alive what they
/// hold through [`Tables::protected`] and [`Tables::constants`].
pub trait Host {
    fn heap(&mut self) -> &mut Heap;
    fn tables(&mut self) -> &mut Tables;
    /// Both at once.
    fn parts(&mut self) -> (&mut Heap, &mut Tables);
    fn sources(&mut self) -> &mut SourceMap;

    /// Charges for work in proportion to its size, and looks at the limits.
    fn charge(&mut self, units: usize) -> Result<(), Failure>;

    /// Looks at the limits that are not about work: the clock, and what other threads ask for.
    fn poll(&mut self) -> Result<(), Failure>;

    /// A new global variable without a value. `name` is a symbol.
    fn new_global(&mut self, name: Value) -> GlobalId;

    /// Runs an expression of a transformer, or other code of expansion time, to its value.
    fn evaluate(&mut self, expression: Expr<'_>) -> Result<Value, Failure>;

    /// Calls a transformer.
    fn call(&mut self, transformer: Value, input: Value) -> Result<Value, Failure>;

    /// Links a macro of the image: an object as `transformer.rs` makes them. Answers the same object each time.
    fn prelude_macro(&mut self, number: u32) -> Result<Value, Failure>;

    /// Why programs may not import the library of that name, though there is one.
    fn withheld(&self, _library: &str) -> Option<String> {
        None
    }

    /// Looks for the file of a library.
    fn find_library(&mut self, name: &LibraryName) -> Result<LibrarySource, Failure>;

    /// Reads a file for `include`; a relative path is relative to the including file.
    fn find_included(&mut self, path: &str, from: FileId) -> Result<IncludedFile, Failure>;

    /// Takes the expanded body of a library, to run it once when `instantiate` asks for it. Compiles it before anything
    /// can collect: nothing else keeps its constants alive.
    fn install(&mut self, library: LibraryId, body: &Unit<'_>) -> Result<(), Failure>;

    /// Runs the body of a library unless it has run, those that it requires first.
    fn instantiate(&mut self, library: LibraryId) -> Result<(), Failure>;
}
