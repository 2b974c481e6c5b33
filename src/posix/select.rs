//! Waiting for descriptors: `select` and its kin, `poll`. All of it is done by poll(2), as Linux does select(2) itself,
//! so that no descriptor is too great. An interrupted wait goes on for the time that is left.

use super::argument::{Fd, Int};
use super::kernel::{Call, Errno};
use super::port::descriptor;
use super::waiting::wait;
use crate::account::{Claim, Paid};
use crate::eval::{Capability::Filesystem, Machine, ProperList, Res, Single, Who};
use crate::heap::{Value, Vector, View};
use crate::primitives::ports::operands::AnyPort;
use std::time::Duration;
use vicar_macros::primitives;

const READABLE: i16 = libc::POLLIN | libc::POLLRDNORM | libc::POLLRDBAND | libc::POLLHUP | libc::POLLERR;
const WRITABLE: i16 = libc::POLLOUT | libc::POLLWRNORM | libc::POLLWRBAND | libc::POLLERR;
const EXCEPTIONAL: i16 = libc::POLLPRI;

/// What select(2) asks of a descriptor in its three sets, in order.
const SETS: [(i16, i16); 3] = [
    (libc::POLLIN | libc::POLLRDNORM, READABLE),
    (libc::POLLOUT | libc::POLLWRNORM, WRITABLE),
    (libc::POLLPRI, EXCEPTIONAL),
];

/// The time that `select` gets: seconds and microseconds.
#[derive(Copy, Clone)]
pub struct Timeout(pub Duration);

/// Whole seconds.
pub struct Seconds(u64);

impl Single for Seconds {
    const WHAT: &'static str = "seconds: a fixnum of 0 and up";
    fn convert(v: Value) -> Option<Seconds> {
        // More than the kernel's clock can count is as good as for ever.
        v.as_fixnum().and_then(|n| u64::try_from(n).ok()).map(|n| Seconds(n.min(1 << 40)))
    }
}

/// Parts of a second.
pub struct Microseconds(u32);

impl Single for Microseconds {
    const WHAT: &'static str = "microseconds: a fixnum of 0 to 999999";
    fn convert(v: Value) -> Option<Microseconds> {
        v.as_fixnum().and_then(|n| u32::try_from(n).ok()).filter(|&n| n < 1_000_000).map(Microseconds)
    }
}

impl Timeout {
    pub fn new(sec: Seconds, usec: Microseconds) -> Timeout {
        Timeout(Duration::new(sec.0, usec.0 * 1000))
    }
}

/// Descriptors, of which a program may name as many as it likes.
pub type Descriptors = Paid<Vec<libc::c_int>>;

/// Waits as select(2) does for three sets of descriptors; those that are ready, or `None` when the time is over.
pub fn select(
    m: &mut Machine,
    call: &Call,
    mut sets: [Descriptors; 3],
    timeout: Timeout,
) -> Res<Option<[Descriptors; 3]>> {
    let mut fds = Paid::with_room(m.heap.memory(), sets.iter().map(|set| set.len()).sum())?;
    for (set, &(events, _)) in sets.iter().zip(&SETS) {
        fds.extend(set.iter().map(|&fd| libc::pollfd { fd, events, revents: 0 }));
    }
    let ready = wait(m, call, &mut fds, Some(timeout.0))?;
    if fds.iter().any(|p| p.revents & libc::POLLNVAL != 0) {
        return Err(call.failure(m, Errno(libc::EBADF)));
    }
    if ready == 0 {
        return Ok(None);
    }
    let mut answers = fds.iter();
    for (set, &(_, events)) in sets.iter_mut().zip(&SETS) {
        set.retain(|_| answers.next().is_some_and(|p| p.revents & events != 0));
    }
    Ok(Some(sets))
}

/// The descriptors of a list.
fn descriptors(m: &mut Machine, who: &str, index: usize, list: ProperList) -> Res<Descriptors> {
    let mut found = Paid::new(Vec::new(), Claim::new(m.heap.memory()));
    for item in list.iter() {
        m.charge(1)?;
        match Fd::convert(item) {
            Some(fd) => {
                found.grow(1)?;
                found.push(fd.0)
            }
            None => return Err(m.wrong_argument(who, "fds", index, "a list of file descriptors", list.0)),
        }
    }
    Ok(found)
}

fn list(m: &mut Machine, fds: &[libc::c_int]) -> Res {
    /// Bytes of a pair.
    const PAIR: usize = 16;
    m.heap.reserve_many(fds.len() * PAIR)?;
    Ok(fds.iter().rev().fold(Value::NIL, |list, &fd| m.heap.cons(Value::fixnum(fd.into()), list)))
}

/// The same of a port's descriptor; what the port has read ahead can be read.
fn of_port(
    m: &mut Machine,
    who: &str,
    port: AnyPort,
    which: &[usize],
    sec: Seconds,
    usec: Microseconds,
) -> Res<[bool; 3]> {
    let fd = descriptor(m, who, port)?;
    if !which.contains(&0) || !port.port().has_input_ready() {
        return one(m, who, fd, which, sec, usec);
    }
    let mut ready = one(m, who, fd, which, Seconds(0), Microseconds(0))?;
    ready[0] = true;
    Ok(ready)
}

/// Whether one descriptor is ready in each of the sets that are asked for.
fn one(m: &mut Machine, who: &str, fd: Fd, which: &[usize], sec: Seconds, usec: Microseconds) -> Res<[bool; 3]> {
    let irritants = [fd.value()];
    let call = Call::new(who, Filesystem).irritants(&irritants).once();
    let mut sets: [Descriptors; 3] = Default::default();
    which.iter().for_each(|&i| sets[i].push(fd.0));
    let found = select(m, &call, sets, Timeout::new(sec, usec))?.unwrap_or_default();
    Ok(found.map(|fds| !fds.is_empty()))
}

/// One item of `poll`'s vector: descriptor, events, what came of them; and what is already there without asking the kernel.
fn poll_item(v: Value) -> Option<(libc::pollfd, i16)> {
    let item = Vector::from_value(v).filter(|item| item.len() == 3 && !v.is_immutable())?;
    let events = item.get(1)?.as_fixnum().and_then(|n| i16::try_from(n).ok())?;
    let (fd, ahead) = match AnyPort::convert(item.get(0)?) {
        Some(port) => (port.port().descriptor()?, port.port().has_input_ready()),
        None => (Int::convert(item.get(0)?)?.0, false),
    };
    let there = if ahead { events & (libc::POLLIN | libc::POLLRDNORM) } else { 0 };
    Some((libc::pollfd { fd, events, revents: 0 }, there))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(select nfds read-fds write-fds except-fds sec usec)`: waits until a descriptor of the three lists can be read,
    /// can be written, or has something exceptional, at most that time; three lists of those that are ready. `nfds` is
    /// not needed: `#f`. select(2)
    #[primitive(name = "select", control)]
    fn select_lists(
        m: &mut Machine,
        who: Who,
        nfds: Value,
        read_fds: ProperList,
        write_fds: ProperList,
        except_fds: ProperList,
        sec: Seconds,
        usec: Microseconds,
    ) -> Res {
        if !nfds.is_false() && Fd::convert(nfds).is_none() {
            return Err(m.wrong_argument(who, "nfds", 1, "a number of descriptors or #f", nfds));
        }
        let sets = [
            descriptors(m, who, 2, read_fds)?,
            descriptors(m, who, 3, write_fds)?,
            descriptors(m, who, 4, except_fds)?,
        ];
        let irritants = [read_fds.0, write_fds.0, except_fds.0];
        let call = Call::new(who, Filesystem).irritants(&irritants).once();
        let found = select(m, &call, sets, Timeout::new(sec, usec))?.unwrap_or_default();
        let lists = [list(m, &found[0])?, list(m, &found[1])?, list(m, &found[2])?];
        Ok(m.heap.multiple_values(&lists))
    }

    /// `(select-fd fd sec usec)`: waits until something can be done with the descriptor; three values, each it or `#f`:
    /// readable, writable, exceptional.
    #[primitive(control)]
    fn select_fd(m: &mut Machine, who: Who, fd: Fd, sec: Seconds, usec: Microseconds) -> Res {
        let ready = one(m, who, fd, &[0, 1, 2], sec, usec)?;
        Ok(m.heap.multiple_values(&ready.map(|yes| if yes { fd.value() } else { Value::FALSE })))
    }

    /// `(select-fd-readable? fd sec usec)`: whether it can be read, also because it is at its end, within that time.
    fn is_select_fd_readable(m: &mut Machine, who: Who, fd: Fd, sec: Seconds, usec: Microseconds) -> Res {
        Ok(Value::boolean(one(m, who, fd, &[0], sec, usec)?[0]))
    }

    /// `(select-fd-writable? fd sec usec)`: whether it can be written within that time.
    fn is_select_fd_writable(m: &mut Machine, who: Who, fd: Fd, sec: Seconds, usec: Microseconds) -> Res {
        Ok(Value::boolean(one(m, who, fd, &[1], sec, usec)?[1]))
    }

    /// `(select-fd-exceptional? fd sec usec)`: whether it has out-of-band data or the like within that time.
    fn is_select_fd_exceptional(m: &mut Machine, who: Who, fd: Fd, sec: Seconds, usec: Microseconds) -> Res {
        Ok(Value::boolean(one(m, who, fd, &[2], sec, usec)?[2]))
    }

    /// `(select-port port sec usec)`: the same of a port's descriptor; what the port has read ahead can be read.
    #[primitive(control)]
    fn select_port(m: &mut Machine, who: Who, port: AnyPort, sec: Seconds, usec: Microseconds) -> Res {
        let ready = of_port(m, who, port, &[0, 1, 2], sec, usec)?;
        Ok(m.heap.multiple_values(&ready.map(|yes| if yes { port.0 } else { Value::FALSE })))
    }

    /// `(select-port-readable? port sec usec)`
    fn is_select_port_readable(m: &mut Machine, who: Who, port: AnyPort, sec: Seconds, usec: Microseconds) -> Res {
        Ok(Value::boolean(of_port(m, who, port, &[0], sec, usec)?[0]))
    }

    /// `(select-port-writable? port sec usec)`
    fn is_select_port_writable(m: &mut Machine, who: Who, port: AnyPort, sec: Seconds, usec: Microseconds) -> Res {
        Ok(Value::boolean(of_port(m, who, port, &[1], sec, usec)?[1]))
    }

    /// `(select-port-exceptional? port sec usec)`
    fn is_select_port_exceptional(m: &mut Machine, who: Who, port: AnyPort, sec: Seconds, usec: Microseconds) -> Res {
        Ok(Value::boolean(of_port(m, who, port, &[2], sec, usec)?[2]))
    }

    /// `(poll fds timeout)`: waits at most `timeout` milliseconds, negative for ever. `fds` is a vector of vectors
    /// `#(fd events revents)`, whose last element is set; how many are ready. A port in the place of a descriptor stands for
    /// its own, and what it has read ahead can be read. poll(2)
    fn poll(m: &mut Machine, who: Who, fds: Vector, timeout: Int) -> Res {
        let irritants = [fds.value(), timeout.value()];
        m.charge(fds.len())?;
        let mut items = Paid::with_room(m.heap.memory(), fds.len())?;
        let mut there = Paid::with_room(m.heap.memory(), fds.len())?;
        for &item in fds.as_slice() {
            match poll_item(item) {
                Some((item, ahead)) => {
                    items.push(item);
                    there.push(ahead);
                }
                None => {
                    let expected = "a vector of mutable vectors #(fd events revents)";
                    return Err(m.wrong_argument(who, "fds", 1, expected, fds.value()));
                }
            }
        }
        let time = if there.iter().any(|&events| events != 0) { Some(0) } else { u64::try_from(timeout.0).ok() };
        let call = Call::new(who, Filesystem).irritants(&irritants).once();
        wait(m, &call, &mut items, time.map(Duration::from_millis))?;
        let mut ready = 0;
        for ((&item, p), there) in fds.as_slice().iter().zip(items.iter()).zip(there.iter()) {
            let found = p.revents | there;
            ready += i64::from(found != 0);
            if let Some(item) = Vector::from_value(item) {
                item.set(2, Value::fixnum(found.into()));
            }
        }
        Ok(Value::fixnum(ready))
    }
}
