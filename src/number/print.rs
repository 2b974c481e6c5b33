//! `number->string`: numbers to text that reads back as the same number.
//!
//! Flonums in decimal have the fewest digits that read back (by `zmij`) and, as R6RS 11.7.4.4 asks, a decimal point;
//! they are laid out without an exponent from 1e-6 to below 1e21. In other radixes, whose syntax has no decimals, they are written as the exact number after `#i`.

use super::{Number, NumberError, flonum, integer, large};
use crate::heap::{Heap, Value};
use dashu_int::ops::UnsignedAbs;
use dashu_int::{Sign, UBig};
use std::fmt::Write;

/// Why a number has no such text.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum PrintError {
    NotANumber,
    /// A precision for an exact number, or in another radix than 10.
    Precision,
    /// It could not be made to the end.
    Failed(NumberError),
}

impl From<NumberError> for PrintError {
    fn from(error: NumberError) -> PrintError {
        PrintError::Failed(error)
    }
}

/// The text of a number in radix 10; of what is no number, nothing. Cannot be stopped: for numbers that are short.
pub fn to_string(v: Value) -> String {
    let mut out = String::new();
    let mut digits = |n: &UBig, _, out: &mut String| {
        let written = write!(out, "{n}");
        debug_assert!(written.is_ok(), "writing to a String does not fail");
        Ok(())
    };
    // A number in radix 10 without precision always has a text.
    let _ = print_with(&mut digits, v, 10, None, &mut out);
    out
}

/// The text of a number in radix 10, or about the first `most` characters of it and `…`: what is not shown is not
/// converted, so that the work depends on `most` alone.
pub fn leading(v: Value, most: usize) -> String {
    let mut out = String::new();
    let mut cut = false;
    let mut digits = |n: &UBig, _, out: &mut String| {
        if !cut {
            cut = large::leading_digits(n, most.saturating_sub(out.len()), out);
        }
        Ok(())
    };
    let _ = print_with(&mut digits, v, 10, None, &mut out);
    if let Some((end, _)) = out.char_indices().nth(most) {
        out.truncate(end);
        cut = true;
    }
    if cut {
        out.push('…');
    }
    out
}

/// Appends the text of `v` in `radix` (2 to 36). With a precision, the parts of an inexact number get a mantissa
/// width: the least that is not below it and reads back.
pub fn print(
    heap: &mut Heap,
    v: Value,
    radix: u32,
    precision: Option<u64>,
    out: &mut String,
) -> Result<(), PrintError> {
    print_with(&mut |n, radix, out| large::print(heap, n, radix, usize::MAX, out), v, radix, precision, out)
}

/// How the digits of a magnitude are written.
type Digits<'a> = &'a mut dyn FnMut(&UBig, u32, &mut String) -> super::Result<()>;

fn print_with(
    digits: Digits,
    v: Value,
    radix: u32,
    precision: Option<u64>,
    out: &mut String,
) -> Result<(), PrintError> {
    let number = Number::of(v).ok_or(PrintError::NotANumber)?;
    let inexact = !super::is_exact(v);
    if precision.is_some() && (!inexact || radix != 10) {
        return Err(PrintError::Precision);
    }
    let Number::Compnum(z) = number else {
        if radix != 10 && v.as_flonum().is_some_and(f64::is_finite) {
            out.push_str("#i");
        }
        print_real(digits, v, radix, precision, out)?;
        return Ok(());
    };
    let (re, im) = (z.real_part(), z.imag_part());
    if radix != 10 && inexact {
        out.push_str("#i");
    }
    if re != Value::fixnum(0) {
        print_real(digits, re, radix, precision, out)?;
    }
    match im.as_fixnum() {
        Some(1) => out.push('+'),
        Some(-1) => out.push('-'),
        _ => {
            let start = out.len();
            print_real(digits, im, radix, precision, out)?;
            if !out[start..].starts_with(['+', '-']) {
                out.insert(start, '+');
            }
        }
    }
    out.push('i');
    Ok(())
}

fn print_real(digits: Digits, v: Value, radix: u32, precision: Option<u64>, out: &mut String) -> super::Result<()> {
    match Number::of(v) {
        Some(Number::Flonum(x)) => {
            print_flonum(x, radix, precision, out);
            Ok(())
        }
        Some(Number::Ratnum(r)) => {
            print_integer(digits, r.numerator(), radix, out)?;
            out.push('/');
            print_integer(digits, r.denominator(), radix, out)
        }
        _ => print_integer(digits, v, radix, out),
    }
}

fn print_integer(digits: Digits, v: Value, radix: u32, out: &mut String) -> super::Result<()> {
    match (v.as_fixnum(), integer::big(v)) {
        (Some(n), _) if radix == 10 => {
            let written = write!(out, "{n}");
            debug_assert!(written.is_ok(), "writing to a String does not fail");
            Ok(())
        }
        (_, Some(n)) => {
            if n.sign() == Sign::Negative {
                out.push('-');
            }
            digits(&n.unsigned_abs(), radix, out)
        }
        (_, None) => Ok(()),
    }
}

/// The text of a flonum.
pub fn print_flonum(x: f64, radix: u32, precision: Option<u64>, out: &mut String) {
    if x.is_nan() {
        out.push_str("+nan.0");
    } else if x.is_infinite() {
        out.push_str(if x > 0.0 { "+inf.0" } else { "-inf.0" });
    } else if radix != 10 {
        if x.is_sign_negative() {
            out.push('-');
        }
        let r = flonum::to_ratio(x.abs());
        let radix = radix.clamp(2, 36) as u8;
        let written = match r.den.is_one() {
            true => write!(out, "{:#}", r.num.in_radix(radix)),
            false => write!(out, "{:#}/{:#}", r.num.in_radix(radix), r.den.in_radix(radix)),
        };
        debug_assert!(written.is_ok(), "writing to a String does not fail");
    } else {
        print_decimal(x, out);
        if let Some(precision) = precision {
            let width = precision.max(least_width(x));
            let written = write!(out, "|{width}");
            debug_assert!(written.is_ok(), "writing to a String does not fail");
        }
    }
}

/// Shortest digits that read back, laid out.
fn print_decimal(x: f64, out: &mut String) {
    if x.is_sign_negative() {
        out.push('-');
    }
    if x == 0.0 {
        out.push_str("0.0");
        return;
    }
    let mut buffer = zmij::Buffer::new();
    let mut digits = [0u8; 24];
    let (count, point) = take_apart(buffer.format_finite(x.abs()).as_bytes(), &mut digits);
    let digits = std::str::from_utf8(&digits[..count]).unwrap_or_default();
    let zeros = |out: &mut String, n: i32| out.extend(std::iter::repeat_n('0', n.max(0) as usize));
    if (1..=21).contains(&point) {
        let whole = (point as usize).min(count);
        out.push_str(&digits[..whole]);
        zeros(out, point - count as i32);
        out.push('.');
        out.push_str(if whole < count { &digits[whole..] } else { "0" });
    } else if (-5..=0).contains(&point) {
        out.push_str("0.");
        zeros(out, -point);
        out.push_str(digits);
    } else {
        out.push_str(&digits[..1]);
        out.push('.');
        out.push_str(if count > 1 { &digits[1..] } else { "0" });
        let written = write!(out, "e{}", point - 1);
        debug_assert!(written.is_ok(), "writing to a String does not fail");
    }
}

/// Digits d of a positive decimal, without zeros at either end, and the point p: 0.ddd · 10^p.
fn take_apart(text: &[u8], digits: &mut [u8; 24]) -> (usize, i32) {
    let (mut count, mut point, mut exponent) = (0, 0, 0);
    let mut fraction = false;
    for (i, &c) in text.iter().enumerate() {
        match c {
            b'0'..=b'9' => {
                if count > 0 || c != b'0' {
                    digits[count] = c;
                    count += 1;
                    point += !fraction as i32;
                } else {
                    point -= fraction as i32;
                }
            }
            b'.' => fraction = true,
            _ => {
                let text = std::str::from_utf8(&text[i + 1..]).unwrap_or_default();
                exponent = text.parse().unwrap_or(0);
                break;
            }
        }
    }
    while count > 1 && digits[count - 1] == b'0' {
        count -= 1;
    }
    (count, point + exponent)
}

/// The fewest bits to which the shortest decimal of `x` can be rounded and give `x`: those of its significand, because
/// that decimal is nearer to `x` than half a unit of any wider rounding.
fn least_width(x: f64) -> u64 {
    match flonum::parts(x).1 {
        0 => 1,
        m => (64 - m.leading_zeros() - m.trailing_zeros()) as u64,
    }
}
