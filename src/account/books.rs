//! The numbers: what is in use, what of it is outside of the heap, the limit. Depends on nothing but the spare memory's
//! count of refusals.

use super::spare;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// The heap would exceed its limit, or the system has no memory for it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct HeapFull;

/// What garbage may be in the way of a request beyond the limit, at most.
const GARBAGE: usize = 5 << 20;
/// Requests up to here are granted even when the limit is reached, until it is exceeded by a sixteenth and so much.
const SMALL: usize = 64 << 10;
const OVERDRAFT: usize = 1 << 20;
/// What must have been taken since the last collection before a request that is granted wants another: this part of the limit,
/// or so many bytes if that is less.
const NEWS: usize = 64;
const MOST_NEWS: usize = 4 << 20;
/// No request is larger than the machine's address space.
const LARGEST: usize = 1 << 46;

/// A machine's account of memory. Clones are the same account.
#[derive(Clone, Debug)]
pub struct Account(Arc<Books>);

// One thread at a time uses a machine, and its account with it; what a value that travels to another thread still holds
// may be given back from there. So taking and giving back lose no change of a counter, and no decision needs more than one
// of them to be exact. What a collection finds (`settle`, `keeps`) is stored over what was there: what another thread gives
// back at that moment may be missed in `live`, `used` and `held`, which then say too much until the next collection, never
// too little; `outside` is exact.
#[derive(Debug)]
struct Books {
    /// In the heap and outside, garbage included.
    used: AtomicUsize,
    /// What the last collection found alive, and everything outside.
    live: AtomicUsize,
    outside: AtomicUsize,
    /// What the process holds at least: beside what is in use also the free memory between small objects, which nothing
    /// but small objects can use.
    held: AtomicUsize,
    /// What the last collection found alive.
    settled: AtomicUsize,
    limit: AtomicUsize,
    /// A request was refused, or garbage was in the way of one: a collection would help.
    pressed: AtomicBool,
    /// How many refusals of the system this account knows of.
    refusals: AtomicUsize,
}

impl Default for Account {
    fn default() -> Account {
        Account::unlimited()
    }
}

impl Account {
    /// An account without a limit.
    pub fn unlimited() -> Account {
        Account(Arc::new(Books {
            used: AtomicUsize::new(0),
            live: AtomicUsize::new(0),
            outside: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
            settled: AtomicUsize::new(0),
            limit: AtomicUsize::new(usize::MAX),
            pressed: AtomicBool::new(false),
            refusals: AtomicUsize::new(spare::refusals()),
        }))
    }

    /// Bytes in use, in the heap and outside, garbage included.
    #[inline]
    pub fn used(&self) -> usize {
        self.0.used.load(Relaxed)
    }

    /// Bytes that the last collection found alive, and everything outside of the heap.
    #[inline]
    pub fn live(&self) -> usize {
        self.0.live.load(Relaxed)
    }

    /// Bytes outside of the heap.
    pub fn outside(&self) -> usize {
        self.0.outside.load(Relaxed)
    }

    /// The limit in bytes; `usize::MAX` is none.
    #[inline]
    pub fn limit(&self) -> usize {
        self.0.limit.load(Relaxed)
    }

    /// Sets the limit.
    pub fn set_limit(&self, bytes: usize) {
        self.0.limit.store(bytes, Relaxed)
    }

    /// Takes memory outside of the heap, before it is allocated.
    ///
    /// # Errors
    /// The limit has no room for it; nothing was taken.
    #[inline]
    pub fn take(&self, bytes: usize) -> Result<(), HeapFull> {
        self.admit(bytes)?;
        self.take_anyway(bytes);
        Ok(())
    }

    /// Counts memory outside of the heap that could not be refused: little at a time, and who takes it asks
    /// [`Account::is_exceeded`] soon.
    pub fn take_anyway(&self, bytes: usize) {
        for counter in [&self.0.outside, &self.0.live, &self.0.used, &self.0.held] {
            change(counter, |before| before.saturating_add(bytes));
        }
    }

    /// Gives back memory outside of the heap, after it was freed.
    pub fn give(&self, bytes: usize) {
        // In this order a collection that ends meanwhile counts too much rather than too little.
        for counter in [&self.0.live, &self.0.used, &self.0.held, &self.0.outside] {
            change(counter, |before| before.saturating_sub(bytes));
        }
    }

    /// Whether there is room for `bytes` more, if all garbage were gone; garbage may be in the way up to a bound. A little is
    /// granted beyond the limit, so that a program that has filled its heap, or its user at the prompt, can still say
    /// that something be given up.
    ///
    /// # Errors
    /// There is not. Nothing is charged either way.
    #[inline]
    pub fn admit(&self, bytes: usize) -> Result<(), HeapFull> {
        if self.held().saturating_add(bytes) <= self.limit() && bytes <= LARGEST { Ok(()) } else { self.squeeze(bytes) }
    }

    /// Bytes in use, and those that no request but one for small objects can use.
    #[inline]
    pub fn held(&self) -> usize {
        self.used().max(self.0.held.load(Relaxed))
    }

    #[cold]
    fn squeeze(&self, bytes: usize) -> Result<(), HeapFull> {
        let limit = self.limit();
        let overdraft = limit.saturating_add(limit / 16).saturating_add(OVERDRAFT);
        let small = bytes <= SMALL && self.used().saturating_add(bytes) <= overdraft;
        self.decide(bytes, small)
    }

    /// The same for an object of the heap, for which nothing is granted beyond the limit.
    ///
    /// # Errors
    /// As for [`Account::admit`].
    pub fn admit_object(&self, bytes: usize) -> Result<(), HeapFull> {
        self.decide(bytes, false)
    }

    /// Beyond the limit, a request that is refused wants a collection. One that is granted does if there is news since the
    /// last: a program whose many small requests are granted there would else spend its time on collections that find
    /// nothing.
    fn decide(&self, bytes: usize, granted_anyway: bool) -> Result<(), HeapFull> {
        let (limit, total) = (self.limit(), self.held().saturating_add(bytes));
        let at_most = limit.saturating_add(GARBAGE.min(limit / 2));
        let fits = total <= limit || self.live().saturating_add(bytes) <= limit && total <= at_most;
        let granted = bytes <= LARGEST && (fits || granted_anyway);
        let news = self.used().saturating_sub(self.0.settled.load(Relaxed));
        if total > limit && (!granted || news >= MOST_NEWS.min(limit / NEWS)) {
            self.0.pressed.store(true, Relaxed)
        }
        if granted { Ok(()) } else { Err(HeapFull) }
    }

    /// Whether more is alive than the limit allows.
    pub fn is_exceeded(&self) -> bool {
        self.live() > self.limit()
    }

    /// Whether a request has met the limit since this was asked last.
    pub fn take_pressed(&self) -> bool {
        self.0.pressed.load(Relaxed) && self.0.pressed.swap(false, Relaxed)
    }

    /// Whether the system has refused memory, to anybody in this process, since this was asked last.
    #[inline]
    pub fn take_refusal(&self) -> bool {
        let now = spare::refusals();
        let news = now != self.0.refusals.load(Relaxed);
        if news {
            self.0.refusals.store(now, Relaxed)
        }
        news
    }

    /// The heap has allocated, from memory that it holds.
    #[inline]
    pub fn allocated(&self, bytes: usize) -> usize {
        change(&self.0.used, |before| before.saturating_add(bytes))
    }

    /// The heap has allocated what is a request to the system.
    #[inline]
    pub fn allocated_apart(&self, bytes: usize) -> usize {
        change(&self.0.held, |before| before.saturating_add(bytes));
        self.allocated(bytes)
    }

    /// That much more is held, for small objects to come or by the allocator; answers what is held then.
    pub fn grew(&self, bytes: usize) -> usize {
        change(&self.0.held, |before| before.saturating_add(bytes))
    }

    /// A collection has found that many bytes alive in the heap.
    pub fn settle(&self, heap: usize) {
        let live = heap.saturating_add(self.outside());
        for counter in [&self.0.live, &self.0.used, &self.0.held, &self.0.settled] {
            counter.store(live, Relaxed);
        }
    }

    /// After that: between small objects so many bytes are free, and stay with the heap.
    pub fn keeps(&self, free: usize) {
        self.0.held.store(self.used().saturating_add(free), Relaxed)
    }
}

/// Changes a counter; answers what it is then.
#[inline]
fn change(counter: &AtomicUsize, f: impl Fn(usize) -> usize) -> usize {
    let changed = counter.fetch_update(Relaxed, Relaxed, |before| Some(f(before)));
    changed.map_or_else(|same| same, f)
}
