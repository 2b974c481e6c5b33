//! The machine that runs code. Depends on `compile` and everything before it; knows nothing of `builtins` and POSIX
//! beyond the table of primitives it is given.

mod argument;
mod capability;
mod error;
mod exports;
mod extension;
mod machine;
mod primitive;

pub use argument::*;
pub use capability::*;
pub use error::*;
pub use exports::*;
pub use extension::*;
pub use machine::*;
pub use primitive::*;
