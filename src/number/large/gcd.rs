//! Greatest common divisors by half-gcds (Schönhage's method in Möller's form).
//!
//! A *half-gcd* of a and b, the longer of which has n bits, subtracts multiples of one from the other, as Euclid does,
//! as long as both stay at 2^s or more, where s = n/2 + 1 rounded down; and it finds the matrix M with
//! (a, b) = M (a', b'). M follows from the leading bits of a and b alone: if it is that of a/2^p and b/2^p, its entries
//! are below 2^(n' - s'), n' = n - p being the latter's length and s' = n'/2 + 1, so that what M's inverse makes of the
//! bits below p stays below 2^(p + s' - 1), and a' and b' remain at 2^(p + s' - 1) or more. So half of the work is a
//! half-gcd of the upper half, and the other half one of what that leaves.

use super::{Result, div_rem, multiply, poll};
use crate::heap::Heap;
use dashu_int::ops::{BitTest, Gcd, UnsignedAbs};
use dashu_int::{IBig, UBig};

/// Numbers of fewer limbs are left to dashu.
const SHORT: usize = 3000;
/// Bits of numbers whose half-gcd is computed in machine words.
const WORDS: usize = 120;

/// Not both are zero, or the result is.
pub fn gcd(heap: &mut Heap, a: &UBig, b: &UBig) -> Result<UBig> {
    let (mut a, mut b) = if a < b { (b.clone(), a.clone()) } else { (a.clone(), b.clone()) };
    heap.reserve_many(a.as_words().len().saturating_mul(104))?;
    while b.as_words().len() >= SHORT {
        poll(heap)?;
        let n = a.bit_len();
        if b.bit_len() > n / 2 + n / 4 {
            let p = n / 2;
            let (m, upper_a, upper_b) = half(heap, &a >> p, &b >> p)?;
            (a, b) = m.carry_over(heap, &a, &b, p, &upper_a, &upper_b)?;
        }
        if a < b {
            std::mem::swap(&mut a, &mut b);
        }
        let (_, rest) = div_rem(heap, &a, &b)?;
        (a, b) = (b, rest);
    }
    if b.is_zero() {
        return Ok(a);
    }
    let (_, rest) = div_rem(heap, &a, &b)?;
    Ok(if rest.is_zero() { b } else { b.gcd(&rest) })
}

/// A matrix of determinant 1 whose entries are not negative.
struct Matrix {
    m00: UBig,
    m01: UBig,
    m10: UBig,
    m11: UBig,
}

impl Matrix {
    fn identity() -> Matrix {
        Matrix { m00: UBig::ONE, m01: UBig::ZERO, m10: UBig::ZERO, m11: UBig::ONE }
    }

    /// The inverse of `self` applied to `(a, b)`, of which it is known what it makes of the bits from `p` on.
    fn carry_over(
        &self,
        heap: &mut Heap,
        a: &UBig,
        b: &UBig,
        p: usize,
        upper_a: &UBig,
        upper_b: &UBig,
    ) -> Result<(UBig, UBig)> {
        poll(heap)?;
        let (low_a, low_b) = (low_bits(a, p), low_bits(b, p));
        let x = IBig::from(upper_a << p) + IBig::from(multiply(heap, &self.m11, &low_a)?)
            - IBig::from(multiply(heap, &self.m01, &low_b)?);
        let y = IBig::from(upper_b << p) + IBig::from(multiply(heap, &self.m00, &low_b)?)
            - IBig::from(multiply(heap, &self.m10, &low_a)?);
        Ok((x.unsigned_abs(), y.unsigned_abs()))
    }

    fn times(&self, heap: &mut Heap, other: &Matrix) -> Result<Matrix> {
        let mut entry = |a: &UBig, b: &UBig, c: &UBig, d: &UBig| -> Result<UBig> {
            Ok(multiply(heap, a, b)? + multiply(heap, c, d)?)
        };
        Ok(Matrix {
            m00: entry(&self.m00, &other.m00, &self.m01, &other.m10)?,
            m01: entry(&self.m00, &other.m01, &self.m01, &other.m11)?,
            m10: entry(&self.m10, &other.m00, &self.m11, &other.m10)?,
            m11: entry(&self.m10, &other.m01, &self.m11, &other.m11)?,
        })
    }
}

fn low_bits(n: &UBig, bits: usize) -> UBig {
    let limbs = n.as_words();
    let (whole, rest) = (bits / 64, bits % 64);
    let low = UBig::from_words(&limbs[..limbs.len().min(whole)]);
    match limbs.get(whole) {
        Some(&limb) if rest > 0 => low + (UBig::from(limb & ((1 << rest) - 1)) << (whole * 64)),
        _ => low,
    }
}

/// The half-gcd of two numbers: the matrix and what is left.
fn half(heap: &mut Heap, a: UBig, b: UBig) -> Result<(Matrix, UBig, UBig)> {
    let n = a.bit_len().max(b.bit_len());
    let s = n / 2 + 1;
    if a.bit_len().min(b.bit_len()) <= s {
        return Ok((Matrix::identity(), a, b));
    }
    if n <= WORDS {
        return Ok(half_in_words(&a, &b, s));
    }
    if n > 1 << 12 {
        poll(heap)?;
    }
    let p = n / 2;
    let (mut m, upper_a, upper_b) = half(heap, &a >> p, &b >> p)?;
    let (mut a, mut b) = m.carry_over(heap, &a, &b, p, &upper_a, &upper_b)?;
    let mut goes_on = step(heap, &mut m, &mut a, &mut b, s)?;
    let n = a.bit_len().max(b.bit_len());
    if goes_on && n > s + 2 && n < 2 * s {
        let p = 2 * s - n;
        let (second, upper_a, upper_b) = half(heap, &a >> p, &b >> p)?;
        (a, b) = second.carry_over(heap, &a, &b, p, &upper_a, &upper_b)?;
        m = m.times(heap, &second)?;
    }
    while goes_on {
        goes_on = step(heap, &mut m, &mut a, &mut b, s)?;
    }
    Ok((m, a, b))
}

/// Subtracts the smaller from the larger as often as leaves it at 2^s or more; whether that was once at least.
fn step(heap: &mut Heap, m: &mut Matrix, a: &mut UBig, b: &mut UBig, s: usize) -> Result<bool> {
    let least = UBig::ONE << s;
    let a_is_larger = *a > *b;
    let (large, small) = if a_is_larger { (&mut *a, &*b) } else { (&mut *b, &*a) };
    if *small < least || *large < least {
        return Ok(false);
    }
    let (q, rest) = div_rem(heap, &(&*large - &least), small)?;
    if q.is_zero() {
        return Ok(false);
    }
    *large = rest + least;
    if a_is_larger {
        m.m01 += multiply(heap, &q, &m.m00)?;
        m.m11 += multiply(heap, &q, &m.m10)?;
    } else {
        m.m00 += multiply(heap, &q, &m.m01)?;
        m.m10 += multiply(heap, &q, &m.m11)?;
    }
    Ok(true)
}

fn half_in_words(a: &UBig, b: &UBig, s: usize) -> (Matrix, UBig, UBig) {
    let word = |n: &UBig| n.as_words().iter().rev().fold(0u128, |n, &limb| n << 64 | limb as u128);
    let (mut a, mut b, least) = (word(a), word(b), 1u128 << s);
    // Entries stay below 2^(120 - 61).
    let (mut m00, mut m01, mut m10, mut m11) = (1u64, 0u64, 0u64, 1u64);
    loop {
        let (large, small) = if a > b { (a, b) } else { (b, a) };
        let q = match (large - least) / small {
            0 => break,
            q => q as u64,
        };
        if a > b {
            a -= q as u128 * b;
            m01 += q * m00;
            m11 += q * m10;
        } else {
            b -= q as u128 * a;
            m00 += q * m01;
            m10 += q * m11;
        }
    }
    let m = Matrix { m00: m00.into(), m01: m01.into(), m10: m10.into(), m11: m11.into() };
    (m, UBig::from(a), UBig::from(b))
}
