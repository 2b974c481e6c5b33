//! Internet and local addresses: C's `sockaddr` structures in bytevectors, host addresses and their texts, byte order.

use super::argument::{Int, Text, UInt};
use super::bound::HOST;
use super::file::string;
use crate::eval::{Machine, Res, Single, Who};
use crate::heap::{Bytevector, Value, View};
use std::net::{Ipv4Addr, Ipv6Addr};
use vicar_macros::primitives;

/// The family is the first C short; the rest is as the family says.
fn family(address: Bytevector) -> Option<libc::c_int> {
    let bytes = address.bytes();
    Some(u16::from_ne_bytes([*bytes.first()?, *bytes.get(1)?]) as libc::c_int)
}

/// The part of an address of the right family and size.
fn part(
    m: &mut Machine,
    who: &str,
    address: Bytevector,
    wanted: (libc::c_int, usize),
    range: std::ops::Range<usize>,
) -> Res<Vec<u8>> {
    if family(address) == Some(wanted.0) && address.len() >= wanted.1 {
        return Ok(address.bytes()[range].to_vec());
    }
    Err(m.error(who, "the socket address is of another family", &[address.value()]))
}

/// Family and size of `sockaddr_in`: port at 2, address at 4.
const INET: (libc::c_int, usize) = (libc::AF_INET, size_of::<libc::sockaddr_in>());
/// Of `sockaddr_in6`: port at 2, flow at 4, address at 8, scope at 24.
const INET6: (libc::c_int, usize) = (libc::AF_INET6, size_of::<libc::sockaddr_in6>());

fn port(bytes: &[u8]) -> Value {
    Value::fixnum(bytes.iter().fold(0, |n, &b| n << 8 | b as i64))
}

/// A port's number, 0 for any.
struct Port(u16);

impl Single for Port {
    const WHAT: &'static str = "a port: a fixnum of 0 to 65535";
    fn convert(v: Value) -> Option<Port> {
        v.as_fixnum().and_then(|n| u16::try_from(n).ok()).map(Port)
    }
}

/// A host address: as many bytes in network order.
#[derive(Copy, Clone)]
struct Host<const N: usize>([u8; N]);

impl Single for Host<4> {
    const WHAT: &'static str = "a host address: a bytevector of 4 bytes";
    fn convert(v: Value) -> Option<Host<4>> {
        Bytevector::from_value(v).and_then(|b| b.bytes().try_into().ok()).map(Host)
    }
}

impl Single for Host<16> {
    const WHAT: &'static str = "a host address: a bytevector of 16 bytes";
    fn convert(v: Value) -> Option<Host<16>> {
        Bytevector::from_value(v).and_then(|b| b.bytes().try_into().ok()).map(Host)
    }
}

/// Numbers of network order.
struct Short(u16);

impl Single for Short {
    const WHAT: &'static str = "an exact integer of 0 to 65535";
    fn convert(v: Value) -> Option<Short> {
        v.as_fixnum().and_then(|n| u16::try_from(n).ok()).map(Short)
    }
}

/// The path in a local address.
fn local_path(m: &mut Machine, who: &str, address: Bytevector) -> Res<Vec<u8>> {
    let end = address.len();
    // The system's are short, a program's own are not: a copy of the bytes, their text, and four bytes a character.
    m.charge(end / 64)?;
    m.heap.reserve_many(end.saturating_mul(9))?;
    let mut path = part(m, who, address, (libc::AF_LOCAL, 2), 2..end)?;
    let used = path.iter().position(|&b| b == 0).unwrap_or(path.len());
    // A name that begins with NUL is Linux's own kind.
    if used > 0 {
        path.truncate(used);
    }
    Ok(path)
}

/// The C library's reading of an IPv4 address, which takes also `127.1`.
fn read_ipv4(text: &Text) -> Option<[u8; 4]> {
    if text.bytes().len() > HOST.0 { None } else { super::sys::network::read_ipv4(text.as_c()) }
}

/// The text of an address of that family.
fn write_address(m: &mut Machine, who: &str, af: Int, host: Bytevector) -> Res<String> {
    match (af.0, host.len()) {
        (libc::AF_INET, 4) => Ok(Ipv4Addr::from(<[u8; 4]>::try_from(host.bytes()).unwrap_or_default()).to_string()),
        (libc::AF_INET6, 16) => Ok(Ipv6Addr::from(<[u8; 16]>::try_from(host.bytes()).unwrap_or_default()).to_string()),
        (libc::AF_INET | libc::AF_INET6, _) => {
            Err(m.error(who, "the host address is of another family", &[af.value(), host.value()]))
        }
        _ => Err(m.assertion(who, "expected AF_INET or AF_INET6", &[af.value()])),
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(network-port-number? obj)`: whether it is a fixnum of 1 to 65535.
    fn is_network_port_number(obj: Value) -> Res {
        Ok(Value::boolean(obj.as_fixnum().is_some_and(|n| (1..=65535).contains(&n))))
    }

    /// `(make-sockaddr_un pathname)`: the address of a local socket.
    #[primitive(name = "make-sockaddr_un")]
    fn make_sockaddr_un(m: &mut Machine, pathname: Text) -> Res {
        let bytes = [&(libc::AF_LOCAL as u16).to_ne_bytes(), pathname.bytes()].concat();
        Ok(m.heap.bytevector(&bytes))
    }

    /// `(sockaddr_un.pathname address)`: its pathname, a bytevector.
    #[primitive(name = "sockaddr_un.pathname")]
    fn sockaddr_un_pathname(m: &mut Machine, who: Who, address: Bytevector) -> Res {
        let path = local_path(m, who, address)?;
        Ok(m.heap.bytevector(&path))
    }

    /// `(sockaddr_un.pathname/string address)`: the same as a string.
    #[primitive(name = "sockaddr_un.pathname/string")]
    fn sockaddr_un_pathname_string(m: &mut Machine, who: Who, address: Bytevector) -> Res {
        let path = local_path(m, who, address)?;
        Ok(string(m, &path))
    }

    /// `(make-sockaddr_in host-address port)`: an IPv4 socket's address from 4 bytes and a number.
    #[primitive(name = "make-sockaddr_in")]
    fn make_sockaddr_in(m: &mut Machine, host_address: Host<4>, port: Port) -> Res {
        let family = (libc::AF_INET as u16).to_ne_bytes();
        let bytes = [&family[..], &port.0.to_be_bytes(), &host_address.0, &[0; 8]].concat();
        Ok(m.heap.bytevector(&bytes))
    }

    /// `(make-sockaddr_in6 host-address port)`: an IPv6 socket's address from 16 bytes and a number.
    #[primitive(name = "make-sockaddr_in6")]
    fn make_sockaddr_in6(m: &mut Machine, host_address: Host<16>, port: Port) -> Res {
        let family = (libc::AF_INET6 as u16).to_ne_bytes();
        let bytes = [&family[..], &port.0.to_be_bytes(), &[0; 4], &host_address.0, &[0; 4]].concat();
        Ok(m.heap.bytevector(&bytes))
    }

    /// `(sockaddr_in.in_addr address)`: its host address, 4 bytes.
    #[primitive(name = "sockaddr_in.in_addr")]
    fn in_addr(m: &mut Machine, who: Who, address: Bytevector) -> Res {
        let host = part(m, who, address, INET, 4..8)?;
        Ok(m.heap.bytevector(&host))
    }

    /// `(sockaddr_in.in_addr.number address)`: the same as a number: 127.0.0.1 is #x7f000001.
    #[primitive(name = "sockaddr_in.in_addr.number")]
    fn in_addr_number(m: &mut Machine, who: Who, address: Bytevector) -> Res {
        Ok(port(&part(m, who, address, INET, 4..8)?))
    }

    /// `(sockaddr_in.in_port address)`: its port.
    #[primitive(name = "sockaddr_in.in_port")]
    fn in_port(m: &mut Machine, who: Who, address: Bytevector) -> Res {
        Ok(port(&part(m, who, address, INET, 2..4)?))
    }

    /// `(sockaddr_in6.in6_addr address)`: its host address, 16 bytes.
    #[primitive(name = "sockaddr_in6.in6_addr")]
    fn in6_addr(m: &mut Machine, who: Who, address: Bytevector) -> Res {
        let host = part(m, who, address, INET6, 8..24)?;
        Ok(m.heap.bytevector(&host))
    }

    /// `(sockaddr_in6.in6_port address)`: its port.
    #[primitive(name = "sockaddr_in6.in6_port")]
    fn in6_port(m: &mut Machine, who: Who, address: Bytevector) -> Res {
        Ok(port(&part(m, who, address, INET6, 2..4)?))
    }

    /// `(in6addr_loopback)`: the IPv6 host address of this host.
    #[primitive(name = "in6addr_loopback")]
    fn in6addr_loopback(m: &mut Machine) -> Res {
        Ok(m.heap.bytevector(&Ipv6Addr::LOCALHOST.octets()))
    }

    /// `(in6addr_any)`: the IPv6 host address that stands for all of this host's.
    #[primitive(name = "in6addr_any")]
    fn in6addr_any(m: &mut Machine) -> Res {
        Ok(m.heap.bytevector(&Ipv6Addr::UNSPECIFIED.octets()))
    }

    /// `(inet-aton text)`: the 4 bytes of an IPv4 address; `"127.1"` and the like are understood. inet_aton(3)
    fn inet_aton(m: &mut Machine, who: Who, text: Text) -> Res {
        match read_ipv4(&text) {
            Some(host) => Ok(m.heap.bytevector(&host)),
            None => Err(m.error(who, "the text is no IPv4 address", &[text.value])),
        }
    }

    /// `(inet-ntoa host-address)`: the text of 4 bytes, a bytevector. inet_ntoa(3)
    fn inet_ntoa(m: &mut Machine, host_address: Host<4>) -> Res {
        let text = Ipv4Addr::from(host_address.0).to_string();
        Ok(m.heap.bytevector(text.as_bytes()))
    }

    /// `(inet-ntoa/string host-address)`: the same as a string.
    #[primitive(name = "inet-ntoa/string")]
    fn inet_ntoa_string(m: &mut Machine, host_address: Host<4>) -> Res {
        let text = Ipv4Addr::from(host_address.0).to_string();
        Ok(m.heap.string(&text))
    }

    /// `(inet-pton af text)`: the bytes of an address: `AF_INET` or `AF_INET6`. inet_pton(3)
    fn inet_pton(m: &mut Machine, who: Who, af: Int, text: Text) -> Res {
        let words = std::str::from_utf8(text.bytes()).unwrap_or("");
        let host = match af.0 {
            libc::AF_INET => words.parse().ok().map(|a: Ipv4Addr| a.octets().to_vec()),
            libc::AF_INET6 => words.parse().ok().map(|a: Ipv6Addr| a.octets().to_vec()),
            _ => return Err(m.assertion(who, "expected AF_INET or AF_INET6", &[af.value()])),
        };
        match host {
            Some(host) => Ok(m.heap.bytevector(&host)),
            None => Err(m.error(who, "the text is no address of that family", &[af.value(), text.value])),
        }
    }

    /// `(inet-ntop af host-address)`: the text of an address, a bytevector. inet_ntop(3)
    fn inet_ntop(m: &mut Machine, who: Who, af: Int, host_address: Bytevector) -> Res {
        let text = write_address(m, who, af, host_address)?;
        Ok(m.heap.bytevector(text.as_bytes()))
    }

    /// `(inet-ntop/string af host-address)`: the same as a string.
    #[primitive(name = "inet-ntop/string")]
    fn inet_ntop_string(m: &mut Machine, who: Who, af: Int, host_address: Bytevector) -> Res {
        let text = write_address(m, who, af, host_address)?;
        Ok(m.heap.string(&text))
    }

    /// `(htonl host-long)`: 32 bits in network order. htonl(3)
    fn htonl(host_long: UInt) -> Res {
        Ok(Value::fixnum(host_long.0.to_be() as i64))
    }

    /// `(htons host-short)`: 16 bits in network order. htons(3)
    fn htons(host_short: Short) -> Res {
        Ok(Value::fixnum(host_short.0.to_be() as i64))
    }

    /// `(ntohl net-long)`: 32 bits in the machine's order. ntohl(3)
    fn ntohl(net_long: UInt) -> Res {
        Ok(Value::fixnum(u32::from_be(net_long.0) as i64))
    }

    /// `(ntohs net-short)`: 16 bits in the machine's order. ntohs(3)
    fn ntohs(net_short: Short) -> Res {
        Ok(Value::fixnum(u16::from_be(net_short.0) as i64))
    }
}
