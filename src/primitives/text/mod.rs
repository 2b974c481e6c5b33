//! Characters, strings, symbols and their relatives: R6RS 11.10 to 11.12, libraries chapter 1, and what `(vicare)` adds.

pub mod case;
pub mod characters;
pub mod contents;
pub mod encodings;
pub mod keywords;
pub mod normal_forms;
pub mod strings;
pub mod symbols;
pub mod unicode;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    characters::procedures::TABLE,
    characters::order::TABLE,
    characters::folded_order::TABLE,
    encodings::procedures::TABLE,
    encodings::single_octet::TABLE,
    keywords::procedures::TABLE,
    case::procedures::TABLE,
    case::order::TABLE,
    strings::procedures::TABLE,
    strings::order::TABLE,
    symbols::procedures::TABLE,
    symbols::internal::TABLE,
];
