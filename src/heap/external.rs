//! Rust values inside the heap. Depends on the object's layout and on marking.

use super::{Heap, Kind, Tracer, Value};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A Rust value that lives in the heap: ports, hashtables, code, continuations, host objects.
///
/// It is dropped when the collector finds it dead, or with the heap; a panic in its `drop` goes no further. Its `drop`
/// must not follow the values inside, which may be gone already.
pub trait External: Any + Send {
    /// Reports every value inside that is to be kept alive. Reports what it holds weakly by [`Tracer::ephemeron`] or
    /// not at all.
    /// A type that has no values inside leaves it as it is.
    fn trace(&self, _tracer: &mut Tracer) {}
    /// Bytes owned outside of the heap's blocks, for accounting. Asked for when the value enters the heap and at every
    /// collection; who grows much in between says so by [`Heap::account`].
    fn bytes(&self) -> usize {
        0
    }
    /// Whether `sweep_weak` must be called after marking.
    fn is_weak(&self) -> bool {
        false
    }
    /// After marking, before anything is freed: drop what `alive` says is dead (weak tables). The values that are dead
    /// can still be compared and hashed, but are gone when this returns.
    fn sweep_weak(&mut self, _alive: &dyn Fn(Value) -> bool) {}
    /// The name for printing: `#<hashtable>`.
    fn type_name(&self) -> &'static str;
    /// How the printer shows it.
    fn describe(&self, out: &mut String) {
        out.push_str("#<");
        out.push_str(self.type_name());
        out.push('>');
    }
}

/// What a block of `bytes` bytes takes of the system's allocator: small ones much more than they hold.
pub fn system_block(bytes: usize) -> usize {
    if bytes == 0 { 0 } else { bytes.saturating_add(8 + 15).max(32) & !15 }
}

// Two words behind the header hold the fat pointer of the box.
const _: () = assert!(size_of::<*mut dyn External>() == 16);

impl Heap {
    /// Moves a Rust value into the heap.
    pub fn external(&mut self, x: Box<dyn External>) -> Value {
        self.account(x.bytes());
        self.external_part(x)
    }

    /// The same for a value that takes over bytes of one that is in the heap already: they are on the account.
    pub fn external_part(&mut self, x: Box<dyn External>) -> Value {
        self.account(system_block(size_of_val(&*x)));
        let v = self.raw_object(Kind::External, 0, 2, &[0, 0]);
        // SAFETY: the two words behind the header of the fresh object are those of the pointer, which is aligned to
        // one.
        unsafe { fat_pointer(v.address()).write(Box::into_raw(x)) }
        self.obtain(self.externals.bytes() * 2, |heap, _| heap.externals.0.try_reserve(1).ok());
        self.externals.0.push(v.address());
        v
    }
}

impl Heap {
    /// Shows every live or dead `T` to `f`.
    pub fn each_external<T: External>(&self, mut f: impl FnMut(&mut T)) {
        for &p in &self.externals.0 {
            if let Some(x) = Value::from_object(p).external_mut::<T>() {
                f(x)
            }
        }
    }
}

/// Where the object at `p` keeps its pointer.
fn fat_pointer(p: *mut u64) -> *mut *mut dyn External {
    p.wrapping_add(1).cast()
}

/// The objects of kind `External` of a heap, dead or alive.
#[derive(Default)]
pub(super) struct Externals(Vec<*mut u64>);

impl Externals {
    pub(super) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<*mut u64>()
    }

    /// After marking: drops what died.
    pub(super) fn sweep(&mut self, is_alive: impl Fn(Value) -> bool) {
        self.0.retain(|&p| {
            let alive = is_alive(Value::from_object(p));
            if !alive {
                // SAFETY: `Heap::external` wrote the pointer; this is the only place that drops the box, and the object
                // leaves the list now.
                drop_contained(unsafe { Box::from_raw(*fat_pointer(p)) })
            }
            alive
        });
        if self.0.len() < self.0.capacity() / 4 {
            self.0.shrink_to(self.0.len() * 2)
        }
    }
}

impl Drop for Externals {
    fn drop(&mut self) {
        self.sweep(|_| false)
    }
}

/// A host object that panics when it is dropped must not take the machine with it.
fn drop_contained(x: Box<dyn External>) {
    let contained = |what: Box<dyn Any + Send>| catch_unwind(AssertUnwindSafe(move || drop(what)));
    // The payload of a panic is somebody's value too, which may panic when it is dropped; and so on, but not for ever.
    contained(x).or_else(contained).unwrap_or_else(std::mem::forget)
}

impl Value {
    fn external_pointer(self) -> Option<*mut dyn External> {
        // SAFETY: `Heap::external` wrote the pointer before anybody saw the object.
        self.is(Kind::External).then(|| unsafe { *fat_pointer(self.address()) })
    }

    /// The Rust value inside, as the trait object.
    pub fn external(&self) -> Option<&dyn External> {
        // SAFETY: the box is alive as long as the object; one thread at a time; the borrow ends before the next
        // safepoint.
        self.external_pointer().map(|p| unsafe { &*p })
    }

    /// The same, exclusive. A primitive holds one such borrow of one object at a time.
    #[allow(clippy::mut_from_ref)]
    pub(super) fn external_exclusive(&self) -> Option<&mut dyn External> {
        // SAFETY: as for `external`; exclusivity by the rule above.
        self.external_pointer().map(|p| unsafe { &mut *p })
    }

    /// The Rust value inside, if it is a `T`.
    pub fn external_ref<T: External>(&self) -> Option<&T> {
        let x: &dyn Any = self.external()?;
        x.downcast_ref()
    }

    /// The same, exclusive. A primitive holds one such borrow of one object at a time.
    #[allow(clippy::mut_from_ref)]
    pub fn external_mut<T: External>(&self) -> Option<&mut T> {
        let x: &mut dyn Any = self.external_exclusive()?;
        x.downcast_mut()
    }
}
