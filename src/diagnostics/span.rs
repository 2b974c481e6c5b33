//! Spans: byte ranges in a source file, small enough to be stored beside every datum.

/// Names a file in a [`SourceMap`](super::SourceMap).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(pub u32);

impl FileId {
    /// The file of what was not read from any: `Span::NONE`, data read from a port.
    pub const NONE: FileId = FileId(u32::MAX);
}

/// The bytes from `start` up to and not including `end` of a file.
///
/// For data read from a port, whose text is not kept, the offsets are what the port counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// The file, or [`FileId::NONE`].
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset of the byte after the last one.
    pub end: u32,
}

impl Span {
    /// The span of what has no place in any source text.
    pub const NONE: Span = Span { file: FileId::NONE, start: 0, end: 0 };

    /// The bytes from `start` up to and not including `end` of `file`.
    pub const fn new(file: FileId, start: u32, end: u32) -> Span {
        Span { file, start, end }
    }

    /// The empty span before the byte at `offset`.
    pub const fn at(file: FileId, offset: u32) -> Span {
        Span { file, start: offset, end: offset }
    }

    /// Whether this span points into no file.
    pub const fn is_none(self) -> bool {
        self.file.0 == FileId::NONE.0
    }

    /// The smallest span that covers both; `self` when `other` is of another file.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `other` lies wholly inside this span.
    pub fn contains(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }
}

impl Default for Span {
    fn default() -> Span {
        Span::NONE
    }
}
