//! The tables of primitives as the expander's built-in libraries: what there is without an image.

use super::Primitive;
use crate::syntax::core::PrimitiveId;
use crate::syntax::{Binding, Builtins};
use hashbrown::{HashMap, HashSet};
use std::sync::OnceLock;

/// The library that exports every primitive.
const INTERNAL: &str = "(vicar internal)";

/// Exports of libraries, found by the `library` of each row.
pub struct PrimitiveExports {
    primitives: &'static [&'static Primitive],
    /// What composite libraries export of others.
    includes: fn(&str) -> &'static [&'static str],
    index: OnceLock<Index>,
}

struct Index {
    by_name: HashMap<&'static str, Vec<PrimitiveId>, foldhash::fast::FixedState>,
    libraries: HashSet<&'static str, foldhash::fast::FixedState>,
}

impl PrimitiveExports {
    pub fn new(
        primitives: &'static [&'static Primitive],
        includes: fn(&str) -> &'static [&'static str],
    ) -> PrimitiveExports {
        PrimitiveExports { primitives, includes, index: OnceLock::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut index = Index { by_name: HashMap::default(), libraries: HashSet::default() };
            for (i, primitive) in self.primitives.iter().enumerate() {
                index.by_name.entry(primitive.name).or_default().push(PrimitiveId(i as u16));
                index.libraries.insert(primitive.library);
            }
            index
        })
    }

    fn row(&self, id: PrimitiveId) -> &'static Primitive {
        self.primitives[id.0 as usize]
    }
}

/// Whether a library exports a primitive. The internal one has all but those of POSIX, which take names of R6RS.
fn belongs(primitive: &Primitive, library: &str) -> bool {
    primitive.library == library || library == INTERNAL && primitive.library != "(vicar posix primitives)"
}

impl Builtins for PrimitiveExports {
    fn has_library(&self, library: &str) -> bool {
        self.index().libraries.contains(library) || !(self.includes)(library).is_empty()
    }

    fn export(&self, library: &str, name: &str) -> Option<Binding> {
        let rows = self.index().by_name.get(name)?;
        let found = rows.iter().find(|id| belongs(self.row(**id), library))?;
        Some(Binding::Primitive(*found))
    }

    fn exports(&self, library: &str, prefix: &str, each: &mut dyn FnMut(&str, Binding)) {
        for (i, primitive) in self.primitives.iter().enumerate().filter(|(_, p)| p.name.starts_with(prefix)) {
            // Of two rows with the same name, the first is meant.
            let binding = Binding::Primitive(PrimitiveId(i as u16));
            if self.export(library, primitive.name) == Some(binding) {
                each(primitive.name, binding);
            }
        }
    }

    fn internal(&self, library: &str, name: &str, marks: &[i64]) -> Option<Binding> {
        if marks.is_empty() { self.export(library, name) } else { None }
    }

    fn includes(&self, library: &str) -> &[&str] {
        (self.includes)(library)
    }

    fn exporters(&self, name: &str) -> Vec<&str> {
        let rows = self.index().by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        rows.iter().map(|id| self.row(*id).library).filter(|library| *library != INTERNAL).collect()
    }
}
