//! The prelude's image: libraries expanded when Vicar is built, linked piece by piece when a program first refers to
//! them. Depends on `syntax` and what is before it; `engine` links with it.
//!
//! The image is one sequence of bytes, part of the program's read-only data. Nothing of it is parsed at start: the tables
//! below have entries of fixed width and are searched where they lie.
//!
//! | section | entry |
//! |---|---|
//! | names, sorted | offset of the text; the next entry's offset ends it |
//! | libraries, sorted by key | key, exports (offset, count), inside (offset, count) |
//! | exports of a library, sorted | name, binding |
//! | inside of a library, sorted | name, marks (offset, or 0), binding |
//! | globals | name, code (offset), whether it is a procedure |
//! | macros | offset of the object |
//!
//! | symbols | name |
//!
//! All numbers are 32-bit little-endian. Code refers to symbols by their place in the last section, which is in the order
//! in which they were met.

#[allow(dead_code, reason = "the build script uses it")]
mod code;
#[allow(dead_code, reason = "the build script uses it")]
mod data;
#[cfg(test)]
mod tests;

pub use code::*;
pub use data::*;

use crate::syntax::core::{GlobalId, PrimitiveId};
use crate::syntax::{Binding, Builtins, CoreForm, is_internal};

/// Where the sections begin; the first words of an image, in this order.
#[derive(Copy, Clone)]
#[repr(usize)]
#[allow(dead_code, reason = "the build script uses it")]
pub enum Section {
    NameCount,
    Names,
    Symbols,
    LibraryCount,
    Libraries,
    GlobalCount,
    Globals,
    MacroCount,
    Macros,
    FirstMark,
    Length,
}

/// Words of an entry.
pub const LIBRARY_WORDS: usize = 5;
pub const EXPORT_WORDS: usize = 2;
pub const INSIDE_WORDS: usize = 3;
pub const GLOBAL_WORDS: usize = 3;

/// An image, as it lies in memory.
#[derive(Copy, Clone)]
pub struct Image {
    bytes: &'static [u8],
}

/// A library's entry.
#[derive(Copy, Clone)]
struct LibraryEntry {
    exports: (usize, usize),
    inside: (usize, usize),
}

impl Image {
    pub const fn new(bytes: &'static [u8]) -> Image {
        Image { bytes }
    }

    pub fn bytes(self) -> &'static [u8] {
        self.bytes
    }

    #[inline]
    fn word(self, offset: usize) -> u32 {
        let b = &self.bytes[offset..offset + 4];
        u32::from_le_bytes([b[0], b[1], b[2], b[3]])
    }

    fn section(self, s: Section) -> usize {
        self.word(4 * s as usize) as usize
    }

    pub fn name_count(self) -> usize {
        self.section(Section::NameCount)
    }

    pub fn global_count(self) -> usize {
        self.section(Section::GlobalCount)
    }

    fn name_bytes(self, i: u32) -> &'static [u8] {
        let at = self.section(Section::Names) + 4 * i as usize;
        &self.bytes[self.word(at) as usize..self.word(at + 4) as usize]
    }

    /// The text of name `i`.
    pub fn name(self, i: u32) -> &'static str {
        std::str::from_utf8(self.name_bytes(i)).expect("the image holds UTF-8")
    }

    /// The name of symbol `n`.
    pub fn symbol(self, n: u32) -> &'static str {
        self.name(self.word(self.section(Section::Symbols) + 4 * n as usize))
    }

    /// The number of a name, if the image has it.
    fn find_name(self, name: &str) -> Option<u32> {
        let i = first(self.name_count(), |i| self.name_bytes(i as u32) >= name.as_bytes()) as u32;
        ((i as usize) < self.name_count() && self.name_bytes(i) == name.as_bytes()).then_some(i)
    }

    /// The first of `count` entries of `words` words whose first word is `key`.
    fn find(self, offset: usize, count: usize, words: usize, key: u32) -> Option<usize> {
        let at = |i: usize| offset + 4 * words * i;
        let i = first(count, |i| self.word(at(i)) >= key);
        (i < count && self.word(at(i)) == key).then(|| at(i))
    }

    /// The places among a library's exports of the names that begin with `prefix`.
    fn exports_from(self, entry: LibraryEntry, prefix: &str) -> std::ops::Range<usize> {
        let (offset, count) = entry.exports;
        if prefix.is_empty() {
            return 0..count;
        }
        let name = |i: usize| self.name_bytes(self.word(offset + 4 * EXPORT_WORDS * i));
        let start = first(count, |i| name(i) >= prefix.as_bytes());
        let length = first(count - start, |i| !name(start + i).starts_with(prefix.as_bytes()));
        start..start + length
    }

    fn library(self, key: &str) -> Option<LibraryEntry> {
        let name = self.find_name(key)?;
        let count = self.section(Section::LibraryCount);
        let at = self.find(self.section(Section::Libraries), count, LIBRARY_WORDS, name)?;
        let word = |i: usize| self.word(at + 4 * i) as usize;
        Some(LibraryEntry { exports: (word(1), word(2)), inside: (word(3), word(4)) })
    }

    /// What there is to know of a global.
    pub fn global(self, id: GlobalId) -> Option<GlobalEntry> {
        if id.0 as usize >= self.global_count() {
            return None;
        }
        let at = self.section(Section::Globals) + 4 * GLOBAL_WORDS * id.0 as usize;
        Some(GlobalEntry {
            name: self.word(at),
            code: self.word(at + 4) as usize,
            is_procedure: self.word(at + 8) & 1 != 0,
            exported: (self.word(at + 8) >> 1).checked_sub(1),
        })
    }

    /// Where the object of a macro begins.
    pub fn macro_offset(self, number: u32) -> usize {
        self.word(self.section(Section::Macros) + 4 * number as usize) as usize
    }
}

/// A global's entry.
#[derive(Copy, Clone, Debug)]
pub struct GlobalEntry {
    pub name: u32,
    /// Offset of its expression; of a procedure, behind what its clauses accept: their number, then for each how many
    /// arguments it requires, and 1 if it takes more.
    pub code: usize,
    /// The expression is a lambda: its closure can be made before its code.
    pub is_procedure: bool,
    /// The name under which a library for programs exports it, if one does.
    pub exported: Option<u32>,
}

/// A binding in 32 bits: its kind in the low two.
#[allow(dead_code, reason = "the build script uses it")]
pub fn encode_binding(binding: Binding, macro_number: impl FnOnce(Binding) -> Option<u32>) -> Option<u32> {
    Some(match binding {
        Binding::Core(form) => (form as u32) << 2,
        Binding::Primitive(p) => u32::from(p.0) << 2 | 1,
        Binding::Global(g) => g.0 << 2 | 2,
        other => macro_number(other)? << 2 | 3,
    })
}

/// The binding that such a word stands for.
pub fn decode_binding(word: u32) -> Binding {
    let payload = word >> 2;
    match word & 3 {
        0 => Binding::Core(CoreForm::ALL[payload as usize].0),
        1 => Binding::Primitive(PrimitiveId(payload as u16)),
        2 => Binding::Global(GlobalId(payload)),
        _ => Binding::Prelude(payload),
    }
}

/// The first of `count` places that satisfies the condition, as all behind it do; `count` if none does.
fn first(count: usize, condition: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if condition(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

impl Builtins for Image {
    fn has_library(&self, library: &str) -> bool {
        self.library(library).is_some()
    }

    fn export(&self, library: &str, name: &str) -> Option<Binding> {
        let (offset, count) = self.library(library)?.exports;
        let at = self.find(offset, count, EXPORT_WORDS, self.find_name(name)?)?;
        Some(decode_binding(self.word(at + 4)))
    }

    fn exports(&self, library: &str, prefix: &str, each: &mut dyn FnMut(&str, Binding)) {
        let Some(entry) = self.library(library) else { return };
        for i in self.exports_from(entry, prefix) {
            let at = entry.exports.0 + 4 * EXPORT_WORDS * i;
            each(self.name(self.word(at)), decode_binding(self.word(at + 4)));
        }
    }

    fn export_count(&self, library: &str, prefix: &str) -> usize {
        self.library(library).map_or(0, |entry| self.exports_from(entry, prefix).len())
    }

    fn internal(&self, library: &str, name: &str, marks: &[i64]) -> Option<Binding> {
        let (offset, count) = self.library(library)?.inside;
        let name = self.find_name(name)?;
        let mut at = self.find(offset, count, INSIDE_WORDS, name)?;
        let end = offset + 4 * INSIDE_WORDS * count;
        while at < end && self.word(at) == name {
            if self.marks(self.word(at + 4) as usize).eq(marks.iter().copied()) {
                return Some(decode_binding(self.word(at + 8)));
            }
            at += 4 * INSIDE_WORDS;
        }
        None
    }

    fn exporters(&self, name: &str) -> Vec<&str> {
        let Some(number) = self.find_name(name) else { return Vec::new() };
        let mut found = Vec::new();
        for i in 0..self.section(Section::LibraryCount) {
            let at = self.section(Section::Libraries) + 4 * LIBRARY_WORDS * i;
            let (exports, count) = (self.word(at + 4) as usize, self.word(at + 8) as usize);
            if self.find(exports, count, EXPORT_WORDS, number).is_some() {
                found.push(self.name(self.word(at)));
            }
        }
        found.retain(|key| !is_internal(key));
        found.sort_by_key(|key| (!key.starts_with("(rnrs "), key.len()));
        found
    }

    fn first_mark(&self) -> i64 {
        self.section(Section::FirstMark) as i64
    }
}

impl Image {
    fn marks(self, offset: usize) -> impl Iterator<Item = i64> {
        let mut reader = Reader::new(self.bytes, offset);
        let count = if offset == 0 { 0 } else { reader.number() };
        (0..count).map(move |_| reader.number() as i64)
    }
}
