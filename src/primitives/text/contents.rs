//! The contents of long strings, worked on in pieces: copying, encoding, and what that costs.

use crate::account::{Claim, Paid};
use crate::eval::{Machine, Res};
use crate::heap::{Str, View};
use crate::primitives::work::in_pieces;
use std::ops::Range;

/// Work and memory for making a string of that many characters, some of them past U+00FF if it is wide.
pub fn charge(m: &mut Machine, characters: usize, wide: bool) -> Res<()> {
    // First what may be refused and is an error that the program can handle: it costs nothing then.
    m.heap.reserve(characters.saturating_mul(if wide { 4 } else { 1 }))?;
    m.charge(characters / 8 + 1)
}

/// Characters `range` of a string, as far as there are some.
fn characters(s: Str, range: Range<usize>) -> impl Iterator<Item = char> {
    range.filter_map(move |i| s.get(i))
}

/// The text of a string in UTF-8, charged for.
pub fn utf8(m: &mut Machine, s: Str) -> Res<Paid<String>> {
    let mut text = Paid::new(String::new(), Claim::new(m.heap.memory()));
    let mut bytes = 0;
    in_pieces(m, 0..s.len(), |_, range| bytes += characters(s, range).map(char::len_utf8).sum::<usize>())?;
    text.grow(bytes)?;
    m.charge(s.len() / 8 + 1)?;
    in_pieces(m, 0..s.len(), |_, range| {
        match s.latin1().and_then(|bytes| bytes.get(range.clone())).filter(|bytes| bytes.is_ascii()) {
            Some(ascii) => text.extend(ascii.iter().map(|&b| char::from(b))),
            None => text.extend(characters(s, range)),
        }
    })?;
    Ok(text)
}

/// Characters `range` of `s` as a fresh string; the range is inside.
pub fn substring(m: &mut Machine, s: Str, range: Range<usize>) -> Res {
    charge(m, range.len(), s.latin1().is_none())?;
    if let Some(bytes) = s.latin1().and_then(|b| b.get(range.clone())) {
        return Ok(m.heap.string_latin1(bytes));
    }
    let mut wide = false;
    in_pieces(m, range.clone(), |_, piece| wide |= characters(s, piece).any(|c| c > '\u{ff}'))?;
    let (start, copy) = (range.start, Str(m.heap.blank_string(range.len(), wide)));
    in_pieces(m, range, |_, piece| {
        copy.fill(piece.start - start, characters(s, piece));
    })?;
    Ok(copy.value())
}
