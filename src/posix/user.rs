//! Users and groups: the ids of this process, the databases.

use super::argument::{Id, Text};
use super::bound::LOGIN;
use super::file::string;
use super::kernel::{Call, Errno};
use super::sys;
use super::sys::user::{Group, Key, User, find_group, find_user};
use crate::eval::{Capability::Processes, Machine, Res, Who};
use crate::heap::Value;
use nix::unistd::{self, Gid, Uid};
use std::ffi::CString;
use vicar_macros::primitives;

/// A bytevector of a text; `#f` for none.
fn bytes(m: &mut Machine, text: &Option<CString>) -> Value {
    text.as_deref().map_or(Value::FALSE, |text| m.heap.bytevector(text.to_bytes()))
}

/// The fields of a `struct-passwd`.
fn user(m: &mut Machine, u: &User) -> Value {
    let fields = [
        bytes(m, &u.name),
        bytes(m, &u.password),
        Value::fixnum(u.id.into()),
        Value::fixnum(u.group.into()),
        bytes(m, &u.gecos),
        bytes(m, &u.home),
        bytes(m, &u.shell),
    ];
    m.heap.list(&fields)
}

/// The fields of a `struct-group`.
fn group(m: &mut Machine, g: &Group) -> Value {
    let members: Vec<Value> = g.members.iter().map(|name| m.heap.bytevector(name.to_bytes())).collect();
    let members = m.heap.list(&members);
    let name = bytes(m, &g.name);
    m.heap.list(&[name, Value::fixnum(g.id.into()), members])
}

/// Looks something up, in a buffer that grows as C asks: the fields, or `#f` when there is no such entry.
fn look_up<T>(
    m: &mut Machine,
    call: &Call,
    find: impl Fn(&mut [u8]) -> nix::Result<Option<T>>,
    fields: fn(&mut Machine, &T) -> Value,
) -> Res {
    call.check(m)?;
    let mut buffer = vec![0u8; 1024];
    loop {
        match find(&mut buffer).map_err(Errno::from) {
            Err(Errno(libc::ERANGE)) => {
                m.heap.reserve(2 * buffer.len())?;
                buffer.resize(2 * buffer.len(), 0)
            }
            Err(Errno(libc::EINTR)) => m.poll()?,
            Ok(Some(entry)) => return Ok(fields(m, &entry)),
            Ok(None) | Err(Errno(libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM)) => return Ok(Value::FALSE),
            Err(errno) => return Err(call.failure(m, errno)),
        }
    }
}

fn entries<T>(m: &mut Machine, who: &str, all: fn() -> Vec<T>, fields: fn(&mut Machine, &T) -> Value) -> Res {
    m.require(Processes, who)?;
    let entries: Vec<Value> = all().iter().map(|entry| fields(m, entry)).collect();
    Ok(m.heap.list(&entries))
}

fn login(m: &mut Machine, who: &str) -> Res<Option<Vec<u8>>> {
    m.require(Processes, who)?;
    Ok(sys::user::login().map(CString::into_bytes))
}

macro_rules! ids {
    ($($name:literal $f:ident $doc:literal;)*) => {
        #[primitives]
        pub mod ids {
            use super::*;

            $(
            #[doc = $doc]
            #[primitive(name = $name)]
            fn $f(m: &mut Machine, who: Who) -> Res {
                let id = Call::new(who, Processes).run(m, || Ok(unistd::$f()))?;
                Ok(Value::fixnum(id.as_raw().into()))
            }
        )*}
    };
}

ids! {
    "getuid" getuid "`(getuid)`: the real user of this process. getuid(2)";
    "getgid" getgid "`(getgid)`: the real group of this process. getgid(2)";
    "geteuid" geteuid "`(geteuid)`: the user whose rights this process has. geteuid(2)";
    "getegid" getegid "`(getegid)`: the group whose rights this process has. getegid(2)";
}

macro_rules! set_ids {
    ($($name:literal $f:ident $id:ident $doc:literal;)*) => {
        #[primitives]
        pub mod set_ids {
            use super::*;

            $(
            #[doc = $doc]
            #[primitive(name = $name)]
            fn $f(m: &mut Machine, who: Who, id: Id) -> Res {
                let irritants = [id.value];
                let call = Call::new(who, Processes).irritants(&irritants);
                call.run(m, || unistd::$f($id::from_raw(id.id)))?;
                Ok(Value::VOID)
            }
        )*}
    };
}

set_ids! {
    "setuid" setuid Uid "`(setuid new-uid)`: becomes another user. setuid(2)";
    "setgid" setgid Gid "`(setgid new-gid)`: becomes a member of another group. setgid(2)";
    "seteuid" seteuid Uid "`(seteuid new-uid)`: takes the rights of another user. seteuid(2)";
    "setegid" setegid Gid "`(setegid new-gid)`: takes the rights of another group. setegid(2)";
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(setreuid real effective)`: sets both users; -1 leaves one as it is. setreuid(2)
    fn setreuid(m: &mut Machine, who: Who, real_uid: Id, effective_uid: Id) -> Res {
        let irritants = [real_uid.value, effective_uid.value];
        let call = Call::new(who, Processes).irritants(&irritants);
        call.run(m, || sys::setreuid(real_uid.id, effective_uid.id))?;
        Ok(Value::VOID)
    }

    /// `(setregid real effective)`: sets both groups; -1 leaves one as it is. setregid(2)
    fn setregid(m: &mut Machine, who: Who, real_gid: Id, effective_gid: Id) -> Res {
        let irritants = [real_gid.value, effective_gid.value];
        let call = Call::new(who, Processes).irritants(&irritants);
        call.run(m, || sys::setregid(real_gid.id, effective_gid.id))?;
        Ok(Value::VOID)
    }

    /// `(getgroups)`: the list of supplementary groups. getgroups(2)
    fn getgroups(m: &mut Machine, who: Who) -> Res {
        let groups = Call::new(who, Processes).run(m, unistd::getgroups)?;
        let groups: Vec<Value> = groups.iter().map(|g| Value::fixnum(g.as_raw().into())).collect();
        Ok(m.heap.list(&groups))
    }

    /// `(getlogin)`: the name under which the user logged in, a bytevector; `#f` if none is known. getlogin(3)
    fn getlogin(m: &mut Machine, who: Who) -> Res {
        Ok(login(m, who)?.map_or(Value::FALSE, |name| m.heap.bytevector(&name)))
    }

    /// `(getlogin/string)`: the same as a string.
    #[primitive(name = "getlogin/string")]
    fn getlogin_string(m: &mut Machine, who: Who) -> Res {
        Ok(login(m, who)?.map_or(Value::FALSE, |name| string(m, &name)))
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%getpwuid uid)`: the fields of the user's `struct-passwd`, a list; `#f` if there is none. getpwuid(3)
    fn getpwuid(m: &mut Machine, uid: Id) -> Res {
        let irritants = [uid.value];
        let call = Call::new("getpwuid", Processes).irritants(&irritants);
        look_up(m, &call, |buffer| find_user(Key::Id(uid.id), buffer), user)
    }

    /// `(%getpwnam name)`: the same by name. getpwnam(3)
    fn getpwnam(m: &mut Machine, name: Text) -> Res {
        let irritants = [name.value];
        let call = Call::new("getpwnam", Processes).text(&name, LOGIN).irritants(&irritants);
        look_up(m, &call, |buffer| find_user(Key::Name(name.as_c()), buffer), user)
    }

    /// `(%getgrgid gid)`: the fields of the group's `struct-group`, a list; `#f` if there is none. getgrgid(3)
    fn getgrgid(m: &mut Machine, gid: Id) -> Res {
        let irritants = [gid.value];
        let call = Call::new("getgrgid", Processes).irritants(&irritants);
        look_up(m, &call, |buffer| find_group(Key::Id(gid.id), buffer), group)
    }

    /// `(%getgrnam name)`: the same by name. getgrnam(3)
    fn getgrnam(m: &mut Machine, name: Text) -> Res {
        let irritants = [name.value];
        let call = Call::new("getgrnam", Processes).text(&name, LOGIN).irritants(&irritants);
        look_up(m, &call, |buffer| find_group(Key::Name(name.as_c()), buffer), group)
    }

    /// `(%user-entries)`: the fields of all users. getpwent(3)
    fn user_entries(m: &mut Machine) -> Res {
        entries(m, "user-entries", sys::user::users, user)
    }

    /// `(%group-entries)`: the fields of all groups. getgrent(3)
    fn group_entries(m: &mut Machine) -> Res {
        entries(m, "group-entries", sys::user::groups, group)
    }
}
