//! Exact integers as wide as C's: `number/`'s, by the widths that C gives them.

pub use crate::number::{from_i128, integer as from_i64, integer_u64 as from_u64, to_i128};
