//! Directory streams: nix's cannot tell and seek positions, nor give up their descriptor.

use libc::c_long;
use nix::errno::Errno;
use std::ffi::{CStr, CString};
use std::os::fd::RawFd;
use std::ptr::NonNull;

/// An open stream of C, closed with its descriptor when it is dropped. Invariant: what `fdopendir` has answered, which is nowhere
/// else.
pub struct Stream {
    stream: NonNull<libc::DIR>,
    fd: RawFd,
}

// SAFETY: C's streams belong to no thread; whoever has one has it alone.
unsafe impl Send for Stream {}

/// Where a stream goes to.
#[derive(Copy, Clone)]
pub enum Move {
    /// Nowhere: telldir(3)
    Stay,
    /// rewinddir(3)
    Start,
    /// seekdir(3): one that is no position of this stream only leads to other entries.
    To(c_long),
}

impl Stream {
    /// fdopendir(3): the descriptor is the stream's from now on.
    pub fn new(fd: RawFd) -> nix::Result<Stream> {
        // SAFETY: the kernel checks the number.
        let stream = NonNull::new(unsafe { libc::fdopendir(fd) }).ok_or_else(Errno::last)?;
        Ok(Stream { stream, fd })
    }

    pub fn descriptor(&self) -> RawFd {
        self.fd
    }

    /// readdir(3): the next entry's name.
    pub fn next_name(&mut self) -> nix::Result<Option<CString>> {
        Errno::clear();
        // SAFETY: the invariant; the entry is valid until the next call, and copied before.
        let name = unsafe {
            libc::readdir(self.stream.as_ptr()).as_ref().map(|entry| CStr::from_ptr(entry.d_name.as_ptr()).to_owned())
        };
        match name {
            None if Errno::last_raw() != 0 => Err(Errno::last()),
            name => Ok(name),
        }
    }

    /// Goes there; the position.
    pub fn go(&mut self, to: Move) -> c_long {
        let stream = self.stream.as_ptr();
        // SAFETY: the invariant.
        unsafe {
            match to {
                Move::Stay => {}
                Move::Start => libc::rewinddir(stream),
                Move::To(position) => libc::seekdir(stream, position),
            }
            libc::telldir(stream)
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the invariant; it is gone afterwards.
        unsafe { libc::closedir(self.stream.as_ptr()) };
    }
}
