//! Integer roots. Square roots by Zimmermann's recursion: of the upper half, and one division for the rest.

use super::{Result, div_rem, high, join, low, multiply, poll, pow, square};
use crate::heap::Heap;
use dashu_int::ops::{BitTest, SquareRootRem, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};

/// Radicands of fewer limbs are left to dashu.
const SHORT: usize = 1500;

/// s and r with n = s² + r, n < (s + 1)².
pub fn sqrt_rem(heap: &mut Heap, n: &UBig) -> Result<(UBig, UBig)> {
    let limbs = n.as_words().len();
    if limbs < SHORT {
        return Ok(n.sqrt_rem());
    }
    heap.reserve_many(limbs.saturating_mul(72))?;
    // An even shift, after which one of the highest two bits is set, to a length that can be halved down to what is short.
    let halvings = (limbs / SHORT).ilog2() + 2;
    let length = limbs.div_ceil(1 << halvings) << halvings;
    let shift = (length * 64 - n.bit_len()) & !1;
    if shift == 0 {
        return normal(heap, n, length);
    }
    let (root, _) = normal(heap, &(n << shift), length)?;
    let root = root >> (shift / 2);
    let rest = n - square(heap, &root)?;
    Ok((root, rest))
}

/// The same for `length` limbs, one of the highest two bits of which is set.
fn normal(heap: &mut Heap, n: &UBig, length: usize) -> Result<(UBig, UBig)> {
    if length < SHORT || !length.is_multiple_of(4) {
        poll(heap)?;
        return Ok(n.sqrt_rem());
    }
    let quarter = length / 4;
    let (root, rest) = normal(heap, &high(n, 2 * quarter), 2 * quarter)?;
    let low_half = low(n, 2 * quarter);
    let (q, u) = div_rem(heap, &join(rest, quarter, &high(&low_half, quarter)), &(&root << 1))?;
    let mut root = join(root, quarter, &q);
    let mut rest = IBig::from(join(u, quarter, &low(&low_half, quarter))) - IBig::from(square(heap, &q)?);
    if rest.sign() == Sign::Negative {
        rest += IBig::from(&root << 1) - 1;
        root -= 1u8;
    }
    Ok((root, rest.unsigned_abs()))
}

/// The largest r with rᵏ ≤ n, for k from 2.
pub fn nth_root(heap: &mut Heap, n: &UBig, k: usize) -> Result<UBig> {
    if k == 2 {
        return Ok(sqrt_rem(heap, n)?.0);
    }
    let bits = n.bit_len();
    if k >= bits {
        return Ok(if n.is_zero() { UBig::ZERO } else { UBig::ONE });
    }
    if bits < 64 * 256 {
        return Ok(n.nth_root(k));
    }
    poll(heap)?;
    heap.reserve_many((bits / 64).saturating_mul(116))?;
    // From above: the root of the leading bits, of half as many, and one more. Newton's steps go down from there.
    let half = (bits / k / 2).max(1);
    let leading = n >> (half * k);
    let mut root = (nth_root(heap, &leading, k)? + 1u8) << half;
    loop {
        poll(heap)?;
        let power = pow(heap, &root, k - 1)?;
        let (quotient, _) = div_rem(heap, n, &power)?;
        let sum = multiply(heap, &root, &UBig::from(k - 1))? + quotient;
        let (next, _) = div_rem(heap, &sum, &UBig::from(k))?;
        if next >= root {
            return Ok(root);
        }
        root = next;
    }
}
