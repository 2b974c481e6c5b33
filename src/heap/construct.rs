//! The constructors of objects: each allocates and fills. Depends on allocation and the layouts of objects.
//!
//! None of them asks whether the memory may be had: whoever makes something large calls [`Heap::reserve`] before.

use super::header::{Header, Kind};
use super::large::is_blank;
use super::object::{Bytevector, Pointer, Vector};
use super::{ClosureLayout, Heap, Value};

impl Heap {
    #[inline]
    pub fn cons(&mut self, car: Value, cdr: Value) -> Value {
        let p = self.allocate(2);
        // SAFETY: two fresh words.
        unsafe {
            *p = car.0;
            *p.add(1) = cdr.0;
        }
        Value::from_pair(p)
    }

    /// A list of `items` that ends in `tail`.
    pub fn list_with_tail(&mut self, items: &[Value], tail: Value) -> Value {
        items.iter().rev().fold(tail, |rest, &v| self.cons(v, rest))
    }

    pub fn list(&mut self, items: &[Value]) -> Value {
        self.list_with_tail(items, Value::NIL)
    }

    #[inline]
    pub fn flonum(&mut self, x: f64) -> Value {
        match Value::immediate_flonum(x) {
            Some(v) => v,
            None => self.raw_object(Kind::Flonum, 0, 1, &[x.to_bits()]),
        }
    }

    /// An object with raw words behind the header.
    pub(super) fn raw_object(&mut self, kind: Kind, flags: u8, length: usize, words: &[u64]) -> Value {
        let p = self.allocate(1 + words.len());
        // SAFETY: `1 + words.len()` fresh words.
        unsafe {
            *p = Header::new(kind, flags, length).0;
            p.add(1).copy_from_nonoverlapping(words.as_ptr(), words.len());
        }
        Value::from_object(p)
    }

    /// A bignum from little-endian limbs, the highest not zero. The caller (`number/`) normalises to fixnums before.
    pub fn bignum(&mut self, negative: bool, limbs: &[u64]) -> Value {
        self.raw_object(Kind::Bignum, if negative { Header::NEGATIVE } else { 0 }, limbs.len(), limbs)
    }

    /// A ratnum. The caller (`number/`) has brought it to lowest terms.
    pub fn ratnum(&mut self, numerator: Value, denominator: Value) -> Value {
        self.slots(Kind::Ratnum, &[numerator, denominator])
    }

    /// A complex number. The caller (`number/`) has made both parts exact or both flonums.
    pub fn compnum(&mut self, real: Value, imag: Value) -> Value {
        self.slots(Kind::Compnum, &[real, imag])
    }

    /// What a primitive that returns several values answers (its row is flagged `control`).
    pub fn multiple_values(&mut self, values: &[Value]) -> Value {
        self.slots(Kind::MultipleValues, values)
    }

    /// A pointer object: the address, then the words that `memory/` keeps with it.
    pub fn pointer(&mut self, words: [u64; Pointer::WORDS]) -> Pointer {
        Pointer(self.raw_object(Kind::Pointer, 0, words.len(), &words))
    }

    /// Memory and header for an object of a kind that holds only values: the address of its first slot, to be written.
    #[inline]
    fn raw_slots(&mut self, kind: Kind, length: usize) -> (Value, *mut Value) {
        assert!(kind.is_slots() && length >= kind.least_slots() && length < Header::LENGTHS);
        let p = self.allocate(1 + length);
        // SAFETY: `1 + length` fresh words.
        unsafe {
            *p = Header::new(kind, 0, length).0;
            (Value::from_object(p), p.add(1).cast())
        }
    }

    /// An object of a kind that holds only values.
    #[inline]
    pub fn slots(&mut self, kind: Kind, values: &[Value]) -> Value {
        let (v, slots) = self.raw_slots(kind, values.len());
        // SAFETY: as many fresh slots as there are values.
        unsafe { slots.copy_from_nonoverlapping(values.as_ptr(), values.len()) }
        v
    }

    /// The same with a first value of its own: a record's type, a tagged object's tag.
    #[inline]
    pub fn slots_after(&mut self, kind: Kind, first: Value, rest: &[Value]) -> Value {
        let (v, slots) = self.raw_slots(kind, 1 + rest.len());
        // SAFETY: as many fresh slots as there are values.
        unsafe {
            *slots = first;
            slots.add(1).copy_from_nonoverlapping(rest.as_ptr(), rest.len());
        }
        v
    }

    /// The same with `length` slots, all `fill`.
    pub fn slots_filled(&mut self, kind: Kind, length: usize, fill: Value) -> Value {
        let (v, slots) = self.raw_slots(kind, length);
        if fill == Value::fixnum(0) && is_blank(1 + length) {
            return v;
        }
        // SAFETY: `length` fresh slots.
        (0..length).for_each(|i| unsafe { slots.add(i).write(fill) });
        v
    }

    pub fn vector(&mut self, values: &[Value]) -> Value {
        self.slots(Kind::Vector, values)
    }

    pub fn make_vector(&mut self, length: usize, fill: Value) -> Vector {
        Vector(self.slots_filled(Kind::Vector, length, fill))
    }

    #[inline]
    pub fn cell(&mut self, v: Value) -> Value {
        self.slots(Kind::Cell, &[v])
    }

    pub fn make_bytevector(&mut self, length: usize, fill: u8) -> Bytevector {
        assert!(length < Header::LENGTHS, "a length that was never reserved");
        let p = self.allocate(1 + length.div_ceil(8));
        // SAFETY: fresh words for the header and `length` bytes, rounded up.
        unsafe {
            *p = Header::new(Kind::Bytevector, 0, length).0;
            if fill != 0 || !is_blank(1 + length / 8) {
                p.add(1).cast::<u8>().write_bytes(fill, length);
            }
        }
        Bytevector(Value::from_object(p))
    }

    pub fn bytevector(&mut self, bytes: &[u8]) -> Value {
        let p = self.allocate(1 + bytes.len().div_ceil(8));
        // SAFETY: as for `make_bytevector`.
        unsafe {
            *p = Header::new(Kind::Bytevector, 0, bytes.len()).0;
            p.add(1).cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        }
        Value::from_object(p)
    }

    /// A closure: first word the address of its code entry (which begins with a [`ClosureLayout`]), then free
    /// variables.
    ///
    /// # Safety
    /// `code` is valid as long as its `owner` is reachable, and `free.len()` is its `free`.
    #[inline]
    pub unsafe fn closure(&mut self, code: *const ClosureLayout, free: &[Value]) -> Value {
        let p = self.allocate(1 + free.len());
        // SAFETY: `1 + free.len()` fresh words.
        unsafe {
            *p = code as u64;
            p.add(1).cast::<Value>().copy_from_nonoverlapping(free.as_ptr(), free.len());
        }
        Value::from_closure(p)
    }

    /// Makes the string, vector or bytevector a literal: mutators refuse it.
    pub fn freeze(&mut self, v: Value) {
        if matches!(v.kind(), Some(Kind::String | Kind::Vector | Kind::Bytevector)) {
            v.set_header(v.header().with(Header::IMMUTABLE))
        }
    }
}
