//! Watching files and directories: inotify(7).

use crate::eval::{Capability::Filesystem, Machine, Res, Who};
use crate::heap::Value;
use crate::posix::argument::{Fd, Int, Text, UInt};
use crate::posix::kernel::{Call, Errno};
use crate::posix::sys;
use crate::posix::waiting;
use vicar_macros::primitives;

const HEAD: usize = size_of::<libc::inotify_event>();
/// An event with the longest name.
const LONGEST: usize = HEAD + libc::FILENAME_MAX as usize + 1;

/// The fields of a `struct-inotify-event`.
fn fields(m: &mut Machine, bytes: &[u8]) -> Value {
    let word = |at: usize| u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let name = bytes[HEAD..].split(|&b| b == 0).next().unwrap_or(&[]);
    let name = if name.is_empty() { Value::FALSE } else { m.heap.bytevector(name) };
    let values = [
        Value::fixnum((word(0) as i32).into()),
        Value::fixnum(word(4).into()),
        Value::fixnum(word(8).into()),
        Value::fixnum(word(12).into()),
        name,
    ];
    m.heap.list(&values)
}

/// Reads one event: the kernel answers `EINVAL` while the buffer is too small for the next one, and gives as many as it
/// has room for, so the smallest buffer that holds one holds no other.
fn read_one(m: &mut Machine, call: &Call, fd: Fd) -> Res {
    let mut size = HEAD;
    loop {
        let mut buffer = vec![0u8; size];
        waiting::until_ready(m, call, fd.0, libc::POLLIN)?;
        match call.attempt(m, || nix::unistd::read(sys::fd(fd.0), &mut buffer))? {
            Ok(got) if got >= HEAD => return Ok(fields(m, &buffer[..got])),
            Err(Errno(libc::EAGAIN)) => return Ok(Value::FALSE),
            Err(Errno(libc::EINVAL)) if size < LONGEST => size += HEAD,
            Ok(_) => return Err(call.failure(m, Errno(libc::EINVAL))),
            Err(errno) => return Err(call.failure(m, errno)),
        }
    }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(inotify-init)`: a descriptor of a new queue of events. inotify_init(2)
    fn inotify_init(m: &mut Machine, who: Who) -> Res {
        Call::new(who, Filesystem).run(m, sys::inotify_init).map(|fd| Fd(fd).value())
    }

    /// `(inotify-init1 flags)`: the same with 0, `IN_CLOEXEC`, `IN_NONBLOCK`. inotify_init1(2)
    fn inotify_init1(m: &mut Machine, who: Who, flags: Int) -> Res {
        let irritants = [flags.value()];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        call.run(m, || sys::inotify_init1(flags.0)).map(|fd| Fd(fd).value())
    }

    /// `(inotify-add-watch fd pathname mask)`: a number for the watch on a file or directory; `mask` is made of
    /// `IN_ACCESS` and the like. inotify_add_watch(2)
    fn inotify_add_watch(m: &mut Machine, who: Who, fd: Fd, pathname: Text, mask: UInt) -> Res {
        let irritants = [fd.value(), mask.value()];
        let call = Call::new(who, Filesystem).pathname(&pathname).irritants(&irritants);
        let watch = call.run(m, || sys::inotify_add_watch(fd.0, pathname.as_c(), mask.0))?;
        Ok(Value::fixnum(watch.into()))
    }

    /// `(inotify-rm-watch fd wd)`: ends a watch. inotify_rm_watch(2)
    fn inotify_rm_watch(m: &mut Machine, who: Who, fd: Fd, wd: Int) -> Res {
        let irritants = [fd.value(), wd.value()];
        let call = Call::new(who, Filesystem).irritants(&irritants);
        call.run(m, || sys::inotify_rm_watch(fd.0, wd.0))?;
        Ok(Value::VOID)
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%inotify-read fd)`: waits for the next event; the fields of a `struct-inotify-event`, the name `#f` where there is
    /// none. `#f` when there is no event and the descriptor does not wait.
    fn inotify_read(m: &mut Machine, fd: Fd) -> Res {
        let irritants = [fd.value()];
        let call = Call::new("inotify-read", Filesystem).irritants(&irritants);
        read_one(m, &call, fd)
    }
}
