//! Numbers: R6RS 11.7, libraries chapter 11, and what `(vicare)` adds.

pub mod arithmetic;
pub mod bitwise;
pub mod fixnums;
pub mod flonums;
pub mod operands;
pub mod vicare;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    arithmetic::procedures::TABLE,
    bitwise::procedures::TABLE,
    fixnums::procedures::TABLE,
    flonums::procedures::TABLE,
    vicare::procedures::TABLE,
    vicare::types::TABLE,
    vicare::properties::TABLE,
];
