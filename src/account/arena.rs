//! Memory for many small things that die together, charged chunk by chunk. Depends on claims.

use super::books::{Account, HeapFull};
use super::claim::Claim;
use super::spare::fallible;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, RefCell};
use std::ptr::null_mut;

/// Hands out memory that lives as long as the arena. What is put into it is not dropped.
///
/// Allocating does not fail. Past the limit the arena still takes what it needs, which is little at a time, and
/// [`Arena::check`] says so from then on: who allocates in a loop asks that in every turn. When the system refuses a
/// chunk, a spare one that a larger arena keeps is used up first.
pub struct Arena {
    next: Cell<*mut u8>,
    end: Cell<*mut u8>,
    /// The newest chunk; each begins with a header.
    chunk: Cell<*mut Chunk>,
    spare: Cell<*mut Chunk>,
    claim: RefCell<Claim>,
    account: Account,
    full: Cell<bool>,
}

#[repr(C, align(16))]
struct Chunk {
    before: *mut Chunk,
    bytes: usize,
}

const HEADER: usize = size_of::<Chunk>();
const FIRST: usize = 1 << 10;
const LARGEST: usize = 128 << 10;
/// The spare chunk, and the size of chunk from which on there is one.
const SPARE: usize = 32 << 10;

// SAFETY: the chunks belong to the arena alone; nothing of it is bound to a thread.
unsafe impl Send for Arena {}

impl Chunk {
    fn layout(bytes: usize) -> Option<Layout> {
        Layout::from_size_align(bytes, align_of::<Chunk>()).ok()
    }

    /// Null when the system refuses.
    fn new(bytes: usize) -> *mut Chunk {
        let Some(layout) = Chunk::layout(bytes) else { return null_mut() };
        // SAFETY: the layout is not empty: it holds a header.
        let p: *mut Chunk = fallible(|| unsafe { alloc(layout) }).cast();
        if !p.is_null() {
            // SAFETY: fresh memory, large and aligned enough.
            unsafe { p.write(Chunk { before: null_mut(), bytes }) }
        }
        p
    }

    /// # Safety
    /// `p` is null or a chunk that nobody uses any more.
    unsafe fn free(p: *mut Chunk) {
        // SAFETY: as the caller says; `new` allocated it with this layout.
        unsafe {
            if !p.is_null()
                && let Some(layout) = Chunk::layout((*p).bytes)
            {
                dealloc(p.cast(), layout)
            }
        }
    }
}

impl Arena {
    /// An arena that takes its memory from `account`; none yet.
    pub fn new(account: &Account) -> Arena {
        Arena {
            next: Cell::new(null_mut()),
            end: Cell::new(null_mut()),
            chunk: Cell::new(null_mut()),
            spare: Cell::new(null_mut()),
            claim: RefCell::new(Claim::new(account)),
            account: account.clone(),
            full: Cell::new(false),
        }
    }

    /// Whether everything so far was within the limit.
    ///
    /// # Errors
    /// It was not, or the system has refused memory: no more than a little may be allocated from here on.
    #[inline]
    pub fn check(&self) -> Result<(), HeapFull> {
        if self.full.get() { Err(HeapFull) } else { Ok(()) }
    }

    /// Asks whether `bytes` more would be within the limit: before something large is allocated.
    ///
    /// # Errors
    /// They would not.
    pub fn admit(&self, bytes: usize) -> Result<(), HeapFull> {
        self.check()?;
        self.account.admit(bytes)
    }

    /// Makes [`Arena::check`] say that there is no memory: what else the work needs was refused.
    pub fn refuse(&self) {
        self.full.set(true)
    }

    /// What pays.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Bytes taken.
    pub fn bytes(&self) -> usize {
        self.claim.borrow().bytes()
    }

    /// Uninitialised memory.
    #[inline]
    fn memory(&self, layout: Layout) -> *mut u8 {
        let p = self.next.get().map_addr(|a| a.next_multiple_of(layout.align()));
        if !p.is_null() && self.end.get().addr().checked_sub(p.addr()).is_some_and(|room| room >= layout.size()) {
            self.next.set(p.wrapping_add(layout.size()));
            return p;
        }
        self.memory_slow(layout)
    }

    #[cold]
    #[inline(never)]
    fn memory_slow(&self, layout: Layout) -> *mut u8 {
        if layout.align() > align_of::<Chunk>() {
            handle_alloc_error(layout)
        }
        let newest = self.chunk.get();
        // SAFETY: null, or a chunk of this arena.
        let before = unsafe { newest.as_ref() }.map_or(0, |c| c.bytes);
        let wanted = (before * 2).clamp(FIRST, LARGEST);
        let bytes = wanted.max(layout.size().saturating_add(HEADER).next_multiple_of(align_of::<Chunk>()));
        let chunk = self.new_chunk(bytes, layout);
        // SAFETY: the chunk is fresh, or the spare one; no other reference to it exists.
        unsafe { (*chunk).before = newest }
        self.chunk.set(chunk);
        // SAFETY: a chunk of this arena.
        let bytes = unsafe { (*chunk).bytes };
        let start = chunk.wrapping_byte_add(HEADER).cast::<u8>();
        self.end.set(chunk.wrapping_byte_add(bytes).cast());
        self.next.set(start.wrapping_add(layout.size()));
        start
    }

    fn new_chunk(&self, bytes: usize, layout: Layout) -> *mut Chunk {
        let mut claim = self.claim.borrow_mut();
        if claim.take(bytes).is_err() {
            self.full.set(true);
            claim.take_anyway(bytes);
        }
        if bytes >= SPARE && self.spare.get().is_null() && !self.full.get() && claim.take(SPARE).is_ok() {
            let spare = Chunk::new(SPARE);
            if spare.is_null() {
                claim.give(SPARE);
                self.full.set(true)
            }
            self.spare.set(spare);
        }
        let chunk = Chunk::new(bytes);
        if !chunk.is_null() {
            return chunk;
        }
        self.full.set(true);
        claim.give(bytes);
        let spare = self.spare.replace(null_mut());
        if !spare.is_null() && layout.size() + HEADER <= SPARE {
            return spare;
        }
        self.spare.set(spare);
        // The last resort, which `SpareAllocator` may have something for.
        let least = layout.size() + HEADER;
        let layout = Chunk::layout(least).unwrap_or(layout);
        // SAFETY: the layout holds a header.
        let chunk: *mut Chunk = unsafe { alloc(layout) }.cast();
        if chunk.is_null() {
            handle_alloc_error(layout)
        }
        // SAFETY: fresh memory of that layout.
        unsafe { chunk.write(Chunk { before: null_mut(), bytes: least }) }
        claim.take_anyway(least);
        chunk
    }

    /// Puts `x` into the arena.
    #[allow(clippy::mut_from_ref)]
    #[inline]
    pub fn alloc<T>(&self, x: T) -> &mut T {
        let p: *mut T = self.memory(Layout::new::<T>()).cast();
        // SAFETY: fresh memory of that layout, handed out once, alive as long as the arena is borrowed.
        unsafe {
            p.write(x);
            &mut *p
        }
    }

    /// Puts a copy of `items` into the arena.
    #[allow(clippy::mut_from_ref)]
    #[inline]
    pub fn alloc_slice_copy<T: Copy>(&self, items: &[T]) -> &mut [T] {
        let p: *mut T = self.memory(Layout::for_value(items)).cast();
        // SAFETY: fresh memory as large as `items`, handed out once, alive as long as the arena is borrowed.
        unsafe {
            p.copy_from_nonoverlapping(items.as_ptr(), items.len());
            std::slice::from_raw_parts_mut(p, items.len())
        }
    }

    /// Puts what an iterator answers into the arena, as far as its length says.
    #[allow(clippy::mut_from_ref)]
    pub fn alloc_slice_fill_iter<T>(
        &self,
        items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
    ) -> &mut [T] {
        let items = items.into_iter();
        let Ok(layout) = Layout::array::<T>(items.len()) else { handle_alloc_error(Layout::new::<T>()) };
        let (p, count): (*mut T, usize) = (self.memory(layout).cast(), items.len());
        let mut filled = 0;
        // SAFETY: at most `count` elements are written to fresh memory for so many, and only written ones handed out.
        unsafe {
            for x in items.take(count) {
                p.add(filled).write(x);
                filled += 1;
            }
            std::slice::from_raw_parts_mut(p, filled)
        }
    }

    /// Puts a copy of `text` into the arena.
    pub fn alloc_str(&self, text: &str) -> &str {
        let bytes = self.alloc_slice_copy(text.as_bytes());
        // SAFETY: a copy of a string's bytes.
        unsafe { std::str::from_utf8_unchecked(bytes) }
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        let mut chunk = self.chunk.get();
        // SAFETY: the chunks of this arena, each once; nothing that borrows them outlives it.
        unsafe {
            while !chunk.is_null() {
                let before = (*chunk).before;
                Chunk::free(chunk);
                chunk = before;
            }
            Chunk::free(self.spare.get());
        }
    }
}
