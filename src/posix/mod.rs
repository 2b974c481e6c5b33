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
    address::procedures::TABLE,
    calendar::internal::TABLE,
    control::procedures::TABLE,
    directory::procedures::TABLE,
    directory_stream::internal::TABLE,
    environment::procedures::TABLE,
    errno::procedures::TABLE,
    fd::procedures::TABLE,
    fd::internal::TABLE,
    fdset::procedures::TABLE,
    file::procedures::TABLE,
    job::procedures::TABLE,
    mmap::procedures::TABLE,
    mq::procedures::TABLE,
    mq::internal::TABLE,
    netdb::procedures::TABLE,
    netdb::internal::TABLE,
    path::procedures::TABLE,
    port::procedures::TABLE,
    port::internal::TABLE,
    port::files::TABLE,
    port::sockets::TABLE,
    process::procedures::TABLE,
    process::internal::TABLE,
    resource::internal::TABLE,
    select::procedures::TABLE,
    sem::procedures::TABLE,
    sem::internal::TABLE,
    shm::procedures::TABLE,
    signal::procedures::TABLE,
    signal::internal::TABLE,
    socket::procedures::TABLE,
    stat::internal::TABLE,
    stat::procedures::TABLE,
    sysconf::procedures::TABLE,
    time::procedures::TABLE,
    time::internal::TABLE,
    timer::procedures::TABLE,
    timer::internal::TABLE,
    user::procedures::TABLE,
    user::internal::TABLE,
    user::ids::TABLE,
    user::set_ids::TABLE,
];
