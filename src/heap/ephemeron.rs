//! Ephemerons: a value that is alive as long as its key is, even if the value refers to the key. Depends on marking.
//!
//! Marking first collects the ephemerons whose keys it has not met; most of these keys turn up later. Then it
//! *watches*: what is left is indexed by the key's address, and an object that is marked from then on releases the
//! values that wait for it. So the whole takes time in proportion to the number of ephemerons, whatever chains they
//! form, and no recursion. (Hayes 1997, "Ephemerons: a new finalization mechanism".)

use super::tracer::Tracer;
use super::{Ephemeron, Heap, Kind, Value};
use hashbrown::HashMap;
use std::ptr::null_mut;

const KEY: usize = 0;
const VALUE: usize = 1;
/// During a collection: the next ephemeron object that may have to be broken.
const LINK: usize = 2;

impl Heap {
    /// An ephemeron object.
    pub fn ephemeron(&mut self, key: Value, value: Value) -> Ephemeron {
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
}

const NONE: u32 = u32::MAX;

/// The ephemerons of one collection.
pub(super) struct Ephemerons {
    waiting: Vec<Waiting>,
    by_key: HashMap<u64, u32, foldhash::fast::FixedState>,
    /// Keys' chains whose values are alive but not marked yet.
    released: Vec<u32>,
    /// Whether whatever is marked must be looked up in `by_key`.
    pub(super) watching: bool,
    /// The ephemeron objects with a key that was not marked when they were scanned, linked through their last word.
    objects: *mut u64,
}

impl Default for Ephemerons {
    fn default() -> Self {
        Ephemerons {
            waiting: Vec::new(),
            by_key: HashMap::default(),
            released: Vec::new(),
            watching: false,
            objects: null_mut(),
        }
    }
}

impl Ephemerons {
    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.waiting.capacity() * size_of::<Waiting>()
            + self.by_key.allocation_size()
            + self.released.capacity() * size_of::<u32>()
    }

    /// False when the system has no memory for it, here and below.
    fn add(&mut self, key: Value, value: Value) -> bool {
        let index = self.waiting.len();
        if index >= NONE as usize || self.waiting.try_reserve(1).is_err() {
            return false;
        }
        self.waiting.push(Waiting { key, value, next: NONE });
        !self.watching || self.index(index)
    }

    fn index(&mut self, index: usize) -> bool {
        if self.by_key.try_reserve(1).is_err() {
            return false;
        }
        let waiting = &mut self.waiting[index];
        let address = waiting.key.address().addr() as u64;
        waiting.next = self.by_key.insert(address, index as u32).unwrap_or(NONE);
        true
    }

    /// The object at `address` is alive.
    #[cold]
    pub(super) fn release(&mut self, address: *mut u64) -> bool {
        let Some(chain) = self.by_key.remove(&(address.addr() as u64)) else { return true };
        // Not marked here: a value may itself be a key, and a chain of those would recurse.
        let room = self.released.try_reserve(1).is_ok();
        if room {
            self.released.push(chain)
        }
        room
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
            let Some(mut chain) = self.ephemerons.released.pop() else { return };
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
