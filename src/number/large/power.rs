//! Powers by squaring.

use super::{Result, multiply, square};
use crate::heap::Heap;
use dashu_int::UBig;
use dashu_int::ops::BitTest;

/// Powers of fewer limbs are left to dashu.
const SHORT: usize = 1000;

/// `baseᵏ`
pub fn pow(heap: &mut Heap, base: &UBig, k: usize) -> Result<UBig> {
    if base.bit_len().saturating_mul(k) < SHORT * 64 || base.is_zero() || base.is_one() {
        return Ok(base.pow(k));
    }
    heap.reserve_many((base.bit_len().saturating_mul(k) / 8).saturating_mul(6))?;
    // Twos by a shift.
    if let Some(zeros @ 1..) = base.trailing_zeros() {
        return Ok(pow(heap, &(base >> zeros), k)? << (zeros * k));
    }
    let mut power = base.clone();
    for bit in (0..k.ilog2()).rev() {
        power = square(heap, &power)?;
        if k >> bit & 1 == 1 {
            power = multiply(heap, &power, base)?;
        }
    }
    Ok(power)
}
