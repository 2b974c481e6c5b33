//! Records and conditions: R6RS libraries chapters 6 and 7.

pub mod conditions;
pub mod record_types;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    conditions::procedures::TABLE,
    conditions::internal::TABLE,
    conditions::standard::TABLE,
    conditions::flonums::TABLE,
    conditions::io::TABLE,
    conditions::ports::TABLE,
    conditions::vicare_types::TABLE,
    record_types::internal::TABLE,
    record_types::procedures::TABLE,
];
