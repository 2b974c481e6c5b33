//! `string->number`: text to numbers. The grammar is the reader's; here are the values.
//!
//! Flonums are the nearest to what is written, in every radix; `x|p` is rounded to p bits. What has no value by
//! `NumberSyntax::has_value`, as `1/0` or `#e1e1000000000`, is no number.

use super::rational::Ratio;
use super::{NumberError, Result, complex, convert, flonum, large};
use crate::heap::{Heap, Value};
use crate::reader::{Complex, Exactness, Magnitude, NumberSyntax, Real, power_of_ten};
use dashu_int::{IBig, UBig};

/// The number that `text` denotes in `radix` (2, 8, 10 or 16, which a prefix may override), or none. Takes time as
/// [`super::cost::parse`] says.
pub fn parse(heap: &mut Heap, text: &str, radix: u32) -> Result<Option<Value>> {
    if let Some(n) = small_integer(text.as_bytes(), radix) {
        return Ok(Some(n));
    }
    let Some(number) = NumberSyntax::parse(text, radix) else { return Ok(None) };
    if let Some(x) = plain_flonum(text, &number) {
        return Ok(Some(heap.flonum(x)));
    }
    if number.has_value() { value(heap, &number) } else { Ok(None) }
}

/// The common case: up to 18 decimal digits, perhaps a sign.
fn small_integer(text: &[u8], radix: u32) -> Option<Value> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 18 || radix != 10 {
        return None;
    }
    let mut n = 0i64;
    for &c in digits {
        let d = c.wrapping_sub(b'0');
        if d > 9 {
            return None;
        }
        n = n * 10 + d as i64;
    }
    Some(Value::fixnum(if negative { -n } else { n }))
}

/// The next common case: a decimal without prefix, mantissa width or foreign marker is what the standard parser reads.
fn plain_flonum(text: &str, number: &NumberSyntax) -> Option<f64> {
    match number.complex {
        Complex::Real(Real {
            magnitude: Magnitude::Decimal { exponent: None | Some((b'e', _)), width: None, .. },
            ..
        }) if !text.starts_with('#') => text.parse().ok(),
        _ => None,
    }
}

fn value(heap: &mut Heap, number: &NumberSyntax) -> Result<Option<Value>> {
    match number.complex {
        Complex::Real(x) => real(heap, number, x),
        Complex::Rectangular(re, im) => {
            let re = re.map_or(Ok(Some(Value::fixnum(0))), |x| real(heap, number, x))?;
            let (Some(re), Some(im)) = (re, real(heap, number, im)?) else { return Ok(None) };
            Ok(Some(complex::rectangular(heap, re, im)))
        }
        Complex::Polar(magnitude, angle) => {
            let (Some(m), Some(a)) = (real(heap, number, magnitude)?, real(heap, number, angle)?) else {
                return Ok(None);
            };
            let z = complex::make_polar(heap, m, a)?;
            if number.exactness != Some(Exactness::Exact) {
                return Ok(Some(z));
            }
            match convert::exact(heap, z) {
                Err(NumberError::NoExact(_)) => Ok(None),
                exact => exact.map(Some),
            }
        }
    }
}

fn real(heap: &mut Heap, number: &NumberSyntax, x: Real) -> Result<Option<Value>> {
    let inexact = number.exactness == Some(Exactness::Inexact);
    let flonum = |heap: &mut Heap, size: f64| Ok(Some(heap.flonum(if x.negative { -size } else { size })));
    let exact = match x.magnitude {
        Magnitude::Infinity => return flonum(heap, f64::INFINITY),
        Magnitude::NotANumber => return Ok(Some(heap.flonum(f64::NAN))),
        Magnitude::Integer(digits) => integer_of(heap, digits, number.radix)?.map(whole),
        Magnitude::Ratio(above, below) => {
            let (above, below) = (integer_of(heap, above, number.radix)?, integer_of(heap, below, number.radix)?);
            match (above, below) {
                (Some(above), Some(below)) => Some(Ratio::reduce(heap, IBig::from(above), below)?),
                _ => None,
            }
        }
        Magnitude::Decimal { integer, fraction, exponent, width } => {
            let decimal = Decimal { integer, fraction, exponent: power_of_ten(exponent) };
            if number.exactness != Some(Exactness::Exact) {
                let size = match width.map(|digits| power_of_ten(Some((b'e', digits)))) {
                    Some(precision @ 1..53) => decimal.rounded(heap, precision as u32)?,
                    _ => decimal.text().parse().ok(),
                };
                return size.map_or(Ok(None), |size| flonum(heap, size));
            }
            decimal.exact(heap)?
        }
    };
    let Some(exact) = exact else { return Ok(None) };
    if inexact {
        // The sign of a zero is kept: `#i-0` is -0.0.
        return flonum(heap, flonum::from_ratio(&exact.num, &exact.den, 0, flonum::PRECISION));
    }
    let exact = if x.negative { exact.negate() } else { exact };
    exact.into_value(heap).map(Some)
}

/// Digits, and a power of ten.
struct Decimal<'a> {
    integer: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl Decimal<'_> {
    /// The value. The exponent is no larger than is reasonable.
    fn exact(&self, heap: &mut Heap) -> Result<Option<Ratio>> {
        heap.reserve_many(self.integer.len() + self.fraction.len())?;
        let digits = [self.integer, self.fraction].concat();
        let Some(n) = integer_of(heap, &digits, 10)? else { return Ok(None) };
        if n.is_zero() {
            return Ok(Some(whole(n)));
        }
        let exponent = self.exponent - self.fraction.len() as i64;
        let power = large::pow(heap, &UBig::from(10u8), exponent.unsigned_abs() as usize)?;
        Ok(Some(if exponent >= 0 {
            whole(large::multiply(heap, &n, &power)?)
        } else {
            Ratio::reduce(heap, IBig::from(n), power)?
        }))
    }

    /// The nearest flonum of `precision` bits.
    fn rounded(&self, heap: &mut Heap, precision: u32) -> Result<Option<f64>> {
        let digits = || self.integer.bytes().chain(self.fraction.bytes());
        let zeros = digits().take_while(|&c| c == b'0').count();
        if digits().count() == zeros {
            return Ok(Some(0.0));
        }
        // Where the first digit that counts stands: beyond these bounds the exact value need not be known.
        Ok(match self.exponent + self.integer.len() as i64 - zeros as i64 {
            401.. => Some(f64::INFINITY),
            ..-400 => Some(0.0),
            _ => self.exact(heap)?.map(|r| flonum::from_ratio(&r.num, &r.den, 0, precision)),
        })
    }

    /// As Rust writes it.
    fn text(&self) -> String {
        format!("{}.{}e{}", self.integer, self.fraction, self.exponent)
    }
}

fn whole(n: UBig) -> Ratio {
    Ratio { num: IBig::from(n), den: UBig::ONE }
}

/// Digits of the grammar to an integer.
fn integer_of(heap: &mut Heap, digits: &str, radix: u32) -> Result<Option<UBig>> {
    large::parse(heap, digits, radix)
}

/// The largest power of ten that a text may name, to estimate the work of reading it.
pub(super) fn largest_exponent(text: &[u8]) -> usize {
    let runs = text.split(|c| !c.is_ascii_digit()).filter(|run| !run.is_empty() && run.len() < 8);
    runs.filter_map(|run| std::str::from_utf8(run).ok()?.parse::<usize>().ok()).max().unwrap_or(0).min(1_000_000)
}
