//! What can be wrong with a text, as data and in words. All messages of the reader are in this
//! folder: `lexical` has those about one lexeme, `structure` those about lists and their like.

mod lexical;
mod structure;

use std::fmt;

pub(super) use lexical::*;
pub(super) use structure::*;

use crate::account::HeapFull;
use crate::diagnostics::{Diagnostic, Span};

/// A text that is not the representation of a datum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadError {
    diagnostic: Box<Diagnostic>,
    incomplete: bool,
}

impl ReadError {
    fn new(span: Span, message: impl Into<String>) -> ReadError {
        ReadError { diagnostic: Box::new(Diagnostic::error(span, message)), incomplete: false }
    }

    /// An error because the text ended.
    fn incomplete(span: Span, message: impl Into<String>) -> ReadError {
        ReadError { incomplete: true, ..ReadError::new(span, message) }
    }

    fn incomplete_if(mut self, incomplete: bool) -> ReadError {
        self.incomplete = incomplete;
        self
    }

    fn help(mut self, text: impl Into<String>) -> ReadError {
        self.diagnostic.help.push(text.into());
        self
    }

    fn note(mut self, text: impl Into<String>) -> ReadError {
        self.diagnostic.notes.push(text.into());
        self
    }

    fn label(mut self, span: Span, text: impl Into<String>) -> ReadError {
        self.diagnostic.labels.push((span, text.into()));
        self
    }

    /// Whether the text ended too early: with more of it there might be a datum.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.diagnostic.message
    }

    /// Where it is wrong.
    pub fn span(&self) -> Span {
        self.diagnostic.span
    }

    /// All there is to say about it.
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.diagnostic
    }
}

impl From<ReadError> for Diagnostic {
    fn from(error: ReadError) -> Diagnostic {
        *error.diagnostic
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for ReadError {}

/// Why no datum was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure<E> {
    /// The source has no characters now. What was read is kept: asked again, the reader goes on.
    Source(E),
    /// The text is not the representation of a datum. The reader has forgotten what it read of it.
    Malformed(ReadError),
    /// There is no memory for it. The reader has forgotten what it read of it.
    HeapFull,
}

impl<E> From<HeapFull> for Failure<E> {
    fn from(_: HeapFull) -> Failure<E> {
        Failure::HeapFull
    }
}

/// A piece of source text in a message: short, and without characters that do something.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut quoted = String::from("`");
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST {
            quoted.push('…');
            break;
        }
        match c {
            _ if is_visible(c) || c == ' ' => quoted.push(c),
            _ => quoted.push_str(&format!("\\x{:X};", c as u32)),
        }
    }
    quoted.push('`');
    quoted
}

/// A character in a message.
fn named(c: char) -> String {
    match c {
        '!'..='~' => format!("`{c}`"),
        _ if is_visible(c) => format!("`{c}` (U+{:04X})", c as u32),
        ' ' => "a space".into(),
        '\t' => "a tab".into(),
        '\n' | '\r' => "the end of the line".into(),
        '\0' => "the character NUL (U+0000)".into(),
        _ => format!("the character U+{:04X}", c as u32),
    }
}

/// What comes next, in a message.
fn next_named(next: Option<char>) -> String {
    next.map_or_else(|| "the end of the input".into(), named)
}

/// Whether a character shows itself.
fn is_visible(c: char) -> bool {
    super::chars::is_subsequent(c) || c.is_ascii_graphic() || (!c.is_ascii() && is_punctuation(c))
}

fn is_punctuation(c: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
    c.general_category_group() == GeneralCategoryGroup::Punctuation
}
