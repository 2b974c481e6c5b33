//! What files are: `stat` and the questions that it answers, access.

use super::argument::{Fd, Int, Mode, Text};
use super::file::on;
use super::kernel::{Call, Errno};
use super::sys;
use crate::eval::{Capability::Filesystem, Machine, Res};
use crate::heap::Value;
use crate::memory::{from_i64, from_i128, from_u64};
use crate::primitives;
use nix::sys::stat::{self, FileStat};
use nix::unistd::{self, AccessFlags};

/// Whether a symbolic link stands for what it points to.
#[derive(Copy, Clone)]
enum Follow {
    Links,
    NoLinks,
}

/// What the kernel knows of a file.
fn status_of(m: &mut Machine, who: &str, pathname: &Text, follow: Follow) -> Res<FileStat> {
    on(who, pathname, &[]).run(m, || match follow {
        Follow::Links => stat::stat(pathname.as_c()),
        Follow::NoLinks => stat::lstat(pathname.as_c()),
    })
}

/// The fields of a `struct-stat`, in its order.
fn fields(m: &mut Machine, s: &FileStat) -> Value {
    let heap = &mut m.heap;
    let fields = [
        Value::fixnum(s.st_mode as i64),
        from_u64(heap, s.st_ino),
        from_u64(heap, s.st_dev),
        from_i128(heap, s.st_nlink as i128),
        Value::fixnum(s.st_uid as i64),
        Value::fixnum(s.st_gid as i64),
        from_i64(heap, s.st_size),
        from_i64(heap, s.st_atime),
        from_i64(heap, s.st_atime_nsec),
        from_i64(heap, s.st_mtime),
        from_i64(heap, s.st_mtime_nsec),
        from_i64(heap, s.st_ctime),
        from_i64(heap, s.st_ctime_nsec),
        from_i64(heap, s.st_blocks),
        from_i128(heap, s.st_blksize as i128),
    ];
    heap.multiple_values(&fields)
}

fn is_type(mode: libc::mode_t, kind: libc::mode_t) -> Value {
    Value::boolean(mode & libc::S_IFMT == kind)
}

fn file_is(m: &mut Machine, who: &str, pathname: &Text, follow: Option<Value>, kind: libc::mode_t) -> Res {
    let follow = if follow.is_some_and(Value::is_true) { Follow::Links } else { Follow::NoLinks };
    Ok(is_type(status_of(m, who, pathname, follow)?.st_mode, kind))
}

/// For kinds of files that Linux does not have: `#f` once it is known that there is a file.
fn file_is_never(m: &mut Machine, who: &str, pathname: &Text) -> Res {
    status_of(m, who, pathname, Follow::NoLinks)?;
    Ok(Value::FALSE)
}

fn accessible(m: &mut Machine, who: &str, pathname: &Text, how: libc::c_int) -> Res {
    let irritants = [Value::fixnum(how as i64)];
    let call = on(who, pathname, &irritants);
    match call.attempt(m, || unistd::access(pathname.as_c(), AccessFlags::from_bits_retain(how)))? {
        Ok(_) => Ok(Value::TRUE),
        Err(Errno(libc::EACCES | libc::EROFS | libc::ETXTBSY)) => Ok(Value::FALSE),
        Err(errno) => Err(call.failure(m, errno)),
    }
}

fn nanoseconds(m: &mut Machine, seconds: i64, nanoseconds: i64) -> Value {
    from_i128(&mut m.heap, seconds as i128 * 1_000_000_000 + nanoseconds as i128)
}

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%stat pathname)`: the fields of the `struct-stat`, as values.
    "%stat" [control] fn stat(m, pathname: Text) {
        let status = status_of(m, "stat", &pathname, Follow::Links)?;
        Ok(fields(m, &status))
    }
    /// `(%lstat pathname)`: the same of a symbolic link itself.
    "%lstat" [control] fn lstat(m, pathname: Text) {
        let status = status_of(m, "lstat", &pathname, Follow::NoLinks)?;
        Ok(fields(m, &status))
    }
    /// `(%fstat fd)`: the same of an open file.
    "%fstat" [control] fn fstat(m, fd: Fd) {
        let irritants = [fd.value()];
        let call = Call::new("fstat", Filesystem).irritants(&irritants);
        let status = call.run(m, || stat::fstat(sys::fd(fd.0)))?;
        Ok(fields(m, &status))
    }
} }

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(file-is-directory? pathname)`: `(file-is-directory? pathname follow-symlinks?)`: without the second argument a
    /// symbolic link is judged itself. A file that is not there raises.
    "file-is-directory?" [] fn file_is_directory(m, pathname: Text, follow: Option<Value>) {
        file_is(m, "file-is-directory?", &pathname, follow, libc::S_IFDIR)
    }
    /// `(file-is-char-device? pathname)`, like `file-is-directory?`.
    "file-is-char-device?" [] fn file_is_char_device(m, pathname: Text, follow: Option<Value>) {
        file_is(m, "file-is-char-device?", &pathname, follow, libc::S_IFCHR)
    }
    /// `(file-is-block-device? pathname)`, like `file-is-directory?`.
    "file-is-block-device?" [] fn file_is_block_device(m, pathname: Text, follow: Option<Value>) {
        file_is(m, "file-is-block-device?", &pathname, follow, libc::S_IFBLK)
    }
    /// `(file-is-regular-file? pathname)`, like `file-is-directory?`. Links and sockets are none.
    "file-is-regular-file?" [] fn file_is_regular_file(m, pathname: Text, follow: Option<Value>) {
        file_is(m, "file-is-regular-file?", &pathname, follow, libc::S_IFREG)
    }
    /// `(file-is-symbolic-link? pathname)`, like `file-is-directory?`.
    "file-is-symbolic-link?" [] fn file_is_symbolic_link(m, pathname: Text, follow: Option<Value>) {
        file_is(m, "file-is-symbolic-link?", &pathname, follow, libc::S_IFLNK)
    }
    /// `(file-is-socket? pathname)`, like `file-is-directory?`.
    "file-is-socket?" [] fn file_is_socket(m, pathname: Text, follow: Option<Value>) {
        file_is(m, "file-is-socket?", &pathname, follow, libc::S_IFSOCK)
    }
    /// `(file-is-fifo? pathname)`, like `file-is-directory?`.
    "file-is-fifo?" [] fn file_is_fifo(m, pathname: Text, follow: Option<Value>) {
        file_is(m, "file-is-fifo?", &pathname, follow, libc::S_IFIFO)
    }
    /// `(file-is-message-queue? pathname)`: always `#f` on Linux, where message queues are no files.
    "file-is-message-queue?" [] fn file_is_message_queue(m, pathname: Text, _follow: Option<Value>) {
        file_is_never(m, "file-is-message-queue?", &pathname)
    }
    /// `(file-is-semaphore? pathname)`: always `#f` on Linux.
    "file-is-semaphore?" [] fn file_is_semaphore(m, pathname: Text, _follow: Option<Value>) {
        file_is_never(m, "file-is-semaphore?", &pathname)
    }
    /// `(file-is-shared-memory? pathname)`: always `#f` on Linux.
    "file-is-shared-memory?" [] fn file_is_shared_memory(m, pathname: Text, _follow: Option<Value>) {
        file_is_never(m, "file-is-shared-memory?", &pathname)
    }
    /// `(S_ISDIR st_mode)`: whether the mode is a directory's.
    "S_ISDIR" [] fn s_isdir(_m, st_mode: Mode) { Ok(is_type(st_mode.0, libc::S_IFDIR)) }
    /// `(S_ISCHR st_mode)`: whether the mode is a character device's.
    "S_ISCHR" [] fn s_ischr(_m, st_mode: Mode) { Ok(is_type(st_mode.0, libc::S_IFCHR)) }
    /// `(S_ISBLK st_mode)`: whether the mode is a block device's.
    "S_ISBLK" [] fn s_isblk(_m, st_mode: Mode) { Ok(is_type(st_mode.0, libc::S_IFBLK)) }
    /// `(S_ISREG st_mode)`: whether the mode is a regular file's.
    "S_ISREG" [] fn s_isreg(_m, st_mode: Mode) { Ok(is_type(st_mode.0, libc::S_IFREG)) }
    /// `(S_ISLNK st_mode)`: whether the mode is a symbolic link's.
    "S_ISLNK" [] fn s_islnk(_m, st_mode: Mode) { Ok(is_type(st_mode.0, libc::S_IFLNK)) }
    /// `(S_ISSOCK st_mode)`: whether the mode is a socket's.
    "S_ISSOCK" [] fn s_issock(_m, st_mode: Mode) { Ok(is_type(st_mode.0, libc::S_IFSOCK)) }
    /// `(S_ISFIFO st_mode)`: whether the mode is a pipe's.
    "S_ISFIFO" [] fn s_isfifo(_m, st_mode: Mode) { Ok(is_type(st_mode.0, libc::S_IFIFO)) }
    /// `(access pathname how)`: whether the real user may do what `how` joins of `R_OK`, `W_OK`, `X_OK`; `F_OK` asks
    /// whether it is there. `#f` when permission is missing; other failures, as a missing file, raise. unistd::access(2)
    "access" [] fn access(m, pathname: Text, how: Int) { accessible(m, "access", &pathname, how.0) }
    /// `(file-readable? pathname)`: `access` with `R_OK`.
    "file-readable?" [] fn file_readable(m, pathname: Text) { accessible(m, "file-readable?", &pathname, libc::R_OK) }
    /// `(file-writable? pathname)`: `access` with `W_OK`.
    "file-writable?" [] fn file_writable(m, pathname: Text) { accessible(m, "file-writable?", &pathname, libc::W_OK) }
    /// `(file-executable? pathname)`: `access` with `X_OK`.
    "file-executable?" [] fn file_executable(m, pathname: Text) {
        accessible(m, "file-executable?", &pathname, libc::X_OK)
    }
    /// `(file-size pathname)`: its bytes.
    "file-size" [] fn file_size(m, pathname: Text) {
        let status = status_of(m, "file-size", &pathname, Follow::Links)?;
        Ok(from_i64(&mut m.heap, status.st_size))
    }
    /// `(file-atime pathname)`: nanoseconds since the Epoch when it was last read.
    "file-atime" [] fn file_atime(m, pathname: Text) {
        let s = status_of(m, "file-atime", &pathname, Follow::Links)?;
        Ok(nanoseconds(m, s.st_atime, s.st_atime_nsec))
    }
    /// `(file-mtime pathname)`: nanoseconds since the Epoch when it was last written.
    "file-mtime" [] fn file_mtime(m, pathname: Text) {
        let s = status_of(m, "file-mtime", &pathname, Follow::Links)?;
        Ok(nanoseconds(m, s.st_mtime, s.st_mtime_nsec))
    }
    /// `(file-ctime pathname)`: nanoseconds since the Epoch when its status last changed.
    "file-ctime" [] fn file_ctime(m, pathname: Text) {
        let s = status_of(m, "file-ctime", &pathname, Follow::Links)?;
        Ok(nanoseconds(m, s.st_ctime, s.st_ctime_nsec))
    }
} }
