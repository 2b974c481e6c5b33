//! Heap objects: their header and a typed view for each kind. Depends on `value.rs` alone.
//!
//! A header word holds the kind (bits 0–7), flags (8–15) and a length (16–63) whose unit the kind decides. Pairs and
//! closures have tags of their own and no header. Kinds from [`Kind::FIRST_TRACED`] on hold nothing but values behind
//! the header, as many as the length says, so a new such kind needs no word in the collector.

use super::value::{TAG_OBJECT, TAG_PAIR, TAG_PROCEDURE, Value};

/// What a heap object is.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Kind {
    // Without values inside; the collector does not look into them.
    /// One word: the bits of an `f64` whose exponent does not fit an immediate.
    Flonum,
    /// `length` little-endian 64-bit limbs of the magnitude; flag [`Header::NEGATIVE`].
    Bignum,
    /// `length` bytes.
    Bytevector,
    /// Hash, address and byte length of the UTF-8 name; flags [`Header::GENSYM`], [`Header::IMMORTAL`].
    Symbol,
    /// `length` raw words: a C address, then what `memory/` knows of it.
    Pointer,
    // With a layout of their own.
    /// `length` characters: one word (`FALSE`, or the bytevector that holds the text since the string was widened),
    /// then inline text, one byte a character or four when [`Header::WIDE`].
    String,
    /// A Rust value behind two words (`Box<dyn External>`), traced and dropped through its vtable.
    External,
    /// Car weak, cdr strong.
    WeakPair,
    /// Key weak, value alive as long as the key.
    Ephemeron,
    // Nothing but values behind the header.
    /// Numerator, denominator: in lowest terms, the denominator at least 2.
    Ratnum,
    /// Real part, imaginary part: both exact and the latter not zero, or both flonums.
    Compnum,
    Vector,
    /// Record-type descriptor, then the fields, the oldest ancestor's first. The length counts both.
    Record,
    RecordType,
    RecordConstructor,
    /// A condition made of several: a list of simple conditions.
    CompoundCondition,
    /// An assigned variable's box.
    Cell,
    /// A variable of a library or of the top level: value, name.
    Global,
    /// Several values on their way to a continuation that accepts them.
    MultipleValues,
    Promise,
    /// Datum, marks, substitutions, source position: the expander's (`syntax/`).
    Syntax,
    /// Enumeration set, parameter and others that `builtins/` defines in terms of slots.
    Environment,
    Keyword,
    Guardian,
    /// Pointer, size, whether the collector frees it (`memory/`).
    MemoryBlock,
    /// The tagged slots of last resort: first slot says what it is.
    Tagged,
}

impl Kind {
    /// From here on objects hold nothing but values.
    pub const FIRST_TRACED: Kind = Kind::Ratnum;
}

/// The first word of an object.
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Header(pub(crate) u64);

impl Header {
    /// A negative bignum.
    pub const NEGATIVE: u8 = 1;
    /// A string with four bytes a character.
    pub const WIDE: u8 = 2;
    /// A literal, or what a library declares immutable: mutators refuse it.
    pub const IMMUTABLE: u8 = 4;
    /// A symbol that is not interned by its name.
    pub const GENSYM: u8 = 8;
    /// In static memory: in no heap, never marked, never freed, shared by all machines.
    pub const IMMORTAL: u8 = 16;

    pub const fn new(kind: Kind, flags: u8, length: usize) -> Header {
        Header(kind as u64 | (flags as u64) << 8 | (length as u64) << 16)
    }

    #[inline(always)]
    pub fn kind(self) -> Kind {
        // SAFETY: only `Header::new` makes headers, from a `Kind`.
        unsafe { std::mem::transmute(self.0 as u8) }
    }

    #[inline(always)]
    pub const fn has(self, flag: u8) -> bool {
        (self.0 >> 8) as u8 & flag != 0
    }

    #[inline(always)]
    pub const fn length(self) -> usize {
        (self.0 >> 16) as usize
    }
}

/// A typed view of a value: the check is made once, the accessors need none.
pub trait View: Copy {
    /// What messages call it: "a pair", "a string".
    const WHAT: &'static str;
    fn from_value(v: Value) -> Option<Self>;
    fn value(self) -> Value;
}

macro_rules! views {
    ($($(#[$doc:meta])* $name:ident, $what:literal, |$v:ident| $test:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(transparent)]
        pub struct $name(pub(crate) Value);
        impl View for $name {
            const WHAT: &'static str = $what;
            #[inline(always)]
            fn from_value($v: Value) -> Option<Self> {
                if $test { Some($name($v)) } else { None }
            }
            #[inline(always)]
            fn value(self) -> Value {
                self.0
            }
        }
    )*};
}

views! {
    Pair, "a pair", |v| v.is_pair();
    Procedure, "a procedure", |v| v.is_procedure();
    Str, "a string", |v| v.is(Kind::String);
    Symbol, "a symbol", |v| v.is(Kind::Symbol);
    Vector, "a vector", |v| v.is(Kind::Vector);
    Bytevector, "a bytevector", |v| v.is(Kind::Bytevector);
    Bignum, "a bignum", |v| v.is(Kind::Bignum);
    Ratnum, "a ratnum", |v| v.is(Kind::Ratnum);
    Compnum, "a complex number", |v| v.is(Kind::Compnum);
    Record, "a record", |v| v.is(Kind::Record);
    /// Slots: see `RecordType`'s accessors in `record.rs`.
    RecordType, "a record-type descriptor", |v| v.is(Kind::RecordType);
    Cell, "a cell", |v| v.is(Kind::Cell);
    Global, "a global variable", |v| v.is(Kind::Global);
    /// A C address: see `memory/`.
    Pointer, "a pointer", |v| v.is(Kind::Pointer);
    MemoryBlock, "a memory block", |v| v.is(Kind::MemoryBlock);
}

impl Pointer {
    /// How many raw words follow the header.
    pub const WORDS: usize = 3;
    /// Raw word `I`; word 0 is the address.
    #[inline(always)]
    pub fn word<const I: usize>(self) -> u64 {
        const { assert!(I < Pointer::WORDS) };
        self.0.raw_slot(I)
    }
    #[inline(always)]
    pub fn set_word<const I: usize>(self, w: u64) {
        const { assert!(I < Pointer::WORDS) };
        self.0.set_raw_slot(I, w)
    }
}

impl Pair {
    #[inline(always)]
    pub fn car(self) -> Value {
        // SAFETY: a pair word points at two live words (invariant of `Value`).
        unsafe { Value(*self.0.address()) }
    }
    #[inline(always)]
    pub fn cdr(self) -> Value {
        // SAFETY: as for `car`.
        unsafe { Value(*self.0.address().add(1)) }
    }
    #[inline(always)]
    pub fn set_car(self, v: Value) {
        // SAFETY: as for `car`; the heap belongs to one thread at a time.
        unsafe { *self.0.address() = v.0 }
    }
    #[inline(always)]
    pub fn set_cdr(self, v: Value) {
        // SAFETY: as for `set_car`.
        unsafe { *self.0.address().add(1) = v.0 }
    }
}

impl Value {
    #[inline(always)]
    pub fn as_pair(self) -> Option<Pair> {
        Pair::from_value(self)
    }

    /// The car and cdr of a pair.
    #[inline(always)]
    pub fn uncons(self) -> Option<(Value, Value)> {
        self.as_pair().map(|p| (p.car(), p.cdr()))
    }

    /// Value slot `i` of an object whose slots are values (`Kind::FIRST_TRACED` and on). Panics out of range.
    #[inline(always)]
    pub fn slot(self, i: usize) -> Value {
        assert!(
            i < self.header().length() && self.header().kind() as u8 >= Kind::FIRST_TRACED as u8
        );
        Value(self.raw_slot(i))
    }

    #[inline(always)]
    pub fn set_slot(self, i: usize, v: Value) {
        assert!(
            i < self.header().length() && self.header().kind() as u8 >= Kind::FIRST_TRACED as u8
        );
        self.set_raw_slot(i, v.0)
    }

    /// All value slots of such an object.
    pub fn slots(&self) -> &[Value] {
        let h = self.header();
        assert!(h.kind() as u8 >= Kind::FIRST_TRACED as u8);
        // SAFETY: the header says how many values follow; the borrow does not outlive the next safepoint because
        // primitives return before it.
        unsafe { std::slice::from_raw_parts(self.address().add(1) as *const Value, h.length()) }
    }

    /// Iterates over the cars of a list, proper or not; stops at the first tail that is no pair.
    pub fn list_iter(self) -> ListIter {
        ListIter(self)
    }

    pub fn is_immutable(self) -> bool {
        self.is_object() && self.header().has(Header::IMMUTABLE)
    }

    pub(crate) fn from_object(p: *mut u64) -> Value {
        Value(p as u64 | TAG_OBJECT)
    }
    pub(crate) fn from_pair(p: *mut u64) -> Value {
        Value(p as u64 | TAG_PAIR)
    }
    pub(crate) fn from_closure(p: *mut u64) -> Value {
        Value(p as u64 | TAG_PROCEDURE)
    }
}

/// See [`Value::list_iter`].
pub struct ListIter(Value);

impl ListIter {
    /// What is left: `()` after a proper list.
    pub fn rest(&self) -> Value {
        self.0
    }
}

impl Iterator for ListIter {
    type Item = Value;
    #[inline]
    fn next(&mut self) -> Option<Value> {
        let (a, d) = self.0.uncons()?;
        self.0 = d;
        Some(a)
    }
}

impl Vector {
    #[inline(always)]
    pub fn len(self) -> usize {
        self.0.header().length()
    }
    #[inline(always)]
    pub fn get(self, i: usize) -> Option<Value> {
        if i < self.len() {
            Some(Value(self.0.raw_slot(i)))
        } else {
            None
        }
    }
    /// Whether `i` was in range.
    #[inline(always)]
    pub fn set(self, i: usize, v: Value) -> bool {
        let ok = i < self.len();
        if ok {
            self.0.set_raw_slot(i, v.0)
        }
        ok
    }
    pub fn as_slice(&self) -> &[Value] {
        self.0.slots()
    }
}

impl Bytevector {
    #[inline(always)]
    pub fn len(self) -> usize {
        self.0.header().length()
    }
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `length` bytes follow the header; see `Value::slots` on the borrow.
        unsafe { std::slice::from_raw_parts(self.0.address().add(1) as *const u8, self.len()) }
    }
    /// Exclusive by convention: a primitive takes it from one argument, and copies first when two may be the same.
    #[allow(clippy::mut_from_ref)]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as for `bytes`; the heap belongs to one thread, primitives hold one such borrow at a time.
        unsafe { std::slice::from_raw_parts_mut(self.0.address().add(1) as *mut u8, self.len()) }
    }
    pub fn as_ptr(self) -> *mut u8 {
        // SAFETY: the address behind the header of a live object.
        unsafe { self.0.address().add(1) as *mut u8 }
    }
}

impl Symbol {
    pub fn name(&self) -> &str {
        // SAFETY: words 1 and 2 are the address and length of the UTF-8 name, which lives as long as the symbol.
        unsafe {
            let p = self.0.raw_slot(1) as *const u8;
            std::str::from_utf8_unchecked(std::slice::from_raw_parts(
                p,
                self.0.raw_slot(2) as usize,
            ))
        }
    }
    /// The hash by which it is interned; stable across machines.
    pub fn hash(self) -> u64 {
        self.0.raw_slot(0)
    }
    pub fn is_gensym(self) -> bool {
        self.0.header().has(Header::GENSYM)
    }
}

impl Str {
    /// Number of characters.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.0.header().length()
    }
    #[inline(always)]
    fn is_wide(self) -> bool {
        self.0.header().has(Header::WIDE)
    }
    #[inline(always)]
    fn data(self) -> *mut u8 {
        let store = Value(self.0.raw_slot(0));
        if store.is_false() {
            // SAFETY: inline text begins at the second word behind the header.
            unsafe { self.0.address().add(2) as *mut u8 }
        } else {
            Bytevector(store).as_ptr()
        }
    }
    #[inline(always)]
    pub fn get(self, i: usize) -> Option<char> {
        if i >= self.len() {
            return None;
        }
        // SAFETY: `i` is in range, and text has one or four bytes a character as the flag says; four-byte units are
        // only ever written from `char`s.
        unsafe {
            Some(if self.is_wide() {
                char::from_u32_unchecked(*(self.data() as *const u32).add(i))
            } else {
                *self.data().add(i) as char
            })
        }
    }
    /// The text as Latin-1 bytes while all characters are.
    pub fn latin1(&self) -> Option<&[u8]> {
        if self.is_wide() {
            return None;
        }
        // SAFETY: `len` bytes of text; see `Value::slots` on the borrow.
        unsafe { Some(std::slice::from_raw_parts(self.data(), self.len())) }
    }
    pub fn wide(&self) -> Option<&[u32]> {
        if !self.is_wide() {
            return None;
        }
        // SAFETY: `len` four-byte units of text, 8-aligned; see `Value::slots` on the borrow.
        unsafe {
            Some(std::slice::from_raw_parts(
                self.data() as *const u32,
                self.len(),
            ))
        }
    }
    pub fn chars(self) -> impl ExactSizeIterator<Item = char> + DoubleEndedIterator {
        (0..self.len()).map(move |i| self.get(i).unwrap_or('\u{fffd}'))
    }
    /// Replaces character `i`, widening the text where it must; false when out of range.
    pub fn set(self, heap: &mut super::Heap, i: usize, c: char) -> bool {
        if i >= self.len() {
            return false;
        }
        if !self.is_wide() {
            if (c as u32) < 256 {
                // SAFETY: in range, one byte a character.
                unsafe { *self.data().add(i) = c as u8 };
                return true;
            }
            let mut store = heap.make_bytevector(self.len() * 4, 0);
            for (unit, c) in store.bytes_mut().chunks_exact_mut(4).zip(self.chars()) {
                unit.copy_from_slice(&(c as u32).to_ne_bytes());
            }
            self.0.set_raw_slot(0, store.0.0);
            let h = self.0.header();
            // SAFETY: the header of a live object; the text behind `store` has the new width.
            unsafe { *self.0.address() = h.0 | (Header::WIDE as u64) << 8 };
        }
        // SAFETY: in range, four bytes a character.
        unsafe { *(self.data() as *mut u32).add(i) = c as u32 };
        true
    }
}

impl std::fmt::Display for Str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::Write;
        self.chars().try_for_each(|c| f.write_char(c))
    }
}

impl Bignum {
    /// Little-endian limbs of the magnitude; the highest is not zero.
    #[inline]
    pub fn limbs(&self) -> &[u64] {
        // SAFETY: `length` limbs follow the header; see `Value::slots` on the borrow.
        unsafe { std::slice::from_raw_parts(self.0.address().add(1), self.0.header().length()) }
    }
    #[inline]
    pub fn is_negative(self) -> bool {
        self.0.header().has(Header::NEGATIVE)
    }
}

impl Ratnum {
    #[inline]
    pub fn numerator(self) -> Value {
        Value(self.0.raw_slot(0))
    }
    #[inline]
    pub fn denominator(self) -> Value {
        Value(self.0.raw_slot(1))
    }
}

impl Compnum {
    #[inline]
    pub fn real_part(self) -> Value {
        Value(self.0.raw_slot(0))
    }
    #[inline]
    pub fn imag_part(self) -> Value {
        Value(self.0.raw_slot(1))
    }
}

impl Record {
    #[inline(always)]
    pub fn rtd(self) -> RecordType {
        RecordType(Value(self.0.raw_slot(0)))
    }
    pub fn field(self, i: usize) -> Value {
        self.0.slot(i + 1)
    }
    pub fn set_field(self, i: usize, v: Value) {
        self.0.set_slot(i + 1, v)
    }
}

impl Cell {
    #[inline(always)]
    pub fn get(self) -> Value {
        Value(self.0.raw_slot(0))
    }
    #[inline(always)]
    pub fn set(self, v: Value) {
        self.0.set_raw_slot(0, v.0)
    }
}

impl Global {
    #[inline(always)]
    pub fn get(self) -> Value {
        Value(self.0.raw_slot(0))
    }
    #[inline(always)]
    pub fn set(self, v: Value) {
        self.0.set_raw_slot(0, v.0)
    }
    pub fn name(self) -> Value {
        Value(self.0.raw_slot(1))
    }
}
