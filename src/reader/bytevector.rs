//! The bytes that a bytevector literal stands for.
//!
//! Elements are small, so their values are made here from the parsed syntax, without the numerical
//! tower: exact integers by checked 128-bit arithmetic, reals by the standard library. What neither
//! can represent exactly is refused, never rounded twice.

use super::number::{Complex, Exactness, Magnitude, NumberSyntax, Real};

/// The elements of a bytevector literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Element {
    kind: ElementKind,
    /// In bytes; of complex elements the size of each part.
    size: usize,
    order: Order,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ElementKind {
    Unsigned,
    Signed,
    Real,
    Complex,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    /// Of single bytes.
    None,
    Little,
    Big,
    Native,
}

impl Order {
    fn is_big(self) -> bool {
        match self {
            Order::Big => true,
            Order::Native => cfg!(target_endian = "big"),
            Order::None | Order::Little => false,
        }
    }
}

impl Element {
    /// By the letters between `#` and `(`.
    pub(super) fn from_name(name: &str) -> Option<Element> {
        let (kind, rest) = match name.as_bytes() {
            [b'v', b'u', ..] => (ElementKind::Unsigned, &name[2..]),
            [b'v', b's', ..] => (ElementKind::Signed, &name[2..]),
            [b'v', b'f', ..] => (ElementKind::Real, &name[2..]),
            [b'v', b'c', ..] => (ElementKind::Complex, &name[2..]),
            _ => return None,
        };
        let (size, order) = match rest.strip_suffix(['l', 'b', 'n']) {
            Some(size) => (size, &rest[size.len()..]),
            None => (rest, ""),
        };
        let integer = matches!(kind, ElementKind::Unsigned | ElementKind::Signed);
        let size = match (size, integer) {
            ("8", true) => 1,
            ("16", true) => 2,
            ("32", true) => 4,
            ("64", true) | ("8", false) => 8,
            ("4", false) => 4,
            _ => return None,
        };
        let order = match order {
            "l" => Order::Little,
            "b" => Order::Big,
            "n" => Order::Native,
            _ => Order::None,
        };
        ((order == Order::None) == (size == 1)).then_some(Element { kind, size, order })
    }

    pub(super) fn name(self) -> String {
        let (kind, size) = match self.kind {
            ElementKind::Unsigned => ('u', 8 * self.size),
            ElementKind::Signed => ('s', 8 * self.size),
            ElementKind::Real => ('f', self.size),
            ElementKind::Complex => ('c', self.size),
        };
        let order = match self.order {
            Order::None => "",
            Order::Little => "l",
            Order::Big => "b",
            Order::Native => "n",
        };
        format!("v{kind}{size}{order}")
    }

    /// What it can be, in words.
    pub(super) fn takes(self) -> String {
        let bits = 8 * self.size as u32;
        match self.kind {
            ElementKind::Unsigned => {
                format!("the exact integers from 0 to {}", u64::MAX >> (64 - bits))
            }
            ElementKind::Signed => {
                format!("the exact integers from {} to {}", i64::MIN >> (64 - bits), i64::MAX >> (64 - bits))
            }
            ElementKind::Real => "real numbers".into(),
            ElementKind::Complex => "numbers".into(),
        }
    }

    /// Adds the bytes of one element. Answers whether the number can be one.
    pub(super) fn encode(self, number: &NumberSyntax, out: &mut Vec<u8>) -> bool {
        let encoded = match self.kind {
            ElementKind::Unsigned => {
                exact_integer(number).and_then(|n| u64::try_from(n).ok()).filter(|n| n >> (8 * self.size - 1) <= 1)
            }
            ElementKind::Signed => exact_integer(number)
                .and_then(|n| i64::try_from(n).ok())
                .filter(|n| matches!(n >> (8 * self.size - 1), 0 | -1))
                .map(|n| n as u64),
            ElementKind::Real => match number.complex {
                Complex::Real(x) => real(x, number.radix).map(|x| self.float_bits(x)),
                _ => None,
            },
            ElementKind::Complex => {
                let Some((x, y)) = complex(number) else {
                    return false;
                };
                self.put(self.float_bits(x), out);
                Some(self.float_bits(y))
            }
        };
        encoded.is_some_and(|bits| {
            self.put(bits, out);
            true
        })
    }

    fn float_bits(self, x: f64) -> u64 {
        if self.size == 4 { (x as f32).to_bits().into() } else { x.to_bits() }
    }

    fn put(self, bits: u64, out: &mut Vec<u8>) {
        if self.order.is_big() {
            out.extend_from_slice(&bits.to_be_bytes()[8 - self.size..]);
        } else {
            out.extend_from_slice(&bits.to_le_bytes()[..self.size]);
        }
    }
}

/// The value of a number that is an exact integer and not astronomical.
fn exact_integer(number: &NumberSyntax) -> Option<i128> {
    let exact_zero = |x: Real| exact_integer_part(x, number) == Some(0);
    match number.complex {
        Complex::Real(x) => exact_integer_part(x, number),
        Complex::Rectangular(Some(x), y) if exact_zero(y) => exact_integer_part(x, number),
        Complex::Rectangular(None, y) if exact_zero(y) => Some(0),
        Complex::Polar(x, angle) if exact_zero(angle) => exact_integer_part(x, number),
        _ => None,
    }
}

fn exact_integer_part(real: Real, number: &NumberSyntax) -> Option<i128> {
    if number.exactness == Some(Exactness::Inexact) {
        return None;
    }
    let divide = |a: i128, b: i128| (b != 0 && a % b == 0).then(|| a / b);
    let magnitude = match real.magnitude {
        Magnitude::Integer(digits) => integer(digits, number.radix)?,
        Magnitude::Ratio(a, b) => divide(integer(a, number.radix)?, integer(b, number.radix)?)?,
        Magnitude::Decimal { integer: whole, fraction, exponent, .. } if number.exactness == Some(Exactness::Exact) => {
            let digits = format!("{whole}{fraction}");
            let significant = digits.trim_end_matches('0');
            if significant.is_empty() {
                return Some(0);
            }
            let exponent = exponent.map_or(Some(0), |(_, digits)| digits.parse::<i64>().ok())?;
            let dropped = digits.len() as i64 - significant.len() as i64 - fraction.len() as i64;
            let scale = u32::try_from(exponent.checked_add(dropped)?).ok()?;
            integer(significant, 10)?.checked_mul(10_i128.checked_pow(scale)?)?
        }
        _ => return None,
    };
    Some(if real.negative { -magnitude } else { magnitude })
}

fn integer(digits: &str, radix: u32) -> Option<i128> {
    i128::from_str_radix(digits, radix).ok()
}

fn complex(number: &NumberSyntax) -> Option<(f64, f64)> {
    let part = |x| real(x, number.radix);
    match number.complex {
        Complex::Real(x) => Some((part(x)?, 0.0)),
        Complex::Rectangular(x, y) => Some((x.map_or(Some(0.0), part)?, part(y)?)),
        Complex::Polar(x, angle) => {
            let (magnitude, angle) = (part(x)?, part(angle)?);
            Some((magnitude * angle.cos(), magnitude * angle.sin()))
        }
    }
}

fn real(real: Real, radix: u32) -> Option<f64> {
    /// Integers up to this are floats, so that dividing them rounds once.
    const EXACT: i128 = 1 << 53;
    let magnitude = match real.magnitude {
        Magnitude::Integer(digits) if radix == 10 => digits.parse().ok()?,
        Magnitude::Integer(digits) => integer(digits, radix)? as f64,
        Magnitude::Ratio(a, b) => {
            let (a, b) = (integer(a, radix)?, integer(b, radix)?);
            (a <= EXACT && b <= EXACT).then(|| a as f64 / b as f64)?
        }
        Magnitude::Decimal { integer, fraction, exponent, .. } => {
            let exponent = exponent.map_or("0", |(_, digits)| digits);
            format!("{integer}.{fraction}0e{exponent}").parse().ok()?
        }
        Magnitude::Infinity => f64::INFINITY,
        Magnitude::NotANumber => f64::NAN,
    };
    Some(if real.negative { -magnitude } else { magnitude })
}

/// The encodings of `#ve(ENCODING "text")`.
pub(super) const ENCODINGS: [&str; 9] =
    ["ascii", "latin1", "utf8", "utf16be", "utf16le", "utf16n", "hex", "base64", "percent-encoding"];

/// The bytes that a text means in an encoding, or why it has no meaning; none for an unknown
/// encoding.
pub(super) fn encode_text(encoding: &str, text: &str) -> Option<Result<Vec<u8>, &'static str>> {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| Ok(text.encode_utf16().flat_map(bytes).collect());
    Some(match encoding {
        "ascii" if !text.is_ascii() => Err("it has a character beyond U+007F"),
        "ascii" | "utf8" => Ok(text.as_bytes().to_vec()),
        "latin1" => text.chars().map(|c| u8::try_from(c).map_err(|_| "it has a character beyond U+00FF")).collect(),
        "utf16be" => utf16(u16::to_be_bytes),
        "utf16le" => utf16(u16::to_le_bytes),
        "utf16n" => utf16(u16::to_ne_bytes),
        "hex" => hexadecimal(text),
        "base64" => base64(text),
        "percent-encoding" => percent_encoding(text),
        _ => return None,
    })
}

fn hexadecimal(text: &str) -> Result<Vec<u8>, &'static str> {
    if !text.len().is_multiple_of(2) {
        return Err("the number of its digits is odd");
    }
    let digit = |byte: u8| (byte as char).to_digit(16).ok_or("it has a character that is no hexadecimal digit");
    text.as_bytes().chunks_exact(2).map(|pair| Ok((digit(pair[0])? << 4 | digit(pair[1])?) as u8)).collect()
}

fn base64(text: &str) -> Result<Vec<u8>, &'static str> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return Err("its length is not a multiple of four, or it has too much padding");
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in digits.as_bytes().chunks(4) {
        let mut bits: u32 = 0;
        for &byte in group {
            let digit = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return Err("it has a character that is no digit of base 64"),
            };
            bits = bits << 6 | u32::from(digit);
        }
        let whole = group.len() - 1;
        bits <<= 6 * (4 - group.len());
        bytes.extend_from_slice(&bits.to_be_bytes()[1..=whole]);
    }
    Ok(bytes)
}

fn percent_encoding(text: &str) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [a, b, after @ ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
                bytes.push(digit(*a) << 4 | digit(*b));
                rest = after;
            }
            (b'%', _) => return Err("two hexadecimal digits must follow `%`"),
            (b'!'..=b'~', _) => bytes.push(*first),
            _ => return Err("it has a character that must be encoded"),
        }
    }
    Ok(bytes)
}
