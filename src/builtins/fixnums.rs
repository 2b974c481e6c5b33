//! `(rnrs arithmetic fixnums)`: R6RS libraries 11.2. A result that is no fixnum raises `&implementation-restriction`.

use super::arithmetic;
use super::numeric::{self, AtLeast, Radix, restriction};
use crate::eval::{Machine, Res, Rest, Single, Stop, make_condition};
use crate::heap::{ConditionType, FIXNUM_MAX, FIXNUM_MIN, Value};
use crate::number::divide_words;
use crate::number::flonum::Remainder::{self, Centered, Euclidean, Floored, Truncated};
use crate::primitives;

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
    numeric::all::<i64>(m, who, 2, rest)?;
    let mut previous = first;
    let all = rest.iter().filter_map(|v| v.as_fixnum()).all(|n| holds(std::mem::replace(&mut previous, n), n));
    Ok(Value::boolean(all))
}

fn fold(m: &mut Machine, who: &str, first: i64, rest: &[Value], f: fn(i64, i64) -> i64) -> Res {
    numeric::all::<i64>(m, who, 2, rest)?;
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

primitives! { pub TABLE in "(rnrs arithmetic fixnums)" {
    /// `(fixnum? obj)`: whether it is an exact integer in the fixnum range.
    "fixnum?" [pure] fn is_fixnum(_m, obj: Value) { Ok(Value::boolean(obj.is_fixnum())) }
    /// `(fixnum-width)`: bits of a fixnum.
    "fixnum-width" [pure] fn fixnum_width(_m) { Ok(Value::fixnum(WIDTH as i64)) }
    /// `(least-fixnum)`
    "least-fixnum" [pure] fn least_fixnum(_m) { Ok(Value::fixnum(FIXNUM_MIN)) }
    /// `(greatest-fixnum)`
    "greatest-fixnum" [pure] fn greatest_fixnum(_m) { Ok(Value::fixnum(FIXNUM_MAX)) }
    /// `(fx=? fx1 fx2 …)`: all equal.
    "fx=?" [pure] fn equal(m, fx: i64, fxs: Rest<1>) { chain(m, "fx=?", fx, &fxs, |a, b| a == b) }
    /// `(fx>? fx1 fx2 …)`: decreasing.
    "fx>?" [pure] fn greater(m, fx: i64, fxs: Rest<1>) { chain(m, "fx>?", fx, &fxs, |a, b| a > b) }
    /// `(fx<? fx1 fx2 …)`: increasing.
    "fx<?" [pure] fn less(m, fx: i64, fxs: Rest<1>) { chain(m, "fx<?", fx, &fxs, |a, b| a < b) }
    /// `(fx>=? fx1 fx2 …)`: not increasing.
    "fx>=?" [pure] fn at_least(m, fx: i64, fxs: Rest<1>) { chain(m, "fx>=?", fx, &fxs, |a, b| a >= b) }
    /// `(fx<=? fx1 fx2 …)`: not decreasing.
    "fx<=?" [pure] fn at_most(m, fx: i64, fxs: Rest<1>) { chain(m, "fx<=?", fx, &fxs, |a, b| a <= b) }
    /// `(fxzero? fx)`
    "fxzero?" [pure] fn is_zero(_m, fx: i64) { Ok(Value::boolean(fx == 0)) }
    /// `(fxpositive? fx)`
    "fxpositive?" [pure] fn is_positive(_m, fx: i64) { Ok(Value::boolean(fx > 0)) }
    /// `(fxnegative? fx)`
    "fxnegative?" [pure] fn is_negative(_m, fx: i64) { Ok(Value::boolean(fx < 0)) }
    /// `(fxodd? fx)`
    "fxodd?" [pure] fn is_odd(_m, fx: i64) { Ok(Value::boolean(fx & 1 == 1)) }
    /// `(fxeven? fx)`
    "fxeven?" [pure] fn is_even(_m, fx: i64) { Ok(Value::boolean(fx & 1 == 0)) }
    /// `(fxmax fx1 fx2 …)`
    "fxmax" [pure] fn max(m, fx: i64, fxs: Rest) { fold(m, "fxmax", fx, &fxs, i64::max) }
    /// `(fxmin fx1 fx2 …)`
    "fxmin" [pure] fn min(m, fx: i64, fxs: Rest) { fold(m, "fxmin", fx, &fxs, i64::min) }
    /// `(fx+ fx1 fx2)`: the sum.
    "fx+" [pure] fn add(m, fx1: i64, fx2: i64) { fixnum(m, "fx+", &[fx1, fx2], Some(fx1 + fx2)) }
    /// `(fx* fx1 fx2)`: the product.
    "fx*" [pure] fn multiply(m, fx1: i64, fx2: i64) { fixnum(m, "fx*", &[fx1, fx2], fx1.checked_mul(fx2)) }
    /// `(fx- fx)`: the negation; `(fx- fx1 fx2)`: the difference.
    "fx-" [pure] fn subtract(m, fx1: i64, fx2: Option<i64>) {
        let difference = fx2.map_or(-fx1, |fx2| fx1 - fx2);
        let second = fx2.map(Value::fixnum);
        let irritants = [Value::fixnum(fx1), second.unwrap_or(Value::FALSE)];
        Value::checked_fixnum(difference).ok_or_else(|| no_difference(m, &irritants[..1 + second.is_some() as usize]))
    }
    /// `(fxdiv fx1 fx2)`: as `div`.
    "fxdiv" [pure] fn div(m, fx1: i64, fx2: i64) {
        let (q, _) = divide(m, "fxdiv", fx1, fx2, Euclidean)?;
        fixnum(m, "fxdiv", &[fx1, fx2], Some(q))
    }
    /// `(fxmod fx1 fx2)`: as `mod`.
    "fxmod" [pure] fn modulus(m, fx1: i64, fx2: i64) {
        let (_, r) = divide(m, "fxmod", fx1, fx2, Euclidean)?;
        fixnum(m, "fxmod", &[fx1, fx2], Some(r))
    }
    /// `(fxdiv-and-mod fx1 fx2)`: both as two values.
    "fxdiv-and-mod" [control] fn div_and_mod(m, fx1: i64, fx2: i64) {
        divide_both(m, "fxdiv-and-mod", fx1, fx2, Euclidean)
    }
    /// `(fxdiv0 fx1 fx2)`: as `div0`.
    "fxdiv0" [pure] fn div0(m, fx1: i64, fx2: i64) {
        let (q, _) = divide(m, "fxdiv0", fx1, fx2, Centered)?;
        fixnum(m, "fxdiv0", &[fx1, fx2], Some(q))
    }
    /// `(fxmod0 fx1 fx2)`: as `mod0`.
    "fxmod0" [pure] fn modulus0(m, fx1: i64, fx2: i64) {
        let (_, r) = divide(m, "fxmod0", fx1, fx2, Centered)?;
        fixnum(m, "fxmod0", &[fx1, fx2], Some(r))
    }
    /// `(fxdiv0-and-mod0 fx1 fx2)`: both as two values.
    "fxdiv0-and-mod0" [control] fn div0_and_mod0(m, fx1: i64, fx2: i64) {
        divide_both(m, "fxdiv0-and-mod0", fx1, fx2, Centered)
    }
    /// `(fx+/carry fx1 fx2 fx3)`: low and high word of fx1 + fx2 + fx3.
    "fx+/carry" [control] fn add_carry(m, fx1: i64, fx2: i64, fx3: i64) {
        carry(m, fx1 as i128 + fx2 as i128 + fx3 as i128)
    }
    /// `(fx-/carry fx1 fx2 fx3)`: low and high word of fx1 - fx2 - fx3.
    "fx-/carry" [control] fn subtract_carry(m, fx1: i64, fx2: i64, fx3: i64) {
        carry(m, fx1 as i128 - fx2 as i128 - fx3 as i128)
    }
    /// `(fx*/carry fx1 fx2 fx3)`: low and high word of fx1 · fx2 + fx3.
    "fx*/carry" [control] fn multiply_carry(m, fx1: i64, fx2: i64, fx3: i64) {
        carry(m, fx1 as i128 * fx2 as i128 + fx3 as i128)
    }
    /// `(fxnot fx)`: the complement.
    "fxnot" [pure] fn not(_m, fx: i64) { Ok(Value::fixnum(!fx)) }
    /// `(fxand fx …)`
    "fxand" [pure] fn and(m, fx: Option<i64>, fxs: Rest) { fold(m, "fxand", fx.unwrap_or(-1), &fxs, |a, b| a & b) }
    /// `(fxior fx …)`
    "fxior" [pure] fn ior(m, fx: Option<i64>, fxs: Rest) { fold(m, "fxior", fx.unwrap_or(0), &fxs, |a, b| a | b) }
    /// `(fxxor fx …)`
    "fxxor" [pure] fn xor(m, fx: Option<i64>, fxs: Rest) { fold(m, "fxxor", fx.unwrap_or(0), &fxs, |a, b| a ^ b) }
    /// `(fxif mask fx1 fx2)`: the bits of fx1 where the mask has ones, those of fx2 where it has zeros.
    "fxif" [pure] fn fxif(_m, mask: i64, fx1: i64, fx2: i64) { Ok(Value::fixnum(mask & fx1 | !mask & fx2)) }
    /// `(fxbit-count fx)`: how many ones; of a negative fixnum, the complement of its complement's count.
    "fxbit-count" [pure] fn bit_count(_m, fx: i64) {
        Ok(Value::fixnum(if fx < 0 { !((!fx).count_ones() as i64) } else { fx.count_ones() as i64 }))
    }
    /// `(fxlength fx)`: how many bits there are without the sign.
    "fxlength" [pure] fn length(_m, fx: i64) {
        Ok(Value::fixnum(64 - (if fx < 0 { !fx } else { fx }).leading_zeros() as i64))
    }
    /// `(fxfirst-bit-set fx)`: the position of the lowest one; -1 for zero.
    "fxfirst-bit-set" [pure] fn first_bit_set(_m, fx: i64) {
        Ok(Value::fixnum(if fx == 0 { -1 } else { fx.trailing_zeros() as i64 }))
    }
    /// `(fxbit-set? fx k)`: whether the bit at position k is one.
    "fxbit-set?" [pure] fn is_bit_set(_m, fx: i64, k: Position) { Ok(Value::boolean(fx >> k.0 & 1 == 1)) }
    /// `(fxcopy-bit fx k bit)`: the fixnum with its bit at position k replaced by 0 or 1.
    "fxcopy-bit" [pure] fn copy_bit(_m, fx: i64, k: Position, bit: Bit) {
        Ok(Value::fixnum(wrap(fx & !(1 << k.0) | bit.0 << k.0)))
    }
    /// `(fxbit-field fx start end)`: the number that the bits from start to below end are.
    "fxbit-field" [pure] fn bit_field(m, fx: i64, start: Position, end: Position) {
        let (start, end) = field(m, "fxbit-field", start, end)?;
        Ok(Value::fixnum((fx & mask(start, end)) >> start))
    }
    /// `(fxcopy-bit-field to start end from)`: `to` with the bits from start to below end replaced by those of `from`.
    "fxcopy-bit-field" [pure] fn copy_bit_field(m, to: i64, start: Position, end: Position, from: i64) {
        let (start, end) = field(m, "fxcopy-bit-field", start, end)?;
        let mask = mask(start, end);
        Ok(Value::fixnum(to & !mask | from << start & mask))
    }
    /// `(fxarithmetic-shift fx distance)`: fx · 2^distance, rounded down.
    "fxarithmetic-shift" [pure] fn arithmetic_shift(m, fx: i64, distance: Distance) {
        shift(m, "fxarithmetic-shift", fx, distance.0)
    }
    /// `(fxarithmetic-shift-left fx distance)`
    "fxarithmetic-shift-left" [pure] fn shift_left(m, fx: i64, distance: Position) {
        shift(m, "fxarithmetic-shift-left", fx, distance.0 as i32)
    }
    /// `(fxarithmetic-shift-right fx distance)`
    "fxarithmetic-shift-right" [pure] fn shift_right(m, fx: i64, distance: Position) {
        shift(m, "fxarithmetic-shift-right", fx, -(distance.0 as i32))
    }
    /// `(fxrotate-bit-field fx start end count)`: the bits of the field moved up cyclically.
    "fxrotate-bit-field" [pure] fn rotate_bit_field(m, fx: i64, start: Position, end: Position, count: Position) {
        let (start, end) = field(m, "fxrotate-bit-field", start, end)?;
        let width = end - start;
        if count.0 > width {
            let irritants = [count.0, start, end].map(|n| Value::fixnum(n as i64));
            return Err(m.assertion("fxrotate-bit-field", "the count exceeds the field's width", &irritants));
        }
        let bits = (fx & mask(start, end)) >> start;
        let rotated = (bits << count.0 | bits >> (width - count.0)) & mask(0, width);
        Ok(Value::fixnum(fx & !mask(start, end) | rotated << start))
    }
    /// `(fxreverse-bit-field fx start end)`: the bits of the field in reverse order.
    "fxreverse-bit-field" [pure] fn reverse_bit_field(m, fx: i64, start: Position, end: Position) {
        let (start, end) = field(m, "fxreverse-bit-field", start, end)?;
        if start == end {
            return Ok(Value::fixnum(fx));
        }
        let bits = (fx & mask(start, end)) as u64 >> start;
        let reversed = bits.reverse_bits() >> (64 - (end - start)) << start;
        Ok(Value::fixnum(fx & !mask(start, end) | reversed as i64))
    }
} }

primitives! { pub VICARE in "(vicare)" {
    /// `(fx!=? fx …)`: pairwise different; of one, `#f`.
    "fx!=?" [pure] fn all_different(m, fxs: AtLeast<1>) { numeric::all_different::<i64>(m, "fx!=?", fxs.0) }
    /// `(fx= fx1 fx2)`
    "fx=" [pure] fn is_equal(_m, fx1: i64, fx2: i64) { Ok(Value::boolean(fx1 == fx2)) }
    /// `(fx!= fx1 fx2)`
    "fx!=" [pure] fn is_different(_m, fx1: i64, fx2: i64) { Ok(Value::boolean(fx1 != fx2)) }
    /// `(fx< fx1 fx2)`
    "fx<" [pure] fn is_less(_m, fx1: i64, fx2: i64) { Ok(Value::boolean(fx1 < fx2)) }
    /// `(fx<= fx1 fx2)`
    "fx<=" [pure] fn is_at_most(_m, fx1: i64, fx2: i64) { Ok(Value::boolean(fx1 <= fx2)) }
    /// `(fx> fx1 fx2)`
    "fx>" [pure] fn is_greater(_m, fx1: i64, fx2: i64) { Ok(Value::boolean(fx1 > fx2)) }
    /// `(fx>= fx1 fx2)`
    "fx>=" [pure] fn is_at_least(_m, fx1: i64, fx2: i64) { Ok(Value::boolean(fx1 >= fx2)) }
    /// `(fxnonnegative? fx)`
    "fxnonnegative?" [pure] fn is_nonnegative(_m, fx: i64) { Ok(Value::boolean(fx >= 0)) }
    /// `(fxnonpositive? fx)`
    "fxnonpositive?" [pure] fn is_nonpositive(_m, fx: i64) { Ok(Value::boolean(fx <= 0)) }
    /// `(fxadd1 fx)`
    "fxadd1" [pure] fn add1(m, fx: i64) { fixnum(m, "fxadd1", &[fx], Some(fx + 1)) }
    /// `(fxsub1 fx)`
    "fxsub1" [pure] fn sub1(m, fx: i64) { fixnum(m, "fxsub1", &[fx], Some(fx - 1)) }
    /// `(fxabs fx)`
    "fxabs" [pure] fn abs(m, fx: i64) { fixnum(m, "fxabs", &[fx], Some(fx.abs())) }
    /// `(fxsign fx)`: -1, 0 or 1.
    "fxsign" [pure] fn sign(_m, fx: i64) { Ok(Value::fixnum(fx.signum())) }
    /// `(fxquotient fx1 fx2)`: the quotient rounded towards zero.
    "fxquotient" [pure] fn quotient(m, fx1: i64, fx2: i64) {
        let (q, _) = divide(m, "fxquotient", fx1, fx2, Truncated)?;
        fixnum(m, "fxquotient", &[fx1, fx2], Some(q))
    }
    /// `(fxremainder fx1 fx2)`: with the sign of fx1.
    "fxremainder" [pure] fn remainder(m, fx1: i64, fx2: i64) {
        let (_, r) = divide(m, "fxremainder", fx1, fx2, Truncated)?;
        fixnum(m, "fxremainder", &[fx1, fx2], Some(r))
    }
    /// `(fxmodulo fx1 fx2)`: with the sign of fx2.
    "fxmodulo" [pure] fn modulo(m, fx1: i64, fx2: i64) {
        let (_, r) = divide(m, "fxmodulo", fx1, fx2, Floored)?;
        fixnum(m, "fxmodulo", &[fx1, fx2], Some(r))
    }
    /// `(fxsll fx distance)`: shifted left.
    "fxsll" [pure] fn sll(m, fx: i64, distance: Position) { shift(m, "fxsll", fx, distance.0 as i32) }
    /// `(fxsra fx distance)`: shifted right, rounded down.
    "fxsra" [pure] fn sra(m, fx: i64, distance: Position) { shift(m, "fxsra", fx, -(distance.0 as i32)) }
    /// `(fixnum->string fx)`, `(fixnum->string fx radix)`
    "fixnum->string" [] fn fixnum_to_string(m, fx: i64, radix: Option<Radix>) {
        arithmetic::text(m, "fixnum->string", Value::fixnum(fx), radix.map_or(10, |r| r.0), None)
    }
    /// `(fixnum->char fx)`: the character of that scalar value.
    "fixnum->char" [pure] fn fixnum_to_char(m, fx: i64) {
        match character(fx) {
            Some(c) => Ok(Value::char(c)),
            None => Err(m.wrong_argument("fixnum->char", "fx", 1, "a Unicode scalar value", Value::fixnum(fx))),
        }
    }
    /// `(char->fixnum char)`: its scalar value.
    "char->fixnum" [pure] fn char_to_fixnum(_m, char: char) { Ok(Value::fixnum(char as i64)) }
    /// `(fixnum-in-character-range? fx)`: whether it is a character's scalar value.
    "fixnum-in-character-range?" [pure] fn is_in_character_range(_m, fx: i64) {
        Ok(Value::boolean(character(fx).is_some()))
    }
} }

fn character(fx: i64) -> Option<char> {
    u32::try_from(fx).ok().and_then(char::from_u32)
}
