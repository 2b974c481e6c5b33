//! Allocation: how a request finds its memory. Depends on blocks, large objects and the account.
//!
//! | request | goes to |
//! |---|---|
//! | fits the current run | `bump`, inline: an addition and a comparison |
//! | at most 128 bytes | the next free run, which is at least that long |
//! | at most 1 KiB | a wholly free block beside the runs, so that the current run is not wasted |
//! | more | memory of its own from the system |

use super::Heap;
use super::block::{BLOCK_ROOM, GRANULE, MIN_RUN, Run};
use super::blocks::Cursor;
use super::large::LargeMemory;

const SMALL: usize = MIN_RUN * GRANULE;
const MEDIUM: usize = 1024;
const _: () = assert!(MEDIUM * 2 < BLOCK_ROOM);

/// Where the ways of allocating other than `bump` stand.
pub(super) struct Streams {
    runs: Cursor,
    medium: Run,
    weak_runs: Cursor,
    weak: Run,
}

impl Streams {
    pub(super) const fn new() -> Streams {
        Streams { runs: Cursor::new(false), medium: Run::NONE, weak_runs: Cursor::new(true), weak: Run::NONE }
    }
}

impl Heap {
    /// Memory for `words` words, uninitialised, for an object: its address. The caller fills it before the next
    /// safepoint.
    #[inline]
    pub(crate) fn allocate(&mut self, words: usize) -> *mut u64 {
        let bytes = words.next_multiple_of(2) * 8;
        let p = self.bump;
        let next = p.wrapping_byte_add(bytes);
        if next <= self.bump_end {
            self.bump = next;
            p
        } else {
            self.allocate_slow(bytes)
        }
    }

    #[cold]
    #[inline(never)]
    fn allocate_slow(&mut self, bytes: usize) -> *mut u64 {
        if bytes <= SMALL {
            let run = self.next_run();
            self.bump = run.start.wrapping_byte_add(bytes);
            self.bump_end = run.end;
            run.start
        } else if bytes <= MEDIUM {
            self.allocate_medium(bytes)
        } else {
            self.allocate_large(bytes)
        }
    }

    fn next_run(&mut self) -> Run {
        let run = self.obtain(SMALL, |heap, _| heap.blocks.next_run(&mut heap.streams.runs));
        self.account_small(run.bytes());
        run
    }

    fn allocate_medium(&mut self, bytes: usize) -> *mut u64 {
        loop {
            if let Some(p) = self.streams.medium.take(bytes) {
                return p;
            }
            self.streams.medium = self.obtain(BLOCK_ROOM, |heap, _| heap.blocks.whole_block());
            self.account_small(BLOCK_ROOM);
        }
    }

    pub(super) fn allocate_weak_pair(&mut self) -> *mut u64 {
        loop {
            if let Some(p) = self.streams.weak.take(GRANULE) {
                return p;
            }
            self.streams.weak = self.obtain(SMALL, |heap, _| heap.blocks.next_run(&mut heap.streams.weak_runs));
            self.account_small(self.streams.weak.bytes());
        }
    }

    fn allocate_large(&mut self, bytes: usize) -> *mut u64 {
        let memory = match self.account.take_provision(bytes) {
            Some(memory) => memory,
            None => {
                self.obtain(bytes, |_, last| if last.0 { LargeMemory::insist(bytes) } else { LargeMemory::new(bytes) })
            }
        };
        self.account(memory.bytes());
        self.large.adopt(memory)
    }

    /// Leaves the runs that are being filled: before a collection, which finds free memory anew.
    pub(super) fn retire_runs(&mut self) {
        self.bump = Run::NONE.start;
        self.bump_end = Run::NONE.end;
        self.streams = Streams::new();
    }
}
