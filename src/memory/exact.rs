//! Exact integers as wide as C's: to and from Scheme's fixnums and bignums.

use crate::heap::{Bignum, Heap, Value, View};

/// The exact integer, if its magnitude fits 64 bits.
pub fn to_i128(v: Value) -> Option<i128> {
    if let Some(n) = v.as_fixnum() {
        return Some(n as i128);
    }
    let big = Bignum::from_value(v)?;
    let &[limb] = big.limbs() else { return None };
    Some(if big.is_negative() { -(limb as i128) } else { limb as i128 })
}

/// The integer as a value.
pub fn from_i64(heap: &mut Heap, n: i64) -> Value {
    Value::checked_fixnum(n).unwrap_or_else(|| heap.bignum(n < 0, &[n.unsigned_abs()]))
}

/// The integer as a value.
pub fn from_u64(heap: &mut Heap, n: u64) -> Value {
    match i64::try_from(n) {
        Ok(small) => from_i64(heap, small),
        Err(_) => heap.bignum(false, &[n]),
    }
}

/// The integer as a value; its magnitude fits 64 bits.
pub fn from_i128(heap: &mut Heap, n: i128) -> Value {
    match i64::try_from(n) {
        Ok(small) => from_i64(heap, small),
        Err(_) => heap.bignum(n < 0, &[n.unsigned_abs() as u64]),
    }
}
