//! `floor ceiling truncate round`, `numerator denominator`, `rationalize`.

use super::flonum;
use super::rational::Ratio;
use super::{Number, Result, Wanted, convert, integer, is_exact, is_real, large, wrong};
use crate::heap::{Heap, Ratnum, Value};
use dashu_int::ops::{BitTest, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};
use std::cmp::Ordering;

/// Towards which integer.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Rounding {
    Floor,
    Ceiling,
    Truncate,
    /// To the nearest, ties to even.
    Round,
}

/// `(floor x)`, `(ceiling x)`, `(truncate x)`, `(round x)`
#[inline]
pub fn round(heap: &mut Heap, v: Value, mode: Rounding) -> Result {
    if v.is_fixnum() {
        return Ok(v);
    }
    match Number::of(v) {
        Some(Number::Flonum(x)) => Ok(heap.flonum(round_flonum(x, mode))),
        Some(Number::Ratnum(r)) => round_ratnum(heap, r, mode),
        Some(Number::Fixnum(_) | Number::Bignum(_)) => Ok(v),
        _ => wrong(v, Wanted::Real),
    }
}

/// The same on a flonum.
#[inline]
pub fn round_flonum(x: f64, mode: Rounding) -> f64 {
    match mode {
        Rounding::Floor => x.floor(),
        Rounding::Ceiling => x.ceil(),
        Rounding::Truncate => x.trunc(),
        Rounding::Round => x.round_ties_even(),
    }
}

fn round_ratnum(heap: &mut Heap, r: Ratnum, mode: Rounding) -> Result {
    let (num, den) = (integer::exact_integer(r.numerator())?, integer::exact_integer(r.denominator())?);
    let negative = num.sign() == dashu_int::Sign::Negative;
    let den = den.unsigned_abs();
    let (floor, rest) = floor_of(heap, &num, &den)?;
    let up = match mode {
        Rounding::Floor => false,
        Rounding::Ceiling => true,
        Rounding::Truncate => negative,
        Rounding::Round => match (rest << 1usize).cmp(&den) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => floor.bit(0),
        },
    };
    Ok(integer::from_big(heap, &if up { floor + 1 } else { floor }))
}

/// The integer not above `num / den`, and what is left of `num`.
fn floor_of(heap: &mut Heap, num: &IBig, den: &UBig) -> Result<(IBig, UBig)> {
    let (q, r) = large::div_rem(heap, &num.unsigned_abs(), den)?;
    Ok(match num.sign() {
        Sign::Negative if !r.is_zero() => (-IBig::from(q) - 1, den - r),
        sign => (IBig::from_parts(sign, q), r),
    })
}

/// `(numerator q)`
pub fn numerator(heap: &mut Heap, v: Value) -> Result {
    match Number::of(v) {
        Some(Number::Flonum(x)) if x.is_finite() => Ok(heap.flonum(flonum::numerator(x))),
        Some(Number::Ratnum(r)) => Ok(r.numerator()),
        Some(Number::Fixnum(_) | Number::Bignum(_)) => Ok(v),
        _ => wrong(v, Wanted::Rational),
    }
}

/// `(denominator q)`
pub fn denominator(heap: &mut Heap, v: Value) -> Result {
    match Number::of(v) {
        Some(Number::Flonum(x)) if x.is_finite() => Ok(heap.flonum(flonum::denominator(x))),
        Some(Number::Ratnum(r)) => Ok(r.denominator()),
        Some(Number::Fixnum(_) | Number::Bignum(_)) => Ok(Value::fixnum(1)),
        _ => wrong(v, Wanted::Rational),
    }
}

/// `(rationalize x tolerance)`: the simplest rational that differs from x by no more than the tolerance.
pub fn rationalize(heap: &mut Heap, x: Value, tolerance: Value) -> Result {
    for v in [x, tolerance] {
        if !is_real(v) {
            return wrong(v, Wanted::Real);
        }
    }
    let (x_fl, t_fl) = (convert::to_flonum(x)?, convert::to_flonum(tolerance)?);
    let infinite = |v: Value, f: f64| v.is_flonum() && f.is_infinite();
    if x_fl.is_nan() || t_fl.is_nan() {
        return Ok(heap.flonum(f64::NAN));
    }
    match (infinite(x, x_fl), infinite(tolerance, t_fl)) {
        (true, true) => return Ok(heap.flonum(f64::NAN)),
        (true, false) => return Ok(x),
        (false, true) => return Ok(heap.flonum(0.0)),
        (false, false) => {}
    }
    let (exact_x, exact_t) = (convert::exact(heap, x)?, convert::exact(heap, tolerance)?);
    let (Some(center), Some(mut delta)) = (Ratio::of(exact_x), Ratio::of(exact_t)) else {
        return wrong(x, Wanted::Real);
    };
    if delta.is_negative() {
        delta = delta.negate();
    }
    let (low, high) = (center.subtract(heap, &delta)?, center.add(heap, &delta)?);
    let simplest = simplest_between(heap, low, high)?.into_value(heap)?;
    if is_exact(x) && is_exact(tolerance) { Ok(simplest) } else { convert::inexact(heap, simplest) }
}

/// The simplest fraction from `low` to `high`, both included: the continued fraction of both as long as they agree.
fn simplest_between(heap: &mut Heap, low: Ratio, high: Ratio) -> Result<Ratio> {
    if high.is_negative() {
        return Ok(simplest_positive(heap, high.negate(), low.negate())?.negate());
    }
    if low.is_negative() || low.num.is_zero() {
        return Ok(Ratio { num: IBig::ZERO, den: UBig::ONE });
    }
    simplest_positive(heap, low, high)
}

fn simplest_positive(heap: &mut Heap, low: Ratio, high: Ratio) -> Result<Ratio> {
    let (mut low, mut high) = (low, high);
    // Convergents num/den of the common part, the newest first.
    let (mut num, mut den) = ((UBig::ONE, UBig::ZERO), (UBig::ZERO, UBig::ONE));
    loop {
        large::poll(heap)?;
        let (floor, rest) = large::div_rem(heap, &low.num.unsigned_abs(), &low.den)?;
        let next = &floor + UBig::ONE;
        let low_is_integer = rest.is_zero();
        let separate = IBig::from(large::multiply(heap, &next, &high.den)?) <= high.num;
        let quotient = if low_is_integer || !separate { floor.clone() } else { next };
        num = (large::multiply(heap, &quotient, &num.0)? + &num.1, num.0);
        den = (large::multiply(heap, &quotient, &den.0)? + &den.1, den.0);
        if low_is_integer || separate {
            return Ok(Ratio { num: IBig::from(num.0), den: den.0 });
        }
        // Both lie strictly between floor and floor + 1: go on with the reciprocals of what is left.
        let high_rest = &high.num - IBig::from(large::multiply(heap, &floor, &high.den)?);
        let new_low = Ratio { num: IBig::from(high.den), den: high_rest.unsigned_abs() };
        high = Ratio { num: IBig::from(low.den), den: rest };
        low = new_low;
    }
}
