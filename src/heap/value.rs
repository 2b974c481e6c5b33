//! The value: one 64-bit word, tagged in its low bits. Depends on nothing but the object layouts of this folder.
//!
//! | low bits | what | the rest |
//! |---|---|---|
//! | `x00` | fixnum | 62-bit two's complement integer |
//! | `001` | pair | address of two words |
//! | `101` | procedure | address of a closure: its code, then its free variables |
//! | `110` | immediate | bits 3–7 say which kind, bits 8.. its payload |
//! | `111` | object | address of a header word and what it describes (`object.rs`) |
//! | `01x` | flonum | `rotl(bits, 4) - 1`, where that gives these tag bits; others are boxed |
//!
//! Invariant: a value that points into a heap is valid as long as that heap has not collected since it was obtained, or
//! a collection saw it as reachable. The collector runs only at the evaluator's safepoints, so Rust code between two
//! safepoints may copy values freely. No value ever leaves the crate: hosts hold rooted handles.

use super::header::{Header, Kind};
use super::object::{Str, Symbol};

/// A Scheme value.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(pub(crate) u64);

/// The smallest fixnum, `(least-fixnum)`.
pub const FIXNUM_MIN: i64 = -(1 << 61);
/// The largest fixnum, `(greatest-fixnum)`.
pub const FIXNUM_MAX: i64 = (1 << 61) - 1;

pub(crate) const TAG_MASK: u64 = 7;
pub(crate) const TAG_PAIR: u64 = 1;
pub(crate) const TAG_PROCEDURE: u64 = 5;
pub(crate) const TAG_IMMEDIATE: u64 = 6;
pub(crate) const TAG_OBJECT: u64 = 7;

const KIND_SPECIAL: u64 = TAG_IMMEDIATE;
const KIND_CHAR: u64 = 1 << 3 | TAG_IMMEDIATE;

const fn special(n: u64) -> Value {
    Value(n << 8 | KIND_SPECIAL)
}

impl Value {
    pub const FALSE: Value = special(0);
    pub const TRUE: Value = special(1);
    /// The empty list.
    pub const NIL: Value = special(2);
    /// The end-of-file object.
    pub const EOF: Value = special(3);
    /// What expressions for effect return; printed `#!void`.
    pub const VOID: Value = special(4);
    /// In a variable's cell: not defined yet. Never a value that a program can hold, but for `(unbound-object)`.
    pub const UNBOUND: Value = special(5);
    /// What a weak pair holds in place of a dead object.
    pub const BWP: Value = special(6);
    /// What a non-blocking port answers when it has nothing.
    pub const WOULD_BLOCK: Value = special(7);
    /// An optional argument that was not given. Never a value that a program can hold.
    pub const ABSENT: Value = special(8);
    /// In a `letrec` variable: not initialised yet. Never a value that a program can hold.
    pub const UNASSIGNED: Value = special(9);
    /// What the evaluator's expression nodes answer when they fail. Never a value that a program can hold.
    pub const FAILED: Value = special(10);

    /// A fixnum. The caller has checked the range; `Heap::integer` takes any `i64`.
    #[inline(always)]
    pub const fn fixnum(n: i64) -> Value {
        debug_assert!(n >= FIXNUM_MIN && n <= FIXNUM_MAX);
        Value((n as u64) << 2)
    }

    /// The fixnum for `n`, if it is one.
    #[inline(always)]
    pub const fn checked_fixnum(n: i64) -> Option<Value> {
        match n.checked_mul(4) {
            Some(w) => Some(Value(w as u64)),
            None => None,
        }
    }

    /// Sum of two values, if both and it are fixnums: one test of both tags, one addition of the words.
    #[inline(always)]
    pub const fn add_fixnums(self, other: Value) -> Option<Value> {
        if (self.0 | other.0) & 3 != 0 {
            return None;
        }
        match (self.0 as i64).checked_add(other.0 as i64) {
            Some(w) => Some(Value(w as u64)),
            None => None,
        }
    }

    /// Difference, likewise.
    #[inline(always)]
    pub const fn sub_fixnums(self, other: Value) -> Option<Value> {
        if (self.0 | other.0) & 3 != 0 {
            return None;
        }
        match (self.0 as i64).checked_sub(other.0 as i64) {
            Some(w) => Some(Value(w as u64)),
            None => None,
        }
    }

    /// Product, likewise.
    #[inline(always)]
    pub const fn mul_fixnums(self, other: Value) -> Option<Value> {
        if (self.0 | other.0) & 3 != 0 {
            return None;
        }
        match (self.0 as i64).checked_mul(other.0 as i64 >> 2) {
            Some(w) => Some(Value(w as u64)),
            None => None,
        }
    }

    /// Both values, if both are immediate flonums.
    #[inline(always)]
    pub const fn immediate_flonums(self, other: Value) -> Option<(f64, f64)> {
        if !(self.is_immediate_flonum() && other.is_immediate_flonum()) {
            return None;
        }
        let (x, y) = (self.0.wrapping_add(1).rotate_right(4), other.0.wrapping_add(1).rotate_right(4));
        Some((f64::from_bits(x), f64::from_bits(y)))
    }

    /// Order of two fixnums.
    #[inline(always)]
    pub fn compare_fixnums(self, other: Value) -> Option<std::cmp::Ordering> {
        if (self.0 | other.0) & 3 != 0 {
            return None;
        }
        Some((self.0 as i64).cmp(&(other.0 as i64)))
    }

    #[inline(always)]
    pub const fn boolean(b: bool) -> Value {
        if b { Value::TRUE } else { Value::FALSE }
    }

    #[inline(always)]
    pub const fn char(c: char) -> Value {
        Value((c as u64) << 8 | KIND_CHAR)
    }

    /// The immediate flonum for `x`, if its exponent allows it; otherwise `Heap::flonum` boxes.
    #[inline(always)]
    pub const fn immediate_flonum(x: f64) -> Option<Value> {
        let w = x.to_bits().rotate_left(4).wrapping_sub(1);
        if w & 6 == 2 { Some(Value(w)) } else { None }
    }

    #[inline(always)]
    pub const fn is_fixnum(self) -> bool {
        self.0 & 3 == 0
    }

    #[inline(always)]
    pub const fn as_fixnum(self) -> Option<i64> {
        if self.is_fixnum() { Some((self.0 as i64) >> 2) } else { None }
    }

    #[inline(always)]
    pub const fn is_immediate_flonum(self) -> bool {
        self.0 & 6 == 2
    }

    /// The flonum's value, immediate or boxed.
    #[inline(always)]
    pub fn as_flonum(self) -> Option<f64> {
        if self.is_immediate_flonum() {
            Some(f64::from_bits(self.0.wrapping_add(1).rotate_right(4)))
        } else if self.is(Kind::Flonum) {
            Some(f64::from_bits(self.raw_slot(0)))
        } else {
            None
        }
    }

    #[inline(always)]
    pub fn is_flonum(self) -> bool {
        self.is_immediate_flonum() || self.is(Kind::Flonum)
    }

    #[inline(always)]
    pub const fn as_char(self) -> Option<char> {
        if self.is_char() {
            // SAFETY: only `Value::char` makes words of this kind.
            Some(unsafe { char::from_u32_unchecked((self.0 >> 8) as u32) })
        } else {
            None
        }
    }

    #[inline(always)]
    pub const fn is_char(self) -> bool {
        self.0 & 0xff == KIND_CHAR
    }

    #[inline(always)]
    pub const fn is_boolean(self) -> bool {
        self.0 == Value::FALSE.0 || self.0 == Value::TRUE.0
    }

    /// Everything but `#f` counts as true.
    #[inline(always)]
    pub const fn is_true(self) -> bool {
        self.0 != Value::FALSE.0
    }

    #[inline(always)]
    pub const fn is_false(self) -> bool {
        self.0 == Value::FALSE.0
    }

    #[inline(always)]
    pub const fn is_nil(self) -> bool {
        self.0 == Value::NIL.0
    }

    #[inline(always)]
    pub const fn is_absent(self) -> bool {
        self.0 == Value::ABSENT.0
    }

    #[inline(always)]
    pub const fn is_pair(self) -> bool {
        self.0 & TAG_MASK == TAG_PAIR
    }

    #[inline(always)]
    pub const fn is_procedure(self) -> bool {
        self.0 & TAG_MASK == TAG_PROCEDURE
    }

    #[inline(always)]
    pub const fn is_object(self) -> bool {
        self.0 & TAG_MASK == TAG_OBJECT
    }

    /// Whether this word points at memory that a collector may have to look at.
    #[inline(always)]
    pub const fn is_pointer(self) -> bool {
        const TAGS: u8 = 1 << TAG_PAIR | 1 << TAG_PROCEDURE | 1 << TAG_OBJECT;
        TAGS >> (self.0 & TAG_MASK) & 1 == 1
    }

    /// Whether this is a heap object of that kind.
    #[inline(always)]
    pub fn is(self, kind: Kind) -> bool {
        self.is_object() && self.header().kind() == kind
    }

    /// The kind of a heap object (tag `111`), if it is one.
    #[inline(always)]
    pub fn kind(self) -> Option<Kind> {
        if self.is_object() { Some(self.header().kind()) } else { None }
    }

    /// The word itself: identity, for `eq?` and hashing by address (objects never move).
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The immediate with that word: the opposite of `bits`.
    pub fn from_immediate_bits(bits: u64) -> Value {
        let v = Value(bits);
        assert!(!v.is_pointer());
        v
    }

    /// The address that a pointer word carries.
    #[inline(always)]
    pub(crate) const fn address(self) -> *mut u64 {
        (self.0 & !TAG_MASK) as *mut u64
    }

    #[inline(always)]
    pub(crate) fn header(self) -> Header {
        debug_assert!(self.is_object());
        // SAFETY: an object word points at a live header (module invariant).
        unsafe { Header(*self.address()) }
    }

    #[inline(always)]
    pub(super) fn set_header(self, header: Header) {
        debug_assert!(self.is_object());
        // SAFETY: as for `header`.
        unsafe { *self.address() = header.0 }
    }

    /// Words that an object takes in its heap, the header included.
    pub(super) fn object_words(self) -> usize {
        let header = self.header();
        match header.kind() {
            Kind::Bytevector => 1 + header.length().div_ceil(8),
            Kind::Symbol => Symbol(self).object_words(),
            Kind::String => Str(self).object_words(),
            _ => 1 + header.length(),
        }
    }

    /// Value slot `i`, one of those that every object of its kind has.
    #[inline(always)]
    pub(super) fn known_slot(self, i: usize) -> Value {
        debug_assert!(i < self.header().kind().least_slots());
        Value(self.raw_slot(i))
    }

    #[inline(always)]
    pub(super) fn set_known_slot(self, i: usize, v: Value) {
        debug_assert!(i < self.header().kind().least_slots());
        self.set_raw_slot(i, v.0)
    }

    /// Word `i` behind the header, raw.
    #[inline(always)]
    pub(crate) fn raw_slot(self, i: usize) -> u64 {
        debug_assert!(self.is_object());
        // SAFETY: callers in this folder stay inside the object that the header describes.
        unsafe { *self.address().add(1 + i) }
    }

    #[inline(always)]
    pub(crate) fn set_raw_slot(self, i: usize, w: u64) {
        debug_assert!(self.is_object());
        // SAFETY: as for `raw_slot`; a heap belongs to one thread at a time, so nobody reads meanwhile.
        unsafe { *self.address().add(1 + i) = w }
    }
}

impl std::fmt::Debug for Value {
    /// For our own debugging: shallow, never follows pointers but for symbols and strings.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(n) = self.as_fixnum() {
            return write!(f, "{n}");
        }
        if let Some(x) = self.as_flonum() {
            return write!(f, "{x:?}");
        }
        if let Some(c) = self.as_char() {
            return write!(f, "#\\{c}");
        }
        if self.is_pair() || self.is_procedure() {
            return write!(f, "#<{} {:#x}>", if self.is_pair() { "pair" } else { "procedure" }, self.0);
        }
        match self.kind() {
            Some(Kind::Symbol) => write!(f, "{}", Symbol(*self).name()),
            Some(Kind::String) => write!(f, "{:?}", Str(*self).to_string()),
            Some(kind) => write!(f, "#<{kind:?} {:#x}>", self.0),
            None => match *self {
                Value::FALSE => write!(f, "#f"),
                Value::TRUE => write!(f, "#t"),
                Value::NIL => write!(f, "()"),
                Value::VOID => write!(f, "#!void"),
                other => write!(f, "#<immediate {:#x}>", other.0),
            },
        }
    }
}
