//! Symbols: static ones for the names of the prelude, others interned weakly in their heap's table. Depends on
//! `object.rs` and allocation.

use super::header::{Header, Kind};
use super::large::IMMORTAL;
use super::object::Symbol;
use super::value::TAG_OBJECT;
use super::{Heap, Value};
use hashbrown::HashTable;

/// The hash by which symbols are interned: FNV-1a, so that static tables made at build time agree with it.
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
const NAME: usize = 1;
/// Words before an inline name.
const BEFORE_NAME: usize = 3;

impl Symbol {
    pub fn name(&self) -> &str {
        // SAFETY: the name's address, and `length` bytes of UTF-8 there that live as long as the symbol.
        unsafe {
            let p = self.0.raw_slot(NAME) as *const u8;
            std::str::from_utf8_unchecked(std::slice::from_raw_parts(p, self.0.header().length()))
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
        // SAFETY: fresh words for header, hash, address and name; objects do not move, so the address stays.
        unsafe {
            *p = Header::new(Kind::Symbol, flags, name.len()).0;
            let inline = p.add(BEFORE_NAME);
            *p.add(1 + HASH) = hash;
            *p.add(1 + NAME) = inline as u64;
            inline.cast::<u8>().copy_from_nonoverlapping(name.as_ptr(), name.len());
        }
        Value::from_object(p)
    }
}

/// Interned symbols of one heap.
pub(super) struct SymbolTable {
    fixed: &'static StaticSymbols,
    table: HashTable<Value>,
}

impl SymbolTable {
    pub(super) fn new(fixed: &'static StaticSymbols) -> Self {
        SymbolTable { fixed, table: HashTable::new() }
    }

    pub(super) fn bytes(&self) -> usize {
        self.table.allocation_size()
    }

    pub(super) fn find(&self, name: &str, hash: u64) -> Option<Value> {
        let fixed = self.fixed.find(name, hash);
        fixed.or_else(|| self.table.find(hash, |v| Symbol(*v).name() == name).copied())
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

/// A symbol in static memory: the same in every machine, always alive.
// Laid out like a large object: its mark, then at an odd multiple of eight the symbol.
#[repr(C, align(16))]
pub struct StaticSymbol {
    mark: u64,
    header: Header,
    hash: u64,
    name: *const u8,
}

// SAFETY: immutable, and so is the name it points at.
unsafe impl Sync for StaticSymbol {}

impl StaticSymbol {
    pub const fn new(name: &'static str) -> StaticSymbol {
        let header = Header::new(Kind::Symbol, Header::IMMORTAL, name.len());
        StaticSymbol { mark: IMMORTAL, header, hash: symbol_hash(name), name: name.as_ptr() }
    }

    /// The symbol, for any machine.
    pub fn value(&'static self) -> Value {
        let object = std::ptr::from_ref(self).wrapping_byte_add(std::mem::offset_of!(StaticSymbol, header));
        Value(object.expose_provenance() as u64 | TAG_OBJECT)
    }
}

/// A table of static symbols: a `static` beside two others.
///
/// ```text
/// static NAMES: [StaticSymbol; 2] = [StaticSymbol::new("car"), StaticSymbol::new("cdr")];
/// static INDEX: [u16; 4] = StaticSymbols::index(&NAMES);
/// static SYMBOLS: StaticSymbols = StaticSymbols::new(&NAMES, &INDEX);
/// ```
pub struct StaticSymbols {
    symbols: &'static [StaticSymbol],
    /// Open addressing by hash: 0, or 1 + the place in `symbols`.
    index: &'static [u16],
}

impl StaticSymbols {
    pub const NONE: StaticSymbols = StaticSymbols::new(&[], &[0]);

    /// `index` was made by [`StaticSymbols::index`] from the same symbols.
    pub const fn new(symbols: &'static [StaticSymbol], index: &'static [u16]) -> StaticSymbols {
        StaticSymbols { symbols, index }
    }

    /// The index of `symbols`, whose names differ. `SIZE` is a power of two and larger than their number, better twice.
    pub const fn index<const SIZE: usize>(symbols: &[StaticSymbol]) -> [u16; SIZE] {
        assert!(SIZE.is_power_of_two() && symbols.len() < SIZE && symbols.len() < u16::MAX as usize);
        let mut index = [0; SIZE];
        let mut i = 0;
        while i < symbols.len() {
            let mut at = symbols[i].hash as usize & (SIZE - 1);
            while index[at] != 0 {
                at = (at + 1) & (SIZE - 1);
            }
            i += 1;
            index[at] = i as u16;
        }
        index
    }

    /// The symbol of that name, if it is one of them.
    pub fn find(&self, name: &str, hash: u64) -> Option<Value> {
        let mask = self.index.len() - 1;
        let mut at = hash as usize & mask;
        while let Some(i) = self.index[at].checked_sub(1) {
            let symbol = &self.symbols[i as usize];
            if symbol.hash == hash {
                let v = symbol.value();
                if Symbol(v).name() == name {
                    return Some(v);
                }
            }
            at = (at + 1) & mask;
        }
        None
    }
}
