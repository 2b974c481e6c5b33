//! `(vicare linux)`: what the system has beyond POSIX, one file a family. The structures are in
//! `prelude/vicare/linux.sls`.

mod epoll;
mod ethernet;
mod inotify;
mod process;
mod signalfd;
mod timerfd;

use crate::eval::Primitive;

pub static TABLES: &[&[Primitive]] = &[
    epoll::procedures::TABLE,
    epoll::internal::TABLE,
    ethernet::procedures::TABLE,
    inotify::procedures::TABLE,
    inotify::internal::TABLE,
    process::procedures::TABLE,
    process::internal::TABLE,
    signalfd::procedures::TABLE,
    signalfd::internal::TABLE,
    timerfd::procedures::TABLE,
    timerfd::internal::TABLE,
];
