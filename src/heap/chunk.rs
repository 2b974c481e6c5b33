//! Chunks: memory for blocks, from the system. Depends on the size of a block.
//!
//! The first has one block, later ones grow with the heap. A chunk leaves its last granule to the system allocator's
//! own bookkeeping, so that chunks pack tightly.

use super::block::{BLOCK, Block, GRANULE};
use crate::account::fallible;
use std::alloc::{Layout, alloc, dealloc};

/// Blocks of a chunk of a small heap, at most: 1 MiB.
const MAX_BLOCKS: usize = 256;
/// Blocks of a little chunk: 64 KiB.
const LITTLE_BLOCKS: usize = 16;
/// A heap of that many blocks, 8 MiB, grows by huge chunks. They are aligned for huge pages, which make the first touch
/// of their memory twice as fast.
const HUGE_FROM: usize = 2048;
const HUGE_BLOCKS: usize = 1024;
const HUGE_PAGE: usize = 2 << 20;

/// A row of blocks.
pub(super) struct Chunk {
    base: *mut Block,
    pub(super) blocks: usize,
}

impl Chunk {
    /// For a heap that has `total` blocks already, which may grow by huge chunks or may not. `None`: the system has no
    /// memory.
    pub(super) fn new(total: usize, huge: bool) -> Option<Chunk> {
        let suggested = if total < HUGE_FROM || !huge { (total / 2).clamp(1, MAX_BLOCKS) } else { HUGE_BLOCKS };
        Chunk::of(suggested).or_else(|| Chunk::of(1))
    }

    /// One that is small whatever there is already.
    pub(super) fn little() -> Option<Chunk> {
        Chunk::of(LITTLE_BLOCKS).or_else(|| Chunk::of(1))
    }

    fn of(blocks: usize) -> Option<Chunk> {
        // SAFETY: the layout is not empty.
        let ask = || unsafe { alloc(Chunk::layout(blocks)) };
        // The smallest one may come from spare memory.
        let base: *mut Block = if blocks > 1 { fallible(ask) } else { ask() }.cast();
        if base.is_null() {
            return None;
        }
        #[cfg(target_os = "linux")]
        if blocks == HUGE_BLOCKS {
            // SAFETY: advice about whole pages that lie inside of the chunk; it may be ignored.
            unsafe { libc::madvise(base.cast(), (blocks - 1) * BLOCK, libc::MADV_HUGEPAGE) };
        }
        Some(Chunk { base, blocks })
    }

    fn layout(blocks: usize) -> Layout {
        let align = if blocks == HUGE_BLOCKS { HUGE_PAGE } else { BLOCK };
        Layout::from_size_align(blocks * BLOCK - GRANULE, align).expect("a chunk is small")
    }

    pub(super) fn block(&self, i: usize) -> *mut Block {
        self.base.wrapping_byte_add(i * BLOCK)
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // SAFETY: `of` allocated it with this layout; a chunk goes when no live object is left in it.
        unsafe { dealloc(self.base.cast(), Chunk::layout(self.blocks)) }
    }
}
