//! Commands to descriptors: `fcntl` and `ioctl`, whose argument may be the address of a structure.
//!
//! Invariant: the kernel gets an address only where the size of the structure behind it is known, that many bytes there
//! are this program's to write, and no further address is in it. A number never reaches a command that takes it for an
//! address.

use super::argument::{Fd, Int};
use super::kernel::{Call, Errno};
use super::waiting;
use crate::eval::{Capability::Filesystem, Machine, Res, Single, Who};
use crate::heap::{Bytevector, Pointer, Value, View};
use crate::memory::{Intent, Memory, Spans, from_i64, to_i128};
use vicar_macros::primitives;

/// The third argument: nothing, a number, or memory.
#[derive(Copy, Clone)]
pub struct Control(Value);

impl Single for Control {
    const WHAT: &'static str = "an exact integer in the range of a C int, a pointer, a bytevector or #f";
    fn convert(v: Value) -> Option<Control> {
        let memory = Pointer::from_value(v).is_some() || Bytevector::from_value(v).is_some();
        (v.is_false() || memory || Int::convert(v).is_some()).then_some(Control(v))
    }
}

/// A command of `ioctl`: 32 bits, whether seen as signed or not.
#[derive(Copy, Clone)]
pub struct Request(u32);

impl Single for Request {
    const WHAT: &'static str = "a request: an exact integer in the range of a C int or unsigned int";
    fn convert(v: Value) -> Option<Request> {
        let n = to_i128(v)?;
        u32::try_from(n).ok().or(i32::try_from(n).ok().map(|n| n as u32)).map(Request)
    }
}

/// What a command takes.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Takes {
    Number,
    /// The address of a structure of so many bytes.
    Structure(usize),
    Unknown,
}

/// Commands of `fcntl` that libc has no names for.
mod name {
    use libc::c_int;
    pub const F_SETSIG: c_int = 10;
    pub const F_GETSIG: c_int = 11;
    /// Behind it `F_GETOWN_EX`, and the next.
    pub const F_SETOWN_EX: c_int = 15;
    pub const F_GETOWNER_UIDS: c_int = 17;
    pub const F_DUPFD_QUERY: c_int = 1027;
    pub const F_CREATED_QUERY: c_int = 1028;
    /// The first of the four hints of how long what is written will live.
    pub const F_GET_RW_HINT: c_int = 1035;
    /// Behind the hints `F_GETDELEG`, and this.
    pub const F_SETDELEG: c_int = 1040;
}

fn fcntl_takes(command: libc::c_int) -> Takes {
    match command {
        libc::F_GETLK | libc::F_SETLK | libc::F_SETLKW => Takes::Structure(size_of::<libc::flock>()),
        libc::F_OFD_GETLK | libc::F_OFD_SETLK | libc::F_OFD_SETLKW => Takes::Structure(size_of::<libc::flock>()),
        name::F_SETOWN_EX..=name::F_GETOWNER_UIDS => Takes::Structure(8),
        name::F_GET_RW_HINT..=name::F_SETDELEG => Takes::Structure(8),
        libc::F_DUPFD | libc::F_GETFD | libc::F_SETFD | libc::F_GETFL | libc::F_SETFL => Takes::Number,
        libc::F_SETOWN | libc::F_GETOWN | name::F_SETSIG | name::F_GETSIG => Takes::Number,
        libc::F_SETLEASE | libc::F_GETLEASE | libc::F_NOTIFY => Takes::Number,
        name::F_DUPFD_QUERY | name::F_CREATED_QUERY | libc::F_DUPFD_CLOEXEC => Takes::Number,
        libc::F_SETPIPE_SZ | libc::F_GETPIPE_SZ | libc::F_ADD_SEALS | libc::F_GET_SEALS => Takes::Number,
        // The number might be taken for an address.
        _ => Takes::Unknown,
    }
}

/// Bytes of the kernel's `struct termios` and `struct termio`.
const TERMIOS: usize = 36;
const TERMIO: usize = 18;
/// Bytes of `struct ifreq`.
const IFREQ: usize = 40;

/// Requests older than the convention that the number tells the size, from asm-generic/ioctls.h, linux/sockios.h and
/// linux/fs.h; ioctl_tty(2), netdevice(7).
fn ioctl_takes(request: u32) -> Takes {
    match request {
        0x5401..=0x5404 => Takes::Structure(TERMIOS),
        0x5405..=0x5408 => Takes::Structure(TERMIO),
        // TCSBRK, TCXONC, TCFLSH, TIOCEXCL, TIOCNXCL, TIOCSCTTY
        0x5409..=0x540e => Takes::Number,
        // TIOCGPGRP, TIOCSPGRP, TIOCOUTQ
        0x540f..=0x5411 => Takes::Structure(4),
        // TIOCSTI
        0x5412 => Takes::Structure(1),
        // TIOCGWINSZ, TIOCSWINSZ
        0x5413 | 0x5414 => Takes::Structure(8),
        // TIOCMGET, TIOCMBIS, TIOCMBIC, TIOCMSET, TIOCGSOFTCAR, TIOCSSOFTCAR, FIONREAD
        0x5415..=0x541b => Takes::Structure(4),
        // TIOCPKT, FIONBIO, TIOCSETD, TIOCGETD, TIOCGSID
        0x5420 | 0x5421 | 0x5423 | 0x5424 | 0x5429 => Takes::Structure(4),
        // TIOCNOTTY, TCSBRKP, TIOCSBRK, TIOCCBRK, FIONCLEX, FIOCLEX
        0x5422 | 0x5425 | 0x5427 | 0x5428 | 0x5450 | 0x5451 => Takes::Number,
        // FIOASYNC
        0x5452 => Takes::Structure(4),
        // FIOQSIZE
        0x5460 => Takes::Structure(8),
        // FIOSETOWN, SIOCSPGRP, FIOGETOWN, SIOCGPGRP, SIOCATMARK
        0x8901..=0x8905 => Takes::Structure(4),
        // SIOCGSTAMP, SIOCGSTAMPNS
        0x8906 | 0x8907 => Takes::Structure(16),
        // SIOCGIFNAME, then addresses, flags, metrics of an interface
        0x8910 | 0x8913..=0x8927 | 0x8933 => Takes::Structure(IFREQ),
        // BLKGETSIZE
        0x1260 => Takes::Structure(8),
        // BLKROGET, BLKSSZGET
        0x125e | 0x1268 => Takes::Structure(4),
        // FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_IOC_GETVERSION, BLKGETSIZE64
        0x8008_6601 | 0x4008_6602 | 0x8008_7601 | 0x8008_1272 => Takes::Structure(8),
        // TIOCGPTN, TIOCSPTLCK, TIOCGPKT, TIOCGPTLCK, TIOCGEXCL, RNDGETENTCNT
        0x8004_5430 | 0x4004_5431 | 0x8004_5438..=0x8004_5440 | 0x8004_5200 => Takes::Structure(4),
        // RTC_RD_TIME
        0x8024_7009 => Takes::Structure(36),
        // FICLONE, LOOP_SET_FD, LOOP_CLR_FD
        0x4004_9409 | 0x4c00 | 0x4c01 => Takes::Number,
        // The number of others tells a size, but the structure may have addresses in it, which nobody checks.
        _ => Takes::Unknown,
    }
}

/// The command that takes a lock like this one, or fails at once.
fn prompt(command: libc::c_int) -> Option<libc::c_int> {
    match command {
        libc::F_SETLKW => Some(libc::F_SETLK),
        libc::F_OFD_SETLKW => Some(libc::F_OFD_SETLK),
        _ => None,
    }
}

fn command<'a>(
    m: &mut Machine,
    call: Call<'a>,
    takes: Takes,
    argument: Value,
    waits: bool,
    run: impl Fn(bool, libc::c_ulong) -> nix::Result<libc::c_int>,
) -> Res {
    let number = match Int::convert(argument) {
        Some(Int(n)) if takes == Takes::Number || n == 0 => Some(n as libc::c_ulong),
        None if argument.is_false() => Some(0),
        _ => None,
    };
    let size = match takes {
        Takes::Structure(size) => size,
        // As without an argument; an address would be that of a structure of unknown size.
        _ if number.is_some() => 0,
        _ => return Err(call.failure(m, Errno(libc::EINVAL))),
    };
    let at = match (number, Pointer::from_value(argument), Bytevector::from_value(argument)) {
        // The kernel refuses null itself.
        (Some(n), ..) => n,
        (_, Some(p), _) => {
            Spans::of_ours(m, call.who(), Memory::of_pointer(p), size, Intent::Write)?;
            crate::memory::address(p) as libc::c_ulong
        }
        (_, _, Some(b)) if b.len() >= size && !argument.is_immutable() => b.as_ptr() as libc::c_ulong,
        _ => return Err(call.failure(m, Errno(libc::EFAULT))),
    };
    let answer = waiting::lock(m, &call, waits, |wait| run(wait, at))?;
    Ok(Value::fixnum(answer as i64))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(fcntl fd command)`, `(fcntl fd command arg)`: `F_…` commands. `arg` is a number, or for those that take the
    /// address of a structure, such as `F_SETLK`, a pointer to memory of this program or a bytevector. fcntl(2)
    fn fcntl(m: &mut Machine, who: Who, fd: Fd, order: Int, arg: Option<Control>) -> Res {
        let argument = arg.map_or(Value::FALSE, |a| a.0);
        let irritants = [fd.value(), order.value(), argument];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        let waits = prompt(order.0).is_some();
        let answer = command(m, call, fcntl_takes(order.0), argument, waits, |wait, a| {
            let order = prompt(order.0).filter(|_| !wait).unwrap_or(order.0);
            // SAFETY: `command` gives a number to commands that take one, else the address of a large enough structure.
            nix::errno::Errno::result(unsafe { libc::fcntl(fd.0, order, a) })
        })?;
        if let (libc::F_SETFL, Some(flags)) = (order.0, argument.as_fixnum()) {
            m.note_non_blocking(fd.0, flags & i64::from(libc::O_NONBLOCK) != 0);
        }
        Ok(answer)
    }

    /// `(ioctl fd command)`, `(ioctl fd command arg)`: requests to a device, such as `TIOCGWINSZ` and `FIONREAD`. `arg` as
    /// for `fcntl`; a structure is passed to well-known requests only, `EINVAL` refuses others. ioctl(2)
    fn ioctl(m: &mut Machine, who: Who, fd: Fd, request: Request, arg: Option<Control>) -> Res {
        let argument = arg.map_or(Value::FALSE, |a| a.0);
        let irritants = [fd.value(), from_i64(&mut m.heap, request.0.into()), argument];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        command(m, call, ioctl_takes(request.0), argument, false, |_, a| {
            // SAFETY: as in `fcntl`.
            nix::errno::Errno::result(unsafe { libc::ioctl(fd.0, request.0.into(), a) })
        })
    }
}
