//! The grammar of numbers, R6RS 4.2.1 from `<number>` down: recognises, and says what the parts
//! are. Values are made from the parts elsewhere, so there is one grammar for source text, for
//! `read` and for `string->number`.

/// The largest power of ten in an exact number: `#e1e1000000000` would fill the memory.
pub const LARGEST_EXPONENT: i64 = 1_000_000;

/// Whether a prefix asks for an exact or inexact number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exactness {
    /// `#e`
    Exact,
    /// `#i`
    Inexact,
}

/// A number as written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NumberSyntax<'a> {
    /// 2, 8, 10 or 16.
    pub radix: u32,
    /// From the prefix, if there is one.
    pub exactness: Option<Exactness>,
    /// What comes after the prefix.
    pub complex: Complex<'a>,
}

/// `<complex>`
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Complex<'a> {
    /// `x`
    Real(Real<'a>),
    /// `x+yi`, with the real part missing in `+yi`. The imaginary part of `+i` is the integer `1`.
    Rectangular(Option<Real<'a>>, Real<'a>),
    /// `magnitude@angle`
    Polar(Real<'a>, Real<'a>),
}

/// `<real>`
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Real<'a> {
    /// It begins with `-`.
    pub negative: bool,
    /// What comes after the sign.
    pub magnitude: Magnitude<'a>,
}

/// `<ureal>` and `<naninf>`
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Magnitude<'a> {
    /// Digits of the radix; at least one.
    Integer(&'a str),
    /// Numerator and denominator, digits of the radix; at least one each.
    Ratio(&'a str, &'a str),
    /// A number with a point, an exponent or a mantissa width. Radix 10.
    Decimal {
        /// The digits before the point.
        integer: &'a str,
        /// The digits after it. Not both are empty.
        fraction: &'a str,
        /// Marker (in lower case), and digits with their sign.
        exponent: Option<(u8, &'a str)>,
        /// The digits after `|`.
        width: Option<&'a str>,
    },
    /// `inf.0`
    Infinity,
    /// `nan.0`
    NotANumber,
}

/// What an exponent, marker and digits, says; beyond a trillion all are the same.
pub fn power_of_ten(exponent: Option<(u8, &str)>) -> i64 {
    let Some((_, text)) = exponent else { return 0 };
    let digits = text.bytes().filter(u8::is_ascii_digit);
    let size = digits.fold(0, |n: i64, digit| (n * 10 + i64::from(digit - b'0')).min(1_000_000_000_000));
    if text.starts_with('-') { -size } else { size }
}

impl<'a> NumberSyntax<'a> {
    /// The parts of a text that is a number by the grammar; a prefix overrides `radix`.
    pub fn parse(text: &'a str, radix: u32) -> Option<NumberSyntax<'a>> {
        let mut exactness = None;
        let mut prefix_radix = None;
        let mut rest = text;
        while let [b'#', letter, ..] = rest.as_bytes() {
            match letter.to_ascii_lowercase() {
                b'e' if exactness.is_none() => exactness = Some(Exactness::Exact),
                b'i' if exactness.is_none() => exactness = Some(Exactness::Inexact),
                b'b' if prefix_radix.is_none() => prefix_radix = Some(2),
                b'o' if prefix_radix.is_none() => prefix_radix = Some(8),
                b'd' if prefix_radix.is_none() => prefix_radix = Some(10),
                b'x' if prefix_radix.is_none() => prefix_radix = Some(16),
                _ => return None,
            }
            rest = &rest[2..];
        }
        let radix = prefix_radix.unwrap_or(radix);
        let mut cursor = Cursor { text: rest, at: 0, radix };
        let complex = cursor.complex()?;
        (cursor.at == rest.len()).then_some(NumberSyntax { radix, exactness, complex })
    }

    /// Whether there is a number that is written so: none has a denominator of zero, no infinity
    /// or NaN is exact, and no exact number has a power of ten beyond [`LARGEST_EXPONENT`].
    pub fn has_value(&self) -> bool {
        let exact = self.exactness == Some(Exactness::Exact);
        let has_value = |real: Real| match real.magnitude {
            Magnitude::Ratio(_, denominator) => denominator.bytes().any(|digit| digit != b'0'),
            Magnitude::Infinity | Magnitude::NotANumber => !exact,
            Magnitude::Decimal { integer, fraction, exponent, .. } if exact => {
                integer.bytes().chain(fraction.bytes()).all(|digit| digit == b'0')
                    || power_of_ten(exponent).abs() <= LARGEST_EXPONENT
            }
            _ => true,
        };
        match self.complex {
            Complex::Real(x) => has_value(x),
            Complex::Rectangular(x, y) => x.is_none_or(has_value) && has_value(y),
            Complex::Polar(x, y) => has_value(x) && has_value(y),
        }
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
    radix: u32,
}

impl<'a> Cursor<'a> {
    fn complex(&mut self) -> Option<Complex<'a>> {
        let signed = matches!(self.peek(), Some(b'+' | b'-'));
        let first = match self.real() {
            Some(real) => real,
            None => return self.unit_imaginary().map(|y| Complex::Rectangular(None, y)),
        };
        match self.peek() {
            Some(b'i') if signed => {
                self.at += 1;
                Some(Complex::Rectangular(None, first))
            }
            Some(b'@') => {
                self.at += 1;
                Some(Complex::Polar(first, self.real()?))
            }
            Some(b'+' | b'-') => match self.real() {
                Some(imaginary) => self.take(b'i').then_some(Complex::Rectangular(Some(first), imaginary)),
                None => self.unit_imaginary().map(|y| Complex::Rectangular(Some(first), y)),
            },
            _ => Some(Complex::Real(first)),
        }
    }

    /// `+i` or `-i`
    fn unit_imaginary(&mut self) -> Option<Real<'a>> {
        let negative = self.sign()?;
        self.take(b'i').then_some(Real { negative, magnitude: Magnitude::Integer("1") })
    }

    /// A real number; if there is none the cursor stays.
    fn real(&mut self) -> Option<Real<'a>> {
        let start = self.at;
        let sign = self.sign();
        let magnitude = match sign {
            Some(_) => self.not_finite().or_else(|| self.magnitude()),
            None => self.magnitude(),
        };
        if magnitude.is_none() {
            self.at = start;
        }
        Some(Real { negative: sign == Some(true), magnitude: magnitude? })
    }

    /// Whether the sign that stands here, if one does, is `-`.
    fn sign(&mut self) -> Option<bool> {
        let negative = match self.peek() {
            Some(b'-') => true,
            Some(b'+') => false,
            _ => return None,
        };
        self.at += 1;
        Some(negative)
    }

    fn not_finite(&mut self) -> Option<Magnitude<'a>> {
        let word = self.text.as_bytes().get(self.at..self.at + 5)?;
        let magnitude = match word {
            _ if word.eq_ignore_ascii_case(b"inf.0") => Magnitude::Infinity,
            _ if word.eq_ignore_ascii_case(b"nan.0") => Magnitude::NotANumber,
            _ => return None,
        };
        self.at += 5;
        Some(magnitude)
    }

    fn magnitude(&mut self) -> Option<Magnitude<'a>> {
        let integer = self.digits(self.radix);
        if !integer.is_empty() && self.take(b'/') {
            let denominator = self.digits(self.radix);
            return (!denominator.is_empty()).then_some(Magnitude::Ratio(integer, denominator));
        }
        if self.radix != 10 {
            return (!integer.is_empty()).then_some(Magnitude::Integer(integer));
        }
        let point = self.take(b'.');
        let fraction = if point { self.digits(10) } else { "" };
        if integer.is_empty() && fraction.is_empty() {
            return None;
        }
        let exponent = self.exponent()?;
        let width =
            if self.take(b'|') { Some(self.digits(10)).filter(|digits| !digits.is_empty()).map(Some)? } else { None };
        Some(match (point, exponent, width) {
            (false, None, None) => Magnitude::Integer(integer),
            _ => Magnitude::Decimal { integer, fraction, exponent, width },
        })
    }

    /// An exponent, or none; nothing if a marker stands here without digits.
    fn exponent(&mut self) -> Option<Option<(u8, &'a str)>> {
        let Some(marker @ (b'e' | b's' | b'f' | b'd' | b'l')) = self.peek() else {
            return Some(None);
        };
        self.at += 1;
        let start = self.at;
        self.sign();
        let digits = self.digits(10);
        (!digits.is_empty()).then(|| Some((marker, &self.text[start..self.at])))
    }

    fn digits(&mut self, radix: u32) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(|byte| !(byte as char).is_digit(radix)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).map(u8::to_ascii_lowercase)
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }
}
