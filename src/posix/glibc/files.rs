//! Files and the environment: `mkstemp`, `fsync`, `clearenv`.

use crate::eval::{Capability::Filesystem, Machine, Res, Who};
use crate::heap::{Bytevector, Value, View};
use crate::posix::argument::Fd;
use crate::posix::bound::PATH;
use crate::posix::kernel::{Call, Errno};
use crate::posix::{directory_stream, environment, sys};
use nix::unistd;
use std::ffi::{CStr, CString};
use std::os::fd::IntoRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use vicar_macros::primitives;

/// Calls `f` with a C string of the template's bytes, and puts the pathname that it answers in their place.
fn fill<T>(m: &mut Machine, who: &str, template: Bytevector, f: impl Fn(&CStr) -> nix::Result<(T, PathBuf)>) -> Res<T> {
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
    let (answer, path) = call.run(m, || f(&text))?;
    let path = path.as_os_str().as_bytes();
    let mut target = template;
    if path.len() == length {
        target.bytes_mut()[..length].copy_from_slice(path);
    }
    Ok(answer)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(mkstemp template)`: makes and opens a file whose name is new; `template` is a bytevector of a pathname that ends in
    /// `XXXXXX`, which becomes the name. A descriptor. mkstemp(3)
    fn mkstemp(m: &mut Machine, who: Who, template: Bytevector) -> Res {
        fill(m, who, template, unistd::mkstemp).map(|fd| Fd(fd.into_raw_fd()).value())
    }

    /// `(mkdtemp template)`: makes a directory so; the template. mkdtemp(3)
    fn mkdtemp(m: &mut Machine, who: Who, template: Bytevector) -> Res {
        fill(m, who, template, |template| unistd::mkdtemp(template).map(|path| ((), path)))?;
        Ok(template.value())
    }

    /// `(sync)`: has all that was written to files put on disk. sync(2)
    #[primitive(capability = Filesystem)]
    fn sync() -> Res {
        unistd::sync();
        Ok(Value::VOID)
    }

    /// `(fsync fd)`: waits until what was written to a file, and what the system knows of it, is on disk. fsync(2)
    fn fsync(m: &mut Machine, who: Who, fd: Fd) -> Res {
        let irritants = [fd.value()];
        Call::new(who, Filesystem).irritants(&irritants).run(m, || unistd::fsync(sys::fd(fd.0)))?;
        Ok(Value::VOID)
    }

    /// `(fdatasync fd)`: the same for what was written, and what is needed to read it. fdatasync(2)
    fn fdatasync(m: &mut Machine, who: Who, fd: Fd) -> Res {
        let irritants = [fd.value()];
        Call::new(who, Filesystem).irritants(&irritants).run(m, || unistd::fdatasync(sys::fd(fd.0)))?;
        Ok(Value::VOID)
    }

    /// `(clearenv)`: removes all environment variables. clearenv(3)
    fn clearenv(m: &mut Machine, who: Who) -> Res {
        environment::clear(m, who)?;
        Ok(Value::TRUE)
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%dirfd pointer)`: the descriptor of a directory stream. dirfd(3)
    fn dirfd(m: &mut Machine, pointer: crate::heap::Pointer) -> Res {
        let fd = directory_stream::with(m, "dirfd", pointer, |stream| stream.descriptor())?;
        Ok(Fd(fd).value())
    }
}
