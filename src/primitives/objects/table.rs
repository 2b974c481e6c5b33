//! The hashtable itself. Entries stand in the order of their insertion, so that what a program sees does not depend on
//! addresses; an index of positions finds them by hash.
//!
//! A table with hash and equivalence procedures of the program's own stores the hashes that it is told and compares
//! nothing: `hashtables.rs` says how the prelude does that.

use super::equal;
use super::equivalence::{are_eqv, is_equal};
use crate::eval::{Machine, Res};
use crate::heap::text;
use crate::heap::{External, Str, Tracer, Value, View, WAITING};
use crate::number;
use hashbrown::HashTable;

/// How keys are hashed and compared.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Equivalence {
    Eq,
    Eqv,
    Equal,
    /// Keys are strings.
    String,
    /// By procedures of the program.
    Custom,
}

#[derive(Copy, Clone)]
struct Entry {
    hash: u64,
    /// `ABSENT` marks the place of a deleted entry.
    key: Value,
    value: Value,
}

/// A hashtable.
#[derive(Clone)]
pub struct Table {
    pub equivalence: Equivalence,
    /// Entries do not keep their keys alive, whatever their values refer to; the entry of a dead key vanishes.
    pub weak: bool,
    pub mutable: bool,
    /// The procedures that a program gave: hash, equivalence; then what the prelude does for a custom table: ref, set!,
    /// delete!, contains?. All `#f` where there are none.
    pub procedures: [Value; 6],
    /// Counts insertions and deletions.
    stamp: u64,
    entries: Vec<Entry>,
    index: HashTable<u32>,
}

const DELETED: Value = Value::ABSENT;

impl Table {
    pub fn new(equivalence: Equivalence, weak: bool) -> Table {
        let procedures = [Value::FALSE; 6];
        Table { equivalence, weak, mutable: true, procedures, stamp: 0, entries: Vec::new(), index: HashTable::new() }
    }

    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Changes whenever an entry comes or goes.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }

    /// The bytes that one more entry may cost: what the next growth would take, of the entries and of the index, if it is due.
    pub fn growth(&self) -> usize {
        // The index has a byte beside each position, and is at most seven eighths full.
        const PLACE: usize = 6;
        let of = |length: usize, capacity: usize, size| if length < capacity { 0 } else { (length + 4) * 2 * size };
        of(self.entries.len(), self.entries.capacity(), size_of::<Entry>())
            + of(self.index.len(), self.index.capacity(), PLACE)
    }

    /// The bytes that the next collection may take to work with so many entries.
    pub fn room_to_collect(&self, entries: usize) -> usize {
        if self.weak { entries * WAITING } else { 0 }
    }

    pub fn hash(&self, key: Value, work: &mut usize) -> u64 {
        match self.equivalence {
            Equivalence::Eq | Equivalence::Custom => key.eq_hash(),
            Equivalence::Eqv => {
                *work += number::cost::limbs(key) / 16;
                key.eqv_hash()
            }
            Equivalence::Equal => equal::equal_hash(key, work),
            Equivalence::String => Str::from_value(key).map_or(0, |s| {
                *work += s.len().min(text::HASHED) / 4;
                text::hash_beginning(s, text::HASHED)
            }),
        }
    }

    fn position(&self, m: &mut Machine, hash: u64, key: Value) -> Res<Option<usize>> {
        let entries = &self.entries;
        // Comparing may be stopped; then no entry is looked at any more.
        let mut stopped = None;
        let mut same = |stored: Value| match self.equivalence {
            Equivalence::Eq | Equivalence::Custom => stored == key,
            Equivalence::Eqv => are_eqv(m, stored, key),
            Equivalence::Equal | Equivalence::String => is_equal(m, stored, key).unwrap_or_else(|stop| {
                stopped = Some(stop);
                true
            }),
        };
        let found = self.index.find(hash, |&i| {
            let e = &entries[i as usize];
            e.hash == hash && same(e.key)
        });
        match stopped {
            Some(stop) => Err(stop),
            None => Ok(found.map(|&i| i as usize)),
        }
    }

    pub fn get(&self, m: &mut Machine, hash: u64, key: Value) -> Res<Option<Value>> {
        Ok(self.position(m, hash, key)?.map(|i| self.entries[i].value))
    }

    /// Gives the entry of `key` a value; false when there is none.
    pub fn replace(&mut self, m: &mut Machine, hash: u64, key: Value, value: Value) -> Res<bool> {
        let found = self.position(m, hash, key)?;
        if let Some(i) = found {
            self.entries[i].value = value;
        }
        Ok(found.is_some())
    }

    /// A new entry for a key that is known not to be there; false when the table can hold no more.
    pub fn insert(&mut self, hash: u64, key: Value, value: Value) -> bool {
        let Ok(i) = u32::try_from(self.entries.len()) else { return false };
        let entries = &self.entries;
        if self.index.try_reserve(1, |&i| entries[i as usize].hash).is_err() || self.entries.try_reserve(1).is_err() {
            return false;
        }
        self.stamp += 1;
        self.entries.push(Entry { hash, key, value });
        let entries = &self.entries;
        self.index.insert_unique(hash, i, |&i| entries[i as usize].hash);
        true
    }

    /// Whether there was such an entry.
    pub fn remove(&mut self, m: &mut Machine, hash: u64, key: Value) -> Res<bool> {
        let Some(i) = self.position(m, hash, key)? else { return Ok(false) };
        if let Ok(found) = self.index.find_entry(hash, |&j| j as usize == i) {
            found.remove();
        }
        self.entries[i] = Entry { hash, key: DELETED, value: Value::FALSE };
        self.stamp += 1;
        self.compact_if_sparse();
        Ok(true)
    }

    pub fn clear(&mut self) {
        self.stamp += 1;
        self.entries = Vec::new();
        self.index = HashTable::new();
    }

    /// Makes room for that many entries; false when there is no memory for them.
    pub fn reserve(&mut self, entries: usize) -> bool {
        self.entries.try_reserve(entries).is_ok()
    }

    /// Places of entries, of deleted ones too, and of the index: what a walk over the table has to look at.
    pub fn places(&self) -> usize {
        self.entries.len() + self.index.capacity()
    }

    /// Keys and values, in the order of insertion.
    pub fn iter(&self) -> impl Iterator<Item = (Value, Value)> {
        self.entries.iter().filter(|e| e.key != DELETED).map(|e| (e.key, e.value))
    }

    /// The entries stored under exactly that hash.
    pub fn candidates(&self, hash: u64) -> Vec<(Value, Value)> {
        let entry = |&i: &u32| self.entries.get(i as usize).filter(|e| e.hash == hash).map(|e| (e.key, e.value));
        self.index.iter_hash(hash).filter_map(entry).collect()
    }

    fn compact_if_sparse(&mut self) {
        if self.entries.len() > 2 * self.len() + 16 {
            self.entries.retain(|e| e.key != DELETED);
            self.index.clear();
            let entries = &self.entries;
            for (i, e) in entries.iter().enumerate() {
                self.index.insert_unique(e.hash, i as u32, |&i| entries[i as usize].hash);
            }
            // A table that was large and is small does not stay slow to walk.
            if self.index.capacity() > 8 * entries.len() + 64 {
                self.index.shrink_to(2 * entries.len(), |&i| entries[i as usize].hash);
                self.entries.shrink_to(2 * self.entries.len());
            }
        }
    }
}

impl External for Table {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.values(&self.procedures);
        for e in &self.entries {
            if self.weak {
                tracer.ephemeron(e.key, e.value)
            } else {
                tracer.value(e.key);
                tracer.value(e.value);
            }
        }
    }

    fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.index.allocation_size()
    }

    fn is_weak(&self) -> bool {
        self.weak
    }

    fn sweep_weak(&mut self, alive: &dyn Fn(Value) -> bool) {
        let entries = &mut self.entries;
        self.index.retain(|&mut i| {
            let e = &mut entries[i as usize];
            let keep = !e.key.is_pointer() || alive(e.key);
            if !keep {
                *e = Entry { hash: e.hash, key: DELETED, value: Value::FALSE };
            }
            keep
        });
        self.stamp += 1;
        self.compact_if_sparse();
    }

    fn type_name(&self) -> &'static str {
        "hashtable"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::Heap;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Step {
        Set(i64, i64),
        Remove(i64),
        Get(i64),
        Clear,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            8 => (0i64..60, any::<i32>()).prop_map(|(k, v)| Step::Set(k, v as i64)),
            6 => (0i64..60).prop_map(Step::Remove),
            4 => (0i64..60).prop_map(Step::Get),
            1 => Just(Step::Clear),
        ];
        prop::collection::vec(step, 0..300)
    }

    /// Key `k` as a fresh object of its kind.
    fn key(heap: &mut Heap, equivalence: Equivalence, k: i64) -> Value {
        match equivalence {
            Equivalence::Eqv => heap.bignum(k % 2 == 0, &[k as u64, 1]),
            Equivalence::String => heap.string(&format!("key λ {k}")),
            Equivalence::Equal => {
                let s = heap.string(&k.to_string());
                let v = heap.vector(&[Value::fixnum(k), s]);
                heap.cons(v, Value::NIL)
            }
            Equivalence::Eq | Equivalence::Custom => Value::fixnum(k),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_model(steps in steps()) {
            for equivalence in [Equivalence::Eq, Equivalence::Eqv, Equivalence::Equal, Equivalence::String] {
                let mut m = Machine::new(&[]);
                let mut table = Table::new(equivalence, false);
                // The model: keys with values in the order of insertion.
                let mut model: Vec<(i64, i64)> = Vec::new();
                let mut work = 0;
                for step in &steps {
                    match *step {
                        Step::Set(k, v) => {
                            let key = key(&mut m.heap, equivalence, k);
                            let hash = table.hash(key, &mut work);
                            let value = Value::fixnum(v);
                            if !table.replace(&mut m, hash, key, value).expect("ok") {
                                prop_assert!(table.insert(hash, key, value));
                            }
                            match model.iter_mut().find(|e| e.0 == k) {
                                Some(e) => e.1 = v,
                                None => model.push((k, v)),
                            }
                        }
                        Step::Remove(k) => {
                            let key = key(&mut m.heap, equivalence, k);
                            let hash = table.hash(key, &mut work);
                            let was = model.iter().position(|e| e.0 == k);
                            prop_assert_eq!(table.remove(&mut m, hash, key).ok(), Some(was.is_some()));
                            was.map(|i| model.remove(i));
                        }
                        Step::Get(k) => {
                            let key = key(&mut m.heap, equivalence, k);
                            let hash = table.hash(key, &mut work);
                            let found = table.get(&mut m, hash, key).ok().flatten().and_then(|v| v.as_fixnum());
                            prop_assert_eq!(found, model.iter().find(|e| e.0 == k).map(|e| e.1));
                        }
                        Step::Clear => {
                            table.clear();
                            model.clear();
                        }
                    }
                    prop_assert_eq!(table.len(), model.len());
                }
                let values: Vec<_> = table.iter().filter_map(|(_, v)| v.as_fixnum()).collect();
                prop_assert_eq!(values, model.iter().map(|e| e.1).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn what_one_more_entry_takes_is_known_before() {
        let mut table = Table::new(Equivalence::Eq, false);
        for i in 0..100_000 {
            let (asked, before) = (table.growth(), table.bytes());
            assert!(table.insert(Value::fixnum(i).eq_hash(), Value::fixnum(i), Value::TRUE));
            let grown = table.bytes() - before;
            assert!(grown <= asked, "entry {i} takes {grown} bytes, {asked} were asked for");
        }
    }

    #[test]
    fn weak_tables_forget_dead_keys() {
        let mut m = Machine::new(&[]);
        let mut table = Table::new(Equivalence::Eq, true);
        let keys: Vec<Value> = (0..100).map(|i| m.heap.cons(Value::fixnum(i), Value::NIL)).collect();
        for &k in &keys {
            let hash = table.hash(k, &mut 0);
            assert!(table.insert(hash, k, Value::TRUE));
        }
        let survivors = &keys[..3];
        table.sweep_weak(&|v| survivors.contains(&v));
        assert_eq!(table.iter().map(|e| e.0).collect::<Vec<_>>(), survivors);
        for &k in &keys {
            let hash = table.hash(k, &mut 0);
            assert_eq!(table.get(&mut m, hash, k).ok().flatten().is_some(), survivors.contains(&k));
        }
    }

    #[test]
    fn what_a_value_refers_to_does_not_keep_a_weak_tables_key() {
        let mut heap = Heap::new();
        let mut table = Table::new(Equivalence::Eq, true);
        // Every value refers to its key and to the next key.
        let keys: Vec<Value> = (0..1000).map(|i| heap.cons(Value::fixnum(i), Value::NIL)).collect();
        for pair in keys.windows(2) {
            let value = heap.list(pair);
            assert!(table.insert(table.hash(pair[0], &mut 0), pair[0], value));
        }
        let table = heap.external(Box::new(table));
        let size = |v: Value| v.external_ref::<Table>().map(Table::len);
        for (first, left) in [(0, 999), (600, 399), (998, 1)] {
            heap.collect(&mut |tracer| tracer.values(&[table, keys[first]]));
            assert_eq!(size(table), Some(left));
            let entries: Vec<(Value, Value)> =
                table.external_ref::<Table>().map(|t| t.iter().collect()).unwrap_or_default();
            assert!(entries.iter().all(|&(key, value)| value.list_iter().next() == Some(key)));
        }
        heap.collect(&mut |tracer| tracer.value(table));
        assert_eq!(size(table), Some(0));
    }
}
