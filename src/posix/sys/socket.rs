//! Sockets. nix's types of families, kinds, protocols, addresses and options are closed, and a program may ask for any that the
//! system knows.

use super::calls;
use super::pass::{Array, Begin, Length, Pass};
use super::{Area, Errno};
use libc::{c_int, socklen_t};
use std::os::fd::RawFd;

/// Room for any address.
#[repr(C, align(8))]
pub struct Room {
    bytes: [u8; size_of::<libc::sockaddr_storage>()],
    used: socklen_t,
}

impl Room {
    pub fn new() -> Room {
        let size = size_of::<libc::sockaddr_storage>();
        Room { bytes: [0; size_of::<libc::sockaddr_storage>()], used: size as socklen_t }
    }

    /// What the kernel put there.
    pub fn address(&self) -> &[u8] {
        &self.bytes[..(self.used as usize).min(self.bytes.len())]
    }
}

impl Begin for &mut Room {
    type At = *mut u8;
    fn at(&mut self) -> *mut u8 {
        // However much of it the last call used.
        self.used = self.bytes.len() as socklen_t;
        self.bytes.as_mut_ptr()
    }
}

impl Length<*mut socklen_t> for &mut Room {
    fn length(&mut self) -> *mut socklen_t {
        &mut self.used
    }
}

calls! {
    /// socket(2)
    call socket(family: c_int, kind: c_int, protocol: c_int);
    /// socketpair(2)
    call socketpair(family: c_int, kind: c_int, protocol: c_int, ends: Array<RawFd, 2>);
    /// shutdown(2)
    call shutdown(fd: RawFd, how: c_int);
    /// listen(2)
    call listen(fd: RawFd, most: c_int);
    /// bind(2)
    call bind(fd: RawFd, address..: &[u8]);
    /// connect(2)
    call connect(fd: RawFd, address..: &[u8]);
    /// accept(2)
    call accept(fd: RawFd, peer..: &mut Room);
    /// getpeername(2)
    call getpeername(fd: RawFd, peer..: &mut Room);
    /// getsockname(2)
    call getsockname(fd: RawFd, own..: &mut Room);
    /// send(2)
    call send(fd: RawFd, from..: Area<*const u8>, flags: c_int) -> isize;
    /// sendto(2)
    call sendto(fd: RawFd, from..: Area<*const u8>, flags: c_int, address..: &[u8]) -> isize;
    /// recvfrom(2)
    call recvfrom(fd: RawFd, to..: Area<*mut u8>, flags: c_int, peer..: &mut Room) -> isize;
}

/// An option that may be set and asked for.
///
/// Invariant: the kernel takes for it no more than the bytes of a value of the size that it is told: others have addresses in
/// them, where it would read or write, or count the size in something else.
#[derive(Copy, Clone)]
pub struct SocketOption {
    level: c_int,
    option: c_int,
}

/// Names that libc does not have.
mod name {
    use libc::c_int;
    /// With it the kernel reads what is sent when the call is long over.
    pub const SO_ZEROCOPY: c_int = 60;
    /// Keys, which are told one by one, behind each other.
    pub const TCP_AO_ADD_KEY: c_int = 38;
    pub const TCP_AO_REPAIR: c_int = 42;
    pub const PACKET_FANOUT_DATA: c_int = 22;
    /// The first of the tables of filters, of IPv4 and IPv6.
    pub const TABLES: c_int = 64;
}

impl SocketOption {
    /// What is not known is not let through.
    pub fn new(level: c_int, option: c_int) -> Option<SocketOption> {
        use libc::*;
        let is_known = match level {
            SOL_SOCKET => ![SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF, name::SO_ZEROCOPY].contains(&option),
            IPPROTO_TCP => {
                let is_key = (name::TCP_AO_ADD_KEY..=name::TCP_AO_REPAIR).contains(&option);
                !is_key && option != TCP_ZEROCOPY_RECEIVE
            }
            IPPROTO_IP => option < name::TABLES,
            IPPROTO_IPV6 => {
                let beyond_tables = [IPV6_RECVTCLASS, IPV6_TCLASS, IPV6_AUTOFLOWLABEL].contains(&option)
                    || (IPV6_ADDR_PREFERENCES..=IPV6_FREEBIND).contains(&option);
                option < name::TABLES || beyond_tables
            }
            SOL_PACKET => option != name::PACKET_FANOUT_DATA,
            IPPROTO_UDP | IPPROTO_UDPLITE | IPPROTO_ICMPV6 | IPPROTO_RAW | SOL_NETLINK => true,
            _ => false,
        };
        is_known.then_some(SocketOption { level, option })
    }

    /// setsockopt(2)
    pub fn set(self, fd: RawFd, mut value: &[u8]) -> nix::Result<c_int> {
        let (at, size): (_, socklen_t) = (value.at().cast(), value.length());
        // SAFETY: live bytes, which is all that the kernel takes, by the invariant.
        Errno::result(unsafe { libc::setsockopt(fd, self.level, self.option, at, size) })
    }

    /// getsockopt(2): how much of the value was filled in.
    pub fn get(self, fd: RawFd, mut value: &mut [u8]) -> nix::Result<usize> {
        let at = value.at().cast();
        let mut size: socklen_t = value.length();
        // SAFETY: bytes that may be written, where the kernel writes no more, by the invariant.
        Errno::result(unsafe { libc::getsockopt(fd, self.level, self.option, at, &mut size) })?;
        Ok(size as usize)
    }
}
