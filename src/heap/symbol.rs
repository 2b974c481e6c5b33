//! Symbols, interned weakly in their heap's table. Depends on `object.rs` and allocation.

use super::header::{Header, Kind};
use super::object::Symbol;
use super::{Heap, Value};
use hashbrown::HashTable;

/// The hash by which symbols are interned: FNV-1a, so that tables made at build time agree with it.
pub const fn symbol_hash(name: &str) -> u64 {
    SymbolHash::NEW.and(name.as_bytes()).finish()
}

/// The hash of a name that comes piece by piece.
#[derive(Copy, Clone)]
pub struct SymbolHash(u64);

impl SymbolHash {
    /// Of nothing yet.
    pub const NEW: SymbolHash = SymbolHash(0xcbf2_9ce4_8422_2325);

    /// With a piece behind.
    pub const fn and(self, bytes: &[u8]) -> SymbolHash {
        let mut h = self.0;
        let mut i = 0;
        while i < bytes.len() {
            h = (h ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            i += 1;
        }
        SymbolHash(h)
    }

    const fn finish(self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

const HASH: usize = 0;
/// Words before the name: the header and the hash.
const BEFORE_NAME: usize = 2;

impl Symbol {
    pub fn name(&self) -> &str {
        // SAFETY: `length` bytes of UTF-8 lie there, and live as long as the symbol.
        unsafe {
            let name = self.0.address().add(BEFORE_NAME).cast::<u8>();
            std::str::from_utf8_unchecked(std::slice::from_raw_parts(name, self.0.header().length()))
        }
    }

    /// The hash by which it is interned; stable across machines.
    pub fn hash(self) -> u64 {
        self.0.raw_slot(HASH)
    }

    pub fn is_gensym(self) -> bool {
        self.0.header().has(Header::GENSYM)
    }

    /// Words of an object of a heap.
    pub(super) fn object_words(self) -> usize {
        words(self.0.header().length())
    }
}

fn words(name_length: usize) -> usize {
    BEFORE_NAME + name_length.div_ceil(8)
}

impl Heap {
    /// The symbol of that name.
    pub fn symbol(&mut self, name: &str) -> Value {
        self.symbol_with_hash(name, SymbolHash::NEW.and(name.as_bytes()))
    }

    /// The same when the hash of the name is known.
    pub fn symbol_with_hash(&mut self, name: &str, hash: SymbolHash) -> Value {
        let hash = hash.finish();
        if let Some(s) = self.symbols.find(name, hash) {
            return s;
        }
        let s = self.new_symbol(name, hash, 0);
        let before = self.symbols.bytes();
        self.obtain(before * 2, |heap, _| heap.symbols.make_room());
        self.symbols.insert(s);
        self.account(self.symbols.bytes() - before);
        s
    }

    /// A fresh symbol that no reader makes: `name` is its pretty name.
    pub fn gensym(&mut self, name: &str) -> Value {
        self.new_symbol(name, symbol_hash(name), Header::GENSYM)
    }

    fn new_symbol(&mut self, name: &str, hash: u64, flags: u8) -> Value {
        let p = self.allocate(words(name.len()));
        // SAFETY: fresh words for header, hash and name.
        unsafe {
            *p = Header::new(Kind::Symbol, flags, name.len()).0;
            *p.add(1 + HASH) = hash;
            p.add(BEFORE_NAME).cast::<u8>().copy_from_nonoverlapping(name.as_ptr(), name.len());
        }
        Value::from_object(p)
    }
}

/// Interned symbols of one heap.
#[derive(Default)]
pub(super) struct SymbolTable {
    table: HashTable<Value>,
}

impl SymbolTable {
    pub(super) fn bytes(&self) -> usize {
        self.table.allocation_size()
    }

    pub(super) fn find(&self, name: &str, hash: u64) -> Option<Value> {
        self.table.find(hash, |v| Symbol(*v).name() == name).copied()
    }

    /// For one more symbol; `None` if the system has no memory.
    fn make_room(&mut self) -> Option<()> {
        self.table.try_reserve(1, |v| Symbol(*v).hash()).ok()
    }

    fn insert(&mut self, symbol: Value) {
        self.table.insert_unique(Symbol(symbol).hash(), symbol, |v| Symbol(*v).hash());
    }

    /// After marking: forgets symbols that nobody refers to.
    pub(super) fn sweep(&mut self, is_alive: impl Fn(Value) -> bool) {
        self.table.retain(|v| is_alive(*v));
        if self.table.len() < self.table.capacity() / 8 {
            self.table.shrink_to(self.table.len() * 2, |v| Symbol(*v).hash())
        }
    }
}
