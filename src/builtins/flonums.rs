//! `(rnrs arithmetic flonums)`: R6RS libraries 11.3. Its condition types are in `conditions.rs`.

use super::arithmetic;
use super::numeric::{self, AtLeast, Real, failure};
use crate::eval::{Flonum, Machine, Res, Rest, Single};
use crate::heap::{Bytevector, Str, Value, View};
use crate::number::flonum::{self, Remainder};
use crate::number::{self, Rounding, round_flonum};
use crate::primitives;

/// Flonums, at least one.
fn arguments(m: &mut Machine, who: &str, first: usize, args: &[Value]) -> Res<()> {
    numeric::all::<Flonum>(m, who, first, args)
}

/// The number of a value that was checked to be a flonum.
fn value(v: Value) -> f64 {
    v.as_flonum().unwrap_or(f64::NAN)
}

fn chain(m: &mut Machine, who: &str, first: f64, rest: &[Value], holds: fn(f64, f64) -> bool) -> Res {
    arguments(m, who, 2, rest)?;
    let mut previous = first;
    let all = rest.iter().all(|&v| holds(std::mem::replace(&mut previous, value(v)), value(v)));
    Ok(Value::boolean(all))
}

fn fold(m: &mut Machine, who: &str, first: f64, rest: &[Value], f: fn(f64, f64) -> f64) -> Res {
    arguments(m, who, 2, rest)?;
    let result = rest.iter().fold(first, |x, &v| f(x, value(v)));
    Ok(m.heap.flonum(result))
}

fn two_values(m: &mut Machine, a: f64, b: f64) -> Res {
    let (a, b) = (m.heap.flonum(a), m.heap.flonum(b));
    Ok(m.heap.multiple_values(&[a, b]))
}

/// A flonum that is an integer.
#[derive(Copy, Clone)]
pub struct IntegralFlonum(pub f64);

impl Single for IntegralFlonum {
    const WHAT: &'static str = "an integral flonum";
    fn convert(v: Value) -> Option<IntegralFlonum> {
        v.as_flonum().filter(|&x| flonum::is_integer(x)).map(IntegralFlonum)
    }
}

fn maximum(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

fn minimum(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}

primitives! { pub TABLE in "(rnrs arithmetic flonums)" {
    /// `(flonum? obj)`
    "flonum?" [pure] fn is_flonum(_m, obj: Value) { Ok(Value::boolean(obj.is_flonum())) }
    /// `(real->flonum x)`: the nearest flonum.
    "real->flonum" [pure] fn real_to_flonum(m, x: Real) {
        match number::to_flonum(x.0) {
            Ok(f) => Ok(m.heap.flonum(f)),
            Err(error) => Err(failure(m, "real->flonum", &[x.0], error)),
        }
    }
    /// `(fixnum->flonum fx)`: the nearest flonum.
    "fixnum->flonum" [pure] fn fixnum_to_flonum(m, fx: i64) { Ok(m.heap.flonum(fx as f64)) }
    /// `(fl=? fl1 fl2 …)`: all equal.
    "fl=?" [pure] fn equal(m, fl: Flonum, fls: Rest<1>) { chain(m, "fl=?", fl.0, &fls, |x, y| x == y) }
    /// `(fl<? fl1 fl2 …)`: increasing.
    "fl<?" [pure] fn less(m, fl: Flonum, fls: Rest<1>) { chain(m, "fl<?", fl.0, &fls, |x, y| x < y) }
    /// `(fl<=? fl1 fl2 …)`: not decreasing.
    "fl<=?" [pure] fn at_most(m, fl: Flonum, fls: Rest<1>) { chain(m, "fl<=?", fl.0, &fls, |x, y| x <= y) }
    /// `(fl>? fl1 fl2 …)`: decreasing.
    "fl>?" [pure] fn greater(m, fl: Flonum, fls: Rest<1>) { chain(m, "fl>?", fl.0, &fls, |x, y| x > y) }
    /// `(fl>=? fl1 fl2 …)`: not increasing.
    "fl>=?" [pure] fn at_least(m, fl: Flonum, fls: Rest<1>) { chain(m, "fl>=?", fl.0, &fls, |x, y| x >= y) }
    /// `(flinteger? fl)`
    "flinteger?" [pure] fn is_integer(_m, fl: Flonum) { Ok(Value::boolean(flonum::is_integer(fl.0))) }
    /// `(flzero? fl)`
    "flzero?" [pure] fn is_zero(_m, fl: Flonum) { Ok(Value::boolean(fl.0 == 0.0)) }
    /// `(flpositive? fl)`
    "flpositive?" [pure] fn is_positive(_m, fl: Flonum) { Ok(Value::boolean(fl.0 > 0.0)) }
    /// `(flnegative? fl)`: less than zero, which -0.0 is not.
    "flnegative?" [pure] fn is_negative(_m, fl: Flonum) { Ok(Value::boolean(fl.0 < 0.0)) }
    /// `(flodd? ifl)`
    "flodd?" [pure] fn is_odd(_m, ifl: IntegralFlonum) { Ok(Value::boolean(flonum::is_odd(ifl.0))) }
    /// `(fleven? ifl)`
    "fleven?" [pure] fn is_even(_m, ifl: IntegralFlonum) { Ok(Value::boolean(!flonum::is_odd(ifl.0))) }
    /// `(flfinite? fl)`
    "flfinite?" [pure] fn is_finite(_m, fl: Flonum) { Ok(Value::boolean(fl.0.is_finite())) }
    /// `(flinfinite? fl)`
    "flinfinite?" [pure] fn is_infinite(_m, fl: Flonum) { Ok(Value::boolean(fl.0.is_infinite())) }
    /// `(flnan? fl)`
    "flnan?" [pure] fn is_nan(_m, fl: Flonum) { Ok(Value::boolean(fl.0.is_nan())) }
    /// `(flmax fl1 fl2 …)`: a NaN if any argument is.
    "flmax" [pure] fn max(m, fl: Flonum, fls: Rest) { fold(m, "flmax", fl.0, &fls, maximum) }
    /// `(flmin fl1 fl2 …)`: a NaN if any argument is.
    "flmin" [pure] fn min(m, fl: Flonum, fls: Rest) { fold(m, "flmin", fl.0, &fls, minimum) }
    /// `(fl+ fl …)`: the sum.
    "fl+" [pure] fn add(m, fl: Option<Flonum>, fls: Rest) {
        fold(m, "fl+", fl.map_or(0.0, |x| x.0), &fls, |x, y| x + y)
    }
    /// `(fl* fl …)`: the product.
    "fl*" [pure] fn multiply(m, fl: Option<Flonum>, fls: Rest) {
        fold(m, "fl*", fl.map_or(1.0, |x| x.0), &fls, |x, y| x * y)
    }
    /// `(fl- fl)`: the negation; `(fl- fl1 fl2 …)`: the difference.
    "fl-" [pure] fn subtract(m, fl: Flonum, fls: Rest) {
        fold(m, "fl-", if fls.is_empty() { -fl.0 } else { fl.0 }, &fls, |x, y| x - y)
    }
    /// `(fl/ fl)`: the inverse; `(fl/ fl1 fl2 …)`: the quotient.
    "fl/" [pure] fn divide(m, fl: Flonum, fls: Rest) {
        fold(m, "fl/", if fls.is_empty() { 1.0 / fl.0 } else { fl.0 }, &fls, |x, y| x / y)
    }
    /// `(flabs fl)`
    "flabs" [pure] fn abs(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.abs())) }
    /// `(fldiv fl1 fl2)`: as `div`; for a zero divisor an infinity or a NaN.
    "fldiv" [pure] fn div(m, fl1: Flonum, fl2: Flonum) {
        Ok(m.heap.flonum(flonum::quotient(fl1.0, fl2.0, Remainder::Euclidean)))
    }
    /// `(flmod fl1 fl2)`: as `mod`; for a zero divisor a NaN.
    "flmod" [pure] fn modulus(m, fl1: Flonum, fl2: Flonum) {
        Ok(m.heap.flonum(flonum::remainder(fl1.0, fl2.0, Remainder::Euclidean)))
    }
    /// `(fldiv-and-mod fl1 fl2)`: both as two values.
    "fldiv-and-mod" [control] fn div_and_mod(m, fl1: Flonum, fl2: Flonum) {
        let (x, y, kind) = (fl1.0, fl2.0, Remainder::Euclidean);
        two_values(m, flonum::quotient(x, y, kind), flonum::remainder(x, y, kind))
    }
    /// `(fldiv0 fl1 fl2)`: as `div0`; for a zero divisor an infinity or a NaN.
    "fldiv0" [pure] fn div0(m, fl1: Flonum, fl2: Flonum) {
        Ok(m.heap.flonum(flonum::quotient(fl1.0, fl2.0, Remainder::Centered)))
    }
    /// `(flmod0 fl1 fl2)`: as `mod0`; for a zero divisor a NaN.
    "flmod0" [pure] fn modulus0(m, fl1: Flonum, fl2: Flonum) {
        Ok(m.heap.flonum(flonum::remainder(fl1.0, fl2.0, Remainder::Centered)))
    }
    /// `(fldiv0-and-mod0 fl1 fl2)`: both as two values.
    "fldiv0-and-mod0" [control] fn div0_and_mod0(m, fl1: Flonum, fl2: Flonum) {
        let (x, y, kind) = (fl1.0, fl2.0, Remainder::Centered);
        two_values(m, flonum::quotient(x, y, kind), flonum::remainder(x, y, kind))
    }
    /// `(flnumerator fl)`: of the fraction in lowest terms; infinities and -0.0 are their own.
    "flnumerator" [pure] fn numerator(m, fl: Flonum) { Ok(m.heap.flonum(flonum::numerator(fl.0))) }
    /// `(fldenominator fl)`: of the fraction in lowest terms; 1.0 for infinities.
    "fldenominator" [pure] fn denominator(m, fl: Flonum) { Ok(m.heap.flonum(flonum::denominator(fl.0))) }
    /// `(flfloor fl)`: the largest integer not above it.
    "flfloor" [pure] fn floor(m, fl: Flonum) { Ok(m.heap.flonum(round_flonum(fl.0, Rounding::Floor))) }
    /// `(flceiling fl)`: the smallest integer not below it.
    "flceiling" [pure] fn ceiling(m, fl: Flonum) { Ok(m.heap.flonum(round_flonum(fl.0, Rounding::Ceiling))) }
    /// `(fltruncate fl)`: the nearest integer that is not farther from zero.
    "fltruncate" [pure] fn truncate(m, fl: Flonum) { Ok(m.heap.flonum(round_flonum(fl.0, Rounding::Truncate))) }
    /// `(flround fl)`: the nearest integer, the even one of two.
    "flround" [pure] fn round(m, fl: Flonum) { Ok(m.heap.flonum(round_flonum(fl.0, Rounding::Round))) }
    /// `(flexp fl)`
    "flexp" [pure] fn exp(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.exp())) }
    /// `(fllog fl)`: the natural logarithm; `(fllog fl base)`. A NaN for a negative number.
    "fllog" [pure] fn log(m, fl: Flonum, base: Option<Flonum>) {
        let x = match base {
            None => fl.0.ln(),
            Some(Flonum(2.0)) => fl.0.log2(),
            Some(Flonum(10.0)) => fl.0.log10(),
            Some(base) => fl.0.ln() / base.0.ln(),
        };
        Ok(m.heap.flonum(x))
    }
    /// `(flsin fl)`
    "flsin" [pure] fn sin(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.sin())) }
    /// `(flcos fl)`
    "flcos" [pure] fn cos(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.cos())) }
    /// `(fltan fl)`
    "fltan" [pure] fn tan(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.tan())) }
    /// `(flasin fl)`: a NaN beyond 1 and -1.
    "flasin" [pure] fn asin(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.asin())) }
    /// `(flacos fl)`: a NaN beyond 1 and -1.
    "flacos" [pure] fn acos(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.acos())) }
    /// `(flatan fl)`; `(flatan y x)`: the angle of x + y i.
    "flatan" [pure] fn atan(m, fl: Flonum, x: Option<Flonum>) {
        Ok(m.heap.flonum(x.map_or_else(|| fl.0.atan(), |x| fl.0.atan2(x.0))))
    }
    /// `(flsqrt fl)`: a NaN for a negative number; -0.0 is its own.
    "flsqrt" [pure] fn sqrt(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.sqrt())) }
    /// `(flexpt fl1 fl2)`: a NaN for a negative number to a power that is no integer.
    "flexpt" [pure] fn expt(m, fl1: Flonum, fl2: Flonum) { Ok(m.heap.flonum(fl1.0.powf(fl2.0))) }
} }

primitives! { pub VICARE in "(vicare)" {
    /// `(fl!=? fl …)`: pairwise different; of one, `#f`.
    "fl!=?" [pure] fn all_different(m, fls: AtLeast<1>) { numeric::all_different::<Flonum>(m, "fl!=?", fls.0) }
    /// `(flnonnegative? fl)`: at least zero, which -0.0 is.
    "flnonnegative?" [pure] fn is_nonnegative(_m, fl: Flonum) { Ok(Value::boolean(fl.0 >= 0.0)) }
    /// `(flnonpositive? fl)`: at most zero, which 0.0 is.
    "flnonpositive?" [pure] fn is_nonpositive(_m, fl: Flonum) { Ok(Value::boolean(fl.0 <= 0.0)) }
    /// `(flzero?/positive fl)`: whether it is 0.0.
    "flzero?/positive" [pure] fn is_positive_zero(_m, fl: Flonum) {
        Ok(Value::boolean(fl.0 == 0.0 && fl.0.is_sign_positive()))
    }
    /// `(flzero?/negative fl)`: whether it is -0.0.
    "flzero?/negative" [pure] fn is_negative_zero(_m, fl: Flonum) {
        Ok(Value::boolean(fl.0 == 0.0 && fl.0.is_sign_negative()))
    }
    /// `(flsquare fl)`
    "flsquare" [pure] fn square(m, fl: Flonum) { Ok(m.heap.flonum(fl.0 * fl.0)) }
    /// `(flcube fl)`
    "flcube" [pure] fn cube(m, fl: Flonum) { Ok(m.heap.flonum(fl.0 * fl.0 * fl.0)) }
    /// `(flcbrt fl)`: the cube root.
    "flcbrt" [pure] fn cbrt(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.cbrt())) }
    /// `(flhypot fl1 fl2)`: √(fl1² + fl2²), without overflow on the way.
    "flhypot" [pure] fn hypot(m, fl1: Flonum, fl2: Flonum) { Ok(m.heap.flonum(fl1.0.hypot(fl2.0))) }
    /// `(flexpm1 fl)`: e to the power fl, less 1.
    "flexpm1" [pure] fn expm1(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.exp_m1())) }
    /// `(fllog1p fl)`: the logarithm of 1 + fl.
    "fllog1p" [pure] fn log1p(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.ln_1p())) }
    /// `(flsinh fl)`
    "flsinh" [pure] fn sinh(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.sinh())) }
    /// `(flcosh fl)`
    "flcosh" [pure] fn cosh(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.cosh())) }
    /// `(fltanh fl)`
    "fltanh" [pure] fn tanh(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.tanh())) }
    /// `(flasinh fl)`
    "flasinh" [pure] fn asinh(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.asinh())) }
    /// `(flacosh fl)`: a NaN below 1.
    "flacosh" [pure] fn acosh(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.acosh())) }
    /// `(flatanh fl)`: a NaN beyond 1 and -1.
    "flatanh" [pure] fn atanh(m, fl: Flonum) { Ok(m.heap.flonum(fl.0.atanh())) }
    /// `(flonum->string fl)`
    "flonum->string" [] fn flonum_to_string(m, fl: Flonum) {
        let v = m.heap.flonum(fl.0);
        arithmetic::text(m, "flonum->string", v, 10, None)
    }
    /// `(string->flonum string)`: the flonum nearest to the real number that the string denotes, or `#f`.
    "string->flonum" [pure] fn string_to_flonum(m, string: Str) {
        let x = arithmetic::parse(m, string, 10)?.and_then(number::to_f64);
        Ok(x.map_or(Value::FALSE, |x| m.heap.flonum(x)))
    }
    /// `(flonum->bytevector fl)`: the 8 octets of its representation, the sign's first.
    "flonum->bytevector" [] fn flonum_to_bytevector(m, fl: Flonum) { Ok(m.heap.bytevector(&fl.0.to_be_bytes())) }
    /// `(bytevector->flonum bytevector)`: the flonum of 8 octets, the sign's first.
    "bytevector->flonum" [] fn bytevector_to_flonum(m, bytevector: Bytevector) {
        match <[u8; 8]>::try_from(bytevector.bytes()) {
            Ok(octets) => Ok(m.heap.flonum(f64::from_be_bytes(octets))),
            Err(_) => {
                let v = bytevector.value();
                Err(m.wrong_argument("bytevector->flonum", "bytevector", 1, "a bytevector of 8 octets", v))
            }
        }
    }
    /// `(flonum-bytes fl)`: the 8 octets of its representation as values, the sign's first.
    "flonum-bytes" [control] fn bytes(m, fl: Flonum) {
        let octets = fl.0.to_be_bytes().map(|b| Value::fixnum(b as i64));
        Ok(m.heap.multiple_values(&octets))
    }
    /// `(flonum-parts fl)`: as three values whether it has no minus sign, its biased exponent and its 52-bit fraction.
    "flonum-parts" [control] fn parts(m, fl: Flonum) {
        let bits = fl.0.to_bits();
        let parts = [
            Value::boolean(fl.0.is_sign_positive()),
            Value::fixnum((bits >> 52 & 0x7ff) as i64),
            Value::fixnum((bits & ((1 << 52) - 1)) as i64),
        ];
        Ok(m.heap.multiple_values(&parts))
    }
} }
