//! Type predicates, which take any value, and properties, which take numbers.

use super::{Number, Result, Wanted, complex, flonum, integer, is_exact_integer, is_zero, wrong};
use crate::heap::Value;

#[inline]
pub fn is_number(v: Value) -> bool {
    v.is_fixnum() || Number::of(v).is_some()
}

/// `real?`: everything but complex numbers, also those with an inexact zero as imaginary part.
#[inline]
pub fn is_real(v: Value) -> bool {
    v.is_fixnum() || matches!(Number::of(v), Some(n) if !matches!(n, Number::Compnum(_)))
}

/// `rational?`: no infinity, no NaN.
pub fn is_rational(v: Value) -> bool {
    match Number::of(v) {
        None | Some(Number::Compnum(_)) => false,
        Some(Number::Flonum(x)) => x.is_finite(),
        Some(_) => true,
    }
}

/// `integer?`: flonums too.
#[inline]
pub fn is_integer(v: Value) -> bool {
    match Number::of(v) {
        Some(Number::Fixnum(_) | Number::Bignum(_)) => true,
        Some(Number::Flonum(x)) => flonum::is_integer(x),
        _ => false,
    }
}

/// The real number that `v` is or, its imaginary part being a zero, equals.
fn real_value(v: Value) -> Option<Value> {
    let (re, im) = complex::parts(v)?;
    is_zero(im).unwrap_or(false).then_some(re)
}

pub fn is_real_valued(v: Value) -> bool {
    real_value(v).is_some()
}

pub fn is_rational_valued(v: Value) -> bool {
    real_value(v).is_some_and(is_rational)
}

pub fn is_integer_valued(v: Value) -> bool {
    real_value(v).is_some_and(is_integer)
}

/// The flonum of a real argument, or 0.0 for an exact one: enough for the three predicates below.
fn flonum_or_zero(v: Value) -> Result<f64> {
    match Number::of(v) {
        Some(Number::Flonum(x)) => Ok(x),
        None | Some(Number::Compnum(_)) => wrong(v, Wanted::Real),
        Some(_) => Ok(0.0),
    }
}

pub fn is_finite(v: Value) -> Result<bool> {
    Ok(flonum_or_zero(v)?.is_finite())
}

pub fn is_infinite(v: Value) -> Result<bool> {
    Ok(flonum_or_zero(v)?.is_infinite())
}

pub fn is_nan(v: Value) -> Result<bool> {
    Ok(flonum_or_zero(v)?.is_nan())
}

/// `(odd? n)`; `even?` is its complement.
#[inline]
pub fn is_odd(v: Value) -> Result<bool> {
    if let Some(n) = v.as_fixnum() {
        return Ok(n & 1 == 1);
    }
    match v.as_flonum() {
        Some(x) if flonum::is_integer(x) => Ok(flonum::is_odd(x)),
        None if is_exact_integer(v) => Ok(integer::is_odd(v)),
        _ => wrong(v, Wanted::Integer),
    }
}
