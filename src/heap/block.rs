//! Blocks: the memory of small objects. Depends on nothing.
//!
//! A block is 4 KiB, aligned to its size, so that masking an object's address finds the header. The header holds one
//! mark bit for each granule of 16 bytes. After a collection every granule that a live object *covers* is marked, not
//! only its first, so the zero bits are exactly the free memory: allocation bumps through runs of at least
//! [`MIN_RUN`] of them (a line of 128 bytes), and nothing has to be swept into lists.
//!
//! Blocks come from the system in chunks that grow with the heap, from one block on. A chunk leaves its last granule to
//! the system allocator's own bookkeeping, so that chunks pack tightly; to keep blocks alike, none uses its last one.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::null_mut;

/// Bytes of a block.
pub(super) const BLOCK: usize = 4096;
/// Bytes that one mark bit stands for; every object in a block begins at a multiple of it.
pub(super) const GRANULE: usize = 16;
/// Granules of the shortest run that is worth allocating from: 128 bytes.
pub(super) const MIN_RUN: usize = 8;
/// Bytes that objects may fill in an empty block.
pub(super) const BLOCK_ROOM: usize = (LAST - FIRST) * GRANULE;

const FIRST: usize = size_of::<Block>() / GRANULE;
const LAST: usize = BLOCK / GRANULE - 1;
/// The marks of a block without objects: what is never free counts as marked.
const EMPTY: [u64; 4] = [(1 << FIRST) - 1, 0, 0, 1 << 63];
/// Blocks of the largest chunk: 1 MiB.
const MAX_CHUNK: usize = 256;

/// The header at the start of a block.
#[repr(C)]
pub(super) struct Block {
    marks: [u64; 4],
    /// The next block of the list this one is on, if any.
    next: *mut Block,
    /// Whether it holds weak pairs and nothing else.
    pub(super) weak: bool,
    unused: [u8; 23],
}

const _: () = assert!(size_of::<Block>() == 64 && BLOCK_ROOM == 4016);

/// What a sweep found, in granules.
#[derive(Copy, Clone, Default, Debug, PartialEq, Eq)]
pub(super) struct Occupancy {
    /// Covered by live objects.
    pub(super) live: usize,
    /// Free, but in runs too short to allocate from.
    pub(super) lost: usize,
}

impl Block {
    /// The block that holds `address`, which must lie in one.
    #[inline(always)]
    pub(super) fn of(address: *mut u64) -> *mut Block {
        address.map_addr(|a| a & !(BLOCK - 1)).cast()
    }

    #[inline(always)]
    fn granule(address: *mut u64) -> usize {
        (address.addr() & (BLOCK - 1)) / GRANULE
    }

    /// Marks the granule at `address`; answers whether it was unmarked.
    #[inline(always)]
    pub(super) fn mark(&mut self, address: *mut u64) -> bool {
        let g = Block::granule(address);
        let (word, bit) = (&mut self.marks[g / 64], 1u64 << (g % 64));
        let fresh = *word & bit == 0;
        *word |= bit;
        fresh
    }

    #[inline(always)]
    pub(super) fn is_marked(&self, address: *mut u64) -> bool {
        let g = Block::granule(address);
        self.marks[g / 64] >> (g % 64) & 1 == 1
    }

    /// Marks the other granules of the object of `words` words at `address`, whose first is marked.
    #[inline(always)]
    pub(super) fn cover(&mut self, address: *mut u64, words: usize) {
        let more = words.div_ceil(2) - 1;
        if more > 0 {
            self.set(Block::granule(address) + 1, more)
        }
    }

    #[inline]
    fn set(&mut self, mut from: usize, mut count: usize) {
        debug_assert!(from + count <= LAST, "an object crosses the end of its block");
        while count > 0 {
            let bit = from % 64;
            let here = count.min(64 - bit);
            let mask = (u64::MAX >> (64 - here)) << bit;
            debug_assert!(self.marks[from / 64] & mask == 0, "two objects overlap");
            self.marks[from / 64] |= mask;
            from += here;
            count -= here;
        }
    }

    /// The first run of at least `shortest` free granules at or after `from`, with its end.
    fn next_run(&self, from: usize, shortest: usize) -> Option<(usize, usize)> {
        let mut at = from;
        loop {
            let start = self.next_free(at)?;
            // There is one: the last granule always counts as marked.
            let end = self.next_marked(start)?;
            if end - start >= shortest {
                return Some((start, end));
            }
            at = end;
        }
    }

    fn next_free(&self, from: usize) -> Option<usize> {
        self.next_one(from, u64::MAX)
    }

    fn next_marked(&self, from: usize) -> Option<usize> {
        self.next_one(from, 0)
    }

    /// The first one at or after `from` among the marks, of which `flip` is taken first.
    #[inline(always)]
    fn next_one(&self, from: usize, flip: u64) -> Option<usize> {
        let mut i = from / 64;
        let mut word = (self.marks.get(i)? ^ flip) & (u64::MAX << (from % 64));
        while word == 0 {
            i += 1;
            word = self.marks.get(i)? ^ flip;
        }
        Some(i * 64 + word.trailing_zeros() as usize)
    }

    fn occupancy(&self) -> Occupancy {
        let marked: usize = self.marks.iter().map(|w| w.count_ones() as usize).sum();
        let live = marked - (FIRST + 1);
        let (mut usable, mut at) = (0, 0);
        while let Some((start, end)) = self.next_run(at, MIN_RUN) {
            usable += end - start;
            at = end;
        }
        Occupancy { live, lost: LAST - FIRST - live - usable }
    }
}

/// Free memory to bump through.
#[derive(Copy, Clone)]
pub(super) struct Run {
    pub(super) start: *mut u64,
    pub(super) end: *mut u64,
}

impl Run {
    pub(super) const NONE: Run = Run { start: null_mut(), end: null_mut() };

    #[inline]
    pub(super) fn bytes(&self) -> usize {
        self.end.addr() - self.start.addr()
    }

    /// Takes `bytes` from the front if they fit.
    #[inline]
    pub(super) fn take(&mut self, bytes: usize) -> Option<*mut u64> {
        if bytes > self.bytes() {
            return None;
        }
        let p = self.start;
        self.start = p.wrapping_byte_add(bytes);
        Some(p)
    }
}

/// A list of blocks through their headers.
struct List(*mut Block);

impl List {
    fn pop(&mut self) -> Option<*mut Block> {
        let block = self.0;
        if block.is_null() {
            return None;
        }
        // SAFETY: lists hold started blocks of this heap's chunks.
        self.0 = unsafe { (*block).next };
        Some(block)
    }

    fn push(&mut self, block: *mut Block) {
        // SAFETY: as for `pop`.
        unsafe { (*block).next = self.0 }
        self.0 = block;
    }
}

struct Chunk {
    base: *mut Block,
    blocks: usize,
}

impl Chunk {
    fn layout(blocks: usize) -> Layout {
        Layout::from_size_align(blocks * BLOCK - GRANULE, BLOCK).expect("a chunk is small")
    }

    fn block(&self, i: usize) -> *mut Block {
        self.base.wrapping_byte_add(i * BLOCK)
    }
}

/// All blocks of a heap.
pub(super) struct Blocks {
    chunks: Vec<Chunk>,
    /// How many blocks of the last chunk have been used: the others are untouched memory, without a header.
    started: usize,
    total: usize,
    /// Blocks with a usable run, from the last sweep: ordinary ones, those of weak pairs, and without any object.
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
            partial: List(null_mut()),
            partial_weak: List(null_mut()),
            empty: List(null_mut()),
        }
    }

    /// Bytes held from the system.
    pub(super) fn capacity(&self) -> usize {
        self.total * BLOCK
    }

    /// The next run of the stream `cursor`. `None`: the system has no more memory.
    pub(super) fn next_run(&mut self, cursor: &mut Cursor) -> Option<Run> {
        loop {
            if !cursor.block.is_null() {
                // SAFETY: cursors point at started blocks.
                if let Some((start, end)) = unsafe { (*cursor.block).next_run(cursor.at, MIN_RUN) } {
                    cursor.at = end;
                    let granule = |i: usize| cursor.block.wrapping_byte_add(i * GRANULE).cast();
                    return Some(Run { start: granule(start), end: granule(end) });
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

    /// The whole of an empty block.
    pub(super) fn whole_block(&mut self) -> Option<Run> {
        let block = self.empty_block(false)?;
        let granule = |i: usize| block.wrapping_byte_add(i * GRANULE).cast();
        Some(Run { start: granule(FIRST), end: granule(LAST) })
    }

    fn empty_block(&mut self, weak: bool) -> Option<*mut Block> {
        let block = match self.empty.pop() {
            Some(block) => block,
            None => {
                if self.chunks.last().is_none_or(|c| c.blocks == self.started) {
                    self.grow()?;
                }
                self.started += 1;
                self.chunks.last()?.block(self.started - 1)
            }
        };
        // SAFETY: the block lies in a chunk, is aligned, and has no object in it.
        unsafe { block.write(Block { marks: EMPTY, next: null_mut(), weak, unused: [0; 23] }) }
        Some(block)
    }

    /// A new chunk; a small one if the system refuses the one that the heap's size suggests.
    fn grow(&mut self) -> Option<()> {
        self.chunks.try_reserve(1).ok()?;
        let suggested = (self.total / 2).clamp(1, MAX_CHUNK);
        [suggested, 1].into_iter().find_map(|blocks| {
            // SAFETY: the layout is not empty.
            let base: *mut Block = unsafe { alloc(Chunk::layout(blocks)) }.cast();
            (!base.is_null()).then(|| {
                self.chunks.push(Chunk { base, blocks });
                self.total += blocks;
                self.started = 0;
            })
        })
    }

    /// Every block that has a header.
    fn each(&self) -> impl Iterator<Item = *mut Block> + '_ {
        let last = self.chunks.len().wrapping_sub(1);
        self.chunks.iter().enumerate().flat_map(move |(i, chunk)| {
            let n = if i == last { self.started } else { chunk.blocks };
            (0..n).map(move |b| chunk.block(b))
        })
    }

    /// Before marking.
    pub(super) fn clear_marks(&mut self) {
        // SAFETY: `each` yields started blocks, here and below; nobody else holds a reference to a header.
        self.each().for_each(|b| unsafe { (*b).marks = EMPTY })
    }

    /// When marking could not be finished: everything counts as alive.
    pub(super) fn mark_all(&mut self) {
        // SAFETY: as for `clear_marks`.
        self.each().for_each(|b| unsafe { (*b).marks = [u64::MAX; 4] })
    }

    /// Calls `f` with the address of every marked weak pair.
    pub(super) fn each_weak_pair(&self, mut f: impl FnMut(*mut u64)) {
        // SAFETY: as for `clear_marks`.
        for b in self.each().filter(|&b| unsafe { (*b).weak }) {
            for g in FIRST..LAST {
                let pair = b.wrapping_byte_add(g * GRANULE).cast();
                // SAFETY: as for `clear_marks`.
                if unsafe { (*b).is_marked(pair) } {
                    f(pair)
                }
            }
        }
    }

    /// After marking: finds the free memory. With a `poison`, writes it into every free word.
    pub(super) fn sweep(&mut self, poison: Option<u64>) -> Occupancy {
        let mut sum = Occupancy::default();
        let (mut partial, mut partial_weak, mut empty) = (List(null_mut()), List(null_mut()), List(null_mut()));
        for i in (0..self.chunks.len()).rev() {
            let n = if i + 1 == self.chunks.len() { self.started } else { self.chunks[i].blocks };
            // Backwards, so that the lists lead through memory forwards.
            for b in (0..n).rev() {
                let block = self.chunks[i].block(b);
                // SAFETY: as for `clear_marks`; free granules hold no live object.
                let (found, is_empty, weak) = unsafe {
                    if let Some(word) = poison {
                        fill_free(block, word)
                    }
                    ((*block).occupancy(), (*block).marks == EMPTY, (*block).weak)
                };
                sum.live += found.live;
                sum.lost += found.lost;
                if is_empty {
                    empty.push(block)
                } else if found.live + found.lost < LAST - FIRST {
                    if weak { partial_weak.push(block) } else { partial.push(block) }
                }
            }
        }
        (self.partial, self.partial_weak, self.empty) = (partial, partial_weak, empty);
        sum
    }

    /// After a sweep: gives empty chunks back to the system while more than `wanted` bytes are held.
    pub(super) fn trim(&mut self, wanted: usize) {
        if self.capacity() <= wanted {
            return;
        }
        let mut freed = false;
        for i in (0..self.chunks.len()).rev() {
            let chunk = &self.chunks[i];
            let is_last = i + 1 == self.chunks.len();
            let n = if is_last { self.started } else { chunk.blocks };
            // SAFETY: as for `clear_marks`.
            let is_empty = (0..n).all(|b| unsafe { (*chunk.block(b)).marks == EMPTY });
            if is_empty && self.capacity() - chunk.blocks * BLOCK >= wanted {
                // SAFETY: `grow` allocated it with this layout, and no object is left in it.
                unsafe { dealloc(chunk.base.cast(), Chunk::layout(chunk.blocks)) }
                self.total -= chunk.blocks;
                self.chunks.remove(i);
                if is_last {
                    self.started = self.chunks.last().map_or(0, |c| c.blocks);
                }
                freed = true;
            }
        }
        if freed {
            self.sweep(None);
        }
    }
}

/// Writes `word` into every free word.
///
/// # Safety
/// The block is started, and its marks cover everything that is alive.
unsafe fn fill_free(block: *mut Block, word: u64) {
    const WORDS: usize = GRANULE / 8;
    let mut at = 0;
    // SAFETY: free granules lie inside the block, behind the header.
    unsafe {
        while let Some((start, end)) = (*block).next_run(at, 1) {
            let words = block.cast::<u64>();
            (start * WORDS..end * WORDS).for_each(|i| words.add(i).write(word));
            at = end;
        }
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for chunk in &self.chunks {
            // SAFETY: `grow` allocated it with this layout; the heap is going, so no value is used any more.
            unsafe { dealloc(chunk.base.cast(), Chunk::layout(chunk.blocks)) }
        }
    }
}
