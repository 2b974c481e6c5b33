//! All blocks of a heap, and the free memory in them. Depends on blocks and chunks.
//!
//! After a sweep the blocks with usable runs are on lists, in the order of their addresses: *partial* ones, which are
//! filled first, and *empty* ones. New chunks come when both are used up.

use super::block::{BLOCK, Block, Occupancy, Run};
use super::chunk::Chunk;
use std::ptr::null_mut;

/// A list of started blocks, linked through their headers.
struct List(*mut Block);

impl List {
    const EMPTY: List = List(null_mut());

    fn pop(&mut self) -> Option<*mut Block> {
        let block = self.0;
        if block.is_null() {
            return None;
        }
        // SAFETY: it is started.
        self.0 = unsafe { (*block).next };
        Some(block)
    }

    fn push(&mut self, block: *mut Block) {
        // SAFETY: as for `pop`.
        unsafe { (*block).next = self.0 }
        self.0 = block;
    }
}

/// See the head of this file.
pub(super) struct Blocks {
    chunks: Vec<Chunk>,
    /// How many blocks of the last chunk are started: the others are untouched memory.
    started: usize,
    total: usize,
    /// How many of the blocks hold nothing, by the last sweep, those that are not started left out.
    idle: usize,
    /// Bytes of new chunks, until somebody takes note of them.
    grown: usize,
    /// Under a small limit a huge chunk would be too much at once.
    pub(super) huge_chunks: bool,
    /// Beyond the limit every chunk is one too many.
    pub(super) little_chunks: bool,
    partial: List,
    partial_weak: List,
    empty: List,
}

/// Where one stream of allocation stands: in a block, behind its latest run.
pub(super) struct Cursor {
    block: *mut Block,
    at: usize,
    weak: bool,
}

impl Cursor {
    /// For weak pairs or for all else.
    pub(super) const fn new(weak: bool) -> Cursor {
        Cursor { block: null_mut(), at: 0, weak }
    }
}

impl Blocks {
    pub(super) const fn new() -> Blocks {
        Blocks {
            chunks: Vec::new(),
            started: 0,
            total: 0,
            idle: 0,
            grown: 0,
            huge_chunks: true,
            little_chunks: false,
            partial: List::EMPTY,
            partial_weak: List::EMPTY,
            empty: List::EMPTY,
        }
    }

    /// Bytes held from the system.
    pub(super) fn capacity(&self) -> usize {
        self.total * BLOCK
    }

    /// Bytes of the blocks without objects, by the last sweep.
    pub(super) fn free(&self) -> usize {
        let last = self.chunks.last().map_or(0, |c| c.blocks);
        (self.idle + (last - self.started)) * BLOCK
    }

    /// Bytes by which the blocks have grown since this was asked last.
    #[inline]
    pub(super) fn take_growth(&mut self) -> usize {
        std::mem::take(&mut self.grown)
    }

    /// The next run of the stream `cursor`. `None`: the system has no more memory.
    pub(super) fn next_run(&mut self, cursor: &mut Cursor) -> Option<Run> {
        loop {
            if !cursor.block.is_null() {
                // SAFETY: cursors point at started blocks.
                if let Some(run) = unsafe { Block::next_run(cursor.block, &mut cursor.at) } {
                    return Some(run);
                }
            }
            let partial = if cursor.weak { &mut self.partial_weak } else { &mut self.partial };
            cursor.block = match partial.pop() {
                Some(block) => block,
                None => self.empty_block(cursor.weak)?,
            };
            cursor.at = 0;
        }
    }

    /// The whole of an empty block. `None` as for `next_run`.
    pub(super) fn whole_block(&mut self) -> Option<Run> {
        self.empty_block(false).map(Block::whole)
    }

    fn empty_block(&mut self, weak: bool) -> Option<*mut Block> {
        let block = match self.empty.pop() {
            Some(block) => block,
            None => self.untouched_block()?,
        };
        // SAFETY: the block lies in a chunk, is aligned, and has no object in it.
        unsafe { block.write(Block::empty(weak)) }
        Some(block)
    }

    fn untouched_block(&mut self) -> Option<*mut Block> {
        if self.chunks.last().is_none_or(|c| c.blocks == self.started) {
            self.chunks.try_reserve(1).ok()?;
            let chunk = match self.little_chunks {
                true => Chunk::little()?,
                false => Chunk::new(self.total, self.huge_chunks)?,
            };
            self.total += chunk.blocks;
            self.grown += chunk.blocks * BLOCK;
            self.started = 0;
            self.chunks.push(chunk);
        }
        self.started += 1;
        Some(self.chunks.last()?.block(self.started - 1))
    }

    /// How many blocks of chunk `i` are started.
    fn started_in(&self, i: usize) -> usize {
        if i + 1 == self.chunks.len() { self.started } else { self.chunks[i].blocks }
    }

    /// Every started block.
    fn each(&self) -> impl DoubleEndedIterator<Item = *mut Block> {
        let in_chunk = move |i: usize| (0..self.started_in(i)).map(move |b| self.chunks[i].block(b));
        (0..self.chunks.len()).flat_map(in_chunk)
    }

    /// Before marking.
    pub(super) fn clear_marks(&mut self) {
        // SAFETY: started, here and below; nobody else holds a reference to a header.
        self.each().for_each(|b| unsafe { (*b).clear_marks() })
    }

    /// When marking could not be finished: everything counts as alive.
    pub(super) fn mark_all(&mut self) {
        // SAFETY: as for `clear_marks`.
        self.each().for_each(|b| unsafe { (*b).mark_all() })
    }

    /// Calls `f` with the address of every marked weak pair.
    pub(super) fn each_weak_pair(&self, mut f: impl FnMut(*mut u64)) {
        // SAFETY: as for `clear_marks`; a weak pair covers one granule.
        self.each().for_each(|b| unsafe {
            if (*b).weak {
                Block::each_marked(b, &mut f)
            }
        })
    }

    /// After marking: finds the free memory. With a `poison`, writes it into every free word.
    pub(super) fn sweep(&mut self, poison: Option<u64>) -> Occupancy {
        let (mut sum, mut idle) = (Occupancy::default(), 0);
        let (mut partial, mut partial_weak, mut empty) = (List::EMPTY, List::EMPTY, List::EMPTY);
        // Backwards, so that the lists lead through memory forwards.
        for block in self.each().rev() {
            // SAFETY: as for `clear_marks`; marks cover all that is alive.
            let (found, weak) = unsafe {
                if let Some(word) = poison {
                    Block::poison(block, word)
                }
                ((*block).occupancy(), (*block).weak)
            };
            sum += found;
            if found.is_empty() {
                idle += 1;
                empty.push(block)
            } else if !found.is_full() {
                if weak { partial_weak.push(block) } else { partial.push(block) }
            }
        }
        (self.partial, self.partial_weak, self.empty) = (partial, partial_weak, empty);
        self.idle = idle;
        sum
    }

    /// After a sweep: gives empty chunks back to the system, as long as more than `wanted` bytes are left. What is
    /// kept above that is for what lies scattered: a chunk given back now and asked for again before the next collection
    /// costs more, in page faults, than all else.
    pub(super) fn trim(&mut self, wanted: usize) {
        let wanted = wanted + wanted / 4;
        let before = self.total;
        for i in (0..self.chunks.len()).rev() {
            let (blocks, chunk) = (self.chunks[i].blocks, &self.chunks[i]);
            let fits = (self.total - blocks) * BLOCK >= wanted;
            // SAFETY: as for `clear_marks`.
            if fits && (0..self.started_in(i)).all(|b| unsafe { (*chunk.block(b)).occupancy().is_empty() }) {
                let is_last = i + 1 == self.chunks.len();
                self.chunks.remove(i);
                self.total -= blocks;
                if is_last {
                    self.started = self.chunks.last().map_or(0, |c| c.blocks);
                }
            }
        }
        if self.total < before {
            // The lists lead through chunks that are gone.
            self.sweep(None);
        }
    }
}
