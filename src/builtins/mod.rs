//! The primitives of the standard libraries, one file a library. Depends on `eval` and everything before it.

pub mod pairs;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[pairs::TABLE];
