//! Memory for one call of the kernel that is not Rust's alone, so that no slice of it can be made: a buffer of the program's,
//! which another process may write to as well.

use super::pass::{Begin, Count, Length};
use std::marker::PhantomData;

/// So many bytes at an address: to be read by the kernel (`*const u8`), or written (`*mut u8`). Laid out as C's `iovec`.
///
/// Invariant: as long as it lives, that is memory which may be read, or written, by whoever has made it, and no reference of
/// Rust's leads there but what it was made of; or it is nobody's memory, and the kernel says so.
#[repr(C)]
pub struct Area<'a, P> {
    at: P,
    size: usize,
    memory: PhantomData<&'a mut [u8]>,
}

const _: () = assert!(size_of::<Area<*mut u8>>() == size_of::<libc::iovec>());

impl<P: Copy> Clone for Area<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Copy> Copy for Area<'_, P> {}

/// `*const u8` or `*mut u8`.
pub trait Address: Copy {
    fn advanced(self, bytes: usize) -> Self;
}

impl Address for *const u8 {
    fn advanced(self, bytes: usize) -> *const u8 {
        self.wrapping_add(bytes)
    }
}

impl Address for *mut u8 {
    fn advanced(self, bytes: usize) -> *mut u8 {
        self.wrapping_add(bytes)
    }
}

impl<'a, P: Address> Area<'a, P> {
    /// # Safety
    /// For `'a` the type's invariant holds.
    pub unsafe fn new(at: P, size: usize) -> Area<'a, P> {
        Area { at, size, memory: PhantomData }
    }

    pub fn size(&self) -> usize {
        self.size
    }

    /// At most `most` bytes, from byte `from` on.
    pub fn part(self, from: usize, most: usize) -> Area<'a, P> {
        let from = from.min(self.size);
        Area { at: self.at.advanced(from), size: most.min(self.size - from), memory: PhantomData }
    }
}

impl<'a> From<&'a [u8]> for Area<'a, *const u8> {
    fn from(bytes: &'a [u8]) -> Self {
        Area { at: bytes.as_ptr(), size: bytes.len(), memory: PhantomData }
    }
}

impl<'a> From<&'a mut [u8]> for Area<'a, *mut u8> {
    fn from(bytes: &'a mut [u8]) -> Self {
        Area { at: bytes.as_mut_ptr(), size: bytes.len(), memory: PhantomData }
    }
}

impl<P: Copy> Begin for Area<'_, P> {
    type At = P;
    fn at(&mut self) -> P {
        self.at
    }
}

impl<P, N: Count> Length<N> for Area<'_, P> {
    fn length(&mut self) -> N {
        N::of(self.size)
    }
}
