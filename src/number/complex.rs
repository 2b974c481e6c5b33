//! Complex numbers: making and taking apart. Arithmetic on them is in `arithmetic.rs`, functions in `transcendental.rs`.

use super::rational::Ratio;
use super::{Number, NumberError, Result, Wanted, arithmetic, flonum, is_real, power, to_f64, to_flonum, wrong};
use crate::heap::{Heap, Value};
use dashu_int::ops::BitTest;

/// The flonum of a part, which is a real by the representation's invariant.
pub(super) fn part(v: Value) -> f64 {
    to_f64(v).unwrap_or(f64::NAN)
}

/// Real and imaginary part of a number; an exact zero for the latter of a real.
pub(super) fn parts(v: Value) -> Option<(Value, Value)> {
    match Number::of(v)? {
        Number::Compnum(z) => Some((z.real_part(), z.imag_part())),
        _ => Some((v, Value::fixnum(0))),
    }
}

/// Both parts as flonums.
pub(super) fn flonum_parts(v: Value) -> Option<(f64, f64)> {
    parts(v).map(|(re, im)| (part(re), part(im)))
}

/// The complex number of two flonums: inexact, also when the imaginary part is zero.
pub(super) fn from_flonums(heap: &mut Heap, re: f64, im: f64) -> Value {
    let (re, im) = (heap.flonum(re), heap.flonum(im));
    heap.compnum(re, im)
}

/// re + im i for real `re` and `im`: a real number if `im` is an exact zero, both parts flonums if one is.
pub(super) fn rectangular(heap: &mut Heap, re: Value, im: Value) -> Value {
    if im == Value::fixnum(0) {
        return re;
    }
    if re.is_flonum() || im.is_flonum() {
        return from_flonums(heap, part(re), part(im));
    }
    heap.compnum(re, im)
}

/// `(make-rectangular x y)`
pub fn make_rectangular(heap: &mut Heap, re: Value, im: Value) -> Result {
    for v in [re, im] {
        if !is_real(v) {
            return wrong(v, Wanted::Real);
        }
    }
    Ok(rectangular(heap, re, im))
}

/// `(make-polar magnitude angle)`: exact where the angle is an exact zero or the magnitude is.
pub fn make_polar(heap: &mut Heap, magnitude: Value, angle: Value) -> Result {
    let (m, a) = (to_flonum(magnitude)?, to_flonum(angle)?);
    if angle == Value::fixnum(0) || magnitude == Value::fixnum(0) {
        return Ok(magnitude);
    }
    Ok(from_flonums(heap, m * a.cos(), m * a.sin()))
}

/// `(real-part z)`
pub fn real_part(v: Value) -> Result {
    match parts(v) {
        Some((re, _)) => Ok(re),
        None => wrong(v, Wanted::Number),
    }
}

/// `(imag-part z)`
pub fn imag_part(v: Value) -> Result {
    match parts(v) {
        Some((_, im)) => Ok(im),
        None => wrong(v, Wanted::Number),
    }
}

/// `(complex-conjugate z)` of Vicare.
pub fn conjugate(heap: &mut Heap, v: Value) -> Result {
    match Number::of(v) {
        None => wrong(v, Wanted::Number),
        Some(Number::Compnum(z)) => {
            let im = arithmetic::negate(heap, z.imag_part())?;
            Ok(rectangular(heap, z.real_part(), im))
        }
        Some(_) => Ok(v),
    }
}

/// `(magnitude z)`: exact for an exact complex number whose magnitude is rational.
pub fn magnitude(heap: &mut Heap, v: Value) -> Result {
    match Number::of(v) {
        None => wrong(v, Wanted::Number),
        Some(Number::Compnum(z)) => {
            let (re, im) = (z.real_part(), z.imag_part());
            if let (Some(x), Some(y)) = (re.as_flonum(), im.as_flonum()) {
                return Ok(heap.flonum(x.hypot(y)));
            }
            let re2 = arithmetic::multiply(heap, re, re)?;
            let im2 = arithmetic::multiply(heap, im, im)?;
            let sum = arithmetic::add(heap, re2, im2)?;
            power::sqrt(heap, sum)
        }
        Some(_) => arithmetic::abs(heap, v),
    }
}

/// `(angle z)`: an exact zero for positive exact numbers; undefined for an exact zero.
pub fn angle(heap: &mut Heap, v: Value) -> Result {
    match Number::of(v) {
        None => wrong(v, Wanted::Number),
        Some(Number::Compnum(z)) => {
            let (x, y, _) = scaled_parts(z.real_part(), z.imag_part());
            Ok(heap.flonum(y.atan2(x)))
        }
        Some(Number::Flonum(x)) if x.is_nan() => Ok(v),
        Some(Number::Flonum(x)) => Ok(heap.flonum(0f64.atan2(x))),
        Some(_) => match super::sign(v)? {
            0 => Err(NumberError::Undefined),
            1 => Ok(Value::fixnum(0)),
            _ => Ok(heap.flonum(std::f64::consts::PI)),
        },
    }
}

/// The parts of re + im i as flonums times 2^weight, the weight chosen for exact parts so that neither overflows.
pub(super) fn scaled_parts(re: Value, im: Value) -> (f64, f64, i64) {
    let (x, y) = (part(re), part(im));
    let fits = |v: Value, x: f64| v.is_flonum() || v == Value::fixnum(0) || x.is_normal();
    if fits(re, x) && fits(im, y) {
        return (x, y, 0);
    }
    let (Some(a), Some(b)) = (Ratio::of(re), Ratio::of(im)) else { return (x, y, 0) };
    let weight = |r: &Ratio| match r.num.bit_len() {
        0 => i64::MIN,
        bits => bits as i64 - r.den.bit_len() as i64,
    };
    let common = weight(&a).max(weight(&b));
    let scale = |r: &Ratio| flonum::from_ratio(&r.num, &r.den, -common, flonum::PRECISION);
    (scale(&a), scale(&b), common)
}
