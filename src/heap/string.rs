//! Strings: one byte a character while all are Latin-1, four otherwise. Depends on `object.rs` and allocation.
//!
//! Behind the header comes the *store* word. While it is `#f` the text is inline behind it. A string that was made
//! narrow and then gets a character beyond Latin-1 is widened: its store becomes a bytevector that holds the wide text,
//! and the inline text is dead space. So a string never moves and `string-ref` takes constant time.

use super::header::{Header, Kind};
use super::large::is_blank;
use super::object::{Bytevector, Str};
use super::{Heap, HeapFull, Value};

const STORE: usize = 0;

/// Words that come before inline text.
const BEFORE_TEXT: usize = 2;

impl Heap {
    /// A fresh string of `length` characters that are yet to be written, with the address of its text.
    fn raw_string(&mut self, length: usize, wide: bool) -> (Value, *mut u8) {
        let p = self.allocate(words(length, wide));
        let flags = if wide { Header::WIDE } else { 0 };
        // SAFETY: fresh words for header, store and text.
        unsafe {
            *p = Header::new(Kind::String, flags, length).0;
            *p.add(1) = Value::FALSE.0;
            (Value::from_object(p), p.add(BEFORE_TEXT).cast())
        }
    }

    /// A fresh mutable string.
    pub fn string(&mut self, text: &str) -> Value {
        if text.is_ascii() {
            return self.string_latin1(text.as_bytes());
        }
        self.string_of(text.chars().count(), text.chars())
    }

    /// A fresh mutable string from Latin-1 bytes.
    pub fn string_latin1(&mut self, bytes: &[u8]) -> Value {
        let (v, text) = self.raw_string(bytes.len(), false);
        // SAFETY: one byte a character.
        unsafe { text.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) }
        v
    }

    pub fn string_from_chars(&mut self, chars: &[char]) -> Value {
        self.string_of(chars.len(), chars.iter().copied())
    }

    /// A fresh mutable string of `length` times the same character.
    pub fn make_string(&mut self, length: usize, fill: char) -> Value {
        assert!(length < Header::LENGTHS, "a length that was never reserved");
        let (v, text) = self.raw_string(length, fill > '\u{ff}');
        // SAFETY: `length` characters of one byte, or of four when they are beyond Latin-1; the text is 8-aligned.
        unsafe {
            if fill > '\u{ff}' {
                std::slice::from_raw_parts_mut(text.cast::<std::mem::MaybeUninit<u32>>(), length)
                    .fill(std::mem::MaybeUninit::new(fill as u32))
            } else {
                text.write_bytes(fill as u8, length)
            }
        }
        v
    }

    /// Room for `length` characters, each of them of code 0: `Str::fill` writes them. Takes no time where memory is zero.
    pub fn blank_string(&mut self, length: usize, wide: bool) -> Value {
        assert!(length < Header::LENGTHS, "a length that was never reserved");
        let (v, text) = self.raw_string(length, wide);
        let bytes = if wide { length * 4 } else { length };
        if !is_blank(bytes / 8) {
            // SAFETY: `length` characters of one byte, or of four.
            unsafe { text.write_bytes(0, bytes) }
        }
        v
    }

    fn string_of(&mut self, length: usize, chars: impl Iterator<Item = char> + Clone) -> Value {
        let wide = chars.clone().any(|c| c > '\u{ff}');
        let (v, text) = self.raw_string(length, wide);
        for (i, c) in chars.take(length).enumerate() {
            // SAFETY: `i < length`, and the text has four bytes a character if `wide`, else one; it is 8-aligned.
            unsafe { if wide { text.cast::<u32>().add(i).write(c as u32) } else { text.add(i).write(c as u8) } }
        }
        v
    }
}

fn words(length: usize, wide: bool) -> usize {
    BEFORE_TEXT + (if wide { length * 4 } else { length }).div_ceil(8)
}

impl Str {
    /// Words of the object itself.
    pub(super) fn object_words(self) -> usize {
        words(self.len(), self.is_wide() && self.store().is_false())
    }

    #[inline(always)]
    pub(super) fn store(self) -> Value {
        Value(self.0.raw_slot(STORE))
    }

    /// Number of characters.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.0.header().length()
    }

    #[inline(always)]
    fn is_wide(self) -> bool {
        self.0.header().has(Header::WIDE)
    }

    #[inline(always)]
    fn data(self) -> *mut u8 {
        let store = self.store();
        if store.is_false() {
            // SAFETY: inline text begins behind the store word.
            unsafe { self.0.address().add(BEFORE_TEXT).cast() }
        } else {
            Bytevector(store).as_ptr()
        }
    }

    #[inline(always)]
    pub fn get(self, i: usize) -> Option<char> {
        if i >= self.len() {
            return None;
        }
        // SAFETY: `i` is in range, and text has one or four bytes a character as the flag says, 8-aligned; four-byte
        // units are only ever written from `char`s.
        unsafe {
            Some(if self.is_wide() {
                char::from_u32_unchecked(*self.data().cast::<u32>().add(i))
            } else {
                *self.data().add(i) as char
            })
        }
    }

    /// The text as Latin-1 bytes while it is kept so.
    pub fn latin1(&self) -> Option<&[u8]> {
        // SAFETY: `len` bytes of text; see `Value::slots` on the borrow.
        (!self.is_wide()).then(|| unsafe { std::slice::from_raw_parts(self.data(), self.len()) })
    }

    /// The text as characters when it is not kept as Latin-1.
    pub fn wide(&self) -> Option<&[char]> {
        // SAFETY: `len` four-byte units of text, 8-aligned, only ever written from `char`s; see `Value::slots` on the borrow.
        self.is_wide().then(|| unsafe { std::slice::from_raw_parts(self.data().cast(), self.len()) })
    }

    pub fn chars(self) -> impl ExactSizeIterator<Item = char> + DoubleEndedIterator + Clone {
        (0..self.len()).map(move |i| self.get(i).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Replaces character `i`, widening the text where it must; false when out of range.
    pub fn set(self, heap: &mut Heap, i: usize, c: char) -> Result<bool, HeapFull> {
        if i >= self.len() {
            return Ok(false);
        }
        if !self.is_wide() && c > '\u{ff}' {
            self.widen(heap)?
        }
        // SAFETY: `i` is in range, one byte a character or four as the flag says.
        unsafe {
            if self.is_wide() {
                self.data().cast::<u32>().add(i).write(c as u32)
            } else {
                self.data().add(i).write(c as u8)
            }
        }
        Ok(true)
    }

    /// Writes characters from character `at` on until there are no more of them, or no more room, and says how many. Text
    /// that is not wide has no room for one beyond Latin-1.
    pub fn fill(self, at: usize, chars: impl Iterator<Item = char>) -> usize {
        let room = self.len().saturating_sub(at);
        let mut count = 0;
        // SAFETY: characters `at + count` are inside of the text, of one byte or of four as the flag says.
        unsafe {
            if self.is_wide() {
                let text = self.data().cast::<u32>();
                chars.take(room).for_each(|c| {
                    text.add(at + count).write(c as u32);
                    count += 1;
                });
            } else {
                let text = self.data();
                chars.take(room).take_while(|&c| c <= '\u{ff}').for_each(|c| {
                    text.add(at + count).write(c as u8);
                    count += 1;
                });
            }
        }
        count
    }

    /// Copies `count` characters of another string, or of this one from further on, to character `at` on. Both ranges are
    /// inside, and the text is wide if that of `from` is.
    pub fn copy_from(self, at: usize, from: Str, start: usize, count: usize) {
        let inside = |s: Str, start: usize| start.checked_add(count).is_some_and(|end| end <= s.len());
        debug_assert!(inside(self, at) && inside(from, start) && (self.is_wide() || !from.is_wide()));
        if !inside(self, at) || !inside(from, start) || from.is_wide() && !self.is_wide() {
            return;
        }
        // SAFETY: both ranges are inside of their texts, whose characters have one byte or four as the flags say.
        unsafe {
            match (self.is_wide(), from.is_wide()) {
                (false, _) => self.data().add(at).copy_from(from.data().add(start), count),
                (true, true) => {
                    self.data().cast::<u32>().add(at).copy_from(from.data().cast::<u32>().add(start), count)
                }
                (true, false) => {
                    for i in 0..count {
                        self.data().cast::<u32>().add(at + i).write(u32::from(*from.data().add(start + i)));
                    }
                }
            }
        }
    }

    #[cold]
    fn widen(self, heap: &mut Heap) -> Result<(), HeapFull> {
        let bytes = self.len().saturating_mul(4);
        heap.reserve(bytes)?;
        let mut store = heap.make_bytevector(bytes, 0);
        for (unit, c) in store.bytes_mut().chunks_exact_mut(4).zip(self.chars()) {
            unit.copy_from_slice(&(c as u32).to_ne_bytes())
        }
        self.0.set_raw_slot(STORE, store.0.0);
        self.0.set_header(self.0.header().with(Header::WIDE));
        Ok(())
    }
}

impl std::fmt::Display for Str {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::Write;
        self.chars().try_for_each(|c| f.write_char(c))
    }
}
