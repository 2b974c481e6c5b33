//! The symbol table: names to symbols, held weakly, over a static table for the names of the prelude.

use super::{Symbol, Value};
use hashbrown::HashTable;

/// The hash by which symbols are interned: FNV-1a, so that static tables made at build time agree with it.
pub const fn symbol_hash(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut h = 0xcbf2_9ce4_8422_2325u64;
    let mut i = 0;
    while i < bytes.len() {
        h = (h ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    h ^ (h >> 29)
}

/// Interned symbols of one heap.
pub(super) struct SymbolTable {
    table: HashTable<Value>,
}

impl SymbolTable {
    pub(super) fn new() -> Self {
        SymbolTable {
            table: HashTable::new(),
        }
    }

    pub(super) fn find(&self, name: &str, hash: u64) -> Option<Value> {
        self.table
            .find(hash, |v| Symbol(*v).name() == name)
            .copied()
    }

    pub(super) fn insert(&mut self, symbol: Value) {
        self.table
            .insert_unique(Symbol(symbol).hash(), symbol, |v| Symbol(*v).hash());
    }
}
