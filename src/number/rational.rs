//! Exact rationals in working form: out of the heap, arithmetic, and back.

use super::integer::{big, from_big, from_unsigned, gcd_unsigned, reserve_bits};
use super::{Result, large};
use crate::heap::{Heap, Ratnum, Value, View};
use dashu_int::ops::{BitTest, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};
use std::cmp::Ordering;

/// A fraction in lowest terms, the denominator positive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Ratio {
    pub num: IBig,
    pub den: UBig,
}

impl Ratio {
    /// The exact real `v`; none if it is something else.
    pub fn of(v: Value) -> Option<Ratio> {
        if let Some(r) = Ratnum::from_value(v) {
            return Some(Ratio { num: big(r.numerator())?, den: big(r.denominator())?.unsigned_abs() });
        }
        Some(Ratio { num: big(v)?, den: UBig::ONE })
    }

    /// `num / den` brought to lowest terms; `den` is not zero.
    pub fn reduce(heap: &mut Heap, num: IBig, den: UBig) -> Result<Ratio> {
        let g = gcd_unsigned(heap, &(&num).unsigned_abs(), &den)?;
        if g.is_one() {
            return Ok(Ratio { num, den });
        }
        Ok(Ratio { num: exact_quotient(heap, &num, &g)?, den: large::div_rem(heap, &den, &g)?.0 })
    }

    /// Back into the heap.
    pub fn into_value(self, heap: &mut Heap) -> Result {
        reserve_bits(heap, self.num.bit_len() + self.den.bit_len())?;
        let num = from_big(heap, &self.num);
        if self.den.is_one() {
            return Ok(num);
        }
        let den = from_unsigned(heap, &self.den);
        Ok(heap.ratnum(num, den))
    }

    /// Bits of numerator and denominator together.
    pub fn bits(&self) -> usize {
        self.num.bit_len() + self.den.bit_len()
    }

    pub fn is_negative(&self) -> bool {
        self.num.sign() == Sign::Negative
    }

    /// The sum, by Knuth 4.5.1: the gcd of the denominators, mostly 1, makes the final reduction small.
    pub fn add(&self, heap: &mut Heap, other: &Ratio) -> Result<Ratio> {
        let g = gcd_unsigned(heap, &self.den, &other.den)?;
        if g.is_one() {
            return Ok(Ratio {
                num: scaled(heap, &self.num, &other.den)? + scaled(heap, &other.num, &self.den)?,
                den: large::multiply(heap, &self.den, &other.den)?,
            });
        }
        let (left, _) = large::div_rem(heap, &self.den, &g)?;
        let (right, _) = large::div_rem(heap, &other.den, &g)?;
        let t = scaled(heap, &self.num, &right)? + scaled(heap, &other.num, &left)?;
        let g2 = gcd_unsigned(heap, &(&t).unsigned_abs(), &g)?;
        let (rest, _) = large::div_rem(heap, &other.den, &g2)?;
        Ok(Ratio { num: exact_quotient(heap, &t, &g2)?, den: large::multiply(heap, &left, &rest)? })
    }

    pub fn subtract(&self, heap: &mut Heap, other: &Ratio) -> Result<Ratio> {
        self.add(heap, &other.clone().negate())
    }

    pub fn negate(self) -> Ratio {
        Ratio { num: -self.num, den: self.den }
    }

    pub fn multiply(&self, heap: &mut Heap, other: &Ratio) -> Result<Ratio> {
        let g1 = gcd_unsigned(heap, &(&self.num).unsigned_abs(), &other.den)?;
        let g2 = gcd_unsigned(heap, &(&other.num).unsigned_abs(), &self.den)?;
        let (left, right) = (exact_quotient(heap, &self.num, &g1)?, exact_quotient(heap, &other.num, &g2)?);
        let num = large::multiply_signed(heap, &left, &right)?;
        let (left, right) = (large::div_rem(heap, &self.den, &g2)?.0, large::div_rem(heap, &other.den, &g1)?.0);
        Ok(Ratio { num, den: large::multiply(heap, &left, &right)? })
    }

    /// `1 / self`; none for zero.
    pub fn invert(self) -> Option<Ratio> {
        if self.num.is_zero() {
            return None;
        }
        let (sign, magnitude) = self.num.into_parts();
        Some(Ratio { num: IBig::from_parts(sign, self.den), den: magnitude })
    }
}

impl Ratio {
    /// Order by value.
    pub fn compare(&self, heap: &mut Heap, other: &Ratio) -> Result<Ordering> {
        if self.is_negative() != other.is_negative() {
            return Ok(other.is_negative().cmp(&self.is_negative()));
        }
        if self.den == other.den || self.num.is_zero() || other.num.is_zero() {
            return Ok(self.num.cmp(&other.num));
        }
        // Cross products whose lengths differ by two need not be computed.
        let left = self.num.bit_len() + other.den.bit_len();
        let right = other.num.bit_len() + self.den.bit_len();
        let magnitudes = if left.abs_diff(right) > 2 {
            left.cmp(&right)
        } else {
            let left = large::multiply(heap, &(&self.num).unsigned_abs(), &other.den)?;
            left.cmp(&large::multiply(heap, &(&other.num).unsigned_abs(), &self.den)?)
        };
        Ok(if self.is_negative() { magnitudes.reverse() } else { magnitudes })
    }
}

/// `n · by`
fn scaled(heap: &mut Heap, n: &IBig, by: &UBig) -> Result<IBig> {
    if large::is_short(n.as_sign_words().1, by.as_words()) {
        return Ok(n * by);
    }
    let magnitude = large::multiply(heap, &n.unsigned_abs(), by)?;
    Ok(IBig::from_parts(n.sign(), magnitude))
}

/// `n / by`, where nothing is left.
fn exact_quotient(heap: &mut Heap, n: &IBig, by: &UBig) -> Result<IBig> {
    let (magnitude, _) = large::div_rem(heap, &n.unsigned_abs(), by)?;
    Ok(IBig::from_parts(n.sign(), magnitude))
}
