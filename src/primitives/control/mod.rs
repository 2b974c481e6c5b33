//! Control: what the prelude makes procedures that call procedures of.

pub mod checks;
pub mod continuations;
pub mod driver;
pub mod programs;
pub mod promises;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    checks::internal::TABLE,
    continuations::procedures::TABLE,
    continuations::internal::TABLE,
    driver::procedures::TABLE,
    driver::internal::TABLE,
    programs::procedures::TABLE,
    promises::internal::TABLE,
    promises::procedures::TABLE,
];
