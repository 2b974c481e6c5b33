//! Where things are in source text, and how a message shows it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
pub struct Span;
pub struct SourceMap;
