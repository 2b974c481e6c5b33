//! Reading a whole text, whatever its name leads to: a file, a pipe that nobody writes, a device without end. Depends on
//! `descriptor`.
//!
//! Invariants: before each chunk the reader's [`Terms`] are asked whether to go on, and for its memory; no read waits but
//! where another process takes what was there to be read.

use super::{Descriptor, Device};
use std::ffi::CString;
use std::io::{Error, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// So much is read at once.
const CHUNK: usize = 64 << 10;
/// Places in a text are 32 bits wide.
const LARGEST: usize = u32::MAX as usize - CHUNK;

/// On what terms a text is read: how its reader waits, and how it pays.
pub trait Terms {
    /// Why the text is not read.
    type Failure: From<Error>;

    /// Waits until the descriptor can be read, if there is one that may have to be waited for.
    ///
    /// # Errors
    /// The reader is to stop.
    fn wait(&mut self, descriptor: Option<i32>) -> Result<(), Self::Failure>;

    /// Makes room for `more` bytes.
    ///
    /// # Errors
    /// There is no memory for them.
    fn grow(&mut self, bytes: &mut Vec<u8>, more: usize) -> Result<(), Self::Failure>;

    /// So many bytes have been read.
    ///
    /// # Errors
    /// The reader is to stop.
    fn charge(&mut self, _bytes: usize) -> Result<(), Self::Failure> {
        Ok(())
    }
}

/// All bytes of a file.
///
/// # Errors
/// The file cannot be opened or read, it is larger than a text can be, or the terms say so.
pub fn read_file<T: Terms>(path: &Path, terms: &mut T) -> Result<Vec<u8>, T::Failure> {
    let name = CString::new(path.as_os_str().as_bytes()).map_err(|_| Error::from(ErrorKind::InvalidInput))?;
    loop {
        terms.wait(None)?;
        // A FIFO is opened at once, and waited for afterwards.
        match Descriptor::open(&name, libc::O_RDONLY | libc::O_NONBLOCK) {
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            opened => return read_all(&mut opened?, terms),
        }
    }
}

/// All bytes that a device has. What begins with NUL is no text, and often endless: of that only the first bytes.
///
/// # Errors
/// As those of [`read_file`].
pub fn read_all<T: Terms>(device: &mut Descriptor, terms: &mut T) -> Result<Vec<u8>, T::Failure> {
    let waits = device.descriptor().filter(|_| !device.has_position());
    let mut bytes = Vec::new();
    loop {
        terms.wait(waits)?;
        let have = bytes.len();
        if have > LARGEST {
            return Err(Error::from_raw_os_error(libc::EFBIG).into());
        }
        terms.grow(&mut bytes, CHUNK)?;
        bytes.resize(have + CHUNK, 0);
        let read = device.read(&mut bytes[have..]);
        bytes.truncate(have + read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => return Ok(bytes),
            Ok(_) if bytes.first() == Some(&0) => return Ok(bytes),
            Ok(n) => terms.charge(n)?,
            Err(e) if matches!(e.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
            Err(e) => return Err(e.into()),
        }
    }
}
