//! The reader: characters to data with spans, by chapter 4 of R6RS and, unless the text says
//! `#!r6rs`, with Vicare's extensions.
//!
//! ```text
//! characters ─source→ lexer ─tokens→ parser ─nodes→ Datums
//! ```
//!
//! - `source`: where characters come from: a text in memory, or whatever implements [`CharSource`].
//! - `lexer` with `atmosphere`, `identifier`, `text`, `hash`: characters to tokens.
//! - `number`: the grammar of numbers, which `string->number` uses too.
//! - `parser` with `compound` and `labels`: tokens to data, with a stack of its own: a million nested lists are data.
//! - `datums`: the data read, flat vectors of nodes, dropped without recursion.
//! - `bytevector`: the bytes that the elements of a bytevector literal stand for.
//! - `error` and `unfinished`: what can be wrong, in words; `guess`: where a list was probably meant to end.
//!
//! Depends on: `diagnostics`, `unicode-properties`. Invariants: never reads a character beyond the
//! datum it answers; never panics, whatever it reads; a source may fail in the middle of a datum,
//! and reading goes on where it stopped when asked again.

mod atmosphere;
mod bytevector;
mod chars;
mod compound;
mod datums;
mod error;
mod guess;
mod hash;
mod identifier;
mod labels;
mod lexer;
mod number;
mod parser;
mod source;
mod text;
mod unfinished;

pub use chars::{is_identifier, is_initial, is_subsequent};
pub use datums::{Datum, DatumId, Datums, Singleton};
pub use error::{Failure, ReadError};
pub use number::{Complex, Exactness, Magnitude, NumberSyntax, Real, power_of_ten};
pub use parser::{Mode, Reader, read_source};
#[cfg(test)]
pub use source::StrSource;
pub use source::{CharSource, InvalidUtf8, decode_utf8};

#[cfg(test)]
mod tests;
