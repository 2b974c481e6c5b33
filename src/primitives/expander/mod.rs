//! What `syntax-case` and the expander give a program: R6RS libraries chapter 12.

pub mod syntax_case;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[syntax_case::internal::TABLE, syntax_case::procedures::TABLE];
