//! Pairs, lists, vectors and bytevectors: R6RS 11.9 and 11.13, libraries chapters 2 to 4, and what `(vicare)` adds.

pub mod bytevector_lists;
pub mod bytevector_numbers;
pub mod bytevector_text;
pub mod bytevectors;
pub mod lists;
pub mod pairs;
pub mod sorting;
pub mod vectors;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    bytevector_lists::integers::TABLE,
    bytevector_lists::flonums::TABLE,
    bytevector_numbers::procedures::TABLE,
    bytevector_numbers::integers::TABLE,
    bytevector_numbers::floats::TABLE,
    bytevector_text::procedures::TABLE,
    bytevectors::procedures::TABLE,
    lists::procedures::TABLE,
    pairs::procedures::TABLE,
    pairs::paths::TABLE,
    sorting::internal::TABLE,
    vectors::procedures::TABLE,
];
