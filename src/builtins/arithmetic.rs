//! Generic arithmetic: R6RS 11.7, and what `(rnrs r5rs)` adds to it.

use super::numeric::*;
use crate::eval::{Machine, Res, Rest};
use crate::heap::{Str, Value};
use crate::number::cost;
use crate::number::flonum::Remainder::{Centered, Euclidean};
use crate::number::{self, PrintError, Rounding};
use crate::primitives;
use std::cmp::Ordering::{Equal, Greater, Less};

primitives! { pub TYPES in "(rnrs base)" {
    /// `(number? obj)`
    "number?" [pure] fn is_number(_m, obj: Value) { Ok(Value::boolean(number::is_number(obj))) }
    /// `(complex? obj)`: every number is.
    "complex?" [pure] fn is_complex(_m, obj: Value) { Ok(Value::boolean(number::is_number(obj))) }
    /// `(real? obj)`: whether it is a number whose imaginary part is an exact zero.
    "real?" [pure] fn is_real(_m, obj: Value) { Ok(Value::boolean(number::is_real(obj))) }
    /// `(rational? obj)`: real, and neither infinite nor a NaN.
    "rational?" [pure] fn is_rational(_m, obj: Value) { Ok(Value::boolean(number::is_rational(obj))) }
    /// `(integer? obj)`
    "integer?" [pure] fn is_integer(_m, obj: Value) { Ok(Value::boolean(number::is_integer(obj))) }
    /// `(real-valued? obj)`: whether it is a number whose imaginary part is a zero.
    "real-valued?" [pure] fn is_real_valued(_m, obj: Value) { Ok(Value::boolean(number::is_real_valued(obj))) }
    /// `(rational-valued? obj)`: whether it is `=` to a rational number.
    "rational-valued?" [pure] fn is_rational_valued(_m, obj: Value) {
        Ok(Value::boolean(number::is_rational_valued(obj)))
    }
    /// `(integer-valued? obj)`: whether it is `=` to an integer.
    "integer-valued?" [pure] fn is_integer_valued(_m, obj: Value) { Ok(Value::boolean(number::is_integer_valued(obj))) }
    /// `(exact? z)`
    "exact?" [pure] fn is_exact(_m, z: Number) { Ok(Value::boolean(number::is_exact(z.0))) }
    /// `(inexact? z)`
    "inexact?" [pure] fn is_inexact(_m, z: Number) { Ok(Value::boolean(!number::is_exact(z.0))) }
    /// `(exact z)`: the exact number of the same value.
    "exact" [pure] fn exact(m, z: Number) {
        m.charge(cost::exact(z.0))?;
        unary(m, "exact", z.0, number::exact)
    }
    /// `(inexact z)`: the nearest inexact number.
    "inexact" [pure] fn inexact(m, z: Number) { unary(m, "inexact", z.0, number::inexact) }
} }

primitives! { pub PROPERTIES in "(rnrs base)" {
    /// `(= z1 z2 …)`: all equal, exact and inexact numbers by their exact values.
    "=" [pure] fn equal(m, zs: AtLeast<2>) { chain::<Number>(m, "=", zs.0, number::equal) }
    /// `(< x1 x2 …)`: increasing.
    "<" [pure] fn less(m, xs: AtLeast<2>) {
        chain::<Real>(m, "<", xs.0, |h, a, b| number::compare(h, a, b).map(|o| o == Some(Less)))
    }
    /// `(> x1 x2 …)`: decreasing.
    ">" [pure] fn greater(m, xs: AtLeast<2>) {
        chain::<Real>(m, ">", xs.0, |h, a, b| number::compare(h, a, b).map(|o| o == Some(Greater)))
    }
    /// `(<= x1 x2 …)`: not decreasing.
    "<=" [pure] fn at_most(m, xs: AtLeast<2>) {
        chain::<Real>(m, "<=", xs.0, |h, a, b| number::compare(h, a, b).map(|o| matches!(o, Some(Less | Equal))))
    }
    /// `(>= x1 x2 …)`: not increasing.
    ">=" [pure] fn at_least(m, xs: AtLeast<2>) {
        chain::<Real>(m, ">=", xs.0, |h, a, b| number::compare(h, a, b).map(|o| matches!(o, Some(Greater | Equal))))
    }
    /// `(zero? z)`
    "zero?" [pure] fn is_zero(m, z: Number) { test(m, "zero?", &[z.0], number::is_zero(z.0)) }
    /// `(positive? x)`
    "positive?" [pure] fn is_positive(m, x: Real) { test(m, "positive?", &[x.0], number::sign(x.0).map(|s| s > 0)) }
    /// `(negative? x)`
    "negative?" [pure] fn is_negative(m, x: Real) { test(m, "negative?", &[x.0], number::sign(x.0).map(|s| s < 0)) }
    /// `(odd? n)`
    "odd?" [pure] fn is_odd(m, n: Integer) { test(m, "odd?", &[n.0], number::is_odd(n.0)) }
    /// `(even? n)`
    "even?" [pure] fn is_even(m, n: Integer) { test(m, "even?", &[n.0], number::is_odd(n.0).map(|odd| !odd)) }
    /// `(finite? x)`
    "finite?" [pure] fn is_finite(m, x: Real) { test(m, "finite?", &[x.0], number::is_finite(x.0)) }
    /// `(infinite? x)`
    "infinite?" [pure] fn is_infinite(m, x: Real) { test(m, "infinite?", &[x.0], number::is_infinite(x.0)) }
    /// `(nan? x)`
    "nan?" [pure] fn is_nan(m, x: Real) { test(m, "nan?", &[x.0], number::is_nan(x.0)) }
    /// `(max x1 x2 …)`: inexact if any argument is.
    "max" [pure] fn max(m, x: Real, xs: Rest) { extremum(m, "max", x.0, &xs, number::max) }
    /// `(min x1 x2 …)`: inexact if any argument is.
    "min" [pure] fn min(m, x: Real, xs: Rest) { extremum(m, "min", x.0, &xs, number::min) }
} }

fn extremum(m: &mut Machine, who: &str, first: Value, rest: &[Value], f: Binary) -> Res {
    all::<Real>(m, who, 2, rest)?;
    rest.iter().try_fold(first, |best, &v| binary(m, who, best, v, f, cost::compare))
}

/// `(f (f first a) b)` or, with one argument, `(f identity first)`.
fn reduce(m: &mut Machine, who: &str, identity: Value, first: Value, rest: &[Value], f: Binary) -> Res {
    if rest.is_empty() {
        return binary(m, who, identity, first, f, cost::arithmetic);
    }
    all::<Number>(m, who, 2, rest)?;
    rest.iter().try_fold(first, |result, &v| binary(m, who, result, v, f, cost::arithmetic))
}

primitives! { pub OPERATIONS in "(rnrs base)" {
    /// `(+ z …)`: the sum.
    "+" [pure] fn add(m, zs: Rest) { fold::<Number>(m, "+", Value::fixnum(0), &zs, number::add, cost::arithmetic) }
    /// `(* z …)`: the product.
    "*" [pure] fn multiply(m, zs: Rest) {
        fold::<Number>(m, "*", Value::fixnum(1), &zs, number::multiply, cost::arithmetic)
    }
    /// `(- z)`: the negation; `(- z1 z2 …)`: the difference.
    "-" [pure] fn subtract(m, z: Number, zs: Rest) {
        reduce(m, "-", Value::fixnum(0), z.0, &zs, number::subtract)
    }
    /// `(/ z)`: the inverse; `(/ z1 z2 …)`: the quotient. Exact divisors must not be zero.
    "/" [pure] fn divide(m, z: Number, zs: Rest) { reduce(m, "/", Value::fixnum(1), z.0, &zs, number::divide) }
    /// `(abs x)`
    "abs" [pure] fn abs(m, x: Real) { unary(m, "abs", x.0, number::abs) }
    /// `(div x y)`: the integer n for which x - n·y is not negative and less than |y|.
    "div" [pure] fn div(m, x: Dividend, y: Real) {
        binary(m, "div", x.0, y.0, |h, a, b| number::div(h, a, b, Euclidean), cost::division)
    }
    /// `(mod x y)`: what `div` leaves.
    "mod" [pure] fn modulus(m, x: Dividend, y: Real) {
        binary(m, "mod", x.0, y.0, |h, a, b| number::modulus(h, a, b, Euclidean), cost::division)
    }
    /// `(div-and-mod x y)`: both as two values.
    "div-and-mod" [control] fn div_and_mod(m, x: Dividend, y: Real) {
        m.charge(cost::division(x.0, y.0))?;
        let results = number::div_and_mod(&mut m.heap, x.0, y.0, Euclidean);
        two_values(m, "div-and-mod", &[x.0, y.0], results)
    }
    /// `(div0 x y)`: the integer n for which x - n·y is from -|y|/2 to below |y|/2.
    "div0" [pure] fn div0(m, x: Dividend, y: Real) {
        binary(m, "div0", x.0, y.0, |h, a, b| number::div(h, a, b, Centered), cost::division)
    }
    /// `(mod0 x y)`: what `div0` leaves.
    "mod0" [pure] fn modulus0(m, x: Dividend, y: Real) {
        binary(m, "mod0", x.0, y.0, |h, a, b| number::modulus(h, a, b, Centered), cost::division)
    }
    /// `(div0-and-mod0 x y)`: both as two values.
    "div0-and-mod0" [control] fn div0_and_mod0(m, x: Dividend, y: Real) {
        m.charge(cost::division(x.0, y.0))?;
        let results = number::div_and_mod(&mut m.heap, x.0, y.0, Centered);
        two_values(m, "div0-and-mod0", &[x.0, y.0], results)
    }
    /// `(gcd n …)`: the greatest common divisor, not negative.
    "gcd" [pure] fn gcd(m, ns: Rest) { fold::<Integer>(m, "gcd", Value::fixnum(0), &ns, number::gcd, cost::gcd) }
    /// `(lcm n …)`: the least common multiple, not negative.
    "lcm" [pure] fn lcm(m, ns: Rest) { fold::<Integer>(m, "lcm", Value::fixnum(1), &ns, number::lcm, cost::gcd) }
    /// `(numerator q)`: of the fraction in lowest terms.
    "numerator" [pure] fn numerator(m, q: Rational) { unary(m, "numerator", q.0, number::numerator) }
    /// `(denominator q)`: of the fraction in lowest terms, positive.
    "denominator" [pure] fn denominator(m, q: Rational) { unary(m, "denominator", q.0, number::denominator) }
    /// `(floor x)`: the largest integer not above x.
    "floor" [pure] fn floor(m, x: Real) { unary(m, "floor", x.0, |h, v| number::round(h, v, Rounding::Floor)) }
    /// `(ceiling x)`: the smallest integer not below x.
    "ceiling" [pure] fn ceiling(m, x: Real) { unary(m, "ceiling", x.0, |h, v| number::round(h, v, Rounding::Ceiling)) }
    /// `(truncate x)`: the nearest integer that is not farther from zero.
    "truncate" [pure] fn truncate(m, x: Real) {
        unary(m, "truncate", x.0, |h, v| number::round(h, v, Rounding::Truncate))
    }
    /// `(round x)`: the nearest integer, the even one of two.
    "round" [pure] fn round(m, x: Real) { unary(m, "round", x.0, |h, v| number::round(h, v, Rounding::Round)) }
    /// `(rationalize x tolerance)`: the simplest rational number that differs from x by no more than the tolerance.
    "rationalize" [pure] fn rationalize(m, x: Real, tolerance: Real) {
        binary(m, "rationalize", x.0, tolerance.0, number::rationalize, cost::rationalize)
    }
} }

primitives! { pub FUNCTIONS in "(rnrs base)" {
    /// `(exp z)`: e to the power z.
    "exp" [pure] fn exp(m, z: Number) { unary(m, "exp", z.0, number::exp) }
    /// `(log z)`: the natural logarithm; `(log z base)`.
    "log" [pure] fn log(m, z: Number, base: Option<Number>) {
        match base {
            None => unary(m, "log", z.0, number::log),
            Some(base) => binary(m, "log", z.0, base.0, number::log_base, cost::product),
        }
    }
    /// `(sin z)`
    "sin" [pure] fn sin(m, z: Number) { unary(m, "sin", z.0, number::sin) }
    /// `(cos z)`
    "cos" [pure] fn cos(m, z: Number) { unary(m, "cos", z.0, number::cos) }
    /// `(tan z)`
    "tan" [pure] fn tan(m, z: Number) { unary(m, "tan", z.0, number::tan) }
    /// `(asin z)`
    "asin" [pure] fn asin(m, z: Number) { unary(m, "asin", z.0, number::asin) }
    /// `(acos z)`
    "acos" [pure] fn acos(m, z: Number) { unary(m, "acos", z.0, number::acos) }
    /// `(atan z)`; `(atan y x)`: the angle of x + y i.
    "atan" [pure] fn atan(m, z: Number, x: Option<Real>) {
        match x {
            None => unary(m, "atan", z.0, number::atan),
            Some(x) => binary(m, "atan", z.0, x.0, number::atan2, cost::product),
        }
    }
    /// `(sqrt z)`: the principal square root, exact for squares of exact numbers.
    "sqrt" [pure] fn sqrt(m, z: Number) { unary(m, "sqrt", z.0, number::sqrt) }
    /// `(exact-integer-sqrt k)`: two values s and r with k = s² + r and k < (s + 1)².
    "exact-integer-sqrt" [control] fn exact_integer_sqrt(m, k: NonNegative) {
        m.charge(cost::product(k.0, k.0))?;
        let results = number::exact_integer_sqrt(&mut m.heap, k.0);
        two_values(m, "exact-integer-sqrt", &[k.0], results)
    }
    /// `(expt z w)`: z to the power w, exact for an exact z and an exact integer w.
    "expt" [pure] fn expt(m, z: Number, w: Number) {
        if let Err(error) = number::reserve_power(&mut m.heap, z.0, w.0) {
            return Err(failure(m, "expt", &[z.0, w.0], error));
        }
        binary(m, "expt", z.0, w.0, number::expt, cost::expt)
    }
    /// `(make-rectangular x y)`: x + y i.
    "make-rectangular" [pure] fn make_rectangular(m, x: Real, y: Real) {
        binary(m, "make-rectangular", x.0, y.0, number::make_rectangular, cost::linear)
    }
    /// `(make-polar magnitude angle)`
    "make-polar" [pure] fn make_polar(m, magnitude: Real, angle: Real) {
        binary(m, "make-polar", magnitude.0, angle.0, number::make_polar, cost::linear)
    }
    /// `(real-part z)`
    "real-part" [pure] fn real_part(m, z: Number) { unary(m, "real-part", z.0, |_, v| number::real_part(v)) }
    /// `(imag-part z)`
    "imag-part" [pure] fn imag_part(m, z: Number) { unary(m, "imag-part", z.0, |_, v| number::imag_part(v)) }
    /// `(magnitude z)`
    "magnitude" [pure] fn magnitude(m, z: Number) { unary(m, "magnitude", z.0, number::magnitude) }
    /// `(angle z)`
    "angle" [pure] fn angle(m, z: Number) { unary(m, "angle", z.0, number::angle) }
} }

/// The text of a number, charged for; `who` is the caller.
pub fn text(m: &mut Machine, who: &str, v: Value, radix: u32, precision: Option<u64>) -> Res {
    m.heap.reserve_many(cost::limbs(v).saturating_mul(64))?;
    m.charge(cost::print(v))?;
    let mut out = String::new();
    match number::print(&mut m.heap, v, radix, precision, &mut out) {
        Ok(()) => Ok(m.heap.string_latin1(out.as_bytes())),
        Err(PrintError::NotANumber) => Err(m.wrong_argument(who, "z", 1, "a number", v)),
        Err(PrintError::Failed(error)) => Err(failure(m, who, &[v], error)),
        Err(PrintError::Precision) => {
            let message = "a precision is for an inexact number in radix 10";
            Err(m.assertion(who, message, &[v, Value::fixnum(radix as i64)]))
        }
    }
}

/// Appends the text of what is a number, charged for; `who` is the caller.
pub fn append_digits(m: &mut Machine, who: &str, v: Value, radix: u32, out: &mut String) -> Res<()> {
    m.heap.reserve_many(cost::limbs(v).saturating_mul(64))?;
    m.charge(cost::print(v))?;
    match number::print(&mut m.heap, v, radix, None, out) {
        Err(PrintError::Failed(error)) => Err(failure(m, who, &[v], error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The number that a string denotes, if any, charged for.
pub fn parse(m: &mut Machine, string: Str, radix: u32) -> Res<Option<Value>> {
    let read = |m: &mut Machine, bytes: &[u8]| {
        m.charge(cost::parse(bytes))?;
        // What is no ASCII is no number either.
        let Ok(text) = std::str::from_utf8(bytes) else { return Ok(None) };
        number::parse(&mut m.heap, text, radix).map_err(|error| failure(m, "string->number", &[], error))
    };
    match string.latin1() {
        Some(bytes) => read(m, bytes),
        None => {
            m.heap.reserve(string.len())?;
            let narrow: Option<Vec<u8>> = string.chars().map(|c| u8::try_from(c).ok()).collect();
            narrow.map_or(Ok(None), |bytes| read(m, &bytes))
        }
    }
}

primitives! { pub TEXT in "(rnrs base)" {
    /// `(number->string z)`, `(number->string z radix)`: text that reads back as the same number in that radix, 2, 8, 10
    /// or 16; `(number->string z 10 precision)`: the parts of an inexact z with a mantissa width not below the precision.
    "number->string" [] fn number_to_string(m, z: Number, radix: Option<Radix>, precision: Option<Precision>) {
        text(m, "number->string", z.0, radix.map_or(10, |r| r.0), precision.map(|p| p.0))
    }
    /// `(string->number string)`, `(string->number string radix)`: the number that the string denotes, or `#f`.
    "string->number" [pure] fn string_to_number(m, string: Str, radix: Option<Radix>) {
        Ok(parse(m, string, radix.map_or(10, |r| r.0))?.unwrap_or(Value::FALSE))
    }
} }

primitives! { pub R5RS in "(rnrs r5rs)" {
    /// `(exact->inexact z)`: `inexact`.
    "exact->inexact" [pure] fn exact_to_inexact(m, z: Number) { unary(m, "exact->inexact", z.0, number::inexact) }
    /// `(inexact->exact z)`: `exact`.
    "inexact->exact" [pure] fn inexact_to_exact(m, z: Number) { unary(m, "inexact->exact", z.0, number::exact) }
    /// `(quotient n m)`: n/m rounded towards zero.
    "quotient" [pure] fn quotient(m, n1: Integer, n2: Integer) {
        binary(m, "quotient", n1.0, n2.0, number::quotient, cost::product)
    }
    /// `(remainder n m)`: what `quotient` leaves, with the sign of n.
    "remainder" [pure] fn remainder(m, n1: Integer, n2: Integer) {
        binary(m, "remainder", n1.0, n2.0, number::remainder, cost::product)
    }
    /// `(modulo n m)`: the remainder with the sign of m.
    "modulo" [pure] fn modulo(m, n1: Integer, n2: Integer) {
        binary(m, "modulo", n1.0, n2.0, number::modulo, cost::product)
    }
} }
