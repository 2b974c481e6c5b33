//! Order and equality of numbers; `eqv?` and its hash are the heap's, because each number has one representation.
//!
//! Exact and inexact numbers are compared by their exact values, so that `=` and `<` are transitive. A NaN is not
//! comparable: `compare` answers none.

use super::rational::Ratio;
use super::{Number, Result, Wanted, complex, flonum, integer, to_f64, wrong};
use crate::heap::{Heap, Value};
use std::cmp::Ordering;

/// Order of two real numbers; none if one is a NaN.
#[inline]
pub fn compare(heap: &mut Heap, a: Value, b: Value) -> Result<Option<Ordering>> {
    if let Some(order) = a.compare_fixnums(b) {
        return Ok(Some(order));
    }
    if let Some((x, y)) = a.immediate_flonums(b) {
        return Ok(x.partial_cmp(&y));
    }
    compare_slow(heap, a, b)
}

#[cold]
#[inline(never)]
fn compare_slow(heap: &mut Heap, a: Value, b: Value) -> Result<Option<Ordering>> {
    use Number::*;
    let x = match Number::of(a) {
        None | Some(Compnum(_)) => return wrong(a, Wanted::Real),
        Some(x) => x,
    };
    let y = match Number::of(b) {
        None | Some(Compnum(_)) => return wrong(b, Wanted::Real),
        Some(y) => y,
    };
    Ok(match (x, y) {
        (Flonum(x), Flonum(y)) => x.partial_cmp(&y),
        (Flonum(x), _) => compare_exact_flonum(heap, b, x)?.map(Ordering::reverse),
        (_, Flonum(y)) => compare_exact_flonum(heap, a, y)?,
        (Ratnum(_), _) | (_, Ratnum(_)) => match (Ratio::of(a), Ratio::of(b)) {
            (Some(x), Some(y)) => Some(x.compare(heap, &y)?),
            _ => None,
        },
        _ => Some(integer::compare(a, b)),
    })
}

/// Order of an exact real and a flonum by their exact values.
fn compare_exact_flonum(heap: &mut Heap, a: Value, y: f64) -> Result<Option<Ordering>> {
    if !y.is_finite() {
        return Ok(0f64.partial_cmp(&y));
    }
    if let Some(n) = a.as_fixnum().filter(|n| n.unsigned_abs() < 1 << 53) {
        return Ok((n as f64).partial_cmp(&y));
    }
    if let Some(x) = to_f64(a) {
        // Rounding is monotone, so different flonums settle it.
        if x != y {
            return Ok(x.partial_cmp(&y));
        }
    }
    let Some(x) = Ratio::of(a) else { return Ok(None) };
    x.compare(heap, &flonum::to_ratio(y)).map(Some)
}

/// `(= a b)`, of any numbers.
#[inline]
pub fn equal(heap: &mut Heap, a: Value, b: Value) -> Result<bool> {
    if let Some(order) = a.compare_fixnums(b) {
        return Ok(order == Ordering::Equal);
    }
    if let Some((x, y)) = a.immediate_flonums(b) {
        return Ok(x == y);
    }
    equal_slow(heap, a, b)
}

#[cold]
#[inline(never)]
fn equal_slow(heap: &mut Heap, a: Value, b: Value) -> Result<bool> {
    let Some((a_re, a_im)) = complex::parts(a) else { return wrong(a, Wanted::Number) };
    let Some((b_re, b_im)) = complex::parts(b) else { return wrong(b, Wanted::Number) };
    Ok(compare(heap, a_re, b_re)? == Some(Ordering::Equal) && compare(heap, a_im, b_im)? == Some(Ordering::Equal))
}

/// -1, 0 or 1 for a real number; 0 for a NaN.
#[inline]
pub fn sign(v: Value) -> Result<i64> {
    match v.as_fixnum() {
        Some(n) => Ok(n.signum()),
        None => sign_slow(v),
    }
}

#[cold]
#[inline(never)]
fn sign_slow(v: Value) -> Result<i64> {
    match Number::of(v) {
        Some(Number::Flonum(x)) => Ok((x > 0.0) as i64 - (x < 0.0) as i64),
        Some(Number::Ratnum(r)) => Ok(integer::sign(r.numerator())),
        Some(Number::Bignum(_) | Number::Fixnum(_)) => Ok(integer::sign(v)),
        _ => wrong(v, Wanted::Real),
    }
}

/// `(zero? z)`
#[inline]
pub fn is_zero(v: Value) -> Result<bool> {
    match Number::of(v) {
        Some(Number::Fixnum(n)) => Ok(n == 0),
        Some(Number::Flonum(x)) => Ok(x == 0.0),
        Some(Number::Compnum(z)) => {
            Ok(complex::part(z.real_part()) == 0.0 && complex::part(z.imag_part()) == 0.0 && !is_exact(v))
        }
        Some(_) => Ok(false),
        None => wrong(v, Wanted::Number),
    }
}

/// Whether a number is exact; false for what is no number.
#[inline]
pub fn is_exact(v: Value) -> bool {
    match Number::of(v) {
        None | Some(Number::Flonum(_)) => false,
        Some(Number::Compnum(z)) => !z.real_part().is_flonum(),
        Some(_) => true,
    }
}
