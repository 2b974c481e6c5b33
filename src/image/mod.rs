//! The prelude's image: libraries expanded when Vicar is built, linked piece by piece when a program first refers to
//! them. Depends on everything up to `builtins`; `engine` uses it.

mod code;
mod data;

pub use code::*;
pub use data::*;
