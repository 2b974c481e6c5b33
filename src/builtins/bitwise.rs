//! `(rnrs arithmetic bitwise)`: R6RS libraries 11.4.

use super::numeric::*;
use crate::eval::{Machine, Res, Rest};
use crate::heap::Value;
use crate::number::{self, Logic, cost};
use crate::primitives;

fn logic(m: &mut Machine, who: &str, args: &[Value], identity: i64, operation: Binary) -> Res {
    fold::<ExactInteger>(m, who, Value::fixnum(identity), args, operation, cost::linear)
}

/// The bits of one number counted in some way.
fn count(m: &mut Machine, who: &str, v: Value, f: fn(Value) -> number::Result<i64>) -> Res {
    m.charge(cost::linear(v, v))?;
    answer(m, who, &[v], f(v).map(Value::fixnum))
}

/// An operation on a field, in one pass over the number and the field.
fn field(m: &mut Machine, who: &str, args: &[Value], f: impl FnOnce(&mut Machine) -> number::Result) -> Res {
    let number = args.first().map_or(0, |&v| cost::limbs(v));
    let ends = args.iter().skip(1).filter_map(|v| v.as_fixnum()).filter(|&n| n as usize <= number::MAX_BITS);
    m.charge((number + ends.max().unwrap_or(0).max(0) as usize / 64) / 8)?;
    let result = f(m);
    answer(m, who, args, result)
}

fn shift(m: &mut Machine, who: &str, ei: Value, count: Value, args: &[Value]) -> Res {
    m.charge(cost::shift(ei, count))?;
    let result = number::shift(&mut m.heap, ei, count);
    answer(m, who, args, result)
}

primitives! { pub TABLE in "(rnrs arithmetic bitwise)" {
    /// `(bitwise-not ei)`: the complement.
    "bitwise-not" [pure] fn bitwise_not(m, ei: ExactInteger) {
        m.charge(cost::linear(ei.0, ei.0))?;
        let result = number::bitwise_not(&mut m.heap, ei.0);
        answer(m, "bitwise-not", &[ei.0], result)
    }
    /// `(bitwise-and ei …)`
    "bitwise-and" [pure] fn bitwise_and(m, eis: Rest) {
        logic(m, "bitwise-and", &eis, -1, |h, a, b| number::bitwise(h, a, b, Logic::And))
    }
    /// `(bitwise-ior ei …)`
    "bitwise-ior" [pure] fn bitwise_ior(m, eis: Rest) {
        logic(m, "bitwise-ior", &eis, 0, |h, a, b| number::bitwise(h, a, b, Logic::Ior))
    }
    /// `(bitwise-xor ei …)`
    "bitwise-xor" [pure] fn bitwise_xor(m, eis: Rest) {
        logic(m, "bitwise-xor", &eis, 0, |h, a, b| number::bitwise(h, a, b, Logic::Xor))
    }
    /// `(bitwise-if mask a b)`: the bits of a where the mask has ones, those of b where it has zeros.
    "bitwise-if" [pure] fn bitwise_if(m, mask: ExactInteger, a: ExactInteger, b: ExactInteger) {
        m.charge(cost::linear(mask.0, mask.0) + cost::linear(a.0, b.0))?;
        let result = number::bitwise_if(&mut m.heap, mask.0, a.0, b.0);
        answer(m, "bitwise-if", &[mask.0, a.0, b.0], result)
    }
    /// `(bitwise-bit-count ei)`: how many ones; of a negative number, the complement of its complement's count.
    "bitwise-bit-count" [pure] fn bit_count(m, ei: ExactInteger) { count(m, "bitwise-bit-count", ei.0, number::bit_count) }
    /// `(bitwise-length ei)`: how many bits there are without the sign.
    "bitwise-length" [pure] fn length(m, ei: ExactInteger) { count(m, "bitwise-length", ei.0, number::length) }
    /// `(bitwise-first-bit-set ei)`: the position of the lowest one; -1 for zero.
    "bitwise-first-bit-set" [pure] fn first_bit_set(m, ei: ExactInteger) {
        count(m, "bitwise-first-bit-set", ei.0, number::first_bit_set)
    }
    /// `(bitwise-bit-set? ei k)`: whether the bit at position k is one.
    "bitwise-bit-set?" [pure] fn is_bit_set(m, ei: ExactInteger, k: NonNegative) {
        m.charge(cost::linear(ei.0, ei.0))?;
        test(m, "bitwise-bit-set?", &[ei.0, k.0], number::is_bit_set(ei.0, k.0))
    }
    /// `(bitwise-copy-bit ei k bit)`: the number with its bit at position k replaced by 0 or 1.
    "bitwise-copy-bit" [pure] fn copy_bit(m, ei: ExactInteger, k: NonNegative, bit: ExactInteger) {
        let (ei, k, bit) = (ei.0, k.0, bit.0);
        field(m, "bitwise-copy-bit", &[ei, k, bit], |m| number::copy_bit(&mut m.heap, ei, k, bit))
    }
    /// `(bitwise-bit-field ei start end)`: the number that the bits from start to below end are.
    "bitwise-bit-field" [pure] fn bit_field(m, ei: ExactInteger, start: NonNegative, end: NonNegative) {
        let (ei, start, end) = (ei.0, start.0, end.0);
        field(m, "bitwise-bit-field", &[ei, start, end], |m| number::bit_field(&mut m.heap, ei, start, end))
    }
    /// `(bitwise-copy-bit-field to start end from)`: `to` with the bits from start to below end replaced by those of `from`.
    "bitwise-copy-bit-field" [pure] fn copy_bit_field(
        m, to: ExactInteger, start: NonNegative, end: NonNegative, from: ExactInteger,
    ) {
        let (to, start, end, from) = (to.0, start.0, end.0, from.0);
        m.charge(cost::linear(from, from))?;
        field(m, "bitwise-copy-bit-field", &[to, start, end, from], |m| {
            number::copy_bit_field(&mut m.heap, to, start, end, from)
        })
    }
    /// `(bitwise-arithmetic-shift ei count)`: ei · 2^count, rounded down.
    "bitwise-arithmetic-shift" [pure] fn arithmetic_shift(m, ei: ExactInteger, count: ExactInteger) {
        shift(m, "bitwise-arithmetic-shift", ei.0, count.0, &[ei.0, count.0])
    }
    /// `(bitwise-arithmetic-shift-left ei count)`
    "bitwise-arithmetic-shift-left" [pure] fn shift_left(m, ei: ExactInteger, count: NonNegative) {
        shift(m, "bitwise-arithmetic-shift-left", ei.0, count.0, &[ei.0, count.0])
    }
    /// `(bitwise-arithmetic-shift-right ei count)`
    "bitwise-arithmetic-shift-right" [pure] fn shift_right(m, ei: ExactInteger, count: NonNegative) {
        let args = [ei.0, count.0];
        let back = number::negate(&mut m.heap, count.0);
        let back = answer(m, "bitwise-arithmetic-shift-right", &args, back)?;
        shift(m, "bitwise-arithmetic-shift-right", ei.0, back, &args)
    }
    /// `(bitwise-rotate-bit-field ei start end count)`: the bits of the field moved up cyclically.
    "bitwise-rotate-bit-field" [pure] fn rotate_bit_field(
        m, ei: ExactInteger, start: NonNegative, end: NonNegative, count: NonNegative,
    ) {
        let (ei, start, end, count) = (ei.0, start.0, end.0, count.0);
        field(m, "bitwise-rotate-bit-field", &[ei, start, end, count], |m| {
            number::rotate_bit_field(&mut m.heap, ei, start, end, count)
        })
    }
    /// `(bitwise-reverse-bit-field ei start end)`: the bits of the field in reverse order.
    "bitwise-reverse-bit-field" [pure] fn reverse_bit_field(m, ei: ExactInteger, start: NonNegative, end: NonNegative) {
        let (ei, start, end) = (ei.0, start.0, end.0);
        field(m, "bitwise-reverse-bit-field", &[ei, start, end], |m| {
            number::reverse_bit_field(&mut m.heap, ei, start, end)
        })
    }
} }
