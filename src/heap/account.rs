//! The accountant: what is in use, when to collect, what may not be had. Depends on nothing but large memory.
//!
//! *In use* is what the last collection found alive (objects by the 16 bytes that they cover, free memory that is too
//! scattered to be used, large objects, what externals own, the heap's own tables) and everything that was allocated
//! since. When it passes the *threshold*, a collection is wanted. The threshold lies above what was alive by a *budget*
//! in proportion to it: twice as much for small heaps, as much for large ones, at least [`LEAST_BUDGET`].
//!
//! A *limit* bounds what is alive, and keeps garbage small: the threshold lies at most halfway to it. Then:
//! - Small requests always succeed. If what is alive after a collection is over the limit, [`Heap::over_limit`] says so
//!   to the evaluator, which raises. Between two safepoints little can be allocated that way.
//! - Large requests are announced by [`Heap::reserve`]. It refuses what the limit would not have room for even if
//!   everything allocated since the last collection were garbage. What only that garbage is in the way of may pass,
//!   up to half the limit more, and a collection is wanted at once.
//!
//! The system may refuse memory too. A reservation finds out beforehand; for the rest there is an emergency store, kept
//! once the heap is not tiny, which is given up first: then the heap is over its limit until a collection has found
//! some memory. Only when that is used up before the next safepoint does the process end, as Rust's own collections do.

use super::Heap;
use super::large::LargeMemory;
use std::alloc::{Layout, handle_alloc_error};

/// The heap would exceed its limit, or the system has no memory for it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct HeapFull;

/// No collection before that much was allocated: what a second-level cache holds.
const LEAST_BUDGET: usize = 2 << 20;
/// The budget is twice what is alive up to here, then only this much more than it.
const GENEROUS: usize = 32 << 20;
/// Requests below are not worth asking for: `reserve` grants them.
const NEGLIGIBLE: usize = 1024;
/// Requests from here on are provided for when they are granted: the system is asked at once.
const PROVIDED: usize = 64 << 10;
/// The emergency store, and the size of heap from which on it is kept.
const EMERGENCY: usize = 128 << 10;
const EMERGENCY_FROM: usize = 4 << 20;
/// No object is larger than the machine's address space.
const LARGEST: usize = 1 << 46;

pub(super) struct Account {
    used: usize,
    /// What the last collection found.
    live: usize,
    threshold: usize,
    limit: usize,
    over_limit: bool,
    /// The system refused memory since the last collection.
    starved: bool,
    /// Memory for the large object that was announced last.
    provision: Option<LargeMemory>,
    emergency: Option<LargeMemory>,
}

impl Account {
    pub(super) fn new() -> Account {
        Account {
            used: 0,
            live: 0,
            threshold: LEAST_BUDGET,
            limit: usize::MAX,
            over_limit: false,
            starved: false,
            provision: None,
            emergency: None,
        }
    }

    /// What was provided for, if it is enough.
    pub(super) fn take_provision(&mut self, bytes: usize) -> Option<LargeMemory> {
        let mut memory = self.provision.take_if(|p| p.bytes() >= bytes)?;
        memory.shrink(bytes);
        Some(memory)
    }

    fn set_threshold(&mut self) {
        let room = (self.limit.saturating_sub(self.live) / 2).max(self.limit / 32);
        let budget = self.live.saturating_add(self.live.min(GENEROUS)).max(LEAST_BUDGET).min(room);
        self.threshold = self.live.saturating_add(budget);
    }
}

impl Heap {
    /// Bytes in use: alive at the last collection, and allocated since.
    pub fn bytes_used(&self) -> usize {
        self.account.used
    }

    /// Bytes that the last collection found alive.
    pub fn bytes_live(&self) -> usize {
        self.account.live
    }

    /// Bytes of the blocks that hold small objects, free ones included.
    pub fn bytes_of_blocks(&self) -> usize {
        self.blocks.capacity()
    }

    /// The limit in bytes; `usize::MAX` is none.
    pub fn limit(&self) -> usize {
        self.account.limit
    }

    /// Sets the limit. If more than that is in use, a collection is wanted.
    pub fn set_limit(&mut self, bytes: usize) {
        self.account.limit = bytes;
        self.account.set_threshold();
        self.account(0);
    }

    /// Whether the last collection left more alive than the limit allows, or the system refuses memory. The evaluator
    /// asks after it has collected.
    pub fn over_limit(&self) -> bool {
        self.account.over_limit
    }

    /// Counts `bytes` as allocated: what externals own besides. Measured anew by the next collection.
    #[inline]
    pub fn account(&mut self, bytes: usize) {
        self.account.used = self.account.used.saturating_add(bytes);
        if self.account.used > self.account.threshold {
            self.want_collection()
        }
    }

    /// Asks whether an object of `bytes` bytes, or many smaller ones, may be allocated. A primitive whose result may be
    /// large asks before it begins.
    #[inline]
    pub fn reserve(&mut self, bytes: usize) -> Result<(), HeapFull> {
        if bytes <= NEGLIGIBLE { Ok(()) } else { self.reserve_large(bytes) }
    }

    fn reserve_large(&mut self, bytes: usize) -> Result<(), HeapFull> {
        let account = &self.account;
        let (limit, total) = (account.limit, account.used.saturating_add(bytes));
        if total > limit {
            let at_least = account.live.saturating_add(bytes);
            let at_most = limit.saturating_add(limit / 2);
            self.want_collection();
            if at_least > limit || total > at_most {
                return Err(HeapFull);
            }
        }
        if bytes > LARGEST {
            return Err(HeapFull);
        }
        if bytes >= PROVIDED && self.account.provision.as_ref().is_none_or(|p| p.bytes() < bytes) {
            self.account.provision = None;
            self.account.provision = Some(LargeMemory::new(bytes).ok_or(HeapFull)?);
        }
        Ok(())
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

    /// Starts the countdown with `units`, or sets them aside while a collection is wanted.
    pub fn set_countdown(&mut self, units: i64) {
        (self.countdown, self.set_aside) = if self.collection_wanted { (0, units) } else { (units, 0) }
    }

    /// Memory from `source`, giving up what was put by when the system has none.
    pub(super) fn obtain<T>(&mut self, bytes: usize, source: impl Fn(&mut Heap) -> Option<T>) -> T {
        if let Some(memory) = source(self) {
            return memory;
        }
        self.account.provision = None;
        self.account.starved = true;
        self.want_collection();
        source(self).unwrap_or_else(|| {
            self.account.emergency = None;
            source(self).unwrap_or_else(|| match Layout::from_size_align(bytes, 16) {
                Ok(layout) => handle_alloc_error(layout),
                Err(_) => panic!("a request of {bytes} bytes that was never reserved"),
            })
        })
    }

    /// What may be in use before the next collection is wanted.
    pub(super) fn threshold(&self) -> usize {
        self.account.threshold
    }

    /// Notes that the system refused memory.
    pub(super) fn starve(&mut self) {
        self.account.starved = true
    }

    /// Begins the account anew after a collection that found `live` bytes.
    pub(super) fn settle(&mut self, live: usize) {
        let account = &mut self.account;
        account.provision = None;
        if live >= EMERGENCY_FROM && account.emergency.is_none() {
            account.emergency = LargeMemory::new(EMERGENCY)
        }
        account.live = live;
        account.used = live;
        account.over_limit = live > account.limit || std::mem::take(&mut account.starved);
        account.set_threshold();
    }
}
