//! The primitives of the standard libraries and of `(vicare)`, by what a person looks for. Depends on `eval` and everything
//! before it.
//!
//! A file has a module `procedures` with what programs import, or `internal` with what only the prelude uses, whose
//! functions `#[primitives]` makes a table of. Each folder joins its tables in `TABLES`. One that is forgotten does not build:
//! the prelude's libraries export what is not there.

pub mod bounds;
#[allow(dead_code, reason = "the build script uses it")]
pub mod control;
pub mod expander;
pub mod numbers;
pub mod objects;
pub mod ports;
pub mod records;
pub mod sequences;
pub mod text;
pub mod work;

use crate::eval::Primitive;

/// All primitives of this folder and of those below.
pub fn rows() -> impl Iterator<Item = &'static Primitive> {
    TABLES.iter().copied().flatten().copied().flatten()
}

/// The tables of all folders.
pub static TABLES: &[&[&[Primitive]]] = &[
    numbers::TABLES,
    text::TABLES,
    sequences::TABLES,
    ports::TABLES,
    objects::TABLES,
    records::TABLES,
    control::TABLES,
    expander::TABLES,
];

#[cfg(test)]
mod tests;
