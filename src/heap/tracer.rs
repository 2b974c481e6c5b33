//! Marking: from the roots to everything alive, without recursion. Depends on the layouts of objects, blocks and large
//! objects.
//!
//! An object is marked when it is discovered, and then put on the mark stack once, until it is scanned. Pairs are followed
//! car first: of a list there is one word on the stack at a time, however long it is. The stack has a bound ([`MOST`]);
//! objects that find it full are [`Postponed`] until it is empty.
//!
//! What marking took counts as in use until the next collection, which will need about as much: so a limit keeps room
//! for it.
//!
//! Should the system have no memory for that, the tracer notes that it `failed`; the collection then frees nothing.

use super::block::Block;
use super::ephemeron::Ephemerons;
use super::external::system_block;
use super::large::{is_outside_blocks, mark_of};
use super::postponed::Postponed;
use super::value::{TAG_MASK, TAG_PAIR, TAG_PROCEDURE};
use super::{Kind, Str, Value};
use hashbrown::HashSet;

/// What every closure's first word points at: the part of `eval`'s code entry that the collector knows.
#[repr(C)]
pub struct ClosureLayout {
    /// The heap object that owns this code, or any immediate when the code is static.
    pub owner: Value,
    /// How many free variables follow the first word.
    pub free: u32,
    /// What the procedure is called: a symbol, or `#f`. Whoever owns the code keeps it alive.
    pub name: Value,
}

/// What the collector hands to those who hold values.
pub struct Tracer {
    /// Values to scan, and spans of slots to look at: the address of the first (on top), then the end.
    stack: Vec<u64>,
    /// Words of mark stack at most.
    pub(super) most: usize,
    postponed: Postponed,
    /// The number of this collection: marks large objects.
    pub(super) epoch: u64,
    /// There was no memory to work with: not everything alive is marked.
    pub(super) failed: bool,
    draining: bool,
    pub(super) ephemerons: Ephemerons,
    /// Live externals that want `sweep_weak`.
    pub(super) weak_externals: Vec<Value>,
    /// What live externals own outside of the heap.
    pub(super) external_bytes: usize,
    /// What the last collection took to work with.
    worked_with: usize,
    /// See [`Tracer::mention`].
    mentioned: HashSet<u32, foldhash::fast::FixedState>,
}

/// Whether the collection number `epoch` has found `v` alive so far.
#[inline]
pub(super) fn is_alive(v: Value, epoch: u64) -> bool {
    if !v.is_pointer() {
        return true;
    }
    let p = v.address();
    // SAFETY: as in `Tracer::mark` and `Tracer::mark_outside`.
    unsafe { if is_outside_blocks(p) { *mark_of(p) == epoch } else { (*Block::of(p)).is_marked(p) } }
}

/// Whether `v`, a pointer, is a pair that leads nowhere: nothing is left to do once it is marked.
#[inline(always)]
fn is_leaf(v: Value) -> bool {
    let p = v.address();
    // SAFETY: a pair is two words in a block.
    v.0 & TAG_MASK == TAG_PAIR && unsafe { !Value(*p).is_pointer() && !Value(*p.add(1)).is_pointer() }
}

/// How many slots are looked at before the rest of a vector waits on the mark stack.
const SPAN: usize = 64;
/// Words of mark stack that a heap keeps between collections.
const KEPT: usize = 1024;
/// See [`Tracer::most`]: half a megabyte.
const MOST: usize = 64 << 10;

impl Tracer {
    pub(super) fn new() -> Tracer {
        Tracer {
            stack: Vec::new(),
            most: MOST,
            postponed: Postponed::default(),
            epoch: 0,
            failed: false,
            draining: false,
            ephemerons: Ephemerons::default(),
            weak_externals: Vec::new(),
            external_bytes: 0,
            worked_with: 0,
            mentioned: HashSet::default(),
        }
    }

    /// Begins the next collection.
    pub(super) fn begin(&mut self) {
        self.epoch += 1;
        self.failed = false;
        self.draining = false;
        self.external_bytes = 0;
        self.mentioned.clear();
    }

    /// Ends it: forgets all, keeps a little memory for the next.
    pub(super) fn end(&mut self) {
        self.worked_with = self.stack.capacity() * 8
            + self.postponed.bytes()
            + self.weak_externals.capacity() * size_of::<Value>()
            + self.ephemerons.bytes();
        self.stack.clear();
        self.stack.shrink_to(KEPT);
        self.postponed = Postponed::default();
        self.weak_externals.clear();
        self.weak_externals.shrink_to(KEPT);
        self.ephemerons = Ephemerons::default();
    }

    /// Bytes that the tracer took itself, the last time.
    pub(super) fn bytes(&self) -> usize {
        self.worked_with
    }

    /// Reports a value that is alive.
    #[inline]
    pub fn value(&mut self, v: Value) {
        if v.is_pointer() && self.mark(v.address()) {
            self.push(v)
        }
    }

    /// Reports the number of a thing that somebody keeps outside of the heap for as long as what is alive mentions it:
    /// [`Heap::is_mentioned`](super::Heap::is_mentioned) says so after the collection.
    pub fn mention(&mut self, number: u32) {
        if self.mentioned.try_reserve(1).is_ok() {
            self.mentioned.insert(number);
        } else {
            self.failed = true
        }
    }

    /// Whether the last collection has found the number mentioned; of one that failed nobody knows.
    pub(super) fn is_mentioned(&self, number: u32) -> bool {
        self.failed || self.mentioned.contains(&number)
    }

    /// Reports values that are alive. Cheaper than one by one, and the way for the machine's stack.
    pub fn values(&mut self, vs: &[Value]) {
        for span in vs.chunks(1024) {
            span.iter().for_each(|&v| self.value(v));
            // Never from inside of an external's `trace`: that would recurse.
            if !self.draining {
                self.drain()
            }
        }
    }

    /// Whether `v` has been found alive so far.
    #[inline]
    pub(super) fn is_alive(&self, v: Value) -> bool {
        is_alive(v, self.epoch)
    }

    /// Marks the object at `address`; answers whether it was not marked before.
    #[inline(always)]
    fn mark(&mut self, address: *mut u64) -> bool {
        let fresh = if is_outside_blocks(address) {
            self.mark_outside(address)
        } else {
            // SAFETY: a pointer that is not outside lies in a started block of this heap; nobody else holds a reference
            // to its header.
            unsafe { (*Block::of(address)).mark(address) }
        };
        if fresh && self.ephemerons.watching {
            self.ephemerons.release(address)
        }
        fresh
    }

    fn mark_outside(&mut self, address: *mut u64) -> bool {
        let mark = mark_of(address);
        // SAFETY: an object outside of blocks has its mark word in front.
        unsafe { std::mem::replace(&mut *mark, self.epoch) != self.epoch }
    }

    /// Leaves the marked object `v` to be scanned later.
    #[inline]
    fn push(&mut self, v: Value) {
        if self.stack.len() < self.stack.capacity() { self.stack.push(v.0) } else { self.push_beyond(v) }
    }

    /// Makes the stack larger, if it may be and can.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> bool {
        let more = self.stack.capacity().max(64);
        self.stack.len() + more <= self.most && self.stack.try_reserve_exact(more).is_ok()
    }

    /// The same when the stack is full.
    #[cold]
    #[inline(never)]
    fn push_beyond(&mut self, v: Value) {
        if self.grow() { self.stack.push(v.0) } else { self.failed |= !self.postponed.put(v) }
    }

    /// Scans until nothing is left to scan.
    pub(super) fn drain(&mut self) {
        self.draining = true;
        loop {
            while let Some(word) = self.stack.pop() {
                if word & TAG_MASK == 0 {
                    let end = self.stack.pop().unwrap_or(word);
                    self.scan_slots(word as *const Value, end as *const Value)
                } else {
                    self.scan(Value(word))
                }
            }
            match self.postponed.take(&mut self.stack) {
                Some(v) => self.scan(v),
                None => break,
            }
        }
        self.draining = false;
    }

    /// Looks at what the marked object `v` holds.
    #[inline]
    fn scan(&mut self, mut v: Value) {
        loop {
            let p = v.address();
            if v.0 & TAG_MASK == TAG_PAIR {
                // SAFETY: a pair is two words in a block.
                let (car, cdr, weak) = unsafe { (Value(*p), Value(*p.add(1)), (*Block::of(p)).weak) };
                let car_is_new = car.is_pointer() && !weak && self.mark(car.address());
                let cdr_is_new = cdr.is_pointer() && self.mark(cdr.address());
                if car_is_new {
                    if cdr_is_new && !is_leaf(cdr) {
                        self.push(cdr)
                    }
                    v = car;
                } else if cdr_is_new {
                    v = cdr;
                } else {
                    return;
                }
            } else if v.0 & TAG_MASK == TAG_PROCEDURE {
                // SAFETY: a closure's first word points at the layout, which says how many words follow; it is alive
                // because its owner was when the closure was last reachable.
                let (owner, free) = unsafe {
                    let layout = *p as *const ClosureLayout;
                    ((*layout).owner, (*layout).free as usize)
                };
                self.cover(p, 1 + free);
                self.value(owner);
                let slots = p.wrapping_add(1) as *const Value;
                return self.scan_slots(slots, slots.wrapping_add(free));
            } else {
                return self.scan_object(v);
            }
        }
    }

    /// Marks all of an object's granules.
    #[inline(always)]
    fn cover(&mut self, p: *mut u64, words: usize) {
        if !is_outside_blocks(p) {
            // SAFETY: as for `mark`.
            unsafe { (*Block::of(p)).cover(p, words) }
        }
    }

    #[inline]
    fn scan_object(&mut self, v: Value) {
        let header = v.header();
        if header.kind().is_slots() {
            let slots = v.address().wrapping_add(1);
            self.cover(v.address(), 1 + header.length());
            self.scan_slots(slots.cast(), slots.wrapping_add(header.length()).cast())
        } else {
            self.cover(v.address(), v.object_words());
            match header.kind() {
                Kind::String => self.value(Str(v).store()),
                Kind::External => self.scan_external(v),
                Kind::Ephemeron => self.scan_ephemeron(v),
                _ => {}
            }
        }
    }

    fn scan_external(&mut self, v: Value) {
        let Some(x) = v.external() else { return };
        self.external_bytes =
            self.external_bytes.saturating_add(system_block(size_of_val(x))).saturating_add(x.bytes());
        if x.is_weak() {
            match self.weak_externals.try_reserve(1) {
                Ok(()) => self.weak_externals.push(v),
                Err(_) => self.failed = true,
            }
        }
        x.trace(self)
    }

    /// Looks at the values from `at` to `end`, a long row of them in pieces if there is room.
    #[inline]
    fn scan_slots(&mut self, mut at: *const Value, mut end: *const Value) {
        let rest = at.wrapping_add(SPAN);
        if rest < end && (self.stack.capacity() - self.stack.len() >= 2 || self.grow()) {
            self.stack.push(end as u64);
            self.stack.push(rest as u64);
            end = rest;
        }
        while at < end {
            // SAFETY: the span lies inside of a live object.
            self.value(unsafe { *at });
            at = at.wrapping_add(1);
        }
    }
}
