//! `exact` and `inexact`.

use super::{Number, NumberError, Result, Wanted, complex, flonum, integer, wrong};
use crate::heap::{Heap, Value};
use dashu_int::ops::UnsignedAbs;

/// `(inexact z)`: the nearest flonum, or complex number of flonums.
#[inline]
pub fn inexact(heap: &mut Heap, v: Value) -> Result {
    if let Some(n) = v.as_fixnum() {
        return Ok(heap.flonum(n as f64));
    }
    inexact_slow(heap, v)
}

#[cold]
#[inline(never)]
fn inexact_slow(heap: &mut Heap, v: Value) -> Result {
    if v.is_flonum() {
        return Ok(v);
    }
    if let Some(x) = to_f64(v) {
        return Ok(heap.flonum(x));
    }
    match Number::of(v) {
        Some(Number::Compnum(z)) => {
            let (re, im) = (complex::part(z.real_part()), complex::part(z.imag_part()));
            Ok(complex::from_flonums(heap, re, im))
        }
        _ => wrong(v, Wanted::Number),
    }
}

/// `(exact z)`: the number of the same value; infinities and NaN have none.
#[inline]
pub fn exact(heap: &mut Heap, v: Value) -> Result {
    if v.is_fixnum() { Ok(v) } else { exact_slow(heap, v) }
}

#[cold]
#[inline(never)]
fn exact_slow(heap: &mut Heap, v: Value) -> Result {
    match Number::of(v) {
        Some(Number::Flonum(x)) => exact_flonum(heap, x),
        Some(Number::Compnum(z)) => {
            let re = exact(heap, z.real_part())?;
            let im = exact(heap, z.imag_part())?;
            Ok(complex::rectangular(heap, re, im))
        }
        Some(_) => Ok(v),
        None => wrong(v, Wanted::Number),
    }
}

/// The exact value of `x`.
pub(super) fn exact_flonum(heap: &mut Heap, x: f64) -> Result {
    if !x.is_finite() {
        let v = heap.flonum(x);
        return Err(NumberError::NoExact(v));
    }
    // Every flonum of less than 2^61 that is integral converts without loss.
    if x.abs() < (1u64 << 61) as f64 && x.trunc() == x {
        return Ok(Value::fixnum(x as i64));
    }
    flonum::to_ratio(x).into_value(heap)
}

/// The flonum nearest to a real number; none for what is no real.
pub fn to_f64(v: Value) -> Option<f64> {
    if let Some(n) = v.as_fixnum() {
        return Some(n as f64);
    }
    match Number::of(v)? {
        Number::Fixnum(n) => Some(n as f64),
        Number::Flonum(x) => Some(x),
        Number::Bignum(b) => Some(flonum::from_limbs(b.is_negative(), b.limbs(), flonum::PRECISION)),
        Number::Ratnum(r) => {
            let (num, den) = (integer::big(r.numerator())?, integer::big(r.denominator())?);
            Some(flonum::from_ratio(&num, &den.unsigned_abs(), 0, flonum::PRECISION))
        }
        Number::Compnum(_) => None,
    }
}

/// The same, or the error.
#[inline]
pub fn to_flonum(v: Value) -> Result<f64> {
    match to_f64(v) {
        Some(x) => Ok(x),
        None => wrong(v, Wanted::Real),
    }
}
