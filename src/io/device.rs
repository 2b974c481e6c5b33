//! Devices: what moves bytes for a port. `descriptor.rs` has the one over file descriptors; hosts bring their own.

use super::Contained;
use std::cmp::Ordering;
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What a device is waited for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Wait {
    Input,
    Output,
}

/// Says of a descriptor whether it is open, to all devices that own it: the first that is closed closes it.
pub type Ownership = Arc<AtomicBool>;

/// Where a port's bytes come from and go to.
pub trait Device: Send {
    /// Zero at an end of file. With nothing there an error: `WouldBlock`; when a signal came: `Interrupted`.
    fn read(&mut self, _buffer: &mut [u8]) -> Result<usize> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn write(&mut self, _bytes: &[u8]) -> Result<usize> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    /// Where the next byte is read or written, if the device knows positions.
    fn position(&mut self) -> Result<u64> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn seek(&mut self, _position: u64) -> Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn has_position(&self) -> bool {
        false
    }
    /// The file descriptor, if there is one.
    fn descriptor(&self) -> Option<i32> {
        None
    }
    /// Whether the descriptor is still open, if it is closed with the device.
    fn ownership(&self) -> Option<Ownership> {
        None
    }
    /// Whether reading or writing would not wait. A descriptor can be asked; of others nothing is known.
    fn is_ready(&self, wait: Wait) -> bool {
        self.descriptor().is_none_or(|fd| super::is_ready_within(fd, wait, Duration::ZERO).unwrap_or(true))
    }
    /// Closes it. It is dropped next.
    fn close(&mut self) -> Result<()> {
        Ok(())
    }
}

/// "No such file or directory", without the number that Rust puts behind it.
pub fn os_message(e: &Error) -> String {
    let text = e.to_string();
    match text.find(" (os error") {
        Some(i) => text[..i].to_owned(),
        None => text,
    }
}

/// What a host gives a machine as its standard output.
pub struct WriterDevice(Contained<Box<dyn Write + Send>>);

impl WriterDevice {
    pub fn new(writer: impl Write + Send + 'static) -> WriterDevice {
        WriterDevice(Contained::new(Box::new(writer)))
    }
}

impl Device for WriterDevice {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let written = self.0.call(|writer| {
            // Not `write_all`, which tries for ever what is always interrupted: between two attempts the machine looks at
            // its limits.
            let count = writer.write(bytes)?;
            match count.cmp(&bytes.len()) {
                Ordering::Less => Ok(count),
                Ordering::Equal => flush(writer).map(|()| count),
                Ordering::Greater => {
                    Err(Error::other("the host's writer says that it has written more than it was given"))
                }
            }
        });
        written.map_err(|text| panicked("writer", &text))?
    }
}

/// Flushes. What is written counts as written, so an interrupted flush is tried again here, but not for ever.
fn flush(writer: &mut dyn Write) -> Result<()> {
    const ATTEMPTS: usize = 1000;
    let mut attempts = 0;
    loop {
        match writer.flush() {
            Err(e) if e.kind() == ErrorKind::Interrupted && attempts < ATTEMPTS => attempts += 1,
            Err(e) if e.kind() == ErrorKind::Interrupted => {
                return Err(Error::other("flushing was interrupted again and again"));
            }
            done => return done,
        }
    }
}

/// What a host gives a machine as its standard input.
pub struct ReaderDevice(Contained<Box<dyn Read + Send>>);

impl ReaderDevice {
    pub fn new(reader: impl Read + Send + 'static) -> ReaderDevice {
        ReaderDevice(Contained::new(Box::new(reader)))
    }
}

impl Device for ReaderDevice {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self.0.call(|reader| reader.read(buffer)).map_err(|text| panicked("reader", &text))?? {
            count if count <= buffer.len() => Ok(count),
            _ => Err(Error::other("the host's reader says that it has read more than there was room for")),
        }
    }
}

fn panicked(what: &str, text: &str) -> Error {
    Error::other(format!("the host's {what} panicked: {text}"))
}
