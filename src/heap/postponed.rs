//! Objects that are marked and still to be scanned, for which the mark stack has no room. Depends on blocks and values.
//!
//! A block with such objects gets a table of two bits for each of its granules, which say the tag of the object that begins
//! there: so this takes at most a sixtieth of the small objects' memory, and nothing is looked for. An object is put here
//! at most once in a collection, since it is marked once; all of it takes time in proportion to the number of objects.

use super::Value;
use super::block::{BLOCK, Block, GRANULE};
use super::large::is_outside_blocks;
use super::value::{TAG_MASK, TAG_OBJECT, TAG_PAIR, TAG_PROCEDURE};

const WORDS: usize = BLOCK / GRANULE / 64;

/// The objects of one block.
struct Table {
    block: *mut Block,
    /// The next table that is not empty.
    next: Option<u32>,
    /// Granules where a pair or an object begins.
    not_procedures: [u64; WORDS],
    /// Granules where a procedure or an object begins.
    not_pairs: [u64; WORDS],
}

/// See the head of this file.
#[derive(Default)]
pub(super) struct Postponed {
    /// A block of which objects were put here knows its table for the rest of the collection.
    tables: Vec<Table>,
    /// The first table that is not empty.
    first: Option<u32>,
    /// Objects outside of blocks: they are large, so these are few.
    outside: Vec<Value>,
}

impl Postponed {
    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.tables.capacity() * size_of::<Table>() + self.outside.capacity() * size_of::<Value>()
    }

    /// Puts a marked object here. False when the system has no memory for it.
    pub(super) fn put(&mut self, v: Value) -> bool {
        let p = v.address();
        if is_outside_blocks(p) {
            let room = self.outside.try_reserve(1).is_ok();
            if room {
                self.outside.push(v)
            }
            return room;
        }
        let Some(number) = self.table_of(Block::of(p)) else { return false };
        let table = &mut self.tables[number as usize];
        if table.is_empty() {
            table.next = self.first.replace(number)
        }
        let granule = Block::granule(p);
        let (word, bit) = (granule / 64, 1 << (granule % 64));
        let tag = v.0 & TAG_MASK;
        if tag != TAG_PROCEDURE {
            table.not_procedures[word] |= bit
        }
        if tag != TAG_PAIR {
            table.not_pairs[word] |= bit
        }
        true
    }

    /// The number of the block's table.
    fn table_of(&mut self, block: *mut Block) -> Option<u32> {
        // SAFETY: the block is started; nobody else holds a reference to its header.
        let known = unsafe { &mut (*block).table };
        if *known == Block::NO_TABLE {
            let number = u32::try_from(self.tables.len()).ok().filter(|&n| n != Block::NO_TABLE)?;
            self.tables.try_reserve(1).ok()?;
            self.tables.push(Table { block, next: None, not_procedures: [0; WORDS], not_pairs: [0; WORDS] });
            *known = number
        }
        Some(*known)
    }

    /// Takes an object that was put here, and moves others of the same block to `stack` while there is room.
    pub(super) fn take(&mut self, stack: &mut Vec<u64>) -> Option<Value> {
        let Some(number) = self.first else { return self.outside.pop() };
        let table = &mut self.tables[number as usize];
        let v = table.take(stack);
        if table.is_empty() {
            self.first = table.next.take()
        }
        v
    }
}

impl Table {
    fn is_empty(&self) -> bool {
        self.not_procedures == [0; WORDS] && self.not_pairs == [0; WORDS]
    }

    fn take(&mut self, stack: &mut Vec<u64>) -> Option<Value> {
        let mut taken = None;
        for word in 0..WORDS {
            let (not_procedures, not_pairs) = (self.not_procedures[word], self.not_pairs[word]);
            let mut rest = not_procedures | not_pairs;
            while rest != 0 {
                match taken {
                    None => {}
                    Some(Value(_)) if stack.len() == stack.capacity() => break,
                    Some(Value(other)) => stack.push(other),
                }
                let bit = rest.trailing_zeros();
                let tag = match (not_procedures >> bit & 1, not_pairs >> bit & 1) {
                    (1, 0) => TAG_PAIR,
                    (1, _) => TAG_OBJECT,
                    _ => TAG_PROCEDURE,
                };
                taken = Some(Value(Block::address(self.block, word * 64 + bit as usize).addr() as u64 | tag));
                rest &= rest - 1;
            }
            self.not_procedures[word] &= rest;
            self.not_pairs[word] &= rest;
            if rest != 0 {
                break;
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::Heap;
    use std::collections::HashSet;

    #[test]
    fn what_is_put_is_taken_once_with_its_tag() {
        let mut heap = Heap::new();
        let pairs: Vec<Value> = (0..10_000).map(|_| heap.cons(Value::NIL, Value::NIL)).collect();
        let objects: Vec<Value> = (0..2000).map(|n| heap.vector(&vec![Value::NIL; n % 200])).collect();
        let procedure = |v: Value| Value(v.0 & !TAG_MASK | TAG_PROCEDURE);
        // Nothing is scanned here, so that a pair's address may stand for a procedure's.
        let all: Vec<Value> =
            pairs.iter().copied().map(|v| if v.0 % 3 == 0 { procedure(v) } else { v }).chain(objects).collect();
        let mut postponed = Postponed::default();
        let (first, later) = all.split_at(all.len() / 2);
        assert!(first.iter().all(|&v| postponed.put(v)));
        let (mut taken, mut stack) = (HashSet::new(), Vec::with_capacity(10));
        for &v in later {
            let one = stack.pop().map(Value).or_else(|| postponed.take(&mut stack));
            assert!(taken.insert(one.expect("one of those")));
            assert!(postponed.put(v));
        }
        while let Some(v) = stack.pop().map(Value).or_else(|| postponed.take(&mut stack)) {
            assert!(taken.insert(v))
        }
        assert_eq!(taken, all.into_iter().collect());
    }
}
