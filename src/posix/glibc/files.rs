//! Files and the environment: `mkstemp`, `fsync`, `clearenv`.

use crate::eval::{Capability::Filesystem, Machine, Res};
use crate::heap::{Bytevector, Value, View};
use crate::posix::argument::Fd;
use crate::posix::bound::PATH;
use crate::posix::kernel::{Call, Errno};
use crate::posix::{directory_stream, environment};
use crate::primitives;
use std::ffi::CString;

/// Calls `f` with a C string of the template's bytes, and puts what it has made of them back.
fn fill<T: crate::posix::kernel::Answer>(
    m: &mut Machine,
    who: &str,
    template: Bytevector,
    f: impl Fn(*mut libc::c_char) -> T,
) -> Res<T> {
    let call = Call::new(who, Filesystem).file(template.value());
    // A program may pass C's bytes, with the NUL.
    let bytes = template.bytes();
    let name = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    let length = name.len();
    if length > PATH.0 {
        return Err(call.failure(m, Errno(PATH.1)));
    }
    let Ok(text) = CString::new(name.to_vec()) else { return Err(call.failure(m, Errno(libc::EINVAL))) };
    if template.value().is_immutable() {
        return Err(m.wrong_argument(who, "template", 1, "a mutable bytevector that ends in XXXXXX", template.value()));
    }
    let at = text.into_raw();
    let answer = call.run(m, || f(at));
    // SAFETY: made by `into_raw`; the call changes characters of it, not its length.
    let text = unsafe { CString::from_raw(at) };
    let mut target = template;
    target.bytes_mut()[..length].copy_from_slice(text.as_bytes());
    answer
}

primitives! { pub TABLE in "(vicare glibc)" {
    /// `(mkstemp template)`: makes and opens a file whose name is new; `template` is a bytevector of a pathname that ends in
    /// `XXXXXX`, which becomes the name. A descriptor. mkstemp(3)
    "mkstemp" [] fn mkstemp(m, template: Bytevector) {
        // SAFETY: a C string that may be written.
        fill(m, "mkstemp", template, |at| unsafe { libc::mkstemp(at) }).map(|fd| Fd(fd).value())
    }
    /// `(mkdtemp template)`: makes a directory so; the template. mkdtemp(3)
    "mkdtemp" [] fn mkdtemp(m, template: Bytevector) {
        // SAFETY: a C string that may be written.
        fill(m, "mkdtemp", template, |at| unsafe { libc::mkdtemp(at) })?;
        Ok(template.value())
    }
    /// `(sync)`: has all that was written to files put on disk. sync(2)
    "sync" [] fn sync(m) {
        m.require(Filesystem, "sync")?;
        // SAFETY: no arguments.
        unsafe { libc::sync() };
        Ok(Value::VOID)
    }
    /// `(fsync fd)`: waits until what was written to a file, and what the system knows of it, is on disk. fsync(2)
    "fsync" [] fn fsync(m, fd: Fd) {
        let irritants = [fd.value()];
        // SAFETY: plain system call.
        Call::new("fsync", Filesystem).irritants(&irritants).run(m, || unsafe { libc::fsync(fd.0) })?;
        Ok(Value::VOID)
    }
    /// `(fdatasync fd)`: the same for what was written, and what is needed to read it. fdatasync(2)
    "fdatasync" [] fn fdatasync(m, fd: Fd) {
        let irritants = [fd.value()];
        // SAFETY: plain system call.
        Call::new("fdatasync", Filesystem).irritants(&irritants).run(m, || unsafe { libc::fdatasync(fd.0) })?;
        Ok(Value::VOID)
    }
    /// `(clearenv)`: removes all environment variables. clearenv(3)
    "clearenv" [] fn clearenv(m) {
        environment::clear(m, "clearenv")?;
        Ok(Value::TRUE)
    }
} }

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%dirfd pointer)`: the descriptor of a directory stream. dirfd(3)
    "%dirfd" [] fn dirfd(m, pointer: crate::heap::Pointer) {
        let stream = directory_stream::find(m, "dirfd", pointer)?;
        // SAFETY: an open stream.
        let fd = unsafe { libc::dirfd(stream) };
        Ok(Fd(fd).value())
    }
} }
