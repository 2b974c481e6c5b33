//! `(vicare posix)`: the primitives of POSIX, one file a family, and `(vicare platform constants)`; beside it, in folders,
//! `(vicare linux)` and `(vicare glibc)`.
//!
//! Depends on `memory`, `primitives` and what stands before them. Every system call goes through `kernel`, and is nix's,
//! or one of `sys` where nix loses something; what a failure becomes is in `errno`; the types of parameters are in `argument`
//! and `buffer`. To add a call: a row in the table of
//! its family's file, with its manual page named in the doc comment.

mod address;
mod argument;
pub mod bound;
mod buffer;
mod calendar;
#[allow(dead_code, reason = "the build script uses it")]
pub mod constants;
mod control;
mod directory;
mod directory_stream;
mod environment;
mod errno;
mod fd;
mod fdset;
mod file;
pub mod glibc;
mod helper_process;
mod job;
mod kernel;
pub mod linux;
mod mmap;
mod mq;
mod netdb;
mod path;
mod port;
mod process;
mod resource;
mod select;
mod sem;
mod sem_words;
mod shm;
mod signal;
mod socket;
mod stat;
mod sys;
mod sysconf;
#[cfg(test)]
mod tests;
mod time;
mod timer;
mod user;
mod waiting;

pub use argument::Text;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    address::TABLE,
    calendar::INTERNAL,
    control::TABLE,
    directory::TABLE,
    directory_stream::INTERNAL,
    environment::SHARED,
    environment::TABLE,
    errno::TABLE,
    errno::SHARED,
    fd::TABLE,
    fd::INTERNAL,
    fdset::TABLE,
    file::TABLE,
    job::TABLE,
    mmap::TABLE,
    mq::TABLE,
    mq::INTERNAL,
    netdb::TABLE,
    netdb::INTERNAL,
    path::TABLE,
    port::FILES,
    port::SOCKETS,
    port::TABLE,
    port::INTERNAL,
    process::TABLE,
    process::CHILDREN,
    process::EXECUTIONS,
    resource::INTERNAL,
    select::TABLE,
    sem::TABLE,
    sem::INTERNAL,
    shm::TABLE,
    signal::TABLE,
    signal::INTERNAL,
    socket::TABLE,
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
