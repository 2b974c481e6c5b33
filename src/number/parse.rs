//! `string->number`: the number grammar of R6RS 4.2.1, complete and nothing else.
//!
//! Flonums are the nearest to what is written, in every radix; `x|p` is rounded to p bits. What would be an exact
//! number beyond reason (`#e1e1000000000`) is no number, as is a fraction with a zero denominator.

use super::rational::Ratio;
use super::{complex, convert, flonum, integer};
use crate::heap::{Heap, Value};
use dashu_int::{IBig, UBig};

/// Powers of ten up to this exponent are written out for exact numbers.
const MAX_EXPONENT: i64 = 1_000_000;

#[derive(Copy, Clone, PartialEq, Eq)]
enum Exactness {
    Implicit,
    Exact,
    Inexact,
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    radix: u32,
    exactness: Exactness,
}

/// The number that `text` denotes in `radix` (which a prefix may override), or none. Takes time as
/// [`super::cost::parse`] says.
pub fn parse(heap: &mut Heap, text: &str, radix: u32) -> Option<Value> {
    let text = text.as_bytes();
    if radix == 10 {
        if let Some(n) = small_integer(text) {
            return Some(n);
        }
    }
    let mut parser = Parser { text, at: 0, radix, exactness: Exactness::Implicit };
    parser.prefixes()?;
    let number = parser.complex(heap)?;
    (parser.at == text.len()).then_some(number)
}

/// The common case: up to 18 decimal digits, perhaps a sign.
fn small_integer(text: &[u8]) -> Option<Value> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 18 {
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

/// The largest decimal exponent in a text, to estimate the work of reading it.
pub(super) fn largest_exponent(text: &[u8]) -> usize {
    let digits = text.split(|c| !c.is_ascii_digit()).filter(|run| !run.is_empty() && run.len() < 9);
    let numbers = digits.filter_map(|run| std::str::from_utf8(run).ok()?.parse::<usize>().ok());
    numbers.filter(|&n| n as i64 <= MAX_EXPONENT).max().unwrap_or(0)
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).map(u8::to_ascii_lowercase)
    }

    fn accept(&mut self, c: u8) -> bool {
        let found = self.peek() == Some(c);
        self.at += found as usize;
        found
    }

    fn accept_word(&mut self, word: &[u8]) -> bool {
        let found = self.text.get(self.at..self.at + word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word));
        if found {
            self.at += word.len();
        }
        found
    }

    fn at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// At most one radix and one exactness, in any order.
    fn prefixes(&mut self) -> Option<()> {
        let (mut radix_seen, mut exactness_seen) = (false, false);
        while self.accept(b'#') {
            let c = self.peek()?;
            self.at += 1;
            let seen = if matches!(c, b'e' | b'i') { &mut exactness_seen } else { &mut radix_seen };
            if std::mem::replace(seen, true) {
                return None;
            }
            match c {
                b'e' => self.exactness = Exactness::Exact,
                b'i' => self.exactness = Exactness::Inexact,
                b'b' => self.radix = 2,
                b'o' => self.radix = 8,
                b'd' => self.radix = 10,
                b'x' => self.radix = 16,
                _ => return None,
            }
        }
        Some(())
    }

    fn complex(&mut self, heap: &mut Heap) -> Option<Value> {
        let zero = Value::fixnum(0);
        let signed = matches!(self.peek()?, b'+' | b'-');
        if let Some(unit) = self.imaginary_unit(heap) {
            return Some(complex::rectangular(heap, zero, unit));
        }
        let first = self.real(heap)?;
        match self.peek() {
            None => Some(first),
            Some(b'i') if signed => {
                self.at += 1;
                Some(complex::rectangular(heap, zero, first))
            }
            Some(b'@') => {
                self.at += 1;
                let angle = self.real(heap)?;
                let z = complex::make_polar(heap, first, angle).ok()?;
                if self.exactness == Exactness::Exact { convert::exact(heap, z).ok() } else { Some(z) }
            }
            Some(b'+' | b'-') => {
                let second = match self.imaginary_unit(heap) {
                    Some(unit) => unit,
                    None => {
                        let second = self.real(heap)?;
                        if !self.accept(b'i') {
                            return None;
                        }
                        second
                    }
                };
                Some(complex::rectangular(heap, first, second))
            }
            Some(_) => None,
        }
    }

    /// `+i` or `-i` at the end of the text.
    fn imaginary_unit(&mut self, heap: &mut Heap) -> Option<Value> {
        let [sign @ (b'+' | b'-'), b'i' | b'I'] = self.text[self.at..] else { return None };
        self.at += 2;
        let n = if sign == b'-' { -1 } else { 1 };
        Some(if self.exactness == Exactness::Inexact { heap.flonum(n as f64) } else { Value::fixnum(n) })
    }

    /// A real number with or without sign.
    fn real(&mut self, heap: &mut Heap) -> Option<Value> {
        let signed = matches!(self.peek(), Some(b'+' | b'-'));
        let negative = self.peek() == Some(b'-');
        self.at += signed as usize;
        if signed {
            let special = if self.accept_word(b"inf.0") {
                Some(f64::INFINITY)
            } else if self.accept_word(b"nan.0") {
                Some(f64::NAN)
            } else {
                None
            };
            if let Some(x) = special {
                let exact = self.exactness == Exactness::Exact;
                return (!exact).then(|| heap.flonum(if negative && !x.is_nan() { -x } else { x }));
            }
        }
        self.unsigned_real(heap, negative)
    }

    /// The run of digits here, perhaps empty.
    fn digits(&mut self) -> &'a [u8] {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|&c| (c as char).is_digit(self.radix)) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn unsigned_real(&mut self, heap: &mut Heap, negative: bool) -> Option<Value> {
        let start = self.at;
        let whole = self.digits();
        if self.peek() == Some(b'/') {
            self.at += 1;
            let below = self.digits();
            return self.fraction(heap, negative, whole, below);
        }
        if self.radix == 10 && matches!(self.peek(), Some(b'.' | b'e' | b's' | b'f' | b'd' | b'l' | b'|')) {
            return self.decimal(heap, negative, start, whole);
        }
        let n = signed(negative, integer_of(whole, self.radix)?);
        if self.exactness != Exactness::Inexact {
            return Some(integer::from_big(heap, &n));
        }
        self.inexact_ratio(heap, negative, &Ratio { num: n, den: UBig::ONE })
    }

    /// The flonum nearest to an exact number, a zero with its sign.
    fn inexact_ratio(&self, heap: &mut Heap, negative: bool, r: &Ratio) -> Option<Value> {
        let x = flonum::from_ratio(&r.num, &r.den, 0, flonum::PRECISION).abs();
        Some(heap.flonum(if negative { -x } else { x }))
    }

    fn fraction(&mut self, heap: &mut Heap, negative: bool, above: &[u8], below: &[u8]) -> Option<Value> {
        let num = signed(negative, integer_of(above, self.radix)?);
        let den = integer_of(below, self.radix)?;
        if den.is_zero() {
            return None;
        }
        let r = Ratio::reduce(num, den);
        if self.exactness == Exactness::Inexact {
            return self.inexact_ratio(heap, negative, &r);
        }
        r.into_value(heap).ok()
    }

    /// After the whole part: fraction, exponent, mantissa width.
    fn decimal(&mut self, heap: &mut Heap, negative: bool, start: usize, whole: &[u8]) -> Option<Value> {
        let mut fraction: &[u8] = &[];
        if self.accept(b'.') {
            fraction = self.digits();
        }
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mantissa_end = self.at;
        let marker = self.peek().filter(|c| matches!(c, b'e' | b's' | b'f' | b'd' | b'l'));
        let mut exponent = None;
        if marker.is_some() {
            self.at += 1;
            let down = self.peek() == Some(b'-');
            self.at += matches!(self.peek(), Some(b'+' | b'-')) as usize;
            let n = small_number(self.digits())?;
            exponent = Some(if down { -n } else { n });
        }
        let end = self.at;
        let mut width = None;
        if self.accept(b'|') {
            width = Some(small_number(self.digits())?);
        }
        let decimal = Decimal { whole, fraction, exponent: exponent.unwrap_or(0) };
        if self.exactness == Exactness::Exact {
            let r = decimal.exact()?;
            return Ratio { num: if negative { -r.num } else { r.num }, den: r.den }.into_value(heap).ok();
        }
        let x = match width {
            Some(p @ 1..53) => decimal.rounded(p as u32)?,
            _ => {
                let text = std::str::from_utf8(&self.text[start..end]).ok()?;
                match exponent {
                    // Every precision is double, and a marker for another one is foreign to the standard parser.
                    Some(e) if marker != Some(b'e') => format!("{}e{e}", &text[..mantissa_end - start]).parse().ok()?,
                    _ => text.parse().ok()?,
                }
            }
        };
        Some(heap.flonum(if negative { -x } else { x }))
    }
}

/// Digits, and a power of ten.
struct Decimal<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i64,
}

impl Decimal<'_> {
    /// The value, unless it has more digits than is reasonable.
    fn exact(&self) -> Option<Ratio> {
        let digits = [self.whole, self.fraction].concat();
        let n = integer_of(&digits, 10)?;
        if n.is_zero() {
            return Some(Ratio { num: IBig::ZERO, den: UBig::ONE });
        }
        let exponent = self.exponent.saturating_sub(self.fraction.len() as i64);
        if exponent.abs() > MAX_EXPONENT.max(digits.len() as i64) {
            return None;
        }
        let power = UBig::from(10u8).pow(exponent.unsigned_abs() as usize);
        Some(if exponent >= 0 {
            Ratio { num: IBig::from(n * power), den: UBig::ONE }
        } else {
            Ratio::reduce(IBig::from(n), power)
        })
    }

    /// The nearest flonum of `precision` bits.
    fn rounded(&self, precision: u32) -> Option<f64> {
        // Where the first digit that counts stands: beyond these bounds the exact value need not be known.
        let zeros = self.whole.iter().chain(self.fraction).take_while(|&&c| c == b'0').count();
        if zeros == self.whole.len() + self.fraction.len() {
            return Some(0.0);
        }
        let magnitude = self.exponent.saturating_add(self.whole.len() as i64 - zeros as i64);
        if magnitude > 400 {
            return Some(f64::INFINITY);
        }
        if magnitude < -400 {
            return Some(0.0);
        }
        let r = self.exact()?;
        Some(flonum::from_ratio(&r.num, &r.den, 0, precision))
    }
}

/// Digits, checked before, to an integer; none if there are none.
fn integer_of(digits: &[u8], radix: u32) -> Option<UBig> {
    UBig::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

/// Digits to a number for which anything from a trillion on is the same; none if there are none.
fn small_number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    Some(digits.iter().fold(0i64, |n, &c| (n * 10 + (c - b'0') as i64).min(1_000_000_000_000)))
}

fn signed(negative: bool, n: UBig) -> IBig {
    if negative { -IBig::from(n) } else { IBig::from(n) }
}
