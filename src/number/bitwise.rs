//! Operations on the two's complement representation of exact integers of any size: `(rnrs arithmetic bitwise)`.

use super::integer::{self, exact_integer, from_big, from_unsigned, reserve_bits};
use super::{MAX_BITS, NumberError, Result, Wanted, is_exact_integer, wrong};
use crate::heap::{Heap, Value};
use dashu_int::ops::{BitTest, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};

const ZERO: Value = Value::fixnum(0);

/// Asks for the memory of an operation on these integers and others of `bits` bits: their copies, masks, the result and
/// what it is put together from.
fn reserve(heap: &mut Heap, operands: &[Value], bits: usize) -> Result<()> {
    const COPIES: usize = 6;
    let bits = operands.iter().fold(bits, |most, &v| most.max(integer::bit_length(v)));
    reserve_bits(heap, bits)?;
    if bits / 64 > 256 {
        heap.reserve_many((bits / 8).saturating_mul(COPIES))?;
    }
    Ok(())
}

/// A two-operand logical operation.
#[derive(Copy, Clone)]
pub enum Logic {
    And,
    Ior,
    Xor,
}

/// `(bitwise-and a b)`, `(bitwise-ior a b)`, `(bitwise-xor a b)`
#[inline]
pub fn bitwise(heap: &mut Heap, a: Value, b: Value, operation: Logic) -> Result {
    if let (Some(x), Some(y)) = (a.as_fixnum(), b.as_fixnum()) {
        return Ok(Value::fixnum(match operation {
            Logic::And => x & y,
            Logic::Ior => x | y,
            Logic::Xor => x ^ y,
        }));
    }
    reserve(heap, &[a, b], 0)?;
    let (x, y) = (exact_integer(a)?, exact_integer(b)?);
    let result = match operation {
        Logic::And => x & y,
        Logic::Ior => x | y,
        Logic::Xor => x ^ y,
    };
    Ok(from_big(heap, &result))
}

/// `(bitwise-not a)`
pub fn bitwise_not(heap: &mut Heap, a: Value) -> Result {
    match a.as_fixnum() {
        Some(n) => Ok(Value::fixnum(!n)),
        None => {
            reserve(heap, &[a], 0)?;
            Ok(from_big(heap, &!exact_integer(a)?))
        }
    }
}

/// `(bitwise-if mask a b)`
pub fn bitwise_if(heap: &mut Heap, mask: Value, a: Value, b: Value) -> Result {
    reserve(heap, &[mask, a, b], 0)?;
    let (m, x, y) = (exact_integer(mask)?, exact_integer(a)?, exact_integer(b)?);
    Ok(from_big(heap, &((&m & x) | (!m & y))))
}

/// The non-negative number whose bits are counted: `n`, or its complement.
fn counted(n: IBig) -> UBig {
    if n.sign() == Sign::Negative { (!n).unsigned_abs() } else { n.unsigned_abs() }
}

/// `(bitwise-bit-count a)`: for a negative one, the complement of its complement's count.
pub fn bit_count(a: Value) -> Result<i64> {
    let n = exact_integer(a)?;
    let negative = n.sign() == Sign::Negative;
    let count = counted(n).count_ones() as i64;
    Ok(if negative { !count } else { count })
}

/// `(bitwise-length a)`
pub fn length(a: Value) -> Result<i64> {
    Ok(counted(exact_integer(a)?).bit_len() as i64)
}

/// `(bitwise-first-bit-set a)`: -1 for zero.
pub fn first_bit_set(a: Value) -> Result<i64> {
    Ok(exact_integer(a)?.trailing_zeros().map_or(-1, |n| n as i64))
}

/// A bit position: none if it lies beyond every integer that fits.
fn position(v: Value) -> Result<Option<usize>> {
    if !is_exact_integer(v) || integer::sign(v) < 0 {
        return wrong(v, Wanted::NonNegativeExactInteger);
    }
    Ok(v.as_fixnum().and_then(|n| usize::try_from(n).ok()).filter(|&n| n <= MAX_BITS))
}

/// Start and end of a field, the end cut to what fits.
fn field(start: Value, end: Value) -> Result<(Option<usize>, Option<usize>)> {
    let (first, last) = (position(start)?, position(end)?);
    if integer::compare(start, end) == std::cmp::Ordering::Greater {
        return Err(NumberError::Wrong(start, Wanted::FieldStart));
    }
    Ok((first, last))
}

/// `(bitwise-bit-set? a k)`
pub fn is_bit_set(a: Value, k: Value) -> Result<bool> {
    let n = exact_integer(a)?;
    Ok(match position(k)? {
        Some(k) => n.bit(k),
        None => n.sign() == Sign::Negative,
    })
}

/// The bits from `start` to `end` as a mask at the bottom; `end - start` was checked to fit.
fn ones(count: usize) -> IBig {
    IBig::from(UBig::ones(count))
}

/// `(bitwise-copy-bit a k bit)`
pub fn copy_bit(heap: &mut Heap, a: Value, k: Value, bit: Value) -> Result {
    reserve(heap, &[a], 0)?;
    let n = exact_integer(a)?;
    let k = position(k)?;
    let set = match bit.as_fixnum() {
        Some(0) => false,
        Some(1) => true,
        _ => return wrong(bit, Wanted::Bit),
    };
    let Some(k) = k else {
        let same = (n.sign() == Sign::Negative) == set;
        return if same { Ok(a) } else { Err(NumberError::TooLarge) };
    };
    if n.bit(k) == set {
        return Ok(a);
    }
    reserve(heap, &[a], k)?;
    let mask = IBig::ONE << k;
    Ok(from_big(heap, &if set { n | mask } else { n & !mask }))
}

/// `(bitwise-bit-field a start end)`
pub fn bit_field(heap: &mut Heap, a: Value, start: Value, end: Value) -> Result {
    reserve(heap, &[a], 0)?;
    let n = exact_integer(a)?;
    let (start, end) = field(start, end)?;
    let Some(bits) = extract(heap, &n, start, end)? else { return Ok(ZERO) };
    Ok(from_unsigned(heap, &bits))
}

/// The bits of a field; none if the field is empty or all zeros beyond the number.
fn extract(heap: &mut Heap, n: &IBig, start: Option<usize>, end: Option<usize>) -> Result<Option<UBig>> {
    let negative = n.sign() == Sign::Negative;
    match (start, end) {
        (Some(start), Some(end)) => {
            let end = if negative { end } else { end.min(n.bit_len()) };
            if end <= start {
                return Ok(None);
            }
            reserve(heap, &[], end - start)?;
            Ok(Some(((n >> start) & ones(end - start)).unsigned_abs()))
        }
        (Some(start), None) if !negative => Ok(Some((n >> start).unsigned_abs())),
        (None, _) if !negative => Ok(None),
        _ => Err(NumberError::TooLarge),
    }
}

/// `n` with the bits from `start` to `end` replaced by the low ones of `from`.
fn replace(heap: &mut Heap, n: IBig, start: usize, end: usize, from: &IBig) -> Result {
    reserve(heap, &[], end.max(n.bit_len()))?;
    let mask = ones(end - start);
    let bits = (from & &mask) << start;
    Ok(from_big(heap, &((n & !(mask << start)) | bits)))
}

/// `(bitwise-copy-bit-field to start end from)`
pub fn copy_bit_field(heap: &mut Heap, to: Value, start: Value, end: Value, from: Value) -> Result {
    reserve(heap, &[to, from], 0)?;
    let (n, source) = (exact_integer(to)?, exact_integer(from)?);
    let (first, last) = field(start, end)?;
    if integer::compare(start, end) == std::cmp::Ordering::Equal {
        return Ok(to);
    }
    let negative = |n: &IBig| n.sign() == Sign::Negative;
    match (first, last) {
        (Some(start), Some(end)) => replace(heap, n, start, end, &source),
        // Up to beyond everything: both must continue with the same bits for ever.
        (Some(start), None) if negative(&n) == negative(&source) => {
            let end = n.bit_len().max(start.saturating_add(source.bit_len())) + 1;
            replace(heap, n, start, end, &source)
        }
        _ => Err(NumberError::TooLarge),
    }
}

/// `(bitwise-arithmetic-shift a count)`: left, or right if the count is negative.
#[inline]
pub fn shift(heap: &mut Heap, a: Value, count: Value) -> Result {
    if let (Some(n), Some(c)) = (a.as_fixnum(), count.as_fixnum()) {
        if c <= 0 {
            return Ok(Value::fixnum(n >> (-c).min(63)));
        }
        if c < 62 && (n << c) >> c == n {
            return Ok(integer::integer(heap, n << c));
        }
    }
    shift_slow(heap, a, count)
}

#[cold]
#[inline(never)]
fn shift_slow(heap: &mut Heap, a: Value, count: Value) -> Result {
    reserve(heap, &[a], 0)?;
    let n = exact_integer(a)?;
    if !is_exact_integer(count) {
        return wrong(count, Wanted::ExactInteger);
    }
    if integer::sign(count) < 0 {
        let distance = count.as_fixnum().map_or(u64::MAX, i64::unsigned_abs);
        return Ok(from_big(heap, &(n >> distance.min(MAX_BITS as u64 + 64) as usize)));
    }
    if n.is_zero() {
        return Ok(a);
    }
    let Some(distance) = position(count)? else { return Err(NumberError::TooLarge) };
    reserve(heap, &[], distance + n.bit_len())?;
    Ok(from_big(heap, &(n << distance)))
}

/// `(bitwise-rotate-bit-field a start end count)`
pub fn rotate_bit_field(heap: &mut Heap, a: Value, start: Value, end: Value, count: Value) -> Result {
    reserve(heap, &[a], 0)?;
    let n = exact_integer(a)?;
    let (first, last) = field(start, end)?;
    position(count)?;
    let (Some(start), Some(end)) = (first, last) else { return Err(NumberError::TooLarge) };
    let width = end - start;
    if width == 0 {
        return Ok(a);
    }
    let rest = super::modulo(heap, count, Value::fixnum(width as i64))?;
    let count = rest.as_fixnum().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    if count == 0 {
        return Ok(a);
    }
    reserve(heap, &[], end.max(n.bit_len()))?;
    let bits = (&n >> start) & ones(width);
    let rotated = ((&bits << count) & ones(width)) | (bits >> (width - count));
    replace(heap, n, start, end, &rotated)
}

/// `(bitwise-reverse-bit-field a start end)`
pub fn reverse_bit_field(heap: &mut Heap, a: Value, start: Value, end: Value) -> Result {
    reserve(heap, &[a], 0)?;
    let n = exact_integer(a)?;
    let (Some(start), Some(end)) = field(start, end)? else { return Err(NumberError::TooLarge) };
    let width = end - start;
    if width == 0 {
        return Ok(a);
    }
    reserve(heap, &[], end.max(n.bit_len()))?;
    let bits = ((&n >> start) & ones(width)).unsigned_abs();
    let mut limbs = vec![0; width.div_ceil(64)];
    for (reversed, &w) in limbs.iter_mut().rev().zip(bits.as_words()) {
        *reversed = w.reverse_bits();
    }
    // Reversed within whole limbs: the field's bits are at the top.
    let reversed = UBig::from_words(&limbs) >> (limbs.len() * 64 - width);
    replace(heap, n, start, end, &IBig::from(reversed))
}
