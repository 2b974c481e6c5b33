//! Network interfaces, and what kind of address one is: `if-nametoindex`, `IN_CLASSA`, `IN6_IS_ADDR_LOOPBACK` and so on.

use crate::eval::{Capability::Network, Machine, Res, Single, Who};
use crate::heap::{Bytevector, Value, View};
use crate::memory::to_i128;
use crate::posix::argument::{Fd, Text, UInt};
use crate::posix::bound::INTERFACE;
use crate::posix::kernel::Call;
use crate::posix::sys::{Array, network, socket};
use std::net::Ipv6Addr;
use vicar_macros::primitives;

/// Binds to the first privileged port that is free, from the highest on: the C library has this for IPv4 only. The port
/// goes into the address.
fn bind_reserved_port(fd: libc::c_int, address: &mut [u8]) -> nix::Result<libc::c_int> {
    for port in (512..1024u16).rev() {
        address[PORT].copy_from_slice(&port.to_be_bytes());
        match socket::bind(fd, address) {
            Err(nix::errno::Errno::EADDRINUSE) => {}
            answer => return answer,
        }
    }
    Err(nix::errno::Errno::EADDRINUSE)
}

/// Where the port is in addresses of both families.
const PORT: std::ops::Range<usize> = 2..4;

/// The same for IPv4, by the C library.
fn bind_reserved_port_4(fd: libc::c_int, address: &mut [u8]) -> nix::Result<libc::c_int> {
    let family = u16::from_ne_bytes([address[0], address[1]]);
    let host = [address[4], address[5], address[6], address[7]];
    let mut whole = libc::sockaddr_in {
        sin_family: family,
        sin_port: u16::from_ne_bytes([address[2], address[3]]),
        sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(host) },
        sin_zero: [0; 8],
    };
    let answer = network::bindresvport(fd, &mut whole);
    address[PORT].copy_from_slice(&whole.sin_port.to_ne_bytes());
    nix::errno::Errno::result(answer)
}

/// An address of IPv4: a number, or four octets in network order.
struct Ip4(u32);

impl Single for Ip4 {
    const WHAT: &'static str = "an IPv4 address: an exact integer of 32 bits, or a bytevector of 4 octets";
    fn convert(v: Value) -> Option<Ip4> {
        match Bytevector::from_value(v) {
            Some(b) => b.bytes().try_into().ok().map(|octets| Ip4(u32::from_be_bytes(octets))),
            None => to_i128(v).and_then(|n| u32::try_from(n).ok()).map(Ip4),
        }
    }
}

/// An address of IPv6.
struct Ip6(Ipv6Addr);

impl Single for Ip6 {
    const WHAT: &'static str = "an IPv6 address: a bytevector of 16 octets";
    fn convert(v: Value) -> Option<Ip6> {
        let octets: [u8; 16] = Bytevector::from_value(v)?.bytes().try_into().ok()?;
        Some(Ip6(octets.into()))
    }
}

impl Ip6 {
    fn begins(&self, octets: &[u8]) -> Value {
        Value::boolean(self.0.octets().starts_with(octets))
    }

    fn masked(&self, mask: u16, prefix: u16) -> Value {
        Value::boolean(self.0.segments()[0] & mask == prefix)
    }

    fn multicast(&self, scope: u8) -> Value {
        let [first, second, ..] = self.0.octets();
        Value::boolean(first == 0xff && second & 15 == scope)
    }
}

/// Binds with `f`, which puts the port into the address, of so many bytes, that the bytevector holds.
fn bind(
    m: &mut Machine,
    who: &str,
    sock: Fd,
    address: Bytevector,
    size: usize,
    f: fn(libc::c_int, &mut [u8]) -> nix::Result<libc::c_int>,
) -> Res {
    let irritants = [sock.value(), address.value()];
    let call = Call::new(who, Network).irritants(&irritants);
    if address.value().is_immutable() || address.len() != size {
        let what = "a mutable bytevector with an address of that family";
        return Err(m.wrong_argument(who, "address", 2, what, address.value()));
    }
    let mut wanted = address.bytes().to_vec();
    call.run(m, || f(sock.0, &mut wanted))?;
    let mut address = address;
    address.bytes_mut().copy_from_slice(&wanted);
    Ok(Value::VOID)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(if-nametoindex name)`: the number of a network interface; `#f` if there is none of that name. if_nametoindex(3)
    fn if_nametoindex(m: &mut Machine, who: Who, name: Text) -> Res {
        let irritants = [name.value];
        Call::new(who, Network).irritants(&irritants).text(&name, INTERFACE).check(m)?;
        let index = network::if_nametoindex(name.as_c());
        Ok(if index == 0 { Value::FALSE } else { Value::fixnum(index.into()) })
    }

    /// `(if-indextoname index)`: the name of a network interface, a string; `#f` if there is none. if_indextoname(3)
    #[primitive(capability = Network)]
    fn if_indextoname(m: &mut Machine, index: UInt) -> Res {
        let mut name = [0; libc::IF_NAMESIZE];
        if network::if_indextoname(index.0, Array(&mut name)).is_null() {
            return Ok(Value::FALSE);
        }
        let name: Vec<u8> = name.iter().map(|&c| c as u8).take_while(|&b| b != 0).collect();
        Ok(m.heap.string(&String::from_utf8_lossy(&name)))
    }

    /// `(if-nameindex)`: pairs of the numbers and names of all network interfaces. if_nameindex(3)
    fn if_nameindex(m: &mut Machine, who: Who) -> Res {
        let call = Call::new(who, Network);
        let mut pairs = Vec::new();
        for (index, name) in call.run(m, network::interfaces)? {
            let name = m.heap.string(&name.to_string_lossy());
            pairs.push(m.heap.cons(Value::fixnum(index.into()), name));
        }
        Ok(m.heap.list(&pairs))
    }

    /// `(bindresvport sock address)`: binds a socket to the address of a `sockaddr_in`, a bytevector, and to a privileged
    /// port, which is put into it. bindresvport(3)
    #[primitive(name = "bindresvport")]
    fn bind_reserved(m: &mut Machine, who: Who, sock: Fd, address: Bytevector) -> Res {
        bind(m, who, sock, address, size_of::<libc::sockaddr_in>(), bind_reserved_port_4)
    }

    /// `(bindresvport6 sock address)`: the same for a `sockaddr_in6`.
    fn bindresvport6(m: &mut Machine, who: Who, sock: Fd, address: Bytevector) -> Res {
        bind(m, who, sock, address, size_of::<libc::sockaddr_in6>(), bind_reserved_port)
    }

    /// `(IN_CLASSA address)`: whether an IPv4 address, in host order, is of class A.
    #[primitive(name = "IN_CLASSA")]
    fn in_class_a(address: Ip4) -> Res {
        Ok(Value::boolean(address.0 >> 31 == 0))
    }

    /// `(IN_CLASSB address)`: … of class B.
    #[primitive(name = "IN_CLASSB")]
    fn in_class_b(address: Ip4) -> Res {
        Ok(Value::boolean(address.0 >> 30 == 0b10))
    }

    /// `(IN_CLASSC address)`: … of class C.
    #[primitive(name = "IN_CLASSC")]
    fn in_class_c(address: Ip4) -> Res {
        Ok(Value::boolean(address.0 >> 29 == 0b110))
    }

    /// `(IN_CLASSD address)`: … of class D.
    #[primitive(name = "IN_CLASSD")]
    fn in_class_d(address: Ip4) -> Res {
        Ok(Value::boolean(address.0 >> 28 == 0b1110))
    }

    /// `(IN_MULTICAST address)`: the same.
    #[primitive(name = "IN_MULTICAST")]
    fn in_multicast(address: Ip4) -> Res {
        Ok(Value::boolean(address.0 >> 28 == 0b1110))
    }

    /// `(IN_EXPERIMENTAL address)`: whether it is reserved for experiments.
    #[primitive(name = "IN_EXPERIMENTAL")]
    fn in_experimental(address: Ip4) -> Res {
        Ok(Value::boolean(address.0 >> 29 == 0b111))
    }

    /// `(IN_BADCLASS address)`: whether it is of no class.
    #[primitive(name = "IN_BADCLASS")]
    fn in_badclass(address: Ip4) -> Res {
        Ok(Value::boolean(address.0 >> 28 == 0b1111))
    }

    /// `(IN6_IS_ADDR_UNSPECIFIED address)`: whether an IPv6 address is `::`. RFC 3493
    #[primitive(name = "IN6_IS_ADDR_UNSPECIFIED")]
    fn is_unspecified(address: Ip6) -> Res {
        Ok(Value::boolean(address.0.is_unspecified()))
    }

    /// `(IN6_IS_ADDR_LOOPBACK address)`: whether it is `::1`.
    #[primitive(name = "IN6_IS_ADDR_LOOPBACK")]
    fn is_loopback(address: Ip6) -> Res {
        Ok(Value::boolean(address.0.is_loopback()))
    }

    /// `(IN6_IS_ADDR_LINKLOCAL address)`: whether it is in `fe80::/10`.
    #[primitive(name = "IN6_IS_ADDR_LINKLOCAL")]
    fn is_link_local(address: Ip6) -> Res {
        Ok(address.masked(0xffc0, 0xfe80))
    }

    /// `(IN6_IS_ADDR_SITELOCAL address)`: whether it is in `fec0::/10`.
    #[primitive(name = "IN6_IS_ADDR_SITELOCAL")]
    fn is_site_local(address: Ip6) -> Res {
        Ok(address.masked(0xffc0, 0xfec0))
    }

    /// `(IN6_IS_ADDR_V4MAPPED address)`: whether it is in `::ffff:0:0/96`.
    #[primitive(name = "IN6_IS_ADDR_V4MAPPED")]
    fn is_v4_mapped(address: Ip6) -> Res {
        Ok(address.begins(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]))
    }

    /// `(IN6_IS_ADDR_V4COMPAT address)`: whether it is in `::/96`, and neither `::` nor `::1`.
    #[primitive(name = "IN6_IS_ADDR_V4COMPAT")]
    fn is_v4_compatible(address: Ip6) -> Res {
        let others = address.0.is_unspecified() || address.0.is_loopback();
        Ok(if others { Value::FALSE } else { address.begins(&[0; 12]) })
    }

    /// `(IN6_IS_ADDR_MULTICAST address)`: whether it is in `ff00::/8`.
    #[primitive(name = "IN6_IS_ADDR_MULTICAST")]
    fn is_multicast(address: Ip6) -> Res {
        Ok(address.begins(&[0xff]))
    }

    /// `(IN6_IS_ADDR_MC_NODELOCAL address)`: whether it is a multicast address for the interface.
    #[primitive(name = "IN6_IS_ADDR_MC_NODELOCAL")]
    fn is_mc_node_local(address: Ip6) -> Res {
        Ok(address.multicast(1))
    }

    /// `(IN6_IS_ADDR_MC_LINKLOCAL address)`: … for the link.
    #[primitive(name = "IN6_IS_ADDR_MC_LINKLOCAL")]
    fn is_mc_link_local(address: Ip6) -> Res {
        Ok(address.multicast(2))
    }

    /// `(IN6_IS_ADDR_MC_SITELOCAL address)`: … for the site.
    #[primitive(name = "IN6_IS_ADDR_MC_SITELOCAL")]
    fn is_mc_site_local(address: Ip6) -> Res {
        Ok(address.multicast(5))
    }

    /// `(IN6_IS_ADDR_MC_ORGLOCAL address)`: … for the organisation.
    #[primitive(name = "IN6_IS_ADDR_MC_ORGLOCAL")]
    fn is_mc_organisation_local(address: Ip6) -> Res {
        Ok(address.multicast(8))
    }

    /// `(IN6_IS_ADDR_MC_GLOBAL address)`: … for all.
    #[primitive(name = "IN6_IS_ADDR_MC_GLOBAL")]
    fn is_mc_global(address: Ip6) -> Res {
        Ok(address.multicast(14))
    }

    /// `(IN6_ARE_ADDR_EQUAL address1 address2)`: whether they are the same.
    #[primitive(name = "IN6_ARE_ADDR_EQUAL")]
    fn are_equal(address1: Ip6, address2: Ip6) -> Res {
        Ok(Value::boolean(address1.0 == address2.0))
    }
}
