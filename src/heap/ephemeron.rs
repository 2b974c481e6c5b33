//! Ephemerons: a value that is alive as long as its key is, even if the value refers to the key. Depends on marking.
//!
//! Marking first collects the ephemerons whose keys it has not met; most of these keys turn up later. Then it
//! *watches*: what is left is indexed by the key's address, and an object that is marked from then on releases the
//! values that wait for it. So the whole takes time in proportion to the number of ephemerons, whatever chains they
//! form, and no recursion. (Hayes 1997, "Ephemerons: a new finalization mechanism".)

use super::tracer::Tracer;
use super::{Ephemeron, Heap, Kind, Value};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::ptr::null_mut;

const KEY: usize = 0;
const VALUE: usize = 1;
/// During a collection: the next ephemeron object that may have to be broken.
const LINK: usize = 2;

impl Heap {
    /// An ephemeron object.
    pub fn ephemeron(&mut self, key: Value, value: Value) -> Ephemeron {
        self.account(WAITING);
        Ephemeron(self.raw_object(Kind::Ephemeron, 0, 3, &[key.0, value.0, 0]))
    }
}

impl Ephemeron {
    /// [`Value::BWP`] once the key has died.
    pub fn key(self) -> Value {
        Value(self.0.raw_slot(KEY))
    }

    /// [`Value::BWP`] once the key has died.
    pub fn content(self) -> Value {
        Value(self.0.raw_slot(VALUE))
    }
}

struct Waiting {
    key: Value,
    value: Value,
    /// The next with the same key: an index, or `NONE`.
    next: u32,
    /// Of the first of a released chain: the first of the chain that was released before.
    before: u32,
}

const NONE: u32 = u32::MAX;

/// Bytes that a collection takes at most for one value that waits for its key. Whoever makes an ephemeron, or adds to a
/// weak table, accounts for it ([`Heap::account`]): so a limit keeps room for it until the next collection has found out
/// how many do wait.
pub const WAITING: usize = 48;

fn hash(address: u64) -> u64 {
    // Any odd constant with bits all over does; the table looks at the highest bits and at the lowest.
    let h = address.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    h ^ h >> 32
}

/// The ephemerons of one collection.
pub(super) struct Ephemerons {
    waiting: Vec<Waiting>,
    /// The first of each key.
    by_key: HashTable<u32>,
    /// The last chain whose values are alive but not marked yet, or `NONE`.
    released: u32,
    /// Whether whatever is marked must be looked up in `by_key`.
    pub(super) watching: bool,
    /// The ephemeron objects with a key that was not marked when they were scanned, linked through their last word.
    objects: *mut u64,
}

impl Default for Ephemerons {
    fn default() -> Self {
        Ephemerons {
            waiting: Vec::new(),
            by_key: HashTable::new(),
            released: NONE,
            watching: false,
            objects: null_mut(),
        }
    }
}

impl Ephemerons {
    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.waiting.capacity() * size_of::<Waiting>() + self.by_key.allocation_size()
    }

    /// False when the system has no memory for it, here and below.
    fn add(&mut self, key: Value, value: Value) -> bool {
        let index = self.waiting.len();
        // By a quarter, so that there is never much more than is needed.
        if index == self.waiting.capacity() && self.waiting.try_reserve_exact(index / 4 + 16).is_err()
            || index >= NONE as usize
        {
            return false;
        }
        self.waiting.push(Waiting { key, value, next: NONE, before: NONE });
        !self.watching || self.index(index)
    }

    fn index(&mut self, index: usize) -> bool {
        let waiting = &self.waiting;
        let address_of = |&i: &u32| waiting[i as usize].key.address().addr() as u64;
        if self.by_key.try_reserve(1, |i| hash(address_of(i))).is_err() {
            return false;
        }
        let address = address_of(&(index as u32));
        match self.by_key.entry(hash(address), |i| address_of(i) == address, |i| hash(address_of(i))) {
            Entry::Vacant(place) => _ = place.insert(index as u32),
            Entry::Occupied(mut first) => {
                let next = std::mem::replace(first.get_mut(), index as u32);
                self.waiting[index].next = next
            }
        }
        true
    }

    /// The object at `address` is alive.
    #[cold]
    pub(super) fn release(&mut self, address: *mut u64) {
        let address = address.addr() as u64;
        let waiting = &self.waiting;
        let is_its = |&i: &u32| waiting[i as usize].key.address().addr() as u64 == address;
        let Ok(found) = self.by_key.find_entry(hash(address), is_its) else { return };
        // Not marked here: a value may itself be a key, and a chain of those would recurse.
        let (chain, _) = found.remove();
        self.waiting[chain as usize].before = std::mem::replace(&mut self.released, chain);
    }

    /// A chain that was released: its first.
    fn take_released(&mut self) -> Option<u32> {
        let chain = self.released;
        let first = self.waiting.get(chain as usize)?;
        self.released = first.before;
        Some(chain)
    }
}

impl Tracer {
    /// Reports that `value` is alive as long as `key` is, for weak tables (whose `sweep_weak` then drops the entries
    /// with dead keys). The value may refer to the key.
    pub fn ephemeron(&mut self, key: Value, value: Value) {
        if self.is_alive(key) {
            self.value(value)
        } else if value.is_pointer() {
            self.failed |= !self.ephemerons.add(key, value)
        }
    }

    pub(super) fn scan_ephemeron(&mut self, v: Value) {
        let e = Ephemeron(v);
        if !self.is_alive(e.key()) {
            v.set_raw_slot(LINK, self.ephemerons.objects as u64);
            self.ephemerons.objects = v.address();
        }
        self.ephemeron(e.key(), e.content())
    }

    /// Marks everything that is alive through ephemerons. May be called again after more was reported.
    pub(super) fn finish_ephemerons(&mut self) {
        self.drain();
        if !self.ephemerons.watching {
            self.ephemerons.watching = true;
            // Ephemerons that are met from now on index themselves, behind the end of this range.
            for i in 0..self.ephemerons.waiting.len() {
                let Waiting { key, value, .. } = self.ephemerons.waiting[i];
                if self.is_alive(key) { self.value(value) } else { self.failed |= !self.ephemerons.index(i) }
            }
        }
        loop {
            self.drain();
            let Some(mut chain) = self.ephemerons.take_released() else { return };
            while chain != NONE {
                let Waiting { value, next, .. } = self.ephemerons.waiting[chain as usize];
                self.value(value);
                chain = next;
            }
        }
    }

    /// After marking: empties the ephemeron objects whose keys have died.
    pub(super) fn break_ephemerons(&mut self) {
        let mut at = std::mem::replace(&mut self.ephemerons.objects, null_mut());
        while !at.is_null() {
            let v = Value::from_object(at);
            at = v.raw_slot(LINK) as *mut u64;
            v.set_raw_slot(LINK, 0);
            if !self.is_alive(Ephemeron(v).key()) {
                v.set_raw_slot(KEY, Value::BWP.0);
                v.set_raw_slot(VALUE, Value::BWP.0);
            }
        }
    }
}
