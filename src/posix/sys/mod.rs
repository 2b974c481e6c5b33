//! The system calls for which nix has no wrapper, or one that loses what `(vicare posix)` promises: numbers that its closed
//! enumerations do not know, the raw status of a child, buffers that are not Rust's alone. ARCHITECTURE.md lists them.
//!
//! Most are rows of [`calls!`]: a function of C with the types of its arguments. Those that need more than a row are safe
//! functions in the files below, one a family. Every call answers a [`nix::Result`], for [`super::kernel::Call`].
//!
//! Depends on `libc` and `nix` alone.
//!
//! Invariant: no function here can be called so that C reads or writes memory that it was not given.

mod area;
pub mod directory;
pub mod network;
mod pass;
pub mod process;
pub mod shared;
pub mod signal;
pub mod socket;
pub mod time;
pub mod user;

pub use area::{Address, Area};
pub use pass::Array;

use libc::{c_int, c_long, gid_t, off_t, pid_t, uid_t};
use nix::errno::Errno;
use pass::{Begin, Count, Length, Pass};
use std::ffi::CStr;
use std::os::fd::{BorrowedFd, RawFd};

/// A descriptor by the number that a program has: whoever it belongs to, the system checks whether it is open.
pub fn fd<'a>(number: RawFd) -> BorrowedFd<'a> {
    // -1 has no place in the type; neither of these is ever open.
    let number = if number == -1 { RawFd::MIN } else { number };
    // SAFETY: the number goes to system calls, which refuse one that is not open, and nobody closes it through this. That
    // the program may close it meanwhile, and make another file of it, is the program's right: no memory depends on it.
    unsafe { BorrowedFd::borrow_raw(number) }
}

/// What a function of C says that answers an error code, 0 for none. The code is left in `errno`, as others leave it.
fn by_code(code: c_int) -> nix::Result<()> {
    if code == 0 {
        return Ok(());
    }
    Errno::set_raw(code);
    Err(Errno::from_raw(code))
}

/// Functions of C as functions of Rust. `call` is one that answers -1 for failure, and leaves the reason in `errno`; `plain` is
/// one whose answer is as it is. `name: type` is one argument of C's, `name..: type` two: where something is, and how long
/// it is. `name = function [first, …]` calls a function of another name, with what stands in brackets before the other
/// arguments.
///
/// # Safety
/// May be a row: a function that looks at no memory but what its arguments lead to ([`Pass`], [`Begin`] and [`Length`]), and that
/// only as long as it runs, writes there only what is a value of the type, and needs no more of numbers than that they are
/// numbers.
macro_rules! calls {
    () => {};
    ($(#[$doc:meta])* call $name:ident($($arguments:tt)*); $($more:tt)*) => {
        calls! { @ $(#[$doc])* [nix::Result<libc::c_int>] nix::errno::Errno::result, $name = $name [] [] [] $($arguments)* }
        calls! { $($more)* }
    };
    ($(#[$doc:meta])* call $name:ident($($arguments:tt)*) -> $answer:ty; $($more:tt)*) => {
        calls! { @ $(#[$doc])* [nix::Result<$answer>] nix::errno::Errno::result, $name = $name [] [] [] $($arguments)* }
        calls! { $($more)* }
    };
    ($(#[$doc:meta])* call $name:ident = $function:ident [$($first:expr),*] ($($arguments:tt)*) -> $answer:ty; $($more:tt)*) => {
        calls! { @ $(#[$doc])* [nix::Result<$answer>] nix::errno::Errno::result, $name = $function [] [$($first,)*] [] $($arguments)* }
        calls! { $($more)* }
    };
    ($(#[$doc:meta])* plain $name:ident($($arguments:tt)*) -> $answer:ty; $($more:tt)*) => {
        calls! { @ $(#[$doc])* [$answer] std::convert::identity, $name = $name [] [] [] $($arguments)* }
        calls! { $($more)* }
    };
    (@ $(#[$doc:meta])* [$answer:ty] $judge:path, $name:ident = $function:ident [$($parameter:tt)*] [$($passed:tt)*] []
        $argument:ident: $type:ty $(, $($rest:tt)*)?
    ) => {
        calls! { @ $(#[$doc])* [$answer] $judge, $name = $function
            [$($parameter)* $argument: $type,] [$($passed)* $argument.pass(),] [] $($($rest)*)? }
    };
    (@ $(#[$doc:meta])* [$answer:ty] $judge:path, $name:ident = $function:ident [$($parameter:tt)*] [$($passed:tt)*] []
        $argument:ident..: $type:ty $(, $($rest:tt)*)?
    ) => {
        calls! { @ $(#[$doc])* [$answer] $judge, $name = $function
            [$($parameter)* mut $argument: $type,] [$($passed)* $argument.at().cast(), $argument.length(),] []
            $($($rest)*)? }
    };
    (@ $(#[$doc:meta])* [$answer:ty] $judge:path, $name:ident = $function:ident [$($parameter:tt)*] [$($passed:tt)*] []) => {
        $(#[$doc])*
        pub fn $name($($parameter)*) -> $answer {
            // SAFETY: the arguments are numbers, C strings, and memory that is live, of that length and, where it may be
            // written, borrowed for that; a row promises that the function looks at nothing else.
            $judge(unsafe { libc::$function($($passed)*) })
        }
    };
}
use calls;

/// Room for as many events as the area can hold.
#[derive(Copy, Clone)]
pub struct Events<'a>(pub Area<'a, *mut u8>);

impl Begin for Events<'_> {
    type At = *mut u8;
    fn at(&mut self) -> *mut u8 {
        self.0.at()
    }
}

impl Length<c_int> for Events<'_> {
    fn length(&mut self) -> c_int {
        Count::of(self.0.size() / size_of::<libc::epoll_event>())
    }
}

calls! {
    /// epoll_create(2)
    call epoll_create(size: c_int);
    /// epoll_create1(2)
    call epoll_create1(flags: c_int);
    /// epoll_ctl(2)
    call epoll_ctl(fd: RawFd, operation: c_int, of: RawFd, event: &mut libc::epoll_event);
    /// epoll_wait(2)
    call epoll_wait(fd: RawFd, events..: Events, milliseconds: c_int);
    /// inotify_init(2)
    call inotify_init();
    /// inotify_init1(2)
    call inotify_init1(flags: c_int);
    /// inotify_add_watch(2)
    call inotify_add_watch(fd: RawFd, path: &CStr, mask: u32);
    /// inotify_rm_watch(2)
    call inotify_rm_watch(fd: RawFd, watch: c_int);
    /// fnmatch(3): 0 when it matches
    plain fnmatch(pattern: &CStr, text: &CStr, flags: c_int) -> c_int;
    /// strerror_r(3): 0 when the text is there
    plain strerror_r(code: c_int, text..: &mut [u8]) -> c_int;
    /// sysconf(3)
    call sysconf(parameter: c_int) -> c_long;
    /// pathconf(3)
    call pathconf(path: &CStr, parameter: c_int) -> c_long;
    /// fpathconf(3)
    call fpathconf(fd: RawFd, parameter: c_int) -> c_long;
    /// confstr(3): how many bytes the text has, with its NUL
    plain confstr(parameter: c_int, text..: &mut [u8]) -> usize;
    /// setreuid(2)
    call setreuid(real: uid_t, effective: uid_t);
    /// setregid(2)
    call setregid(real: gid_t, effective: gid_t);
    /// tcgetsid(3)
    call tcgetsid(fd: RawFd) -> pid_t;
    /// remove(3)
    call remove(path: &CStr);
    /// dup2(2)
    call dup2(old: RawFd, new: RawFd);
    /// lseek(2)
    call lseek(fd: RawFd, offset: off_t, whence: c_int) -> off_t;
    /// lockf(3)
    call lockf(fd: RawFd, command: c_int, length: off_t);
    /// read(2)
    call read(fd: RawFd, to..: Area<*mut u8>) -> isize;
    /// readlink(2)
    call readlink(path: &CStr, to..: &mut [u8]) -> isize;
    /// pread(2)
    call pread(fd: RawFd, to..: Area<*mut u8>, offset: off_t) -> isize;
    /// write(2)
    call write(fd: RawFd, from..: Area<*const u8>) -> isize;
    /// pwrite(2)
    call pwrite(fd: RawFd, from..: Area<*const u8>, offset: off_t) -> isize;
    /// readv(2)
    call readv(fd: RawFd, to..: &[Area<*mut u8>]) -> isize;
    /// writev(2)
    call writev(fd: RawFd, from..: &[Area<*const u8>]) -> isize;
    /// ppoll(2)
    call ppoll(fds..: &mut [libc::pollfd], time: Option<&libc::timespec>, mask: Option<&libc::sigset_t>);
}
