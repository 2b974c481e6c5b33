//! Files by name: their modes, owners and times, links, names.

use super::argument::{Fd, Id, Mode, Text};
use super::kernel::Call;
use crate::eval::{Capability::Filesystem, Machine, Res, Single};
use crate::heap::Value;
use crate::primitives;
use std::ffi::CStr;

/// A call on a pathname whose other arguments are `irritants`.
pub fn on<'a>(who: &'a str, pathname: &Text, irritants: &'a [Value]) -> Call<'a> {
    Call::new(who, Filesystem).pathname(pathname).irritants(irritants)
}

/// Makes the call, whose answer says no more than that it was done.
pub fn done(m: &mut Machine, call: Call, f: impl FnMut() -> libc::c_int) -> Res {
    call.run(m, f)?;
    Ok(Value::VOID)
}

/// The bytes of a C string that a call allocated, which is freed.
///
/// # Safety
/// The pointer is to a live C string from `malloc`, which nobody else uses or frees.
pub unsafe fn take(text: *mut libc::c_char) -> Vec<u8> {
    // SAFETY: as the caller says; copied before it is freed.
    unsafe {
        let bytes = CStr::from_ptr(text).to_bytes().to_vec();
        libc::free(text.cast());
        bytes
    }
}

fn link_target(m: &mut Machine, who: &str, pathname: &Text) -> Res<Vec<u8>> {
    let mut buffer = vec![0u8; 256];
    loop {
        let (at, size) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: a live C string, and `size` bytes.
        let used = on(who, pathname, &[]).run(m, || unsafe { libc::readlink(pathname.as_ptr(), at, size) })? as usize;
        if used < size {
            buffer.truncate(used);
            return Ok(buffer);
        }
        buffer.resize(2 * size, 0);
    }
}

fn real_path(m: &mut Machine, who: &str, pathname: &Text) -> Res<Vec<u8>> {
    let call = on(who, pathname, &[]);
    // SAFETY: a live C string; without a buffer the call allocates one.
    let text = call.run(m, || unsafe { libc::realpath(pathname.as_ptr(), std::ptr::null_mut()) })?;
    // SAFETY: the call has not failed, so that is a C string from `malloc`, ours to free.
    Ok(unsafe { take(text) })
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

fn times(atime: (EpochSeconds, Microseconds), mtime: (EpochSeconds, Microseconds)) -> [libc::timeval; 2] {
    [atime, mtime].map(|(s, u)| libc::timeval { tv_sec: s.0, tv_usec: u.0 })
}

fn time_irritants(times: &[libc::timeval; 2]) -> [Value; 4] {
    [times[0].tv_sec, times[0].tv_usec, times[1].tv_sec, times[1].tv_usec].map(Value::fixnum)
}

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(chown pathname owner group)`: changes owner and group; -1 leaves one as it is. 0. chown(2)
    "chown" [] fn chown(m, pathname: Text, owner: Id, group: Id) {
        let irritants = [owner.value, group.value];
        let (uid, gid) = (owner.id, group.id);
        // SAFETY: a live C string.
        on("chown", &pathname, &irritants).run(m, || unsafe { libc::chown(pathname.as_ptr(), uid, gid) })?;
        Ok(Value::fixnum(0))
    }
    /// `(fchown fd owner group)`: the same of an open file. fchown(2)
    "fchown" [] fn fchown(m, fd: Fd, owner: Id, group: Id) {
        let irritants = [fd.value(), owner.value, group.value];
        let (uid, gid) = (owner.id, group.id);
        // SAFETY: plain system call.
        Call::new("fchown", Filesystem).irritants(&irritants).run(m, || unsafe { libc::fchown(fd.0, uid, gid) })?;
        Ok(Value::fixnum(0))
    }
    /// `(chmod pathname mode)`: changes the permissions. 0. chmod(2)
    "chmod" [] fn chmod(m, pathname: Text, mode: Mode) {
        let irritants = [mode.value()];
        // SAFETY: a live C string.
        on("chmod", &pathname, &irritants).run(m, || unsafe { libc::chmod(pathname.as_ptr(), mode.0) })?;
        Ok(Value::fixnum(0))
    }
    /// `(fchmod fd mode)`: the same of an open file. fchmod(2)
    "fchmod" [] fn fchmod(m, fd: Fd, mode: Mode) {
        let irritants = [fd.value(), mode.value()];
        // SAFETY: plain system call.
        Call::new("fchmod", Filesystem).irritants(&irritants).run(m, || unsafe { libc::fchmod(fd.0, mode.0) })?;
        Ok(Value::fixnum(0))
    }
    /// `(umask mask)`: sets which permissions new files do not get; what it was. umask(2)
    "umask" [] fn umask(m, mask: Mode) {
        // SAFETY: cannot fail.
        let old = Call::new("umask", Filesystem).run(m, || unsafe { libc::umask(mask.0) } as i64)?;
        Ok(Value::fixnum(old))
    }
    /// `(getumask)`: which permissions new files do not get. Read by setting it for a moment.
    "getumask" [] fn getumask(m) {
        let ask = || {
            // SAFETY: cannot fail.
            unsafe {
                let mask = libc::umask(0o077);
                libc::umask(mask);
                mask as i64
            }
        };
        Ok(Value::fixnum(Call::new("getumask", Filesystem).run(m, ask)?))
    }
    /// `(utime pathname atime_sec mtime_sec)`: sets the times, in seconds since the Epoch. 0. utime(2)
    "utime" [] fn utime(m, pathname: Text, atime_sec: EpochSeconds, mtime_sec: EpochSeconds) {
        let irritants = [Value::fixnum(atime_sec.0), Value::fixnum(mtime_sec.0)];
        let times = libc::utimbuf { actime: atime_sec.0, modtime: mtime_sec.0 };
        // SAFETY: a live C string and structure.
        on("utime", &pathname, &irritants).run(m, || unsafe { libc::utime(pathname.as_ptr(), &times) })?;
        Ok(Value::fixnum(0))
    }
    /// `(utimes pathname atime_sec atime_usec mtime_sec mtime_usec)`: sets the times. 0. utimes(2)
    "utimes" [] fn utimes(
        m, pathname: Text, atime_sec: EpochSeconds, atime_usec: Microseconds, mtime_sec: EpochSeconds,
        mtime_usec: Microseconds,
    ) {
        let times = times((atime_sec, atime_usec), (mtime_sec, mtime_usec));
        let irritants = time_irritants(&times);
        // SAFETY: a live C string and two structures.
        on("utimes", &pathname, &irritants).run(m, || unsafe { libc::utimes(pathname.as_ptr(), times.as_ptr()) })?;
        Ok(Value::fixnum(0))
    }
    /// `(lutimes pathname atime_sec atime_usec mtime_sec mtime_usec)`: the same of a symbolic link itself. lutimes(3)
    "lutimes" [] fn lutimes(
        m, pathname: Text, atime_sec: EpochSeconds, atime_usec: Microseconds, mtime_sec: EpochSeconds,
        mtime_usec: Microseconds,
    ) {
        let times = times((atime_sec, atime_usec), (mtime_sec, mtime_usec));
        let irritants = time_irritants(&times);
        // SAFETY: a live C string and two structures.
        on("lutimes", &pathname, &irritants).run(m, || unsafe { libc::lutimes(pathname.as_ptr(), times.as_ptr()) })?;
        Ok(Value::fixnum(0))
    }
    /// `(futimes fd atime_sec atime_usec mtime_sec mtime_usec)`: the same of an open file. futimes(3)
    "futimes" [] fn futimes(
        m, fd: Fd, atime_sec: EpochSeconds, atime_usec: Microseconds, mtime_sec: EpochSeconds, mtime_usec: Microseconds,
    ) {
        let times = times((atime_sec, atime_usec), (mtime_sec, mtime_usec));
        let irritants = [fd.value()];
        let call = Call::new("futimes", Filesystem).irritants(&irritants);
        // SAFETY: two live structures.
        call.run(m, || unsafe { libc::futimes(fd.0, times.as_ptr()) })?;
        Ok(Value::fixnum(0))
    }
    /// `(link old-pathname new-pathname)`: another name for the same file. 0. link(2)
    "link" [] fn link(m, old_pathname: Text, new_pathname: Text) {
        let irritants = [new_pathname.value];
        let (old, new) = (old_pathname.as_ptr(), new_pathname.as_ptr());
        // SAFETY: live C strings.
        on("link", &old_pathname, &irritants).run(m, || unsafe { libc::link(old, new) })?;
        Ok(Value::fixnum(0))
    }
    /// `(symlink target link-pathname)`: a symbolic link that says `target`. 0. symlink(2)
    "symlink" [] fn symlink(m, target: Text, link_pathname: Text) {
        let irritants = [link_pathname.value];
        let (old, new) = (target.as_ptr(), link_pathname.as_ptr());
        // SAFETY: live C strings.
        on("symlink", &target, &irritants).run(m, || unsafe { libc::symlink(old, new) })?;
        Ok(Value::fixnum(0))
    }
    /// `(readlink pathname)`: what a symbolic link says, a bytevector. readlink(2)
    "readlink" [] fn readlink(m, pathname: Text) {
        let target = link_target(m, "readlink", &pathname)?;
        Ok(m.heap.bytevector(&target))
    }
    /// `(readlink/string pathname)`: the same as a string.
    "readlink/string" [] fn readlink_string(m, pathname: Text) {
        let target = link_target(m, "readlink/string", &pathname)?;
        Ok(string(m, &target))
    }
    /// `(realpath pathname)`: the absolute pathname without links, `.` and `..`, a bytevector. realpath(3)
    "realpath" [] fn realpath(m, pathname: Text) {
        let path = real_path(m, "realpath", &pathname)?;
        Ok(m.heap.bytevector(&path))
    }
    /// `(realpath/string pathname)`: the same as a string.
    "realpath/string" [] fn realpath_string(m, pathname: Text) {
        let path = real_path(m, "realpath/string", &pathname)?;
        Ok(string(m, &path))
    }
    /// `(unlink pathname)`: removes the name of a file. unlink(2)
    "unlink" [] fn unlink(m, pathname: Text) {
        // SAFETY: a live C string.
        done(m, on("unlink", &pathname, &[]), || unsafe { libc::unlink(pathname.as_ptr()) })
    }
    /// `(remove pathname)`: removes a file or an empty directory. remove(3)
    "remove" [] fn remove(m, pathname: Text) {
        // SAFETY: a live C string.
        done(m, on("remove", &pathname, &[]), || unsafe { libc::remove(pathname.as_ptr()) })
    }
    /// `(rename old-pathname new-pathname)`: gives the file another name, replacing what has it. rename(2)
    "rename" [] fn rename(m, old_pathname: Text, new_pathname: Text) {
        let irritants = [new_pathname.value];
        let (old, new) = (old_pathname.as_ptr(), new_pathname.as_ptr());
        // SAFETY: live C strings.
        done(m, on("rename", &old_pathname, &irritants), || unsafe { libc::rename(old, new) })
    }
    /// `(mkfifo pathname mode)`: makes a named pipe. mkfifo(3)
    "mkfifo" [] fn mkfifo(m, pathname: Text, mode: Mode) {
        let irritants = [mode.value()];
        // SAFETY: a live C string.
        done(m, on("mkfifo", &pathname, &irritants), || unsafe { libc::mkfifo(pathname.as_ptr(), mode.0) })
    }
} }
