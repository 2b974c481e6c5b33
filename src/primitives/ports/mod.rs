//! Ports and files: R6RS libraries chapters 8 and 9, and what `(vicare)` adds.

pub mod custom;
pub mod files;
pub mod format;
pub mod input;
pub mod operands;
pub mod output;
pub mod pretty;
pub mod simple;
pub mod system_text;
pub mod transcoders;
pub mod vicare;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    custom::procedures::TABLE,
    custom::internal::TABLE,
    input::procedures::TABLE,
    simple::procedures::TABLE,
    simple::defaulting::TABLE,
    simple::internal::TABLE,
    output::procedures::TABLE,
    output::internal::TABLE,
    files::procedures::TABLE,
    format::procedures::TABLE,
    pretty::procedures::TABLE,
    transcoders::procedures::TABLE,
    vicare::procedures::TABLE,
    vicare::predicates::TABLE,
];
