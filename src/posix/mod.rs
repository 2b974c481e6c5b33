//! `(vicare posix)`: the primitives of POSIX, one file a family, and `(vicare platform constants)`.
//!
//! Depends on `memory`, `builtins` and what stands before them. Every system call goes through `kernel`; what a failure
//! becomes is in `errno`; the types of parameters are in `argument` and `buffer`. To add a call: a row in the table of
//! its family's file, with its manual page named in the doc comment.

mod argument;
mod buffer;
pub mod constants;
mod environment;
mod errno;
mod fd;
mod kernel;
mod mmap;
mod process;
mod sem;
mod shm;
mod sysconf;
#[cfg(test)]
mod tests;
mod time;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    environment::TABLE,
    errno::TABLE,
    fd::TABLE,
    mmap::TABLE,
    process::TABLE,
    sem::TABLE,
    sem::INTERNAL,
    shm::TABLE,
    sysconf::TABLE,
    time::TABLE,
];
