//! The texts that a program makes the machine read: libraries and what is included. Whatever the name leads to (a device
//! without end, a FIFO that nobody writes, a file of gigabytes), reading it keeps to the machine's limits.

use crate::account::{Claim, HeapFull};
use crate::eval::{Machine, Stop};
use crate::io::{Terms, Wait, read_file};
use crate::reader::decode_utf8;
use crate::syntax::{Failure, Source};
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::sync::Arc;

/// Bytes that a unit of fuel pays for.
const BYTES_PER_UNIT: usize = 16;

/// What became of reading a file.
pub(super) enum TextFile {
    /// Its text, which the machine keeps from now on.
    Found(Source),
    /// There is none.
    Missing,
    /// Why it gives no text: a sentence that names it.
    Unreadable(String),
}

/// Reads the text of the file.
///
/// # Errors
/// The run is to end, or there is no memory for the text.
pub(super) fn read(machine: &mut Machine, path: &Path) -> Result<TextFile, Failure> {
    let claim = Claim::new(machine.heap.memory());
    let mut terms = MachineTerms { machine, claim };
    let bytes = match read_file(path, &mut terms) {
        Ok(bytes) => bytes,
        Err(Unread::Stopped(failure)) => return Err(failure),
        Err(Unread::System(e)) if e.kind() == ErrorKind::NotFound => return Ok(TextFile::Missing),
        Err(Unread::System(e)) => {
            return Ok(TextFile::Unreadable(format!("{}: {}", path.display(), crate::io::os_message(&e))));
        }
    };
    let MachineTerms { machine, claim } = terms;
    let mut kept = Claim::new(machine.heap.memory());
    kept.take(bytes.len())?;
    let text: Arc<str> = match decode_utf8(bytes) {
        Ok(text) => text.into(),
        Err(e) => {
            return Ok(TextFile::Unreadable(format!("{} is not UTF-8 (byte {})", path.display(), e.offset)));
        }
    };
    drop(claim);
    let file = machine.sources.add_counted(path.display().to_string(), text.clone(), kept);
    Ok(TextFile::Found(Source { file, text, builtin: false }))
}

/// Why the bytes of a file are not all read.
enum Unread {
    System(Error),
    Stopped(Failure),
}

impl From<Error> for Unread {
    fn from(e: Error) -> Unread {
        Unread::System(e)
    }
}

impl From<Stop> for Unread {
    fn from(stop: Stop) -> Unread {
        Unread::Stopped(stop.into())
    }
}

impl From<HeapFull> for Unread {
    fn from(full: HeapFull) -> Unread {
        Unread::Stopped(full.into())
    }
}

/// The machine's limits hold, and its account pays.
struct MachineTerms<'m> {
    machine: &'m mut Machine,
    claim: Claim,
}

impl Terms for MachineTerms<'_> {
    type Failure = Unread;

    fn wait(&mut self, descriptor: Option<i32>) -> Result<(), Unread> {
        match descriptor {
            Some(descriptor) => self.machine.wait_for_descriptor(descriptor, Wait::Input),
            None => self.machine.poll(),
        }
        .map_err(Unread::from)
    }

    fn grow(&mut self, bytes: &mut Vec<u8>, more: usize) -> Result<(), Unread> {
        Ok(self.claim.grow(bytes, more)?)
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Unread> {
        Ok(self.machine.charge(bytes / BYTES_PER_UNIT)?)
    }
}
