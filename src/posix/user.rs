//! Users and groups: the ids of this process, the databases.

use super::argument::{Id, Text};
use super::bound::LOGIN;
use super::file::string;
use super::kernel::{Call, Errno};
use crate::eval::{Capability::Processes, Machine, Res};
use crate::heap::Value;
use crate::primitives;
use std::ffi::CStr;
use std::sync::Mutex;

/// A bytevector of a C string; `#f` for null.
///
/// # Safety
/// `text` is null or a live C string.
unsafe fn bytes(m: &mut Machine, text: *const libc::c_char) -> Value {
    if text.is_null() {
        return Value::FALSE;
    }
    // SAFETY: the caller's promise.
    m.heap.bytevector(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// The fields of a `struct-passwd`.
///
/// # Safety
/// The strings are live.
unsafe fn user(m: &mut Machine, p: &libc::passwd) -> Value {
    // SAFETY: the caller's promise.
    let fields = unsafe {
        [
            bytes(m, p.pw_name),
            bytes(m, p.pw_passwd),
            Value::fixnum(p.pw_uid as i64),
            Value::fixnum(p.pw_gid as i64),
            bytes(m, p.pw_gecos),
            bytes(m, p.pw_dir),
            bytes(m, p.pw_shell),
        ]
    };
    m.heap.list(&fields)
}

/// The fields of a `struct-group`.
///
/// # Safety
/// The strings are live, and `gr_mem` is an array of them that ends in null.
unsafe fn group(m: &mut Machine, g: &libc::group) -> Value {
    let mut members = Vec::new();
    let mut next = g.gr_mem;
    // SAFETY: the caller's promise.
    unsafe {
        while !next.is_null() && !(*next).is_null() {
            members.push(bytes(m, *next));
            next = next.add(1);
        }
    }
    let members = m.heap.list(&members);
    // SAFETY: the caller's promise.
    let name = unsafe { bytes(m, g.gr_name) };
    m.heap.list(&[name, Value::fixnum(g.gr_gid as i64), members])
}

/// Looks something up with one of the C library's `…_r` functions, in a buffer that grows as they ask: the fields, or
/// `#f` when there is no such entry.
fn look_up<T>(
    m: &mut Machine,
    call: &Call,
    ask: impl Fn(*mut T, *mut libc::c_char, usize, *mut *mut T) -> libc::c_int,
    fields: unsafe fn(&mut Machine, &T) -> Value,
) -> Res {
    call.check(m)?;
    let mut buffer = vec![0u8; 1024];
    loop {
        let mut entry = std::mem::MaybeUninit::<T>::zeroed();
        let mut found = std::ptr::null_mut();
        match ask(entry.as_mut_ptr(), buffer.as_mut_ptr().cast(), buffer.len(), &mut found) {
            libc::ERANGE => {
                m.heap.reserve(2 * buffer.len())?;
                buffer.resize(2 * buffer.len(), 0)
            }
            libc::EINTR => m.poll()?,
            // SAFETY: a found entry is `entry`, whose strings are in `buffer`.
            0 if !found.is_null() => return Ok(unsafe { fields(m, &*found) }),
            0 | libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM => return Ok(Value::FALSE),
            code => return Err(call.failure(m, Errno(code))),
        }
    }
}

/// The C library reads the databases through one position of the process.
static DATABASE: Mutex<()> = Mutex::new(());

fn user_entries(m: &mut Machine) -> Value {
    let _one_at_a_time = DATABASE.lock();
    let mut entries = Vec::new();
    // SAFETY: under the lock; an entry is valid until the next call.
    unsafe {
        libc::setpwent();
        while let Some(entry) = libc::getpwent().as_ref() {
            entries.push(user(m, entry));
        }
        libc::endpwent();
    }
    m.heap.list(&entries)
}

fn group_entries(m: &mut Machine) -> Value {
    let _one_at_a_time = DATABASE.lock();
    let mut entries = Vec::new();
    // SAFETY: under the lock; an entry is valid until the next call.
    unsafe {
        libc::setgrent();
        while let Some(entry) = libc::getgrent().as_ref() {
            entries.push(group(m, entry));
        }
        libc::endgrent();
    }
    m.heap.list(&entries)
}

fn login(m: &mut Machine, who: &str) -> Res<Option<Vec<u8>>> {
    m.require(Processes, who)?;
    let _one_at_a_time = DATABASE.lock();
    // SAFETY: under the lock; null, or a C string that is valid until the next call.
    let name = unsafe {
        let name = libc::getlogin();
        if name.is_null() { None } else { Some(CStr::from_ptr(name)) }
    };
    Ok(name.map(|n| n.to_bytes().to_vec()))
}

macro_rules! ids {
    ($($name:literal $f:ident $doc:literal;)*) => {
        primitives! { pub IDS in "(vicar posix primitives)" {$(
            #[doc = $doc]
            $name [] fn $f(m) {
                // SAFETY: cannot fail.
                let id = Call::new($name, Processes).run(m, || unsafe { libc::$f() } as i64)?;
                Ok(Value::fixnum(id))
            }
        )*} }
    };
}

ids! {
    "getuid" getuid "`(getuid)`: the real user of this process. getuid(2)";
    "getgid" getgid "`(getgid)`: the real group of this process. getgid(2)";
    "geteuid" geteuid "`(geteuid)`: the user whose rights this process has. geteuid(2)";
    "getegid" getegid "`(getegid)`: the group whose rights this process has. getegid(2)";
}

macro_rules! set_ids {
    ($($name:literal $f:ident $doc:literal;)*) => {
        primitives! { pub SET_IDS in "(vicar posix primitives)" {$(
            #[doc = $doc]
            $name [] fn $f(m, id: Id) {
                let irritants = [id.value];
                let call = Call::new($name, Processes).irritants(&irritants);
                // SAFETY: plain system call.
                call.run(m, || unsafe { libc::$f(id.id) })?;
                Ok(Value::VOID)
            }
        )*} }
    };
}

set_ids! {
    "setuid" setuid "`(setuid new-uid)`: becomes another user. setuid(2)";
    "setgid" setgid "`(setgid new-gid)`: becomes a member of another group. setgid(2)";
    "seteuid" seteuid "`(seteuid new-uid)`: takes the rights of another user. seteuid(2)";
    "setegid" setegid "`(setegid new-gid)`: takes the rights of another group. setegid(2)";
}

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(setreuid real effective)`: sets both users; -1 leaves one as it is. setreuid(2)
    "setreuid" [] fn setreuid(m, real_uid: Id, effective_uid: Id) {
        let irritants = [real_uid.value, effective_uid.value];
        let call = Call::new("setreuid", Processes).irritants(&irritants);
        // SAFETY: plain system call.
        call.run(m, || unsafe { libc::setreuid(real_uid.id, effective_uid.id) })?;
        Ok(Value::VOID)
    }
    /// `(setregid real effective)`: sets both groups; -1 leaves one as it is. setregid(2)
    "setregid" [] fn setregid(m, real_gid: Id, effective_gid: Id) {
        let irritants = [real_gid.value, effective_gid.value];
        let call = Call::new("setregid", Processes).irritants(&irritants);
        // SAFETY: plain system call.
        call.run(m, || unsafe { libc::setregid(real_gid.id, effective_gid.id) })?;
        Ok(Value::VOID)
    }
    /// `(getgroups)`: the list of supplementary groups. getgroups(2)
    "getgroups" [] fn getgroups(m) {
        let call = Call::new("getgroups", Processes);
        // SAFETY: asks how many there are.
        let count = call.run(m, || unsafe { libc::getgroups(0, std::ptr::null_mut()) })?;
        let mut groups = vec![0; count as usize];
        // SAFETY: room for `count` of them.
        let count = call.run(m, || unsafe { libc::getgroups(count, groups.as_mut_ptr()) })?;
        let groups: Vec<Value> = groups.iter().take(count as usize).map(|&g| Value::fixnum(g as i64)).collect();
        Ok(m.heap.list(&groups))
    }
    /// `(getlogin)`: the name under which the user logged in, a bytevector; `#f` if none is known. getlogin(3)
    "getlogin" [] fn getlogin(m) {
        Ok(login(m, "getlogin")?.map_or(Value::FALSE, |name| m.heap.bytevector(&name)))
    }
    /// `(getlogin/string)`: the same as a string.
    "getlogin/string" [] fn getlogin_string(m) {
        Ok(login(m, "getlogin/string")?.map_or(Value::FALSE, |name| string(m, &name)))
    }
} }

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%getpwuid uid)`: the fields of the user's `struct-passwd`, a list; `#f` if there is none. getpwuid(3)
    "%getpwuid" [] fn getpwuid(m, uid: Id) {
        let irritants = [uid.value];
        let call = Call::new("getpwuid", Processes).irritants(&irritants);
        // SAFETY: `look_up` passes room for the entry and its strings.
        look_up(m, &call, |e, b, n, f| unsafe { libc::getpwuid_r(uid.id, e, b, n, f) }, user)
    }
    /// `(%getpwnam name)`: the same by name. getpwnam(3)
    "%getpwnam" [] fn getpwnam(m, name: Text) {
        let irritants = [name.value];
        let call = Call::new("getpwnam", Processes).text(&name, LOGIN).irritants(&irritants);
        // SAFETY: as above, and a live C string.
        look_up(m, &call, |e, b, n, f| unsafe { libc::getpwnam_r(name.as_ptr(), e, b, n, f) }, user)
    }
    /// `(%getgrgid gid)`: the fields of the group's `struct-group`, a list; `#f` if there is none. getgrgid(3)
    "%getgrgid" [] fn getgrgid(m, gid: Id) {
        let irritants = [gid.value];
        let call = Call::new("getgrgid", Processes).irritants(&irritants);
        // SAFETY: `look_up` passes room for the entry and its strings.
        look_up(m, &call, |e, b, n, f| unsafe { libc::getgrgid_r(gid.id, e, b, n, f) }, group)
    }
    /// `(%getgrnam name)`: the same by name. getgrnam(3)
    "%getgrnam" [] fn getgrnam(m, name: Text) {
        let irritants = [name.value];
        let call = Call::new("getgrnam", Processes).text(&name, LOGIN).irritants(&irritants);
        // SAFETY: as above, and a live C string.
        look_up(m, &call, |e, b, n, f| unsafe { libc::getgrnam_r(name.as_ptr(), e, b, n, f) }, group)
    }
    /// `(%user-entries)`: the fields of all users. getpwent(3)
    "%user-entries" [] fn user_entries_fields(m) {
        m.require(Processes, "user-entries")?;
        Ok(user_entries(m))
    }
    /// `(%group-entries)`: the fields of all groups. getgrent(3)
    "%group-entries" [] fn group_entries_fields(m) {
        m.require(Processes, "group-entries")?;
        Ok(group_entries(m))
    }
} }
