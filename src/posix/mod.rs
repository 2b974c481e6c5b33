//! `(vicare posix)`: the primitives of POSIX, one file a family, and `(vicare platform constants)`.
//!
//! Depends on `memory`, `builtins` and what stands before them. Every system call goes through `kernel`; what a failure
//! becomes is in `errno`; the types of parameters are in `argument` and `buffer`. To add a call: a row in the table of
//! its family's file, with its manual page named in the doc comment.

mod argument;
mod buffer;
mod calendar;
pub mod constants;
mod directory;
mod directory_stream;
mod environment;
mod errno;
mod fd;
mod file;
mod job;
mod kernel;
mod mmap;
mod mq;
mod process;
mod resource;
mod sem;
mod shm;
mod signal;
mod stat;
mod sysconf;
#[cfg(test)]
mod tests;
mod time;
mod timer;
mod user;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    calendar::INTERNAL,
    directory::TABLE,
    directory_stream::INTERNAL,
    environment::TABLE,
    errno::TABLE,
    fd::TABLE,
    file::TABLE,
    job::TABLE,
    mmap::TABLE,
    mq::TABLE,
    mq::INTERNAL,
    process::TABLE,
    resource::INTERNAL,
    sem::TABLE,
    sem::INTERNAL,
    shm::TABLE,
    signal::TABLE,
    signal::INTERNAL,
    stat::TABLE,
    stat::INTERNAL,
    sysconf::TABLE,
    time::TABLE,
    time::INTERNAL,
    timer::TABLE,
    timer::INTERNAL,
    user::TABLE,
    user::INTERNAL,
    user::IDS,
    user::SET_IDS,
];
