//! The numerical tower over [`Value`]: representation, arithmetic, parsing and printing. Depends on
//! `heap`, and on the reader's grammar of numbers.
//!
//! | representation | what | invariant |
//! |---|---|---|
//! | fixnum | immediate, 62 bits | |
//! | `Kind::Bignum` | sign and limbs inside the object | never in the fixnum range, highest limb not zero |
//! | `Kind::Ratnum` | numerator, denominator: exact integers | lowest terms, denominator at least 2 |
//! | flonum | `f64`, immediate or boxed | |
//! | `Kind::Compnum` | real and imaginary part | both exact and the latter not 0, or both flonums |
//!
//! Because each number has one representation, `eqv?` is a comparison of representations. Functions take the heap and
//! values and answer a value or a [`NumberError`], plain data which `primitives/` turns into a condition that names its
//! caller. Entry points that programs call in loops are `#[inline]` for fixnums and flonums and leave by a cold call.
//!
//! Large integers are computed by `dashu-int` from limbs and back (`integer.rs`), very large ones in steps of a few
//! milliseconds between which the run may be stopped (`large/`); sums, differences and products by
//! one word are computed on the limbs directly (`limbs.rs`). dashu against num-bigint 0.5, best of three: 10,000
//! digits of pi by the streaming spigot 1.96 s against 6.20 s, by Machin's formula 35 ms against 33 ms, by binary
//! splitting 1.7 ms against 3.2 ms (300,000 digits: 288 ms against 724 ms). So dashu.
//!
//! Work and memory: results that cannot be reasonable are refused before they are computed ([`MAX_BITS`]), large
//! ones are asked for from the heap first, and [`cost`] estimates the work for callers that charge fuel.

mod arithmetic;
mod bitwise;
mod compare;
mod complex;
mod complex_functions;
mod convert;
pub mod cost;
mod division;
pub mod flonum;
mod integer;
mod large;
mod limbs;
mod parse;
mod power;
mod predicates;
mod print;
mod rational;
mod rounding;
mod transcendental;

#[cfg(test)]
mod tests;

pub use arithmetic::*;
pub use bitwise::*;
pub use compare::*;
pub use complex::*;
pub use convert::*;
pub use division::*;
pub use integer::{
    MAX_BITS, bit_length, from_i128, from_limbs, integer, integer_u64, is_exact_integer, random_below, to_i128,
};
pub use parse::parse;
pub use power::*;
pub use predicates::*;
pub use print::{PrintError, leading, print, to_string};
pub use rounding::*;
pub use transcendental::*;

use crate::heap::{Bignum, Compnum, HeapFull, Kind, Ratnum, Value, View};

/// A number by its representation.
#[derive(Copy, Clone)]
pub enum Number {
    Fixnum(i64),
    Bignum(Bignum),
    Ratnum(Ratnum),
    Flonum(f64),
    Compnum(Compnum),
}

impl Number {
    #[inline]
    pub fn of(v: Value) -> Option<Number> {
        if let Some(n) = v.as_fixnum() {
            return Some(Number::Fixnum(n));
        }
        if let Some(x) = v.as_flonum() {
            return Some(Number::Flonum(x));
        }
        match v.kind()? {
            Kind::Bignum => Bignum::from_value(v).map(Number::Bignum),
            Kind::Ratnum => Ratnum::from_value(v).map(Number::Ratnum),
            Kind::Compnum => Compnum::from_value(v).map(Number::Compnum),
            _ => None,
        }
    }
}

/// What an operation wanted of an argument.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    Number,
    Real,
    Rational,
    Integer,
    ExactInteger,
    NonNegativeExactInteger,
    FiniteReal,
    /// 0 or 1.
    Bit,
    /// The start of a bit field that ends before it.
    FieldStart,
}

impl Wanted {
    pub const fn what(self) -> &'static str {
        match self {
            Wanted::Number => "a number",
            Wanted::Real => "a real number",
            Wanted::Rational => "a rational number",
            Wanted::Integer => "an integer",
            Wanted::ExactInteger => "an exact integer",
            Wanted::NonNegativeExactInteger => "a non-negative exact integer",
            Wanted::FiniteReal => "a finite real number",
            Wanted::Bit => "0 or 1",
            Wanted::FieldStart => "a position not after the field's end",
        }
    }
}

/// Why there is no result.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum NumberError {
    /// The value is no argument for this operation.
    Wrong(Value, Wanted),
    DivisionByZero,
    /// Mathematically undefined at an exact argument, as `(log 0)`.
    Undefined,
    /// An exact zero to a power whose real part is not positive, as `(expt 0 -1)`.
    ZeroToPower,
    /// The value, an infinity or a NaN, has no exact counterpart.
    NoExact(Value),
    /// The result would have more than [`MAX_BITS`] bits.
    TooLarge,
    HeapFull,
    /// The run is to stop: see [`crate::heap::Watch`].
    Stopped,
}

impl From<HeapFull> for NumberError {
    fn from(_: HeapFull) -> NumberError {
        NumberError::HeapFull
    }
}

/// What the operations of this module answer.
pub type Result<T = Value> = std::result::Result<T, NumberError>;

#[inline]
fn wrong<T>(v: Value, wanted: Wanted) -> Result<T> {
    Err(NumberError::Wrong(v, wanted))
}
