//! `(vicare posix)`: the primitives of POSIX, one file a family, and `(vicare platform constants)`.
//!
//! Depends on `memory`, `builtins` and what stands before them.

pub mod constants;
