//! Where a list that is never closed was probably meant to end, by its indentation.
//!
//! What begins a line inside a list stands to the right of where the list began; what does not was
//! probably meant to come after the list. The first place like that is the guess, but for lists of
//! which no line is indented, which come last. Lists that were closed are looked at too: the
//! parenthesis that closed one may have been meant for another.
//!
//! Runs only when a text has already failed.

use super::datums::{Datum, DatumId, Datums, Extent};
use crate::diagnostics::Span;

/// A place where a closing parenthesis is probably missing.
#[derive(Clone, PartialEq, Debug)]
pub struct Guess {
    /// The parenthesis that it would close, and with what.
    pub opener: Span,
    pub closer: char,
    /// The datum before which it is missing.
    pub before: Span,
    /// The beginning of that datum, as written.
    pub shown: String,
}

/// How much a place tells, the less the more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    /// It stands to the left of the parenthesis, or lines before it were indented.
    Little,
    /// It stands right under the parenthesis, and so may the whole list.
    Much,
}

/// Lists whose beginning is farther from the start of their line are not looked at.
const FARTHEST: usize = 1000;
/// So much of the datum is shown.
const LONGEST: usize = 200;

/// Guesses from the data that were read since `since`, and the open lists with their data so far.
pub fn guess<'a>(
    text: &str,
    datums: &'a Datums,
    since: Extent,
    open: impl Iterator<Item = (Span, &'a [DatumId])>,
) -> Option<Guess> {
    let closed = datums.since(since).filter_map(|id| match datums.datum(id) {
        Datum::List { items, .. } | Datum::Vector(items) => {
            let span = datums.span(id);
            Some((Span { end: span.start.saturating_add(1), ..span }, items, false))
        }
        _ => None,
    });
    let (_, _, opener, before) = open
        .map(|(span, items)| (span, items, true))
        .chain(closed)
        .filter_map(|(opener, items, open)| {
            let (doubt, before) = first_outside(text, datums, opener, items)?;
            (open || doubt == Doubt::Little).then_some((doubt, before.start, opener, before))
        })
        .min_by_key(|&(doubt, at, ..)| (doubt, at))?;
    let datum = text.get(before.start as usize..before.end as usize)?;
    let shown: String = datum.lines().next().unwrap_or("").chars().take(LONGEST).collect();
    let shown = shown.trim_end().to_string();
    let closer = match text.as_bytes().get(opener.start as usize) {
        Some(b'[') => ']',
        Some(b'{') => '}',
        _ => ')',
    };
    Some(Guess { opener, closer, before: Span { end: before.start + shown.len() as u32, ..before }, shown })
}

/// The first datum of a list that begins a line and is not indented.
fn first_outside(text: &str, datums: &Datums, opener: Span, items: &[DatumId]) -> Option<(Doubt, Span)> {
    let begin_lines = items.iter().map(|&item| datums.span(item)).filter(|span| begins_line(text, span.start));
    let mut begin_lines = begin_lines.peekable();
    begin_lines.peek()?;
    let opening = Indentation::of(text, opener.start)?;
    let before_first = text.get(opener.end as usize..datums.span(*items.first()?).start as usize)?;
    // A list that begins with the next line hangs from the line of its parenthesis.
    let hangs = before_first.contains('\n');
    let least = if hangs { opening.of_line } else { opening.column + 1 };
    let mut indented = false;
    for span in begin_lines {
        let column = Indentation::of(text, span.start)?.column;
        if column < least {
            let doubt = if hangs || indented || column + 1 < least { Doubt::Little } else { Doubt::Much };
            return Some((doubt, span));
        }
        indented = true;
    }
    None
}

/// Whether only blanks come before an offset on its line.
fn begins_line(text: &str, offset: u32) -> bool {
    let before = text.as_bytes().get(..offset as usize).unwrap_or_default();
    let near = &before[before.len().saturating_sub(FARTHEST)..];
    if near.len() < before.len() && near.iter().all(|&byte| byte == b' ' || byte == b'\t') {
        return false;
    }
    let visible = near.iter().rev().find(|&&byte| byte != b' ' && byte != b'\t');
    visible.is_none_or(|&byte| byte == b'\n' || byte == b'\r')
}

struct Indentation {
    /// Characters before it on its line; tabs go to multiples of eight.
    column: usize,
    /// The same of what comes first on the line.
    of_line: usize,
}

impl Indentation {
    /// Of what stands at an offset, unless that is far from the start of its line.
    fn of(text: &str, offset: u32) -> Option<Indentation> {
        let before = text.get(..offset as usize)?;
        let bytes = before.as_bytes();
        let near = &bytes[bytes.len().saturating_sub(FARTHEST)..];
        let line_start = match near.iter().rposition(|&byte| byte == b'\n' || byte == b'\r') {
            Some(ending) => bytes.len() - near.len() + ending + 1,
            None if near.len() == bytes.len() => 0,
            None => return None,
        };
        let line = &before[line_start..];
        let blank = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        Some(Indentation { column: columns(line), of_line: columns(blank) })
    }
}

fn columns(text: &str) -> usize {
    text.chars().fold(0, |column, c| if c == '\t' { column / 8 * 8 + 8 } else { column + 1 })
}
