//! The texts that spans point into, and the way from an offset to a line and a column.
//!
//! Files are shared between maps: an error carries a map of those that it shows. The table of line
//! starts is made when a position in the file is first asked for, which for most files is never; it
//! has every 64th line only, so that it stays small beside the text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::{FileId, Span};
use crate::account::Claim;

/// The source files that spans refer to.
#[derive(Clone, Default, Debug)]
pub struct SourceMap {
    files: BTreeMap<u32, Arc<SourceFile>>,
    /// The number of the next file.
    next: u32,
    /// Texts that are forgotten when nothing refers to them any more.
    passing: BTreeSet<u32>,
    /// The one that came last, which may be under way.
    latest: Option<FileId>,
}

#[derive(Debug)]
struct SourceFile {
    name: Box<str>,
    text: Arc<str>,
    /// Offset of the first byte of each line whose number is a multiple of [`STRIDE`], counted from 0; the first is 0.
    line_starts: OnceLock<Vec<u32>>,
    /// What pays for a text that programs make the machine keep; given back when neither a map nor an error has it.
    _claim: Option<Claim>,
}

/// A place in a text as people count: both numbers from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// Number of the line, from 1.
    pub line: u32,
    /// Number of the character within the line, from 1.
    pub column: u32,
}

impl SourceMap {
    /// A map without files.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Adds a text under the name that messages will show. Names need not be unique.
    pub fn add_file(&mut self, name: impl Into<Box<str>>, text: impl Into<Arc<str>>) -> FileId {
        self.add(name.into(), text.into(), None)
    }

    /// The same for a text that a program makes the machine keep: `claim` has taken what it takes.
    pub fn add_counted(&mut self, name: impl Into<Box<str>>, text: impl Into<Arc<str>>, claim: Claim) -> FileId {
        self.add(name.into(), text.into(), Some(claim))
    }

    fn add(&mut self, name: Box<str>, text: Arc<str>, claim: Option<Claim>) -> FileId {
        let file = SourceFile { name, text, line_starts: OnceLock::new(), _claim: claim };
        let id = self.next;
        self.files.insert(id, Arc::new(file));
        // After four thousand million texts the numbers begin anew.
        self.next = (id + 1) % FileId::NONE.0;
        FileId(id)
    }

    /// Adds a text that is kept only as long as something refers to it: [`SourceMap::forget`]. `claim` has taken what
    /// it takes.
    pub fn add_passing(&mut self, name: impl Into<Box<str>>, text: impl Into<Arc<str>>, claim: Claim) -> FileId {
        let id = self.add(name.into(), text.into(), Some(claim));
        self.passing.insert(id.0);
        self.latest = Some(id);
        id
    }

    /// Whether the file was added by [`SourceMap::add_passing`].
    pub fn is_passing(&self, file: FileId) -> bool {
        self.passing.contains(&file.0)
    }

    /// The text that was added last of those that are not kept.
    pub fn latest_passing(&self) -> Option<FileId> {
        self.latest
    }

    /// The latest text is no longer being evaluated: it may be forgotten like the others.
    pub fn end_latest(&mut self) {
        self.latest = None
    }

    /// Forgets the texts to which nothing refers, except for the latest, which may be under way.
    pub fn forget(&mut self, is_referred_to: impl Fn(FileId) -> bool) {
        let SourceMap { files, passing, latest, .. } = self;
        passing.retain(|&id| {
            let stays = *latest == Some(FileId(id)) || is_referred_to(FileId(id));
            if !stays {
                files.remove(&id);
            }
            stays
        });
    }

    /// Adds the file of another map that `span` lies in, under the number that it has there.
    pub fn share(&mut self, span: Span, from: &SourceMap) {
        if let Some(file) = from.files.get(&span.file.0) {
            self.files.insert(span.file.0, file.clone());
        }
    }

    /// The name given to `add_file`; `None` for a file of another map, and for [`FileId::NONE`].
    pub fn name(&self, file: FileId) -> Option<&str> {
        self.file(file).map(|file| &*file.name)
    }

    /// The whole text of a file.
    pub fn text(&self, file: FileId) -> Option<&Arc<str>> {
        self.file(file).map(|file| &file.text)
    }

    /// The text that a span covers.
    pub fn snippet(&self, span: Span) -> Option<&str> {
        self.file(span.file)?.text.get(span.start as usize..span.end as usize)
    }

    /// Line and column of a byte offset. An offset beyond the end is the end; one inside a
    /// character is that character.
    pub fn position(&self, file: FileId, offset: u32) -> Option<Position> {
        self.file(file).map(|file| file.position(offset))
    }

    /// `NAME:LINE:COLUMN` of the start of a span, as every message begins.
    pub fn locate(&self, span: Span) -> Option<String> {
        let position = self.position(span.file, span.start)?;
        Some(format!("{}:{}:{}", self.name(span.file)?, position.line, position.column))
    }

    /// Offset of a line's first byte and its text without the line ending. Lines count from 1.
    pub fn line(&self, file: FileId, line: u32) -> Option<(u32, &str)> {
        let file = self.file(file)?;
        let index = (line as usize).checked_sub(1)?;
        let from = *file.line_starts().get(index / STRIDE)? as usize;
        let start = (0..index % STRIDE).try_fold(from, |at, _| next_line(&file.text, at))?;
        let end = next_line(&file.text, start).unwrap_or(file.text.len());
        let text = file.text.get(start..end)?;
        Some((start as u32, text.trim_end_matches(['\n', '\r', '\u{85}', '\u{2028}'])))
    }

    fn file(&self, file: FileId) -> Option<&SourceFile> {
        self.files.get(&file.0).map(|file| &**file)
    }
}

impl SourceFile {
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let starts = std::iter::successors(Some(0), |&at| next_line(&self.text, at));
            starts.step_by(STRIDE).map(|at| at as u32).collect()
        })
    }

    fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let offset = offset.min(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let known = starts.partition_point(|&start| start <= offset) - 1;
        let (mut line, mut start) = (known * STRIDE + 1, starts[known] as usize);
        while let Some(next) = next_line(&self.text, start).filter(|&next| next <= offset as usize) {
            (line, start) = (line + 1, next);
        }
        let column =
            self.text[start..].char_indices().take_while(|(at, c)| start + at + c.len_utf8() <= offset as usize);
        Position { line: line as u32, column: column.count() as u32 + 1 }
    }
}

/// One line of so many is in the table.
const STRIDE: usize = 64;

/// Where the line after the one at `at` begins, by the line endings of R6RS 4.2.2: LF, CR, CR LF, NEL, CR NEL, LS.
fn next_line(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    // Spans cannot point beyond 4 GiB; what lies there counts as one line.
    let last = bytes.len().min(u32::MAX as usize);
    (at..last).find_map(|at| {
        let ending = match &bytes[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\r', 0xC2, 0x85, ..] => 3,
            [b'\n' | b'\r', ..] => 1,
            [0xC2, 0x85, ..] => 2,
            [0xE2, 0x80, 0xA8, ..] => 3,
            _ => return None,
        };
        Some(at + ending)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;

    fn positions(text: &str, offsets: &[u32]) -> Vec<(u32, u32)> {
        let mut map = SourceMap::new();
        let file = map.add_file("f", text);
        let position = |&offset| map.position(file, offset).map(|p| (p.line, p.column)).unwrap();
        offsets.iter().map(position).collect()
    }

    #[test]
    fn passing_texts_are_forgotten_but_for_the_latest_and_what_is_referred_to() {
        let mut map = SourceMap::new();
        let account = Account::unlimited();
        let claim = || {
            let mut claim = Claim::new(&account);
            claim.take_anyway(10);
            claim
        };
        let kept = map.add_file("kept", "a");
        let passing = [1, 2, 3].map(|i| map.add_passing("passing", i.to_string(), claim()));
        let mut error = SourceMap::new();
        error.share(Span::at(passing[1], 0), &map);
        map.forget(|file| file == passing[0]);
        let texts = |map: &SourceMap| passing.map(|file| map.text(file).map(|text| text.to_string()));
        assert_eq!(texts(&map), [Some("1".to_owned()), None, Some("3".to_owned())]);
        assert_eq!(texts(&error), [None, Some("2".to_owned()), None]);
        assert_eq!(account.outside(), 30);
        drop(error);
        assert_eq!(account.outside(), 20);
        assert!(map.name(kept).is_some() && !map.is_passing(kept) && !map.is_passing(passing[1]));
        map.add_passing("passing", "4", claim());
        map.forget(|_| false);
        assert_eq!(texts(&map), [None, None, None]);
        assert!(map.text(map.latest_passing().unwrap()).is_some() && map.name(kept).is_some());
        assert_eq!(account.outside(), 10);
        map.end_latest();
        map.forget(|_| false);
        assert_eq!((account.outside(), map.name(kept)), (0, Some("kept")));
    }

    #[test]
    fn positions_count_characters_from_one() {
        assert_eq!(positions("", &[0, 9]), [(1, 1), (1, 1)]);
        assert_eq!(
            positions("ab\ncd", &[0, 1, 2, 3, 4, 5, 99]),
            [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (2, 3)]
        );
        assert_eq!(positions("λx\n", &[0, 1, 2, 3, 4]), [(1, 1), (1, 1), (1, 2), (1, 3), (2, 1)]);
    }

    #[test]
    fn every_line_ending_of_r6rs_ends_a_line_once() {
        for ending in ["\n", "\r", "\r\n", "\u{85}", "\r\u{85}", "\u{2028}"] {
            let text = format!("a{ending}b{ending}{ending}c");
            let at = text.len() as u32 - 1;
            assert_eq!(positions(&text, &[at]), [(4, 1)], "{ending:?}");
            let mut map = SourceMap::new();
            let file = map.add_file("f", text.as_str());
            let lines: Vec<_> = (1..=5).map(|line| map.line(file, line).map(|l| l.1)).collect();
            assert_eq!(lines, [Some("a"), Some("b"), Some(""), Some("c"), None]);
        }
        assert_eq!(positions("a\u{2029}b", &[4]), [(1, 3)]);
    }

    #[test]
    fn a_file_is_shared_under_its_number() {
        let (mut map, mut part) = (SourceMap::new(), SourceMap::new());
        let files = ["a", "b", "c"].map(|name| map.add_file(name, name));
        part.share(Span::at(files[1], 0), &map);
        part.share(Span::NONE, &map);
        assert_eq!(files.map(|file| part.name(file)), [None, Some("b"), None]);
        assert!(Arc::ptr_eq(map.text(files[1]).unwrap(), part.text(files[1]).unwrap()));
    }

    #[test]
    fn every_line_of_a_long_text_is_found() {
        let text: String = (1..=1000).map(|i| format!("{i}\n")).collect();
        let mut map = SourceMap::new();
        let file = map.add_file("f", text.as_str());
        for line in 1..=1000 {
            let (start, shown) = map.line(file, line).expect("it is there");
            assert_eq!(shown, line.to_string());
            assert_eq!(map.position(file, start).map(|p| (p.line, p.column)), Some((line, 1)));
        }
        assert_eq!(map.line(file, 1001), Some((text.len() as u32, "")));
        assert_eq!(map.line(file, 1002), None);
    }

    #[test]
    fn what_is_in_no_file_has_no_position() {
        let mut map = SourceMap::new();
        let file = map.add_file("f.sps", "(a λ)");
        assert_eq!(map.locate(Span::NONE), None);
        assert_eq!(map.locate(Span::at(FileId(7), 0)), None);
        assert_eq!(map.locate(Span::new(file, 3, 5)).as_deref(), Some("f.sps:1:4"));
        assert_eq!(map.snippet(Span::new(file, 3, 5)), Some("λ"));
        assert_eq!(map.snippet(Span::new(file, 4, 5)), None);
        assert_eq!(map.snippet(Span::new(file, 4, 50)), None);
    }
}
