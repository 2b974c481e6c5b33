//! Source texts: a name for messages and UTF-8 text.

use super::error::{Error, ErrorKind};
use crate::account::Account;
use crate::diagnostics::{Diagnostic, FileId, SourceMap, Span};
use crate::reader::{Failure, InvalidUtf8, Mode, decode_utf8, read_source};
use std::path::Path;
use std::sync::Arc;

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
        let path = path.as_ref();
        match std::fs::read(path) {
            Ok(bytes) => Source::from_bytes(&*path.to_string_lossy(), bytes),
            Err(e) => Err(Source::unreadable(path, &e)),
        }
    }

    /// What is said of a file that cannot be read.
    pub(crate) fn unreadable(path: &Path, e: &std::io::Error) -> Error {
        let reason = crate::io::os_message(e);
        let mut diagnostic = Diagnostic::error(Span::NONE, format!("cannot read {}: {reason}", path.display()));
        if e.kind() == std::io::ErrorKind::NotFound && path.extension().is_none() {
            let guess = path.with_extension("sps");
            if guess.exists() {
                diagnostic = diagnostic.with_help(format!("there is a file {}", guess.display()));
            }
        }
        Error::new(ErrorKind::Io, diagnostic, &SourceMap::new())
    }

    /// Bytes that should be UTF-8.
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
