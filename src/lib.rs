//! Vicar: an R6RS Scheme made to be embedded.
//!
//! ```
//! let engine = vicar::Engine::builder().procedure("(host)", "scale", |x: i64, factor: i64| x * factor).build()?;
//! let mut vm = engine.vm_with(vicar::Limits::new().fuel(1_000_000).heap(16 << 20));
//! assert_eq!(vm.eval::<i64>("(import (host)) (scale 6 7)")?, 42);
//! # Ok::<(), vicar::Error>(())
//! ```
//!
//! An [`Engine`] is built once and shared; a [`Vm`] is one machine with its own heap and limits; a [`Run`] is an evaluation
//! that is stepped. Errors are data ([`Error`]). README.md has a tour, ARCHITECTURE.md the map of the sources.

mod account;
#[cfg(feature = "posix")]
mod c_calls;
mod compile;
mod diagnostics;
mod engine;
mod eval;
#[cfg(feature = "posix")]
mod foreign;
mod heap;
mod image;
mod io;
#[cfg(feature = "posix")]
mod memory;
mod number;
#[cfg(feature = "posix")]
mod posix;
mod prelude;
mod primitives;
mod reader;
mod syntax;

pub use account::SpareAllocator;
pub use diagnostics::{Diagnostic, FileId, Position, Severity, SourceMap, Span, Style};
pub use engine::process;
pub use engine::{
    Arguments, Bytes, Engine, EngineBuilder, Error, ErrorKind, Frame, FromScheme, Holder, HostError, HostFunction,
    HostResult, Interrupter, IntoScheme, Limits, Ref, Run, Scope, Source, Step, TailCall, Vm, is_incomplete,
};
pub use eval::{Capability, Handle, Limit};
