//! State that folders right of `eval` keep in a machine, which `eval` therefore cannot name: one Rust value of each
//! type. They live in the heap, so that the collector asks them what they hold, weakly or not, and drops them with it.

use super::Machine;
use crate::heap::{External, Tracer, Value};
use std::any::TypeId;

/// The extensions of one machine, few enough for a linear search.
#[derive(Default)]
pub struct Extensions(Vec<(TypeId, Value)>);

impl Extensions {
    fn place(&self, wanted: TypeId) -> Option<usize> {
        self.0.iter().position(|&(id, _)| id == wanted)
    }

    /// Reports them as roots.
    pub fn trace(&self, tracer: &mut Tracer) {
        self.0.iter().for_each(|&(_, v)| tracer.value(v))
    }
}

impl Machine {
    /// The machine's `T`, if it was ever asked for.
    pub fn existing_extension<T: External>(&mut self) -> Option<&mut T> {
        let i = self.extensions.place(TypeId::of::<T>())?;
        self.extensions.0[i].1.external_mut()
    }

    /// The machine's only `T`, made at the first use.
    #[inline]
    pub fn extension<T: External + Default>(&mut self) -> &mut T {
        let wanted = TypeId::of::<T>();
        let i = self.extensions.place(wanted).unwrap_or_else(|| {
            let fresh = self.heap.external(Box::<T>::default());
            self.extensions.0.push((wanted, fresh));
            self.extensions.0.len() - 1
        });
        // The lookup was by `T`'s own id.
        self.extensions.0[i].1.external_mut().expect("an extension has the type it was filed under")
    }
}
