//! The databases of the network: hosts by the system's resolver, protocols, services and networks from the files in
//! `/etc` (the C library's own functions for those keep their state in the process).

use super::argument::{Int, Text};
use super::bound;
use super::kernel::Call;
use super::sys::network::{Found, getnameinfo, resolve, resolver_text};
use crate::eval::{Capability::Network, Machine, Res, Single, Stop, make_condition};
use crate::heap::{Bytevector, ConditionType, Value, View};
use crate::memory::{from_i64, to_i128};
use std::ffi::CStr;
use vicar_macros::primitives;

/// The words of a line, without the comment.
pub fn words_of(line: &str) -> impl Iterator<Item = &str> {
    line.split('#').next().unwrap_or("").split_whitespace()
}

fn words(line: &str) -> Vec<String> {
    words_of(line).map(str::to_owned).collect()
}

/// The lines of a database, each as its words.
pub fn entries(m: &mut Machine, who: &str, file: &str) -> Res<Vec<Vec<String>>> {
    m.require(Network, who)?;
    let text = std::fs::read(file).unwrap_or_default();
    m.charge(text.len() / 16)?;
    let lines = String::from_utf8_lossy(&text).into_owned();
    Ok(lines.lines().map(words).filter(|words| words.len() >= 2).collect())
}

fn bytes(m: &mut Machine, text: &str) -> Value {
    m.heap.bytevector(text.as_bytes())
}

fn list(m: &mut Machine, texts: &[String]) -> Value {
    let values: Vec<Value> = texts.iter().map(|t| bytes(m, t)).collect();
    m.heap.list(&values)
}

/// Whether a line's entry has that name, or alias from word `aliases` on.
fn is_named(words: &[String], aliases: usize, name: &Text) -> bool {
    words.iter().take(1).chain(words.iter().skip(aliases)).any(|w| w.as_bytes() == name.bytes())
}

fn unknown(m: &mut Machine, who: &str, what: &str, irritants: &[Value]) -> Stop {
    m.error(who, &format!("unknown {what}"), irritants)
}

/// Name, aliases, number of `struct-protoent`.
fn protocol(m: &mut Machine, words: &[String]) -> Option<Value> {
    let number = words.get(1)?.parse().ok()?;
    let fields = [bytes(m, &words[0]), list(m, &words[2..]), Value::fixnum(number)];
    Some(m.heap.list(&fields))
}

/// Name, aliases, port, protocol of `struct-servent`.
fn service(m: &mut Machine, words: &[String]) -> Option<Value> {
    let (port, protocol) = words.get(1)?.split_once('/')?;
    let port: u16 = port.parse().ok()?;
    let fields = [bytes(m, &words[0]), list(m, &words[2..]), Value::fixnum(port as i64), bytes(m, protocol)];
    Some(m.heap.list(&fields))
}

/// The number of a network as `/etc/networks` has it: `10`, `10.1`, `192.168.0.0`.
fn network_number(text: &str) -> Option<u32> {
    let parts: Vec<u32> = text.split('.').map(|p| p.parse::<u8>().ok().map(u32::from)).collect::<Option<_>>()?;
    if parts.is_empty() || parts.len() > 4 {
        return None;
    }
    Some((0..4).fold(0, |n, i| n << 8 | parts.get(i).copied().unwrap_or(0)))
}

/// Name, aliases, type, number of `struct-netent`.
fn network(m: &mut Machine, words: &[String]) -> Option<Value> {
    let number = network_number(words.get(1)?)?;
    let number = m.heap.bytevector(&number.to_be_bytes());
    let fields = [bytes(m, &words[0]), list(m, &words[2..]), Value::fixnum(libc::AF_INET as i64), number];
    Some(m.heap.list(&fields))
}

type Make = fn(&mut Machine, &[String]) -> Option<Value>;

/// The fields of the first entry for which `is` holds.
fn find(m: &mut Machine, who: &str, file: &str, make: Make, is: impl Fn(&[String]) -> bool) -> Res<Option<Value>> {
    for words in entries(m, who, file)? {
        if is(&words)
            && let Some(found) = make(m, &words)
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn all(m: &mut Machine, who: &str, file: &str, make: Make) -> Res {
    let lines = entries(m, who, file)?;
    let found: Vec<Value> = lines.iter().filter_map(|words| make(m, words)).collect();
    Ok(m.heap.list(&found))
}

const PROTOCOLS: &str = "/etc/protocols";
const SERVICES: &str = "/etc/services";
const NETWORKS: &str = "/etc/networks";

/// The host address in a socket address.
fn host_part(found: &Found) -> Option<Vec<u8>> {
    let range = if found.family == libc::AF_INET { 4..8 } else { 8..24 };
    found.address.get(range).map(<[u8]>::to_vec)
}

/// `&error`, `&h_errno` and the rest, from the resolver's code.
fn host_unknown(m: &mut Machine, who: &str, code: i32, irritants: &[Value]) -> Stop {
    let (h_errno, message) = match code {
        libc::EAI_AGAIN => (-2, "TRY_AGAIN: no name server could be contacted"),
        libc::EAI_FAIL => (-3, "NO_RECOVERY: a name server failed"),
        libc::EAI_NODATA => (-4, "NO_ADDRESS: the host is known but has no address"),
        _ => (-1, "HOST_NOT_FOUND: no such host is known"),
    };
    let kinds = [
        m.heap.condition(ConditionType::Error, &[]),
        m.heap.condition(ConditionType::HErrno, &[Value::fixnum(h_errno)]),
    ];
    Stop::raise(make_condition(&mut m.heap, &kinds, who, message, irritants))
}

/// The fields of a `struct-hostent`: name, aliases, family, length, addresses, the first of them.
fn host(m: &mut Machine, name: &[u8], aliases: &[Vec<u8>], family: i32, addresses: &[Vec<u8>]) -> Value {
    let aliases: Vec<Value> = aliases.iter().map(|a| m.heap.bytevector(a)).collect();
    let hosts: Vec<Value> = addresses.iter().map(|a| m.heap.bytevector(a)).collect();
    let length = if family == libc::AF_INET { 4 } else { 16 };
    let fields = [
        m.heap.bytevector(name),
        m.heap.list(&aliases),
        Value::fixnum(family as i64),
        Value::fixnum(length),
        m.heap.list(&hosts),
        hosts.first().copied().unwrap_or(Value::FALSE),
    ];
    m.heap.list(&fields)
}

fn host_by_name(m: &mut Machine, who: &str, name: &Text, family: i32) -> Res {
    m.require(Network, who)?;
    let irritants = [name.value];
    let call = Call::new(who, Network).irritants(&irritants).text(name, bound::HOST);
    call.check(m)?;
    let text = name.as_c().to_owned();
    let hints = [libc::AI_CANONNAME, family, libc::SOCK_STREAM, 0];
    let found = match call.elsewhere(m, move || resolve(Some(&text), None, hints))? {
        Ok(found) => found,
        Err(code) => return Err(host_unknown(m, who, code, &[name.value])),
    };
    let canonical = found.iter().find_map(|f| f.name.clone()).unwrap_or_else(|| name.bytes().to_vec());
    let addresses: Vec<Vec<u8>> = found.iter().filter_map(host_part).collect();
    Ok(host(m, &canonical, &[], family, &addresses))
}

fn host_by_address(m: &mut Machine, who: &str, address: Bytevector) -> Res {
    m.require(Network, who)?;
    let bytes = address.bytes();
    let family = if bytes.len() == 4 { libc::AF_INET } else { libc::AF_INET6 };
    if ![4, 16].contains(&bytes.len()) {
        return Err(m.wrong_argument(who, "addr", 1, "a host address of 4 or 16 bytes", address.value()));
    }
    let kind = (family as u16).to_ne_bytes();
    let sockaddr = if bytes.len() == 4 {
        [&kind[..], &[0; 2], bytes, &[0; 8]].concat()
    } else {
        [&kind[..], &[0; 6], bytes, &[0; 4]].concat()
    };
    let (code, name) = Call::new(who, Network).elsewhere(m, move || {
        let mut name = [0u8; 1025];
        let code = getnameinfo(&sockaddr, &mut name, &mut [], libc::NI_NAMEREQD);
        (code, name)
    })?;
    if code != 0 {
        return Err(host_unknown(m, who, code, &[address.value()]));
    }
    let name = CStr::from_bytes_until_nul(&name).map_or(Vec::new(), |n| n.to_bytes().to_vec());
    let address = address.bytes().to_vec();
    Ok(host(m, &name, &[], family, &[address]))
}

/// A host of `/etc/hosts`.
fn host_entry(m: &mut Machine, words: &[String]) -> Option<Value> {
    let address: std::net::IpAddr = words[0].parse().ok()?;
    let (family, octets) = match address {
        std::net::IpAddr::V4(a) => (libc::AF_INET, a.octets().to_vec()),
        std::net::IpAddr::V6(a) => (libc::AF_INET6, a.octets().to_vec()),
    };
    let aliases: Vec<Vec<u8>> = words[2..].iter().map(|w| w.clone().into_bytes()).collect();
    Some(host(m, words[1].as_bytes(), &aliases, family, &[octets]))
}

/// Text, or `#f` for none.
struct MaybeText(Option<Text>);

impl Single for MaybeText {
    const WHAT: &'static str = "a string or bytevector without NUL, or #f";
    fn convert(v: Value) -> Option<MaybeText> {
        if v.is_false() { Some(MaybeText(None)) } else { Text::convert(v).map(|t| MaybeText(Some(t))) }
    }
}

/// A network's number: an exact integer or 4 bytes.
struct NetworkNumber(u32, Value);

impl Single for NetworkNumber {
    const WHAT: &'static str = "a network: an exact integer of 0 to 2^32-1 or a bytevector of 4 bytes";
    fn convert(v: Value) -> Option<NetworkNumber> {
        let number = match Bytevector::from_value(v) {
            Some(b) => u32::from_be_bytes(b.bytes().try_into().ok()?),
            None => u32::try_from(to_i128(v)?).ok()?,
        };
        Some(NetworkNumber(number, v))
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(gai-strerror code)`: what an error code of `getaddrinfo` means, `EAI_…`. gai_strerror(3)
    fn gai_strerror(m: &mut Machine, code: Int) -> Res {
        let text = resolver_text(code.0);
        Ok(m.heap.string(&text))
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%getaddrinfo node service flags family style protocol)`: a list of the fields of each `struct-addrinfo`.
    /// getaddrinfo(3)
    fn getaddrinfo(
        m: &mut Machine,
        node: MaybeText,
        service: MaybeText,
        flags: Int,
        family: Int,
        style: Int,
        protocol: Int,
    ) -> Res {
        m.require(Network, "getaddrinfo")?;
        let texts = [&node.0, &service.0].map(|t| t.as_ref().map_or(Value::FALSE, |t| t.value));
        let mut call = Call::new("getaddrinfo", Network).irritants(&texts);
        for (text, bound) in [(&node.0, bound::HOST), (&service.0, bound::SERVICE)] {
            call = text.iter().fold(call, |call, text| call.text(text, bound));
        }
        call.check(m)?;
        let [name, service] = [&node.0, &service.0].map(|t| t.as_ref().map(|t| t.as_c().to_owned()));
        let hints = [flags.0, family.0, style.0, protocol.0];
        let found = match call.elsewhere(m, move || resolve(name.as_deref(), service.as_deref(), hints))? {
            Ok(found) => found,
            Err(code) => {
                let text = resolver_text(code);
                return Err(Stop::raise(make_condition(&mut m.heap, &[], "getaddrinfo", &text, &texts)));
            }
        };
        let mut infos = Vec::new();
        for f in &found {
            let numbers = [f.flags, f.family, f.style, f.protocol, f.address.len() as i32];
            let mut fields: Vec<Value> = numbers.iter().map(|&n| from_i64(&mut m.heap, n as i64)).collect();
            fields.push(m.heap.bytevector(&f.address));
            fields.push(f.name.as_ref().map_or(Value::FALSE, |n| m.heap.bytevector(n)));
            infos.push(m.heap.list(&fields));
        }
        Ok(m.heap.list(&infos))
    }

    /// `(%gethostbyname name family)`: the fields of a `struct-hostent`. gethostbyname(3)
    fn gethostbyname(m: &mut Machine, name: Text, family: Int) -> Res {
        if ![libc::AF_INET, libc::AF_INET6].contains(&family.0) {
            return Err(m.assertion("gethostbyname2", "expected AF_INET or AF_INET6", &[family.value()]));
        }
        host_by_name(m, "gethostbyname", &name, family.0)
    }

    /// `(%gethostbyaddr addr)`: the same from a host address. gethostbyaddr(3)
    fn gethostbyaddr(m: &mut Machine, addr: Bytevector) -> Res {
        host_by_address(m, "gethostbyaddr", addr)
    }

    /// `(%host-entries)`: those of /etc/hosts. gethostent(3)
    fn host_entries(m: &mut Machine) -> Res {
        all(m, "host-entries", "/etc/hosts", host_entry)
    }

    /// `(%getprotobyname name)`: the fields of a `struct-protoent`. getprotobyname(3)
    fn getprotobyname(m: &mut Machine, name: Text) -> Res {
        let found = find(m, "getprotobyname", PROTOCOLS, protocol, |w| is_named(w, 2, &name))?;
        found.ok_or_else(|| unknown(m, "getprotobyname", "protocol", &[name.value]))
    }

    /// `(%getprotobynumber number)`: the same by number. getprotobynumber(3)
    fn getprotobynumber(m: &mut Machine, number: Int) -> Res {
        let wanted = number.0.to_string();
        let found = find(m, "getprotobynumber", PROTOCOLS, protocol, |w| w[1] == wanted)?;
        found.ok_or_else(|| unknown(m, "getprotobynumber", "protocol", &[number.value()]))
    }

    /// `(%protocol-entries)`: all protocols. getprotoent(3)
    fn protocol_entries(m: &mut Machine) -> Res {
        all(m, "protocol-entries", PROTOCOLS, protocol)
    }

    /// `(%getservbyname name protocol)`: the fields of a `struct-servent`. getservbyname(3)
    fn getservbyname(m: &mut Machine, name: Text, protocol: Text) -> Res {
        let suffix = String::from_utf8_lossy(protocol.bytes()).into_owned();
        let is = |w: &[String]| is_named(w, 2, &name) && w[1].split_once('/').is_some_and(|p| p.1 == suffix);
        let found = find(m, "getservbyname", SERVICES, service, is)?;
        found.ok_or_else(|| unknown(m, "getservbyname", "service", &[name.value, protocol.value]))
    }

    /// `(%getservbyport port protocol)`: the same by port. getservbyport(3)
    fn getservbyport(m: &mut Machine, port: Int, protocol: Text) -> Res {
        let wanted = format!("{}/{}", port.0, String::from_utf8_lossy(protocol.bytes()));
        let found = find(m, "getservbyport", SERVICES, service, |w| w[1] == wanted)?;
        found.ok_or_else(|| unknown(m, "getservbyport", "service", &[port.value(), protocol.value]))
    }

    /// `(%service-entries)`: all services. getservent(3)
    fn service_entries(m: &mut Machine) -> Res {
        all(m, "service-entries", SERVICES, service)
    }

    /// `(%getnetbyname name)`: the fields of a `struct-netent`. getnetbyname(3)
    fn getnetbyname(m: &mut Machine, name: Text) -> Res {
        let found = find(m, "getnetbyname", NETWORKS, network, |w| is_named(w, 2, &name))?;
        found.ok_or_else(|| unknown(m, "getnetbyname", "network", &[name.value]))
    }

    /// `(%getnetbyaddr net type)`: the same by number. getnetbyaddr(3)
    fn getnetbyaddr(m: &mut Machine, net: NetworkNumber, kind: Int) -> Res {
        let is = |w: &[String]| kind.0 == libc::AF_INET && network_number(&w[1]) == Some(net.0);
        let found = find(m, "getnetbyaddr", NETWORKS, network, is)?;
        found.ok_or_else(|| unknown(m, "getnetbyaddr", "network", &[net.1, kind.value()]))
    }

    /// `(%network-entries)`: all networks. getnetent(3)
    fn network_entries(m: &mut Machine) -> Res {
        all(m, "network-entries", NETWORKS, network)
    }
}
