//! `(rnrs arithmetic flonums)`: R6RS libraries 11.3. Its condition types are in `conditions.rs`.

use super::arithmetic;
use super::operands::{self, AtLeast, Real, failure};
use crate::eval::{Flonum, Machine, Res, Rest, Single, Who};
use crate::heap::{Bytevector, Str, Value, View};
use crate::number::flonum::{self, Remainder};
use crate::number::{self, Rounding, round_flonum};
use vicar_macros::primitives;

/// Flonums, at least one.
fn arguments(m: &mut Machine, who: &str, first: usize, args: &[Value]) -> Res<()> {
    operands::all::<Flonum>(m, who, first, args)
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

#[primitives]
pub mod procedures {
    use super::*;

    /// `(flonum? obj)`
    #[primitive(pure)]
    fn is_flonum(obj: Value) -> Res {
        Ok(Value::boolean(obj.is_flonum()))
    }

    /// `(real->flonum x)`: the nearest flonum.
    #[primitive(pure)]
    fn real_to_flonum(m: &mut Machine, who: Who, x: Real) -> Res {
        match number::to_flonum(x.0) {
            Ok(f) => Ok(m.heap.flonum(f)),
            Err(error) => Err(failure(m, who, &[x.0], error)),
        }
    }

    /// `(fixnum->flonum fx)`: the nearest flonum.
    #[primitive(pure)]
    fn fixnum_to_flonum(m: &mut Machine, fx: i64) -> Res {
        Ok(m.heap.flonum(fx as f64))
    }

    /// `(fl=? fl1 fl2 …)`: all equal.
    #[primitive(name = "fl=?", pure)]
    fn equal(m: &mut Machine, who: Who, fl: Flonum, fls: Rest<1>) -> Res {
        chain(m, who, fl.0, &fls, |x, y| x == y)
    }

    /// `(fl<? fl1 fl2 …)`: increasing.
    #[primitive(name = "fl<?", pure)]
    fn less(m: &mut Machine, who: Who, fl: Flonum, fls: Rest<1>) -> Res {
        chain(m, who, fl.0, &fls, |x, y| x < y)
    }

    /// `(fl<=? fl1 fl2 …)`: not decreasing.
    #[primitive(name = "fl<=?", pure)]
    fn at_most(m: &mut Machine, who: Who, fl: Flonum, fls: Rest<1>) -> Res {
        chain(m, who, fl.0, &fls, |x, y| x <= y)
    }

    /// `(fl>? fl1 fl2 …)`: decreasing.
    #[primitive(name = "fl>?", pure)]
    fn greater(m: &mut Machine, who: Who, fl: Flonum, fls: Rest<1>) -> Res {
        chain(m, who, fl.0, &fls, |x, y| x > y)
    }

    /// `(fl>=? fl1 fl2 …)`: not increasing.
    #[primitive(name = "fl>=?", pure)]
    fn at_least(m: &mut Machine, who: Who, fl: Flonum, fls: Rest<1>) -> Res {
        chain(m, who, fl.0, &fls, |x, y| x >= y)
    }

    /// `(flinteger? fl)`
    #[primitive(pure)]
    fn is_flinteger(fl: Flonum) -> Res {
        Ok(Value::boolean(flonum::is_integer(fl.0)))
    }

    /// `(flzero? fl)`
    #[primitive(pure)]
    fn is_flzero(fl: Flonum) -> Res {
        Ok(Value::boolean(fl.0 == 0.0))
    }

    /// `(flpositive? fl)`
    #[primitive(pure)]
    fn is_flpositive(fl: Flonum) -> Res {
        Ok(Value::boolean(fl.0 > 0.0))
    }

    /// `(flnegative? fl)`: less than zero, which -0.0 is not.
    #[primitive(pure)]
    fn is_flnegative(fl: Flonum) -> Res {
        Ok(Value::boolean(fl.0 < 0.0))
    }

    /// `(flodd? ifl)`
    #[primitive(pure)]
    fn is_flodd(ifl: IntegralFlonum) -> Res {
        Ok(Value::boolean(flonum::is_odd(ifl.0)))
    }

    /// `(fleven? ifl)`
    #[primitive(pure)]
    fn is_fleven(ifl: IntegralFlonum) -> Res {
        Ok(Value::boolean(!flonum::is_odd(ifl.0)))
    }

    /// `(flfinite? fl)`
    #[primitive(pure)]
    fn is_flfinite(fl: Flonum) -> Res {
        Ok(Value::boolean(fl.0.is_finite()))
    }

    /// `(flinfinite? fl)`
    #[primitive(pure)]
    fn is_flinfinite(fl: Flonum) -> Res {
        Ok(Value::boolean(fl.0.is_infinite()))
    }

    /// `(flnan? fl)`
    #[primitive(pure)]
    fn is_flnan(fl: Flonum) -> Res {
        Ok(Value::boolean(fl.0.is_nan()))
    }

    /// `(flmax fl1 fl2 …)`: a NaN if any argument is.
    #[primitive(pure)]
    fn flmax(m: &mut Machine, who: Who, fl: Flonum, fls: Rest) -> Res {
        fold(m, who, fl.0, &fls, maximum)
    }

    /// `(flmin fl1 fl2 …)`: a NaN if any argument is.
    #[primitive(pure)]
    fn flmin(m: &mut Machine, who: Who, fl: Flonum, fls: Rest) -> Res {
        fold(m, who, fl.0, &fls, minimum)
    }

    /// `(fl+ fl …)`: the sum.
    #[primitive(name = "fl+", pure)]
    fn add(m: &mut Machine, who: Who, fl: Option<Flonum>, fls: Rest) -> Res {
        fold(m, who, fl.map_or(0.0, |x| x.0), &fls, |x, y| x + y)
    }

    /// `(fl* fl …)`: the product.
    #[primitive(name = "fl*", pure)]
    fn multiply(m: &mut Machine, who: Who, fl: Option<Flonum>, fls: Rest) -> Res {
        fold(m, who, fl.map_or(1.0, |x| x.0), &fls, |x, y| x * y)
    }

    /// `(fl- fl)`: the negation; `(fl- fl1 fl2 …)`: the difference.
    #[primitive(name = "fl-", pure)]
    fn subtract(m: &mut Machine, who: Who, fl: Flonum, fls: Rest) -> Res {
        fold(m, who, if fls.is_empty() { -fl.0 } else { fl.0 }, &fls, |x, y| x - y)
    }

    /// `(fl/ fl)`: the inverse; `(fl/ fl1 fl2 …)`: the quotient.
    #[primitive(name = "fl/", pure)]
    fn divide(m: &mut Machine, who: Who, fl: Flonum, fls: Rest) -> Res {
        fold(m, who, if fls.is_empty() { 1.0 / fl.0 } else { fl.0 }, &fls, |x, y| x / y)
    }

    /// `(flabs fl)`
    #[primitive(pure)]
    fn flabs(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.abs()))
    }

    /// `(fldiv fl1 fl2)`: as `div`; for a zero divisor an infinity or a NaN.
    #[primitive(pure)]
    fn fldiv(m: &mut Machine, fl1: Flonum, fl2: Flonum) -> Res {
        Ok(m.heap.flonum(flonum::quotient(fl1.0, fl2.0, Remainder::Euclidean)))
    }

    /// `(flmod fl1 fl2)`: as `mod`; for a zero divisor a NaN.
    #[primitive(pure)]
    fn flmod(m: &mut Machine, fl1: Flonum, fl2: Flonum) -> Res {
        Ok(m.heap.flonum(flonum::remainder(fl1.0, fl2.0, Remainder::Euclidean)))
    }

    /// `(fldiv-and-mod fl1 fl2)`: both as two values.
    #[primitive(control)]
    fn fldiv_and_mod(m: &mut Machine, fl1: Flonum, fl2: Flonum) -> Res {
        let (x, y, kind) = (fl1.0, fl2.0, Remainder::Euclidean);
        two_values(m, flonum::quotient(x, y, kind), flonum::remainder(x, y, kind))
    }

    /// `(fldiv0 fl1 fl2)`: as `div0`; for a zero divisor an infinity or a NaN.
    #[primitive(pure)]
    fn fldiv0(m: &mut Machine, fl1: Flonum, fl2: Flonum) -> Res {
        Ok(m.heap.flonum(flonum::quotient(fl1.0, fl2.0, Remainder::Centered)))
    }

    /// `(flmod0 fl1 fl2)`: as `mod0`; for a zero divisor a NaN.
    #[primitive(pure)]
    fn flmod0(m: &mut Machine, fl1: Flonum, fl2: Flonum) -> Res {
        Ok(m.heap.flonum(flonum::remainder(fl1.0, fl2.0, Remainder::Centered)))
    }

    /// `(fldiv0-and-mod0 fl1 fl2)`: both as two values.
    #[primitive(control)]
    fn fldiv0_and_mod0(m: &mut Machine, fl1: Flonum, fl2: Flonum) -> Res {
        let (x, y, kind) = (fl1.0, fl2.0, Remainder::Centered);
        two_values(m, flonum::quotient(x, y, kind), flonum::remainder(x, y, kind))
    }

    /// `(flnumerator fl)`: of the fraction in lowest terms; infinities and -0.0 are their own.
    #[primitive(pure)]
    fn flnumerator(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(flonum::numerator(fl.0)))
    }

    /// `(fldenominator fl)`: of the fraction in lowest terms; 1.0 for infinities.
    #[primitive(pure)]
    fn fldenominator(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(flonum::denominator(fl.0)))
    }

    /// `(flfloor fl)`: the largest integer not above it.
    #[primitive(pure)]
    fn flfloor(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(round_flonum(fl.0, Rounding::Floor)))
    }

    /// `(flceiling fl)`: the smallest integer not below it.
    #[primitive(pure)]
    fn flceiling(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(round_flonum(fl.0, Rounding::Ceiling)))
    }

    /// `(fltruncate fl)`: the nearest integer that is not farther from zero.
    #[primitive(pure)]
    fn fltruncate(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(round_flonum(fl.0, Rounding::Truncate)))
    }

    /// `(flround fl)`: the nearest integer, the even one of two.
    #[primitive(pure)]
    fn flround(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(round_flonum(fl.0, Rounding::Round)))
    }

    /// `(flexp fl)`
    #[primitive(pure)]
    fn flexp(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.exp()))
    }

    /// `(fllog fl)`: the natural logarithm; `(fllog fl base)`. A NaN for a negative number.
    #[primitive(pure)]
    fn fllog(m: &mut Machine, fl: Flonum, base: Option<Flonum>) -> Res {
        let x = match base {
            None => fl.0.ln(),
            Some(Flonum(2.0)) => fl.0.log2(),
            Some(Flonum(10.0)) => fl.0.log10(),
            Some(base) => fl.0.ln() / base.0.ln(),
        };
        Ok(m.heap.flonum(x))
    }

    /// `(flsin fl)`
    #[primitive(pure)]
    fn flsin(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.sin()))
    }

    /// `(flcos fl)`
    #[primitive(pure)]
    fn flcos(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.cos()))
    }

    /// `(fltan fl)`
    #[primitive(pure)]
    fn fltan(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.tan()))
    }

    /// `(flasin fl)`: a NaN beyond 1 and -1.
    #[primitive(pure)]
    fn flasin(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.asin()))
    }

    /// `(flacos fl)`: a NaN beyond 1 and -1.
    #[primitive(pure)]
    fn flacos(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.acos()))
    }

    /// `(flatan fl)`; `(flatan y x)`: the angle of x + y i.
    #[primitive(pure)]
    fn flatan(m: &mut Machine, fl: Flonum, x: Option<Flonum>) -> Res {
        Ok(m.heap.flonum(x.map_or_else(|| fl.0.atan(), |x| fl.0.atan2(x.0))))
    }

    /// `(flsqrt fl)`: a NaN for a negative number; -0.0 is its own.
    #[primitive(pure)]
    fn flsqrt(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.sqrt()))
    }

    /// `(flexpt fl1 fl2)`: a NaN for a negative number to a power that is no integer.
    #[primitive(pure)]
    fn flexpt(m: &mut Machine, fl1: Flonum, fl2: Flonum) -> Res {
        Ok(m.heap.flonum(fl1.0.powf(fl2.0)))
    }

    /// `(fl!=? fl …)`: pairwise different; of one, `#f`.
    #[primitive(name = "fl!=?", pure)]
    fn all_different(m: &mut Machine, who: Who, fls: AtLeast<1>) -> Res {
        operands::all_different::<Flonum>(m, who, fls.0)
    }

    /// `(flnonnegative? fl)`: at least zero, which -0.0 is.
    #[primitive(pure)]
    fn is_flnonnegative(fl: Flonum) -> Res {
        Ok(Value::boolean(fl.0 >= 0.0))
    }

    /// `(flnonpositive? fl)`: at most zero, which 0.0 is.
    #[primitive(pure)]
    fn is_flnonpositive(fl: Flonum) -> Res {
        Ok(Value::boolean(fl.0 <= 0.0))
    }

    /// `(flzero?/positive fl)`: whether it is 0.0.
    #[primitive(name = "flzero?/positive", pure)]
    fn is_positive_zero(fl: Flonum) -> Res {
        Ok(Value::boolean(fl.0 == 0.0 && fl.0.is_sign_positive()))
    }

    /// `(flzero?/negative fl)`: whether it is -0.0.
    #[primitive(name = "flzero?/negative", pure)]
    fn is_negative_zero(fl: Flonum) -> Res {
        Ok(Value::boolean(fl.0 == 0.0 && fl.0.is_sign_negative()))
    }

    /// `(flsquare fl)`
    #[primitive(pure)]
    fn flsquare(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0 * fl.0))
    }

    /// `(flcube fl)`
    #[primitive(pure)]
    fn flcube(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0 * fl.0 * fl.0))
    }

    /// `(flcbrt fl)`: the cube root.
    #[primitive(pure)]
    fn flcbrt(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.cbrt()))
    }

    /// `(flhypot fl1 fl2)`: √(fl1² + fl2²), without overflow on the way.
    #[primitive(pure)]
    fn flhypot(m: &mut Machine, fl1: Flonum, fl2: Flonum) -> Res {
        Ok(m.heap.flonum(fl1.0.hypot(fl2.0)))
    }

    /// `(flexpm1 fl)`: e to the power fl, less 1.
    #[primitive(pure)]
    fn flexpm1(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.exp_m1()))
    }

    /// `(fllog1p fl)`: the logarithm of 1 + fl.
    #[primitive(pure)]
    fn fllog1p(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.ln_1p()))
    }

    /// `(flsinh fl)`
    #[primitive(pure)]
    fn flsinh(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.sinh()))
    }

    /// `(flcosh fl)`
    #[primitive(pure)]
    fn flcosh(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.cosh()))
    }

    /// `(fltanh fl)`
    #[primitive(pure)]
    fn fltanh(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.tanh()))
    }

    /// `(flasinh fl)`
    #[primitive(pure)]
    fn flasinh(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.asinh()))
    }

    /// `(flacosh fl)`: a NaN below 1.
    #[primitive(pure)]
    fn flacosh(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.acosh()))
    }

    /// `(flatanh fl)`: a NaN beyond 1 and -1.
    #[primitive(pure)]
    fn flatanh(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.flonum(fl.0.atanh()))
    }

    /// `(flonum->string fl)`
    fn flonum_to_string(m: &mut Machine, who: Who, fl: Flonum) -> Res {
        let v = m.heap.flonum(fl.0);
        arithmetic::text(m, who, v, 10, None)
    }

    /// `(string->flonum string)`: the flonum nearest to the real number that the string denotes, or `#f`.
    #[primitive(pure)]
    fn string_to_flonum(m: &mut Machine, string: Str) -> Res {
        let x = arithmetic::parse(m, string, 10)?.and_then(number::to_f64);
        Ok(x.map_or(Value::FALSE, |x| m.heap.flonum(x)))
    }

    /// `(flonum->bytevector fl)`: the 8 octets of its representation, the sign's first.
    fn flonum_to_bytevector(m: &mut Machine, fl: Flonum) -> Res {
        Ok(m.heap.bytevector(&fl.0.to_be_bytes()))
    }

    /// `(bytevector->flonum bytevector)`: the flonum of 8 octets, the sign's first.
    fn bytevector_to_flonum(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        match <[u8; 8]>::try_from(bytevector.bytes()) {
            Ok(octets) => Ok(m.heap.flonum(f64::from_be_bytes(octets))),
            Err(_) => {
                let v = bytevector.value();
                Err(m.wrong_argument(who, "bytevector", 1, "a bytevector of 8 octets", v))
            }
        }
    }

    /// `(flonum-bytes fl)`: the 8 octets of its representation as values, the sign's first.
    #[primitive(control)]
    fn flonum_bytes(m: &mut Machine, fl: Flonum) -> Res {
        let octets = fl.0.to_be_bytes().map(|b| Value::fixnum(b as i64));
        Ok(m.heap.multiple_values(&octets))
    }

    /// `(flonum-parts fl)`: as three values whether it has no minus sign, its biased exponent and its 52-bit fraction.
    #[primitive(control)]
    fn flonum_parts(m: &mut Machine, fl: Flonum) -> Res {
        let bits = fl.0.to_bits();
        let parts = [
            Value::boolean(fl.0.is_sign_positive()),
            Value::fixnum((bits >> 52 & 0x7ff) as i64),
            Value::fixnum((bits & ((1 << 52) - 1)) as i64),
        ];
        Ok(m.heap.multiple_values(&parts))
    }
}
