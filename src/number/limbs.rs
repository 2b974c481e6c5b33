//! Sums, differences and products by one word of magnitudes: little-endian 64-bit limbs. Knows nothing of values.

use std::cmp::Ordering;

/// Calls `f` with `length` zeroed limbs of working space, on the native stack while that is small.
pub fn with_space<R>(length: usize, f: impl FnOnce(&mut [u64]) -> R) -> R {
    const SMALL: usize = 40;
    if length <= SMALL { f(&mut [0; SMALL][..length]) } else { f(&mut vec![0; length]) }
}

/// Without leading zero limbs.
pub fn trimmed(limbs: &[u64]) -> &[u64] {
    let length = limbs.iter().rposition(|&w| w != 0).map_or(0, |i| i + 1);
    &limbs[..length]
}

/// Order of two trimmed magnitudes.
pub fn compare(a: &[u64], b: &[u64]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `out = a + b`; `out` has one limb more than the longer operand.
pub fn add(a: &[u64], b: &[u64], out: &mut [u64]) {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let (low, high) = long.split_at(short.len());
    let (out_low, out_high) = out.split_at_mut(short.len());
    let mut carry = false;
    for ((o, &x), &y) in out_low.iter_mut().zip(low).zip(short) {
        let (sum, c1) = x.overflowing_add(y);
        let (sum, c2) = sum.overflowing_add(carry as u64);
        *o = sum;
        carry = c1 | c2;
    }
    for (o, &x) in out_high.iter_mut().zip(high) {
        (*o, carry) = x.overflowing_add(carry as u64);
    }
    out_high[high.len()] = carry as u64;
}

/// `out = a - b` where `a >= b`; `out` is as long as `a`.
pub fn subtract(a: &[u64], b: &[u64], out: &mut [u64]) {
    let (low, high) = a.split_at(b.len());
    let (out_low, out_high) = out.split_at_mut(b.len());
    let mut borrow = false;
    for ((o, &x), &y) in out_low.iter_mut().zip(low).zip(b) {
        let (difference, b1) = x.overflowing_sub(y);
        let (difference, b2) = difference.overflowing_sub(borrow as u64);
        *o = difference;
        borrow = b1 | b2;
    }
    for (o, &x) in out_high.iter_mut().zip(high) {
        (*o, borrow) = x.overflowing_sub(borrow as u64);
    }
    debug_assert!(!borrow);
}

/// `out = a * word`; `out` has one limb more than `a`.
pub fn multiply_word(a: &[u64], word: u64, out: &mut [u64]) {
    let mut carry = 0;
    for (o, &x) in out.iter_mut().zip(a) {
        let product = x as u128 * word as u128 + carry as u128;
        *o = product as u64;
        carry = (product >> 64) as u64;
    }
    out[a.len()] = carry;
}
