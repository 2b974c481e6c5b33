//! Number procedures of `(vicare)` beyond R6RS; those on fixnums and flonums are in `fixnums.rs` and `flonums.rs`.

use super::operands::*;
use crate::eval::{Machine, Res, Who};
use crate::heap::{Bignum, Bytevector, External, FIXNUM_MAX, FIXNUM_MIN, Kind, Ratnum, Value, View};
use crate::number::{self, cost};
use crate::primitives::sequences::bytevector_numbers::{Order, decode, encode};
use vicar_macros::primitives;

#[primitives]
pub mod procedures {
    use super::*;

    /// `(!= z …)`: pairwise different in the sense of `=`; of one, `#f`.
    #[primitive(name = "!=", pure)]
    fn different(m: &mut Machine, who: Who, zs: AtLeast<1>) -> Res {
        all_different::<Number>(m, who, zs.0)
    }

    /// `(add1 z)`
    #[primitive(pure)]
    fn add1(m: &mut Machine, who: Who, z: Number) -> Res {
        binary(m, who, z.0, Value::fixnum(1), number::add, cost::arithmetic)
    }

    /// `(sub1 z)`
    #[primitive(pure)]
    fn sub1(m: &mut Machine, who: Who, z: Number) -> Res {
        binary(m, who, z.0, Value::fixnum(1), number::subtract, cost::arithmetic)
    }

    /// `(square z)`
    #[primitive(pure)]
    fn square(m: &mut Machine, who: Who, z: Number) -> Res {
        binary(m, who, z.0, z.0, number::multiply, cost::arithmetic)
    }

    /// `(cube z)`
    #[primitive(pure)]
    fn cube(m: &mut Machine, who: Who, z: Number) -> Res {
        binary(m, who, z.0, Value::fixnum(3), number::expt, cost::expt)
    }

    /// `(cbrt z)`: the cube root, the real one of a real number; exact for cubes of exact numbers.
    #[primitive(pure)]
    fn cbrt(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::cbrt)
    }

    /// `(factorial n)`
    #[primitive(pure)]
    fn factorial(m: &mut Machine, who: Who, n: NonNegative) -> Res {
        m.charge(cost::factorial(n.0))?;
        let result = number::factorial(&mut m.heap, n.0);
        answer(m, who, &[n.0], result)
    }

    /// `(sign x)`: -1, 0 or 1, inexact for an inexact number.
    #[primitive(pure)]
    fn sign(m: &mut Machine, who: Who, x: Real) -> Res {
        let sign = answer(m, who, &[x.0], number::sign(x.0).map(Value::fixnum))?;
        match x.0.as_flonum() {
            None => Ok(sign),
            // Zeros and NaNs are their own.
            Some(_) if sign == Value::fixnum(0) => Ok(x.0),
            Some(_) => unary(m, who, sign, number::inexact),
        }
    }

    /// `(non-negative? x)`
    #[primitive(pure)]
    fn is_non_negative(x: Real) -> Res {
        Ok(Value::boolean(is_not_negative(x.0)))
    }

    /// `(non-positive? x)`
    #[primitive(pure)]
    fn is_non_positive(x: Real) -> Res {
        Ok(Value::boolean(is_not_positive(x.0)))
    }

    /// `(quotient+remainder n m)`: both as two values.
    #[primitive(name = "quotient+remainder", control)]
    fn quotient_remainder(m: &mut Machine, who: Who, n1: Integer, n2: Integer) -> Res {
        m.charge(cost::product(n1.0, n2.0))?;
        let results = number::quotient_and_remainder(&mut m.heap, n1.0, n2.0);
        two_values(m, who, &[n1.0, n2.0], results)
    }

    /// `(complex-conjugate z)`
    #[primitive(pure)]
    fn complex_conjugate(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::conjugate)
    }

    /// `(sinh z)`: the hyperbolic sine.
    #[primitive(pure)]
    fn sinh(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::sinh)
    }

    /// `(cosh z)`: the hyperbolic cosine.
    #[primitive(pure)]
    fn cosh(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::cosh)
    }

    /// `(tanh z)`: the hyperbolic tangent.
    #[primitive(pure)]
    fn tanh(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::tanh)
    }

    /// `(asinh z)`: the inverse of `sinh`.
    #[primitive(pure)]
    fn asinh(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::asinh)
    }

    /// `(acosh z)`: the inverse of `cosh`.
    #[primitive(pure)]
    fn acosh(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::acosh)
    }

    /// `(atanh z)`: the inverse of `tanh`.
    #[primitive(pure)]
    fn atanh(m: &mut Machine, who: Who, z: Number) -> Res {
        unary(m, who, z.0, number::atanh)
    }

    /// `(sll ei count)`: an exact integer shifted left.
    #[primitive(pure)]
    fn sll(m: &mut Machine, who: Who, ei: ExactInteger, count: NonNegative) -> Res {
        m.charge(cost::shift(ei.0, count.0))?;
        let result = number::shift(&mut m.heap, ei.0, count.0);
        answer(m, who, &[ei.0, count.0], result)
    }

    /// `(sra ei count)`: an exact integer shifted right, rounded down.
    #[primitive(pure)]
    fn sra(m: &mut Machine, who: Who, ei: ExactInteger, count: NonNegative) -> Res {
        m.charge(cost::linear(ei.0, ei.0))?;
        let result = number::negate(&mut m.heap, count.0).and_then(|back| number::shift(&mut m.heap, ei.0, back));
        answer(m, who, &[ei.0, count.0], result)
    }

    /// `(least-positive-bignum)`
    fn least_positive_bignum(m: &mut Machine) -> Res {
        Ok(number::integer(&mut m.heap, FIXNUM_MAX + 1))
    }

    /// `(greatest-negative-bignum)`
    fn greatest_negative_bignum(m: &mut Machine) -> Res {
        Ok(number::integer(&mut m.heap, FIXNUM_MIN - 1))
    }

    /// `(bignum->bytevector bignum)`: its two's complement representation, the lowest octet first.
    fn bignum_to_bytevector(m: &mut Machine, bignum: Bignum) -> Res {
        m.charge(bignum.limbs().len() / 2)?;
        m.heap.reserve(bignum.limbs().len() * 8 + 8)?;
        // One bit more is the sign's, for which there may be room.
        let least = number::bit_length(bignum.value()).div_ceil(8);
        let mut octets = m.heap.make_bytevector(least, 0);
        if !encode(m, bignum.value(), octets.bytes_mut(), Order::Little, true)? {
            octets = m.heap.make_bytevector(least + 1, 0);
            encode(m, bignum.value(), octets.bytes_mut(), Order::Little, true)?;
        }
        Ok(octets.value())
    }

    /// `(bytevector->bignum bytevector)`: the exact integer of a two's complement representation, the lowest octet first.
    fn bytevector_to_bignum(m: &mut Machine, bytevector: Bytevector) -> Res {
        m.charge(bytevector.len() / 16)?;
        decode(m, bytevector.bytes(), Order::Little, true)
    }

    /// `(random n)`: an exact integer from 0 to below n, each as likely. Every machine begins with the same sequence.
    fn random(m: &mut Machine, who: Who, n: ExactInteger) -> Res {
        if number::sign(n.0) != Ok(1) {
            return Err(m.wrong_argument(who, "n", 1, "a positive exact integer", n.0));
        }
        m.charge(cost::limbs(n.0))?;
        let generator = m.extension::<Generator>();
        let mut state = generator.0;
        let result = number::random_below(&mut m.heap, n.0, &mut || next(&mut state));
        m.extension::<Generator>().0 = state;
        answer(m, who, &[n.0], result)
    }
}

/// The state of a machine's random numbers.
#[derive(Default)]
struct Generator(u64);

impl External for Generator {
    fn type_name(&self) -> &'static str {
        "random-state"
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): equidistributed, and quick to seed.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// Tests of any object by representation and sign.
macro_rules! type_tests {
    ($($name:literal $f:ident $test:expr;)*) => {
        #[primitives]
        pub mod types {
            use super::*;

            $(
            /// `(… obj)`: whether the object is a number of that kind.
            #[primitive(name = $name, pure)]
            fn $f(obj: Value) -> Res {
                let holds: fn(Value) -> bool = $test;
                Ok(Value::boolean(holds(obj)))
            }
        )* }
    };
}

/// Sign of a real number; of anything else, as of a NaN, none.
fn sign_of(v: Value) -> Option<i64> {
    if v.as_flonum().is_some_and(f64::is_nan) { None } else { number::sign(v).ok() }
}

fn is_positive(v: Value) -> bool {
    sign_of(v) == Some(1)
}

fn is_negative(v: Value) -> bool {
    sign_of(v) == Some(-1)
}

/// Not less than zero, for a real number.
fn is_not_negative(v: Value) -> bool {
    sign_of(v).is_some_and(|s| s >= 0)
}

/// Not greater than zero, for a real number.
fn is_not_positive(v: Value) -> bool {
    sign_of(v).is_some_and(|s| s <= 0)
}

fn is_zero_flonum(v: Value, negative: bool) -> bool {
    v.as_flonum().is_some_and(|x| x == 0.0 && x.is_sign_negative() == negative)
}

fn is_complex_of(v: Value, exact: bool) -> bool {
    v.is(Kind::Compnum) && number::is_exact(v) == exact
}

fn in_range(v: Value, low: i64, high: i64) -> bool {
    v.as_fixnum().is_some_and(|n| low <= n && n <= high)
}

type_tests! {
    "exact-integer?" is_exact_integer number::is_exact_integer;
    "positive-exact-integer?" is_positive_exact |v| number::is_exact_integer(v) && is_positive(v);
    "negative-exact-integer?" is_negative_exact |v| number::is_exact_integer(v) && is_negative(v);
    "non-negative-exact-integer?" is_non_negative_exact |v| number::is_exact_integer(v) && is_not_negative(v);
    "non-positive-exact-integer?" is_non_positive_exact |v| number::is_exact_integer(v) && is_not_positive(v);
    "zero-exact-integer?" is_zero_exact |v| v == Value::fixnum(0);
    "positive-fixnum?" is_positive_fixnum |v| v.is_fixnum() && is_positive(v);
    "negative-fixnum?" is_negative_fixnum |v| v.is_fixnum() && is_negative(v);
    "non-negative-fixnum?" is_non_negative_fixnum |v| v.is_fixnum() && is_not_negative(v);
    "non-positive-fixnum?" is_non_positive_fixnum |v| v.is_fixnum() && is_not_positive(v);
    "zero-fixnum?" is_zero_fixnum |v| v == Value::fixnum(0);
    "non-zero-fixnum?" is_non_zero_fixnum |v| v.is_fixnum() && v != Value::fixnum(0);
    "byte-fixnum?" is_byte |v| in_range(v, -128, 127);
    "zero-byte-fixnum?" is_zero_byte |v| v == Value::fixnum(0);
    "positive-byte-fixnum?" is_positive_byte |v| in_range(v, 1, 127);
    "negative-byte-fixnum?" is_negative_byte |v| in_range(v, -128, -1);
    "octet-fixnum?" is_octet |v| in_range(v, 0, 255);
    "zero-octet-fixnum?" is_zero_octet |v| v == Value::fixnum(0);
    "positive-octet-fixnum?" is_positive_octet |v| in_range(v, 1, 255);
    "bignum?" is_bignum |v| v.is(Kind::Bignum);
    "positive-bignum?" is_positive_bignum |v| v.is(Kind::Bignum) && is_positive(v);
    "negative-bignum?" is_negative_bignum |v| v.is(Kind::Bignum) && is_negative(v);
    "non-negative-bignum?" is_non_negative_bignum |v| v.is(Kind::Bignum) && is_positive(v);
    "non-positive-bignum?" is_non_positive_bignum |v| v.is(Kind::Bignum) && is_negative(v);
    "ratnum?" is_ratnum |v| v.is(Kind::Ratnum);
    "positive-ratnum?" is_positive_ratnum |v| v.is(Kind::Ratnum) && is_positive(v);
    "negative-ratnum?" is_negative_ratnum |v| v.is(Kind::Ratnum) && is_negative(v);
    "non-negative-ratnum?" is_non_negative_ratnum |v| v.is(Kind::Ratnum) && is_positive(v);
    "non-positive-ratnum?" is_non_positive_ratnum |v| v.is(Kind::Ratnum) && is_negative(v);
    "positive-flonum?" is_positive_flonum |v| v.is_flonum() && is_positive(v);
    "negative-flonum?" is_negative_flonum |v| v.is_flonum() && is_negative(v);
    "non-negative-flonum?" is_non_negative_flonum |v| v.is_flonum() && is_not_negative(v);
    "non-positive-flonum?" is_non_positive_flonum |v| v.is_flonum() && is_not_positive(v);
    "zero-flonum?" is_zero_flonum_p |v| v.as_flonum() == Some(0.0);
    "positive-zero-flonum?" is_positive_zero_flonum |v| is_zero_flonum(v, false);
    "negative-zero-flonum?" is_negative_zero_flonum |v| is_zero_flonum(v, true);
    "compnum?" is_compnum |v| is_complex_of(v, true);
    "exact-compnum?" is_exact_compnum |v| is_complex_of(v, true);
    // Of Vicare's complex numbers of one exact and one inexact part there are none here.
    "inexact-compnum?" is_inexact_compnum |_| false;
    "non-zero-inexact-compnum?" is_non_zero_inexact_compnum |_| false;
    "zero-compnum?" is_zero_compnum |_| false;
    "non-zero-compnum?" is_non_zero_compnum |v| is_complex_of(v, true);
    "cflonum?" is_cflonum |v| is_complex_of(v, false);
    "zero-cflonum?" is_zero_cflonum |v| is_complex_of(v, false) && number::is_zero(v) == Ok(true);
    "non-zero-cflonum?" is_non_zero_cflonum |v| is_complex_of(v, false) && number::is_zero(v) == Ok(false);
}

/// Tests of numbers of one representation.
macro_rules! properties {
    ($($name:literal $f:ident $parameter:ident $test:expr;)*) => {
        #[primitives]
        pub mod properties {
            use super::*;

            $(
            /// `(… number)`: whether the number, which must be of the representation in the name, has that property.
            #[primitive(name = $name, pure)]
            fn $f(number: $parameter) -> Res {
                let holds: fn(Value) -> bool = $test;
                Ok(Value::boolean(holds(number.value())))
            }
        )* }
    };
}

properties! {
    "bignum-even?" bignum_is_even Bignum |v| number::is_odd(v) == Ok(false);
    "bignum-odd?" bignum_is_odd Bignum |v| number::is_odd(v) == Ok(true);
    "bignum-positive?" bignum_is_positive Bignum is_positive;
    "bignum-negative?" bignum_is_negative Bignum is_negative;
    "bignum-non-negative?" bignum_is_non_negative Bignum is_positive;
    "bignum-non-positive?" bignum_is_non_positive Bignum is_negative;
    "ratnum-positive?" ratnum_is_positive Ratnum is_positive;
    "ratnum-negative?" ratnum_is_negative Ratnum is_negative;
    "ratnum-non-negative?" ratnum_is_non_negative Ratnum is_positive;
    "ratnum-non-positive?" ratnum_is_non_positive Ratnum is_negative;
}
