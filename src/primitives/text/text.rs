//! Working on the text of strings without copying it: both widths, one meaning.

use crate::account::{Claim, Paid};
use crate::eval::{Machine, Res};
use crate::heap::{Heap, Str, Value, View, mix};
use crate::primitives::work::in_pieces;
use std::cmp::Ordering;
use std::ops::Range;

/// Whether both have the same characters.
pub fn equal(a: Str, b: Str) -> bool {
    if a.len() != b.len() {
        return false;
    }
    match (a.latin1(), b.latin1(), a.wide(), b.wide()) {
        (Some(x), Some(y), ..) => x == y,
        (.., Some(x), Some(y)) => x == y,
        _ => a.chars().eq(b.chars()),
    }
}

/// Lexicographic by scalar value.
pub fn compare(a: Str, b: Str) -> Ordering {
    match (a.latin1(), b.latin1()) {
        (Some(x), Some(y)) => x.cmp(y),
        _ => a.chars().cmp(b.chars()),
    }
}

/// So many characters of a long string are hashed: what differs behind them is found by comparing.
pub const HASHED: usize = 1 << 16;

/// The same for the same characters, whatever the width. Looks at the first `most` characters, and at the length.
pub fn hash_beginning(s: Str, most: usize) -> u64 {
    hash_chars(s.chars().take(most)) ^ s.len().saturating_sub(most) as u64
}

/// The hash of a string of these characters.
pub fn hash_chars(chars: impl Iterator<Item = char>) -> u64 {
    mix(chars.fold(0x9ae1_6a3b_2f90_404f, |h, c| (h ^ c as u64).wrapping_mul(0x0000_0100_0000_01b3)))
}

/// Text under construction: one byte a character as long as that suffices.
#[derive(Default)]
pub struct Text {
    latin1: Vec<u8>,
    /// Once there is a character past U+00FF, all of them.
    wide: Vec<char>,
}

impl Text {
    pub fn with_capacity(characters: usize) -> Text {
        Text { latin1: Vec::with_capacity(characters), wide: Vec::new() }
    }

    pub fn push(&mut self, c: char) {
        if !self.wide.is_empty() {
            self.wide.push(c)
        } else if (c as u32) < 256 {
            self.latin1.push(c as u8)
        } else {
            self.widen();
            self.wide.push(c)
        }
    }

    fn widen(&mut self) {
        self.wide.reserve(self.latin1.capacity().max(1));
        self.wide.extend(self.latin1.drain(..).map(char::from));
    }

    /// A fresh string.
    pub fn finish(self, heap: &mut Heap) -> Value {
        if self.wide.is_empty() { heap.string_latin1(&self.latin1) } else { heap.string_from_chars(&self.wide) }
    }
}

impl Extend<char> for Text {
    fn extend<I: IntoIterator<Item = char>>(&mut self, chars: I) {
        chars.into_iter().for_each(|c| self.push(c))
    }
}

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

/// The optional `start` and `end` of `who` as a range inside of `length`.
pub fn range(m: &mut Machine, who: &str, length: usize, start: Option<usize>, end: Option<usize>) -> Res<Range<usize>> {
    let (s, e) = (start.unwrap_or(0), end.unwrap_or(length));
    if e > length {
        return Err(out_of_range(m, who, "end index", e, length));
    }
    if s > e {
        return Err(out_of_range(m, who, "start index", s, e));
    }
    Ok(s..e)
}

/// `&assertion`: an index that is past what it indexes.
#[cold]
pub fn out_of_range(m: &mut Machine, who: &str, what: &str, index: usize, limit: usize) -> crate::eval::Stop {
    // A sum of two indices may be no fixnum.
    let index = crate::number::integer_u64(&mut m.heap, index as u64);
    m.assertion(who, &format!("{what} out of range, at most {limit} is possible"), &[index])
}

/// `&assertion`: index `k` into something that has `length` elements.
#[cold]
pub fn bad_index(m: &mut Machine, who: &str, k: usize, object: Value, length: usize) -> crate::eval::Stop {
    let message = format!("index {k} out of range, the length is {length}");
    m.assertion(who, &message, &[object, Value::fixnum(k as i64)])
}

/// `&assertion`: an attempt to change a literal.
#[cold]
pub fn immutable(m: &mut Machine, who: &str, object: Value) -> crate::eval::Stop {
    m.assertion(who, "the object is immutable: a literal constant, or made from one", &[object])
}
