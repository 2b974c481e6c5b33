//! Digits of long numbers: the text is halved until its pieces are short.

use super::{Result, add_at, div_rem, multiply, poll, square, words};
use crate::heap::Heap;
use dashu_int::UBig;
use dashu_int::ops::BitTest;
use std::fmt::Write;

/// Digits of a piece that is left to dashu: for radixes that are powers of two the digits of whole limbs.
const PIECE: usize = 64 * 128;

/// The number of `digits`, all of which are digits in `radix`, 2 to 36; none if they are not.
pub fn parse(heap: &mut Heap, digits: &str, radix: u32) -> Result<Option<UBig>> {
    if digits.len() <= 2 * PIECE {
        return Ok(UBig::from_str_radix(digits, radix).ok());
    }
    if !digits.is_ascii() {
        return Ok(None);
    }
    if radix.is_power_of_two() {
        return parse_bits(heap, digits, radix);
    }
    heap.reserve_many(digits.len().saturating_mul(5))?;
    // The powers by which the upper part of a text is multiplied.
    let mut powers = vec![UBig::from(radix).pow(PIECE)];
    while PIECE << powers.len() < digits.len() {
        let next = square(heap, &powers[powers.len() - 1])?;
        powers.push(next);
    }
    parse_halves(heap, digits, radix, &powers)
}

fn parse_halves(heap: &mut Heap, digits: &str, radix: u32, powers: &[UBig]) -> Result<Option<UBig>> {
    let Some((power, rest)) = powers.split_last() else {
        poll(heap)?;
        return Ok(UBig::from_str_radix(digits, radix).ok());
    };
    let lower = PIECE << rest.len();
    if digits.len() <= lower {
        return parse_halves(heap, digits, radix, rest);
    }
    let (high, low) = digits.split_at(digits.len() - lower);
    let (Some(high), Some(low)) = (parse_halves(heap, high, radix, rest)?, parse_halves(heap, low, radix, rest)?)
    else {
        return Ok(None);
    };
    Ok(Some(multiply(heap, &high, power)? + low))
}

/// Pieces of 64 digits are as many limbs as a digit has bits.
fn parse_bits(heap: &mut Heap, digits: &str, radix: u32) -> Result<Option<UBig>> {
    let limbs = PIECE / 64 * radix.ilog2() as usize;
    let length = digits.len().div_ceil(PIECE) * limbs + 1;
    // The words, and the number that is made of them.
    heap.reserve_many(length.saturating_mul(16))?;
    let mut out = words(length)?;
    let (mut rest, mut at) = (digits, 0);
    while !rest.is_empty() {
        poll(heap)?;
        let (high, low) = rest.split_at(rest.len().saturating_sub(PIECE));
        let Ok(piece) = UBig::from_str_radix(low, radix) else { return Ok(None) };
        add_at(&mut out, at, piece.as_words());
        (rest, at) = (high, at + limbs);
    }
    Ok(Some(UBig::from_words(&out)))
}

/// Appends the digits of `n` in `radix`, 2 to 36, until `out` has `most` octets or more.
pub fn print(heap: &mut Heap, n: &UBig, radix: u32, most: usize, out: &mut String) -> Result<()> {
    let radix = radix.clamp(2, 36);
    if n.as_words().len() < 512 {
        append(n, radix, 0, out);
        return Ok(());
    }
    if radix.is_power_of_two() {
        return print_bits(heap, n, radix, most, out);
    }
    heap.reserve_many(n.as_words().len().saturating_mul(112))?;
    let mut powers = vec![UBig::from(radix).pow(PIECE)];
    while powers[powers.len() - 1].as_words().len() * 2 <= n.as_words().len() + 1 {
        let next = square(heap, &powers[powers.len() - 1])?;
        powers.push(next);
    }
    let mut printer = Printer { radix, most, powers };
    printer.halves(heap, n.clone(), printer.powers.len(), false, out)
}

struct Printer {
    radix: u32,
    most: usize,
    powers: Vec<UBig>,
}

impl Printer {
    /// A number below the square of the highest of the first `count` powers, with leading zeros if it is `inner`.
    fn halves(&mut self, heap: &mut Heap, n: UBig, count: usize, inner: bool, out: &mut String) -> Result<()> {
        if out.len() >= self.most {
            return Ok(());
        }
        if count == 0 {
            poll(heap)?;
            append(&n, self.radix, if inner { PIECE } else { 0 }, out);
            return Ok(());
        }
        let (q, r) = div_rem(heap, &n, &self.powers[count - 1])?;
        let has_upper = inner || !q.is_zero();
        if has_upper {
            self.halves(heap, q, count - 1, inner, out)?;
        }
        self.halves(heap, r, count - 1, has_upper, out)
    }
}

/// Each piece is as many limbs as make a whole number of digits.
fn print_bits(heap: &mut Heap, n: &UBig, radix: u32, most: usize, out: &mut String) -> Result<()> {
    let bits = radix.ilog2() as usize;
    let limbs = PIECE / 64 * bits;
    for (i, piece) in n.as_words().chunks(limbs).rev().enumerate() {
        poll(heap)?;
        if out.len() >= most {
            return Ok(());
        }
        append(&UBig::from_words(piece), radix, if i == 0 { 0 } else { PIECE }, out);
    }
    Ok(())
}

/// Appends the decimal digits of `n`, or, if they are many more than `most`, about so many of the first ones: whether
/// there are more. The rest is not converted.
///
/// n is m · 2^e with few leading bits m. It is divided by a power of ten, of which only the leading bits are known
/// either, so that it has some more digits than are wanted; where a bound from below and one from above begin alike, so
/// does n.
pub fn leading_digits(n: &UBig, most: usize, out: &mut String) -> bool {
    if n.as_words().len() <= most / 16 + 4 {
        append(n, 10, 0, out);
        return false;
    }
    // Four bits a digit, and room for what rounding at each squaring takes away.
    let bits = most * 4 + 192;
    let below = Scaled::leading(n, bits);
    let above = Scaled { mantissa: &below.mantissa + 1u8, exponent: below.exponent };
    // log10(2) is about 1233/4096: at most this many digits are dropped, and `most` and a few more are left.
    let digits = (n.bit_len() as u128 * 1233 / 4096) as usize;
    let dropped = digits.saturating_sub(most + 8);
    let (divisor_below, divisor_above) = power_of_ten(dropped, bits);
    let (least, greatest) = (below.quotient(&divisor_above), above.quotient(&divisor_below) + 1u8);
    let (least, greatest) = (least.to_string(), greatest.to_string());
    let alike = least.bytes().zip(greatest.bytes()).take_while(|(a, b)| a == b).count();
    // Where they differ before that, both are close to a number that ends in zeros, and it is shown.
    let shown = if alike >= most { &least } else { &greatest };
    out.push_str(&shown[..most.min(shown.len())]);
    true
}

/// A number known by its leading bits: mantissa · 2^exponent.
struct Scaled {
    mantissa: UBig,
    exponent: usize,
}

impl Scaled {
    /// The leading bits of `n`, rounded down.
    fn leading(n: &UBig, bits: usize) -> Scaled {
        let limbs = n.as_words();
        let above = limbs.len().saturating_sub(bits.div_ceil(64) + 1);
        Scaled { mantissa: UBig::from_words(&limbs[above..]), exponent: above * 64 }
    }

    /// The integral part of the quotient of both, the divisor being the smaller one.
    fn quotient(&self, divisor: &Scaled) -> UBig {
        let (up, down) = (self.exponent, divisor.exponent);
        if up >= down {
            (&self.mantissa << (up - down)) / &divisor.mantissa
        } else {
            &self.mantissa / (&divisor.mantissa << (down - up))
        }
    }
}

/// Bounds of 10^k from below and from above, of about so many bits.
fn power_of_ten(k: usize, bits: usize) -> (Scaled, Scaled) {
    let bits = bits + 64;
    let mut below = Scaled { mantissa: UBig::ONE, exponent: 0 };
    let mut above = Scaled { mantissa: UBig::ONE, exponent: 0 };
    let shortened = |n: Scaled, up: bool| {
        let length = n.mantissa.bit_len();
        if length <= bits {
            return n;
        }
        let drop = length - bits;
        Scaled { mantissa: (n.mantissa >> drop) + up as u8, exponent: n.exponent + drop }
    };
    for bit in (0..usize::BITS - k.leading_zeros()).rev() {
        let factor = if k >> bit & 1 == 1 { 10u8 } else { 1 };
        let step =
            |n: &Scaled, up| shortened(Scaled { mantissa: n.mantissa.sqr() * factor, exponent: n.exponent * 2 }, up);
        (below, above) = (step(&below, false), step(&above, true));
    }
    (below, above)
}

fn append(n: &UBig, radix: u32, width: usize, out: &mut String) {
    let written = match radix {
        10 => write!(out, "{n:0width$}"),
        _ => write!(out, "{:#0width$}", n.in_radix(radix as u8)),
    };
    debug_assert!(written.is_ok(), "writing to a String does not fail");
}
