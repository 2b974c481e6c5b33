//! `eqv?`, and the hash that agrees with it. Depends on `value.rs` and `object.rs`.

use super::{Header, Kind, Value};

impl Value {
    /// `eqv?`: the same object, numbers of the same exactness and value, pointers to the same address. Every NaN is the same as every other.
    #[inline]
    pub fn is_eqv(self, other: Value) -> bool {
        self == other || (self.is_object() && other.is_object() && contents_are_eqv(self, other))
    }

    /// Equal for values that are `is_eqv`. Identity is hashed by address: objects never move.
    #[inline]
    pub fn eqv_hash(self) -> u64 {
        if self.is_object() { content_hash(self).unwrap_or_else(|| mix(self.bits())) } else { mix(self.bits()) }
    }

    /// Equal for the same value.
    #[inline]
    pub fn eq_hash(self) -> u64 {
        mix(self.bits())
    }
}

/// Scrambles one word so that its high and its low bits depend on all of it.
#[inline]
pub const fn mix(w: u64) -> u64 {
    let wide = (w ^ 0x9e37_79b9_7f4a_7c15) as u128 * 0xd6e8_feb8_6659_fd93_u128;
    (wide as u64) ^ (wide >> 64) as u64
}

fn contents_are_eqv(a: Value, b: Value) -> bool {
    let (h, g) = (a.header(), b.header());
    if h.kind() != g.kind() {
        return false;
    }
    match h.kind() {
        Kind::Flonum => {
            let (x, y) = (a.raw_slot(0), b.raw_slot(0));
            x == y || (f64::from_bits(x).is_nan() && f64::from_bits(y).is_nan())
        }
        Kind::Bignum => {
            h.length() == g.length()
                && h.has(Header::NEGATIVE) == g.has(Header::NEGATIVE)
                && (0..h.length()).all(|i| a.raw_slot(i) == b.raw_slot(i))
        }
        // What memory a pointer was made for makes no difference.
        Kind::Pointer => a.raw_slot(0) == b.raw_slot(0),
        // Their parts are reals, so this goes down at most two levels.
        Kind::Ratnum | Kind::Compnum => a.slot(0).is_eqv(b.slot(0)) && a.slot(1).is_eqv(b.slot(1)),
        _ => false,
    }
}

fn content_hash(v: Value) -> Option<u64> {
    let h = v.header();
    Some(match h.kind() {
        Kind::Flonum => {
            let x = v.raw_slot(0);
            if f64::from_bits(x).is_nan() { 1 } else { mix(x) }
        }
        Kind::Bignum => (0..h.length()).fold(h.has(Header::NEGATIVE) as u64, |hash, i| mix(hash ^ v.raw_slot(i))),
        Kind::Pointer => mix(v.raw_slot(0)),
        Kind::Ratnum | Kind::Compnum => mix(v.slot(0).eqv_hash() ^ v.slot(1).eqv_hash().rotate_left(21)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Heap;
    use super::*;

    #[test]
    fn numbers_by_value_and_exactness() {
        let mut heap = Heap::new();
        let pairs = [
            (heap.bignum(false, &[1, 2]), heap.bignum(false, &[1, 2]), true),
            (heap.bignum(false, &[1, 2]), heap.bignum(true, &[1, 2]), false),
            (heap.bignum(false, &[1, 2]), heap.bignum(false, &[1, 3]), false),
            (heap.flonum(1e-300), heap.flonum(1e-300), true),
            (heap.flonum(0.0), heap.flonum(-0.0), false),
            (heap.flonum(f64::NAN), heap.flonum(-f64::NAN), true),
            (heap.flonum(1.0), Value::fixnum(1), false),
            (heap.string("a"), heap.string("a"), false),
            (Value::char('a'), Value::char('a'), true),
        ];
        for (a, b, same) in pairs {
            assert_eq!(a.is_eqv(b), same, "{a:?} {b:?}");
            if same {
                assert_eq!(a.eqv_hash(), b.eqv_hash());
            }
        }
        let (n, d) = (Value::fixnum(1), Value::fixnum(3));
        let (x, y) = (heap.slots(Kind::Ratnum, &[n, d]), heap.slots(Kind::Ratnum, &[n, d]));
        assert!(x.is_eqv(y) && x.eqv_hash() == y.eqv_hash());
    }
}
