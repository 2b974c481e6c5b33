//! Addresses of Ethernet: `ether-aton` and its kin, with the file `/etc/ethers`.

use crate::eval::{Machine, Res, Single, Who};
use crate::heap::{Bytevector, Value, View};
use crate::posix::argument::Text;
use crate::posix::netdb;
use vicar_macros::primitives;

type Address = [u8; 6];

/// An address as programs have it.
#[derive(Copy, Clone)]
struct Ethernet(Address);

impl Single for Ethernet {
    const WHAT: &'static str = "an Ethernet address: a bytevector of 6 octets";
    fn convert(v: Value) -> Option<Ethernet> {
        Bytevector::from_value(v)?.bytes().try_into().ok().map(Ethernet)
    }
}

fn shown(address: Address) -> String {
    address.map(|b| format!("{b:x}")).join(":")
}

fn parsed(text: &[u8]) -> Option<Address> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = |part: &str| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let part = |part: &str| digits(part).then(|| u8::from_str_radix(part, 16).ok()).flatten();
    let parts: Vec<u8> = text.split(':').map(part).collect::<Option<_>>()?;
    parts.try_into().ok()
}

/// The address and the name of a line of `/etc/ethers`.
fn entry(words: &[String]) -> Option<(Address, &str)> {
    let [address, name, ..] = words else { return None };
    Some((parsed(address.as_bytes())?, name))
}

/// The line of the database that `wanted` likes.
fn find(m: &mut Machine, who: &str, wanted: impl Fn(Address, &str) -> bool) -> Res<Option<(Address, String)>> {
    let lines = netdb::entries(m, who, "/etc/ethers")?;
    let found = lines.iter().filter_map(|words| entry(words)).find(|(address, name)| wanted(*address, name));
    Ok(found.map(|(address, name)| (address, name.to_owned())))
}

fn address_value(m: &mut Machine, address: Option<Address>) -> Res {
    Ok(address.map_or(Value::FALSE, |a| m.heap.bytevector(&a)))
}

/// The pair of the address and the name.
fn line(m: &mut Machine, text: &Text, name_of: fn(&mut Machine, &str) -> Value) -> Res {
    let text = String::from_utf8_lossy(text.bytes());
    let words: Vec<String> = netdb::words_of(&text).take(2).map(str::to_owned).collect();
    let Some((address, name)) = entry(&words) else { return Ok(Value::FALSE) };
    let (address, name) = (m.heap.bytevector(&address), name_of(m, name));
    Ok(m.heap.cons(address, name))
}

fn bytes(m: &mut Machine, text: &str) -> Value {
    m.heap.bytevector(text.as_bytes())
}

fn string(m: &mut Machine, text: &str) -> Value {
    m.heap.string(text)
}

fn host(m: &mut Machine, who: &str, address: Ethernet, value_of: fn(&mut Machine, &str) -> Value) -> Res {
    let found = find(m, who, |a, _| a == address.0)?;
    Ok(found.map_or(Value::FALSE, |(_, name)| value_of(m, &name)))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(ether-ntoa address)`: a bytevector of 6 octets as text, a bytevector: `1:2:3:a:b:c`. ether_ntoa(3)
    fn ether_ntoa(m: &mut Machine, address: Ethernet) -> Res {
        Ok(bytes(m, &shown(address.0)))
    }

    /// `(ether-ntoa-r address)`: the same.
    fn ether_ntoa_r(m: &mut Machine, address: Ethernet) -> Res {
        Ok(bytes(m, &shown(address.0)))
    }

    /// `(ether-ntoa/string address)`: the same as a string.
    #[primitive(name = "ether-ntoa/string")]
    fn ether_ntoa_string(m: &mut Machine, address: Ethernet) -> Res {
        Ok(string(m, &shown(address.0)))
    }

    /// `(ether-ntoa-r/string address)`: the same as a string.
    #[primitive(name = "ether-ntoa-r/string")]
    fn ether_ntoa_r_string(m: &mut Machine, address: Ethernet) -> Res {
        Ok(string(m, &shown(address.0)))
    }

    /// `(ether-aton text)`: the address that a string or bytevector shows, a bytevector; `#f` if it shows none.
    /// ether_aton(3)
    fn ether_aton(m: &mut Machine, text: Text) -> Res {
        address_value(m, parsed(text.bytes()))
    }

    /// `(ether-aton-r text)`: the same.
    fn ether_aton_r(m: &mut Machine, text: Text) -> Res {
        address_value(m, parsed(text.bytes()))
    }

    /// `(ether-ntohost address)`: the name that `/etc/ethers` gives it, a bytevector; `#f` for none. ether_ntohost(3)
    fn ether_ntohost(m: &mut Machine, who: Who, address: Ethernet) -> Res {
        host(m, who, address, bytes)
    }

    /// `(ether-ntohost/string address)`: the same as a string.
    #[primitive(name = "ether-ntohost/string")]
    fn ether_ntohost_string(m: &mut Machine, who: Who, address: Ethernet) -> Res {
        host(m, who, address, string)
    }

    /// `(ether-hostton hostname)`: the address that `/etc/ethers` gives it; `#f` for none. ether_hostton(3)
    fn ether_hostton(m: &mut Machine, who: Who, hostname: Text) -> Res {
        let found = find(m, who, |_, name| name.as_bytes() == hostname.bytes())?;
        address_value(m, found.map(|(address, _)| address))
    }

    /// `(ether-line line)`: a line as in `/etc/ethers`: the pair of the address and the name, bytevectors; `#f` if it is
    /// none. ether_line(3)
    fn ether_line(m: &mut Machine, text: Text) -> Res {
        line(m, &text, bytes)
    }

    /// `(ether-line/string line)`: the same with the name as a string.
    #[primitive(name = "ether-line/string")]
    fn ether_line_string(m: &mut Machine, text: Text) -> Res {
        line(m, &text, string)
    }
}
