//! The text of strings without copying it, and text under construction: both widths, one meaning. Depends on the objects.

use super::{Heap, Str, Value, mix};
use std::cmp::Ordering;

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
