//! The heap's side of the machine's account: when to collect, what may not be had. Depends on nothing but large memory.
//!
//! *In use* is what the last collection found alive (objects by the 16 bytes that they cover, free memory that is too
//! scattered to be used, large objects, what externals own, the heap's own tables), everything that was allocated
//! since, and what was taken outside of the heap ([`Heap::memory`]). When it passes the *threshold*, a collection is wanted. The threshold lies above what was alive by a *budget*
//! in proportion to it: twice as much for small heaps, as much for large ones, at least [`LEAST_BUDGET`].
//!
//! A *limit* bounds what is alive, and keeps garbage small: the threshold lies at most halfway to it. Then:
//! - Small requests always succeed. If what is alive after a collection is over the limit, [`Heap::over_limit`] says so
//!   to the evaluator, which raises. Between two safepoints little can be allocated that way.
//! - Large requests are announced by [`Heap::reserve`]. It refuses what the limit would not have room for even if
//!   everything allocated since the last collection were garbage. What only that garbage is in the way of may pass,
//!   up to a few megabytes more, and a collection is wanted at once.
//!
//! Blocks with a live object in each cannot be given back, and their free memory is of no use to most requests. When the
//! blocks grow beyond the limit a collection is wanted; if what is held without the empty blocks is over the limit after
//! it, so is the heap, however little is alive.
//!
//! The system may refuse memory too. A reservation finds out beforehand: memory for one large object is put by until it is
//! made, for many small ones it is only asked for. For the rest there is an emergency store, kept once the heap is not tiny,
//! which is given up first. Then a collection is to find memory: if it frees little, or the store cannot be filled again,
//! the heap is over its limit. What handling the condition needs is put by, too ([`Heap::release_reserve`]). Without the
//! store larger requests are provided for as well. What is left is asked for as Rust's own collections ask, so a
//! [`crate::account::SpareAllocator`] serves it; only when that has nothing left does the process end.

use super::Heap;
use super::block::BLOCK_ROOM;
use super::large::LargeMemory;
use crate::account::{Account, Accountable, HeapFull, beside};
use std::alloc::{Layout, handle_alloc_error};

/// No collection before that much was allocated: what a second-level cache holds.
const LEAST_BUDGET: usize = 2 << 20;
/// The budget is twice what is alive up to here, then only this much more than it.
const GENEROUS: usize = 32 << 20;
/// Limits that leave room for chunks of four megabytes.
const HUGE_CHUNKS_FROM: usize = 256 << 20;
/// Memory for small objects that a heap keeps in any case.
const LEAST_KEPT: usize = 1 << 20;
/// Requests below are not worth asking for: `reserve` grants them.
const NEGLIGIBLE: usize = 1024;
/// Requests from here on are provided for when they are granted: the system is asked at once.
const PROVIDED: usize = 64 << 10;
/// The emergency store, and the size of heap from which on it is kept.
const EMERGENCY: usize = 128 << 10;
const EMERGENCY_FROM: usize = 4 << 20;
/// What is put by for handling the condition that the system has no memory.
const RESERVE: usize = 112 << 10;
/// A collection has found enough when it frees at least that part of what is in use then. With less the program would spend
/// its time on collections.
const ENOUGH: usize = 16;
/// The part of the limit by which the blocks may grow beyond it before a collection is wanted.
const BEYOND: usize = 32;

/// Whether no other request follows if this one is refused.
pub(super) struct Last(pub bool);

pub(super) struct Accountant {
    /// What is in use and the limit, which the heap shares with what takes memory outside of it.
    memory: Account,
    threshold: usize,
    over_limit: bool,
    /// The system refused memory since the last collection.
    starved: bool,
    /// The same of the time before that.
    was_starved: bool,
    /// Bytes that were in use when the last collection began.
    before: usize,
    /// The most that was held when a collection began.
    most: usize,
    /// The blocks have grown beyond the limit since the last collection.
    cramped: bool,
    /// The same of the time before that.
    was_cramped: bool,
    /// Memory for the large object that was announced last.
    provision: Option<LargeMemory>,
    emergency: Option<LargeMemory>,
    reserve: Option<LargeMemory>,
}

impl Accountant {
    pub(super) fn new() -> Accountant {
        Accountant {
            memory: Account::unlimited(),
            threshold: LEAST_BUDGET,
            over_limit: false,
            starved: false,
            was_starved: false,
            before: 0,
            most: 0,
            cramped: false,
            was_cramped: false,
            provision: None,
            emergency: None,
            reserve: None,
        }
    }

    /// What was provided for, if it is enough.
    pub(super) fn take_provision(&mut self, bytes: usize) -> Option<LargeMemory> {
        let mut memory = self.provision.take_if(|p| p.bytes() >= bytes)?;
        memory.shrink(bytes);
        Some(memory)
    }

    /// Fills the stores, as far as the system has memory for it; whether they are full.
    fn fill_stores(&mut self) -> bool {
        let Accountant { emergency, reserve, .. } = self;
        for (store, bytes) in [(emergency, EMERGENCY), (reserve, RESERVE)] {
            if store.is_none() {
                *store = LargeMemory::new(bytes);
            }
            if store.is_none() {
                return false;
            }
        }
        true
    }

    /// Whether the last collection has found memory enough after the system had refused some.
    fn has_recovered(&mut self) -> bool {
        let used = self.memory.used();
        self.before.saturating_sub(used) >= used / ENOUGH && self.fill_stores()
    }

    fn set_threshold(&mut self) {
        let (live, limit) = (self.memory.live(), self.memory.limit());
        let room = (limit.saturating_sub(live) / 2).max(limit / 32);
        let budget = live.saturating_add(live.min(GENEROUS)).max(LEAST_BUDGET).min(room);
        self.threshold = live.saturating_add(budget);
    }
}

impl Accountable for Heap {
    fn account(&self) -> &Account {
        self.memory()
    }
}

impl Heap {
    /// The account of the machine's memory: what takes memory outside of the heap takes it there.
    pub fn memory(&self) -> &Account {
        &self.account.memory
    }

    /// Bytes in use: alive at the last collection, allocated since, and taken outside of the heap.
    pub fn bytes_used(&self) -> usize {
        self.account.memory.used()
    }

    /// Bytes that the last collection found alive, and what is taken outside of the heap.
    pub fn bytes_live(&self) -> usize {
        self.account.memory.live()
    }

    /// Bytes that cannot be given back to the system, or to a request of another size, whatever the program does with them.
    pub fn bytes_bound(&self) -> usize {
        self.account.memory.held().saturating_sub(self.blocks.free())
    }

    /// Bytes of the blocks that hold small objects, free ones included.
    pub fn bytes_of_blocks(&self) -> usize {
        self.blocks.capacity()
    }

    /// The limit in bytes; `usize::MAX` is none.
    pub fn limit(&self) -> usize {
        self.account.memory.limit()
    }

    /// Sets the limit. If more than that is in use, a collection is wanted.
    pub fn set_limit(&mut self, bytes: usize) {
        self.account.memory.set_limit(bytes);
        self.blocks.huge_chunks = bytes >= HUGE_CHUNKS_FROM;
        self.account.set_threshold();
        self.account(0);
    }

    /// Whether the last collection left more alive than the limit allows, or found too little where the system refuses memory.
    /// The evaluator asks after it has collected.
    pub fn over_limit(&self) -> bool {
        self.account.over_limit
    }

    /// After a collection: counts what the process holds beside what is in use and `known`. Up to half of the limit it may hold
    /// what it likes, and always a little. Where so much was never in use, the allocator cannot have kept more of it, and
    /// nobody asks the system.
    pub fn count_beside(&mut self, known: usize) {
        let Accountant { memory, most, .. } = &mut self.account;
        let (held, half) = (memory.held(), memory.limit() / 2);
        *most = (*most).max(held.saturating_add(known));
        if memory.limit() < usize::MAX && *most > half {
            let tolerated = half.saturating_sub(held).max(held / 64);
            memory.grew(beside(held.saturating_add(known), tolerated));
        }
    }

    /// Ends a collection: what its result allows to be given back, in the heap or outside, has been given back.
    pub fn end_collection(&mut self) {
        let account = &mut self.account;
        if account.memory.live() >= EMERGENCY_FROM {
            account.fill_stores();
        }
        account.over_limit = account.memory.is_exceeded() || account.was_starved && !account.has_recovered();
        account.set_threshold();
        self.blocks.little_chunks = self.account.memory.held() > self.limit();
        if self.account.was_cramped && self.bytes_bound() > self.limit() {
            self.account.over_limit = true
        }
    }

    /// Gives up what was put by for handling the condition that memory is short.
    pub fn release_reserve(&mut self) {
        self.account.reserve = None
    }

    /// Counts `bytes` as allocated: large objects, and what externals own besides. Measured anew by the next collection.
    #[inline]
    pub fn account(&mut self, bytes: usize) {
        let used = self.account.memory.allocated_apart(bytes);
        self.look_at(used)
    }

    /// Counts memory for small objects.
    #[inline]
    pub(super) fn account_small(&mut self, bytes: usize) {
        let used = self.account.memory.allocated(bytes);
        let grown = self.blocks.take_growth();
        if grown > 0 {
            self.note_growth(grown)
        }
        self.look_at(used)
    }

    #[cold]
    fn note_growth(&mut self, bytes: usize) {
        let (held, limit) = (self.account.memory.grew(bytes), self.limit());
        if held > limit.saturating_add(limit / BEYOND) {
            self.account.cramped = true;
            self.want_collection()
        }
        self.blocks.little_chunks = held > limit
    }

    #[inline]
    fn look_at(&mut self, used: usize) {
        if used > self.account.threshold {
            self.want_collection()
        }
        self.notice_refusals()
    }

    /// Looks at what has happened outside of the heap since: memory was taken there, requests were refused, or the system
    /// has none. The evaluator asks at its safepoints.
    #[inline]
    pub fn look_at_account(&mut self) {
        if self.account.memory.used() > self.account.threshold || self.account.memory.take_pressed() {
            self.want_collection()
        }
        self.notice_refusals()
    }

    /// When small requests had to be served from spare memory, the program is to hear of it.
    #[inline]
    fn notice_refusals(&mut self) {
        if self.account.memory.take_refusal() {
            self.account.starved = true;
            self.want_collection()
        }
    }

    /// Asks whether an object of `bytes` bytes may be allocated. A primitive whose result may be large asks before it
    /// begins.
    #[inline]
    pub fn reserve(&mut self, bytes: usize) -> Result<(), HeapFull> {
        if bytes <= NEGLIGIBLE { Ok(()) } else { self.reserve_large(bytes) }
    }

    fn reserve_large(&mut self, bytes: usize) -> Result<(), HeapFull> {
        self.admit(bytes)?;
        // Without an emergency store nothing but small objects may come unannounced.
        let provided = if self.account.emergency.is_some() { PROVIDED } else { BLOCK_ROOM };
        if bytes >= provided && self.account.provision.as_ref().is_none_or(|p| p.bytes() < bytes) {
            self.account.provision = None;
            // The object has a header, and is a multiple of 16 bytes long.
            let Some(memory) = LargeMemory::new(bytes.saturating_add(32)) else { return Err(self.refused()) };
            self.account.provision = Some(memory);
        }
        Ok(())
    }

    /// Asks whether small objects of `bytes` bytes together may be allocated, or memory to work with that is free again
    /// at the next safepoint.
    #[inline]
    pub fn reserve_many(&mut self, bytes: usize) -> Result<(), HeapFull> {
        if bytes <= NEGLIGIBLE { Ok(()) } else { self.reserve_scattered(bytes) }
    }

    fn reserve_scattered(&mut self, bytes: usize) -> Result<(), HeapFull> {
        self.admit(bytes)?;
        // The system has that much: what follows is many requests, for which nothing is put by.
        let more = bytes.saturating_sub(self.account.provision.as_ref().map_or(0, LargeMemory::bytes));
        if more < PROVIDED || LargeMemory::new(more).is_some() { Ok(()) } else { Err(self.refused()) }
    }

    /// The system has refused what was asked for beforehand. Garbage may hold it: when the program asks again, that is gone.
    #[cold]
    fn refused(&mut self) -> HeapFull {
        self.want_collection();
        HeapFull
    }

    fn admit(&mut self, bytes: usize) -> Result<(), HeapFull> {
        let admitted = self.account.memory.admit_object(bytes);
        if self.account.memory.take_pressed() {
            self.want_collection()
        }
        admitted
    }

    /// Makes the evaluator collect at its next safepoint: there the countdown will have run out.
    pub fn want_collection(&mut self) {
        self.collection_wanted = true;
        self.set_countdown(self.countdown_left())
    }

    /// Units of work that are really left.
    pub fn countdown_left(&self) -> i64 {
        self.countdown.saturating_add(self.set_aside)
    }

    /// Takes fuel for work of bounded size that was done, where nobody can be asked: the next safepoint, or the next charge,
    /// looks how much is left.
    #[inline]
    pub fn owe(&mut self, units: usize) {
        self.countdown = self.countdown.saturating_sub(i64::try_from(units).unwrap_or(i64::MAX));
    }

    /// Starts the countdown with `units`, or sets them aside while a collection is wanted.
    pub fn set_countdown(&mut self, units: i64) {
        (self.countdown, self.set_aside) = if self.collection_wanted { (0, units) } else { (units, 0) }
    }

    /// Memory from `source`, giving up what was put by when the system has none. In the end `source` asks as the standard
    /// library does, for a request that cannot be refused, and is told so.
    pub(super) fn obtain<T>(&mut self, bytes: usize, source: impl Fn(&mut Heap, Last) -> Option<T>) -> T {
        if let Some(memory) = source(self, Last(false)) {
            return memory;
        }
        self.account.provision = None;
        self.account.starved = true;
        self.want_collection();
        let without_provision = source(self, Last(false));
        let without_emergency = without_provision.or_else(|| {
            self.account.emergency = None;
            source(self, Last(false))
        });
        let without_reserve = without_emergency.or_else(|| {
            self.account.reserve = None;
            source(self, Last(false))
        });
        without_reserve.or_else(|| source(self, Last(true))).unwrap_or_else(|| {
            match Layout::from_size_align(bytes, 16) {
                Ok(layout) => handle_alloc_error(layout),
                Err(_) => panic!("a request of {bytes} bytes that was never reserved"),
            }
        })
    }

    /// How much small objects may take anew before the next collection, as far as memory is worth keeping for that: under a
    /// limit little is, because others may need it.
    pub(super) fn room_to_keep(&self) -> usize {
        let (live, limit) = (self.account.memory.live(), self.account.memory.limit());
        self.account.threshold.saturating_sub(live).min((limit / 8).max(LEAST_KEPT))
    }

    /// Notes that the system refused memory.
    pub(super) fn starve(&mut self) {
        self.account.starved = true
    }

    /// Begins the account anew after a collection that found `live` bytes.
    pub(super) fn settle(&mut self, live: usize) {
        let account = &mut self.account;
        account.provision = None;
        account.before = account.memory.used();
        account.most = account.most.max(account.memory.held());
        account.memory.settle(live);
        account.was_starved = std::mem::take(&mut account.starved);
        account.was_cramped = std::mem::take(&mut account.cramped);
        account.set_threshold();
    }
}
