//! What files are: `stat` and the questions that it answers, access.

use super::argument::{Fd, Int, Mode, Text};
use super::file::on;
use super::kernel::{Call, Errno};
use super::sys;
use crate::eval::{Capability::Filesystem, Machine, Res, Who};
use crate::heap::Value;
use crate::memory::{from_i64, from_i128, from_u64};
use nix::sys::stat::{self, FileStat};
use nix::unistd::{self, AccessFlags};
use vicar_macros::primitives;

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

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%stat pathname)`: the fields of the `struct-stat`, as values.
    #[primitive(control)]
    fn stat(m: &mut Machine, pathname: Text) -> Res {
        let status = status_of(m, "stat", &pathname, Follow::Links)?;
        Ok(fields(m, &status))
    }

    /// `(%lstat pathname)`: the same of a symbolic link itself.
    #[primitive(control)]
    fn lstat(m: &mut Machine, pathname: Text) -> Res {
        let status = status_of(m, "lstat", &pathname, Follow::NoLinks)?;
        Ok(fields(m, &status))
    }

    /// `(%fstat fd)`: the same of an open file.
    #[primitive(control)]
    fn fstat(m: &mut Machine, fd: Fd) -> Res {
        let irritants = [fd.value()];
        let call = Call::new("fstat", Filesystem).irritants(&irritants);
        let status = call.run(m, || stat::fstat(sys::fd(fd.0)))?;
        Ok(fields(m, &status))
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(file-is-directory? pathname)`: `(file-is-directory? pathname follow-symlinks?)`: without the second argument a
    /// symbolic link is judged itself. A file that is not there raises.
    fn is_file_is_directory(m: &mut Machine, who: Who, pathname: Text, follow: Option<Value>) -> Res {
        file_is(m, who, &pathname, follow, libc::S_IFDIR)
    }

    /// `(file-is-char-device? pathname)`, like `file-is-directory?`.
    fn is_file_is_char_device(m: &mut Machine, who: Who, pathname: Text, follow: Option<Value>) -> Res {
        file_is(m, who, &pathname, follow, libc::S_IFCHR)
    }

    /// `(file-is-block-device? pathname)`, like `file-is-directory?`.
    fn is_file_is_block_device(m: &mut Machine, who: Who, pathname: Text, follow: Option<Value>) -> Res {
        file_is(m, who, &pathname, follow, libc::S_IFBLK)
    }

    /// `(file-is-regular-file? pathname)`, like `file-is-directory?`. Links and sockets are none.
    fn is_file_is_regular_file(m: &mut Machine, who: Who, pathname: Text, follow: Option<Value>) -> Res {
        file_is(m, who, &pathname, follow, libc::S_IFREG)
    }

    /// `(file-is-symbolic-link? pathname)`, like `file-is-directory?`.
    fn is_file_is_symbolic_link(m: &mut Machine, who: Who, pathname: Text, follow: Option<Value>) -> Res {
        file_is(m, who, &pathname, follow, libc::S_IFLNK)
    }

    /// `(file-is-socket? pathname)`, like `file-is-directory?`.
    fn is_file_is_socket(m: &mut Machine, who: Who, pathname: Text, follow: Option<Value>) -> Res {
        file_is(m, who, &pathname, follow, libc::S_IFSOCK)
    }

    /// `(file-is-fifo? pathname)`, like `file-is-directory?`.
    fn is_file_is_fifo(m: &mut Machine, who: Who, pathname: Text, follow: Option<Value>) -> Res {
        file_is(m, who, &pathname, follow, libc::S_IFIFO)
    }

    /// `(file-is-message-queue? pathname)`: always `#f` on Linux, where message queues are no files.
    fn is_file_is_message_queue(m: &mut Machine, who: Who, pathname: Text, _follow: Option<Value>) -> Res {
        file_is_never(m, who, &pathname)
    }

    /// `(file-is-semaphore? pathname)`: always `#f` on Linux.
    fn is_file_is_semaphore(m: &mut Machine, who: Who, pathname: Text, _follow: Option<Value>) -> Res {
        file_is_never(m, who, &pathname)
    }

    /// `(file-is-shared-memory? pathname)`: always `#f` on Linux.
    fn is_file_is_shared_memory(m: &mut Machine, who: Who, pathname: Text, _follow: Option<Value>) -> Res {
        file_is_never(m, who, &pathname)
    }

    /// `(S_ISDIR st_mode)`: whether the mode is a directory's.
    #[primitive(name = "S_ISDIR")]
    fn s_isdir(st_mode: Mode) -> Res {
        Ok(is_type(st_mode.0, libc::S_IFDIR))
    }

    /// `(S_ISCHR st_mode)`: whether the mode is a character device's.
    #[primitive(name = "S_ISCHR")]
    fn s_ischr(st_mode: Mode) -> Res {
        Ok(is_type(st_mode.0, libc::S_IFCHR))
    }

    /// `(S_ISBLK st_mode)`: whether the mode is a block device's.
    #[primitive(name = "S_ISBLK")]
    fn s_isblk(st_mode: Mode) -> Res {
        Ok(is_type(st_mode.0, libc::S_IFBLK))
    }

    /// `(S_ISREG st_mode)`: whether the mode is a regular file's.
    #[primitive(name = "S_ISREG")]
    fn s_isreg(st_mode: Mode) -> Res {
        Ok(is_type(st_mode.0, libc::S_IFREG))
    }

    /// `(S_ISLNK st_mode)`: whether the mode is a symbolic link's.
    #[primitive(name = "S_ISLNK")]
    fn s_islnk(st_mode: Mode) -> Res {
        Ok(is_type(st_mode.0, libc::S_IFLNK))
    }

    /// `(S_ISSOCK st_mode)`: whether the mode is a socket's.
    #[primitive(name = "S_ISSOCK")]
    fn s_issock(st_mode: Mode) -> Res {
        Ok(is_type(st_mode.0, libc::S_IFSOCK))
    }

    /// `(S_ISFIFO st_mode)`: whether the mode is a pipe's.
    #[primitive(name = "S_ISFIFO")]
    fn s_isfifo(st_mode: Mode) -> Res {
        Ok(is_type(st_mode.0, libc::S_IFIFO))
    }

    /// `(access pathname how)`: whether the real user may do what `how` joins of `R_OK`, `W_OK`, `X_OK`; `F_OK` asks
    /// whether it is there. `#f` when permission is missing; other failures, as a missing file, raise. access(2)
    fn access(m: &mut Machine, who: Who, pathname: Text, how: Int) -> Res {
        accessible(m, who, &pathname, how.0)
    }

    /// `(file-readable? pathname)`: `access` with `R_OK`.
    fn is_file_readable(m: &mut Machine, who: Who, pathname: Text) -> Res {
        accessible(m, who, &pathname, libc::R_OK)
    }

    /// `(file-writable? pathname)`: `access` with `W_OK`.
    fn is_file_writable(m: &mut Machine, who: Who, pathname: Text) -> Res {
        accessible(m, who, &pathname, libc::W_OK)
    }

    /// `(file-executable? pathname)`: `access` with `X_OK`.
    fn is_file_executable(m: &mut Machine, who: Who, pathname: Text) -> Res {
        accessible(m, who, &pathname, libc::X_OK)
    }

    /// `(file-size pathname)`: its bytes.
    fn file_size(m: &mut Machine, who: Who, pathname: Text) -> Res {
        let status = status_of(m, who, &pathname, Follow::Links)?;
        Ok(from_i64(&mut m.heap, status.st_size))
    }

    /// `(file-atime pathname)`: nanoseconds since the Epoch when it was last read.
    fn file_atime(m: &mut Machine, who: Who, pathname: Text) -> Res {
        let s = status_of(m, who, &pathname, Follow::Links)?;
        Ok(nanoseconds(m, s.st_atime, s.st_atime_nsec))
    }

    /// `(file-mtime pathname)`: nanoseconds since the Epoch when it was last written.
    fn file_mtime(m: &mut Machine, who: Who, pathname: Text) -> Res {
        let s = status_of(m, who, &pathname, Follow::Links)?;
        Ok(nanoseconds(m, s.st_mtime, s.st_mtime_nsec))
    }

    /// `(file-ctime pathname)`: nanoseconds since the Epoch when its status last changed.
    fn file_ctime(m: &mut Machine, who: Who, pathname: Text) -> Res {
        let s = status_of(m, who, &pathname, Follow::Links)?;
        Ok(nanoseconds(m, s.st_ctime, s.st_ctime_nsec))
    }
}
