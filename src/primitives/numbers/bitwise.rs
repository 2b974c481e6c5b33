//! `(rnrs arithmetic bitwise)`: R6RS libraries 11.4.

use super::operands::*;
use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::Value;
use crate::number::{self, Logic, cost};
use vicar_macros::primitives;

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

#[primitives]
pub mod procedures {
    use super::*;

    /// `(bitwise-not ei)`: the complement.
    #[primitive(pure)]
    fn bitwise_not(m: &mut Machine, who: Who, ei: ExactInteger) -> Res {
        m.charge(cost::linear(ei.0, ei.0))?;
        let result = number::bitwise_not(&mut m.heap, ei.0);
        answer(m, who, &[ei.0], result)
    }

    /// `(bitwise-and ei …)`
    #[primitive(pure)]
    fn bitwise_and(m: &mut Machine, who: Who, eis: Rest) -> Res {
        logic(m, who, &eis, -1, |h, a, b| number::bitwise(h, a, b, Logic::And))
    }

    /// `(bitwise-ior ei …)`
    #[primitive(pure)]
    fn bitwise_ior(m: &mut Machine, who: Who, eis: Rest) -> Res {
        logic(m, who, &eis, 0, |h, a, b| number::bitwise(h, a, b, Logic::Ior))
    }

    /// `(bitwise-xor ei …)`
    #[primitive(pure)]
    fn bitwise_xor(m: &mut Machine, who: Who, eis: Rest) -> Res {
        logic(m, who, &eis, 0, |h, a, b| number::bitwise(h, a, b, Logic::Xor))
    }

    /// `(bitwise-if mask a b)`: the bits of a where the mask has ones, those of b where it has zeros.
    #[primitive(pure)]
    fn bitwise_if(m: &mut Machine, who: Who, mask: ExactInteger, a: ExactInteger, b: ExactInteger) -> Res {
        m.charge(cost::linear(mask.0, mask.0) + cost::linear(a.0, b.0))?;
        let result = number::bitwise_if(&mut m.heap, mask.0, a.0, b.0);
        answer(m, who, &[mask.0, a.0, b.0], result)
    }

    /// `(bitwise-bit-count ei)`: how many ones; of a negative number, the complement of its complement's count.
    #[primitive(pure)]
    fn bitwise_bit_count(m: &mut Machine, who: Who, ei: ExactInteger) -> Res {
        count(m, who, ei.0, number::bit_count)
    }

    /// `(bitwise-length ei)`: how many bits there are without the sign.
    #[primitive(pure)]
    fn bitwise_length(m: &mut Machine, who: Who, ei: ExactInteger) -> Res {
        count(m, who, ei.0, number::length)
    }

    /// `(bitwise-first-bit-set ei)`: the position of the lowest one; -1 for zero.
    #[primitive(pure)]
    fn bitwise_first_bit_set(m: &mut Machine, who: Who, ei: ExactInteger) -> Res {
        count(m, who, ei.0, number::first_bit_set)
    }

    /// `(bitwise-bit-set? ei k)`: whether the bit at position k is one.
    #[primitive(pure)]
    fn is_bitwise_bit_set(m: &mut Machine, who: Who, ei: ExactInteger, k: NonNegative) -> Res {
        m.charge(cost::linear(ei.0, ei.0))?;
        test(m, who, &[ei.0, k.0], number::is_bit_set(ei.0, k.0))
    }

    /// `(bitwise-copy-bit ei k bit)`: the number with its bit at position k replaced by 0 or 1.
    #[primitive(pure)]
    fn bitwise_copy_bit(m: &mut Machine, who: Who, ei: ExactInteger, k: NonNegative, bit: ExactInteger) -> Res {
        let (ei, k, bit) = (ei.0, k.0, bit.0);
        field(m, who, &[ei, k, bit], |m| number::copy_bit(&mut m.heap, ei, k, bit))
    }

    /// `(bitwise-bit-field ei start end)`: the number that the bits from start to below end are.
    #[primitive(pure)]
    fn bitwise_bit_field(m: &mut Machine, who: Who, ei: ExactInteger, start: NonNegative, end: NonNegative) -> Res {
        let (ei, start, end) = (ei.0, start.0, end.0);
        field(m, who, &[ei, start, end], |m| number::bit_field(&mut m.heap, ei, start, end))
    }

    /// `(bitwise-copy-bit-field to start end from)`: `to` with the bits from start to below end replaced by those of `from`.
    #[primitive(pure)]
    fn bitwise_copy_bit_field(
        m: &mut Machine,
        who: Who,
        to: ExactInteger,
        start: NonNegative,
        end: NonNegative,
        from: ExactInteger,
    ) -> Res {
        let (to, start, end, from) = (to.0, start.0, end.0, from.0);
        m.charge(cost::linear(from, from))?;
        field(m, who, &[to, start, end, from], |m| number::copy_bit_field(&mut m.heap, to, start, end, from))
    }

    /// `(bitwise-arithmetic-shift ei count)`: ei · 2^count, rounded down.
    #[primitive(pure)]
    fn bitwise_arithmetic_shift(m: &mut Machine, who: Who, ei: ExactInteger, count: ExactInteger) -> Res {
        shift(m, who, ei.0, count.0, &[ei.0, count.0])
    }

    /// `(bitwise-arithmetic-shift-left ei count)`
    #[primitive(pure)]
    fn bitwise_arithmetic_shift_left(m: &mut Machine, who: Who, ei: ExactInteger, count: NonNegative) -> Res {
        shift(m, who, ei.0, count.0, &[ei.0, count.0])
    }

    /// `(bitwise-arithmetic-shift-right ei count)`
    #[primitive(pure)]
    fn bitwise_arithmetic_shift_right(m: &mut Machine, who: Who, ei: ExactInteger, count: NonNegative) -> Res {
        let args = [ei.0, count.0];
        let back = number::negate(&mut m.heap, count.0);
        let back = answer(m, who, &args, back)?;
        shift(m, who, ei.0, back, &args)
    }

    /// `(bitwise-rotate-bit-field ei start end count)`: the bits of the field moved up cyclically.
    #[primitive(pure)]
    fn bitwise_rotate_bit_field(
        m: &mut Machine,
        who: Who,
        ei: ExactInteger,
        start: NonNegative,
        end: NonNegative,
        count: NonNegative,
    ) -> Res {
        let (ei, start, end, count) = (ei.0, start.0, end.0, count.0);
        field(m, who, &[ei, start, end, count], |m| number::rotate_bit_field(&mut m.heap, ei, start, end, count))
    }

    /// `(bitwise-reverse-bit-field ei start end)`: the bits of the field in reverse order.
    #[primitive(pure)]
    fn bitwise_reverse_bit_field(
        m: &mut Machine,
        who: Who,
        ei: ExactInteger,
        start: NonNegative,
        end: NonNegative,
    ) -> Res {
        let (ei, start, end) = (ei.0, start.0, end.0);
        field(m, who, &[ei, start, end], |m| number::reverse_bit_field(&mut m.heap, ei, start, end))
    }
}
