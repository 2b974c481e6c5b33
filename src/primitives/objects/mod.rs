//! Objects of any kind: equivalence, hashtables, weak references.

pub mod equal;
pub mod equivalence;
pub mod hashtables;
pub mod table;
pub mod weak;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    equivalence::procedures::TABLE,
    hashtables::internal::TABLE,
    hashtables::procedures::TABLE,
    hashtables::typed::TABLE,
    weak::procedures::TABLE,
    weak::internal::TABLE,
];
