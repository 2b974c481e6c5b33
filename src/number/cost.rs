//! Estimates of the work that operations on large numbers are, in units of about one procedure call, for callers that
//! charge fuel before they begin. Small numbers cost nothing here: their call is charged for already.

use super::{Number, integer};
use crate::heap::{Kind, Value};

/// Whether it is a number that may have many limbs.
#[inline]
pub fn may_be_long(v: Value) -> bool {
    matches!(v.kind(), Some(Kind::Bignum | Kind::Ratnum | Kind::Compnum))
}

/// Limbs of a number in all.
pub fn limbs(v: Value) -> usize {
    match Number::of(v) {
        Some(Number::Bignum(b)) => b.limbs().len(),
        Some(Number::Ratnum(r)) => integer::length(r.numerator()) + integer::length(r.denominator()),
        Some(Number::Compnum(z)) => limbs(z.real_part()) + limbs(z.imag_part()),
        _ => 0,
    }
}

/// Work in proportion to the sizes: sums, comparisons, logical operations.
#[inline]
pub fn linear(a: Value, b: Value) -> usize {
    if a.is_fixnum() && b.is_fixnum() { 0 } else { (limbs(a) + limbs(b)) / 16 }
}

/// Comparison: of ratios, of their products crosswise.
#[inline]
pub fn compare(a: Value, b: Value) -> usize {
    if a.is_fixnum() && b.is_fixnum() || a.is_flonum() && b.is_flonum() { 0 } else { compare_slow(a, b) }
}

#[cold]
fn compare_slow(a: Value, b: Value) -> usize {
    let ratio = |v| matches!(Number::of(v), Some(Number::Ratnum(_)));
    if ratio(a) || ratio(b) { product(a, b).saturating_mul(2) } else { linear(a, b) }
}

/// `(exact x)`, which may have a thousand bits.
#[inline]
pub fn exact(v: Value) -> usize {
    if v.is_flonum() { 2 } else { 0 }
}

/// Products, quotients, roots: n^1.5 is what the sub-quadratic algorithms need up to some thousand limbs, and n log n with
/// transforms (measured from 64 to 100,000 limbs, a unit being about ten nanoseconds).
#[inline]
pub fn product(a: Value, b: Value) -> usize {
    if a.is_fixnum() && b.is_fixnum() { 0 } else { product_of_limbs(limbs(a), limbs(b)) }
}

/// The same for factors of that many limbs.
pub fn product_of_limbs(a: usize, b: usize) -> usize {
    let (small, large) = (a.min(b), a.max(b));
    large.saturating_mul((small.isqrt() + 1).min(7 * halvings(large)))
}

/// How often a number of limbs can be halved.
fn halvings(limbs: usize) -> usize {
    limbs.max(2).ilog2() as usize
}

/// What needs a greatest common divisor: all arithmetic on ratnums, `gcd`, `lcm`. Quadratic, or, of long numbers, a
/// product for each halving.
pub fn gcd(a: Value, b: Value) -> usize {
    let (a, b) = (limbs(a), limbs(b));
    let long = a.max(b);
    let by_halving = long.saturating_mul(12 * halvings(long) * halvings(long));
    (a.saturating_mul(b) / 16).min(by_halving) + (a + b) / 16
}

/// `(rationalize x tolerance)`: a few operations on all limbs for each partial quotient, which is one for two bits.
pub fn rationalize(x: Value, tolerance: Value) -> usize {
    let one = |v: Value| limbs(v) + v.is_flonum() as usize;
    let n = one(x) + one(tolerance);
    n.saturating_mul(2000 + n.saturating_mul(20))
}

/// One of the four operations, whatever the operands are.
#[inline]
pub fn arithmetic(a: Value, b: Value) -> usize {
    if a.is_fixnum() && b.is_fixnum() || a.is_flonum() && b.is_flonum() { 0 } else { arithmetic_slow(a, b) }
}

#[cold]
fn arithmetic_slow(a: Value, b: Value) -> usize {
    if a.is_flonum() || b.is_flonum() {
        // The other one becomes a flonum.
        return (limbs(a) + limbs(b)) / 4;
    }
    let plain = |v| matches!(Number::of(v), Some(Number::Fixnum(_) | Number::Bignum(_)));
    if plain(a) && plain(b) { product(a, b) } else { gcd(a, b).saturating_add(product(a, b)) }
}

/// Bits of a number's numerators and denominators.
fn bits(v: Value) -> usize {
    match Number::of(v) {
        Some(Number::Ratnum(r)) => bits(r.numerator()) + bits(r.denominator()),
        Some(Number::Compnum(z)) => bits(z.real_part()).max(bits(z.imag_part())),
        _ => integer::bit_length(v),
    }
}

/// `(expt base n)`: a product of half the result's size, and smaller ones. Nothing where [`super::expt`] refuses at once.
pub fn expt(base: Value, n: Value) -> usize {
    match (Number::of(base), n.as_fixnum()) {
        // Squared for each bit of the exponent, and small all the time: the powers of a unit.
        (Some(Number::Compnum(_)), None) => bits(n).saturating_mul(2),
        (_, None) if matches!(Number::of(n), Some(Number::Ratnum(_))) => root(base, n),
        (Some(Number::Flonum(_)), _) | (_, None) | (Some(Number::Fixnum(-1..=1)), _) => limbs(n) / 8 + limbs(base) / 4,
        (kind, Some(n)) => {
            let n = n.unsigned_abs() as usize;
            let least = bits(base).saturating_sub(1).max(1).saturating_mul(n);
            let refused = match kind {
                Some(Number::Compnum(_)) => least / 2 > super::MAX_BITS,
                _ => least > super::MAX_BITS,
            };
            let result = bits(base).saturating_mul(n) / 64;
            if refused { 0 } else { product_of_limbs(result, result) / 4 }
        }
    }
}

/// `(expt base n)` for a fraction `n`: a root, and its power where it is exact.
fn root(base: Value, n: Value) -> usize {
    let Some(Number::Ratnum(n)) = Number::of(n) else { return 0 };
    let parts = (n.numerator().as_fixnum(), n.denominator().as_fixnum());
    let (Some(power), Some(degree)) = parts else { return limbs(base) };
    let (power, degree) = (power.unsigned_abs() as usize, degree.unsigned_abs() as usize);
    // Newton's steps, each of which is a few products.
    let root = product(base, base).saturating_mul(4);
    let bits = (bits(base) / degree.max(1)).saturating_mul(power);
    let limbs = if bits > super::MAX_BITS { 0 } else { bits / 64 };
    root.saturating_add(product_of_limbs(limbs, limbs) / 4).saturating_add(self::limbs(base))
}

/// Exact division, whatever the operands are: `div`, `mod` and their like.
#[inline]
pub fn division(a: Value, b: Value) -> usize {
    if a.is_fixnum() && b.is_fixnum() || a.is_flonum() && b.is_flonum() { 0 } else { division_slow(a, b) }
}

#[cold]
fn division_slow(a: Value, b: Value) -> usize {
    if !a.is_flonum() && !b.is_flonum() {
        return arithmetic_slow(a, b);
    }
    // A flonum is a short fraction.
    let long = if a.is_flonum() { b } else { a };
    match Number::of(long) {
        Some(Number::Ratnum(_)) => gcd(long, long).saturating_add(product(long, long)),
        _ => limbs(long),
    }
}

/// Printing a number, and reading its text: a product for each halving of it.
pub fn print(v: Value) -> usize {
    let n = limbs(v);
    product_of_limbs(n, n).saturating_mul((halvings(n) / 2).max(2))
}

/// Parsing a text of that many characters, without an exponent; see [`super::parse`] for those.
pub fn parse(text: &[u8]) -> usize {
    let n = text.len() / 16;
    let mut cost = text.len() / 16 + product_of_limbs(n, n);
    if text.contains(&b'#') {
        // `#e1e100000` is a power of ten.
        let exponent = super::parse::largest_exponent(text) / 16;
        cost = cost.saturating_add(product_of_limbs(exponent, exponent));
    }
    cost
}

/// Shifting by `count`, to the left as far as that is possible.
pub fn shift(v: Value, count: Value) -> usize {
    let distance = count.as_fixnum().and_then(|n| usize::try_from(n).ok()).filter(|&n| n <= super::MAX_BITS);
    (limbs(v) + distance.unwrap_or(0) / 64) / 16
}

/// `(factorial n)`: about one product of half the result's size.
pub fn factorial(n: Value) -> usize {
    let bits = n.as_fixnum().and_then(|n| super::power::factorial_bits(n as u64)).filter(|&b| b <= super::MAX_BITS);
    let limbs = bits.unwrap_or(0) / 64;
    product_of_limbs(limbs, limbs)
}
