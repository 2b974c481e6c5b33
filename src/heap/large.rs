//! Large objects: each has memory of its own from the system. Depends on nothing in this folder.
//!
//! A large object lies at an odd multiple of eight bytes, and the word before it is its mark; objects in blocks lie at
//! multiples of sixteen. So one bit of an address tells the two apart.

use crate::account::fallible;
use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::ptr::null_mut;

/// From so many bytes on, memory is zero when it is new. The system makes such pages when they are touched: who fills them
/// bit by bit can be stopped meanwhile.
const BLANK: usize = 1 << 25;

/// Whether an object of so many words has zeros everywhere when it is new.
pub(super) fn is_blank(words: usize) -> bool {
    words >= BLANK / 8
}

/// Whether the object at `address` has a mark word of its own in front of it.
#[inline(always)]
pub(super) fn is_outside_blocks(address: *mut u64) -> bool {
    address.addr() & 8 != 0
}

/// The mark of such an object.
#[inline(always)]
pub(super) fn mark_of(address: *mut u64) -> *mut u64 {
    address.wrapping_sub(1)
}

/// What stands before a large object.
#[repr(C)]
struct LargeHeader {
    next: *mut LargeHeader,
    /// Of the object.
    bytes: usize,
    /// The number of the latest collection that found the object alive.
    mark: u64,
}

const HEADER: usize = size_of::<LargeHeader>();
const _: () = assert!(HEADER % 16 == 8);

/// Memory for one large object that is in no list yet.
pub(super) struct LargeMemory(*mut LargeHeader);

impl LargeMemory {
    fn layout(bytes: usize) -> Option<Layout> {
        Layout::from_size_align(bytes.checked_add(HEADER)?, 16).ok()
    }

    /// `None`: the system does not have it.
    pub(super) fn new(bytes: usize) -> Option<LargeMemory> {
        fallible(|| LargeMemory::insist(bytes))
    }

    /// The same for a request that cannot be refused: it may come from spare memory.
    pub(super) fn insist(bytes: usize) -> Option<LargeMemory> {
        let layout = LargeMemory::layout(bytes)?;
        // SAFETY: the layout is not empty.
        let p: *mut LargeHeader = unsafe { if bytes >= BLANK { alloc_zeroed(layout) } else { alloc(layout) } }.cast();
        if p.is_null() {
            return None;
        }
        // SAFETY: fresh memory, large and aligned enough.
        unsafe { p.write(LargeHeader { next: null_mut(), bytes, mark: 0 }) }
        Some(LargeMemory(p))
    }

    pub(super) fn bytes(&self) -> usize {
        // SAFETY: `new` wrote the header.
        unsafe { (*self.0).bytes }
    }

    /// Gives back what is more than `bytes`.
    pub(super) fn shrink(&mut self, bytes: usize) {
        let old = self.bytes();
        if let (Some(layout), true) = (LargeMemory::layout(old), bytes < old) {
            // SAFETY: allocated with this layout; the new size is smaller, so no overflow; a refusal leaves it as it
            // is.
            let p: *mut LargeHeader = unsafe { realloc(self.0.cast(), layout, bytes + HEADER) }.cast();
            if !p.is_null() {
                self.0 = p;
                // SAFETY: the header moved with the memory.
                unsafe { (*p).bytes = bytes }
            }
        }
    }
}

impl Drop for LargeMemory {
    fn drop(&mut self) {
        if let Some(layout) = LargeMemory::layout(self.bytes()) {
            // SAFETY: allocated by `new` with this layout, and owned by nobody else.
            unsafe { dealloc(self.0.cast(), layout) }
        }
    }
}

/// All large objects of a heap.
pub(super) struct LargeObjects {
    first: *mut LargeHeader,
}

impl LargeObjects {
    pub(super) const fn new() -> LargeObjects {
        LargeObjects { first: null_mut() }
    }

    /// Puts an object into `memory`: answers its address.
    pub(super) fn adopt(&mut self, memory: LargeMemory) -> *mut u64 {
        let header = memory.0;
        std::mem::forget(memory);
        // SAFETY: the header is initialised, and from now on only this list owns it.
        unsafe { (*header).next = self.first }
        self.first = header;
        header.wrapping_byte_add(HEADER).cast()
    }

    /// Frees every object that `is_dead` by its mark; answers the bytes of the others. With a `poison`, writes it over
    /// what is freed.
    pub(super) fn sweep(&mut self, is_dead: impl Fn(u64) -> bool, poison: Option<u64>) -> usize {
        let (mut live, mut kept) = (0, null_mut());
        let mut at = self.first;
        while !at.is_null() {
            // SAFETY: the list holds initialised headers; the object behind one has `bytes` bytes; a dead one is used
            // by nobody any more.
            unsafe {
                let next = (*at).next;
                let bytes = (*at).bytes;
                if is_dead((*at).mark) {
                    if let Some(word) = poison {
                        let object: *mut u64 = at.byte_add(HEADER).cast();
                        (0..bytes / 8).for_each(|i| object.add(i).write(word));
                    }
                    drop(LargeMemory(at));
                } else {
                    (*at).next = kept;
                    kept = at;
                    live += bytes + HEADER;
                }
                at = next;
            }
        }
        self.first = kept;
        live
    }
}

impl Drop for LargeObjects {
    fn drop(&mut self) {
        self.sweep(|_| true, None);
    }
}
