//! Where things are in source text, and how a message shows it.
//!
//! - [`Span`]: a range of bytes in one file; every datum, syntax object and code node carries one.
//! - [`SourceMap`]: the texts and names of the files that spans point into; offsets to lines and columns.
//! - [`Diagnostic`]: a message as plain data, with its span, labels, help and notes.
//! - [`nearest`]: the name that was probably meant.
//! - `render`: a diagnostic as text: `FILE:LINE:COLUMN: error: message`, the excerpts that `excerpt`
//!   cuts out, carets.
//!
//! Depends on: std and `unicode-width`. Everything here tolerates any span, also one that does not
//! belong to the text it is looked up in: positions are clamped, never indexed blindly.

mod diagnostic;
mod excerpt;
mod render;
mod source_map;
mod span;
mod suggest;

pub use diagnostic::{Diagnostic, Severity};
pub use render::Style;
pub use source_map::{Position, SourceMap};
pub use span::{FileId, Span};
pub use suggest::{Nearest, nearest};
