//! A region: a run of live bytes with one protection, and who it came from.
//!
//! Pointer objects keep the address of a region with the origin they were made with, so an access that lies inside is
//! one comparison of origins and one of bounds ([`Region::reach`]). Region objects stay where they are as long as their
//! registry lives and are used again for other memory: a dead one has the origin 0, which no pointer has.

use super::fault::{self, Watch};
use crate::heap::Pointer;
use std::cell::Cell;

/// What a region is made of.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// Pages from `mmap`.
    Mapping,
    /// Pages from `mmap` whose object does not reach so far, and which the system could not put back after an access
    /// faulted (`fault`).
    Lost,
    /// A block from `malloc`.
    Block,
    /// A named semaphore, open as many times as [`Region::users`] says.
    Semaphore,
    /// What the dynamic linker knows a shared object by: its own memory, which no program reads or writes.
    Handle,
}

impl Source {
    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            Source::Mapping | Source::Lost => "mapping",
            Source::Block => "allocated block",
            Source::Semaphore => "named semaphore",
            Source::Handle => "handle of a shared object",
        }
    }
}

/// Whether an access reads or writes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Intent {
    Read,
    Write,
}

/// Whether a region's memory is its machine's, which the limit counts. Shared memory and files are not: they are the system's.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Counted {
    No,
    /// Once it may be written: a private mapping of a file has the file's pages until then.
    WhenWritable,
    Yes,
}

/// See the module's header. Invariant of a live region: `base..base + size` is mapped in this process, is owned by this
/// machine, and no Rust reference points into it; its first `readable` bytes can be loaded and its first `writable`
/// bytes stored (each is 0 or `size`).
pub struct Region {
    base: Cell<usize>,
    size: Cell<usize>,
    readable: Cell<usize>,
    writable: Cell<usize>,
    origin: Cell<u64>,
    watch: Cell<&'static Watch>,
    source: Cell<Source>,
    /// Where it really ends: `base + size` rounded up to a page for a mapping.
    end: Cell<usize>,
    users: Cell<usize>,
    /// Whether it may be read, whether it may be written.
    rights: Cell<(bool, bool)>,
    counted: Cell<Counted>,
    forkable: Cell<bool>,
}

/// What a new region is made of.
#[derive(Copy, Clone)]
pub struct Extent {
    pub base: usize,
    /// Bytes that pointers may reach.
    pub size: usize,
    /// Where the memory really ends.
    pub end: usize,
    pub source: Source,
    pub readable: bool,
    pub writable: bool,
    /// Whether the bytes count as memory of the machine.
    pub counted: Counted,
}

impl Extent {
    /// What it takes of the machine's memory.
    pub fn cost(&self) -> usize {
        match self.source {
            Source::Block => block_cost(self.size),
            // In a page of shared memory of its own.
            Source::Semaphore => fault::page_size(),
            Source::Handle => 0,
            Source::Mapping | Source::Lost => match self.counted {
                Counted::Yes => self.end - self.base,
                Counted::WhenWritable if self.writable => self.end - self.base,
                Counted::WhenWritable | Counted::No => 0,
            },
        }
    }
}

/// What a block of the C allocator takes: a header, multiples of sixteen bytes; from 128 KiB on it may be whole pages.
pub fn block_cost(size: usize) -> usize {
    const HEADER: usize = 16;
    const UNIT: usize = 16;
    const LARGE: usize = 128 << 10;
    let whole = size.saturating_add(HEADER);
    let unit = if size < LARGE { UNIT } else { fault::page_size() };
    whole.checked_next_multiple_of(unit).unwrap_or(usize::MAX)
}

impl Region {
    /// A dead region.
    pub(super) fn dead() -> Region {
        Region {
            base: Cell::new(0),
            size: Cell::new(0),
            readable: Cell::new(0),
            writable: Cell::new(0),
            origin: Cell::new(0),
            watch: Cell::new(&fault::NEVER),
            source: Cell::new(Source::Block),
            end: Cell::new(0),
            users: Cell::new(0),
            rights: Cell::new((false, false)),
            counted: Cell::new(Counted::No),
            forkable: Cell::new(true),
        }
    }

    /// Brings it to life.
    pub(super) fn set(&self, origin: u64, x: Extent) {
        self.base.set(x.base);
        self.size.set(x.size);
        self.end.set(x.end);
        self.source.set(x.source);
        self.counted.set(x.counted);
        self.origin.set(origin);
        self.users.set(1);
        self.forkable.set(true);
        self.protect(x.readable, x.writable);
        // What is shared may be truncated. A named semaphore has a page of its own.
        match x.source {
            Source::Mapping => self.watch.set(Watch::claim(x.base, x.end)),
            Source::Semaphore => self.watch.set(Watch::claim(x.base, x.base + fault::page_size())),
            Source::Lost | Source::Block | Source::Handle => {}
        }
    }

    /// Ends it; its memory is the caller's to release.
    pub(super) fn kill(&self) {
        self.origin.set(0);
        self.protect(false, false);
        self.size.set(0);
        self.watch.replace(&fault::NEVER).release();
    }

    /// New bounds with the same protection.
    pub(super) fn resize(&self, size: usize, end: usize) {
        let (readable, writable) = self.rights.get();
        self.size.set(size);
        self.end.set(end);
        self.protect(readable, writable);
        self.watch.get().set_range(self.base.get(), end);
    }

    /// New bounds elsewhere.
    pub(super) fn relocate(&self, base: usize, size: usize, end: usize) {
        self.base.set(base);
        self.resize(size, end);
    }

    pub(super) fn protect(&self, readable: bool, writable: bool) {
        self.rights.set((readable, writable));
        self.readable.set(if readable { self.size.get() } else { 0 });
        self.writable.set(if writable { self.size.get() } else { 0 });
    }

    /// From now on its bytes count, whatever its protection.
    pub(super) fn count(&self) {
        self.counted.set(Counted::Yes)
    }

    /// The pages stopped being the object's.
    pub(super) fn lose(&self) {
        self.source.set(Source::Lost);
        self.protect(false, false);
        self.watch.replace(&fault::NEVER).release();
    }

    pub(super) fn extent(&self) -> Extent {
        Extent {
            base: self.base.get(),
            size: self.size.get(),
            end: self.end.get(),
            source: self.source.get(),
            readable: self.rights.get().0,
            writable: self.rights.get().1,
            counted: self.counted.get(),
        }
    }

    pub fn base(&self) -> usize {
        self.base.get()
    }
    pub fn size(&self) -> usize {
        self.size.get()
    }
    pub fn end(&self) -> usize {
        self.end.get()
    }
    pub fn origin(&self) -> u64 {
        self.origin.get()
    }
    pub fn source(&self) -> Source {
        self.source.get()
    }
    pub fn watch(&self) -> &'static Watch {
        self.watch.get()
    }
    pub fn counted(&self) -> Counted {
        self.counted.get()
    }
    /// What it takes of the machine's memory.
    pub fn cost(&self) -> usize {
        self.extent().cost()
    }
    /// Whether a child process has it too.
    pub fn is_forkable(&self) -> bool {
        self.forkable.get()
    }
    pub fn set_forkable(&self, yes: bool) {
        self.forkable.set(yes)
    }
    /// How many times a named semaphore was opened.
    pub fn users(&self) -> usize {
        self.users.get()
    }
    pub fn set_users(&self, n: usize) {
        self.users.set(n)
    }

    /// Whether the protection lets bytes be read or written.
    pub fn permits(&self, intent: Intent) -> bool {
        match intent {
            Intent::Read => self.rights.get().0,
            Intent::Write => self.rights.get().1,
        }
    }

    /// Whether `address` is one of its bytes.
    pub fn holds(&self, address: usize) -> bool {
        address.wrapping_sub(self.base.get()) < self.size.get()
    }

    /// The bytes of `address..` that are its own.
    pub fn left(&self, address: usize) -> usize {
        self.size.get().saturating_sub(address.wrapping_sub(self.base.get()))
    }

    /// The region that `pointer` was made for, when it is still alive.
    pub fn of<'a>(pointer: Pointer) -> Option<&'a Region> {
        // SAFETY: as in `reach`.
        let region = unsafe { (pointer.word::<1>() as *const Region).as_ref()? };
        (region.origin.get() == pointer.word::<2>()).then_some(region)
    }

    /// The region behind `pointer` with the address at `offset` from it, when `size` bytes there lie inside and the
    /// protection allows the access: the fast path of every access.
    #[inline(always)]
    pub fn reach<'a>(pointer: Pointer, offset: i64, size: usize, intent: Intent) -> Option<(&'a Region, usize)> {
        // SAFETY: word 1 is null or the address of a region of this machine's registry, which lives as long as the heap
        // that holds the pointer. Regions are only changed through `Cell`, by the thread that runs the machine.
        let region = unsafe { (pointer.word::<1>() as *const Region).as_ref()? };
        if region.origin.get() != pointer.word::<2>() {
            return None;
        }
        let address = (pointer.word::<0>() as usize).wrapping_add(offset as usize);
        let start = address.wrapping_sub(region.base.get());
        let limit = match intent {
            Intent::Read => region.readable.get(),
            Intent::Write => region.writable.get(),
        };
        (start < limit && limit - start >= size).then_some((region, address))
    }
}
