//! The texts that a program makes the machine read: libraries and what is included. Whatever the name leads to (a device
//! without end, a FIFO that nobody writes, a file of gigabytes), reading it keeps to the machine's limits.

use super::session::failure;
use crate::account::{Claim, HeapFull};
use crate::eval::Machine;
use crate::io::{Descriptor, Device, Wait};
use crate::reader::decode_utf8;
use crate::syntax::{Failure, Source};
use std::ffi::CString;
use std::io::{Error, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

/// So much is read at once.
const CHUNK: usize = 64 << 10;
/// Bytes that a unit of fuel pays for.
const BYTES_PER_UNIT: usize = 16;
/// Places in a text are 32 bits wide.
const LARGEST: usize = u32::MAX as usize - CHUNK;

/// Why a file gives no text.
pub(super) enum Unread {
    Missing,
    /// The reason, for a message that names the file.
    Unreadable(String),
    /// The same as a sentence about the file.
    NoText(String),
    /// The run is to end, or there is no memory for it.
    Stopped(Failure),
}

impl From<HeapFull> for Unread {
    fn from(full: HeapFull) -> Unread {
        Unread::Stopped(full.into())
    }
}

impl From<Error> for Unread {
    fn from(e: Error) -> Unread {
        match e.kind() {
            ErrorKind::NotFound => Unread::Missing,
            _ => Unread::Unreadable(crate::io::os_message(&e)),
        }
    }
}

/// The text of the file, which the machine keeps from now on.
pub(super) fn read(machine: &mut Machine, path: &Path) -> Result<Source, Unread> {
    let mut claim = Claim::new(machine.heap.memory());
    let bytes = contents(machine, path, &mut claim)?;
    let mut kept = Claim::new(machine.heap.memory());
    kept.take(bytes.len())?;
    let text: Arc<str> = match decode_utf8(bytes) {
        Ok(text) => text.into(),
        Err(e) => return Err(Unread::NoText(format!("{} is not UTF-8 (byte {})", path.display(), e.offset))),
    };
    let file = machine.sources.add_counted(path.display().to_string(), text.clone(), kept);
    Ok(Source { file, text, builtin: false })
}

/// All bytes of the file, for which `claim` pays.
fn contents(machine: &mut Machine, path: &Path, claim: &mut Claim) -> Result<Vec<u8>, Unread> {
    let name = CString::new(path.as_os_str().as_bytes()).map_err(|_| Error::from(ErrorKind::InvalidInput))?;
    // A FIFO is opened at once, and waited for afterwards.
    let mut device = Descriptor::open(&name, libc::O_RDONLY | libc::O_NONBLOCK)?;
    let waits = device.descriptor().filter(|_| !device.has_position());
    let mut bytes = Vec::new();
    loop {
        match waits {
            Some(descriptor) => machine.wait_for_descriptor(descriptor, Wait::Input),
            None => machine.poll(),
        }
        .map_err(|stop| Unread::Stopped(failure(stop)))?;
        let have = bytes.len();
        if have > LARGEST {
            return Err(Error::from_raw_os_error(libc::EFBIG).into());
        }
        claim.grow(&mut bytes, CHUNK)?;
        bytes.resize(have + CHUNK, 0);
        let read = device.read(&mut bytes[have..]);
        bytes.truncate(have + read.as_ref().unwrap_or(&0));
        match read {
            // What begins with NUL is no text, and often endless.
            Ok(0) => return Ok(bytes),
            Ok(_) if bytes.first() == Some(&0) => return Ok(bytes),
            Ok(n) => machine.charge(n / BYTES_PER_UNIT).map_err(|stop| Unread::Stopped(failure(stop)))?,
            Err(e) if matches!(e.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {}
            Err(e) => return Err(e.into()),
        }
    }
}
