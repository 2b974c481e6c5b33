//! The one library that there is without an image: all primitives and all forms of the expander. The prelude is made from it.

use super::Primitive;
use crate::syntax::core::PrimitiveId;
use crate::syntax::{Binding, Builtins, CoreForm, INTERNAL};
use hashbrown::HashMap;
use std::sync::OnceLock;

type Index = HashMap<&'static str, Binding, foldhash::fast::FixedState>;

/// The rows of the tables of primitives, as [`INTERNAL`] exports them.
pub struct PrimitiveExports {
    primitives: &'static [&'static Primitive],
    index: OnceLock<Index>,
}

impl PrimitiveExports {
    pub fn new(primitives: &'static [&'static Primitive]) -> PrimitiveExports {
        PrimitiveExports { primitives, index: OnceLock::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let rows = self.primitives.iter().enumerate();
            let primitives = rows.map(|(i, row)| (row.internal_name, Binding::Primitive(PrimitiveId(i as u16))));
            let forms = CoreForm::ALL.iter().map(|&(form, name)| (name, Binding::Core(form)));
            primitives.chain(forms).collect()
        })
    }
}

impl Builtins for PrimitiveExports {
    fn has_library(&self, library: &str) -> bool {
        library == INTERNAL
    }

    fn export(&self, library: &str, name: &str) -> Option<Binding> {
        if library == INTERNAL { self.index().get(name).copied() } else { None }
    }

    fn exports(&self, library: &str, prefix: &str, each: &mut dyn FnMut(&str, Binding)) {
        if library == INTERNAL {
            let index = self.index().iter().filter(|(name, _)| name.starts_with(prefix));
            index.for_each(|(name, binding)| each(name, *binding));
        }
    }

    fn internal(&self, library: &str, name: &str, marks: &[i64]) -> Option<Binding> {
        if marks.is_empty() { self.export(library, name) } else { None }
    }

    fn exporters(&self, _name: &str) -> Vec<&str> {
        Vec::new()
    }
}
