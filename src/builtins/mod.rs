//! The primitives of the standard libraries, one file a library. Depends on `eval` and everything before it.

mod characters;
mod equal;
mod equivalence;
mod io_simple;
mod lists;
mod pairs;
pub mod ports;
mod string_case;
mod strings;
mod symbols;
mod text;
mod unicode;
mod vectors;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    characters::ORDER,
    characters::FOLDED_ORDER,
    characters::BASE,
    characters::UNICODE,
    equivalence::TABLE,
    equivalence::VICARE,
    io_simple::TABLE,
    io_simple::PORTS,
    io_simple::INTERNAL,
    lists::BASE,
    lists::LISTS,
    lists::VICARE,
    lists::INTERNAL,
    pairs::TABLE,
    pairs::MUTABLE,
    pairs::PATHS,
    string_case::ORDER,
    string_case::TABLE,
    strings::ORDER,
    strings::BASE,
    strings::MUTABLE,
    strings::VICARE,
    symbols::TABLE,
    symbols::VICARE,
    symbols::INTERNAL,
    vectors::BASE,
    vectors::VICARE,
];
