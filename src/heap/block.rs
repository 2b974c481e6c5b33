//! A block: the memory of small objects. Depends on nothing.
//!
//! It is 4 KiB, aligned to its size, so that masking an object's address finds the header. The header holds one mark
//! bit for each granule of 16 bytes. After a collection every granule that a live object *covers* is marked, not only
//! its first, so the zero bits are exactly the free memory: allocation bumps through runs of at least [`MIN_RUN`] of
//! them (a line of 128 bytes), and nothing has to be swept into lists.

use std::ptr::null_mut;

/// Bytes of a block.
pub(super) const BLOCK: usize = 4096;
/// Bytes that one mark bit stands for; every object in a block begins at a multiple of it.
pub(super) const GRANULE: usize = 16;
/// Granules of the shortest run that is worth allocating from: 128 bytes.
pub(super) const MIN_RUN: usize = 8;
/// Bytes that objects may fill in an empty block.
pub(super) const BLOCK_ROOM: usize = ROOM * GRANULE;

const FIRST: usize = size_of::<Block>() / GRANULE;
/// Never used: it belongs to the system allocator in the last block of a chunk, and blocks are alike.
const LAST: usize = BLOCK / GRANULE - 1;
const ROOM: usize = LAST - FIRST;
/// The marks of a block without objects: what is never free counts as marked.
const EMPTY: [u64; 4] = [(1 << FIRST) - 1, 0, 0, 1 << 63];

/// The header at the start of a block. All pointers to one are to *started* blocks: with a header, in a chunk of a
/// heap.
#[repr(C)]
pub(super) struct Block {
    marks: [u64; 4],
    /// The next block of the list this one is on, if any.
    pub(super) next: *mut Block,
    /// Whether it holds weak pairs and nothing else.
    pub(super) weak: bool,
    /// The number of the block's table of postponed objects, while marking.
    pub(super) table: u32,
    unused: [u8; 16],
}

const _: () = assert!(size_of::<Block>() == 64 && BLOCK_ROOM == 4016);

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

/// What a sweep found, in granules.
#[derive(Copy, Clone, Default, Debug, PartialEq, Eq)]
pub(super) struct Occupancy {
    /// Covered by live objects.
    pub(super) live: usize,
    /// Free, but in runs too short to allocate from.
    pub(super) lost: usize,
}

impl Occupancy {
    pub(super) fn is_empty(self) -> bool {
        self.live == 0
    }

    /// Whether there is nothing to allocate from.
    pub(super) fn is_full(self) -> bool {
        self.live + self.lost == ROOM
    }
}

impl std::ops::AddAssign for Occupancy {
    fn add_assign(&mut self, other: Occupancy) {
        self.live += other.live;
        self.lost += other.lost;
    }
}

impl Block {
    pub(super) const NO_TABLE: u32 = u32::MAX;

    /// A header for a block without objects.
    pub(super) const fn empty(weak: bool) -> Block {
        Block { marks: EMPTY, next: null_mut(), weak, table: Block::NO_TABLE, unused: [0; 16] }
    }

    /// The block that holds `address`, which must lie in one.
    #[inline(always)]
    pub(super) fn of(address: *mut u64) -> *mut Block {
        address.map_addr(|a| a & !(BLOCK - 1)).cast()
    }

    /// The number of the granule at `address`.
    #[inline(always)]
    pub(super) fn granule(address: *mut u64) -> usize {
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

    /// Before marking.
    pub(super) fn clear_marks(&mut self) {
        self.marks = EMPTY;
        self.table = Block::NO_TABLE
    }

    /// When nobody knows what is alive.
    pub(super) fn mark_all(&mut self) {
        self.marks = [u64::MAX; 4]
    }

    /// The first run of at least `shortest` free granules at or after granule `from`, with its end.
    fn free(&self, from: usize, shortest: usize) -> Option<(usize, usize)> {
        let mut at = from;
        loop {
            let start = self.next_one(at, u64::MAX)?;
            // There is one: the last granule always counts as marked.
            let end = self.next_one(start, 0)?;
            if end - start >= shortest {
                return Some((start, end));
            }
            at = end;
        }
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

    pub(super) fn occupancy(&self) -> Occupancy {
        let marked: usize = self.marks.iter().map(|w| w.count_ones() as usize).sum();
        let live = marked - (BLOCK / GRANULE - ROOM);
        let (mut usable, mut at) = (0, 0);
        while let Some((start, end)) = self.free(at, MIN_RUN) {
            usable += end - start;
            at = end;
        }
        Occupancy { live, lost: ROOM - live - usable }
    }

    /// The address of a granule.
    pub(super) fn address(block: *mut Block, granule: usize) -> *mut u64 {
        block.wrapping_byte_add(granule * GRANULE).cast()
    }

    /// The first usable run behind `*at`, a granule, which moves to its end.
    ///
    /// # Safety
    /// The block is started.
    pub(super) unsafe fn next_run(block: *mut Block, at: &mut usize) -> Option<Run> {
        // SAFETY: by contract; nobody else holds a reference to the header.
        let (start, end) = unsafe { (*block).free(*at, MIN_RUN)? };
        *at = end;
        Some(Run { start: Block::address(block, start), end: Block::address(block, end) })
    }

    /// All of the room of a block that is empty.
    pub(super) fn whole(block: *mut Block) -> Run {
        Run { start: Block::address(block, FIRST), end: Block::address(block, LAST) }
    }

    /// Calls `f` with the address of every marked granule.
    ///
    /// # Safety
    /// The block is started.
    pub(super) unsafe fn each_marked(block: *mut Block, mut f: impl FnMut(*mut u64)) {
        for address in (FIRST..LAST).map(|g| Block::address(block, g)) {
            // SAFETY: by contract.
            if unsafe { (*block).is_marked(address) } {
                f(address)
            }
        }
    }

    /// Writes `word` into every free word.
    ///
    /// # Safety
    /// The block is started, and its marks cover everything that is alive.
    pub(super) unsafe fn poison(block: *mut Block, word: u64) {
        let mut at = 0;
        // SAFETY: free granules lie inside the block, behind the header, and belong to nobody.
        unsafe {
            while let Some((start, end)) = (*block).free(at, 1) {
                let words = (end - start) * (GRANULE / 8);
                (0..words).for_each(|i| Block::address(block, start).add(i).write(word));
                at = end;
            }
        }
    }
}
