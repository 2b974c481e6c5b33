//! Names of the network: the resolver, interfaces, the C library's reading of addresses. nix's resolver is none, and its types of
//! interfaces come with those of sockets.

use super::calls;
use super::pass::{Array, Begin, Length, Pass};
use libc::{c_char, c_int, c_uint};
use std::ffi::{CStr, CString};
use std::ptr::{null, null_mut};

calls! {
    /// getnameinfo(3): the resolver's code
    plain getnameinfo(address..: &[u8], host..: &mut [u8], service..: &mut [u8], flags: c_int) -> c_int;
    /// if_nametoindex(3): 0 for none
    plain if_nametoindex(name: &CStr) -> c_uint;
    /// if_indextoname(3): null for none
    plain if_indextoname(index: c_uint, name: Array<c_char, { libc::IF_NAMESIZE }>) -> *mut c_char;
}

unsafe extern "C" {
    /// bindresvport(3)
    pub safe fn bindresvport(fd: c_int, address: &mut libc::sockaddr_in) -> c_int;
    fn inet_aton(text: *const c_char, address: *mut libc::in_addr) -> c_int;
}

/// inet_aton(3)
pub fn read_ipv4(text: &CStr) -> Option<[u8; 4]> {
    let mut address = libc::in_addr { s_addr: 0 };
    // SAFETY: a live C string, and room for the answer.
    (unsafe { inet_aton(text.as_ptr(), &mut address) } != 0).then(|| address.s_addr.to_ne_bytes())
}

/// gai_strerror(3)
pub fn resolver_text(code: c_int) -> String {
    // SAFETY: the C library's words for any number, for ever.
    unsafe { CStr::from_ptr(libc::gai_strerror(code)) }.to_string_lossy().into_owned()
}

/// What the resolver found.
pub struct Found {
    pub flags: c_int,
    pub family: c_int,
    pub style: c_int,
    pub protocol: c_int,
    pub address: Vec<u8>,
    pub name: Option<Vec<u8>>,
}

/// getaddrinfo(3), with flags, family, style and protocol as hints; an error is the resolver's code.
pub fn resolve(node: Option<&CStr>, service: Option<&CStr>, hints: [c_int; 4]) -> Result<Vec<Found>, c_int> {
    let [ai_flags, ai_family, ai_socktype, ai_protocol] = hints;
    let wanted = libc::addrinfo {
        ai_flags,
        ai_family,
        ai_socktype,
        ai_protocol,
        ai_addrlen: 0,
        ai_addr: null_mut(),
        ai_canonname: null_mut(),
        ai_next: null_mut(),
    };
    let pointer = |text: Option<&CStr>| text.map_or(null(), CStr::as_ptr);
    let mut list = null_mut();
    let mut found = Vec::new();
    // SAFETY: null or live C strings, a live structure, and room for the list, whose members are live until it is freed.
    unsafe {
        let code = libc::getaddrinfo(pointer(node), pointer(service), &wanted, &mut list);
        if code != 0 {
            return Err(code);
        }
        let mut next = list;
        while let Some(info) = next.as_ref() {
            let address = std::slice::from_raw_parts(info.ai_addr.cast::<u8>(), info.ai_addrlen as usize);
            let name = (!info.ai_canonname.is_null()).then(|| CStr::from_ptr(info.ai_canonname).to_bytes().to_vec());
            found.push(Found {
                flags: info.ai_flags,
                family: info.ai_family,
                style: info.ai_socktype,
                protocol: info.ai_protocol,
                address: address.to_vec(),
                name,
            });
            next = info.ai_next;
        }
        libc::freeaddrinfo(list);
    }
    Ok(found)
}

/// if_nameindex(3): numbers and names of all interfaces.
pub fn interfaces() -> nix::Result<Vec<(c_uint, CString)>> {
    let mut pairs = Vec::new();
    // SAFETY: null, or an array that ends with an entry of zeros, ours until it is freed.
    unsafe {
        let all = libc::if_nameindex();
        if all.is_null() {
            return Err(nix::errno::Errno::last());
        }
        let mut entry = all;
        while (*entry).if_index != 0 {
            pairs.push(((*entry).if_index, CStr::from_ptr((*entry).if_name).to_owned()));
            entry = entry.add(1);
        }
        libc::if_freenameindex(all);
    }
    Ok(pairs)
}
