//! Sockets. An address is a bytevector with C's `sockaddr` in it (`address.rs` makes and reads them); the kernel checks
//! it. A peer that is gone shows as `EPIPE`, never as a signal.

use super::argument::{Fd, Int};
use super::buffer::{Bytes, Count, Source, Target};
use super::kernel::{Call, Errno};
use super::sys::Array;
use super::sys::socket::{self as sys, Room, SocketOption};
use super::waiting;
use crate::eval::{Capability::Network, Machine, Res, Single, Who};
use crate::heap::{Bytevector, Value, View};
use crate::memory::{from_u64, to_i128};
use std::time::Duration;
use vicar_macros::primitives;

/// Makes a call on a socket that only can fail.
fn done(m: &mut Machine, who: &str, irritants: &[Value], f: impl FnMut() -> nix::Result<libc::c_int>) -> Res {
    Call::new(who, Network).irritants(irritants).run(m, f)?;
    Ok(Value::VOID)
}

fn name(m: &mut Machine, who: &str, sock: Fd, ask: fn(libc::c_int, &mut Room) -> nix::Result<libc::c_int>) -> Res {
    let irritants = [sock.value()];
    let mut room = Room::new();
    Call::new(who, Network).irritants(&irritants).run(m, || ask(sock.0, &mut room))?;
    Ok(m.heap.bytevector(room.address()))
}

fn send(m: &mut Machine, who: &str, sock: Fd, buffer: Source, size: Count, flags: Int, to: Option<Bytevector>) -> Res {
    let irritants = [sock.value()];
    let call = Call::new(who, Network).irritants(&irritants);
    let bytes = Bytes::of_source(m, who, buffer, Some(size))?;
    let flags = flags.0 | libc::MSG_NOSIGNAL;
    let done = waiting::transfer(m, &call, sock.0, libc::POLLOUT, (bytes.area(), true), |part, more| match &to {
        Some(to) => sys::sendto(sock.0, part, flags | more, to.bytes()),
        None => sys::send(sock.0, part, flags | more),
    })?;
    bytes.finish(m)?;
    Ok(Value::fixnum(done as i64))
}

fn receive(m: &mut Machine, who: &str, sock: Fd, buffer: Target, size: Count, flags: Int, room: &mut Room) -> Res {
    let irritants = [sock.value()];
    let call = Call::new(who, Network).irritants(&irritants);
    let bytes = Bytes::of_target(m, who, buffer, Some(size))?;
    let whole = flags.0 & libc::MSG_WAITALL != 0 && flags.0 & (libc::MSG_PEEK | libc::MSG_DONTWAIT) == 0;
    let done = waiting::transfer(m, &call, sock.0, libc::POLLIN, (bytes.area(), whole), |part, more| {
        sys::recvfrom(sock.0, part, flags.0 | more, room)
    })?;
    bytes.finish(m)?;
    Ok(Value::fixnum(done as i64))
}

/// Makes a call for an option, if it is one that may be asked for: [`SocketOption`].
fn on_option<T>(
    m: &mut Machine,
    who: &str,
    irritants: &[Value],
    (level, option): (Int, Int),
    mut f: impl FnMut(SocketOption) -> nix::Result<T>,
) -> Res<T> {
    let call = Call::new(who, Network).irritants(irritants);
    m.require(Network, who)?;
    match SocketOption::new(level.0, option.0) {
        Some(option) => call.run(m, || f(option)),
        None => Err(call.failure(m, Errno(libc::EOPNOTSUPP))),
    }
}

/// Sets an option to the bytes of a C value.
fn set_option(m: &mut Machine, who: &str, sock: Fd, level: Int, option: Int, value: &[u8], irritant: Value) -> Res {
    let irritants = [sock.value(), level.value(), option.value(), irritant];
    on_option(m, who, &irritants, (level, option), |option| option.set(sock.0, value))?;
    Ok(Value::VOID)
}

/// An option as the bytes of a C value; those that the kernel does not write are zero.
fn option<const N: usize>(m: &mut Machine, who: &str, sock: Fd, level: Int, option: Int) -> Res<[u8; N]> {
    let irritants = [sock.value(), level.value(), option.value()];
    let mut value = [0; N];
    on_option(m, who, &irritants, (level, option), |option| option.get(sock.0, &mut value))?;
    Ok(value)
}

/// C's `struct linger`: whether, and for how long.
type Linger = [u8; size_of::<libc::linger>()];

fn linger(onoff: bool, seconds: libc::c_int) -> Linger {
    let mut value = [0; size_of::<libc::linger>()];
    value[..4].copy_from_slice(&libc::c_int::from(onoff).to_ne_bytes());
    value[4..].copy_from_slice(&seconds.to_ne_bytes());
    value
}

fn linger_parts(value: &Linger) -> (bool, libc::c_int) {
    let [a, b, c, d, e, f, g, h] = *value;
    (libc::c_int::from_ne_bytes([a, b, c, d]) != 0, libc::c_int::from_ne_bytes([e, f, g, h]))
}

/// A C int, or a boolean for 1 and 0.
struct IntOrBoolean(libc::c_int, Value);

impl Single for IntOrBoolean {
    const WHAT: &'static str = "a boolean or an exact integer in the range of a C int";
    fn convert(v: Value) -> Option<IntOrBoolean> {
        let n = if v.is_boolean() { v.is_true() as libc::c_int } else { Int::convert(v)?.0 };
        Some(IntOrBoolean(n, v))
    }
}

/// A C size_t.
struct SizeT(usize, Value);

impl Single for SizeT {
    const WHAT: &'static str = "an exact integer in the range of size_t";
    fn convert(v: Value) -> Option<SizeT> {
        to_i128(v).and_then(|n| usize::try_from(n).ok()).map(|n| SizeT(n, v))
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(socket namespace style protocol)`: a new socket: `PF_…`, `SOCK_…`, `IPPROTO_…` or 0. socket(2)
    fn socket(m: &mut Machine, who: Who, namespace: Int, style: Int, protocol: Int) -> Res {
        let irritants = [namespace.value(), style.value(), protocol.value()];
        let call = Call::new(who, Network).irritants(&irritants);
        let fd = call.run(m, || sys::socket(namespace.0, style.0, protocol.0))?;
        Ok(Value::fixnum(fd as i64))
    }

    /// `(socketpair namespace style protocol)`: two sockets that are connected, as values. socketpair(2)
    #[primitive(control)]
    fn socketpair(m: &mut Machine, who: Who, namespace: Int, style: Int, protocol: Int) -> Res {
        let irritants = [namespace.value(), style.value(), protocol.value()];
        let mut ends = [0; 2];
        let call = Call::new(who, Network).irritants(&irritants);
        call.run(m, || sys::socketpair(namespace.0, style.0, protocol.0, Array(&mut ends)))?;
        Ok(m.heap.multiple_values(&ends.map(|fd| Value::fixnum(fd as i64))))
    }

    /// `(shutdown sock how)`: ends one direction or both: `SHUT_RD`, `SHUT_WR`, `SHUT_RDWR`. shutdown(2)
    fn shutdown(m: &mut Machine, who: Who, sock: Fd, how: Int) -> Res {
        done(m, who, &[sock.value(), how.value()], || sys::shutdown(sock.0, how.0))
    }

    /// `(bind sock sockaddr)`: gives the socket its own address. bind(2)
    fn bind(m: &mut Machine, who: Who, sock: Fd, sockaddr: Bytevector) -> Res {
        done(m, who, &[sock.value(), sockaddr.value()], || sys::bind(sock.0, sockaddr.bytes()))
    }

    /// `(listen sock pending-conns)`: lets others connect. listen(2)
    fn listen(m: &mut Machine, who: Who, sock: Fd, pending_conns: Int) -> Res {
        done(m, who, &[sock.value(), pending_conns.value()], || sys::listen(sock.0, pending_conns.0))
    }

    /// `(accept sock)`: two values, the socket of the next connection and the peer's address; both `#f` if the socket is
    /// in non-blocking mode and nobody waits. accept(2)
    #[primitive(control)]
    fn accept(m: &mut Machine, who: Who, sock: Fd) -> Res {
        let irritants = [sock.value()];
        let call = Call::new(who, Network).irritants(&irritants);
        let mut room = Room::new();
        waiting::until_ready(m, &call, sock.0, libc::POLLIN)?;
        let values = match call.attempt(m, || sys::accept(sock.0, &mut room))? {
            Ok(fd) => [Value::fixnum(fd as i64), m.heap.bytevector(room.address())],
            Err(Errno(libc::EAGAIN)) => [Value::FALSE; 2],
            Err(errno) => return Err(call.failure(m, errno)),
        };
        Ok(m.heap.multiple_values(&values))
    }

    /// `(connect sock addr)`: connects to a peer. In non-blocking mode `EINPROGRESS` raises. connect(2)
    fn connect(m: &mut Machine, who: Who, sock: Fd, addr: Bytevector) -> Res {
        let irritants = [sock.value(), addr.value()];
        let call = Call::new(who, Network).irritants(&irritants).once();
        // The socket's option is touched before the call that asks for the capability.
        m.require(Network, who)?;
        // The socket itself waits for no longer than a slice.
        let slices = waiting::may_wait(m, sock.0).then(|| send_timeout(sock, time_of(SLICE)));
        let ended = loop {
            match call.attempt(m, || sys::connect(sock.0, addr.bytes())) {
                Ok(Ok(_)) => break Ok(Value::VOID),
                Ok(Err(Errno(libc::EINTR))) => break connected(m, &call, sock),
                Ok(Err(Errno(libc::EINPROGRESS))) if slices.is_some() => break connected(m, &call, sock),
                // Nobody has accepted so many connections yet.
                Ok(Err(Errno(libc::EAGAIN))) if slices.is_some() => {}
                Ok(Err(errno)) => break Err(call.failure(m, errno)),
                Err(stop) => break Err(stop),
            }
            if let Err(stop) = m.poll() {
                break Err(stop);
            }
        };
        if let Some(before) = slices {
            send_timeout(sock, before);
        }
        ended
    }

    /// `(getpeername sock)`: the peer's address. getpeername(2)
    fn getpeername(m: &mut Machine, who: Who, sock: Fd) -> Res {
        name(m, who, sock, sys::getpeername)
    }

    /// `(getsockname sock)`: the socket's own address. getsockname(2)
    fn getsockname(m: &mut Machine, who: Who, sock: Fd) -> Res {
        name(m, who, sock, sys::getsockname)
    }

    /// `(send sock buffer size flags)`: sends bytes, see `write`; how many. A peer that is gone raises `EPIPE`. send(2)
    #[primitive(name = "send")]
    fn send_bytes(m: &mut Machine, who: Who, sock: Fd, buffer: Source, size: Count, flags: Int) -> Res {
        send(m, who, sock, buffer, size, flags, None)
    }

    /// `(sendto sock buffer size flags addr)`: the same to an address. sendto(2)
    fn sendto(m: &mut Machine, who: Who, sock: Fd, buffer: Source, size: Count, flags: Int, addr: Bytevector) -> Res {
        send(m, who, sock, buffer, size, flags, Some(addr))
    }

    /// `(recv sock buffer size flags)`: receives bytes, see `read`; how many, 0 when the peer has ended. recv(2)
    fn recv(m: &mut Machine, who: Who, sock: Fd, buffer: Target, size: Count, flags: Int) -> Res {
        receive(m, who, sock, buffer, size, flags, &mut Room::new())
    }

    /// `(recvfrom sock buffer size flags)`: the same; two values, how many and the sender's address. recvfrom(2)
    #[primitive(control)]
    fn recvfrom(m: &mut Machine, who: Who, sock: Fd, buffer: Target, size: Count, flags: Int) -> Res {
        let mut room = Room::new();
        let count = receive(m, who, sock, buffer, size, flags, &mut room)?;
        let values = [count, m.heap.bytevector(room.address())];
        Ok(m.heap.multiple_values(&values))
    }

    /// `(setsockopt sock level option optval)`: sets an option to the bytes of a C value. One whose value has addresses in it,
    /// such as `SO_ATTACH_FILTER`, or a level that is not known here, raises `EOPNOTSUPP`. setsockopt(2)
    fn setsockopt(m: &mut Machine, who: Who, sock: Fd, level: Int, option: Int, optval: Bytevector) -> Res {
        set_option(m, who, sock, level, option, optval.bytes(), optval.value())
    }

    /// `(getsockopt sock level option optval)`: fills a bytevector with the option's C value. getsockopt(2)
    fn getsockopt(m: &mut Machine, who: Who, sock: Fd, level: Int, option: Int, optval: Bytevector) -> Res {
        let irritants = [sock.value(), level.value(), option.value(), optval.value()];
        if optval.value().is_immutable() {
            return Err(m.wrong_argument(who, "optval", 4, "a mutable bytevector", optval.value()));
        }
        let mut value = optval;
        on_option(m, who, &irritants, (level, option), |option| option.get(sock.0, value.bytes_mut()))?;
        Ok(Value::VOID)
    }

    /// `(setsockopt/int sock level option optval)`: sets an option that is a C int; a boolean stands for 1 or 0.
    #[primitive(name = "setsockopt/int")]
    fn setsockopt_int(m: &mut Machine, who: Who, sock: Fd, level: Int, option: Int, optval: IntOrBoolean) -> Res {
        set_option(m, who, sock, level, option, &optval.0.to_ne_bytes(), optval.1)
    }

    /// `(getsockopt/int sock level option)`: an option that is a C int.
    #[primitive(name = "getsockopt/int")]
    fn getsockopt_int(m: &mut Machine, who: Who, sock: Fd, level: Int, name: Int) -> Res {
        let n = libc::c_int::from_ne_bytes(option(m, who, sock, level, name)?);
        Ok(Value::fixnum(n as i64))
    }

    /// `(setsockopt/size_t sock level option optval)`: sets an option that is a C size_t.
    #[primitive(name = "setsockopt/size_t")]
    fn setsockopt_size_t(m: &mut Machine, who: Who, sock: Fd, level: Int, option: Int, optval: SizeT) -> Res {
        set_option(m, who, sock, level, option, &optval.0.to_ne_bytes(), optval.1)
    }

    /// `(getsockopt/size_t sock level option)`: an option that is a C size_t.
    #[primitive(name = "getsockopt/size_t")]
    fn getsockopt_size_t(m: &mut Machine, who: Who, sock: Fd, level: Int, name: Int) -> Res {
        let n = usize::from_ne_bytes(option(m, who, sock, level, name)?);
        Ok(from_u64(&mut m.heap, n as u64))
    }

    /// `(setsockopt/linger sock onoff linger)`: whether, and how many seconds, closing waits for data to be sent.
    #[primitive(name = "setsockopt/linger")]
    fn setsockopt_linger(m: &mut Machine, who: Who, sock: Fd, onoff: bool, linger: Int) -> Res {
        let (level, name) = (Int(libc::SOL_SOCKET), Int(libc::SO_LINGER));
        let value = self::linger(onoff, linger.0);
        set_option(m, who, sock, level, name, &value, linger.value())
    }

    /// `(getsockopt/linger sock)`: two values, whether and how many seconds.
    #[primitive(name = "getsockopt/linger", control)]
    fn getsockopt_linger(m: &mut Machine, who: Who, sock: Fd) -> Res {
        let (level, name) = (Int(libc::SOL_SOCKET), Int(libc::SO_LINGER));
        let (onoff, seconds) = linger_parts(&option(m, who, sock, level, name)?);
        Ok(m.heap.multiple_values(&[Value::boolean(onoff), Value::fixnum(seconds.into())]))
    }
}

/// What `connect` waits for at once.
const SLICE: Duration = Duration::from_millis(20);

/// A time as C's `timeval` has it: seconds and microseconds.
type Time = [u8; size_of::<libc::timeval>()];

fn time_of(time: Duration) -> Time {
    let parts = [time.as_secs() as libc::c_long, time.subsec_micros() as libc::c_long].map(libc::c_long::to_ne_bytes);
    let mut whole = [0; size_of::<libc::timeval>()];
    whole.copy_from_slice(parts.as_flattened());
    whole
}

/// Sets how long calls that send wait, and answers how long it was. What is no socket refuses both.
fn send_timeout(sock: Fd, time: Time) -> Time {
    let mut before = [0; size_of::<libc::timeval>()];
    if let Some(option) = SocketOption::new(libc::SOL_SOCKET, libc::SO_SNDTIMEO) {
        let _ = option.get(sock.0, &mut before);
        let _ = option.set(sock.0, &time);
    }
    before
}

/// The end of a `connect` that a signal interrupted: it goes on by itself, and the socket tells how it ended.
fn connected(m: &mut Machine, call: &Call, sock: Fd) -> Res {
    m.poll()?;
    waiting::poll(m, call, sock.0, libc::POLLOUT)?;
    let code = libc::c_int::from_ne_bytes(option(m, call.who(), sock, Int(libc::SOL_SOCKET), Int(libc::SO_ERROR))?);
    if code == 0 { Ok(Value::VOID) } else { Err(call.failure(m, Errno(code))) }
}
