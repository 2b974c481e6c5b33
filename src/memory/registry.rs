//! The registry of a machine's live regions. Regions do not overlap and are found by address; those that were cut from
//! one mapping share its origin, so a pointer reaches all parts of the memory it was made for and nothing beside it.
//!
//! The registry is an extension of the machine and lives in its heap. When the machine is dropped, mappings are
//! unmapped, blocks freed and named semaphores closed; shared memory objects and names stay, as they do when a process
//! ends. Memory whose owner was registered as guarded is freed when the collector finds the owner dead.
//!
//! What the regions take ([`Extent::cost`]), and the registry itself, is taken from the machine's account:
//! [`Registry::make_room`] is asked before one is made, [`Registry::make_room_to_cut`] before one may be cut.

use super::fault::page_size;
use super::region::{Counted, Extent, Region, Source};
use crate::account::{Account, Claim, HeapFull};
use crate::heap::{External, Kind, Pointer, Value, View};
use std::collections::BTreeMap;
use std::ptr::NonNull;

/// A region's place in the map, with what of the map's nodes stands empty.
const PLACE: usize = 40;
/// A region's object, which is never freed, with the allocator's header.
const OBJECT: usize = size_of::<Region>() + 16;

/// See the module's header.
pub struct Registry {
    by_base: BTreeMap<usize, NonNull<Region>>,
    /// Every region object ever made; freed with the registry, so that pointers may keep their addresses.
    all: Vec<NonNull<Region>>,
    /// Those that are dead.
    spare: Vec<NonNull<Region>>,
    last_origin: u64,
    /// Pointers and memory blocks whose memory dies with them.
    guarded: Vec<Value>,
    /// What was taken from the machine's account; there since the first region.
    claim: Option<Claim>,
    page: usize,
    handles: usize,
}

// SAFETY: the region objects are owned by the registry alone and touched by the thread that runs the machine; the
// memory they describe belongs to the process.
unsafe impl Send for Registry {}

impl Default for Registry {
    fn default() -> Registry {
        Registry {
            by_base: BTreeMap::new(),
            all: Vec::new(),
            spare: Vec::new(),
            last_origin: 0,
            guarded: Vec::new(),
            claim: None,
            page: page_size(),
            handles: 0,
        }
    }
}

impl Registry {
    /// Bytes of a page.
    pub fn page(&self) -> usize {
        self.page
    }

    /// A number for a pointer that leads nowhere.
    pub fn next_handle(&mut self) -> usize {
        self.handles += 1;
        self.handles
    }

    /// How many regions are live.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.by_base.len()
    }

    /// `address` rounded up to a page.
    pub fn page_end(&self, address: usize) -> Option<usize> {
        Some(address.checked_add(self.page - 1)? & !(self.page - 1))
    }

    /// Asks whether there may be one more region, of that cost; makes room for what the registry has of it, and of two more:
    /// what it takes the place of may be cut at both ends.
    ///
    /// # Errors
    /// The limit or the system has no room.
    pub fn make_room(&mut self, account: &Account, cost: usize) -> Result<(), HeapFull> {
        const MOST: usize = 3;
        account.admit_object(cost.saturating_add(MOST * (PLACE + OBJECT)))?;
        let claim = self.claim.get_or_insert_with(|| Claim::new(account));
        claim.grow(&mut self.guarded, 1)?;
        claim.grow(&mut self.all, MOST)?;
        // All of them may be dead at once, when nobody can be asked.
        let dead = self.all.len() + MOST - self.spare.len();
        claim.grow(&mut self.spare, dead)
    }

    /// The same before whole pages `start..end` are unmapped or changed: nothing where no mapping has to be cut, so that whole
    /// ones can be unmapped when memory is short.
    ///
    /// # Errors
    /// As for [`Registry::make_room`].
    pub fn make_room_to_cut(&mut self, account: &Account, start: usize, end: usize) -> Result<(), HeapFull> {
        let cuts = |address| self.below(address).is_some_and(|r| r.base() < address && address < r.end());
        if cuts(start) || cuts(end) { self.make_room(account, 0) } else { Ok(()) }
    }

    /// Counts what a region takes.
    fn take(&mut self, bytes: usize) {
        if let Some(claim) = &mut self.claim {
            claim.take_anyway(bytes)
        }
    }

    /// Counts what one gives back.
    fn give(&mut self, bytes: usize) {
        if let Some(claim) = &mut self.claim {
            claim.give(bytes)
        }
    }

    /// Registers memory that nothing else describes, under a fresh origin.
    pub fn insert(&mut self, extent: Extent) -> &Region {
        self.last_origin += 1;
        self.insert_part(self.last_origin, extent)
    }

    fn insert_part(&mut self, origin: u64, extent: Extent) -> &Region {
        let place = self.spare.pop().unwrap_or_else(|| {
            let fresh = NonNull::from(Box::leak(Box::new(Region::dead())));
            self.take(OBJECT);
            self.all.push(fresh);
            fresh
        });
        self.take(extent.cost() + PLACE);
        // SAFETY: `place` is a box of ours, freed only by `drop`; `Region` is only ever borrowed shared.
        let region = unsafe { place.as_ref() };
        region.set(origin, extent);
        self.by_base.insert(extent.base, place);
        region
    }

    /// The words of a pointer object to the start of `region`.
    pub fn words(region: &Region) -> [u64; Pointer::WORDS] {
        [region.base() as u64, std::ptr::from_ref(region) as u64, region.origin()]
    }

    /// The region with the greatest base at or below `address`.
    fn below(&self, address: usize) -> Option<&Region> {
        // SAFETY: as in `insert_part`.
        self.by_base.range(..=address).next_back().map(|(_, r)| unsafe { r.as_ref() })
    }

    /// The live region that holds the byte at `address`.
    pub fn find(&self, address: usize) -> Option<&Region> {
        self.below(address).filter(|r| r.holds(address))
    }

    /// The live region that begins at `address`.
    pub fn find_base(&self, address: usize) -> Option<&Region> {
        // SAFETY: as in `insert_part`.
        self.by_base.get(&address).map(|r| unsafe { r.as_ref() })
    }

    /// Fuel for looking at every region.
    pub fn cost_of_search(&self) -> usize {
        self.by_base.len() / 8
    }

    /// Some live region of that origin: looks at every region.
    pub fn find_origin(&self, origin: u64) -> Option<&Region> {
        // SAFETY: as in `insert_part`.
        self.by_base.values().map(|r| unsafe { r.as_ref() }).find(|r| r.origin() == origin)
    }

    /// The first live region with bytes that begins in `start..end`: one of no bytes holds none of them.
    pub fn find_within(&self, start: usize, end: usize) -> Option<&Region> {
        // SAFETY: as in `insert_part`.
        self.by_base.range(start..end).map(|(_, r)| unsafe { r.as_ref() }).find(|r| r.size() > 0)
    }

    /// Forgets the region that begins at `base`; releasing the memory is the caller's part.
    pub fn remove(&mut self, base: usize) {
        if let Some(place) = self.by_base.remove(&base) {
            // SAFETY: as in `insert_part`.
            let region = unsafe { place.as_ref() };
            let cost = region.cost();
            region.kill();
            self.give(cost + PLACE);
            self.spare.push(place);
        }
    }

    /// The bases of the mappings that intersect `start..end`, and whether those of `origin` (0: of any) cover all of it.
    /// Both ends are whole pages.
    fn mappings(&self, start: usize, end: usize, origin: u64) -> (Vec<usize>, bool) {
        let mut bases = Vec::new();
        let mut covered = start;
        let first = self.below(start).map_or(start, |r| r.base());
        for place in self.by_base.range(first..end).map(|(_, place)| place) {
            // SAFETY: as in `insert_part`.
            let region = unsafe { place.as_ref() };
            if region.end() <= start || !matches!(region.source(), Source::Mapping | Source::Lost) {
                continue;
            }
            if region.base() <= covered && (origin == 0 || region.origin() == origin) {
                covered = region.end();
            }
            bases.push(region.base());
        }
        (bases, covered >= end)
    }

    /// Whether every page of `start..end` is a mapping of that origin (0: of any). Both ends are whole pages.
    pub fn covers(&self, start: usize, end: usize, origin: u64) -> bool {
        self.mappings(start, end, origin).1
    }

    /// Whether some page of `start..end` is a mapping of ours. Both ends are whole pages.
    pub fn touches(&self, start: usize, end: usize) -> bool {
        !self.mappings(start, end, 0).0.is_empty()
    }

    /// Has all mappings put back that intersect whole pages `start..end`, if the fault handler had to set one aside. To be
    /// called before the kernel changes them, too: what comes back later would take the place of what is there then.
    pub fn settle_within(&mut self, start: usize, end: usize) {
        for base in self.mappings(start, end, 0).0 {
            self.settle(base);
        }
    }

    /// Cuts the mappings at `start` and `end`, and lists the bases of those in between.
    pub fn cut(&mut self, start: usize, end: usize) -> Vec<usize> {
        self.settle_within(start, end);
        self.split(start);
        self.split(end);
        self.mappings(start, end, 0).0
    }

    /// Cuts the mapping that lies across `address`, if one does.
    fn split(&mut self, address: usize) {
        let Some(region) = self.below(address) else {
            return;
        };
        let whole = region.extent();
        let mapping = matches!(whole.source, Source::Mapping | Source::Lost);
        if !mapping || address <= whole.base || address >= whole.end {
            return;
        }
        let (origin, forkable) = (region.origin(), region.is_forkable());
        let head = (address - whole.base).min(whole.size);
        region.resize(head, address);
        let gone = whole.cost().saturating_sub(region.cost());
        self.give(gone);
        let tail = Extent { base: address, size: whole.size - head, ..whole };
        self.insert_part(origin, tail).set_forkable(forkable);
    }

    /// Has the mapping at `base` put back when the fault handler had to set it aside. Pages that are gone for good become
    /// a region of their own, which nobody may read or write. True if there was a fault.
    pub fn settle(&mut self, base: usize) -> bool {
        let Some(region) = self.find_base(base) else {
            return false;
        };
        let watch = region.watch();
        if !watch.faulted() {
            return false;
        }
        let end = region.end();
        if let Some(gone) = watch.put_back() {
            let (start, end) = (gone.start.max(base), gone.end.min(end));
            self.split(start);
            self.split(end);
            for base in self.mappings(start, end, 0).0 {
                if let Some(lost) = self.find_base(base) {
                    lost.lose();
                }
            }
        }
        true
    }

    /// The kernel unmapped whole pages `start..end`.
    pub fn unmapped(&mut self, start: usize, end: usize) {
        for base in self.cut(start, end) {
            self.remove(base);
        }
    }

    /// The kernel protected whole pages `start..end`.
    pub fn protected(&mut self, start: usize, end: usize, readable: bool, writable: bool) {
        for base in self.cut(start, end) {
            if let Some(region) = self.find_base(base)
                && region.source() == Source::Mapping
            {
                let before = region.cost();
                // What was written stays a page of its own.
                let keeps = region.counted() == Counted::WhenWritable && before > 0;
                region.protect(readable, writable);
                if keeps {
                    region.count();
                }
                let after = region.cost();
                self.take(after.saturating_sub(before));
            }
        }
    }

    /// Whether children will have whole pages `start..end`.
    pub fn set_forkable(&mut self, start: usize, end: usize, yes: bool) {
        for base in self.cut(start, end) {
            if let Some(region) = self.find_base(base) {
                region.set_forkable(yes);
            }
        }
    }

    /// The kernel moved or resized the mapping `start..end` (one region, whole pages): now `size` bytes at `base`.
    /// Pointers to it keep their origin, so they work as far as their addresses are still inside.
    pub fn remapped(&mut self, start: usize, base: usize, size: usize) -> Option<&Region> {
        let end = self.page_end(base.checked_add(size)?)?;
        let place = self.by_base.remove(&start)?;
        // SAFETY: as in `insert_part`.
        let region = unsafe { place.as_ref() };
        let before = region.cost();
        region.relocate(base, size, end);
        let after = region.cost();
        self.give(before.saturating_sub(after));
        self.take(after.saturating_sub(before));
        self.by_base.insert(base, place);
        Some(region)
    }

    /// In a child process: forgets what it does not have.
    pub fn after_fork(&mut self) {
        // SAFETY: as in `insert_part`.
        let regions = self.by_base.values().map(|r| unsafe { r.as_ref() });
        let gone: Vec<usize> = regions.filter(|r| !r.is_forkable()).map(|r| r.base()).collect();
        gone.into_iter().for_each(|base| self.remove(base));
    }

    /// What protecting whole pages `start..end` as writable adds to what they cost.
    pub fn cost_of_writing(&self, start: usize, end: usize) -> usize {
        let waiting = |base: &usize| {
            let region = self.find_base(*base)?;
            let waits = region.counted() == Counted::WhenWritable && region.cost() == 0;
            waits.then(|| region.end().min(end) - region.base().max(start))
        };
        self.mappings(start, end, 0).0.iter().filter_map(waiting).sum()
    }

    /// Frees the block that `owner` (a pointer or memory block) has in the end, when the collector finds `owner` dead.
    pub fn guard(&mut self, owner: Value) {
        self.guarded.push(owner);
    }

    /// Frees the block that begins at the pointer's address, if it is the one the pointer was made for.
    pub fn free_block(&mut self, pointer: Pointer) -> bool {
        let base = pointer.word::<0>() as usize;
        let Some(region) = self.find_base(base) else {
            return false;
        };
        if region.source() != Source::Block || (pointer.word::<2>() != 0 && pointer.word::<2>() != region.origin()) {
            return false;
        }
        self.remove(base);
        // SAFETY: the region was a block of the C allocator, and is registered no more.
        unsafe { libc::free(base as *mut libc::c_void) };
        true
    }
}

impl External for Registry {
    fn is_weak(&self) -> bool {
        true
    }

    fn sweep_weak(&mut self, alive: &dyn Fn(Value) -> bool) {
        let mut guarded = std::mem::take(&mut self.guarded);
        guarded.retain(|&owner| {
            if alive(owner) {
                return true;
            }
            // A dead object is whole until the sweep that follows.
            let pointer = if owner.is(Kind::MemoryBlock) { owner.slot(0) } else { owner };
            if let Some(pointer) = Pointer::from_value(pointer) {
                self.free_block(pointer);
            }
            false
        });
        self.guarded = guarded;
    }

    fn type_name(&self) -> &'static str {
        "memory-registry"
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        for place in self.by_base.values() {
            // SAFETY: as in `insert_part`.
            let region = unsafe { place.as_ref() };
            region.watch().put_back();
            let base = region.base() as *mut libc::c_void;
            // SAFETY: the memory is ours (`Region`), and with the heap all pointers to it go. A named semaphore is
            // closed as often as it was opened.
            unsafe {
                match region.source() {
                    Source::Mapping | Source::Lost => {
                        libc::munmap(base, region.end() - region.base());
                    }
                    Source::Block => libc::free(base),
                    Source::Handle => {}
                    Source::Semaphore => {
                        for _ in 0..region.users() {
                            libc::sem_close(base.cast());
                        }
                    }
                }
            }
            region.kill();
        }
        for place in self.all.drain(..) {
            // SAFETY: made by `Box::leak`, and nothing uses it any more.
            unsafe { drop(Box::from_raw(place.as_ptr())) };
        }
    }
}
