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
    epoll::TABLE,
    epoll::INTERNAL,
    ethernet::TABLE,
    inotify::TABLE,
    inotify::INTERNAL,
    process::TABLE,
    process::INTERNAL,
    signalfd::TABLE,
    signalfd::INTERNAL,
    timerfd::TABLE,
    timerfd::INTERNAL,
];
