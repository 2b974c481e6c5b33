//! Exact integers, fixnum or bignum: out of the heap for computing and back. The slow paths of `arithmetic.rs`.

use super::{NumberError, Result, Wanted, large, limbs, wrong};
use crate::heap::{Bignum, Heap, Value, View};
use dashu_int::ops::{Gcd, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig, Word};
use std::cmp::Ordering;

/// Integers with more bits than this (128 MiB of limbs) are refused as too large: computing with them would take
/// minutes.
pub const MAX_BITS: usize = 1 << 30;

/// Results of fewer limbs are not asked for ahead: the next safepoint accounts for them.
const SMALL_LIMBS: usize = 256;

const _: () = assert!(Word::BITS == 64);

/// The exact integer `n`.
#[inline]
pub fn integer(heap: &mut Heap, n: i64) -> Value {
    match Value::checked_fixnum(n) {
        Some(v) => v,
        None => heap.bignum(n < 0, &[n.unsigned_abs()]),
    }
}

/// The exact integer `n`.
#[inline]
pub fn integer_u64(heap: &mut Heap, n: u64) -> Value {
    from_limbs(heap, false, &[n])
}

/// The exact integer `n`.
pub fn from_i128(heap: &mut Heap, n: i128) -> Value {
    let size = n.unsigned_abs();
    from_limbs(heap, n < 0, &[size as u64, (size >> 64) as u64])
}

/// The exact integer `v` as a machine integer, if it fits.
pub fn to_i128(v: Value) -> Option<i128> {
    if let Some(n) = v.as_fixnum() {
        return Some(n as i128);
    }
    let b = Bignum::from_value(v)?;
    let size = match *b.limbs() {
        [low] => low as u128,
        [low, high] => low as u128 | (high as u128) << 64,
        _ => return None,
    };
    if b.is_negative() { 0i128.checked_sub_unsigned(size) } else { i128::try_from(size).ok() }
}

/// Sign and magnitude of an exact integer; `word` holds the magnitude of a fixnum.
#[inline]
pub(super) fn sign_and_limbs<'a>(
    v: &'a Value,
    bignum: &'a Option<Bignum>,
    word: &'a mut u64,
) -> Option<(bool, &'a [u64])> {
    if let Some(n) = v.as_fixnum() {
        *word = n.unsigned_abs();
        return Some((n < 0, limbs::trimmed(std::slice::from_ref(word))));
    }
    bignum.as_ref().map(|b| (b.is_negative(), b.limbs()))
}

/// The exact integer of that sign and magnitude.
pub fn from_limbs(heap: &mut Heap, negative: bool, limbs: &[u64]) -> Value {
    let limbs = limbs::trimmed(limbs);
    let small = match *limbs {
        [] => Some(0),
        [w] if w <= 1 << 61 => Some(if negative { -(w as i64) } else { w as i64 }),
        _ => None,
    };
    match small.and_then(Value::checked_fixnum) {
        Some(v) => v,
        None => heap.bignum(negative, limbs),
    }
}

/// The integer for computing, if `v` is an exact one.
pub(super) fn big(v: Value) -> Option<IBig> {
    if let Some(n) = v.as_fixnum() {
        return Some(IBig::from(n));
    }
    let b = Bignum::from_value(v)?;
    let sign = if b.is_negative() { Sign::Negative } else { Sign::Positive };
    Some(IBig::from_parts(sign, UBig::from_words(b.limbs())))
}

/// The same, or the error.
pub(super) fn exact_integer(v: Value) -> Result<IBig> {
    match big(v) {
        Some(n) => Ok(n),
        None => wrong(v, Wanted::ExactInteger),
    }
}

/// Back into the heap.
pub(super) fn from_big(heap: &mut Heap, n: &IBig) -> Value {
    let (sign, words) = n.as_sign_words();
    from_limbs(heap, sign == Sign::Negative, words)
}

pub(super) fn from_unsigned(heap: &mut Heap, n: &UBig) -> Value {
    from_limbs(heap, false, n.as_words())
}

#[inline]
pub fn is_exact_integer(v: Value) -> bool {
    v.is_fixnum() || Bignum::from_value(v).is_some()
}

/// Asks for the memory of a result of about `bits` bits, and refuses what is beyond reason.
pub(super) fn reserve_bits(heap: &mut Heap, bits: usize) -> Result<()> {
    if bits > MAX_BITS {
        return Err(NumberError::TooLarge);
    }
    if bits / 64 > SMALL_LIMBS {
        heap.reserve(bits / 8)?;
    }
    Ok(())
}

/// Limbs of an exact integer's magnitude (1 for a fixnum); 0 for what is none.
pub(super) fn length(v: Value) -> usize {
    if v.is_fixnum() { 1 } else { Bignum::from_value(v).map_or(0, |b| b.limbs().len()) }
}

/// -1, 0 or 1 for an exact integer.
pub(super) fn sign(v: Value) -> i64 {
    match v.as_fixnum() {
        Some(n) => n.signum(),
        None => match Bignum::from_value(v) {
            Some(b) if b.is_negative() => -1,
            _ => 1,
        },
    }
}

pub(super) fn is_odd(v: Value) -> bool {
    match v.as_fixnum() {
        Some(n) => n & 1 == 1,
        None => Bignum::from_value(v).is_some_and(|b| b.limbs()[0] & 1 == 1),
    }
}

/// `a + b`, or `a - b` if `negate`, of exact integers.
#[cold]
#[inline(never)]
pub(super) fn add(heap: &mut Heap, a: Value, b: Value, negate: bool) -> Result {
    let (big_a, big_b) = (Bignum::from_value(a), Bignum::from_value(b));
    let (mut word_a, mut word_b) = (0, 0);
    let Some((negative_a, x)) = sign_and_limbs(&a, &big_a, &mut word_a) else { return wrong(a, Wanted::ExactInteger) };
    let Some((negative_b, y)) = sign_and_limbs(&b, &big_b, &mut word_b) else { return wrong(b, Wanted::ExactInteger) };
    let negative_b = negative_b ^ negate;
    let longer = x.len().max(y.len());
    reserve_bits(heap, longer * 64)?;
    Ok(limbs::with_space(longer + 1, |out| {
        let negative = if negative_a == negative_b {
            limbs::add(x, y, out);
            negative_a
        } else if limbs::compare(x, y) == Ordering::Less {
            limbs::subtract(y, x, &mut out[..longer]);
            negative_b
        } else {
            limbs::subtract(x, y, &mut out[..longer]);
            negative_a
        };
        from_limbs(heap, negative, out)
    }))
}

/// `a * b` of exact integers.
#[cold]
#[inline(never)]
pub(super) fn multiply(heap: &mut Heap, a: Value, b: Value) -> Result {
    let (big_a, big_b) = (Bignum::from_value(a), Bignum::from_value(b));
    let (mut word_a, mut word_b) = (0, 0);
    let Some((negative_a, x)) = sign_and_limbs(&a, &big_a, &mut word_a) else { return wrong(a, Wanted::ExactInteger) };
    let Some((negative_b, y)) = sign_and_limbs(&b, &big_b, &mut word_b) else { return wrong(b, Wanted::ExactInteger) };
    let negative = negative_a ^ negative_b;
    reserve_bits(heap, (x.len() + y.len()) * 64)?;
    Ok(match (x, y) {
        ([], _) | (_, []) => Value::fixnum(0),
        (&[word], long) | (long, &[word]) => limbs::with_space(long.len() + 1, |out| {
            limbs::multiply_word(long, word, out);
            from_limbs(heap, negative, out)
        }),
        _ if !large::is_short(x, y) => {
            let product = large::product(heap, x, y)?;
            from_limbs(heap, negative, &product)
        }
        _ => {
            let product = if a == b { UBig::from_words(x).sqr() } else { UBig::from_words(x) * UBig::from_words(y) };
            from_limbs(heap, negative, product.as_words())
        }
    })
}

/// Quotient and remainder of exact integers, truncating; `b` is not zero.
pub(super) fn quotient_remainder(heap: &mut Heap, a: Value, b: Value) -> Result<(Value, Value)> {
    Ok(match (a.as_fixnum(), b.as_fixnum()) {
        // A fixnum quotient leaves the fixnum range at most for least-fixnum / -1, which fits an i64.
        (Some(x), Some(y)) => (integer(heap, x / y), Value::fixnum(x % y)),
        // The smallest bignum may be -least-fixnum.
        (Some(x), None) if length(b) > 1 || x.unsigned_abs() < 1 << 61 => (Value::fixnum(0), a),
        _ => {
            let (Some(x), Some(y)) = (big(a), big(b)) else { return Ok((Value::fixnum(0), a)) };
            let (q, r) = large::div_rem_signed(heap, &x, &y)?;
            (from_big(heap, &q), from_big(heap, &r))
        }
    })
}

/// Greatest common divisor of two magnitudes.
pub(super) fn gcd_unsigned(heap: &mut Heap, a: &UBig, b: &UBig) -> Result<UBig> {
    Ok(if a.is_zero() {
        b.clone()
    } else if b.is_zero() {
        a.clone()
    } else if a.as_words().len().max(b.as_words().len()) < large::LONG {
        a.gcd(b)
    } else {
        large::gcd(heap, a, b)?
    })
}

/// Greatest common divisor of exact integers, not negative.
pub(super) fn gcd(heap: &mut Heap, a: Value, b: Value) -> Result {
    if let (Some(x), Some(y)) = (a.as_fixnum(), b.as_fixnum()) {
        let (mut x, mut y) = (x.unsigned_abs(), y.unsigned_abs());
        while y != 0 {
            (x, y) = (y, x % y);
        }
        return Ok(integer_u64(heap, x));
    }
    let (Some(x), Some(y)) = (big(a), big(b)) else { return Ok(Value::fixnum(0)) };
    let g = gcd_unsigned(heap, &x.unsigned_abs(), &y.unsigned_abs())?;
    Ok(from_unsigned(heap, &g))
}

/// Order of exact integers.
pub(super) fn compare(a: Value, b: Value) -> Ordering {
    let (big_a, big_b) = (Bignum::from_value(a), Bignum::from_value(b));
    match (big_a, big_b) {
        (None, None) => a.as_fixnum().cmp(&b.as_fixnum()),
        (Some(_), None) => sign(a).cmp(&0),
        (None, Some(_)) => 0.cmp(&sign(b)),
        (Some(x), Some(y)) => match (x.is_negative(), y.is_negative()) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => limbs::compare(x.limbs(), y.limbs()),
            (true, true) => limbs::compare(y.limbs(), x.limbs()),
        },
    }
}

/// Number of bits of the magnitude.
pub fn bit_length(v: Value) -> usize {
    match v.as_fixnum() {
        Some(n) => (64 - n.unsigned_abs().leading_zeros()) as usize,
        None => Bignum::from_value(v).map_or(0, |b| {
            let limbs = b.limbs();
            limbs.len() * 64 - limbs[limbs.len() - 1].leading_zeros() as usize
        }),
    }
}

/// An integer from 0 to below `n`, which is positive, from random words.
pub fn random_below(heap: &mut Heap, n: Value, next: &mut dyn FnMut() -> u64) -> Result {
    let bits = bit_length(n);
    reserve_bits(heap, bits)?;
    let limit = exact_integer(n)?.unsigned_abs();
    // Each try succeeds with more than even chance.
    loop {
        let mut limbs: Vec<u64> = (0..bits.div_ceil(64)).map(|_| next()).collect();
        if let Some(top) = limbs.last_mut() {
            *top >>= bits.next_multiple_of(64) - bits;
        }
        let candidate = UBig::from_words(&limbs);
        if candidate < limit {
            return Ok(from_unsigned(heap, &candidate));
        }
    }
}
