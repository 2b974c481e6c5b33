//! Division by Burnikel and Ziegler's recursion: one by two halves of the divisor, each remainder corrected by a
//! product with the half that was left out.

use super::{PIECE, Result, high, join, low, multiply, poll};
use crate::heap::Heap;
use dashu_int::ops::{BitTest, DivRem, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};

/// Divisors of fewer limbs are left to dashu.
const SHORT: usize = 1000;

/// Quotient and remainder of `a / b`, towards zero; `b` is not zero.
pub fn div_rem_signed(heap: &mut Heap, a: &IBig, b: &IBig) -> Result<(IBig, IBig)> {
    let (sign_a, x) = a.as_sign_words();
    let (sign_b, y) = b.as_sign_words();
    if is_short(x.len(), y.len()) {
        return Ok(a.div_rem(b));
    }
    let (q, r) = div_rem(heap, &a.unsigned_abs(), &b.unsigned_abs())?;
    Ok((IBig::from_parts(sign_a * sign_b, q), IBig::from_parts(sign_a, r)))
}

/// Whether a dividend and a divisor of so many limbs are left to dashu.
fn is_short(dividend: usize, divisor: usize) -> bool {
    divisor < SHORT && dividend < 2 * PIECE || dividend < 2 * SHORT
}

/// Quotient and remainder of `a / b`; `b` is not zero.
pub fn div_rem(heap: &mut Heap, a: &UBig, b: &UBig) -> Result<(UBig, UBig)> {
    let (m, n) = (a.as_words().len(), b.as_words().len());
    if is_short(m, n) {
        return Ok(a.div_rem(b));
    }
    if a < b {
        return Ok((UBig::ZERO, a.clone()));
    }
    heap.reserve_many(m.saturating_mul(48).saturating_add(n.saturating_mul(80)))?;
    if n < SHORT {
        return by_short(heap, a, b);
    }
    let quotient = m - n + 1;
    if quotient < n / 2 {
        return by_leading_limbs(heap, a, b, n - quotient - 1);
    }
    // Halves down to what is short.
    let halvings = (n / SHORT).ilog2() + 1;
    let n = n.div_ceil(1 << halvings) << halvings;
    let shift = n * 64 - b.bit_len();
    let (divisor, dividend) = (b << shift, a << shift);
    let blocks = dividend.as_words();
    let mut rest = UBig::ZERO;
    let mut quotients = Vec::new();
    for block in blocks.chunks(n).rev() {
        let (q, r) = two_by_one(heap, &join(rest, n, &UBig::from_words(block)), &divisor, n)?;
        quotients.push(q);
        rest = r;
    }
    Ok((concatenate(&quotients, n)?, rest >> shift))
}

/// A long dividend by a short divisor, piece by piece.
fn by_short(heap: &mut Heap, a: &UBig, b: &UBig) -> Result<(UBig, UBig)> {
    let mut rest = UBig::ZERO;
    let mut quotients = Vec::new();
    for piece in a.as_words().chunks(PIECE).rev() {
        poll(heap)?;
        let (q, r) = join(rest, PIECE, &UBig::from_words(piece)).div_rem(b);
        quotients.push(q);
        rest = r;
    }
    Ok((concatenate(&quotients, PIECE)?, rest))
}

/// Numbers of `n` limbs, the highest first, as one.
fn concatenate(numbers: &[UBig], n: usize) -> Result<UBig> {
    let mut limbs = super::words(numbers.len() * n)?;
    for (number, place) in numbers.iter().rev().zip(limbs.chunks_mut(n)) {
        let number = number.as_words();
        place[..number.len()].copy_from_slice(number);
    }
    Ok(UBig::from_words(&limbs))
}

/// Where the quotient is much shorter than the divisor: without the lowest `drop` limbs of both first.
fn by_leading_limbs(heap: &mut Heap, a: &UBig, b: &UBig, drop: usize) -> Result<(UBig, UBig)> {
    let (q, r) = div_rem(heap, &high(a, drop), &high(b, drop))?;
    let rest = join(r, drop, &low(a, drop));
    correct(heap, q, rest, &low(b, drop), b)
}

/// The remainder is `rest` less `q` times what was left out of the divisor; while that is negative, `q` was too large.
fn correct(heap: &mut Heap, mut q: UBig, rest: UBig, left_out: &UBig, divisor: &UBig) -> Result<(UBig, UBig)> {
    let product = multiply(heap, &q, left_out)?;
    let mut r = IBig::from(rest) - IBig::from(product);
    while r.sign() == Sign::Negative {
        r += divisor;
        q -= 1u8;
    }
    Ok((q, r.unsigned_abs()))
}

/// `a / b`, where `b` has `n` limbs, the highest bit set, and the quotient fits `n` limbs.
fn two_by_one(heap: &mut Heap, a: &UBig, b: &UBig, n: usize) -> Result<(UBig, UBig)> {
    if n < SHORT || n % 2 == 1 {
        poll(heap)?;
        return Ok(a.div_rem(b));
    }
    let half = n / 2;
    let (q1, r) = three_by_two(heap, &high(a, half), b, half)?;
    let (q0, r) = three_by_two(heap, &join(r, half, &low(a, half)), b, half)?;
    Ok((join(q1, half, &q0), r))
}

/// `a / b`, where `b` has `2 n` limbs, the highest bit set, and the quotient fits `n` limbs.
fn three_by_two(heap: &mut Heap, a: &UBig, b: &UBig, n: usize) -> Result<(UBig, UBig)> {
    let (top, divisor) = (high(a, n), high(b, n));
    let (q, r) = if high(&top, n) < divisor {
        two_by_one(heap, &top, &divisor, n)?
    } else {
        let q = UBig::ones(64 * n);
        (q, top + &divisor - (&divisor << (64 * n)))
    };
    let rest = join(r, n, &low(a, n));
    correct(heap, q, rest, &low(b, n), b)
}
