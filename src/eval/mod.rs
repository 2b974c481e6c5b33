//! The machine that runs code. Depends on `compile` and everything before it; knows nothing of `builtins` and POSIX
//! beyond the table of primitives it is given.

mod argument;
mod error;
mod machine;
mod primitive;

pub use argument::*;
pub use error::*;
pub use machine::*;
pub use primitive::*;
