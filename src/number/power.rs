//! Square roots and powers, exact where the arguments and the result are.

use super::complex_functions::{sqrt_complex, times};
use super::rational::Ratio;
use super::{
    Number, NumberError, Result, Wanted, arithmetic, complex, convert, flonum, integer, is_exact, is_exact_integer,
    is_real, large, sign, transcendental, wrong,
};
use crate::heap::{Heap, Value};
use dashu_int::ops::{BitTest, SquareRootRem, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};

/// `(exact-integer-sqrt k)`: s and r with k = s² + r, k < (s + 1)².
pub fn exact_integer_sqrt(heap: &mut Heap, k: Value) -> Result<(Value, Value)> {
    if !is_exact_integer(k) || integer::sign(k) < 0 {
        return wrong(k, Wanted::NonNegativeExactInteger);
    }
    let n = integer::exact_integer(k)?.unsigned_abs();
    let (s, r) = large::sqrt_rem(heap, &n)?;
    Ok((integer::from_unsigned(heap, &s), integer::from_unsigned(heap, &r)))
}

/// `(sqrt z)`: the principal root, exact for squares of exact numbers.
pub fn sqrt(heap: &mut Heap, v: Value) -> Result {
    match Number::of(v) {
        None => wrong(v, Wanted::Number),
        Some(Number::Flonum(x)) if x < 0.0 => Ok(complex::from_flonums(heap, 0.0, (-x).sqrt())),
        Some(Number::Flonum(x)) => Ok(heap.flonum(x.sqrt())),
        Some(Number::Compnum(z)) => {
            if is_exact(v)
                && let Some(root) = exact_complex_root(heap, v)?
            {
                return Ok(root);
            }
            let (re, im) = sqrt_complex((complex::part(z.real_part()), complex::part(z.imag_part())));
            Ok(complex::from_flonums(heap, re, im))
        }
        Some(_) => {
            let Some(r) = Ratio::of(v) else { return wrong(v, Wanted::Number) };
            let negative = r.is_negative();
            let root = match ratio_root(heap, &r, 2)? {
                Some(root) => root.into_value(heap)?,
                None => heap.flonum(sqrt_flonum(&r)),
            };
            if !negative {
                return Ok(root);
            }
            if root.is_flonum() {
                return Ok(complex::from_flonums(heap, 0.0, complex::part(root)));
            }
            Ok(complex::rectangular(heap, Value::fixnum(0), root))
        }
    }
}

/// The exact `n`th root of |r|, if it has one; `n` at least 2.
fn ratio_root(heap: &mut Heap, r: &Ratio, n: usize) -> Result<Option<Ratio>> {
    let Some(den) = exact_root(heap, &r.den, n)? else { return Ok(None) };
    let num = exact_root(heap, &(&r.num).unsigned_abs(), n)?;
    Ok(num.map(|num| Ratio { num: IBig::from(num), den }))
}

/// The exact `n`th root of `m`, if it has one.
fn exact_root(heap: &mut Heap, m: &UBig, n: usize) -> Result<Option<UBig>> {
    if m.is_zero() || m.is_one() {
        return Ok(Some(m.clone()));
    }
    if n == 2 {
        let (s, rest) = large::sqrt_rem(heap, m)?;
        return Ok(rest.is_zero().then_some(s));
    }
    if n >= m.bit_len() {
        return Ok(None);
    }
    let s = large::nth_root(heap, m, n)?;
    Ok((&large::pow(heap, &s, n)? == m).then_some(s))
}

/// The flonum nearest to the root of |r|: an integer root of 63 bits or more, and whether anything is left.
fn sqrt_flonum(r: &Ratio) -> f64 {
    let num = (&r.num).unsigned_abs();
    // r · 4^k has 126 bits or more.
    let k = (128 - (num.bit_len() as i64 - r.den.bit_len() as i64)).div_euclid(2);
    let (scaled, den) =
        if k >= 0 { (num << (2 * k) as usize, r.den.clone()) } else { (num, &r.den << (-2 * k) as usize) };
    let quotient = &scaled / &den;
    let exact_quotient = &quotient * &den == scaled;
    let (s, rest) = quotient.sqrt_rem();
    let sticky = !rest.is_zero() || !exact_quotient;
    // One more bit below carries what is left.
    let carried = IBig::from((s << 1usize) + UBig::from(sticky as u8));
    flonum::from_ratio(&carried, &UBig::ONE, -k - 1, flonum::PRECISION)
}

/// The exact principal root of an exact complex number, if there is one: with m = |z|, √((m + a)/2) + i·b/(2·re).
fn exact_complex_root(heap: &mut Heap, z: Value) -> Result<Option<Value>> {
    let m = complex::magnitude(heap, z)?;
    if m.is_flonum() {
        return Ok(None);
    }
    let (a, b) = (complex::real_part(z)?, complex::imag_part(z)?);
    let two = Value::fixnum(2);
    let sum = arithmetic::add(heap, m, a)?;
    let half = arithmetic::divide(heap, sum, two)?;
    let re = sqrt(heap, half)?;
    if re.is_flonum() {
        return Ok(None);
    }
    let double = arithmetic::multiply(heap, two, re)?;
    let im = arithmetic::divide(heap, b, double)?;
    Ok(Some(complex::rectangular(heap, re, im)))
}

/// Asks for the memory of a power before anything is charged for it: fails as [`expt`] would.
pub fn reserve_power(heap: &mut Heap, z: Value, w: Value) -> Result<()> {
    match (Ratio::of(z), w.as_fixnum()) {
        (Some(r), Some(n)) if !(r.den.is_one() && r.num.bit_len() <= 1) => {
            let k = usize::try_from(n.unsigned_abs()).unwrap_or(usize::MAX);
            integer::reserve_bits(heap, r.bits().saturating_sub(1).max(1).saturating_mul(k))
        }
        _ => Ok(()),
    }
}

/// `(expt z w)`
pub fn expt(heap: &mut Heap, z: Value, w: Value) -> Result {
    for v in [z, w] {
        if Number::of(v).is_none() {
            return wrong(v, Wanted::Number);
        }
    }
    if is_exact_integer(w) {
        return expt_integer(heap, z, w);
    }
    if z == Value::fixnum(0) || z.as_flonum() == Some(0.0) {
        return expt_zero(heap, z, w);
    }
    if let Some(power) = expt_ratnum(heap, z, w)? {
        return Ok(power);
    }
    let (Some((x, _)), Some((y, y_im))) = (complex::flonum_parts(z), complex::flonum_parts(w)) else {
        return wrong(z, Wanted::Number);
    };
    if is_real(z) && is_real(w) && (x >= 0.0 || x.is_nan() || flonum::is_integer(y) || y.is_infinite()) {
        if x.is_infinite() && !z.is_flonum() || x == 0.0 {
            return expt_extreme(heap, z, y);
        }
        return Ok(heap.flonum(x.powf(y)));
    }
    // e^(w log z) = r^y · e^(-y' θ) at the angle y θ + y' log r
    let log = transcendental::log(heap, z)?;
    let (log_r, theta) = complex::flonum_parts(log).unwrap_or((f64::NAN, f64::NAN));
    let magnitude = (y * log_r - y_im * theta).exp();
    let angle = y * theta + if y_im == 0.0 { 0.0 } else { y_im * log_r };
    Ok(complex::from_flonums(heap, times(magnitude, angle.cos()), times(magnitude, angle.sin())))
}

/// A zero to a power that is no exact integer.
fn expt_zero(heap: &mut Heap, z: Value, w: Value) -> Result {
    let (re, im) = (complex::real_part(w)?, complex::imag_part(w)?);
    if let (Some(y), true) = (re.as_flonum(), is_real(w)) {
        return Ok(heap.flonum(complex::part(z).powf(y)));
    }
    if sign(re)? > 0 {
        return Ok(z);
    }
    if super::is_zero(re)? && super::is_zero(im)? {
        return Ok(heap.flonum(1.0));
    }
    if z.is_flonum() && is_real(w) {
        return Ok(heap.flonum(f64::INFINITY));
    }
    Err(NumberError::ZeroToPower)
}

/// An exact number to an exact fraction, where the root is exact.
fn expt_ratnum(heap: &mut Heap, z: Value, w: Value) -> Result<Option<Value>> {
    if !is_exact(z) || !is_exact(w) || !is_real(w) {
        return Ok(None);
    }
    let Some(exponent) = Ratio::of(w) else { return Ok(None) };
    let Ok(n) = usize::try_from(&exponent.den) else { return Ok(None) };
    let num = integer::from_big(heap, &exponent.num);
    let root = if n == 2 {
        sqrt(heap, z)?
    } else {
        match Ratio::of(z) {
            Some(r) if !r.is_negative() => match ratio_root(heap, &r, n)? {
                Some(root) => root.into_value(heap)?,
                None => return Ok(None),
            },
            _ => return Ok(None),
        }
    };
    if is_exact(root) { expt_integer(heap, root, num).map(Some) } else { Ok(None) }
}

/// A positive exact number beyond the range of flonums to a flonum: m^y · 2^(e·y).
fn expt_extreme(heap: &mut Heap, z: Value, y: f64) -> Result {
    let Some(r) = Ratio::of(z) else { return wrong(z, Wanted::Number) };
    let e = r.num.bit_len() as i64 - r.den.bit_len() as i64;
    let m = flonum::from_ratio(&r.num, &r.den, -e, flonum::PRECISION);
    let weight = e as f64 * y;
    if !weight.is_finite() || weight.abs() > 1e6 {
        return Ok(heap.flonum(if weight > 0.0 { f64::INFINITY } else { 0.0 } * m.powf(y).signum()));
    }
    let x = m.powf(y) * (weight - weight.floor()).exp2();
    Ok(heap.flonum(flonum::scale(x, weight.floor() as i64)))
}

/// Any number to an exact integer.
fn expt_integer(heap: &mut Heap, z: Value, n: Value) -> Result {
    if n == Value::fixnum(0) {
        return Ok(Value::fixnum(1));
    }
    let negative = integer::sign(n) < 0;
    match Number::of(z) {
        Some(Number::Flonum(x)) => Ok(heap.flonum(expt_flonum(x, n))),
        Some(Number::Compnum(_)) => {
            let magnitude = n.as_fixnum().map(i64::unsigned_abs);
            match magnitude {
                Some(k) if is_exact(z) || k <= 1024 => {
                    let power = expt_by_squaring(heap, z, k)?;
                    if !negative {
                        return Ok(power);
                    }
                    let one = Value::fixnum(1);
                    if is_finite_complex(power) {
                        return arithmetic::divide(heap, one, power);
                    }
                    // The power overflows where its inverse only vanishes.
                    let inverse = arithmetic::divide(heap, one, z)?;
                    expt_by_squaring(heap, inverse, k)
                }
                _ if is_exact(z) && is_unit(z) => {
                    let rest = super::modulo(heap, n, Value::fixnum(4))?;
                    expt_integer(heap, z, rest)
                }
                _ if is_exact(z) => Err(NumberError::TooLarge),
                _ => {
                    let w = convert::inexact(heap, n)?;
                    expt(heap, z, w)
                }
            }
        }
        _ => {
            let Some(r) = Ratio::of(z) else { return wrong(z, Wanted::Number) };
            let power = expt_ratio(heap, &r, n)?;
            if !negative {
                return power.into_value(heap);
            }
            match power.invert() {
                Some(inverse) => inverse.into_value(heap),
                None => Err(NumberError::ZeroToPower),
            }
        }
    }
}

fn is_finite_complex(z: Value) -> bool {
    is_exact(z) || complex::flonum_parts(z).is_some_and(|(re, im)| re.is_finite() && im.is_finite())
}

/// Whether an exact complex number is i or -i.
fn is_unit(z: Value) -> bool {
    complex::parts(z).is_some_and(|(re, im)| re == Value::fixnum(0) && matches!(im.as_fixnum(), Some(1 | -1)))
}

/// x^n with the sign that n's parity gives, for any exact n.
fn expt_flonum(x: f64, n: Value) -> f64 {
    let exponent = complex::part(n);
    let power = x.abs().powf(exponent);
    if x.is_sign_negative() && integer::is_odd(n) { -power } else { power }
}

/// r^|n|; the result's size is asked for first.
fn expt_ratio(heap: &mut Heap, r: &Ratio, n: Value) -> Result<Ratio> {
    let num = (&r.num).unsigned_abs();
    let odd = integer::is_odd(n);
    let sign = if r.is_negative() && odd { Sign::Negative } else { Sign::Positive };
    if r.den.is_one() && (num.is_zero() || num.is_one()) {
        return Ok(Ratio { num: IBig::from_parts(sign, num), den: UBig::ONE });
    }
    let k = n.as_fixnum().map(i64::unsigned_abs).and_then(|k| usize::try_from(k).ok());
    let Some(k) = k else { return Err(NumberError::TooLarge) };
    let bits = r.bits().saturating_sub(1).max(1).saturating_mul(k);
    integer::reserve_bits(heap, bits)?;
    let den = if r.den.is_one() { UBig::ONE } else { large::pow(heap, &r.den, k)? };
    Ok(Ratio { num: IBig::from_parts(sign, large::pow(heap, &num, k)?), den })
}

fn expt_by_squaring(heap: &mut Heap, z: Value, k: u64) -> Result {
    if is_exact(z) {
        let bits = complex::parts(z).and_then(|(re, im)| Some(Ratio::of(re)?.bits().max(Ratio::of(im)?.bits())));
        if !is_unit(z) {
            let bits = bits.unwrap_or(1).saturating_sub(1).max(1);
            integer::reserve_bits(heap, bits.saturating_mul(usize::try_from(k).unwrap_or(usize::MAX)) / 2)?;
        }
    }
    let (mut power, mut square, mut k) = (Value::fixnum(1), z, k);
    loop {
        if k & 1 == 1 {
            power = arithmetic::multiply(heap, power, square)?;
        }
        k >>= 1;
        if k == 0 {
            return Ok(power);
        }
        square = arithmetic::multiply(heap, square, square)?;
    }
}

/// `(cbrt x)` of Vicare: the real root of a real number, exact for cubes.
pub fn cbrt(heap: &mut Heap, v: Value) -> Result {
    if !is_real(v) {
        let third = Value::fixnum(1);
        let third = arithmetic::divide(heap, third, Value::fixnum(3))?;
        return expt(heap, v, third);
    }
    if let Some(r) = if v.is_flonum() { None } else { Ratio::of(v) }
        && let Some(root) = ratio_root(heap, &r, 3)?
    {
        return if r.is_negative() { root.negate().into_value(heap) } else { root.into_value(heap) };
    }
    let x = convert::to_flonum(v)?;
    Ok(heap.flonum(x.cbrt()))
}

/// An upper bound of the bits of n!; none if it does not fit a word.
pub(super) fn factorial_bits(n: u64) -> Option<usize> {
    usize::try_from(n.checked_mul(64 - n.leading_zeros() as u64)?).ok()
}

/// `(factorial n)` of Vicare.
pub fn factorial(heap: &mut Heap, n: Value) -> Result {
    let count = match n.as_fixnum() {
        Some(n) if n >= 0 => n as u64,
        None if is_exact_integer(n) && integer::sign(n) > 0 => return Err(NumberError::TooLarge),
        _ => return wrong(n, Wanted::NonNegativeExactInteger),
    };
    integer::reserve_bits(heap, factorial_bits(count).ok_or(NumberError::TooLarge)?)?;
    let product = product_of_range(heap, 1, count)?;
    Ok(integer::from_unsigned(heap, &product))
}

/// The product of the integers from `low` to `high`, halved until the halves are short: factors of like size.
fn product_of_range(heap: &mut Heap, low: u64, high: u64) -> Result<UBig> {
    if low > high {
        return Ok(UBig::ONE);
    }
    if high - low < 8 {
        return Ok((low..=high).fold(UBig::ONE, |product, n| product * n));
    }
    if high - low > 1 << 10 {
        large::poll(heap)?;
    }
    let middle = low + (high - low) / 2;
    let (lower, upper) = (product_of_range(heap, low, middle)?, product_of_range(heap, middle + 1, high)?);
    large::multiply(heap, &lower, &upper)
}
