//! `exp log sin cos tan asin acos atan` and the hyperbolic functions on any number; on pairs of flonums they are in
//! `complex_functions.rs`.
//!
//! A real argument beyond a branch cut counts as having an exact zero imaginary part, which by the formulas of R6RS
//! 11.7.3.2 puts it on a side of its own. Results are exact where R6RS implementations agree on it: `(exp 0)`,
//! `(log 1)`, `(sin 0)`, `(acos 1)` and so on.

use super::complex_functions::*;
use super::rational::Ratio;
use super::{
    Number, NumberError, Result, Wanted, arithmetic, complex, flonum, is_exact, is_real, sign, to_flonum, wrong,
};
use crate::heap::{Heap, Value};
use dashu_int::IBig;
use dashu_int::ops::BitTest;
use std::f64::consts::{FRAC_PI_2, LN_2, PI};

/// A function of one argument: on reals, on complex numbers.
struct Function {
    real: fn(f64) -> f64,
    complex: fn(Complex) -> Complex,
    /// Where a real argument has a real result.
    domain: fn(f64) -> bool,
    /// The zero that elsewhere stands for a real argument's missing imaginary part: its sign chooses the side.
    side: fn(f64) -> f64,
    /// An exact argument with an exact result.
    exact: (i64, i64),
}

impl Function {
    fn apply(&self, heap: &mut Heap, v: Value) -> Result {
        if v == Value::fixnum(self.exact.0) {
            return Ok(Value::fixnum(self.exact.1));
        }
        let Some((re, im)) = complex::flonum_parts(v) else { return wrong(v, Wanted::Number) };
        if !is_real(v) {
            let (re, im) = (self.complex)((re, im));
            return Ok(complex::from_flonums(heap, re, im));
        }
        if re.is_nan() || (self.domain)(re) {
            return Ok(heap.flonum((self.real)(re)));
        }
        let (re, im) = (self.complex)((re, (self.side)(re)));
        Ok(complex::from_flonums(heap, re, im))
    }
}

fn everywhere(_: f64) -> bool {
    true
}

fn unit_interval(x: f64) -> bool {
    x.abs() <= 1.0
}

fn above(_: f64) -> f64 {
    0.0
}

/// Below the cut from 1 to the right, above that from -1 to the left.
fn outward(x: f64) -> f64 {
    if x > 0.0 { -0.0 } else { 0.0 }
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident: $real:path, $complex:path, $domain:expr, $side:path, $exact:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name(heap: &mut Heap, v: Value) -> Result {
            Function { real: $real, complex: $complex, domain: $domain, side: $side, exact: $exact }.apply(heap, v)
        }
    )*};
}

functions! {
    /// `(exp z)`
    exp: f64::exp, exp_complex, everywhere, above, (0, 1);
    /// `(sin z)`
    sin: f64::sin, sin_complex, everywhere, above, (0, 0);
    /// `(cos z)`
    cos: f64::cos, cos_complex, everywhere, above, (0, 1);
    /// `(tan z)`
    tan: f64::tan, tan_complex, everywhere, above, (0, 0);
    /// `(asin z)`
    asin: f64::asin, asin_complex, unit_interval, outward, (0, 0);
    /// `(acos z)`
    acos: f64::acos, acos_complex, unit_interval, outward, (1, 0);
    /// `(sinh z)`
    sinh: f64::sinh, sinh_complex, everywhere, above, (0, 0);
    /// `(cosh z)`
    cosh: f64::cosh, cosh_complex, everywhere, above, (0, 1);
    /// `(tanh z)`
    tanh: f64::tanh, tanh_complex, everywhere, above, (0, 0);
    /// `(asinh z)`
    asinh: f64::asinh, asinh_complex, everywhere, above, (0, 0);
    /// `(acosh z)`
    acosh: f64::acosh, acosh_complex, |x| x >= 1.0, above, (1, 0);
    atanh_defined: f64::atanh, atanh_complex, unit_interval, outward, (0, 0);
    atan_defined: f64::atan, atan_complex, everywhere, above, (0, 0);
}

/// `(atan z)`: undefined at exact i and -i.
pub fn atan(heap: &mut Heap, v: Value) -> Result {
    match complex::parts(v) {
        Some((re, im)) if re == Value::fixnum(0) && matches!(im.as_fixnum(), Some(1 | -1)) => {
            Err(NumberError::Undefined)
        }
        _ => atan_defined(heap, v),
    }
}

/// `(atanh z)`: undefined at exact 1 and -1.
pub fn atanh(heap: &mut Heap, v: Value) -> Result {
    if matches!(v.as_fixnum(), Some(1 | -1)) { Err(NumberError::Undefined) } else { atanh_defined(heap, v) }
}

/// `(atan y x)`: the angle of x + y i.
pub fn atan2(heap: &mut Heap, y: Value, x: Value) -> Result {
    let (y_fl, x_fl) = (to_flonum(y)?, to_flonum(x)?);
    let zero = Value::fixnum(0);
    if is_exact(y) && is_exact(x) {
        if y == zero {
            return match sign(x)? {
                0 => Err(NumberError::Undefined),
                1 => Ok(zero),
                _ => Ok(heap.flonum(PI)),
            };
        }
        let (x, y, _) = complex::scaled_parts(x, y);
        return Ok(heap.flonum(y.atan2(x)));
    }
    // A zero over an exact zero: 11.7.3.2 puts it on the imaginary axis, by its sign.
    if x == zero && y_fl == 0.0 {
        return Ok(heap.flonum(FRAC_PI_2.copysign(y_fl)));
    }
    Ok(heap.flonum(y_fl.atan2(x_fl)))
}

/// `(log z)`: undefined for an exact zero.
pub fn log(heap: &mut Heap, v: Value) -> Result {
    match Number::of(v) {
        None => wrong(v, Wanted::Number),
        Some(Number::Flonum(x)) if x.is_sign_negative() && !x.is_nan() => {
            Ok(complex::from_flonums(heap, (-x).ln(), PI))
        }
        Some(Number::Flonum(x)) => Ok(heap.flonum(x.ln())),
        Some(Number::Fixnum(1)) => Ok(Value::fixnum(0)),
        Some(Number::Fixnum(0)) => Err(NumberError::Undefined),
        Some(Number::Compnum(z)) => {
            let (x, y, weight) = complex::scaled_parts(z.real_part(), z.imag_part());
            let (re, im) = log_complex((x, y));
            Ok(complex::from_flonums(heap, re + weight as f64 * LN_2, im))
        }
        Some(_) => {
            let Some(r) = Ratio::of(v) else { return wrong(v, Wanted::Number) };
            if r.is_negative() {
                return Ok(complex::from_flonums(heap, log_ratio(&r.negate()), PI));
            }
            Ok(heap.flonum(log_ratio(&r)))
        }
    }
}

/// The logarithm of a positive fraction of any size.
fn log_ratio(r: &Ratio) -> f64 {
    let weight = r.num.bit_len() as i64 - r.den.bit_len() as i64;
    if weight.abs() <= 1 {
        // Near 1 the difference from 1 is what counts.
        let difference = &r.num - IBig::from(r.den.clone());
        return flonum::from_ratio(&difference, &r.den, 0, flonum::PRECISION).ln_1p();
    }
    if weight.abs() < 1000 {
        return flonum::from_ratio(&r.num, &r.den, 0, flonum::PRECISION).ln();
    }
    flonum::from_ratio(&r.num, &r.den, -weight, flonum::PRECISION).ln() + weight as f64 * LN_2
}

/// `(log z b)`: the logarithm to base b.
pub fn log_base(heap: &mut Heap, v: Value, base: Value) -> Result {
    if is_real(v) && is_real(base) {
        let (x, b) = (to_flonum(v)?, to_flonum(base)?);
        if x > 0.0 && x.is_finite() && (b == 2.0 || b == 10.0) && v != Value::fixnum(1) {
            return Ok(heap.flonum(if b == 2.0 { x.log2() } else { x.log10() }));
        }
    }
    let (log_v, log_b) = (log(heap, v)?, log(heap, base)?);
    if log_b == Value::fixnum(0) && log_v == Value::fixnum(0) {
        return Err(NumberError::Undefined);
    }
    arithmetic::divide(heap, log_v, log_b)
}
