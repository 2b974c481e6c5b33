//! Where a list that is never closed was probably meant to end, by its indentation.
//!
//! What begins a line inside a list stands to the right of where the list began; what does not was
//! probably meant to come after the list. The first place like that is the guess, and a list whose
//! earlier lines were indented counts before one that was never indented at all. Lists that were
//! closed are looked at too: the parenthesis that closed one may have been meant for another.
//!
//! Runs only when a text has already failed.

use super::datums::{Datum, DatumId, Datums, Extent};
use crate::diagnostics::Span;

/// A place where a closing parenthesis is probably missing.
#[derive(Clone, PartialEq, Debug)]
pub struct Guess {
    /// The parenthesis that it would close.
    pub opener: Span,
    /// The datum before which it is missing.
    pub before: Span,
    /// The beginning of that datum, as written.
    pub shown: String,
}

/// How much a place tells, the less the more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doubt {
    /// Lines before it were indented, this one is not.
    Dedented,
    /// No line was indented, this one stands to the left of the parenthesis.
    ToTheLeft,
    /// No line was indented.
    Flat,
}

/// Lists whose beginning is farther from the start of their line are not looked at.
const FARTHEST: usize = 1000;

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
            (open || doubt != Doubt::Flat).then_some((doubt, before.start, opener, before))
        })
        .min_by_key(|&(doubt, at, ..)| (doubt, at))?;
    let rest = text.get(before.start as usize..)?;
    let shown = rest.lines().next().unwrap_or("").trim_end().to_string();
    Some(Guess { opener, before: Span { end: before.start + shown.len() as u32, ..before }, shown })
}

/// The first datum of a list that begins a line and is not indented.
fn first_outside(text: &str, datums: &Datums, opener: Span, items: &[DatumId]) -> Option<(Doubt, Span)> {
    let first = datums.span(*items.first()?);
    let opening = Indentation::of(text, opener.start)?;
    let between = text.get(opener.end as usize..first.start as usize)?;
    // A list that continues on the next line hangs from the line that it began on.
    let limit = if between.contains('\n') { opening.of_line } else { opening.column };
    let mut indented = false;
    for item in items {
        let span = datums.span(*item);
        let Some(at) = Indentation::of(text, span.start).filter(|at| at.begins_line) else {
            continue;
        };
        if at.column > limit {
            indented = true;
            continue;
        }
        let doubt = match (indented, at.column < limit) {
            (true, _) => Doubt::Dedented,
            (false, true) => Doubt::ToTheLeft,
            (false, false) => Doubt::Flat,
        };
        return Some((doubt, span));
    }
    None
}

struct Indentation {
    /// Characters before it on its line; tabs go to multiples of eight.
    column: usize,
    /// The same of what comes first on the line.
    of_line: usize,
    begins_line: bool,
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
        Some(Indentation { column: columns(line), of_line: columns(blank), begins_line: blank.len() == line.len() })
    }
}

fn columns(text: &str) -> usize {
    text.chars().fold(0, |column, c| if c == '\t' { column / 8 * 8 + 8 } else { column + 1 })
}
