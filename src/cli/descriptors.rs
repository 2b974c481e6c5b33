//! Reading the program and writing messages: whole texts, over descriptors that may be pipes, non-blocking, endless or full.
//! Nothing here waits longer than the deadline, but for the last words.

use crate::io::{Descriptor, Device, Wait, is_ready_within};
use crate::{Error, Limits, Source};
use std::ffi::CString;
use std::io::{Error as IoError, ErrorKind, Result};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// So much is read at once.
const CHUNK: usize = 64 * 1024;

/// How long a message may take after the deadline.
const GRACE: Duration = Duration::from_millis(40);

/// When to stop, if the program's time is limited.
static DEADLINE: OnceLock<Instant> = OnceLock::new();

/// Sets the deadline, which stays.
pub(super) fn set_deadline(deadline: Instant) {
    let _ = DEADLINE.set(deadline);
}

/// Waits until a descriptor is ready; an error when the time is over.
fn wait(descriptor: Option<i32>, direction: Wait, end: Option<Instant>) -> Result<()> {
    let left = end.map_or(Duration::from_secs(1), |end| end.saturating_duration_since(Instant::now()));
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    match descriptor {
        Some(descriptor) => is_ready_within(descriptor, direction, left).map(drop),
        None => Ok(()),
    }
}

/// Does a call again that a signal has ended, or that would have had to wait.
fn patiently<T>(
    descriptor: Option<i32>,
    direction: Wait,
    end: Option<Instant>,
    mut call: impl FnMut() -> Result<T>,
) -> Result<T> {
    loop {
        match call() {
            Err(e) if matches!(e.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => {
                wait(descriptor, direction, end)?;
            }
            other => return other,
        }
    }
}

/// Writes a text on a standard descriptor.
pub(crate) fn write(descriptor: i32, text: &str) -> Result<()> {
    let end = DEADLINE.get().map(|&d| d.max(Instant::now()) + GRACE);
    let mut device = Descriptor::standard(descriptor);
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let written = patiently(Some(descriptor), Wait::Output, end, || match end {
            Some(_) if !device.is_ready(Wait::Output) => Err(ErrorKind::WouldBlock.into()),
            _ => device.write(rest),
        })?;
        rest = &rest[written..];
    }
    Ok(())
}

/// All that a device has. A program's text may take half of the heap's limit: while it is read it is there twice.
fn read(mut device: Descriptor, limits: &Limits) -> Result<Vec<u8>> {
    let most = limits.heap.map_or(usize::MAX, |bytes| bytes / 2).min(u32::MAX as usize);
    let mut bytes = Vec::new();
    loop {
        let have = bytes.len();
        if have > most {
            let text = match limits.heap {
                Some(limit) => format!("it takes more than half of the heap limit of {limit} bytes (--heap-limit)"),
                None => "it is too large".to_owned(),
            };
            return Err(IoError::new(ErrorKind::FileTooLarge, text));
        }
        bytes.try_reserve(CHUNK).map_err(|_| IoError::from(ErrorKind::OutOfMemory))?;
        bytes.resize(have + CHUNK, 0);
        let descriptor = device.descriptor();
        let read = patiently(descriptor, Wait::Input, DEADLINE.get().copied(), || device.read(&mut bytes[have..]));
        bytes.truncate(have + read.as_ref().unwrap_or(&0));
        // A device that always has more never makes us wait.
        if DEADLINE.get().is_some_and(|&end| end <= Instant::now()) {
            return Err(ErrorKind::TimedOut.into());
        }
        // What begins with NUL is no program, and often endless.
        if read? == 0 || bytes.first() == Some(&0) {
            return Ok(bytes);
        }
    }
}

/// The program in a file.
pub(super) fn read_file(path: &Path, limits: &Limits) -> std::result::Result<Source, Error> {
    let opened = CString::new(path.as_os_str().as_bytes()).map_err(|_| IoError::from(ErrorKind::InvalidInput));
    let opened = opened.and_then(|name| {
        patiently(None, Wait::Input, DEADLINE.get().copied(), || Descriptor::open(&name, libc::O_RDONLY))
    });
    match opened.and_then(|device| read(device, limits)) {
        Ok(bytes) => Source::from_bytes(&*path.to_string_lossy(), bytes),
        Err(e) => Err(Source::unreadable(path, &e)),
    }
}

/// The program on standard input.
pub(super) fn read_standard_input(limits: &Limits) -> std::result::Result<Source, Error> {
    match read(Descriptor::standard(0), limits) {
        Ok(bytes) => Source::from_bytes("<stdin>", bytes),
        Err(e) => Err(Source::unreadable(Path::new("standard input"), &e)),
    }
}
