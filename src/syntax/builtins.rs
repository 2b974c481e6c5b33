//! The libraries that are built in, as the expander sees them. Whoever has the tables of primitives, or the image of the
//! prelude, implements [`Builtins`].

use super::{Binding, CoreForm};

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

    /// The libraries all of whose exports are this library's too, for those that are not in `exports` already.
    fn includes(&self, _library: &str) -> &[&str] {
        &[]
    }

    /// The libraries that export that name, for error messages; the ones that people import first.
    fn exporters(&self, name: &str) -> Vec<&str>;

    /// A mark that no syntax object of the built-in libraries carries, nor any greater one.
    fn first_mark(&self) -> i64 {
        1
    }
}

/// What a built-in library exports under that name, forms of the expander included.
pub fn export(builtins: &dyn Builtins, library: &str, name: &str) -> Option<Binding> {
    CoreForm::exported(library, name).map(Binding::Core).or_else(|| builtins.export(library, name))
}

/// Every name that a built-in library exports and that begins with `prefix`, forms of the expander included.
pub fn exports(builtins: &dyn Builtins, library: &str, prefix: &str, each: &mut dyn FnMut(&str, Binding)) {
    core_exports(library, prefix).for_each(|(form, name)| each(name, Binding::Core(form)));
    builtins.exports(library, prefix, each);
}

/// How many there are; one that is exported in two ways counts twice.
pub fn export_count(builtins: &dyn Builtins, library: &str, prefix: &str) -> usize {
    core_exports(library, prefix).count() + builtins.export_count(library, prefix)
}

fn core_exports(library: &str, prefix: &str) -> impl Iterator<Item = (CoreForm, &'static str)> {
    let is_exported = move |form: CoreForm, name: &str| {
        name.starts_with(prefix) && form.is_in(library) && CoreForm::exported(library, name) == Some(form)
    };
    CoreForm::ALL.iter().map(|&(form, name, _)| (form, name)).filter(move |&(form, name)| is_exported(form, name))
}

/// Whether there is a built-in library of that name.
pub fn has_library(builtins: &dyn Builtins, library: &str) -> bool {
    CoreForm::ALL.iter().any(|row| row.2.contains(&library)) || builtins.has_library(library)
}
