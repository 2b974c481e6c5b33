//! File descriptors: opening, reading, writing, positions, modes, copies, pipes.
//!
//! A descriptor is a number that the program may pass on, also to the programs that it executes, so none is made
//! close-on-exec here; `fd-set-close-on-exec-mode!` does that.

use super::argument::{Fd, FileOffset, Int, Mode, Text};
use super::bound::PATH;
use super::buffer::{Bytes, Count, Source, Target};
use super::file::permissions;
use super::kernel::{Call, Errno};
use super::port::{close_owners, flush_owners};
use super::sys::{self, Address, Area};
use super::{directory_stream, waiting};
use crate::account::Paid;
use crate::eval::{Capability::Filesystem, Machine, ProperList, Res, Who};
use crate::heap::{Bytevector, Symbol, Value, View};
use crate::memory::from_i64;
use nix::fcntl::{self, FcntlArg, FdFlag, OFlag};
use nix::unistd;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};
use vicar_macros::primitives;

/// Closes a descriptor, and what owns it.
pub fn close(m: &mut Machine, call: &Call, fd: Fd) -> Res<()> {
    call.admit(m)?;
    if directory_stream::close_on(m, fd) {
        return Ok(());
    }
    let owned = flush_owners(m, fd)?;
    let copy = m.lingering_copy(fd.0);
    // Once: interrupted, it is closed none the less, and closing again would close somebody else's.
    let closed = unistd::close(fd.0).map_err(Errno::from);
    if owned {
        close_owners(m, fd);
    }
    m.linger(copy)?;
    match closed {
        Ok(()) | Err(Errno(libc::EINTR)) => Ok(()),
        Err(errno) => Err(call.failure(m, errno)),
    }
}

/// Opens a file. One end of a FIFO waits for the other, which the machine may not have the time for.
fn opened(m: &mut Machine, call: &Call, pathname: &Text, flags: OFlag, mode: Mode) -> Res<RawFd> {
    call.admit(m)?;
    let mode = permissions(mode);
    let prompt = !crate::io::is_fifo(pathname.as_c()) || flags.contains(OFlag::O_NONBLOCK) || m.patience().is_none();
    let fd = if prompt {
        let fd = call.run(m, || fcntl::open(pathname.as_c(), flags, mode))?;
        harmless(fd, flags)
    } else {
        let name = pathname.as_c().to_owned();
        // What the name leads to may have changed since.
        call.elsewhere(m, move || {
            fcntl::open(name.as_c_str(), flags, mode).map_err(Errno::from).and_then(|fd| harmless(fd, flags))
        })?
    };
    fd.map(IntoRawFd::into_raw_fd).map_err(|errno| call.failure(m, errno))
}

/// The descriptor, unless it would let the program write into processes.
fn harmless(fd: OwnedFd, flags: OFlag) -> Result<OwnedFd, Errno> {
    let allowed = crate::io::refuse_memory_of_processes(fd.as_raw_fd(), flags.bits());
    allowed.map(|()| fd).map_err(|_| Errno(libc::EACCES))
}

/// Reads with `f`, which gets where the bytes go, and how many were read before.
fn read(
    m: &mut Machine,
    who: &str,
    fd: Fd,
    buffer: Target,
    count: Option<Count>,
    f: impl Fn(Area<*mut u8>, usize) -> nix::Result<isize>,
) -> Res {
    let irritants = [fd.value()];
    let call = Call::new(who, Filesystem).irritants(&irritants);
    let bytes = Bytes::of_target(m, who, buffer, count)?;
    let done = waiting::read(m, &call, fd.0, bytes.area(), f)?;
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
    let done = match position {
        Some(position) => call.run(m, || sys::pwrite(fd.0, bytes.area(), position))?,
        None => waiting::write(m, &call, fd.0, bytes.area())?,
    };
    m.charge(done as usize / 64)?;
    bytes.finish(m)?;
    Ok(Value::fixnum(done as i64))
}

/// The parts of a list of bytevectors, of which the system takes at most so many at once, and refuses more; of more there is
/// one more. For the call that follows: nothing of the program's may run before.
fn parts<'a, P: Address>(
    m: &mut Machine,
    who: &str,
    buffers: ProperList,
    mutable: bool,
    at: impl Fn(Bytevector) -> P,
) -> Res<Vec<Area<'a, P>>> {
    const MOST: usize = 1024;
    let mut parts = Vec::new();
    for item in buffers.iter() {
        m.charge(1)?;
        match Bytevector::from_value(item) {
            Some(b) if !(mutable && item.is_immutable()) => {
                if parts.len() <= MOST {
                    // SAFETY: a bytevector that is live, as the list is, and stays where it is; one to be filled is mutable.
                    parts.push(unsafe { Area::new(at(b), b.len()) })
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

/// A mode that a descriptor may be in.
#[derive(Copy, Clone)]
pub enum DescriptorMode {
    /// Calls do not wait. It belongs to the open file, and so to all of its descriptors.
    NonBlocking,
    /// The `exec` family closes it.
    CloseOnExec,
}

impl DescriptorMode {
    fn flag(self) -> libc::c_int {
        match self {
            DescriptorMode::NonBlocking => libc::O_NONBLOCK,
            DescriptorMode::CloseOnExec => libc::FD_CLOEXEC,
        }
    }

    /// The command that answers the flags.
    fn get(self) -> FcntlArg<'static> {
        match self {
            DescriptorMode::NonBlocking => FcntlArg::F_GETFL,
            DescriptorMode::CloseOnExec => FcntlArg::F_GETFD,
        }
    }

    /// The command that sets the flags.
    fn set(self, flags: libc::c_int) -> FcntlArg<'static> {
        match self {
            DescriptorMode::NonBlocking => FcntlArg::F_SETFL(OFlag::from_bits_retain(flags)),
            DescriptorMode::CloseOnExec => FcntlArg::F_SETFD(FdFlag::from_bits_retain(flags)),
        }
    }
}

/// Sets or clears a mode. `of` is what the program gave: the descriptor, or its port.
pub fn set_mode(m: &mut Machine, who: &str, of: Value, fd: Fd, mode: DescriptorMode, on: bool) -> Res {
    let irritants = [of];
    let call = Call::new(who, Filesystem).irritants(&irritants);
    let flag = mode.flag();
    let flags = call.run(m, || fcntl::fcntl(sys::fd(fd.0), mode.get()))?;
    let wanted = if on { flags | flag } else { flags & !flag };
    call.run(m, || fcntl::fcntl(sys::fd(fd.0), mode.set(wanted)))?;
    Ok(Value::VOID)
}

/// Whether it is in that mode.
pub fn is_in_mode(m: &mut Machine, who: &str, of: Value, fd: Fd, mode: DescriptorMode) -> Res {
    let irritants = [of];
    let call = Call::new(who, Filesystem).irritants(&irritants);
    let flags = call.run(m, || fcntl::fcntl(sys::fd(fd.0), mode.get()))?;
    Ok(Value::boolean(flags & mode.flag() != 0))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(file-descriptor? obj)`: whether it is a fixnum of 0 up to `FD_SETSIZE` less 1.
    fn is_file_descriptor(obj: Value) -> Res {
        Ok(Value::boolean(obj.as_fixnum().is_some_and(|n| (0..libc::FD_SETSIZE as i64).contains(&n))))
    }

    /// `(open pathname flags mode)`: a descriptor of the file. `flags` joins `O_RDONLY`, `O_WRONLY` or `O_RDWR` with
    /// `O_CREAT`, `O_EXCL`, `O_TRUNC`, `O_APPEND` and others; `mode` is for a file that is made. open(2)
    fn open(m: &mut Machine, who: Who, pathname: Text, flags: Int, mode: Mode) -> Res {
        let irritants = [flags.value(), mode.value()];
        let call = Call::new(who, Filesystem).pathname(&pathname).irritants(&irritants);
        Ok(Value::fixnum(opened(m, &call, &pathname, OFlag::from_bits_retain(flags.0), mode)?.into()))
    }

    /// `(close fd)`: closes the descriptor, and the port or directory stream that it belongs to. close(2)
    #[primitive(name = "close")]
    fn close_descriptor(m: &mut Machine, who: Who, fd: Fd) -> Res {
        let irritants = [fd.value()];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        close(m, &call, fd)?;
        Ok(Value::VOID)
    }

    /// `(read fd buffer)`, `(read fd buffer size)`: reads at most `size` bytes, or as many as the buffer has; how many
    /// there were, 0 at the end. The buffer is a bytevector, a memory block, or a pointer, which needs a size. read(2)
    #[primitive(name = "%posix:read")]
    fn read_bytes(m: &mut Machine, who: Who, fd: Fd, buffer: Target, size: Option<Count>) -> Res {
        read(m, who, fd, buffer, size, |to, _| sys::read(fd.0, to))
    }

    /// `(pread fd buffer size off)`: reads at byte `off` of the file; `size` is `#f` for all of the buffer. pread(2)
    fn pread(m: &mut Machine, who: Who, fd: Fd, buffer: Target, size: Count, off: FileOffset) -> Res {
        read(m, who, fd, buffer, Some(size), |to, done| {
            sys::pread(fd.0, to, off.offset.saturating_add(done as libc::off_t))
        })
    }

    /// `(write fd buffer)`, `(write fd buffer size)`: writes the first `size` bytes, or all; how many were written, which
    /// may be fewer. The buffer may also be a string, whose characters are written as octets. write(2)
    #[primitive(name = "%posix:write")]
    fn write_bytes(m: &mut Machine, who: Who, fd: Fd, buffer: Source, size: Option<Count>) -> Res {
        write(m, who, fd, buffer, size, None)
    }

    /// `(pwrite fd buffer size off)`: writes at byte `off` of the file; `size` is `#f` for all of the buffer. pwrite(2)
    fn pwrite(m: &mut Machine, who: Who, fd: Fd, buffer: Source, size: Count, off: FileOffset) -> Res {
        write(m, who, fd, buffer, Some(size), Some(off.offset))
    }

    /// `(readv fd buffers)`: reads into a list of bytevectors, one after the other; how many bytes. readv(2)
    fn readv(m: &mut Machine, who: Who, fd: Fd, buffers: ProperList) -> Res {
        let irritants = [fd.value(), buffers.0];
        let parts = parts(m, who, buffers, true, |b| b.as_ptr())?;
        let call = Call::new(who, Filesystem).irritants(&irritants);
        waiting::until_ready(m, &call, fd.0, libc::POLLIN)?;
        let done = call.run(m, || sys::readv(fd.0, &parts))?;
        Ok(Value::fixnum(done as i64))
    }

    /// `(writev fd buffers)`: writes a list of bytevectors; how many bytes. writev(2)
    fn writev(m: &mut Machine, who: Who, fd: Fd, buffers: ProperList) -> Res {
        let irritants = [fd.value(), buffers.0];
        let parts = parts(m, who, buffers, false, |b| b.as_ptr().cast_const())?;
        let call = Call::new(who, Filesystem).irritants(&irritants);
        let done = if waiting::may_wait(m, fd.0) {
            let whole = concatenated(m, buffers)?;
            waiting::write(m, &call, fd.0, whole.as_slice().into())?
        } else {
            call.run(m, || sys::writev(fd.0, &parts))?
        };
        Ok(Value::fixnum(done as i64))
    }

    /// `(lseek fd off whence)`: moves the position, from `SEEK_SET`, `SEEK_CUR` or `SEEK_END`; where it is now. lseek(2)
    fn lseek(m: &mut Machine, who: Who, fd: Fd, off: FileOffset, whence: Int) -> Res {
        let irritants = [fd.value(), off.value, whence.value()];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        let position = call.run(m, || sys::lseek(fd.0, off.offset, whence.0))?;
        Ok(from_i64(&mut m.heap, position))
    }

    /// `(ftruncate fd length)`: makes the file or shared memory object that long. ftruncate(2)
    fn ftruncate(m: &mut Machine, who: Who, fd: Fd, length: FileOffset) -> Res {
        let irritants = [fd.value(), length.value];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        call.run(m, || unistd::ftruncate(sys::fd(fd.0), length.offset))?;
        Ok(Value::VOID)
    }

    /// `(truncate pathname length)`: makes the file that long. truncate(2)
    #[primitive(name = "%posix:truncate")]
    fn truncate(m: &mut Machine, who: Who, pathname: Text, length: FileOffset) -> Res {
        let irritants = [pathname.value, length.value];
        let call = Call::new(who, Filesystem).text(&pathname, PATH).irritants(&irritants);
        call.run(m, || unistd::truncate(pathname.as_c(), length.offset))?;
        Ok(Value::VOID)
    }

    /// `(lockf fd cmd len)`: locks `len` bytes from the position on (0: to the end): `F_LOCK`, `F_TLOCK`, `F_ULOCK`,
    /// `F_TEST`; 0. lockf(3)
    fn lockf(m: &mut Machine, who: Who, fd: Fd, cmd: Int, len: FileOffset) -> Res {
        let irritants = [fd.value(), cmd.value(), len.value];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        let lock = |cmd| sys::lockf(fd.0, cmd, len.offset);
        let waits = cmd.0 == libc::F_LOCK;
        waiting::lock(m, &call, waits, |wait| lock(if waits && !wait { libc::F_TLOCK } else { cmd.0 }))?;
        Ok(Value::fixnum(0))
    }

    /// `(pipe)`: two values, the reading and the writing end. pipe(2)
    #[primitive(control)]
    fn pipe(m: &mut Machine, who: Who) -> Res {
        let ends: [OwnedFd; 2] = Call::new(who, Filesystem).run(m, unistd::pipe)?.into();
        Ok(m.heap.multiple_values(&ends.map(|fd| Value::fixnum(fd.into_raw_fd().into()))))
    }

    /// `(dup fd)`: another descriptor of the same open file, the lowest that is free. dup(2)
    fn dup(m: &mut Machine, who: Who, fd: Fd) -> Res {
        let irritants = [fd.value()];
        let copy = Call::new(who, Filesystem).irritants(&irritants).run(m, || unistd::dup(sys::fd(fd.0)))?;
        Ok(Value::fixnum(copy.into_raw_fd().into()))
    }

    /// `(dup2 old new)`: makes `new` a descriptor of what `old` is, closing what it was, and a port that it belonged to.
    /// dup2(2)
    fn dup2(m: &mut Machine, who: Who, old: Fd, new: Fd) -> Res {
        let irritants = [old.value(), new.value()];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        call.admit(m)?;
        if old.0 == new.0 {
            call.run(m, || sys::dup2(old.0, new.0))?;
            return Ok(Value::VOID);
        }
        flush_owners(m, new)?;
        call.run(m, || fcntl::fcntl(sys::fd(old.0), FcntlArg::F_GETFD))?;
        directory_stream::close_on(m, new);
        let copy = m.lingering_copy(new.0);
        call.run(m, || sys::dup2(old.0, new.0))?;
        close_owners(m, new);
        m.linger(copy)?;
        Ok(Value::VOID)
    }

    /// `(fd-set-non-blocking-mode! fd)`: calls on it fail with `EAGAIN` where they would wait.
    #[primitive(name = "fd-set-non-blocking-mode!")]
    fn set_non_blocking(m: &mut Machine, who: Who, fd: Fd) -> Res {
        set_mode(m, who, fd.value(), fd, DescriptorMode::NonBlocking, true)?;
        m.note_non_blocking(fd.0, true);
        Ok(Value::VOID)
    }

    /// `(fd-unset-non-blocking-mode! fd)`
    #[primitive(name = "fd-unset-non-blocking-mode!")]
    fn unset_non_blocking(m: &mut Machine, who: Who, fd: Fd) -> Res {
        set_mode(m, who, fd.value(), fd, DescriptorMode::NonBlocking, false)?;
        m.note_non_blocking(fd.0, false);
        Ok(Value::VOID)
    }

    /// `(fd-in-non-blocking-mode? fd)`
    fn is_fd_in_non_blocking_mode(m: &mut Machine, who: Who, fd: Fd) -> Res {
        is_in_mode(m, who, fd.value(), fd, DescriptorMode::NonBlocking)
    }

    /// `(fd-set-close-on-exec-mode! fd)`: the `exec` family closes it.
    #[primitive(name = "fd-set-close-on-exec-mode!")]
    fn set_close_on_exec(m: &mut Machine, who: Who, fd: Fd) -> Res {
        set_mode(m, who, fd.value(), fd, DescriptorMode::CloseOnExec, true)
    }

    /// `(fd-unset-close-on-exec-mode! fd)`
    #[primitive(name = "fd-unset-close-on-exec-mode!")]
    fn unset_close_on_exec(m: &mut Machine, who: Who, fd: Fd) -> Res {
        set_mode(m, who, fd.value(), fd, DescriptorMode::CloseOnExec, false)
    }

    /// `(fd-in-close-on-exec-mode? fd)`
    fn is_fd_in_close_on_exec_mode(m: &mut Machine, who: Who, fd: Fd) -> Res {
        is_in_mode(m, who, fd.value(), fd, DescriptorMode::CloseOnExec)
    }
}

/// A descriptor above the standard ones, close-on-exec, in the place of `fd`, which is closed.
fn above_standard(fd: OwnedFd) -> nix::Result<OwnedFd> {
    match fd.as_raw_fd() {
        0..=2 => super::errno::of_io(fd.try_clone()),
        _ => Ok(fd),
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%pipe who)`: like `pipe`, but both ends are above the standard descriptors, and close-on-exec.
    #[primitive(name = "%pipe", control)]
    fn safe_pipe(m: &mut Machine, who: Symbol) -> Res {
        let call = Call::new(who.name(), Filesystem);
        let ends = call.run(m, || {
            let (read, write) = unistd::pipe2(OFlag::O_CLOEXEC)?;
            Ok([above_standard(read)?, above_standard(write)?])
        })?;
        Ok(m.heap.multiple_values(&ends.map(|fd| Value::fixnum(fd.into_raw_fd().into()))))
    }
}
