//! `(rnrs arithmetic fixnums)`: R6RS libraries 11.2. A result that is no fixnum raises `&implementation-restriction`.

use super::arithmetic;
use super::operands::{self, AtLeast, Radix, restriction};
use crate::eval::{Machine, Res, Rest, Single, Stop, Who, make_condition};
use crate::heap::{ConditionType, FIXNUM_MAX, FIXNUM_MIN, Value};
use crate::number::divide_words;
use crate::number::flonum::Remainder::{self, Centered, Euclidean, Floored, Truncated};
use vicar_macros::primitives;

/// Bits of a fixnum.
const WIDTH: u32 = 64 - FIXNUM_MAX.leading_zeros() + 1;

/// A position of a bit in a fixnum.
#[derive(Copy, Clone)]
pub struct Position(pub u32);

impl Single for Position {
    const WHAT: &'static str = "a bit position in a fixnum";
    fn convert(v: Value) -> Option<Position> {
        v.as_fixnum().and_then(|n| u32::try_from(n).ok()).filter(|&n| n < WIDTH).map(Position)
    }
}

/// How far to shift, left or right: less than the width.
#[derive(Copy, Clone)]
pub struct Distance(pub i32);

impl Single for Distance {
    const WHAT: &'static str = "a distance less than the fixnum width";
    fn convert(v: Value) -> Option<Distance> {
        v.as_fixnum().filter(|n| n.unsigned_abs() < WIDTH as u64).map(|n| Distance(n as i32))
    }
}

/// 0 or 1.
#[derive(Copy, Clone)]
pub struct Bit(pub i64);

impl Single for Bit {
    const WHAT: &'static str = "0 or 1";
    fn convert(v: Value) -> Option<Bit> {
        v.as_fixnum().filter(|n| matches!(n, 0 | 1)).map(Bit)
    }
}

const OVERFLOW: &str = "the result is no fixnum";

/// The fixnum `n`, or the condition that it is none.
#[inline]
pub fn fixnum(m: &mut Machine, who: &str, args: &[i64], n: Option<i64>) -> Res {
    match n.and_then(Value::checked_fixnum) {
        Some(v) => Ok(v),
        None => {
            let irritants: Vec<Value> = args.iter().map(|&n| Value::fixnum(n)).collect();
            Err(restriction(m, who, OVERFLOW, &irritants))
        }
    }
}

/// For `fx-` the report asks for `&assertion`, its chapter for `&implementation-restriction`: the condition is both.
#[cold]
fn no_difference(m: &mut Machine, irritants: &[Value]) -> Stop {
    let kinds = [ConditionType::Assertion, ConditionType::ImplementationRestriction];
    let kinds = kinds.map(|kind| m.heap.condition(kind, &[]));
    Stop::raise(make_condition(&mut m.heap, &kinds, "fx-", OVERFLOW, irritants))
}

fn chain(m: &mut Machine, who: &str, first: i64, rest: &[Value], holds: fn(i64, i64) -> bool) -> Res {
    operands::all::<i64>(m, who, 2, rest)?;
    let mut previous = first;
    let all = rest.iter().filter_map(|v| v.as_fixnum()).all(|n| holds(std::mem::replace(&mut previous, n), n));
    Ok(Value::boolean(all))
}

fn fold(m: &mut Machine, who: &str, first: i64, rest: &[Value], f: fn(i64, i64) -> i64) -> Res {
    operands::all::<i64>(m, who, 2, rest)?;
    Ok(Value::fixnum(rest.iter().filter_map(|v| v.as_fixnum()).fold(first, f)))
}

/// Quotient and remainder, the divisor checked.
pub fn divide(m: &mut Machine, who: &str, fx1: i64, fx2: i64, kind: Remainder) -> Res<(i64, i64)> {
    if fx2 == 0 {
        return Err(m.assertion(who, "division by zero", &[Value::fixnum(fx1), Value::fixnum(fx2)]));
    }
    Ok(divide_words(fx1, fx2, kind))
}

fn divide_both(m: &mut Machine, who: &str, fx1: i64, fx2: i64, kind: Remainder) -> Res {
    let (q, r) = divide(m, who, fx1, fx2, kind)?;
    let (q, r) = (fixnum(m, who, &[fx1, fx2], Some(q))?, fixnum(m, who, &[fx1, fx2], Some(r))?);
    Ok(m.heap.multiple_values(&[q, r]))
}

/// `n` as two fixnums: its remainder by `mod0` and its quotient by `div0`, by two to the width.
fn carry(m: &mut Machine, n: i128) -> Res {
    let low = wrap(n as i64);
    let high = (n - low as i128) >> WIDTH;
    // |n| is at most 2^(2·width - 2) + 2^width, so the quotient is a fixnum.
    Ok(m.heap.multiple_values(&[Value::fixnum(low), Value::fixnum(high as i64)]))
}

/// The fixnum that is congruent to `n` by two to the width.
#[inline]
fn wrap(n: i64) -> i64 {
    n << (64 - WIDTH) >> (64 - WIDTH)
}

/// Ones from `start` to below `end`.
fn mask(start: u32, end: u32) -> i64 {
    ((1u64 << end) - (1u64 << start)) as i64
}

/// Checks the order of a field's ends.
fn field(m: &mut Machine, who: &str, start: Position, end: Position) -> Res<(u32, u32)> {
    if start.0 <= end.0 {
        return Ok((start.0, end.0));
    }
    let ends = [Value::fixnum(start.0 as i64), Value::fixnum(end.0 as i64)];
    Err(m.assertion(who, "the field ends before it starts", &ends))
}

/// fx · 2^distance, rounded down.
pub fn shift(m: &mut Machine, who: &str, fx: i64, distance: i32) -> Res {
    if distance <= 0 {
        return Ok(Value::fixnum(fx >> -distance));
    }
    let shifted = fx.wrapping_shl(distance as u32);
    fixnum(m, who, &[fx, distance as i64], (shifted >> distance == fx).then_some(shifted))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(fixnum? obj)`: whether it is an exact integer in the fixnum range.
    #[primitive(pure)]
    fn is_fixnum(obj: Value) -> Res {
        Ok(Value::boolean(obj.is_fixnum()))
    }

    /// `(fixnum-width)`: bits of a fixnum.
    #[primitive(pure)]
    fn fixnum_width() -> Res {
        Ok(Value::fixnum(WIDTH as i64))
    }

    /// `(least-fixnum)`
    #[primitive(pure)]
    fn least_fixnum() -> Res {
        Ok(Value::fixnum(FIXNUM_MIN))
    }

    /// `(greatest-fixnum)`
    #[primitive(pure)]
    fn greatest_fixnum() -> Res {
        Ok(Value::fixnum(FIXNUM_MAX))
    }

    /// `(fx=? fx1 fx2 …)`: all equal.
    #[primitive(name = "fx=?", pure)]
    fn equal(m: &mut Machine, who: Who, fx: i64, fxs: Rest<1>) -> Res {
        chain(m, who, fx, &fxs, |a, b| a == b)
    }

    /// `(fx>? fx1 fx2 …)`: decreasing.
    #[primitive(name = "fx>?", pure)]
    fn greater(m: &mut Machine, who: Who, fx: i64, fxs: Rest<1>) -> Res {
        chain(m, who, fx, &fxs, |a, b| a > b)
    }

    /// `(fx<? fx1 fx2 …)`: increasing.
    #[primitive(name = "fx<?", pure)]
    fn less(m: &mut Machine, who: Who, fx: i64, fxs: Rest<1>) -> Res {
        chain(m, who, fx, &fxs, |a, b| a < b)
    }

    /// `(fx>=? fx1 fx2 …)`: not increasing.
    #[primitive(name = "fx>=?", pure)]
    fn at_least(m: &mut Machine, who: Who, fx: i64, fxs: Rest<1>) -> Res {
        chain(m, who, fx, &fxs, |a, b| a >= b)
    }

    /// `(fx<=? fx1 fx2 …)`: not decreasing.
    #[primitive(name = "fx<=?", pure)]
    fn at_most(m: &mut Machine, who: Who, fx: i64, fxs: Rest<1>) -> Res {
        chain(m, who, fx, &fxs, |a, b| a <= b)
    }

    /// `(fxzero? fx)`
    #[primitive(pure)]
    fn is_fxzero(fx: i64) -> Res {
        Ok(Value::boolean(fx == 0))
    }

    /// `(fxpositive? fx)`
    #[primitive(pure)]
    fn is_fxpositive(fx: i64) -> Res {
        Ok(Value::boolean(fx > 0))
    }

    /// `(fxnegative? fx)`
    #[primitive(pure)]
    fn is_fxnegative(fx: i64) -> Res {
        Ok(Value::boolean(fx < 0))
    }

    /// `(fxodd? fx)`
    #[primitive(pure)]
    fn is_fxodd(fx: i64) -> Res {
        Ok(Value::boolean(fx & 1 == 1))
    }

    /// `(fxeven? fx)`
    #[primitive(pure)]
    fn is_fxeven(fx: i64) -> Res {
        Ok(Value::boolean(fx & 1 == 0))
    }

    /// `(fxmax fx1 fx2 …)`
    #[primitive(pure)]
    fn fxmax(m: &mut Machine, who: Who, fx: i64, fxs: Rest) -> Res {
        fold(m, who, fx, &fxs, i64::max)
    }

    /// `(fxmin fx1 fx2 …)`
    #[primitive(pure)]
    fn fxmin(m: &mut Machine, who: Who, fx: i64, fxs: Rest) -> Res {
        fold(m, who, fx, &fxs, i64::min)
    }

    /// `(fx+ fx1 fx2)`: the sum.
    #[primitive(name = "fx+", pure)]
    fn add(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        fixnum(m, who, &[fx1, fx2], Some(fx1 + fx2))
    }

    /// `(fx* fx1 fx2)`: the product.
    #[primitive(name = "fx*", pure)]
    fn multiply(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        fixnum(m, who, &[fx1, fx2], fx1.checked_mul(fx2))
    }

    /// `(fx- fx)`: the negation; `(fx- fx1 fx2)`: the difference.
    #[primitive(name = "fx-", pure)]
    fn subtract(m: &mut Machine, fx1: i64, fx2: Option<i64>) -> Res {
        let difference = fx2.map_or(-fx1, |fx2| fx1 - fx2);
        let second = fx2.map(Value::fixnum);
        let irritants = [Value::fixnum(fx1), second.unwrap_or(Value::FALSE)];
        Value::checked_fixnum(difference).ok_or_else(|| no_difference(m, &irritants[..1 + second.is_some() as usize]))
    }

    /// `(fxdiv fx1 fx2)`: as `div`.
    #[primitive(pure)]
    fn fxdiv(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        let (q, _) = divide(m, who, fx1, fx2, Euclidean)?;
        fixnum(m, who, &[fx1, fx2], Some(q))
    }

    /// `(fxmod fx1 fx2)`: as `mod`.
    #[primitive(pure)]
    fn fxmod(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        let (_, r) = divide(m, who, fx1, fx2, Euclidean)?;
        fixnum(m, who, &[fx1, fx2], Some(r))
    }

    /// `(fxdiv-and-mod fx1 fx2)`: both as two values.
    #[primitive(control)]
    fn fxdiv_and_mod(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        divide_both(m, who, fx1, fx2, Euclidean)
    }

    /// `(fxdiv0 fx1 fx2)`: as `div0`.
    #[primitive(pure)]
    fn fxdiv0(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        let (q, _) = divide(m, who, fx1, fx2, Centered)?;
        fixnum(m, who, &[fx1, fx2], Some(q))
    }

    /// `(fxmod0 fx1 fx2)`: as `mod0`.
    #[primitive(pure)]
    fn fxmod0(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        let (_, r) = divide(m, who, fx1, fx2, Centered)?;
        fixnum(m, who, &[fx1, fx2], Some(r))
    }

    /// `(fxdiv0-and-mod0 fx1 fx2)`: both as two values.
    #[primitive(control)]
    fn fxdiv0_and_mod0(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        divide_both(m, who, fx1, fx2, Centered)
    }

    /// `(fx+/carry fx1 fx2 fx3)`: low and high word of fx1 + fx2 + fx3.
    #[primitive(name = "fx+/carry", control)]
    fn add_carry(m: &mut Machine, fx1: i64, fx2: i64, fx3: i64) -> Res {
        carry(m, fx1 as i128 + fx2 as i128 + fx3 as i128)
    }

    /// `(fx-/carry fx1 fx2 fx3)`: low and high word of fx1 - fx2 - fx3.
    #[primitive(name = "fx-/carry", control)]
    fn subtract_carry(m: &mut Machine, fx1: i64, fx2: i64, fx3: i64) -> Res {
        carry(m, fx1 as i128 - fx2 as i128 - fx3 as i128)
    }

    /// `(fx*/carry fx1 fx2 fx3)`: low and high word of fx1 · fx2 + fx3.
    #[primitive(name = "fx*/carry", control)]
    fn multiply_carry(m: &mut Machine, fx1: i64, fx2: i64, fx3: i64) -> Res {
        carry(m, fx1 as i128 * fx2 as i128 + fx3 as i128)
    }

    /// `(fxnot fx)`: the complement.
    #[primitive(pure)]
    fn fxnot(fx: i64) -> Res {
        Ok(Value::fixnum(!fx))
    }

    /// `(fxand fx …)`
    #[primitive(pure)]
    fn fxand(m: &mut Machine, who: Who, fx: Option<i64>, fxs: Rest) -> Res {
        fold(m, who, fx.unwrap_or(-1), &fxs, |a, b| a & b)
    }

    /// `(fxior fx …)`
    #[primitive(pure)]
    fn fxior(m: &mut Machine, who: Who, fx: Option<i64>, fxs: Rest) -> Res {
        fold(m, who, fx.unwrap_or(0), &fxs, |a, b| a | b)
    }

    /// `(fxxor fx …)`
    #[primitive(pure)]
    fn fxxor(m: &mut Machine, who: Who, fx: Option<i64>, fxs: Rest) -> Res {
        fold(m, who, fx.unwrap_or(0), &fxs, |a, b| a ^ b)
    }

    /// `(fxif mask fx1 fx2)`: the bits of fx1 where the mask has ones, those of fx2 where it has zeros.
    #[primitive(pure)]
    fn fxif(mask: i64, fx1: i64, fx2: i64) -> Res {
        Ok(Value::fixnum(mask & fx1 | !mask & fx2))
    }

    /// `(fxbit-count fx)`: how many ones; of a negative fixnum, the complement of its complement's count.
    #[primitive(pure)]
    fn fxbit_count(fx: i64) -> Res {
        Ok(Value::fixnum(if fx < 0 { !((!fx).count_ones() as i64) } else { fx.count_ones() as i64 }))
    }

    /// `(fxlength fx)`: how many bits there are without the sign.
    #[primitive(pure)]
    fn fxlength(fx: i64) -> Res {
        Ok(Value::fixnum(64 - (if fx < 0 { !fx } else { fx }).leading_zeros() as i64))
    }

    /// `(fxfirst-bit-set fx)`: the position of the lowest one; -1 for zero.
    #[primitive(pure)]
    fn fxfirst_bit_set(fx: i64) -> Res {
        Ok(Value::fixnum(if fx == 0 { -1 } else { fx.trailing_zeros() as i64 }))
    }

    /// `(fxbit-set? fx k)`: whether the bit at position k is one.
    #[primitive(pure)]
    fn is_fxbit_set(fx: i64, k: Position) -> Res {
        Ok(Value::boolean(fx >> k.0 & 1 == 1))
    }

    /// `(fxcopy-bit fx k bit)`: the fixnum with its bit at position k replaced by 0 or 1.
    #[primitive(pure)]
    fn fxcopy_bit(fx: i64, k: Position, bit: Bit) -> Res {
        Ok(Value::fixnum(wrap(fx & !(1 << k.0) | bit.0 << k.0)))
    }

    /// `(fxbit-field fx start end)`: the number that the bits from start to below end are.
    #[primitive(pure)]
    fn fxbit_field(m: &mut Machine, who: Who, fx: i64, start: Position, end: Position) -> Res {
        let (start, end) = field(m, who, start, end)?;
        Ok(Value::fixnum((fx & mask(start, end)) >> start))
    }

    /// `(fxcopy-bit-field to start end from)`: `to` with the bits from start to below end replaced by those of `from`.
    #[primitive(pure)]
    fn fxcopy_bit_field(m: &mut Machine, who: Who, to: i64, start: Position, end: Position, from: i64) -> Res {
        let (start, end) = field(m, who, start, end)?;
        let mask = mask(start, end);
        Ok(Value::fixnum(to & !mask | from << start & mask))
    }

    /// `(fxarithmetic-shift fx distance)`: fx · 2^distance, rounded down.
    #[primitive(pure)]
    fn fxarithmetic_shift(m: &mut Machine, who: Who, fx: i64, distance: Distance) -> Res {
        shift(m, who, fx, distance.0)
    }

    /// `(fxarithmetic-shift-left fx distance)`
    #[primitive(pure)]
    fn fxarithmetic_shift_left(m: &mut Machine, who: Who, fx: i64, distance: Position) -> Res {
        shift(m, who, fx, distance.0 as i32)
    }

    /// `(fxarithmetic-shift-right fx distance)`
    #[primitive(pure)]
    fn fxarithmetic_shift_right(m: &mut Machine, who: Who, fx: i64, distance: Position) -> Res {
        shift(m, who, fx, -(distance.0 as i32))
    }

    /// `(fxrotate-bit-field fx start end count)`: the bits of the field moved up cyclically.
    #[primitive(pure)]
    fn fxrotate_bit_field(m: &mut Machine, who: Who, fx: i64, start: Position, end: Position, count: Position) -> Res {
        let (start, end) = field(m, who, start, end)?;
        let width = end - start;
        if count.0 > width {
            let irritants = [count.0, start, end].map(|n| Value::fixnum(n as i64));
            return Err(m.assertion(who, "the count exceeds the field's width", &irritants));
        }
        let bits = (fx & mask(start, end)) >> start;
        let rotated = (bits << count.0 | bits >> (width - count.0)) & mask(0, width);
        Ok(Value::fixnum(fx & !mask(start, end) | rotated << start))
    }

    /// `(fxreverse-bit-field fx start end)`: the bits of the field in reverse order.
    #[primitive(pure)]
    fn fxreverse_bit_field(m: &mut Machine, who: Who, fx: i64, start: Position, end: Position) -> Res {
        let (start, end) = field(m, who, start, end)?;
        if start == end {
            return Ok(Value::fixnum(fx));
        }
        let bits = (fx & mask(start, end)) as u64 >> start;
        let reversed = bits.reverse_bits() >> (64 - (end - start)) << start;
        Ok(Value::fixnum(fx & !mask(start, end) | reversed as i64))
    }

    /// `(fx!=? fx …)`: pairwise different; of one, `#f`.
    #[primitive(name = "fx!=?", pure)]
    fn all_different(m: &mut Machine, who: Who, fxs: AtLeast<1>) -> Res {
        operands::all_different::<i64>(m, who, fxs.0)
    }

    /// `(fx= fx1 fx2)`
    #[primitive(name = "fx=", pure)]
    fn is_equal(fx1: i64, fx2: i64) -> Res {
        Ok(Value::boolean(fx1 == fx2))
    }

    /// `(fx!= fx1 fx2)`
    #[primitive(name = "fx!=", pure)]
    fn is_different(fx1: i64, fx2: i64) -> Res {
        Ok(Value::boolean(fx1 != fx2))
    }

    /// `(fx< fx1 fx2)`
    #[primitive(name = "fx<", pure)]
    fn is_less(fx1: i64, fx2: i64) -> Res {
        Ok(Value::boolean(fx1 < fx2))
    }

    /// `(fx<= fx1 fx2)`
    #[primitive(name = "fx<=", pure)]
    fn is_at_most(fx1: i64, fx2: i64) -> Res {
        Ok(Value::boolean(fx1 <= fx2))
    }

    /// `(fx> fx1 fx2)`
    #[primitive(name = "fx>", pure)]
    fn is_greater(fx1: i64, fx2: i64) -> Res {
        Ok(Value::boolean(fx1 > fx2))
    }

    /// `(fx>= fx1 fx2)`
    #[primitive(name = "fx>=", pure)]
    fn is_at_least(fx1: i64, fx2: i64) -> Res {
        Ok(Value::boolean(fx1 >= fx2))
    }

    /// `(fxnonnegative? fx)`
    #[primitive(pure)]
    fn is_fxnonnegative(fx: i64) -> Res {
        Ok(Value::boolean(fx >= 0))
    }

    /// `(fxnonpositive? fx)`
    #[primitive(pure)]
    fn is_fxnonpositive(fx: i64) -> Res {
        Ok(Value::boolean(fx <= 0))
    }

    /// `(fxadd1 fx)`
    #[primitive(pure)]
    fn fxadd1(m: &mut Machine, who: Who, fx: i64) -> Res {
        fixnum(m, who, &[fx], Some(fx + 1))
    }

    /// `(fxsub1 fx)`
    #[primitive(pure)]
    fn fxsub1(m: &mut Machine, who: Who, fx: i64) -> Res {
        fixnum(m, who, &[fx], Some(fx - 1))
    }

    /// `(fxabs fx)`
    #[primitive(pure)]
    fn fxabs(m: &mut Machine, who: Who, fx: i64) -> Res {
        fixnum(m, who, &[fx], Some(fx.abs()))
    }

    /// `(fxsign fx)`: -1, 0 or 1.
    #[primitive(pure)]
    fn fxsign(fx: i64) -> Res {
        Ok(Value::fixnum(fx.signum()))
    }

    /// `(fxquotient fx1 fx2)`: the quotient rounded towards zero.
    #[primitive(pure)]
    fn fxquotient(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        let (q, _) = divide(m, who, fx1, fx2, Truncated)?;
        fixnum(m, who, &[fx1, fx2], Some(q))
    }

    /// `(fxremainder fx1 fx2)`: with the sign of fx1.
    #[primitive(pure)]
    fn fxremainder(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        let (_, r) = divide(m, who, fx1, fx2, Truncated)?;
        fixnum(m, who, &[fx1, fx2], Some(r))
    }

    /// `(fxmodulo fx1 fx2)`: with the sign of fx2.
    #[primitive(pure)]
    fn fxmodulo(m: &mut Machine, who: Who, fx1: i64, fx2: i64) -> Res {
        let (_, r) = divide(m, who, fx1, fx2, Floored)?;
        fixnum(m, who, &[fx1, fx2], Some(r))
    }

    /// `(fxsll fx distance)`: shifted left.
    #[primitive(pure)]
    fn fxsll(m: &mut Machine, who: Who, fx: i64, distance: Position) -> Res {
        shift(m, who, fx, distance.0 as i32)
    }

    /// `(fxsra fx distance)`: shifted right, rounded down.
    #[primitive(pure)]
    fn fxsra(m: &mut Machine, who: Who, fx: i64, distance: Position) -> Res {
        shift(m, who, fx, -(distance.0 as i32))
    }

    /// `(fixnum->string fx)`, `(fixnum->string fx radix)`
    fn fixnum_to_string(m: &mut Machine, who: Who, fx: i64, radix: Option<Radix>) -> Res {
        arithmetic::text(m, who, Value::fixnum(fx), radix.map_or(10, |r| r.0), None)
    }

    /// `(fixnum->char fx)`: the character of that scalar value.
    #[primitive(pure)]
    fn fixnum_to_char(m: &mut Machine, who: Who, fx: i64) -> Res {
        match character(fx) {
            Some(c) => Ok(Value::char(c)),
            None => Err(m.wrong_argument(who, "fx", 1, "a Unicode scalar value", Value::fixnum(fx))),
        }
    }

    /// `(char->fixnum char)`: its scalar value.
    #[primitive(pure)]
    fn char_to_fixnum(char: char) -> Res {
        Ok(Value::fixnum(char as i64))
    }

    /// `(fixnum-in-character-range? fx)`: whether it is a character's scalar value.
    #[primitive(pure)]
    fn is_fixnum_in_character_range(fx: i64) -> Res {
        Ok(Value::boolean(character(fx).is_some()))
    }
}

fn character(fx: i64) -> Option<char> {
    u32::try_from(fx).ok().and_then(char::from_u32)
}
