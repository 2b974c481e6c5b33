//! Generic arithmetic: R6RS 11.7, and what `(rnrs r5rs)` adds to it.

use super::operands::*;
use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::{Str, Value};
use crate::number::cost;
use crate::number::flonum::Remainder::{Centered, Euclidean};
use crate::number::{self, PrintError, Rounding};
use std::cmp::Ordering::{Equal, Greater, Less};
use vicar_macros::primitives;

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

#[primitives]
pub mod procedures {
    use super::*;

    /// `(number? obj)`
    #[primitive(pure)]
    fn is_number(obj: Value) -> Res {
        Ok(Value::boolean(number::is_number(obj)))
    }

    /// `(complex? obj)`: every number is.
    #[primitive(pure)]
    fn is_complex(obj: Value) -> Res {
        Ok(Value::boolean(number::is_number(obj)))
    }

    /// `(real? obj)`: whether it is a number whose imaginary part is an exact zero.
    #[primitive(pure)]
    fn is_real(obj: Value) -> Res {
        Ok(Value::boolean(number::is_real(obj)))
    }

    /// `(rational? obj)`: real, and neither infinite nor a NaN.
    #[primitive(pure)]
    fn is_rational(obj: Value) -> Res {
        Ok(Value::boolean(number::is_rational(obj)))
    }

    /// `(integer? obj)`
    #[primitive(pure)]
    fn is_integer(obj: Value) -> Res {
        Ok(Value::boolean(number::is_integer(obj)))
    }

    /// `(real-valued? obj)`: whether it is a number whose imaginary part is a zero.
    #[primitive(pure)]
    fn is_real_valued(obj: Value) -> Res {
        Ok(Value::boolean(number::is_real_valued(obj)))
    }

    /// `(rational-valued? obj)`: whether it is `=` to a rational number.
    #[primitive(pure)]
    fn is_rational_valued(obj: Value) -> Res {
        Ok(Value::boolean(number::is_rational_valued(obj)))
    }

    /// `(integer-valued? obj)`: whether it is `=` to an integer.
    #[primitive(pure)]
    fn is_integer_valued(obj: Value) -> Res {
        Ok(Value::boolean(number::is_integer_valued(obj)))
    }

    /// `(exact? z)`
    #[primitive(pure)]
    fn is_exact(z: Number) -> Res {
        Ok(Value::boolean(number::is_exact(z.0)))
    }

    /// `(inexact? z)`
    #[primitive(pure)]
    fn is_inexact(z: Number) -> Res {
        Ok(Value::boolean(!number::is_exact(z.0)))
    }

    /// `(exact z)`: the exact number of the same value.
    #[primitive(pure)]
    fn exact(m: &mut Machine, who: Who, z: Number) -> Res {
        m.charge(cost::exact(z.0))?;
        unary(m, who, z.0, number::exact)
    }

    /// `(inexact z)`: the nearest inexact number.
    #[primitive(pure)]
    fn inexact(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::inexact)
    }

    /// `(= z1 z2 …)`: all equal, exact and inexact numbers by their exact values.
    #[primitive(name = "=", pure)]
    fn equal(m: &mut Machine, who: Who, zs: AtLeast<2>) -> Res {
        chain::<Number>(m, who, zs.0, number::equal)
    }

    /// `(< x1 x2 …)`: increasing.
    #[primitive(name = "<", pure)]
    fn less(m: &mut Machine, who: Who, xs: AtLeast<2>) -> Res {
        chain::<Real>(m, who, xs.0, |h, a, b| number::compare(h, a, b).map(|o| o == Some(Less)))
    }

    /// `(> x1 x2 …)`: decreasing.
    #[primitive(name = ">", pure)]
    fn greater(m: &mut Machine, who: Who, xs: AtLeast<2>) -> Res {
        chain::<Real>(m, who, xs.0, |h, a, b| number::compare(h, a, b).map(|o| o == Some(Greater)))
    }

    /// `(<= x1 x2 …)`: not decreasing.
    #[primitive(name = "<=", pure)]
    fn at_most(m: &mut Machine, who: Who, xs: AtLeast<2>) -> Res {
        chain::<Real>(m, who, xs.0, |h, a, b| number::compare(h, a, b).map(|o| matches!(o, Some(Less | Equal))))
    }

    /// `(>= x1 x2 …)`: not increasing.
    #[primitive(name = ">=", pure)]
    fn at_least(m: &mut Machine, who: Who, xs: AtLeast<2>) -> Res {
        chain::<Real>(m, who, xs.0, |h, a, b| number::compare(h, a, b).map(|o| matches!(o, Some(Greater | Equal))))
    }

    /// `(zero? z)`
    #[primitive(pure)]
    fn is_zero(m: &mut Machine, who: Who, z: Number) -> Res {
        test(m, who, &[z.0], number::is_zero(z.0))
    }

    /// `(positive? x)`
    #[primitive(pure)]
    fn is_positive(m: &mut Machine, who: Who, x: Real) -> Res {
        test(m, who, &[x.0], number::sign(x.0).map(|s| s > 0))
    }

    /// `(negative? x)`
    #[primitive(pure)]
    fn is_negative(m: &mut Machine, who: Who, x: Real) -> Res {
        test(m, who, &[x.0], number::sign(x.0).map(|s| s < 0))
    }

    /// `(odd? n)`
    #[primitive(pure)]
    fn is_odd(m: &mut Machine, who: Who, n: Integer) -> Res {
        test(m, who, &[n.0], number::is_odd(n.0))
    }

    /// `(even? n)`
    #[primitive(pure)]
    fn is_even(m: &mut Machine, who: Who, n: Integer) -> Res {
        test(m, who, &[n.0], number::is_odd(n.0).map(|odd| !odd))
    }

    /// `(finite? x)`
    #[primitive(pure)]
    fn is_finite(m: &mut Machine, who: Who, x: Real) -> Res {
        test(m, who, &[x.0], number::is_finite(x.0))
    }

    /// `(infinite? x)`
    #[primitive(pure)]
    fn is_infinite(m: &mut Machine, who: Who, x: Real) -> Res {
        test(m, who, &[x.0], number::is_infinite(x.0))
    }

    /// `(nan? x)`
    #[primitive(pure)]
    fn is_nan(m: &mut Machine, who: Who, x: Real) -> Res {
        test(m, who, &[x.0], number::is_nan(x.0))
    }

    /// `(max x1 x2 …)`: inexact if any argument is.
    #[primitive(pure)]
    fn max(m: &mut Machine, who: Who, x: Real, xs: Rest) -> Res {
        extremum(m, who, x.0, &xs, number::max)
    }

    /// `(min x1 x2 …)`: inexact if any argument is.
    #[primitive(pure)]
    fn min(m: &mut Machine, who: Who, x: Real, xs: Rest) -> Res {
        extremum(m, who, x.0, &xs, number::min)
    }

    /// `(+ z …)`: the sum.
    #[primitive(name = "+", pure)]
    fn add(m: &mut Machine, who: Who, zs: Rest) -> Res {
        fold::<Number>(m, who, Value::fixnum(0), &zs, number::add, cost::arithmetic)
    }

    /// `(* z …)`: the product.
    #[primitive(name = "*", pure)]
    fn multiply(m: &mut Machine, who: Who, zs: Rest) -> Res {
        fold::<Number>(m, who, Value::fixnum(1), &zs, number::multiply, cost::arithmetic)
    }

    /// `(- z)`: the negation; `(- z1 z2 …)`: the difference.
    #[primitive(name = "-", pure)]
    fn subtract(m: &mut Machine, who: Who, z: Number, zs: Rest) -> Res {
        reduce(m, who, Value::fixnum(0), z.0, &zs, number::subtract)
    }

    /// `(/ z)`: the inverse; `(/ z1 z2 …)`: the quotient. Exact divisors must not be zero.
    #[primitive(name = "/", pure)]
    fn divide(m: &mut Machine, who: Who, z: Number, zs: Rest) -> Res {
        reduce(m, who, Value::fixnum(1), z.0, &zs, number::divide)
    }

    /// `(abs x)`
    #[primitive(pure)]
    fn abs(m: &mut Machine, who: Who, x: Real) -> Res {
        unary(m, who, x.0, number::abs)
    }

    /// `(div x y)`: the integer n for which x - n·y is not negative and less than |y|.
    #[primitive(pure)]
    fn div(m: &mut Machine, who: Who, x: Dividend, y: Real) -> Res {
        binary(m, who, x.0, y.0, |h, a, b| number::div(h, a, b, Euclidean), cost::division)
    }

    /// `(mod x y)`: what `div` leaves.
    #[primitive(name = "mod", pure)]
    fn modulus(m: &mut Machine, who: Who, x: Dividend, y: Real) -> Res {
        binary(m, who, x.0, y.0, |h, a, b| number::modulus(h, a, b, Euclidean), cost::division)
    }

    /// `(div-and-mod x y)`: both as two values.
    #[primitive(control)]
    fn div_and_mod(m: &mut Machine, who: Who, x: Dividend, y: Real) -> Res {
        m.charge(cost::division(x.0, y.0))?;
        let results = number::div_and_mod(&mut m.heap, x.0, y.0, Euclidean);
        two_values(m, who, &[x.0, y.0], results)
    }

    /// `(div0 x y)`: the integer n for which x - n·y is from -|y|/2 to below |y|/2.
    #[primitive(pure)]
    fn div0(m: &mut Machine, who: Who, x: Dividend, y: Real) -> Res {
        binary(m, who, x.0, y.0, |h, a, b| number::div(h, a, b, Centered), cost::division)
    }

    /// `(mod0 x y)`: what `div0` leaves.
    #[primitive(pure)]
    fn mod0(m: &mut Machine, who: Who, x: Dividend, y: Real) -> Res {
        binary(m, who, x.0, y.0, |h, a, b| number::modulus(h, a, b, Centered), cost::division)
    }

    /// `(div0-and-mod0 x y)`: both as two values.
    #[primitive(control)]
    fn div0_and_mod0(m: &mut Machine, who: Who, x: Dividend, y: Real) -> Res {
        m.charge(cost::division(x.0, y.0))?;
        let results = number::div_and_mod(&mut m.heap, x.0, y.0, Centered);
        two_values(m, who, &[x.0, y.0], results)
    }

    /// `(gcd n …)`: the greatest common divisor, not negative.
    #[primitive(pure)]
    fn gcd(m: &mut Machine, who: Who, ns: Rest) -> Res {
        fold::<Integer>(m, who, Value::fixnum(0), &ns, number::gcd, cost::gcd)
    }

    /// `(lcm n …)`: the least common multiple, not negative.
    #[primitive(pure)]
    fn lcm(m: &mut Machine, who: Who, ns: Rest) -> Res {
        fold::<Integer>(m, who, Value::fixnum(1), &ns, number::lcm, cost::gcd)
    }

    /// `(numerator q)`: of the fraction in lowest terms.
    #[primitive(pure)]
    fn numerator(m: &mut Machine, who: Who, q: Rational) -> Res {
        unary(m, who, q.0, number::numerator)
    }

    /// `(denominator q)`: of the fraction in lowest terms, positive.
    #[primitive(pure)]
    fn denominator(m: &mut Machine, who: Who, q: Rational) -> Res {
        unary(m, who, q.0, number::denominator)
    }

    /// `(floor x)`: the largest integer not above x.
    #[primitive(pure)]
    fn floor(m: &mut Machine, who: Who, x: Real) -> Res {
        unary(m, who, x.0, |h, v| number::round(h, v, Rounding::Floor))
    }

    /// `(ceiling x)`: the smallest integer not below x.
    #[primitive(pure)]
    fn ceiling(m: &mut Machine, who: Who, x: Real) -> Res {
        unary(m, who, x.0, |h, v| number::round(h, v, Rounding::Ceiling))
    }

    /// `(truncate x)`: the nearest integer that is not farther from zero.
    #[primitive(pure)]
    fn truncate(m: &mut Machine, who: Who, x: Real) -> Res {
        unary(m, who, x.0, |h, v| number::round(h, v, Rounding::Truncate))
    }

    /// `(round x)`: the nearest integer, the even one of two.
    #[primitive(pure)]
    fn round(m: &mut Machine, who: Who, x: Real) -> Res {
        unary(m, who, x.0, |h, v| number::round(h, v, Rounding::Round))
    }

    /// `(rationalize x tolerance)`: the simplest rational number that differs from x by no more than the tolerance.
    #[primitive(pure)]
    fn rationalize(m: &mut Machine, who: Who, x: Real, tolerance: Real) -> Res {
        binary(m, who, x.0, tolerance.0, number::rationalize, cost::rationalize)
    }

    /// `(exp z)`: e to the power z.
    #[primitive(pure)]
    fn exp(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::exp)
    }

    /// `(log z)`: the natural logarithm; `(log z base)`.
    #[primitive(pure)]
    fn log(m: &mut Machine, who: Who, z: Number, base: Option<Number>) -> Res {
        match base {
            None => unary(m, who, z.0, number::log),
            Some(base) => binary(m, who, z.0, base.0, number::log_base, cost::product),
        }
    }

    /// `(sin z)`
    #[primitive(pure)]
    fn sin(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::sin)
    }

    /// `(cos z)`
    #[primitive(pure)]
    fn cos(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::cos)
    }

    /// `(tan z)`
    #[primitive(pure)]
    fn tan(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::tan)
    }

    /// `(asin z)`
    #[primitive(pure)]
    fn asin(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::asin)
    }

    /// `(acos z)`
    #[primitive(pure)]
    fn acos(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::acos)
    }

    /// `(atan z)`; `(atan y x)`: the angle of x + y i.
    #[primitive(pure)]
    fn atan(m: &mut Machine, who: Who, z: Number, x: Option<Real>) -> Res {
        match x {
            None => unary(m, who, z.0, number::atan),
            Some(x) => binary(m, who, z.0, x.0, number::atan2, cost::product),
        }
    }

    /// `(sqrt z)`: the principal square root, exact for squares of exact numbers.
    #[primitive(pure)]
    fn sqrt(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::sqrt)
    }

    /// `(exact-integer-sqrt k)`: two values s and r with k = s² + r and k < (s + 1)².
    #[primitive(control)]
    fn exact_integer_sqrt(m: &mut Machine, who: Who, k: NonNegative) -> Res {
        m.charge(cost::product(k.0, k.0))?;
        let results = number::exact_integer_sqrt(&mut m.heap, k.0);
        two_values(m, who, &[k.0], results)
    }

    /// `(expt z w)`: z to the power w, exact for an exact z and an exact integer w.
    #[primitive(pure)]
    fn expt(m: &mut Machine, who: Who, z: Number, w: Number) -> Res {
        if let Err(error) = number::reserve_power(&mut m.heap, z.0, w.0) {
            return Err(failure(m, who, &[z.0, w.0], error));
        }
        binary(m, who, z.0, w.0, number::expt, cost::expt)
    }

    /// `(make-rectangular x y)`: x + y i.
    #[primitive(pure)]
    fn make_rectangular(m: &mut Machine, who: Who, x: Real, y: Real) -> Res {
        binary(m, who, x.0, y.0, number::make_rectangular, cost::linear)
    }

    /// `(make-polar magnitude angle)`
    #[primitive(pure)]
    fn make_polar(m: &mut Machine, who: Who, magnitude: Real, angle: Real) -> Res {
        binary(m, who, magnitude.0, angle.0, number::make_polar, cost::linear)
    }

    /// `(real-part z)`
    #[primitive(pure)]
    fn real_part(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, |_, v| number::real_part(v))
    }

    /// `(imag-part z)`
    #[primitive(pure)]
    fn imag_part(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, |_, v| number::imag_part(v))
    }

    /// `(magnitude z)`
    #[primitive(pure)]
    fn magnitude(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::magnitude)
    }

    /// `(angle z)`
    #[primitive(pure)]
    fn angle(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::angle)
    }

    /// `(number->string z)`, `(number->string z radix)`: text that reads back as the same number in that radix, 2, 8, 10
    /// or 16; `(number->string z 10 precision)`: the parts of an inexact z with a mantissa width not below the precision.
    #[primitive(effect_free)]
    fn number_to_string(
        m: &mut Machine,
        who: Who,
        z: Number,
        radix: Option<Radix>,
        precision: Option<Precision>,
    ) -> Res {
        text(m, who, z.0, radix.map_or(10, |r| r.0), precision.map(|p| p.0))
    }

    /// `(string->number string)`, `(string->number string radix)`: the number that the string denotes, or `#f`.
    #[primitive(pure)]
    fn string_to_number(m: &mut Machine, string: Str, radix: Option<Radix>) -> Res {
        Ok(parse(m, string, radix.map_or(10, |r| r.0))?.unwrap_or(Value::FALSE))
    }

    /// `(exact->inexact z)`: `inexact`.
    #[primitive(pure)]
    fn exact_to_inexact(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::inexact)
    }

    /// `(inexact->exact z)`: `exact`.
    #[primitive(pure)]
    fn inexact_to_exact(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::exact)
    }

    /// `(quotient n m)`: n/m rounded towards zero.
    #[primitive(pure)]
    fn quotient(m: &mut Machine, who: Who, n1: Integer, n2: Integer) -> Res {
        binary(m, who, n1.0, n2.0, number::quotient, cost::product)
    }

    /// `(remainder n m)`: what `quotient` leaves, with the sign of n.
    #[primitive(pure)]
    fn remainder(m: &mut Machine, who: Who, n1: Integer, n2: Integer) -> Res {
        binary(m, who, n1.0, n2.0, number::remainder, cost::product)
    }

    /// `(modulo n m)`: the remainder with the sign of m.
    #[primitive(pure)]
    fn modulo(m: &mut Machine, who: Who, n1: Integer, n2: Integer) -> Res {
        binary(m, who, n1.0, n2.0, number::modulo, cost::product)
    }
}
