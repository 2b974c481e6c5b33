//! Where characters come from.

use std::convert::Infallible;

use super::chars::Class;
use super::error::Failure;
use crate::account::Claim;
use crate::diagnostics::{Diagnostic, FileId, Span};

/// A sequence of characters of which the next one can be seen before it is taken.
///
/// A source may fail, also for a time only (a port that must first be filled). The reader then
/// goes back to its last mark, reports the error, and when asked again reads on from there. So a
/// source that can fail keeps what it gave since the last mark.
pub trait CharSource {
    /// Why there is no character.
    type Error;

    /// The next character, which stays; `None` at the end.
    fn peek(&mut self) -> Result<Option<char>, Self::Error>;

    /// Takes the character that `peek` answered.
    fn advance(&mut self);

    /// Where the next character is. In spans it appears as it is here.
    fn offset(&self) -> u64;

    /// The reader will not go back before this place.
    fn mark(&mut self) {}

    /// Goes back to the last mark, or to the start.
    fn rewind(&mut self) {}

    /// Takes characters while they are in a class, and adds them to `out`, for which `claim` pays.
    fn take_while(&mut self, class: Class, out: &mut String, claim: &mut Claim) -> Result<(), Failure<Self::Error>> {
        while let Some(c) = self.peek().map_err(Failure::Source)?.filter(|&c| class.has(c)) {
            claim.grow(out, c.len_utf8())?;
            out.push(c);
            self.advance();
        }
        Ok(())
    }

    /// Takes characters while they are in a class.
    fn skip_while(&mut self, class: Class) -> Result<(), Self::Error> {
        while self.peek()?.is_some_and(|c| class.has(c)) {
            self.advance();
        }
        Ok(())
    }

    /// The whole text that offsets count in, if it is kept: for better error messages.
    fn whole_text(&self) -> Option<&str> {
        None
    }
}

/// A source lent for a while.
impl<S: CharSource + ?Sized> CharSource for &mut S {
    type Error = S::Error;

    fn peek(&mut self) -> Result<Option<char>, S::Error> {
        (**self).peek()
    }

    fn advance(&mut self) {
        (**self).advance();
    }

    fn offset(&self) -> u64 {
        (**self).offset()
    }

    fn mark(&mut self) {
        (**self).mark();
    }

    fn rewind(&mut self) {
        (**self).rewind();
    }

    fn take_while(&mut self, class: Class, out: &mut String, claim: &mut Claim) -> Result<(), Failure<S::Error>> {
        (**self).take_while(class, out, claim)
    }

    fn skip_while(&mut self, class: Class) -> Result<(), S::Error> {
        (**self).skip_while(class)
    }

    fn whole_text(&self) -> Option<&str> {
        (**self).whole_text()
    }
}

/// A text in memory. Offsets count bytes.
pub struct StrSource<'a> {
    text: &'a str,
    at: usize,
    mark: usize,
}

impl<'a> StrSource<'a> {
    /// The characters of `text` from the first on.
    pub fn new(text: &'a str) -> StrSource<'a> {
        StrSource { text, at: 0, mark: 0 }
    }

    /// The bytes from here on that are in a class.
    #[inline]
    fn run(&mut self, class: Class) -> &'a str {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|&byte| !class.has_byte(byte)).unwrap_or(rest.len());
        let run = &self.text[self.at..self.at + length];
        self.at += length;
        run
    }
}

impl CharSource for StrSource<'_> {
    type Error = Infallible;

    #[inline]
    fn peek(&mut self) -> Result<Option<char>, Infallible> {
        Ok(match self.text.as_bytes().get(self.at) {
            Some(&byte) if byte.is_ascii() => Some(byte as char),
            Some(_) => self.text[self.at..].chars().next(),
            None => None,
        })
    }

    #[inline]
    fn advance(&mut self) {
        self.at += match self.text.as_bytes().get(self.at) {
            Some(0..=0x7F) => 1,
            Some(0x80..=0xDF) => 2,
            Some(0xE0..=0xEF) => 3,
            Some(_) => 4,
            None => 0,
        }
    }

    #[inline]
    fn offset(&self) -> u64 {
        self.at as u64
    }

    #[inline]
    fn mark(&mut self) {
        self.mark = self.at;
    }

    fn rewind(&mut self) {
        self.at = self.mark;
    }

    #[inline]
    fn take_while(&mut self, class: Class, out: &mut String, claim: &mut Claim) -> Result<(), Failure<Infallible>> {
        claim.push_str(out, self.run(class))?;
        Ok(())
    }

    #[inline]
    fn skip_while(&mut self, class: Class) -> Result<(), Infallible> {
        self.run(class);
        Ok(())
    }

    fn whole_text(&self) -> Option<&str> {
        Some(self.text)
    }
}

/// A text that is not UTF-8.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvalidUtf8 {
    /// Offset of the first byte that is wrong, in the file and in `shown`.
    pub offset: usize,
    /// That byte.
    pub byte: u8,
    /// The text with U+FFFD in place of what is wrong, to be shown with the message.
    pub shown: String,
    /// The encoding that the first bytes say, if they say another one.
    pub encoding: Option<&'static str>,
}

impl InvalidUtf8 {
    /// What to say about it, of a file with the text `shown`.
    pub fn diagnostic(&self, file: FileId) -> Diagnostic {
        let start = u32::try_from(self.offset).unwrap_or(u32::MAX);
        let end = start.saturating_add(char::REPLACEMENT_CHARACTER.len_utf8() as u32);
        let message = format!("the file is not UTF-8: there is the byte {:02X} here", self.byte);
        let help = match self.encoding {
            Some(encoding) => format!("the file seems to be {encoding}; convert it to UTF-8"),
            None => "convert the file to UTF-8; if it is Latin-1, by `iconv -f latin1 -t utf-8`".to_string(),
        };
        Diagnostic::error(Span::new(file, start, end), message).with_help(help)
    }
}

/// The text that bytes encode, without looking for a byte order mark.
pub fn decode_utf8(bytes: Vec<u8>) -> Result<String, InvalidUtf8> {
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let encoding = match bytes[..] {
            [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Some("UTF-32"),
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some("UTF-16"),
            _ => None,
        };
        InvalidUtf8 { offset, byte: bytes[offset], shown: String::from_utf8_lossy(&bytes).into_owned(), encoding }
    })
}
