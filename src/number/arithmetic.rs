//! Generic `+ - * /`, negation, absolute value, maximum and minimum.
//!
//! An exact zero stays exact where the other operand cannot matter: `(* 0 x)` is 0, `(+ 0 x)` is x, for any x.

use super::rational::Ratio;
use super::{Number, NumberError, Result, Wanted, compare, complex, convert, flonum, integer, is_real, wrong};
use crate::heap::{Heap, Value};
use std::cmp::Ordering;

const ZERO: Value = Value::fixnum(0);

#[inline]
pub fn add(heap: &mut Heap, a: Value, b: Value) -> Result {
    if let Some(sum) = a.add_fixnums(b) {
        return Ok(sum);
    }
    if let Some((x, y)) = a.immediate_flonums(b) {
        return Ok(heap.flonum(x + y));
    }
    add_slow(heap, a, b)
}

#[inline]
pub fn subtract(heap: &mut Heap, a: Value, b: Value) -> Result {
    if let Some(difference) = a.sub_fixnums(b) {
        return Ok(difference);
    }
    if let Some((x, y)) = a.immediate_flonums(b) {
        return Ok(heap.flonum(x - y));
    }
    subtract_slow(heap, a, b)
}

#[inline]
pub fn multiply(heap: &mut Heap, a: Value, b: Value) -> Result {
    if let Some(product) = a.mul_fixnums(b) {
        return Ok(product);
    }
    if let Some((x, y)) = a.immediate_flonums(b) {
        return Ok(heap.flonum(x * y));
    }
    multiply_slow(heap, a, b)
}

#[inline]
pub fn divide(heap: &mut Heap, a: Value, b: Value) -> Result {
    if let Some((x, y)) = a.immediate_flonums(b) {
        return Ok(heap.flonum(x / y));
    }
    divide_slow(heap, a, b)
}

/// What the operands of a binary operation are together.
enum Operands {
    /// Both exact integers.
    Integers,
    /// Both exact reals, one of them a ratnum.
    Ratios(Ratio, Ratio),
    /// Both reals, at least one a flonum.
    Flonums(f64, f64),
    /// One is not real.
    Complex,
}

fn operands(a: Value, b: Value) -> Result<Operands> {
    let (Some(x), Some(y)) = (Number::of(a), Number::of(b)) else {
        return wrong(if Number::of(a).is_none() { a } else { b }, Wanted::Number);
    };
    use Number::*;
    Ok(match (x, y) {
        (Compnum(_), _) | (_, Compnum(_)) => Operands::Complex,
        (Flonum(x), Flonum(y)) => Operands::Flonums(x, y),
        (Flonum(x), _) => Operands::Flonums(x, complex::part(b)),
        (_, Flonum(y)) => Operands::Flonums(complex::part(a), y),
        (Ratnum(_), _) | (_, Ratnum(_)) => match (Ratio::of(a), Ratio::of(b)) {
            (Some(x), Some(y)) => Operands::Ratios(x, y),
            _ => Operands::Integers,
        },
        _ => Operands::Integers,
    })
}

#[cold]
#[inline(never)]
fn add_slow(heap: &mut Heap, a: Value, b: Value) -> Result {
    match operands(a, b)? {
        _ if a == ZERO => Ok(b),
        _ if b == ZERO => Ok(a),
        Operands::Integers => integer::add(heap, a, b, false),
        Operands::Flonums(x, y) => Ok(heap.flonum(x + y)),
        Operands::Ratios(x, y) => {
            integer::reserve_bits(heap, x.bits() + y.bits())?;
            x.add(heap, &y)?.into_value(heap)
        }
        Operands::Complex => by_parts(heap, a, b, add),
    }
}

#[cold]
#[inline(never)]
fn subtract_slow(heap: &mut Heap, a: Value, b: Value) -> Result {
    match operands(a, b)? {
        _ if b == ZERO => Ok(a),
        Operands::Integers => integer::add(heap, a, b, true),
        Operands::Flonums(x, y) => Ok(heap.flonum(if a == ZERO { -y } else { x - y })),
        Operands::Ratios(x, y) => {
            integer::reserve_bits(heap, x.bits() + y.bits())?;
            x.subtract(heap, &y)?.into_value(heap)
        }
        Operands::Complex => by_parts(heap, a, b, subtract),
    }
}

fn by_parts(heap: &mut Heap, a: Value, b: Value, f: fn(&mut Heap, Value, Value) -> Result) -> Result {
    let ((a_re, a_im), (b_re, b_im)) = complex_parts(a, b)?;
    let re = f(heap, a_re, b_re)?;
    let im = f(heap, a_im, b_im)?;
    Ok(complex::rectangular(heap, re, im))
}

#[allow(clippy::type_complexity)]
fn complex_parts(a: Value, b: Value) -> Result<((Value, Value), (Value, Value))> {
    match (complex::parts(a), complex::parts(b)) {
        (Some(x), Some(y)) => Ok((x, y)),
        (None, _) => wrong(a, Wanted::Number),
        _ => wrong(b, Wanted::Number),
    }
}

#[cold]
#[inline(never)]
fn multiply_slow(heap: &mut Heap, a: Value, b: Value) -> Result {
    match operands(a, b)? {
        _ if a == ZERO || b == ZERO => Ok(ZERO),
        Operands::Integers => integer::multiply(heap, a, b),
        Operands::Flonums(x, y) => Ok(heap.flonum(x * y)),
        Operands::Ratios(x, y) => {
            integer::reserve_bits(heap, x.bits() + y.bits())?;
            x.multiply(heap, &y)?.into_value(heap)
        }
        Operands::Complex => {
            let ((a_re, a_im), (b_re, b_im)) = complex_parts(a, b)?;
            let (rr, ii) = (multiply(heap, a_re, b_re)?, multiply(heap, a_im, b_im)?);
            let (ri, ir) = (multiply(heap, a_re, b_im)?, multiply(heap, a_im, b_re)?);
            let (re, im) = (subtract(heap, rr, ii)?, add(heap, ri, ir)?);
            Ok(complex::rectangular(heap, re, im))
        }
    }
}

#[cold]
#[inline(never)]
fn divide_slow(heap: &mut Heap, a: Value, b: Value) -> Result {
    match operands(a, b)? {
        Operands::Flonums(x, y) => Ok(heap.flonum(x / y)),
        Operands::Integers if b == ZERO => Err(NumberError::DivisionByZero),
        Operands::Integers => {
            let (quotient, remainder) = match (a.as_fixnum(), b.as_fixnum()) {
                (Some(x), Some(y)) => (integer::integer(heap, x / y), Value::fixnum(x % y)),
                _ => (ZERO, Value::fixnum(1)),
            };
            if remainder == ZERO {
                return Ok(quotient);
            }
            let (Some(x), Some(y)) = (Ratio::of(a), Ratio::of(b)) else { return wrong(a, Wanted::Number) };
            divide_ratios(heap, x, y)
        }
        Operands::Ratios(x, y) => divide_ratios(heap, x, y),
        Operands::Complex => divide_complex(heap, a, b),
    }
}

fn divide_ratios(heap: &mut Heap, x: Ratio, y: Ratio) -> Result {
    integer::reserve_bits(heap, x.bits() + y.bits())?;
    match y.invert() {
        Some(inverse) => x.multiply(heap, &inverse)?.into_value(heap),
        None => Err(NumberError::DivisionByZero),
    }
}

fn divide_complex(heap: &mut Heap, a: Value, b: Value) -> Result {
    let ((a_re, a_im), (b_re, b_im)) = complex_parts(a, b)?;
    if is_real(b) {
        let re = divide(heap, a_re, b)?;
        // Only a true exact zero: 0/0.0 is a NaN, but a real dividend has no imaginary part to divide.
        let im = divide(heap, a_im, b)?;
        return Ok(complex::rectangular(heap, re, im));
    }
    if compare::is_exact(a) && compare::is_exact(b) {
        // (a·b̄) / |b|²
        let (c2, d2) = (multiply(heap, b_re, b_re)?, multiply(heap, b_im, b_im)?);
        let norm = add(heap, c2, d2)?;
        let conjugate_im = negate(heap, b_im)?;
        let conjugate = complex::rectangular(heap, b_re, conjugate_im);
        let product = multiply(heap, a, conjugate)?;
        return divide(heap, product, norm);
    }
    let (Some(x), Some(y)) = (complex::flonum_parts(a), complex::flonum_parts(b)) else {
        return wrong(a, Wanted::Number);
    };
    let (re, im) = if is_real(a) { divide_flonum_by_complex(x.0, y) } else { divide_flonum_complex(x, y) };
    Ok(complex::from_flonums(heap, re, im))
}

/// The weight of the larger part's highest bit; 0 where scaling by it does not help.
fn weight((x, y): (f64, f64)) -> i64 {
    let m = x.abs().max(y.abs());
    if m == 0.0 || !m.is_finite() { 0 } else { (m.to_bits() >> 52) as i64 - 1023 }
}

/// An infinite divisor as a direction, which a finite dividend reaches nothing of: signed zeros are left.
fn direction((c, d): (f64, f64)) -> Option<(f64, f64)> {
    let unit = |x: f64| if x.is_infinite() { 1f64.copysign(x) } else { 0f64.copysign(x) };
    (c.is_infinite() || d.is_infinite()).then(|| (unit(c), unit(d)))
}

/// a / (c + d i), where a has no imaginary part that could lend the result a sign.
fn divide_flonum_by_complex(a: f64, (c, d): (f64, f64)) -> (f64, f64) {
    if let (true, Some((c, d))) = (a.is_finite(), direction((c, d))) {
        return (0.0 * (a * c), 0.0 * -(a * d));
    }
    let (top, bottom) = (weight((a, 0.0)), weight((c, d)));
    let a = flonum::scale(a, -top);
    let (c, d) = (flonum::scale(c, -bottom), flonum::scale(d, -bottom));
    let (re, im) = if c.abs() >= d.abs() {
        let r = d / c;
        let den = c + d * r;
        (a / den, -(a * r) / den)
    } else {
        let r = c / d;
        let den = c * r + d;
        (a * r / den, -a / den)
    };
    (flonum::scale(re, top - bottom), flonum::scale(im, top - bottom))
}

/// Smith's division, on operands scaled by powers of two so that nothing overflows on the way.
pub(super) fn divide_flonum_complex((a, b): (f64, f64), (c, d): (f64, f64)) -> (f64, f64) {
    if let (true, Some((c, d))) = (a.is_finite() && b.is_finite(), direction((c, d))) {
        return (0.0 * (a * c + b * d), 0.0 * (b * c - a * d));
    }
    let (top, bottom) = (weight((a, b)), weight((c, d)));
    let (a, b) = (flonum::scale(a, -top), flonum::scale(b, -top));
    let (c, d) = (flonum::scale(c, -bottom), flonum::scale(d, -bottom));
    let (re, im) = if c.abs() >= d.abs() {
        let r = d / c;
        let den = c + d * r;
        ((a + b * r) / den, (b - a * r) / den)
    } else {
        let r = c / d;
        let den = c * r + d;
        ((a * r + b) / den, (b * r - a) / den)
    };
    (flonum::scale(re, top - bottom), flonum::scale(im, top - bottom))
}

/// `(- z)`
pub fn negate(heap: &mut Heap, v: Value) -> Result {
    match v.as_flonum() {
        Some(x) => Ok(heap.flonum(-x)),
        None => match Number::of(v) {
            Some(Number::Compnum(z)) => {
                let (re, im) = (z.real_part(), z.imag_part());
                let (re, im) = (negate(heap, re)?, negate(heap, im)?);
                Ok(complex::rectangular(heap, re, im))
            }
            Some(Number::Ratnum(r)) => {
                let num = negate(heap, r.numerator())?;
                Ok(heap.ratnum(num, r.denominator()))
            }
            Some(_) => subtract(heap, ZERO, v),
            None => wrong(v, Wanted::Number),
        },
    }
}

/// `(abs x)`
pub fn abs(heap: &mut Heap, v: Value) -> Result {
    if let Some(x) = v.as_flonum() {
        return Ok(heap.flonum(x.abs()));
    }
    if super::sign(v)? < 0 { negate(heap, v) } else { Ok(v) }
}

/// `(max x y)`: inexact if either is. A NaN wins over everything but +inf.0, which no real number exceeds.
pub fn max(heap: &mut Heap, a: Value, b: Value) -> Result {
    extremum(heap, a, b, Ordering::Greater, f64::INFINITY)
}

/// `(min x y)`: likewise; -inf.0 is the one that a NaN cannot beat.
pub fn min(heap: &mut Heap, a: Value, b: Value) -> Result {
    extremum(heap, a, b, Ordering::Less, f64::NEG_INFINITY)
}

fn extremum(heap: &mut Heap, a: Value, b: Value, wanted: Ordering, limit: f64) -> Result {
    let best = match compare::compare(heap, a, b)? {
        None if a.as_flonum() == Some(limit) => a,
        None if b.as_flonum() == Some(limit) => b,
        None => return Ok(heap.flonum(f64::NAN)),
        Some(order) if order == wanted => a,
        Some(Ordering::Equal) if zero_of_sign(a, wanted) => a,
        Some(_) => b,
    };
    if a.is_flonum() || b.is_flonum() { convert::inexact(heap, best) } else { Ok(best) }
}

/// Whether a flonum zero is the one to prefer among equal zeros: 0.0 as maximum, -0.0 as minimum.
fn zero_of_sign(v: Value, wanted: Ordering) -> bool {
    v.as_flonum().is_some_and(|x| x == 0.0 && x.is_sign_negative() == (wanted == Ordering::Less))
}
