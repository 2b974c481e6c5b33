//! Messages about data that are made of data.

use super::super::guess::Guess;
use super::{ReadError, quoted};
use crate::diagnostics::Span;

/// What is open, and where.
pub struct Opened {
    /// How it is written: `(`, `#vu8(`.
    pub written: String,
    /// What it is: a list.
    pub noun: &'static str,
    pub span: Span,
    pub closer: char,
}

/// `opened` is never closed, and neither are lists around it: the outermost, and how many.
pub fn unclosed(opened: &Opened, around: Option<(Span, usize)>, guess: Option<Guess>) -> ReadError {
    let noun = opened.noun;
    let closer = opened.closer;
    let mut error = ReadError::incomplete(opened.span, format!("this {noun} is never closed"));
    if let Some((outermost, count)) = around {
        let text = match count {
            1 => "neither is this one around it".into(),
            _ => format!("neither are {count} around it, of which this is the outermost"),
        };
        error = error.label(outermost, text);
    }
    match guess {
        Some(guess) => {
            let mut what = "it";
            if guess.opener != opened.span {
                error = error.label(guess.opener, "this one was probably meant to end earlier");
                what = "another list in it";
            }
            let (shown, closer) = (quoted(&guess.shown), guess.closer);
            error.label(guess.before, "not indented as a part of it").help(format!(
                "by the indentation, {what} was probably meant to end before {shown}: add the missing `{closer}`"
            ))
        }
        None => error.help(format!("add a `{closer}` where it ends")),
    }
}

/// The input ends where a datum must follow.
pub fn missing_datum(prefix: Span, written: &str) -> ReadError {
    ReadError::incomplete(prefix, format!("a datum must follow `{written}`, but the input ends"))
}

pub fn close_after_prefix(close: Span, c: char, prefix: Span, written: &str) -> ReadError {
    ReadError::new(close, format!("a datum must follow `{written}`, but `{c}` does"))
        .label(prefix, "it belongs to this")
}

/// A closing parenthesis too many; `previous` is the datum before it.
pub fn unexpected_close(close: Span, c: char, previous: Option<Span>) -> ReadError {
    let error = ReadError::new(close, format!("there is no open list that this `{c}` could close"));
    match previous {
        Some(datum) => error
            .label(Span { start: datum.end.saturating_sub(1), ..datum }, "what came before is complete here")
            .label(Span { end: datum.start.saturating_add(1), ..datum }, "it began here")
            .help(format!("remove the `{c}`, or look for one too many in what comes before")),
        None => error.help(format!("remove the `{c}`")),
    }
}

/// The wrong closing parenthesis; `outer` is an open list that it would close.
pub fn mismatched_close(close: Span, c: char, opened: &Opened, outer: Option<Span>) -> ReadError {
    let error = ReadError::new(close, format!("`{c}` cannot close what `{}` opened", opened.written))
        .label(opened.span, format!("a `{}` must close this", opened.closer));
    match outer {
        Some(outer) => error
            .label(outer, format!("`{c}` would close this"))
            .help(format!("add the missing `{}` before the `{c}`", opened.closer)),
        None => error.help(format!("write `{}` instead of `{c}`", opened.closer)),
    }
}

/// What is wrong with a dot.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Misplaced {
    Outside,
    First,
    AfterPrefix,
    InVector,
    InBytevector,
}

pub fn misplaced_dot(dot: Span, why: Misplaced) -> ReadError {
    let (message, help) = match why {
        Misplaced::Outside => {
            ("a dot stands outside of any list", "a dot may stand only before the last datum of a list")
        }
        Misplaced::First => {
            ("a dot cannot be the first in a list", "at least one datum must come before it, as in `(a . b)`")
        }
        Misplaced::AfterPrefix => ("a dot stands where a datum must", "a dot is not a datum"),
        Misplaced::InVector => ("a vector has no dot", "leave the dot out"),
        Misplaced::InBytevector => ("a bytevector has no dot", "leave the dot out"),
    };
    ReadError::new(dot, message).help(help)
}

pub fn nothing_after_dot(close: Span, dot: Span) -> ReadError {
    ReadError::new(close, "a datum must follow the dot, but the list ends").label(dot, "the dot")
}

pub fn second_dot(dot: Span, first: Span) -> ReadError {
    ReadError::new(dot, "a second dot in the same list").label(first, "the first one")
}

pub fn excess_after_dot(datum: Span, dot: Span) -> ReadError {
    ReadError::new(datum, "more than one datum follows the dot")
        .label(dot, "the dot")
        .help("the list must end after one datum; leave the dot out, or the rest")
}

// Bytevectors

pub fn not_an_element(span: Span, found: &str, element: &str, takes: &str) -> ReadError {
    ReadError::new(span, format!("{found} cannot be an element of a bytevector `#{element}`"))
        .help(format!("its elements are {takes}"))
}

pub fn encoded_bytevector_syntax(span: Span) -> ReadError {
    ReadError::new(span, "a bytevector from text is written `#ve(ENCODING \"text\")`")
        .help(format!("encodings are {}", super::super::bytevector::ENCODINGS.join(" ")))
}

pub fn not_encodable(span: Span, encoding: &str, why: &str) -> ReadError {
    ReadError::new(span, format!("this text cannot be read as {encoding}: {why}"))
}

// Labels

pub fn undefined_label(span: Span, number: u64) -> ReadError {
    ReadError::new(span, format!("no `#{number}=` comes before this in the same datum"))
}

pub fn label_of_itself(span: Span, number: u64) -> ReadError {
    ReadError::new(span, format!("`#{number}=` labels nothing but a reference to itself"))
}

pub fn duplicate_label(span: Span, first: Span, number: u64) -> ReadError {
    ReadError::new(span, format!("`#{number}=` labels a second datum")).label(first, "the first one")
}

// Directives

pub fn directive_syntax(span: Span) -> ReadError {
    ReadError::new(span, "the only directive in parentheses is `#!(char-names (name . #\\c) …)`")
        .note("the names can then be used in `#\\{name}` and in strings as `\\{name}`")
}
