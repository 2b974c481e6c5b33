//! Directory streams: `opendir` and what reads one.
//!
//! A stream is known to programs as a `struct-directory-stream` (made in the prelude) that holds a pointer: a handle whose
//! address is nowhere, so that nothing can be read or written through it. C's own pointers stay in the machine's table; a
//! stream whose pointer object is garbage is closed.

use super::argument::{Fd, FileOffset, Text};
use super::file::on;
use super::kernel::{Call, Errno};
use crate::account::Claim;
use crate::eval::{Capability::Filesystem, Machine, Res};
use crate::heap::{External, Pointer, Tracer, Value, View};
use crate::memory::{address, from_i64, handle};
use crate::primitives;
use std::ffi::CStr;

/// Open streams.
#[derive(Default)]
struct Streams {
    open: Vec<Stream>,
}

struct Stream {
    /// The pointer object, held weakly.
    pointer: Value,
    handle: usize,
    open: Open,
    /// What the C library keeps for it.
    _claim: Claim,
}

/// An open stream of C, closed when it is dropped. Invariant: made of what `opendir` or `fdopendir` has answered, which is
/// nowhere else.
struct Open(*mut libc::DIR);

// SAFETY: a stream is used by the thread that runs the machine, one at a time.
unsafe impl Send for Open {}

impl Drop for Open {
    fn drop(&mut self) {
        // SAFETY: open, and nobody else's.
        unsafe { libc::closedir(self.0) };
    }
}

impl External for Streams {
    fn trace(&self, _tracer: &mut Tracer) {}
    fn is_weak(&self) -> bool {
        true
    }
    fn sweep_weak(&mut self, alive: &dyn Fn(Value) -> bool) {
        self.open.retain(|s| alive(s.pointer))
    }
    fn type_name(&self) -> &'static str {
        "directory-streams"
    }
}

/// Takes the memory of a stream, before it is opened.
fn pay(m: &mut Machine) -> Res<Claim> {
    /// A buffer for entries and the C library's own, an entry of the table here.
    const COST: usize = (32 << 10) + 512;
    let mut claim = Claim::new(m.heap.memory());
    let answer = claim.take(COST);
    // Streams that are garbage may be in the way.
    m.heap.look_at_account();
    answer?;
    Ok(claim)
}

fn register(m: &mut Machine, open: Open, claim: Claim) -> Value {
    let pointer = handle(m);
    let pointer = (pointer.value(), address(pointer));
    m.extension::<Streams>().open.push(Stream { pointer: pointer.0, handle: pointer.1, open, _claim: claim });
    pointer.0
}

/// The open stream of a pointer, as C has it: it stays open until the table is changed.
pub fn find(m: &mut Machine, who: &str, pointer: Pointer) -> Res<*mut libc::DIR> {
    m.require(Filesystem, who)?;
    let wanted = address(pointer);
    match m.extension::<Streams>().open.iter().find(|s| s.handle == wanted) {
        Some(found) => Ok(found.open.0),
        None => Err(m.assertion(who, "the directory stream is closed", &[pointer.value()])),
    }
}

fn close(m: &mut Machine, pointer: Pointer) {
    let wanted = address(pointer);
    m.extension::<Streams>().open.retain(|s| s.handle != wanted);
}

/// Closes the stream that reads from the descriptor; false if there is none.
pub fn close_on(m: &mut Machine, fd: Fd) -> bool {
    // SAFETY: an open stream.
    let on = |s: &Stream| unsafe { libc::dirfd(s.open.0) } == fd.0;
    let open = &mut m.extension::<Streams>().open;
    let before = open.len();
    open.retain(|s| !on(s));
    open.len() < before
}

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%opendir pathname)`: the pointer of a new stream. opendir(3)
    "%opendir" [] fn opendir(m, pathname: Text) {
        let claim = pay(m)?;
        // SAFETY: a live C string.
        let stream = on("opendir", &pathname, &[]).run(m, || unsafe { libc::opendir(pathname.as_ptr()) })?;
        Ok(register(m, Open(stream), claim))
    }
    /// `(%fdopendir fd)`: the pointer of a new stream, which owns the descriptor. fdopendir(3)
    "%fdopendir" [] fn fdopendir(m, fd: Fd) {
        let claim = pay(m)?;
        let irritants = [fd.value()];
        // SAFETY: plain call.
        let stream =
            Call::new("fdopendir", Filesystem).irritants(&irritants).run(m, || unsafe { libc::fdopendir(fd.0) })?;
        Ok(register(m, Open(stream), claim))
    }
    /// `(%readdir pointer)`: the next entry's name as a bytevector; at the end the stream is closed, and `#f`. readdir(3)
    "%readdir" [] fn readdir(m, pointer: Pointer) {
        let stream = find(m, "readdir", pointer)?;
        m.charge(1)?;
        // SAFETY: an open stream; the entry is valid until the next call, and copied before.
        let name = unsafe {
            *libc::__errno_location() = 0;
            libc::readdir(stream).as_ref().map(|entry| CStr::from_ptr(entry.d_name.as_ptr()).to_bytes())
        };
        if let Some(name) = name {
            return Ok(m.heap.bytevector(name));
        }
        let errno = Errno::last();
        close(m, pointer);
        match errno {
            Errno(0) => Ok(Value::FALSE),
            errno => Err(Call::new("readdir", Filesystem).failure(m, errno)),
        }
    }
    /// `(%closedir pointer)`: closes the stream. closedir(3)
    "%closedir" [] fn closedir(m, pointer: Pointer) {
        find(m, "closedir", pointer)?;
        close(m, pointer);
        Ok(Value::VOID)
    }
    /// `(%rewinddir pointer)`: back to the first entry. rewinddir(3)
    "%rewinddir" [] fn rewinddir(m, pointer: Pointer) {
        let stream = find(m, "rewinddir", pointer)?;
        // SAFETY: an open stream.
        unsafe { libc::rewinddir(stream) };
        Ok(Value::VOID)
    }
    /// `(%telldir pointer)`: a number for `seekdir`. telldir(3)
    "%telldir" [] fn telldir(m, pointer: Pointer) {
        let stream = find(m, "telldir", pointer)?;
        // SAFETY: an open stream.
        let position = unsafe { libc::telldir(stream) };
        Ok(from_i64(&mut m.heap, position))
    }
    /// `(%seekdir pointer position)`: back to where `telldir` answered `position`. seekdir(3)
    "%seekdir" [] fn seekdir(m, pointer: Pointer, position: FileOffset) {
        let stream = find(m, "seekdir", pointer)?;
        // SAFETY: an open stream; a position that is none only leads to other entries.
        unsafe { libc::seekdir(stream, position.offset) };
        Ok(Value::VOID)
    }
} }
