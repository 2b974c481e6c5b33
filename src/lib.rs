//! Vicar: an R6RS Scheme made to be embedded.
// Until `engine/` uses all of it.
#![allow(dead_code, unused_imports)]

mod builtins;
mod compile;
mod diagnostics;
mod eval;
mod heap;
mod io;
#[cfg(feature = "posix")]
mod memory;
mod number;
#[cfg(feature = "posix")]
mod posix;
mod reader;
mod syntax;
