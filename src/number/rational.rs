//! Exact rationals in working form: out of the heap, arithmetic, and back.

use super::Result;
use super::integer::{big, from_big, from_unsigned, gcd_unsigned, reserve_bits};
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
    pub fn reduce(num: IBig, den: UBig) -> Ratio {
        let g = gcd_unsigned(&(&num).unsigned_abs(), &den);
        if g.is_one() { Ratio { num, den } } else { Ratio { num: num / IBig::from(g.clone()), den: den / g } }
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
    pub fn add(&self, other: &Ratio) -> Ratio {
        let g = gcd_unsigned(&self.den, &other.den);
        if g.is_one() {
            return Ratio { num: &self.num * &other.den + &other.num * &self.den, den: &self.den * &other.den };
        }
        let left = &self.den / &g;
        let t = &self.num * (&other.den / &g) + &other.num * &left;
        let g2 = gcd_unsigned(&(&t).unsigned_abs(), &g);
        Ratio { num: t / IBig::from(g2.clone()), den: left * (&other.den / g2) }
    }

    pub fn subtract(&self, other: &Ratio) -> Ratio {
        self.add(&other.clone().negate())
    }

    pub fn negate(self) -> Ratio {
        Ratio { num: -self.num, den: self.den }
    }

    pub fn multiply(&self, other: &Ratio) -> Ratio {
        let g1 = gcd_unsigned(&(&self.num).unsigned_abs(), &other.den);
        let g2 = gcd_unsigned(&(&other.num).unsigned_abs(), &self.den);
        Ratio {
            num: (&self.num / IBig::from(g1.clone())) * (&other.num / IBig::from(g2.clone())),
            den: (&self.den / g2) * (&other.den / g1),
        }
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

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Ratio) -> Ordering {
        if self.is_negative() != other.is_negative() {
            return other.is_negative().cmp(&self.is_negative());
        }
        if self.den == other.den || self.num.is_zero() || other.num.is_zero() {
            return self.num.cmp(&other.num);
        }
        // Cross products whose lengths differ by two need not be computed.
        let left = self.num.bit_len() + other.den.bit_len();
        let right = other.num.bit_len() + self.den.bit_len();
        let magnitudes = if left.abs_diff(right) > 2 {
            left.cmp(&right)
        } else {
            let left = (&self.num).unsigned_abs() * &other.den;
            left.cmp(&((&other.num).unsigned_abs() * &self.den))
        };
        if self.is_negative() { magnitudes.reverse() } else { magnitudes }
    }
}
