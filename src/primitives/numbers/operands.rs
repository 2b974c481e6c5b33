//! What the arithmetic libraries share: parameter types for numbers, folding over arguments, and the conditions that
//! a `NumberError` becomes.

use crate::eval::{Argument, Machine, Mismatch, Res, Rest, Single, Stop};
use crate::heap::{ConditionType, FIXNUM_MAX, Heap, Value};
use crate::number::{self, NumberError, Wanted};

macro_rules! parameter_types {
    ($($(#[$doc:meta])* $name:ident, $what:expr, |$v:ident| $test:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Copy, Clone)]
        pub struct $name(pub Value);
        impl Single for $name {
            const WHAT: &'static str = $what;
            #[inline]
            fn convert($v: Value) -> Option<Self> {
                if $test { Some($name($v)) } else { None }
            }
        }
    )*};
}

parameter_types! {
    Number, Wanted::Number.what(), |v| number::is_number(v);
    Real, Wanted::Real.what(), |v| number::is_real(v);
    Rational, Wanted::Rational.what(), |v| number::is_rational(v);
    /// An integer, exact or not.
    Integer, Wanted::Integer.what(), |v| v.is_fixnum() || number::is_integer(v);
    ExactInteger, Wanted::ExactInteger.what(), |v| number::is_exact_integer(v);
    /// A bit position, a count of bits.
    NonNegative, Wanted::NonNegativeExactInteger.what(), |v| number::is_exact_integer(v) && number::sign(v).is_ok_and(|s| s >= 0);
    /// A dividend: a real number that is neither infinite nor a NaN.
    Dividend, Wanted::FiniteReal.what(), |v| number::is_rational(v);
}

/// 2, 8, 10 or 16.
#[derive(Copy, Clone)]
pub struct Radix(pub u32);

impl Single for Radix {
    const WHAT: &'static str = "a radix: 2, 8, 10 or 16";
    fn convert(v: Value) -> Option<Radix> {
        v.as_fixnum().filter(|n| matches!(n, 2 | 8 | 10 | 16)).map(|n| Radix(n as u32))
    }
}

/// An exact positive integer; one beyond fixnums asks for no more than the largest fixnum.
#[derive(Copy, Clone)]
pub struct Precision(pub u64);

impl Single for Precision {
    const WHAT: &'static str = "an exact positive integer";
    fn convert(v: Value) -> Option<Precision> {
        let positive = number::is_exact_integer(v) && number::sign(v) == Ok(1);
        positive.then(|| Precision(v.as_fixnum().unwrap_or(FIXNUM_MAX) as u64))
    }
}

/// `N` arguments or more.
#[derive(Copy, Clone)]
pub struct AtLeast<'a, const N: usize>(pub &'a [Value]);

impl<'a, const N: usize> Argument<'a> for AtLeast<'a, N> {
    const MIN: usize = N;
    const MAX: usize = usize::MAX;
    const WHAT: &'static str = "numbers";
    #[inline(always)]
    fn take(args: &'a [Value], at: &mut usize) -> Result<Self, Mismatch> {
        Rest::<N>::take(args, at).map(|Rest(numbers)| AtLeast(numbers))
    }
}

/// The condition for an operation that failed in `who` on `args`.
#[cold]
#[inline(never)]
pub fn failure(m: &mut Machine, who: &str, args: &[Value], error: NumberError) -> Stop {
    match error {
        NumberError::Wrong(value, wanted) => {
            let index = args.iter().position(|&v| v == value).map_or(1, |i| i + 1);
            m.wrong_argument(who, "number", index, wanted.what(), value)
        }
        NumberError::DivisionByZero => m.assertion(who, "division by zero", args),
        NumberError::Undefined => m.assertion(who, "undefined for these arguments", args),
        NumberError::ZeroToPower => restriction(m, who, "zero to a power that is not positive has no value", args),
        NumberError::NoExact(value) => restriction(m, who, "no exact number is near this one", &[value]),
        NumberError::TooLarge => restriction(m, who, "the result would be too large to compute", args),
        NumberError::HeapFull => Stop::from(crate::heap::HeapFull),
        NumberError::Stopped => m.stopped_by_watch(),
    }
}

/// `&implementation-restriction`
#[cold]
pub fn restriction(m: &mut Machine, who: &str, message: &str, irritants: &[Value]) -> Stop {
    m.violation(ConditionType::ImplementationRestriction, who, message, irritants)
}

/// The value of `result`, or its error as a condition.
#[inline]
pub fn answer(m: &mut Machine, who: &str, args: &[Value], result: number::Result) -> Res {
    match result {
        Ok(v) => Ok(v),
        Err(error) => Err(failure(m, who, args, error)),
    }
}

/// The same for a test.
#[inline]
pub fn test(m: &mut Machine, who: &str, args: &[Value], result: number::Result<bool>) -> Res {
    answer(m, who, args, result.map(Value::boolean))
}

/// Two results, delivered as two values.
pub fn two_values(m: &mut Machine, who: &str, args: &[Value], result: number::Result<(Value, Value)>) -> Res {
    match result {
        Ok((a, b)) => Ok(m.heap.multiple_values(&[a, b])),
        Err(error) => Err(failure(m, who, args, error)),
    }
}

/// An operation of one argument.
pub type Unary = fn(&mut Heap, Value) -> number::Result;
/// An operation of two arguments.
pub type Binary = fn(&mut Heap, Value, Value) -> number::Result;
/// An estimate of an operation's work.
pub type Cost = fn(Value, Value) -> usize;

/// One operation, charged for.
#[inline]
pub fn unary(m: &mut Machine, who: &str, v: Value, f: Unary) -> Res {
    m.charge(number::cost::product(v, v))?;
    let result = f(&mut m.heap, v);
    answer(m, who, &[v], result)
}

/// One operation, charged for.
#[inline]
pub fn binary(m: &mut Machine, who: &str, a: Value, b: Value, f: Binary, cost: Cost) -> Res {
    m.charge(cost(a, b))?;
    let result = f(&mut m.heap, a, b);
    answer(m, who, &[a, b], result)
}

/// `(f (f (f initial a) b) c)`, every argument being a `T`, which `f` itself checks: only which one is not is left to
/// find out.
#[inline]
pub fn fold<T: Single>(m: &mut Machine, who: &str, initial: Value, rest: &[Value], f: Binary, cost: Cost) -> Res {
    let mut result = initial;
    for &v in rest {
        m.charge(cost(result, v))?;
        match f(&mut m.heap, result, v) {
            Ok(next) => result = next,
            Err(error) => {
                all::<T>(m, who, 1, rest)?;
                return Err(failure(m, who, &[result, v], error));
            }
        }
    }
    Ok(result)
}

/// Checks that arguments, of which the first has index `first`, are each a `T`.
#[inline]
pub fn all<T: Single>(m: &mut Machine, who: &str, first: usize, args: &[Value]) -> Res<()> {
    match args.iter().position(|&v| T::convert(v).is_none()) {
        None => Ok(()),
        Some(i) => Err(m.wrong_argument(who, "number", first + i, T::WHAT, args[i])),
    }
}

/// Whether `f`, which checks its arguments, holds between all neighbours; they are checked also where the answer is
/// known before.
#[inline]
pub fn chain<T: Single>(
    m: &mut Machine,
    who: &str,
    args: &[Value],
    f: fn(&mut Heap, Value, Value) -> number::Result<bool>,
) -> Res {
    let mut holds = true;
    for pair in args.windows(2) {
        m.charge(number::cost::compare(pair[0], pair[1]))?;
        match f(&mut m.heap, pair[0], pair[1]) {
            Ok(b) => holds &= b,
            Err(error) => {
                all::<T>(m, who, 1, args)?;
                return Err(failure(m, who, pair, error));
            }
        }
    }
    Ok(Value::boolean(holds))
}

/// Whether all are pairwise different, which a single one is not.
pub fn all_different<T: Single>(m: &mut Machine, who: &str, args: &[Value]) -> Res {
    all::<T>(m, who, 1, args)?;
    m.charge(args.len().saturating_mul(args.len()) / 4)?;
    for (i, &a) in args.iter().enumerate() {
        for &b in &args[..i] {
            m.charge(number::cost::compare(a, b))?;
            if number::equal(&mut m.heap, a, b) == Ok(true) {
                return Ok(Value::FALSE);
            }
        }
    }
    Ok(Value::boolean(args.len() > 1))
}
