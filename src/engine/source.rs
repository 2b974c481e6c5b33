//! Source texts: a name for messages and UTF-8 text.

use super::error::{Error, ErrorKind};
use super::limits::Limits;
use crate::account::Account;
use crate::diagnostics::{Diagnostic, FileId, SourceMap, Span};
use crate::io::{Descriptor, Terms, Wait, is_ready_within, read_all, read_file};
use crate::reader::{Failure, InvalidUtf8, Mode, decode_utf8, read_source};
use std::io::ErrorKind as IoErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a wait without a deadline lasts before it begins again.
const SLICE: Duration = Duration::from_secs(1);

/// A text to be run, with the name that messages give it.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
}

impl Source {
    /// A text under a name.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Source {
        Source { name: name.into(), text: text.into() }
    }

    /// The contents of a file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it cannot be read, [`ErrorKind::Read`] if it is not UTF-8.
    pub fn read(path: impl AsRef<Path>) -> Result<Source, Error> {
        Source::read_within(path, &Limits::new())
    }

    /// The contents of a file, or of whatever else its name leads to: a FIFO or a device that is not read to its end before
    /// the deadline is an error, and so is a text that would take more than half of the heap (while it is read it is there
    /// twice).
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it cannot be read within the limits, [`ErrorKind::Read`] if it is not UTF-8.
    pub fn read_within(path: impl AsRef<Path>, limits: &Limits) -> Result<Source, Error> {
        let path = path.as_ref();
        match read_file(path, &mut Within(limits)) {
            Ok(bytes) => Source::from_bytes(&*path.to_string_lossy(), bytes),
            Err(e) => Err(Source::unreadable(path, &e)),
        }
    }

    /// What standard input holds, to its end. Messages call it `<stdin>`.
    ///
    /// # Errors
    /// As those of [`Source::read_within`].
    pub fn read_standard_input(limits: &Limits) -> Result<Source, Error> {
        match read_all(&mut Descriptor::standard(0), &mut Within(limits)) {
            Ok(bytes) => Source::from_bytes("<stdin>", bytes),
            Err(e) => Err(Source::unreadable(Path::new("standard input"), &e)),
        }
    }

    /// The error for a file that cannot be read.
    fn unreadable(path: &Path, e: &std::io::Error) -> Error {
        let reason = crate::io::os_message(e);
        let mut diagnostic = Diagnostic::error(Span::NONE, format!("cannot read {}: {reason}", path.display()));
        if e.kind() == IoErrorKind::NotFound && path.extension().is_none() {
            let guess = path.with_extension("sps");
            if guess.exists() {
                diagnostic = diagnostic.with_help(format!("there is a file {}", guess.display()));
            }
        }
        if e.kind() == IoErrorKind::FileTooLarge && e.raw_os_error().is_none() {
            diagnostic = diagnostic.with_help("to change it, use vicar's option `--heap-limit` or the host's `Limits`");
        }
        Error::new(ErrorKind::Io, diagnostic, &SourceMap::new())
    }

    /// A text from bytes, which must be UTF-8.
    ///
    /// # Errors
    /// [`ErrorKind::Read`] with the place of the first byte that is not.
    pub fn from_bytes(name: impl Into<Arc<str>>, bytes: Vec<u8>) -> Result<Source, Error> {
        let name = name.into();
        decode_utf8(bytes).map(|text| Source::new(name.clone(), text)).map_err(|e| not_utf8(&name, e))
    }

    /// The name that messages give it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text itself.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }
}

/// A host reads the text, within the limits of the machine that it is for.
struct Within<'l>(&'l Limits);

impl Terms for Within<'_> {
    type Failure = std::io::Error;

    fn wait(&mut self, descriptor: Option<i32>) -> std::io::Result<()> {
        loop {
            let left = self.0.deadline.map_or(SLICE, |end| end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Err(IoErrorKind::TimedOut.into());
            }
            // A descriptor that cannot be waited for is left to the reading.
            if descriptor.is_none_or(|d| is_ready_within(d, Wait::Input, left).unwrap_or(true)) {
                return Ok(());
            }
        }
    }

    fn grow(&mut self, bytes: &mut Vec<u8>, more: usize) -> std::io::Result<()> {
        if let Some(limit) = self.0.heap.filter(|limit| bytes.len() > limit / 2) {
            let text = format!("it takes more than half of the heap limit of {limit} bytes");
            return Err(std::io::Error::new(IoErrorKind::FileTooLarge, text));
        }
        bytes.try_reserve(more).map_err(|_| IoErrorKind::OutOfMemory.into())
    }
}

/// Whether `text` ends in the middle of a datum, so that more input would help: what a prompt asks at each Enter.
pub fn is_incomplete(text: &str) -> bool {
    let read = read_source(text, FileId::NONE, Mode::default(), &Account::unlimited());
    matches!(read, Err(Failure::Malformed(e)) if e.is_incomplete())
}

fn not_utf8(name: &str, e: InvalidUtf8) -> Error {
    let mut sources = SourceMap::new();
    let file = sources.add_file(name, e.shown.clone());
    let diagnostic = e.diagnostic(file);
    Error::new(ErrorKind::Read, diagnostic, &sources)
}
