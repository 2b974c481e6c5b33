//! A typed view for each kind of object. Depends on `value.rs` and `header.rs`.
//!
//! A view proves what its value is, so its accessors check no more than an index. Those of a fixed slot check nothing:
//! every object of a kind has at least [`Kind::least_slots`] slots.

use super::header::{Header, Kind};
use super::tracer::ClosureLayout;
use super::value::{TAG_OBJECT, TAG_PAIR, TAG_PROCEDURE, Value};

/// A typed view of a value: the check is made once, by `from_value`; the accessors need none. Whoever writes `Pair(v)`
/// has just seen that `v` is one.
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
        #[cfg_attr(not(feature = "posix"), allow(dead_code, reason = "pointers are made by `memory/`"))]
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
    Global, "a global variable", |v| v.is(Kind::Global);
    Guardian, "a guardian", |v| v.is(Kind::Guardian);
    Ephemeron, "an ephemeron", |v| v.is(Kind::Ephemeron);
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
        self.check_slot(i);
        Value(self.raw_slot(i))
    }

    #[inline(always)]
    pub fn set_slot(self, i: usize, v: Value) {
        self.check_slot(i);
        self.set_raw_slot(i, v.0)
    }

    #[inline(always)]
    fn check_slot(self, i: usize) {
        let header = self.header();
        assert!(header.kind().is_slots() && i < header.length(), "no slot {i}");
    }

    /// All value slots of such an object.
    pub fn slots(&self) -> &[Value] {
        let header = self.header();
        assert!(header.kind().is_slots());
        // SAFETY: the header says how many values follow; the borrow does not outlive the next safepoint because
        // primitives return before it.
        unsafe { std::slice::from_raw_parts(self.address().add(1) as *const Value, header.length()) }
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

impl Value {
    /// What a procedure is called: a symbol, or `#f`; `#f` for other values.
    pub fn closure_name(self) -> Value {
        if !self.is_procedure() {
            return Value::FALSE;
        }
        // SAFETY: a closure's first word points at its code's layout, which lives as long as the closure.
        unsafe { (*(*self.address() as *const ClosureLayout)).name }
    }
}

/// See [`Value::list_iter`].
#[derive(Clone)]
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
        if i < self.len() { Some(Value(self.0.raw_slot(i))) } else { None }
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
        self.0.known_slot(0)
    }
    #[inline]
    pub fn denominator(self) -> Value {
        self.0.known_slot(1)
    }
}

impl Compnum {
    #[inline]
    pub fn real_part(self) -> Value {
        self.0.known_slot(0)
    }
    #[inline]
    pub fn imag_part(self) -> Value {
        self.0.known_slot(1)
    }
}

impl Record {
    #[inline(always)]
    pub fn rtd(self) -> RecordType {
        RecordType(self.0.known_slot(0))
    }

    /// Number of fields, all ancestors' included.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.0.header().length() - 1
    }

    /// Field `i` among all. Panics out of range.
    #[inline(always)]
    pub fn field(self, i: usize) -> Value {
        assert!(i < self.len(), "no field {i}");
        Value(self.0.raw_slot(i + 1))
    }

    #[inline(always)]
    pub fn set_field(self, i: usize, v: Value) {
        assert!(i < self.len(), "no field {i}");
        self.0.set_raw_slot(i + 1, v.0)
    }
}

impl Global {
    #[inline(always)]
    pub fn get(self) -> Value {
        self.0.known_slot(0)
    }
    #[inline(always)]
    pub fn set(self, v: Value) {
        self.0.set_known_slot(0, v)
    }
    pub fn name(self) -> Value {
        self.0.known_slot(1)
    }
}
