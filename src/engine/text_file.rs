//! The texts that a program makes the machine read: libraries and what is included. Whatever the name leads to (a device
//! without end, a FIFO that nobody writes, a file of gigabytes), reading it keeps to the machine's limits.

use super::session::failure;
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

impl From<Stop> for Unread {
    fn from(stop: Stop) -> Unread {
        Unread::Stopped(failure(stop))
    }
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
    let claim = Claim::new(machine.heap.memory());
    let mut terms = MachineTerms { machine, claim };
    let bytes = read_file(path, &mut terms)?;
    let MachineTerms { machine, claim } = terms;
    let mut kept = Claim::new(machine.heap.memory());
    kept.take(bytes.len())?;
    let text: Arc<str> = match decode_utf8(bytes) {
        Ok(text) => text.into(),
        Err(e) => return Err(Unread::NoText(format!("{} is not UTF-8 (byte {})", path.display(), e.offset))),
    };
    drop(claim);
    let file = machine.sources.add_counted(path.display().to_string(), text.clone(), kept);
    Ok(Source { file, text, builtin: false })
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
