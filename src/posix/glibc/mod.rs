//! `(vicare glibc)`: what the GNU C library has beyond POSIX, or beyond what `(vicare posix)` takes of it, one file a
//! family.

mod addresses;
mod files;
mod numerics;
mod patterns;
mod regex;

use crate::eval::Primitive;

pub static TABLES: [&[Primitive]; 7] =
    [addresses::TABLE, files::TABLE, files::INTERNAL, numerics::TABLE, numerics::OTHERS, patterns::TABLE, regex::TABLE];
