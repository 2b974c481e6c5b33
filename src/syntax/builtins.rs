//! The libraries that are built in, as the expander sees them. Whoever has the tables of primitives, or the image of the
//! prelude, implements [`Builtins`].

use super::Binding;

/// The exports of the built-in libraries: names only, nothing is copied when a library is imported.
/// Libraries are named as they are written, without version: `(rnrs base)`.
pub trait Builtins: Send + Sync {
    /// Whether there is a built-in library of that name.
    fn has_library(&self, library: &str) -> bool;

    /// What the library exports under that name.
    fn export(&self, library: &str, name: &str) -> Option<Binding>;

    /// Every name that the library exports and that begins with `prefix`.
    fn exports(&self, library: &str, prefix: &str, each: &mut dyn FnMut(&str, Binding));

    /// How many there are.
    fn export_count(&self, library: &str, prefix: &str) -> usize {
        let mut count = 0;
        self.exports(library, prefix, &mut |_, _| count += 1);
        count
    }

    /// What an identifier means inside of the library: its macros may insert names that it does not export.
    fn internal(&self, library: &str, name: &str, marks: &[i64]) -> Option<Binding>;

    /// The libraries that export that name, for error messages; the ones that people import first.
    fn exporters(&self, name: &str) -> Vec<&str>;

    /// A mark that no syntax object of the built-in libraries carries, nor any greater one.
    fn first_mark(&self) -> i64 {
        1
    }
}
