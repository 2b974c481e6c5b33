//! Directory streams: `opendir` and what reads one.
//!
//! A stream is known to programs as a `struct-directory-stream` (made in the prelude) that holds a pointer: a handle whose
//! address is nowhere, so that nothing can be read or written through it. C's own pointers stay in the machine's table; a
//! stream whose pointer object is garbage is closed.
//!
//! A stream owns its descriptor, together with other streams and ports that were made for it: the first that is closed closes
//! it, and the others are closed with it.

use super::argument::{Fd, FileOffset, Text};
use super::file::on;
use super::kernel::{Call, Errno};
use super::port;
use super::sys::directory::{Move, Stream as CStream};
use crate::account::Claim;
use crate::eval::{Capability::Filesystem, Machine, Res};
use crate::heap::{External, Pointer, Value, View};
use crate::io::Ownership;
use crate::memory::{address, from_i64, handle};
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::sync::atomic::Ordering::Relaxed;
use vicar_macros::primitives;

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
}

/// An open stream, closed when it is dropped.
struct Open {
    /// There until it is dropped.
    stream: Option<CStream>,
    owner: Ownership,
    /// What the C library keeps for it.
    claim: Option<Claim>,
}

impl Open {
    /// The stream's descriptor, as long as it is its own.
    fn descriptor(&self) -> Option<libc::c_int> {
        self.stream.as_ref().filter(|_| self.owner.load(Relaxed)).map(CStream::descriptor)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.owner.swap(false, Relaxed) {
            // C closes the descriptor with the stream, and by now it may be somebody else's: what the stream takes stays.
            std::mem::forget((self.stream.take(), self.claim.take()));
        }
    }
}

impl External for Streams {
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

fn register(m: &mut Machine, stream: CStream, owner: Ownership, claim: Claim) -> Value {
    let pointer = handle(m);
    let open = Open { stream: Some(stream), owner, claim: Some(claim) };
    m.extension::<Streams>().open.push(Stream { pointer: pointer.value(), handle: address(pointer), open });
    pointer.value()
}

/// That of the streams which own the descriptor.
pub fn ownership(m: &mut Machine, fd: Fd) -> Option<Ownership> {
    let streams = &m.extension::<Streams>().open;
    streams.iter().find(|s| s.open.descriptor() == Some(fd.0)).map(|s| s.open.owner.clone())
}

/// Uses the open stream of a pointer.
pub fn with<T>(m: &mut Machine, who: &str, pointer: Pointer, f: impl FnOnce(&mut CStream) -> T) -> Res<T> {
    m.require(Filesystem, who)?;
    let wanted = address(pointer);
    let found = m.extension::<Streams>().open.iter_mut().find(|s| s.handle == wanted);
    match found.filter(|s| s.open.descriptor().is_some()).and_then(|s| s.open.stream.as_mut()) {
        Some(stream) => Ok(f(stream)),
        None => Err(m.assertion(who, "the directory stream is closed", &[pointer.value()])),
    }
}

fn close(m: &mut Machine, pointer: Pointer) {
    let wanted = address(pointer);
    m.extension::<Streams>().open.retain(|s| s.handle != wanted);
}

/// Closes the stream that reads from the descriptor; false if there is none.
pub fn close_on(m: &mut Machine, fd: Fd) -> bool {
    let open = &mut m.extension::<Streams>().open;
    let before = open.len();
    if let Some(at) = open.iter().position(|s| s.open.descriptor() == Some(fd.0)) {
        // Others are closed with it.
        open.remove(at);
    }
    open.len() < before
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%opendir pathname)`: the pointer of a new stream. opendir(3)
    fn opendir(m: &mut Machine, pathname: Text) -> Res {
        let claim = pay(m)?;
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let stream = on("opendir", &pathname, &[]).run(m, || {
            let fd = nix::fcntl::open(pathname.as_c(), flags, Mode::empty())?;
            let stream = CStream::new(fd.as_raw_fd())?;
            // It is the stream's now.
            let _ = fd.into_raw_fd();
            Ok(stream)
        })?;
        Ok(register(m, stream, Ownership::new(true.into()), claim))
    }

    /// `(%fdopendir fd)`: the pointer of a new stream, which owns the descriptor. fdopendir(3)
    fn fdopendir(m: &mut Machine, fd: Fd) -> Res {
        let claim = pay(m)?;
        let irritants = [fd.value()];
        let stream = Call::new("fdopendir", Filesystem).irritants(&irritants).run(m, || CStream::new(fd.0))?;
        let owner = port::ownership(m, fd).unwrap_or_else(|| Ownership::new(true.into()));
        Ok(register(m, stream, owner, claim))
    }

    /// `(%readdir pointer)`: the next entry's name as a bytevector; at the end the stream is closed, and `#f`. readdir(3)
    fn readdir(m: &mut Machine, pointer: Pointer) -> Res {
        m.charge(1)?;
        let name = with(m, "readdir", pointer, |stream| stream.next_name().map_err(Errno::from))?;
        if let Ok(Some(name)) = name {
            return Ok(m.heap.bytevector(name.to_bytes()));
        }
        close(m, pointer);
        match name {
            Ok(_) => Ok(Value::FALSE),
            Err(errno) => Err(Call::new("readdir", Filesystem).failure(m, errno)),
        }
    }

    /// `(%closedir pointer)`: closes the stream. closedir(3)
    fn closedir(m: &mut Machine, pointer: Pointer) -> Res {
        with(m, "closedir", pointer, |_| ())?;
        close(m, pointer);
        Ok(Value::VOID)
    }

    /// `(%rewinddir pointer)`: back to the first entry. rewinddir(3)
    fn rewinddir(m: &mut Machine, pointer: Pointer) -> Res {
        with(m, "rewinddir", pointer, |stream| stream.go(Move::Start))?;
        Ok(Value::VOID)
    }

    /// `(%telldir pointer)`: a number for `seekdir`. telldir(3)
    fn telldir(m: &mut Machine, pointer: Pointer) -> Res {
        let position = with(m, "telldir", pointer, |stream| stream.go(Move::Stay))?;
        Ok(from_i64(&mut m.heap, position))
    }

    /// `(%seekdir pointer position)`: back to where `telldir` answered `position`. seekdir(3)
    fn seekdir(m: &mut Machine, pointer: Pointer, position: FileOffset) -> Res {
        with(m, "seekdir", pointer, |stream| stream.go(Move::To(position.offset)))?;
        Ok(Value::VOID)
    }
}
