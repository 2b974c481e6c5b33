//! Reading and writing on descriptors that may make the caller wait: pipes, sockets, terminals, queues. When the machine has
//! not got all the time there is ([`Machine::patience`]), nothing is read before there is something, and nothing written
//! before there is room: meanwhile poll(2) waits in slices. Otherwise the calls are made as they are.
//!
//! Two processes that read the same pipe can still make one of them wait: the other may be faster.

use super::kernel::{Call, Errno};
use super::sys::{self, Address, Area};
use crate::eval::{Machine, Res};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::stat::fstat;
use nix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// A slice as C has it.
pub fn timespec(d: Duration) -> libc::timespec {
    libc::timespec { tv_sec: d.as_secs() as i64, tv_nsec: d.subsec_nanos().into() }
}

/// The time of the system's clock.
pub fn now() -> libc::timespec {
    // The clock is always there.
    clock_gettime(ClockId::CLOCK_REALTIME).map_or(timespec(Duration::ZERO), |now| *now.as_ref())
}

/// Whether the system's clock has come to `until`.
pub fn has_come(until: &libc::timespec) -> bool {
    let now = now();
    (now.tv_sec, now.tv_nsec) >= (until.tv_sec, until.tv_nsec)
}

/// The system's time when a slice is over, but not after `until`.
pub fn end_of(slice: Option<Duration>, until: Option<libc::timespec>) -> Option<libc::timespec> {
    let end = slice.map(|d| {
        let now = now();
        let nanos = now.tv_nsec + i64::from(d.subsec_nanos());
        let sec = now.tv_sec.saturating_add(d.as_secs() as i64).saturating_add(nanos / 1_000_000_000);
        libc::timespec { tv_sec: sec, tv_nsec: nanos % 1_000_000_000 }
    });
    match (end, until) {
        (Some(end), Some(until)) if (until.tv_sec, until.tv_nsec) < (end.tv_sec, end.tv_nsec) => Some(until),
        (Some(end), _) => Some(end),
        (None, until) => until,
    }
}

/// What is behind a descriptor, as far as waiting goes.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    /// Calls on it do not wait, or not for anything that poll(2) could tell.
    Prompt,
    Pipe,
    Socket,
    Terminal,
    Other,
}

fn kind(fd: libc::c_int) -> Kind {
    let fd = sys::fd(fd);
    let (Ok(flags), Ok(status)) = (fcntl(fd, FcntlArg::F_GETFL), fstat(fd)) else { return Kind::Prompt };
    if flags & OFlag::O_NONBLOCK.bits() != 0 {
        return Kind::Prompt;
    }
    match status.st_mode & libc::S_IFMT {
        libc::S_IFREG | libc::S_IFDIR | libc::S_IFBLK => Kind::Prompt,
        libc::S_IFIFO => Kind::Pipe,
        libc::S_IFSOCK => Kind::Socket,
        libc::S_IFCHR => Kind::Terminal,
        _ => Kind::Other,
    }
}

/// Waits until the descriptor is ready for the events, or to say what is wrong with it; at once if the call would not wait.
pub fn until_ready(m: &mut Machine, call: &Call, fd: libc::c_int, events: i16) -> Res<()> {
    if m.patience().is_none() || kind(fd) == Kind::Prompt {
        return Ok(());
    }
    poll(m, call, fd, events)
}

/// Waits until the descriptor is ready for the events.
pub fn poll(m: &mut Machine, call: &Call, fd: libc::c_int, events: i16) -> Res<()> {
    wait(m, call, &mut [libc::pollfd { fd, events, revents: 0 }], None).map(drop)
}

/// Waits until one is ready or the time is over (`None`: for ever); how many are.
pub fn wait(m: &mut Machine, call: &Call, fds: &mut [libc::pollfd], timeout: Option<Duration>) -> Res<usize> {
    m.charge(fds.len())?;
    let ready = call.wait(
        m,
        timeout,
        |answer| *answer == Ok(0),
        |slice| {
            let time = slice.map(timespec);
            sys::ppoll(fds, time.as_ref(), None)
        },
    )?;
    ready.map(|n| n as usize).map_err(|errno| call.failure(m, errno))
}

/// Whether a call that writes to the descriptor could make the machine wait for longer than it may.
pub fn may_wait(m: &Machine, fd: libc::c_int) -> bool {
    m.patience().is_some() && kind(fd) != Kind::Prompt
}

/// What a file, or a device, is asked for at once: it takes about a millisecond.
const MUCH: usize = 4 << 20;

/// Reads at most so many bytes when there is something to read. `f` gets where they go, and how many are done.
pub fn read<'a>(
    m: &mut Machine,
    call: &Call,
    fd: libc::c_int,
    to: Area<'a, *mut u8>,
    mut f: impl FnMut(Area<'a, *mut u8>, usize) -> nix::Result<isize>,
) -> Res<isize> {
    if m.patience().is_none() || to.size() <= MUCH {
        until_ready(m, call, fd, libc::POLLIN)?;
        return call.run(m, || f(to, 0));
    }
    if kind(fd) != Kind::Prompt {
        // What is not a file may always answer less.
        until_ready(m, call, fd, libc::POLLIN)?;
        return call.run(m, || f(to.part(0, MUCH), 0));
    }
    in_portions(m, call, to, f)
}

/// Reads from a file or writes to one, portion by portion, as long as it takes whole ones.
fn in_portions<'a, P: Address>(
    m: &mut Machine,
    call: &Call,
    area: Area<'a, P>,
    mut f: impl FnMut(Area<'a, P>, usize) -> nix::Result<isize>,
) -> Res<isize> {
    let size = area.size();
    let mut done = 0;
    while done < size {
        let portion = MUCH.min(size - done);
        match call.attempt(m, || f(area.part(done, portion), done))? {
            Ok(n) => {
                done += n as usize;
                if (n as usize) < portion {
                    break;
                }
            }
            // What was done is to be told; the next call meets the error again.
            Err(_) if done > 0 => break,
            Err(errno) => return Err(call.failure(m, errno)),
        }
        m.poll()?;
    }
    Ok(done as isize)
}

/// Writes bytes: all of them, as long as there is somebody to take them.
pub fn write(m: &mut Machine, call: &Call, fd: libc::c_int, from: Area<'_, *const u8>) -> Res<isize> {
    let size = from.size();
    // What a pipe or terminal that is ready is sure to have room for.
    let portion = match kind(fd) {
        _ if m.patience().is_none() => return call.run(m, || sys::write(fd, from)),
        Kind::Prompt if size <= MUCH => return call.run(m, || sys::write(fd, from)),
        Kind::Prompt => return in_portions(m, call, from, |part, _| sys::write(fd, part)),
        Kind::Socket => {
            return transfer(m, call, fd, libc::POLLOUT, (from, true), |part, flags| {
                sys::socket::send(fd, part, flags | libc::MSG_NOSIGNAL)
            });
        }
        Kind::Terminal => 256,
        Kind::Pipe | Kind::Other => libc::PIPE_BUF,
    };
    let mut done = 0;
    loop {
        poll(m, call, fd, libc::POLLOUT)?;
        match call.attempt(m, || sys::write(fd, from.part(done, portion)))? {
            Ok(n) => done += n as usize,
            // What was written is to be told; the next call meets the error again.
            Err(_) if done > 0 => break,
            Err(errno) => return Err(call.failure(m, errno)),
        }
        if done >= size {
            break;
        }
    }
    Ok(done as isize)
}

/// Takes a lock: `f` waits for it or fails when somebody else has it, as it is told. Without the time to wait, it asks again
/// and again; deadlocks are then not found out.
pub fn lock(m: &mut Machine, call: &Call, waits: bool, f: impl Fn(bool) -> nix::Result<i32>) -> Res<i32> {
    if !waits || m.patience().is_none() {
        return call.run(m, || f(true));
    }
    let mut pause = Duration::from_micros(100);
    loop {
        match call.attempt(m, || f(false))? {
            Err(Errno(libc::EAGAIN | libc::EACCES)) => sleep(m, call, &mut pause)?,
            answer => return answer.map_err(|errno| call.failure(m, errno)),
        }
    }
}

/// Sleeps, each time for longer, up to 10 milliseconds.
pub fn sleep(m: &mut Machine, call: &Call, pause: &mut Duration) -> Res<()> {
    let slept = call.wait(
        m,
        Some(*pause),
        |answer| *answer == Ok(0),
        |slice| {
            let time = timespec(slice.unwrap_or(Duration::ZERO));
            sys::ppoll(&mut [], Some(&time), None)
        },
    )?;
    *pause = (*pause * 2).min(Duration::from_millis(10));
    if let Err(errno) = slept {
        return Err(call.failure(m, errno));
    }
    m.poll()
}

/// Sends or receives bytes with `f`, which gets those that are not done and flags to add; `whole`: all of them, otherwise what
/// goes at once.
pub fn transfer<'a, P: Address>(
    m: &mut Machine,
    call: &Call,
    fd: libc::c_int,
    events: i16,
    (area, whole): (Area<'a, P>, bool),
    mut f: impl FnMut(Area<'a, P>, libc::c_int) -> nix::Result<isize>,
) -> Res<isize> {
    if m.patience().is_none() || kind(fd) == Kind::Prompt {
        return call.run(m, || f(area, 0));
    }
    let size = area.size();
    let mut done = 0;
    loop {
        match call.attempt(m, || f(area.part(done, size - done), libc::MSG_DONTWAIT))? {
            Ok(n) => {
                done += n as usize;
                if n == 0 || !whole || done >= size {
                    return Ok(done as isize);
                }
            }
            Err(Errno(libc::EAGAIN)) => poll(m, call, fd, events)?,
            Err(_) if done > 0 => return Ok(done as isize),
            Err(errno) => return Err(call.failure(m, errno)),
        }
    }
}
