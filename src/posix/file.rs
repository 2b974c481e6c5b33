//! Files by name: their modes, owners and times, links, names.

use super::argument::{Fd, Id, Mode, Text};
use super::kernel::Call;
use super::sys;
use crate::eval::{Capability::Filesystem, Machine, Res, Single, Who};
use crate::heap::Value;
use nix::fcntl::{self, AT_FDCWD, AtFlags};
use nix::sys::stat::{self, FchmodatFlags};
use nix::sys::time::{TimeSpec, TimeVal};
use nix::unistd::{self, Gid, Uid};
use std::os::unix::ffi::OsStringExt;
use vicar_macros::primitives;

/// A call on a pathname whose other arguments are `irritants`.
pub fn on<'a>(who: &'a str, pathname: &Text, irritants: &'a [Value]) -> Call<'a> {
    Call::new(who, Filesystem).pathname(pathname).irritants(irritants)
}

/// Makes the call, whose answer says no more than that it was done.
pub fn done<T>(m: &mut Machine, call: Call, f: impl FnMut() -> nix::Result<T>) -> Res {
    call.run(m, f)?;
    Ok(Value::VOID)
}

/// Makes a call whose answer is 0.
fn zero<T>(m: &mut Machine, call: Call, f: impl FnMut() -> nix::Result<T>) -> Res {
    call.run(m, f)?;
    Ok(Value::fixnum(0))
}

/// Permission bits as nix has them: all of them go to the system.
pub fn permissions(mode: Mode) -> nix::sys::stat::Mode {
    nix::sys::stat::Mode::from_bits_retain(mode.0)
}

fn link_target(m: &mut Machine, who: &str, pathname: &Text) -> Res<Vec<u8>> {
    let call = on(who, pathname, &[]);
    let mut buffer = vec![0u8; 256];
    loop {
        let used = call.run(m, || sys::readlink(pathname.as_c(), &mut buffer))? as usize;
        if used < buffer.len() {
            buffer.truncate(used);
            return Ok(buffer);
        }
        // A file system may say what it likes.
        m.heap.reserve(2 * buffer.len())?;
        buffer.resize(2 * buffer.len(), 0);
    }
}

fn real_path(m: &mut Machine, who: &str, pathname: &Text) -> Res<Vec<u8>> {
    let path = on(who, pathname, &[]).run(m, || super::errno::of_io(std::fs::canonicalize(pathname.as_path())))?;
    Ok(path.into_os_string().into_vec())
}

/// Bytes of the system's as a string, from which they can be had again: see `io/os_text.rs`.
pub fn string(m: &mut Machine, bytes: &[u8]) -> Value {
    m.heap.string(&crate::io::os_text::decode(bytes))
}

/// Seconds since the Epoch, not negative.
struct EpochSeconds(i64);

impl Single for EpochSeconds {
    const WHAT: &'static str = "seconds since the Epoch: a fixnum of 0 and up";
    fn convert(v: Value) -> Option<EpochSeconds> {
        v.as_fixnum().filter(|&n| n >= 0).map(EpochSeconds)
    }
}

/// Parts of a second.
struct Microseconds(i64);

impl Single for Microseconds {
    const WHAT: &'static str = "microseconds: a fixnum of 0 to 999999";
    fn convert(v: Value) -> Option<Microseconds> {
        v.as_fixnum().filter(|n| (0..1_000_000).contains(n)).map(Microseconds)
    }
}

fn times(atime: (EpochSeconds, Microseconds), mtime: (EpochSeconds, Microseconds)) -> [TimeVal; 2] {
    [atime, mtime].map(|(s, u)| TimeVal::new(s.0, u.0))
}

fn time_irritants([atime, mtime]: &[TimeVal; 2]) -> [Value; 4] {
    [atime.tv_sec(), atime.tv_usec(), mtime.tv_sec(), mtime.tv_usec()].map(Value::fixnum)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(chown pathname owner group)`: changes owner and group; -1 leaves one as it is. 0. chown(2)
    fn chown(m: &mut Machine, who: Who, pathname: Text, owner: Id, group: Id) -> Res {
        let irritants = [owner.value, group.value];
        let (uid, gid) = (Some(Uid::from_raw(owner.id)), Some(Gid::from_raw(group.id)));
        zero(m, on(who, &pathname, &irritants), || unistd::chown(pathname.as_c(), uid, gid))
    }

    /// `(fchown fd owner group)`: the same of an open file. fchown(2)
    fn fchown(m: &mut Machine, who: Who, fd: Fd, owner: Id, group: Id) -> Res {
        let irritants = [fd.value(), owner.value, group.value];
        let (uid, gid) = (Some(Uid::from_raw(owner.id)), Some(Gid::from_raw(group.id)));
        zero(m, Call::new(who, Filesystem).irritants(&irritants), || unistd::fchown(sys::fd(fd.0), uid, gid))
    }

    /// `(chmod pathname mode)`: changes the permissions. 0. chmod(2)
    fn chmod(m: &mut Machine, who: Who, pathname: Text, mode: Mode) -> Res {
        let irritants = [mode.value()];
        let follow = FchmodatFlags::FollowSymlink;
        zero(m, on(who, &pathname, &irritants), || stat::fchmodat(AT_FDCWD, pathname.as_c(), permissions(mode), follow))
    }

    /// `(fchmod fd mode)`: the same of an open file. fchmod(2)
    fn fchmod(m: &mut Machine, who: Who, fd: Fd, mode: Mode) -> Res {
        let irritants = [fd.value(), mode.value()];
        zero(m, Call::new(who, Filesystem).irritants(&irritants), || stat::fchmod(sys::fd(fd.0), permissions(mode)))
    }

    /// `(umask mask)`: sets which permissions new files do not get; what it was. umask(2)
    fn umask(m: &mut Machine, who: Who, mask: Mode) -> Res {
        let old = Call::new(who, Filesystem).run(m, || Ok(stat::umask(permissions(mask))))?;
        Ok(Value::fixnum(old.bits().into()))
    }

    /// `(getumask)`: which permissions new files do not get. Read by setting it for a moment.
    fn getumask(m: &mut Machine, who: Who) -> Res {
        let mask = Call::new(who, Filesystem).run(m, || {
            let mask = stat::umask(permissions(Mode(0o077)));
            stat::umask(mask);
            Ok(mask)
        })?;
        Ok(Value::fixnum(mask.bits().into()))
    }

    /// `(utime pathname atime_sec mtime_sec)`: sets the times, in seconds since the Epoch. 0. utime(2)
    fn utime(m: &mut Machine, who: Who, pathname: Text, atime_sec: EpochSeconds, mtime_sec: EpochSeconds) -> Res {
        let irritants = [Value::fixnum(atime_sec.0), Value::fixnum(mtime_sec.0)];
        let [atime, mtime] = [atime_sec, mtime_sec].map(|s| TimeVal::new(s.0, 0));
        zero(m, on(who, &pathname, &irritants), || stat::utimes(pathname.as_c(), &atime, &mtime))
    }

    /// `(utimes pathname atime_sec atime_usec mtime_sec mtime_usec)`: sets the times. 0. utimes(2)
    fn utimes(
        m: &mut Machine,
        who: Who,
        pathname: Text,
        atime_sec: EpochSeconds,
        atime_usec: Microseconds,
        mtime_sec: EpochSeconds,
        mtime_usec: Microseconds,
    ) -> Res {
        let times = times((atime_sec, atime_usec), (mtime_sec, mtime_usec));
        let irritants = time_irritants(&times);
        zero(m, on(who, &pathname, &irritants), || stat::utimes(pathname.as_c(), &times[0], &times[1]))
    }

    /// `(lutimes pathname atime_sec atime_usec mtime_sec mtime_usec)`: the same of a symbolic link itself. lutimes(3)
    fn lutimes(
        m: &mut Machine,
        who: Who,
        pathname: Text,
        atime_sec: EpochSeconds,
        atime_usec: Microseconds,
        mtime_sec: EpochSeconds,
        mtime_usec: Microseconds,
    ) -> Res {
        let times = times((atime_sec, atime_usec), (mtime_sec, mtime_usec));
        let irritants = time_irritants(&times);
        zero(m, on(who, &pathname, &irritants), || stat::lutimes(pathname.as_c(), &times[0], &times[1]))
    }

    /// `(futimes fd atime_sec atime_usec mtime_sec mtime_usec)`: the same of an open file. futimes(3)
    fn futimes(
        m: &mut Machine,
        who: Who,
        fd: Fd,
        atime_sec: EpochSeconds,
        atime_usec: Microseconds,
        mtime_sec: EpochSeconds,
        mtime_usec: Microseconds,
    ) -> Res {
        let times = [(atime_sec, atime_usec), (mtime_sec, mtime_usec)].map(|(s, u)| TimeSpec::new(s.0, u.0 * 1000));
        let irritants = [fd.value()];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        zero(m, call, || stat::futimens(sys::fd(fd.0), &times[0], &times[1]))
    }

    /// `(link old-pathname new-pathname)`: another name for the same file. 0. link(2)
    fn link(m: &mut Machine, who: Who, old_pathname: Text, new_pathname: Text) -> Res {
        let irritants = [new_pathname.value];
        let (old, new) = (old_pathname.as_c(), new_pathname.as_c());
        let call = on(who, &old_pathname, &irritants);
        zero(m, call, || unistd::linkat(AT_FDCWD, old, AT_FDCWD, new, AtFlags::empty()))
    }

    /// `(symlink target link-pathname)`: a symbolic link that says `target`. 0. symlink(2)
    fn symlink(m: &mut Machine, who: Who, target: Text, link_pathname: Text) -> Res {
        let irritants = [link_pathname.value];
        let (old, new) = (target.as_c(), link_pathname.as_c());
        zero(m, on(who, &target, &irritants), || unistd::symlinkat(old, AT_FDCWD, new))
    }

    /// `(readlink pathname)`: what a symbolic link says, a bytevector. readlink(2)
    fn readlink(m: &mut Machine, who: Who, pathname: Text) -> Res {
        let target = link_target(m, who, &pathname)?;
        Ok(m.heap.bytevector(&target))
    }

    /// `(readlink/string pathname)`: the same as a string.
    #[primitive(name = "readlink/string")]
    fn readlink_string(m: &mut Machine, who: Who, pathname: Text) -> Res {
        let target = link_target(m, who, &pathname)?;
        Ok(string(m, &target))
    }

    /// `(realpath pathname)`: the absolute pathname without links, `.` and `..`, a bytevector. realpath(3)
    fn realpath(m: &mut Machine, who: Who, pathname: Text) -> Res {
        let path = real_path(m, who, &pathname)?;
        Ok(m.heap.bytevector(&path))
    }

    /// `(realpath/string pathname)`: the same as a string.
    #[primitive(name = "realpath/string")]
    fn realpath_string(m: &mut Machine, who: Who, pathname: Text) -> Res {
        let path = real_path(m, who, &pathname)?;
        Ok(string(m, &path))
    }

    /// `(unlink pathname)`: removes the name of a file. unlink(2)
    fn unlink(m: &mut Machine, who: Who, pathname: Text) -> Res {
        done(m, on(who, &pathname, &[]), || unistd::unlink(pathname.as_c()))
    }

    /// `(remove pathname)`: removes a file or an empty directory. remove(3)
    #[primitive(name = "%posix:remove")]
    fn remove(m: &mut Machine, who: Who, pathname: Text) -> Res {
        done(m, on(who, &pathname, &[]), || sys::remove(pathname.as_c()))
    }

    /// `(rename old-pathname new-pathname)`: gives the file another name, replacing what has it. rename(2)
    fn rename(m: &mut Machine, who: Who, old_pathname: Text, new_pathname: Text) -> Res {
        let irritants = [new_pathname.value];
        let (old, new) = (old_pathname.as_c(), new_pathname.as_c());
        done(m, on(who, &old_pathname, &irritants), || fcntl::renameat(AT_FDCWD, old, AT_FDCWD, new))
    }

    /// `(mkfifo pathname mode)`: makes a named pipe. mkfifo(3)
    fn mkfifo(m: &mut Machine, who: Who, pathname: Text, mode: Mode) -> Res {
        let irritants = [mode.value()];
        done(m, on(who, &pathname, &irritants), || unistd::mkfifo(pathname.as_c(), permissions(mode)))
    }
}
