//! Flonums: taking `f64`s apart, rounding exact numbers to them, integer division and other functions of `f64` alone.

use super::rational::Ratio;
use dashu_int::ops::{BitTest, DivRem, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig};

/// Bits of a flonum's significand.
pub const PRECISION: u32 = 53;

/// A finite `x` as (negative, m, e): |x| = m · 2^e.
pub fn parts(x: f64) -> (bool, u64, i32) {
    let bits = x.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52 & 0x7ff) as i32 {
        0 => (x.is_sign_negative(), fraction, -1074),
        biased => (x.is_sign_negative(), fraction | 1 << 52, biased - 1075),
    }
}

/// x · 2^n.
pub fn scale(x: f64, n: i64) -> f64 {
    // Two steps reach from the largest to the smallest flonum, and only the last may round.
    let step = n.clamp(-900, 900);
    let rest = (n - step).clamp(-1000, 1000);
    x * power_of_two(step) * power_of_two(rest)
}

/// 2^k, for k from -1074 to 1023.
fn power_of_two(k: i64) -> f64 {
    f64::from_bits(if k >= -1022 { ((k + 1023) as u64) << 52 } else { 1 << (k + 1074) })
}

/// The flonum nearest to m · 2^e, or to slightly more if `sticky` (m has 55 bits at least then); ties to even.
/// At most `precision` bits are kept, which is 1 to 53.
pub fn round(m: u64, sticky: bool, e: i64, precision: u32) -> f64 {
    if m == 0 {
        return 0.0;
    }
    let length = 64 - m.leading_zeros() as i64;
    let top = e + length;
    if top > 1024 {
        return f64::INFINITY;
    }
    // Subnormals have fewer bits: the last one counts 2^-1074.
    let precision = (precision as i64).min(top + 1074);
    if precision < 0 {
        return 0.0;
    }
    let drop = length - precision;
    if drop <= 0 {
        return m as f64 * power_of_two_wide(e);
    }
    let kept = if drop == 64 { 0 } else { m >> drop };
    let rest = m & (u64::MAX >> (64 - drop));
    let half = 1 << (drop - 1);
    let up = rest > half || rest == half && (sticky || kept & 1 == 1);
    (kept + up as u64) as f64 * power_of_two_wide(e + drop)
}

/// 2^k clamped so that the product with an integer that fits the result is exact.
fn power_of_two_wide(k: i64) -> f64 {
    if k > 1023 { f64::INFINITY } else { power_of_two(k.max(-1074)) }
}

/// The highest 64 bits of a magnitude, whether any bit below is set, and their weight.
fn leading_bits(limbs: &[u64]) -> (u64, bool, i64) {
    match *limbs {
        [] => (0, false, 0),
        [w] => (w, false, 0),
        [ref rest @ .., next, last] => {
            let shift = last.leading_zeros();
            let weight = (limbs.len() as i64 - 1) * 64 - shift as i64;
            let m = if shift == 0 { last } else { last << shift | next >> (64 - shift) };
            (m, next << shift != 0 || rest.iter().any(|&w| w != 0), weight)
        }
    }
}

/// The flonum of `precision` bits nearest to the integer with these limbs.
pub(super) fn from_limbs(negative: bool, limbs: &[u64], precision: u32) -> f64 {
    let (m, sticky, e) = leading_bits(limbs);
    let x = round(m, sticky, e, precision);
    if negative { -x } else { x }
}

/// The flonum of `precision` bits nearest to `num / den`, times 2^`weight`.
pub(super) fn from_ratio(num: &IBig, den: &UBig, weight: i64, precision: u32) -> f64 {
    let magnitude = num.unsigned_abs();
    // A quotient of 62 or 63 bits.
    let shift = 62 - (magnitude.bit_len() as i64 - den.bit_len() as i64);
    if weight - shift > 2000 {
        return if num.sign() == Sign::Negative { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    if num.is_zero() || weight - shift < -2000 {
        return if num.sign() == Sign::Negative { -0.0 } else { 0.0 };
    }
    let (q, r) = if shift >= 0 {
        (magnitude << shift as usize).div_rem(den)
    } else {
        magnitude.div_rem(den << (-shift) as usize)
    };
    let m = q.as_words().first().copied().unwrap_or(0);
    let x = round(m, !r.is_zero(), weight - shift, precision);
    if num.sign() == Sign::Negative { -x } else { x }
}

/// The exact value of a finite flonum.
pub(super) fn to_ratio(x: f64) -> Ratio {
    let (negative, m, e) = parts(x);
    let sign = if negative { Sign::Negative } else { Sign::Positive };
    if m == 0 {
        return Ratio { num: IBig::ZERO, den: UBig::ONE };
    }
    let zeros = m.trailing_zeros();
    let (m, e) = (m >> zeros, e + zeros as i32);
    let num = IBig::from_parts(sign, UBig::from(m));
    if e >= 0 {
        Ratio { num: num << e as usize, den: UBig::ONE }
    } else {
        Ratio { num, den: UBig::ONE << (-e) as usize }
    }
}

/// Whether `x` is an integer (infinities and NaN are not).
#[inline]
pub fn is_integer(x: f64) -> bool {
    x.is_finite() && x.trunc() == x
}

/// Whether an integral `x` is odd.
#[inline]
pub fn is_odd(x: f64) -> bool {
    x % 2.0 != 0.0
}

/// Which remainder a division leaves.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Remainder {
    /// `div`: not negative, less than |y|.
    Euclidean,
    /// `div0`: from -|y|/2 inclusive to |y|/2 exclusive.
    Centered,
    /// `quotient`, `remainder`: the sign of x.
    Truncated,
    /// `modulo`: the sign of y.
    Floored,
}

/// The remainder of x by y. The remainder of a truncating division is exact; one addition of y rounds at most once.
pub fn remainder(x: f64, y: f64, kind: Remainder) -> f64 {
    let r = x % y;
    match kind {
        Remainder::Truncated => r,
        Remainder::Floored if r != 0.0 && (r < 0.0) != (y < 0.0) => r + y,
        Remainder::Euclidean if r < 0.0 => r + y.abs(),
        Remainder::Centered if 2.0 * r >= y.abs() => r - y.abs(),
        Remainder::Centered if 2.0 * r < -y.abs() => r + y.abs(),
        // x - q·y, whose zero is positive.
        Remainder::Euclidean | Remainder::Centered => r + 0.0,
        _ => r,
    }
}

/// The integral quotient of x by y, to the nearest flonum.
pub fn quotient(x: f64, y: f64, kind: Remainder) -> f64 {
    let estimate = x / y;
    if !estimate.is_finite() && (x.is_infinite() || x.is_nan() || y == 0.0 || y.is_nan()) {
        return estimate;
    }
    if y.is_infinite() {
        return match kind {
            Remainder::Euclidean if x < 0.0 => -y.signum(),
            Remainder::Floored if x != 0.0 && (x < 0.0) != (y < 0.0) => -1.0,
            _ => estimate,
        };
    }
    if estimate.abs() < (1u64 << 51) as f64 {
        // The quotient is near enough to an integer with bits to spare.
        let q = ((x - x % y) / y).round();
        let up = if y < 0.0 { -1.0 } else { 1.0 };
        let r = x % y;
        return match kind {
            Remainder::Truncated => q,
            Remainder::Floored if r != 0.0 && (r < 0.0) != (y < 0.0) => q - 1.0,
            Remainder::Euclidean if r < 0.0 => q - up,
            Remainder::Centered if 2.0 * r >= y.abs() => q + up,
            Remainder::Centered if 2.0 * r < -y.abs() => q - up,
            _ => q,
        };
    }
    let q = super::division::quotient_of_short(&to_ratio(x), &to_ratio(y), kind);
    let (sign, words) = q.as_sign_words();
    from_limbs(sign == Sign::Negative, words, PRECISION)
}

/// Numerator of x in lowest terms; infinities and NaN are their own.
pub fn numerator(x: f64) -> f64 {
    if is_integer(x) || !x.is_finite() {
        return x;
    }
    let (negative, m, _) = parts(x);
    let n = (m >> m.trailing_zeros()) as f64;
    if negative { -n } else { n }
}

/// Denominator of x in lowest terms; 1.0 for infinities.
pub fn denominator(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if is_integer(x) || x.is_infinite() {
        return 1.0;
    }
    let (_, m, e) = parts(x);
    scale(1.0, -(e as i64 + m.trailing_zeros() as i64))
}
