//! Integer division: `quotient remainder modulo`, `div mod div0 mod0` on all reals, `gcd lcm`.

use super::flonum::{self, Remainder};
use super::rational::Ratio;
use super::{
    NumberError, Result, Wanted, arithmetic, convert, integer, is_exact_integer, is_integer, is_real, is_zero, large,
    wrong,
};
use crate::heap::{Heap, Value};
use dashu_int::IBig;
use dashu_int::ops::{DivRem, UnsignedAbs};

/// Quotient and remainder of `num / den` by kind; `den` is not zero.
fn divide_big(heap: &mut Heap, num: &IBig, den: &IBig, kind: Remainder) -> Result<(IBig, IBig)> {
    let truncated = large::div_rem_signed(heap, num, den)?;
    Ok(adjusted(truncated, den, kind))
}

/// The quotient of short fractions, as flonums are.
pub(super) fn quotient_of_short(x: &Ratio, y: &Ratio, kind: Remainder) -> IBig {
    let (num, den) = (&x.num * &y.den, &y.num * &x.den);
    adjusted((&num).div_rem(&den), &den, kind).0
}

/// Quotient and remainder of a division by `den` towards zero as `kind` wants them.
fn adjusted((q, r): (IBig, IBig), den: &IBig, kind: Remainder) -> (IBig, IBig) {
    let negative = |n: &IBig| n.sign() == dashu_int::Sign::Negative;
    let one = IBig::from(if negative(den) { -1 } else { 1 });
    let (up, down) = match kind {
        Remainder::Truncated => (false, false),
        Remainder::Floored => (false, !r.is_zero() && negative(&r) != negative(den)),
        Remainder::Euclidean => (false, negative(&r)),
        Remainder::Centered => {
            let twice = (&r).unsigned_abs() << 1usize;
            let size = den.unsigned_abs();
            (!negative(&r) && twice >= size, negative(&r) && twice > size)
        }
    };
    match (up, down, kind) {
        (true, ..) => (q + &one, r - den.unsigned_abs()),
        (_, true, Remainder::Floored) => (q - 1, r + den),
        (_, true, _) => (q - &one, r + den.unsigned_abs()),
        _ => (q, r),
    }
}

/// Quotient and remainder of fractions; the divisor is not zero.
pub(super) fn divide_ratios(heap: &mut Heap, x: &Ratio, y: &Ratio, kind: Remainder) -> Result<(IBig, Ratio)> {
    let num = large::multiply_signed(heap, &x.num, &IBig::from(y.den.clone()))?;
    let den = large::multiply_signed(heap, &y.num, &IBig::from(x.den.clone()))?;
    let (q, r) = divide_big(heap, &num, &den, kind)?;
    let den = large::multiply(heap, &x.den, &y.den)?;
    Ok((q, Ratio::reduce(heap, r, den)?))
}

/// Which of the two results the caller will look at.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Need {
    Quotient,
    Remainder,
    Both,
}

/// Both results, the one that is not needed perhaps 0.
fn divide(heap: &mut Heap, a: Value, b: Value, kind: Remainder, need: Need) -> Result<(Value, Value)> {
    if let (Some(x), Some(y)) = (a.as_fixnum(), b.as_fixnum()) {
        if y == 0 {
            return Err(NumberError::DivisionByZero);
        }
        let (q, r) = divide_words(x, y, kind);
        return Ok((integer::integer(heap, q), integer::integer(heap, r)));
    }
    if let (Some(x), Some(y)) = (a.as_flonum(), b.as_flonum()) {
        return divide_flonums(heap, x, y, kind, a, need);
    }
    for v in [a, b] {
        if !is_real(v) {
            return wrong(v, Wanted::Real);
        }
    }
    if a.as_flonum().is_some_and(|x| !x.is_finite()) {
        return wrong(a, Wanted::FiniteReal);
    }
    if is_zero(b)? {
        return Err(NumberError::DivisionByZero);
    }
    if b.as_flonum().is_some_and(|y| !y.is_finite()) {
        let (x, y) = (convert::to_flonum(a)?, convert::to_flonum(b)?);
        return divide_flonums(heap, x.clamp(-f64::MAX, f64::MAX), y, kind, a, need);
    }
    if is_exact_integer(a) && is_exact_integer(b) {
        if kind == Remainder::Truncated {
            return integer::quotient_remainder(heap, a, b);
        }
        let (q, r) = divide_big(heap, &integer::exact_integer(a)?, &integer::exact_integer(b)?, kind)?;
        return Ok((integer::from_big(heap, &q), integer::from_big(heap, &r)));
    }
    // Exactly, also when one is a flonum: then the results are rounded once.
    let exact = |v: Value| v.as_flonum().map(flonum::to_ratio).or_else(|| Ratio::of(v));
    let (Some(x), Some(y)) = (exact(a), exact(b)) else { return wrong(a, Wanted::Real) };
    integer::reserve_bits(heap, x.bits() + y.bits())?;
    let (q, r) = divide_ratios(heap, &x, &y, kind)?;
    let (q, r) = (integer::from_big(heap, &q), r.into_value(heap)?);
    if a.is_flonum() || b.is_flonum() {
        Ok((convert::inexact(heap, q)?, convert::inexact(heap, r)?))
    } else {
        Ok((q, r))
    }
}

/// The same on words that are fixnums; `y` is not zero.
#[inline]
pub fn divide_words(x: i64, y: i64, kind: Remainder) -> (i64, i64) {
    let (q, r) = (x / y, x % y);
    match kind {
        Remainder::Truncated => (q, r),
        Remainder::Floored if r != 0 && (r < 0) != (y < 0) => (q - 1, r + y),
        Remainder::Euclidean if r < 0 => (q - y.signum(), r + y.abs()),
        Remainder::Centered if 2 * r >= y.abs() => (q + y.signum(), r - y.abs()),
        Remainder::Centered if 2 * r < -y.abs() => (q - y.signum(), r + y.abs()),
        _ => (q, r),
    }
}

fn divide_flonums(heap: &mut Heap, x: f64, y: f64, kind: Remainder, a: Value, need: Need) -> Result<(Value, Value)> {
    if !x.is_finite() {
        return wrong(a, Wanted::FiniteReal);
    }
    if y == 0.0 {
        return Err(NumberError::DivisionByZero);
    }
    let q = if need == Need::Remainder { 0.0 } else { flonum::quotient(x, y, kind) };
    let r = if need == Need::Quotient { 0.0 } else { flonum::remainder(x, y, kind) };
    Ok((heap.flonum(q), heap.flonum(r)))
}

/// `(div x y)`, `(div0 x y)`
pub fn div(heap: &mut Heap, a: Value, b: Value, kind: Remainder) -> Result {
    Ok(divide(heap, a, b, kind, Need::Quotient)?.0)
}

/// `(mod x y)`, `(mod0 x y)`
pub fn modulus(heap: &mut Heap, a: Value, b: Value, kind: Remainder) -> Result {
    Ok(divide(heap, a, b, kind, Need::Remainder)?.1)
}

/// `(div-and-mod x y)`, `(div0-and-mod0 x y)`
pub fn div_and_mod(heap: &mut Heap, a: Value, b: Value, kind: Remainder) -> Result<(Value, Value)> {
    divide(heap, a, b, kind, Need::Both)
}

fn check_integers(a: Value, b: Value) -> Result<()> {
    for v in [a, b] {
        if !is_integer(v) {
            return wrong(v, Wanted::Integer);
        }
    }
    Ok(())
}

/// `(quotient n m)`
pub fn quotient(heap: &mut Heap, a: Value, b: Value) -> Result {
    check_integers(a, b)?;
    div(heap, a, b, Remainder::Truncated)
}

/// `(remainder n m)`
pub fn remainder(heap: &mut Heap, a: Value, b: Value) -> Result {
    check_integers(a, b)?;
    modulus(heap, a, b, Remainder::Truncated)
}

/// `(modulo n m)`
pub fn modulo(heap: &mut Heap, a: Value, b: Value) -> Result {
    check_integers(a, b)?;
    modulus(heap, a, b, Remainder::Floored)
}

/// `(quotient+remainder n m)`
pub fn quotient_and_remainder(heap: &mut Heap, a: Value, b: Value) -> Result<(Value, Value)> {
    check_integers(a, b)?;
    divide(heap, a, b, Remainder::Truncated, Need::Both)
}

/// The exact integers of two integers, and whether the result is to be inexact.
fn exact_pair(heap: &mut Heap, a: Value, b: Value) -> Result<(Value, Value, bool)> {
    check_integers(a, b)?;
    Ok((convert::exact(heap, a)?, convert::exact(heap, b)?, a.is_flonum() || b.is_flonum()))
}

/// `(gcd n m)`, not negative.
pub fn gcd(heap: &mut Heap, a: Value, b: Value) -> Result {
    let (x, y, inexact) = exact_pair(heap, a, b)?;
    let g = integer::gcd(heap, x, y)?;
    if inexact { convert::inexact(heap, g) } else { Ok(g) }
}

/// `(lcm n m)`, not negative.
pub fn lcm(heap: &mut Heap, a: Value, b: Value) -> Result {
    let (x, y, inexact) = exact_pair(heap, a, b)?;
    let zero = Value::fixnum(0);
    let multiple = if x == zero || y == zero {
        zero
    } else {
        let g = integer::gcd(heap, x, y)?;
        let (q, _) = integer::quotient_remainder(heap, x, g)?;
        let product = arithmetic::multiply(heap, q, y)?;
        arithmetic::abs(heap, product)?
    };
    if inexact { convert::inexact(heap, multiple) } else { Ok(multiple) }
}
