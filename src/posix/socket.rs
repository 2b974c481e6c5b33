//! Sockets. An address is a bytevector with C's `sockaddr` in it (`address.rs` makes and reads them); the kernel checks
//! it. A peer that is gone shows as `EPIPE`, never as a signal.

use super::argument::{Fd, Int};
use super::buffer::{Bytes, Count, Source, Target};
use super::kernel::{Call, Errno};
use super::waiting;
use crate::eval::{Capability::Network, Machine, Res, Single};
use crate::heap::{Bytevector, Value, View};
use crate::memory::{from_u64, to_i128};
use crate::primitives;

/// Room for any address.
#[repr(C, align(8))]
struct Room {
    bytes: [u8; size_of::<libc::sockaddr_storage>()],
    used: libc::socklen_t,
}

impl Room {
    fn new() -> Room {
        let size = size_of::<libc::sockaddr_storage>();
        Room { bytes: [0; size_of::<libc::sockaddr_storage>()], used: size as libc::socklen_t }
    }

    fn at(&mut self) -> (*mut libc::sockaddr, *mut libc::socklen_t) {
        (self.bytes.as_mut_ptr().cast(), &mut self.used)
    }

    /// What the kernel put there.
    fn value(&self, m: &mut Machine) -> Value {
        let used = (self.used as usize).min(self.bytes.len());
        m.heap.bytevector(&self.bytes[..used])
    }
}

fn length(b: Bytevector) -> libc::socklen_t {
    libc::socklen_t::try_from(b.len()).unwrap_or(libc::socklen_t::MAX)
}

/// Makes a call on a socket that only can fail.
fn done(m: &mut Machine, who: &str, irritants: &[Value], f: impl FnMut() -> libc::c_int) -> Res {
    Call::new(who, Network).irritants(irritants).run(m, f)?;
    Ok(Value::VOID)
}

type Name = unsafe extern "C" fn(libc::c_int, *mut libc::sockaddr, *mut libc::socklen_t) -> libc::c_int;

fn name(m: &mut Machine, who: &str, sock: Fd, ask: Name) -> Res {
    let irritants = [sock.value()];
    let mut room = Room::new();
    let (at, used) = room.at();
    // SAFETY: room for any address, and its size.
    Call::new(who, Network).irritants(&irritants).run(m, || unsafe { ask(sock.0, at, used) })?;
    Ok(room.value(m))
}

fn send(m: &mut Machine, who: &str, sock: Fd, buffer: Source, size: Count, flags: Int, to: Option<Bytevector>) -> Res {
    let irritants = [sock.value()];
    let call = Call::new(who, Network).irritants(&irritants);
    let bytes = Bytes::of_source(m, who, buffer, Some(size))?;
    let (at, count, flags) = (bytes.at.cast_const(), bytes.size, flags.0 | libc::MSG_NOSIGNAL);
    let (address, used) = to.map_or((std::ptr::null(), 0), |a| (a.as_ptr().cast_const().cast(), length(a)));
    let at: *const u8 = at;
    let done = waiting::transfer(m, &call, sock.0, libc::POLLOUT, (count, true), |done, n, more| {
        // SAFETY: a checked buffer of `done + n` bytes, and null or a live bytevector.
        unsafe { libc::sendto(sock.0, at.add(done).cast(), n, flags | more, address, used) }
    })?;
    bytes.finish(m)?;
    Ok(Value::fixnum(done as i64))
}

fn receive(m: &mut Machine, who: &str, sock: Fd, buffer: Target, size: Count, flags: Int, room: &mut Room) -> Res {
    let irritants = [sock.value()];
    let call = Call::new(who, Network).irritants(&irritants);
    let bytes = Bytes::of_target(m, who, buffer, Some(size))?;
    let (at, count) = (bytes.at, bytes.size);
    let (address, used) = room.at();
    let whole = flags.0 & libc::MSG_WAITALL != 0 && flags.0 & (libc::MSG_PEEK | libc::MSG_DONTWAIT) == 0;
    let done = waiting::transfer(m, &call, sock.0, libc::POLLIN, (count, whole), |done, n, more| {
        // SAFETY: a checked buffer of `done + n` bytes, and room for any address.
        unsafe { libc::recvfrom(sock.0, at.add(done).cast(), n, flags.0 | more, address, used) }
    })?;
    bytes.finish(m)?;
    Ok(Value::fixnum(done as i64))
}

/// Raises unless the kernel takes for that option no more than the bytes of a value of the size that it is told: others have
/// addresses in them, where it would read or write, or count the size in something else. What is not known is not let through.
fn admit_option(m: &mut Machine, call: &Call, level: Int, option: Int) -> Res<()> {
    /// SO_ATTACH_FILTER and SO_GET_FILTER, SO_ATTACH_REUSEPORT_CBPF; and SO_ZEROCOPY, with which the kernel reads what is sent
    /// when the call is long over.
    const BEYOND: [libc::c_int; 3] = [26, 51, 60];
    const TCP_ZEROCOPY_RECEIVE: libc::c_int = 35;
    const PACKET_FANOUT_DATA: libc::c_int = 22;
    let is_known = match level.0 {
        libc::SOL_SOCKET => !BEYOND.contains(&option.0),
        // From 38 to 42 are keys, which are told one by one, behind each other.
        libc::IPPROTO_TCP => !(38..=42).contains(&option.0) && option.0 != TCP_ZEROCOPY_RECEIVE,
        // Above are the tables of filters, but for some of IPv6.
        libc::IPPROTO_IP => option.0 < 64,
        libc::IPPROTO_IPV6 => option.0 < 64 || matches!(option.0, 66 | 67 | 70 | 72..=78),
        libc::SOL_PACKET => option.0 != PACKET_FANOUT_DATA,
        libc::IPPROTO_UDP | libc::IPPROTO_UDPLITE | libc::IPPROTO_ICMPV6 | libc::IPPROTO_RAW | libc::SOL_NETLINK => {
            true
        }
        _ => false,
    };
    if is_known { Ok(()) } else { Err(call.failure(m, Errno(libc::EOPNOTSUPP))) }
}

/// Makes a call for an option, which only can fail.
fn option_done(
    m: &mut Machine,
    who: &str,
    irritants: &[Value],
    (level, option): (Int, Int),
    f: impl FnMut() -> libc::c_int,
) -> Res {
    let call = Call::new(who, Network).irritants(irritants);
    m.require(Network, who)?;
    admit_option(m, &call, level, option)?;
    call.run(m, f)?;
    Ok(Value::VOID)
}

/// Sets an option to the bytes of a C value.
fn set_option<T>(m: &mut Machine, who: &str, sock: Fd, level: Int, option: Int, value: T, irritant: Value) -> Res {
    let irritants = [sock.value(), level.value(), option.value(), irritant];
    let (at, size) = (std::ptr::from_ref(&value).cast(), size_of::<T>() as libc::socklen_t);
    // SAFETY: `size` live bytes, which is all that the kernel takes.
    option_done(m, who, &irritants, (level, option), || unsafe {
        libc::setsockopt(sock.0, level.0, option.0, at, size)
    })
}

/// An option as a C value; bytes that the kernel does not write stay as in `value`.
fn option<T>(m: &mut Machine, who: &str, sock: Fd, level: Int, option: Int, mut value: T) -> Res<T> {
    let irritants = [sock.value(), level.value(), option.value()];
    let mut size = size_of::<T>() as libc::socklen_t;
    let at = std::ptr::from_mut(&mut value).cast();
    // SAFETY: `size` bytes that may be written, where the kernel writes no more.
    option_done(m, who, &irritants, (level, option), || unsafe {
        libc::getsockopt(sock.0, level.0, option.0, at, &mut size)
    })?;
    Ok(value)
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

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(socket namespace style protocol)`: a new socket: `PF_…`, `SOCK_…`, `IPPROTO_…` or 0. socket(2)
    "socket" [] fn socket(m, namespace: Int, style: Int, protocol: Int) {
        let irritants = [namespace.value(), style.value(), protocol.value()];
        let call = Call::new("socket", Network).irritants(&irritants);
        // SAFETY: plain system call.
        let fd = call.run(m, || unsafe { libc::socket(namespace.0, style.0, protocol.0) })?;
        Ok(Value::fixnum(fd as i64))
    }
    /// `(socketpair namespace style protocol)`: two sockets that are connected, as values. socketpair(2)
    "socketpair" [control] fn socketpair(m, namespace: Int, style: Int, protocol: Int) {
        let irritants = [namespace.value(), style.value(), protocol.value()];
        let mut ends = [0; 2];
        let call = Call::new("socketpair", Network).irritants(&irritants);
        // SAFETY: room for two descriptors.
        call.run(m, || unsafe { libc::socketpair(namespace.0, style.0, protocol.0, ends.as_mut_ptr()) })?;
        Ok(m.heap.multiple_values(&ends.map(|fd| Value::fixnum(fd as i64))))
    }
    /// `(shutdown sock how)`: ends one direction or both: `SHUT_RD`, `SHUT_WR`, `SHUT_RDWR`. shutdown(2)
    "shutdown" [] fn shutdown(m, sock: Fd, how: Int) {
        // SAFETY: plain system call.
        done(m, "shutdown", &[sock.value(), how.value()], || unsafe { libc::shutdown(sock.0, how.0) })
    }
    /// `(bind sock sockaddr)`: gives the socket its own address. bind(2)
    "bind" [] fn bind(m, sock: Fd, sockaddr: Bytevector) {
        let (at, used) = (sockaddr.as_ptr().cast_const().cast(), length(sockaddr));
        // SAFETY: a live bytevector.
        done(m, "bind", &[sock.value(), sockaddr.value()], || unsafe { libc::bind(sock.0, at, used) })
    }
    /// `(listen sock pending-conns)`: lets others connect. listen(2)
    "listen" [] fn listen(m, sock: Fd, pending_conns: Int) {
        // SAFETY: plain system call.
        done(m, "listen", &[sock.value(), pending_conns.value()], || unsafe { libc::listen(sock.0, pending_conns.0) })
    }
    /// `(accept sock)`: two values, the socket of the next connection and the peer's address; both `#f` if the socket is
    /// in non-blocking mode and nobody waits. accept(2)
    "accept" [control] fn accept(m, sock: Fd) {
        let irritants = [sock.value()];
        let call = Call::new("accept", Network).irritants(&irritants);
        let mut room = Room::new();
        let (at, used) = room.at();
        waiting::until_ready(m, &call, sock.0, libc::POLLIN)?;
        // SAFETY: room for any address, and its size.
        let values = match call.attempt(m, || unsafe { libc::accept(sock.0, at, used) })? {
            Ok(fd) => [Value::fixnum(fd as i64), room.value(m)],
            Err(Errno(libc::EAGAIN)) => [Value::FALSE; 2],
            Err(errno) => return Err(call.failure(m, errno)),
        };
        Ok(m.heap.multiple_values(&values))
    }
    /// `(connect sock addr)`: connects to a peer. In non-blocking mode `EINPROGRESS` raises. connect(2)
    "connect" [] fn connect(m, sock: Fd, addr: Bytevector) {
        let irritants = [sock.value(), addr.value()];
        let call = Call::new("connect", Network).irritants(&irritants).once();
        let (at, used) = (addr.as_ptr().cast_const().cast(), length(addr));
        // The socket itself waits for no longer than a slice.
        let slices = waiting::may_wait(m, sock.0).then(|| send_timeout(sock, SLICE));
        let ended = loop {
            // SAFETY: a live bytevector.
            match call.attempt(m, || unsafe { libc::connect(sock.0, at, used) }) {
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
    "getpeername" [] fn getpeername(m, sock: Fd) { name(m, "getpeername", sock, libc::getpeername) }
    /// `(getsockname sock)`: the socket's own address. getsockname(2)
    "getsockname" [] fn getsockname(m, sock: Fd) { name(m, "getsockname", sock, libc::getsockname) }
    /// `(send sock buffer size flags)`: sends bytes, see `write`; how many. A peer that is gone raises `EPIPE`. send(2)
    "send" [] fn send_bytes(m, sock: Fd, buffer: Source, size: Count, flags: Int) {
        send(m, "send", sock, buffer, size, flags, None)
    }
    /// `(sendto sock buffer size flags addr)`: the same to an address. sendto(2)
    "sendto" [] fn sendto(m, sock: Fd, buffer: Source, size: Count, flags: Int, addr: Bytevector) {
        send(m, "sendto", sock, buffer, size, flags, Some(addr))
    }
    /// `(recv sock buffer size flags)`: receives bytes, see `read`; how many, 0 when the peer has ended. recv(2)
    "recv" [] fn recv(m, sock: Fd, buffer: Target, size: Count, flags: Int) {
        receive(m, "recv", sock, buffer, size, flags, &mut Room::new())
    }
    /// `(recvfrom sock buffer size flags)`: the same; two values, how many and the sender's address. recvfrom(2)
    "recvfrom" [control] fn recvfrom(m, sock: Fd, buffer: Target, size: Count, flags: Int) {
        let mut room = Room::new();
        let count = receive(m, "recvfrom", sock, buffer, size, flags, &mut room)?;
        let values = [count, room.value(m)];
        Ok(m.heap.multiple_values(&values))
    }
    /// `(setsockopt sock level option optval)`: sets an option to the bytes of a C value. One whose value has addresses in it,
    /// such as `SO_ATTACH_FILTER`, or a level that is not known here, raises `EOPNOTSUPP`. setsockopt(2)
    "setsockopt" [] fn setsockopt(m, sock: Fd, level: Int, option: Int, optval: Bytevector) {
        let irritants = [sock.value(), level.value(), option.value(), optval.value()];
        let (at, used) = (optval.as_ptr().cast_const().cast(), length(optval));
        // SAFETY: a live bytevector, which is all that the kernel takes.
        option_done(m, "setsockopt", &irritants, (level, option), || unsafe { libc::setsockopt(sock.0, level.0, option.0, at, used) })
    }
    /// `(getsockopt sock level option optval)`: fills a bytevector with the option's C value. getsockopt(2)
    "getsockopt" [] fn getsockopt(m, sock: Fd, level: Int, option: Int, optval: Bytevector) {
        let irritants = [sock.value(), level.value(), option.value(), optval.value()];
        if optval.value().is_immutable() {
            return Err(m.wrong_argument("getsockopt", "optval", 4, "a mutable bytevector", optval.value()));
        }
        let mut used = length(optval);
        let at = optval.as_ptr().cast();
        // SAFETY: a live bytevector that may be written, where the kernel writes no more.
        option_done(m, "getsockopt", &irritants, (level, option), || unsafe { libc::getsockopt(sock.0, level.0, option.0, at, &mut used) })
    }
    /// `(setsockopt/int sock level option optval)`: sets an option that is a C int; a boolean stands for 1 or 0.
    "setsockopt/int" [] fn setsockopt_int(m, sock: Fd, level: Int, option: Int, optval: IntOrBoolean) {
        set_option(m, "setsockopt/int", sock, level, option, optval.0, optval.1)
    }
    /// `(getsockopt/int sock level option)`: an option that is a C int.
    "getsockopt/int" [] fn getsockopt_int(m, sock: Fd, level: Int, name: Int) {
        let n: libc::c_int = option(m, "getsockopt/int", sock, level, name, 0)?;
        Ok(Value::fixnum(n as i64))
    }
    /// `(setsockopt/size_t sock level option optval)`: sets an option that is a C size_t.
    "setsockopt/size_t" [] fn setsockopt_size_t(m, sock: Fd, level: Int, option: Int, optval: SizeT) {
        set_option(m, "setsockopt/size_t", sock, level, option, optval.0, optval.1)
    }
    /// `(getsockopt/size_t sock level option)`: an option that is a C size_t.
    "getsockopt/size_t" [] fn getsockopt_size_t(m, sock: Fd, level: Int, name: Int) {
        let n: usize = option(m, "getsockopt/size_t", sock, level, name, 0)?;
        Ok(from_u64(&mut m.heap, n as u64))
    }
    /// `(setsockopt/linger sock onoff linger)`: whether, and how many seconds, closing waits for data to be sent.
    "setsockopt/linger" [] fn setsockopt_linger(m, sock: Fd, onoff: bool, linger: Int) {
        let value = libc::linger { l_onoff: onoff as libc::c_int, l_linger: linger.0 };
        let (level, name) = (Int(libc::SOL_SOCKET), Int(libc::SO_LINGER));
        set_option(m, "setsockopt/linger", sock, level, name, value, linger.value())
    }
    /// `(getsockopt/linger sock)`: two values, whether and how many seconds.
    "getsockopt/linger" [control] fn getsockopt_linger(m, sock: Fd) {
        let (level, name) = (Int(libc::SOL_SOCKET), Int(libc::SO_LINGER));
        let unset = libc::linger { l_onoff: 0, l_linger: 0 };
        let value = option(m, "getsockopt/linger", sock, level, name, unset)?;
        Ok(m.heap.multiple_values(&[Value::boolean(value.l_onoff != 0), Value::fixnum(value.l_linger as i64)]))
    }
} }

/// What `connect` waits for at once.
const SLICE: libc::timeval = libc::timeval { tv_sec: 0, tv_usec: 20_000 };

/// Sets how long calls that send wait, and answers how long it was.
fn send_timeout(sock: Fd, time: libc::timeval) -> libc::timeval {
    let mut before = libc::timeval { tv_sec: 0, tv_usec: 0 };
    let mut size = size_of::<libc::timeval>() as libc::socklen_t;
    // SAFETY: room for the answer, and a live structure; what is no socket refuses both.
    unsafe {
        libc::getsockopt(sock.0, libc::SOL_SOCKET, libc::SO_SNDTIMEO, (&raw mut before).cast(), &mut size);
        libc::setsockopt(sock.0, libc::SOL_SOCKET, libc::SO_SNDTIMEO, (&raw const time).cast(), size);
    }
    before
}

/// The end of a `connect` that a signal interrupted: it goes on by itself, and the socket tells how it ended.
fn connected(m: &mut Machine, call: &Call, sock: Fd) -> Res {
    m.poll()?;
    waiting::poll(m, call, sock.0, libc::POLLOUT)?;
    let code: libc::c_int = option(m, call.who(), sock, Int(libc::SOL_SOCKET), Int(libc::SO_ERROR), 0)?;
    if code == 0 { Ok(Value::VOID) } else { Err(call.failure(m, Errno(code))) }
}
