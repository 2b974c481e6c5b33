//! File descriptors: opening, reading, writing, positions, modes, copies, pipes.
//!
//! A descriptor is a number that the program may pass on, also to the programs that it executes, so none is made
//! close-on-exec here; `fd-set-close-on-exec-mode!` does that.

use super::argument::{Fd, FileOffset, Int, Mode, Text};
use super::bound::PATH;
use super::buffer::{Bytes, Count, Source, Target};
use super::kernel::{Call, Errno};
use super::port::{close_owners, flush_owners};
use super::{directory_stream, waiting};
use crate::account::Paid;
use crate::eval::{Capability::Filesystem, Machine, ProperList, Res};
use crate::heap::{Bytevector, Symbol, Value, View};
use crate::memory::from_i64;
use crate::primitives;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd};

/// Closes a descriptor, and what owns it.
pub fn close(m: &mut Machine, call: &Call, fd: Fd) -> Res<()> {
    call.admit(m)?;
    if directory_stream::close_on(m, fd) {
        return Ok(());
    }
    let owned = flush_owners(m, fd)?;
    let copy = m.lingering_copy(fd.0);
    // SAFETY: plain system call, made once.
    let failed = (unsafe { libc::close(fd.0) } == -1).then(Errno::last);
    if owned {
        close_owners(m, fd);
    }
    m.linger(copy)?;
    match failed {
        // Interrupted, it is closed none the less: closing again would close somebody else's.
        None | Some(Errno(libc::EINTR)) => Ok(()),
        Some(errno) => Err(call.failure(m, errno)),
    }
}

/// Opens a file. One end of a FIFO waits for the other, which the machine may not have the time for.
fn opened(m: &mut Machine, call: &Call, pathname: &Text, flags: libc::c_int, mode: libc::mode_t) -> Res<libc::c_int> {
    call.admit(m)?;
    if !crate::io::is_fifo(pathname.as_c()) || flags & libc::O_NONBLOCK != 0 || m.patience().is_none() {
        // SAFETY: a live C string.
        let fd = call.run(m, || unsafe { libc::open(pathname.as_ptr(), flags, mode) })?;
        if crate::io::refuse_memory_of_processes(fd, flags).is_err() {
            // SAFETY: a descriptor that nobody else knows.
            unsafe { libc::close(fd) };
            return Err(call.failure(m, Errno(libc::EACCES)));
        }
        return Ok(fd);
    }
    let name = pathname.as_c().to_owned();
    let answer = call.elsewhere(m, move || {
        // SAFETY: a live C string; the descriptor is nobody else's, and closed when nobody wants it.
        unsafe {
            match libc::open(name.as_ptr(), flags, mode) {
                -1 => Err(Errno::last()),
                // What the name leads to may have changed since.
                fd => {
                    let fd = OwnedFd::from_raw_fd(fd);
                    let allowed = crate::io::refuse_memory_of_processes(fd.as_raw_fd(), flags);
                    allowed.map(|()| fd).map_err(|_| Errno(libc::EACCES))
                }
            }
        }
    })?;
    answer.map(IntoRawFd::into_raw_fd).map_err(|errno| call.failure(m, errno))
}

/// Reads with `f`, which gets where the bytes go, how many, and how many were read before.
fn read(
    m: &mut Machine,
    who: &str,
    fd: Fd,
    buffer: Target,
    count: Option<Count>,
    f: impl Fn(*mut libc::c_void, usize, usize) -> isize,
) -> Res {
    let irritants = [fd.value()];
    let call = Call::new(who, Filesystem).irritants(&irritants);
    let bytes = Bytes::of_target(m, who, buffer, count)?;
    let at = bytes.at;
    let done = waiting::read(m, &call, fd.0, bytes.size, |done, size| f(at.wrapping_add(done).cast(), size, done))?;
    m.charge(done as usize / 64)?;
    bytes.finish(m)?;
    Ok(Value::fixnum(done as i64))
}

/// Writes where the descriptor's position is, or at byte `position`.
fn write(
    m: &mut Machine,
    who: &str,
    fd: Fd,
    buffer: Source,
    count: Option<Count>,
    position: Option<libc::off_t>,
) -> Res {
    let irritants = [fd.value()];
    let call = Call::new(who, Filesystem).irritants(&irritants);
    let bytes = Bytes::of_source(m, who, buffer, count)?;
    let (at, size) = (bytes.at.cast_const(), bytes.size);
    let done = match position {
        // SAFETY: the buffer was checked for that size.
        Some(position) => call.run(m, || unsafe { libc::pwrite(fd.0, at.cast(), size, position) })?,
        // SAFETY: as above; nothing of the program's runs meanwhile.
        None => unsafe { waiting::write(m, &call, fd.0, at, size)? },
    };
    m.charge(done as usize / 64)?;
    bytes.finish(m)?;
    Ok(Value::fixnum(done as i64))
}

/// The parts of a list of bytevectors, of which the system takes at most so many at once; of more there is one more.
fn parts(m: &mut Machine, who: &str, buffers: ProperList, mutable: bool) -> Res<Vec<libc::iovec>> {
    const MOST: usize = 1024;
    let mut parts = Vec::new();
    for item in buffers.iter() {
        m.charge(1)?;
        match Bytevector::from_value(item) {
            Some(b) if !(mutable && item.is_immutable()) => {
                if parts.len() <= MOST {
                    parts.push(libc::iovec { iov_base: b.as_ptr().cast(), iov_len: b.len() })
                }
            }
            _ => return Err(m.wrong_argument(who, "buffers", 2, "a list of bytevectors", buffers.0)),
        }
    }
    Ok(parts)
}

/// The bytes of a list of bytevectors.
fn concatenated(m: &mut Machine, buffers: ProperList) -> Res<Paid<Vec<u8>>> {
    let parts = || buffers.iter().filter_map(Bytevector::from_value);
    let size = parts().fold(0usize, |size, b| size.saturating_add(b.len()));
    m.charge(size / 64)?;
    let mut whole = Paid::with_room(m.heap.memory(), size)?;
    for part in parts() {
        for piece in part.bytes().chunks(1 << 16) {
            whole.extend_from_slice(piece);
            m.poll()?;
        }
    }
    Ok(whole)
}

fn count(parts: &[libc::iovec]) -> libc::c_int {
    // More than the system takes at once is refused by the call.
    libc::c_int::try_from(parts.len()).unwrap_or(libc::c_int::MAX)
}

/// Sets or clears a flag that `get` answers and `set` takes. `of` is what the program gave: the descriptor, or its port.
pub fn flag(m: &mut Machine, who: &str, of: Value, fd: Fd, (get, set): (i32, i32), flag: i32, on: bool) -> Res {
    let irritants = [of];
    let call = Call::new(who, Filesystem).irritants(&irritants);
    // SAFETY: commands that take a number.
    let flags = call.run(m, || unsafe { libc::fcntl(fd.0, get) })?;
    let wanted = if on { flags | flag } else { flags & !flag };
    // SAFETY: as above.
    call.run(m, || unsafe { libc::fcntl(fd.0, set, wanted) })?;
    Ok(Value::VOID)
}

/// Whether a flag is set that `get` answers.
pub fn has_flag(m: &mut Machine, who: &str, of: Value, fd: Fd, get: i32, flag: i32) -> Res {
    let irritants = [of];
    // SAFETY: a command without argument.
    let flags = Call::new(who, Filesystem).irritants(&irritants).run(m, || unsafe { libc::fcntl(fd.0, get) })?;
    Ok(Value::boolean(flags & flag != 0))
}

pub const STATUS: (i32, i32) = (libc::F_GETFL, libc::F_SETFL);
const DESCRIPTOR: (i32, i32) = (libc::F_GETFD, libc::F_SETFD);

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(file-descriptor? obj)`: whether it is a fixnum of 0 up to `FD_SETSIZE` less 1.
    "file-descriptor?" [] fn is_file_descriptor(_m, obj: Value) {
        Ok(Value::boolean(obj.as_fixnum().is_some_and(|n| (0..libc::FD_SETSIZE as i64).contains(&n))))
    }
    /// `(open pathname flags mode)`: a descriptor of the file. `flags` joins `O_RDONLY`, `O_WRONLY` or `O_RDWR` with
    /// `O_CREAT`, `O_EXCL`, `O_TRUNC`, `O_APPEND` and others; `mode` is for a file that is made. open(2)
    "open" [] fn open(m, pathname: Text, flags: Int, mode: Mode) {
        let irritants = [flags.value(), mode.value()];
        let call = Call::new("open", Filesystem).pathname(&pathname).irritants(&irritants);
        Ok(Value::fixnum(opened(m, &call, &pathname, flags.0, mode.0)?.into()))
    }
    /// `(close fd)`: closes the descriptor, and the port or directory stream that it belongs to. close(2)
    "close" [] fn close_descriptor(m, fd: Fd) {
        let irritants = [fd.value()];
        let call = Call::new("close", Filesystem).irritants(&irritants);
        close(m, &call, fd)?;
        Ok(Value::VOID)
    }
    /// `(read fd buffer)`, `(read fd buffer size)`: reads at most `size` bytes, or as many as the buffer has; how many
    /// there were, 0 at the end. The buffer is a bytevector, a memory block, or a pointer, which needs a size. read(2)
    "read" [] fn read_bytes(m, fd: Fd, buffer: Target, size: Option<Count>) {
        // SAFETY: the buffer was checked for that size.
        read(m, "read", fd, buffer, size, |at, size, _| unsafe { libc::read(fd.0, at, size) })
    }
    /// `(pread fd buffer size off)`: reads at byte `off` of the file; `size` is `#f` for all of the buffer. pread(2)
    "pread" [] fn pread(m, fd: Fd, buffer: Target, size: Count, off: FileOffset) {
        // SAFETY: as for `read`.
        read(m, "pread", fd, buffer, Some(size), |at, size, done| unsafe {
            libc::pread(fd.0, at, size, off.offset.saturating_add(done as libc::off_t))
        })
    }
    /// `(write fd buffer)`, `(write fd buffer size)`: writes the first `size` bytes, or all; how many were written, which
    /// may be fewer. The buffer may also be a string, whose characters are written as octets. write(2)
    "write" [] fn write_bytes(m, fd: Fd, buffer: Source, size: Option<Count>) {
        write(m, "write", fd, buffer, size, None)
    }
    /// `(pwrite fd buffer size off)`: writes at byte `off` of the file; `size` is `#f` for all of the buffer. pwrite(2)
    "pwrite" [] fn pwrite(m, fd: Fd, buffer: Source, size: Count, off: FileOffset) {
        write(m, "pwrite", fd, buffer, Some(size), Some(off.offset))
    }
    /// `(readv fd buffers)`: reads into a list of bytevectors, one after the other; how many bytes. readv(2)
    "readv" [] fn readv(m, fd: Fd, buffers: ProperList) {
        let irritants = [fd.value(), buffers.0];
        let parts = parts(m, "readv", buffers, true)?;
        let call = Call::new("readv", Filesystem).irritants(&irritants);
        // SAFETY: each part is a live bytevector that may be written.
        let done = waiting::read(m, &call, fd.0, 0, |_, _| unsafe { libc::readv(fd.0, parts.as_ptr(), count(&parts)) })?;
        Ok(Value::fixnum(done as i64))
    }
    /// `(writev fd buffers)`: writes a list of bytevectors; how many bytes. writev(2)
    "writev" [] fn writev(m, fd: Fd, buffers: ProperList) {
        let irritants = [fd.value(), buffers.0];
        let parts = parts(m, "writev", buffers, false)?;
        let call = Call::new("writev", Filesystem).irritants(&irritants);
        let done = if waiting::may_wait(m, fd.0) {
            let whole = concatenated(m, buffers)?;
            // SAFETY: the copy is ours.
            unsafe { waiting::write(m, &call, fd.0, whole.as_ptr(), whole.len())? }
        } else {
            // SAFETY: each part is a live bytevector.
            call.run(m, || unsafe { libc::writev(fd.0, parts.as_ptr(), count(&parts)) })?
        };
        Ok(Value::fixnum(done as i64))
    }
    /// `(lseek fd off whence)`: moves the position, from `SEEK_SET`, `SEEK_CUR` or `SEEK_END`; where it is now. lseek(2)
    "lseek" [] fn lseek(m, fd: Fd, off: FileOffset, whence: Int) {
        let irritants = [fd.value(), off.value, whence.value()];
        let call = Call::new("lseek", Filesystem).irritants(&irritants);
        // SAFETY: plain system call.
        let position = call.run(m, || unsafe { libc::lseek(fd.0, off.offset, whence.0) })?;
        Ok(from_i64(&mut m.heap, position))
    }
    /// `(ftruncate fd length)`: makes the file or shared memory object that long. ftruncate(2)
    "ftruncate" [] fn ftruncate(m, fd: Fd, length: FileOffset) {
        let irritants = [fd.value(), length.value];
        let call = Call::new("ftruncate", Filesystem).irritants(&irritants);
        // SAFETY: plain system call.
        call.run(m, || unsafe { libc::ftruncate(fd.0, length.offset) })?;
        Ok(Value::VOID)
    }
    /// `(truncate pathname length)`: makes the file that long. truncate(2)
    "truncate" [] fn truncate(m, pathname: Text, length: FileOffset) {
        let irritants = [pathname.value, length.value];
        let call = Call::new("truncate", Filesystem).text(&pathname, PATH).irritants(&irritants);
        // SAFETY: a live C string.
        call.run(m, || unsafe { libc::truncate(pathname.as_ptr(), length.offset) })?;
        Ok(Value::VOID)
    }
    /// `(lockf fd cmd len)`: locks `len` bytes from the position on (0: to the end): `F_LOCK`, `F_TLOCK`, `F_ULOCK`,
    /// `F_TEST`; 0. lockf(3)
    "lockf" [] fn lockf(m, fd: Fd, cmd: Int, len: FileOffset) {
        let irritants = [fd.value(), cmd.value(), len.value];
        let call = Call::new("lockf", Filesystem).irritants(&irritants);
        // SAFETY: plain system call.
        let lock = |cmd| unsafe { libc::lockf(fd.0, cmd, len.offset) };
        let waits = cmd.0 == libc::F_LOCK;
        waiting::lock(m, &call, waits, |wait| lock(if waits && !wait { libc::F_TLOCK } else { cmd.0 }))?;
        Ok(Value::fixnum(0))
    }
    /// `(pipe)`: two values, the reading and the writing end. pipe(2)
    "pipe" [control] fn pipe(m) {
        let mut ends = [0; 2];
        // SAFETY: room for two descriptors.
        Call::new("pipe", Filesystem).run(m, || unsafe { libc::pipe(ends.as_mut_ptr()) })?;
        Ok(m.heap.multiple_values(&ends.map(|fd| Value::fixnum(fd as i64))))
    }
    /// `(dup fd)`: another descriptor of the same open file, the lowest that is free. dup(2)
    "dup" [] fn dup(m, fd: Fd) {
        let irritants = [fd.value()];
        // SAFETY: plain system call.
        let copy = Call::new("dup", Filesystem).irritants(&irritants).run(m, || unsafe { libc::dup(fd.0) })?;
        Ok(Value::fixnum(copy as i64))
    }
    /// `(dup2 old new)`: makes `new` a descriptor of what `old` is, closing what it was, and a port that it belonged to.
    /// dup2(2)
    "dup2" [] fn dup2(m, old: Fd, new: Fd) {
        let irritants = [old.value(), new.value()];
        let call = Call::new("dup2", Filesystem).irritants(&irritants);
        call.admit(m)?;
        if old.0 == new.0 {
            // SAFETY: plain system call.
            call.run(m, || unsafe { libc::dup2(old.0, new.0) })?;
            return Ok(Value::VOID);
        }
        flush_owners(m, new)?;
        // SAFETY: a command without argument.
        call.run(m, || unsafe { libc::fcntl(old.0, libc::F_GETFD) })?;
        directory_stream::close_on(m, new);
        let copy = m.lingering_copy(new.0);
        // SAFETY: plain system call.
        call.run(m, || unsafe { libc::dup2(old.0, new.0) })?;
        close_owners(m, new);
        m.linger(copy)?;
        Ok(Value::VOID)
    }
    /// `(fd-set-non-blocking-mode! fd)`: calls on it fail with `EAGAIN` where they would wait.
    "fd-set-non-blocking-mode!" [] fn set_non_blocking(m, fd: Fd) {
        flag(m, "fd-set-non-blocking-mode!", fd.value(), fd, STATUS, libc::O_NONBLOCK, true)?;
        m.note_non_blocking(fd.0, true);
        Ok(Value::VOID)
    }
    /// `(fd-unset-non-blocking-mode! fd)`
    "fd-unset-non-blocking-mode!" [] fn unset_non_blocking(m, fd: Fd) {
        flag(m, "fd-unset-non-blocking-mode!", fd.value(), fd, STATUS, libc::O_NONBLOCK, false)?;
        m.note_non_blocking(fd.0, false);
        Ok(Value::VOID)
    }
    /// `(fd-in-non-blocking-mode? fd)`
    "fd-in-non-blocking-mode?" [] fn is_non_blocking(m, fd: Fd) {
        has_flag(m, "fd-in-non-blocking-mode?", fd.value(), fd, STATUS.0, libc::O_NONBLOCK)
    }
    /// `(fd-set-close-on-exec-mode! fd)`: the `exec` family closes it.
    "fd-set-close-on-exec-mode!" [] fn set_close_on_exec(m, fd: Fd) {
        flag(m, "fd-set-close-on-exec-mode!", fd.value(), fd, DESCRIPTOR, libc::FD_CLOEXEC, true)
    }
    /// `(fd-unset-close-on-exec-mode! fd)`
    "fd-unset-close-on-exec-mode!" [] fn unset_close_on_exec(m, fd: Fd) {
        flag(m, "fd-unset-close-on-exec-mode!", fd.value(), fd, DESCRIPTOR, libc::FD_CLOEXEC, false)
    }
    /// `(fd-in-close-on-exec-mode? fd)`
    "fd-in-close-on-exec-mode?" [] fn is_close_on_exec(m, fd: Fd) {
        has_flag(m, "fd-in-close-on-exec-mode?", fd.value(), fd, DESCRIPTOR.0, libc::FD_CLOEXEC)
    }
} }

/// A descriptor above the standard ones, close-on-exec, in the place of `fd`, which is closed.
fn above_standard(fd: libc::c_int) -> libc::c_int {
    if fd > 2 || fd == -1 {
        return fd;
    }
    // SAFETY: plain system calls on a descriptor that is ours alone.
    unsafe {
        let copy = libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3);
        let errno = Errno::last();
        libc::close(fd);
        *libc::__errno_location() = errno.0;
        copy
    }
}

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%pipe who)`: like `pipe`, but both ends are above the standard descriptors, and close-on-exec.
    "%pipe" [control] fn safe_pipe(m, who: Symbol) {
        let call = Call::new(who.name(), Filesystem);
        let mut ends = [-1; 2];
        // SAFETY: room for two descriptors.
        call.run(m, || unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
        ends = ends.map(above_standard);
        if ends.contains(&-1) {
            let errno = Errno::last();
            // SAFETY: ours alone; of those that are not there, the system knows nothing.
            ends.iter().for_each(|&fd| unsafe {
                libc::close(fd);
            });
            return Err(call.failure(m, errno));
        }
        Ok(m.heap.multiple_values(&ends.map(|fd| Value::fixnum(fd.into()))))
    }
} }
