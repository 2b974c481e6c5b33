//! Reading lines where the terminal has no cursor to move: `TERM=dumb`, as in an editor's window. The terminal itself
//! echoes and lets correct; Control-C drops the line.

use crate::system::signals;
use std::io::{Error, ErrorKind, Result};
use std::time::Duration;
use vicar::process::StandardStream;

/// Terminals without line editing.
const WITHOUT: [&str; 3] = ["dumb", "emacs", "cons25"];

/// Whether this process's terminal is one.
pub(super) fn is_needed() -> bool {
    let name = std::env::var("TERM").unwrap_or_default();
    name.is_empty() || WITHOUT.contains(&name.as_str())
}

/// What a person has typed.
pub(super) enum Typed {
    /// All that is needed for complete datums.
    Text(String),
    /// Control-C.
    Interrupted,
    /// Bytes that are not UTF-8.
    NoText,
    /// Control-D.
    End,
}

/// The lines of standard input.
#[derive(Default)]
pub(super) struct Lines {
    /// Read and not yet part of a line.
    ahead: Vec<u8>,
}

impl Lines {
    /// Lines up to the end of the datums in them.
    pub(super) fn next(&mut self) -> Result<Typed> {
        let _guard = signals::notice_control_c();
        let mut text = Vec::new();
        loop {
            match self.line()? {
                None => return Ok(Typed::Interrupted),
                Some(line) if line.is_empty() && text.is_empty() => return Ok(Typed::End),
                Some(line) if line.is_empty() => break,
                Some(line) => text.extend(line),
            }
            match std::str::from_utf8(&text) {
                Ok(so_far) if vicar::is_incomplete(so_far) => {}
                _ => break,
            }
        }
        Ok(String::from_utf8(text).map_or(Typed::NoText, Typed::Text))
    }

    /// The next line with its end, without one at the end of the input; `None` after Control-C.
    fn line(&mut self) -> Result<Option<Vec<u8>>> {
        let mut looked_at = 0;
        loop {
            if let Some(end) = self.ahead[looked_at..].iter().position(|&b| b == b'\n') {
                let rest = self.ahead.split_off(looked_at + end + 1);
                return Ok(Some(std::mem::replace(&mut self.ahead, rest)));
            }
            looked_at = self.ahead.len();
            let mut buffer = [0; 4096];
            match read(&mut buffer) {
                Ok(0) => return Ok(Some(std::mem::take(&mut self.ahead))),
                Ok(n) => self.ahead.extend_from_slice(&buffer[..n]),
                Err(e) if e.kind() == ErrorKind::Interrupted => {
                    if signals::was_noticed() {
                        self.ahead.clear();
                        return Ok(None);
                    }
                }
                Err(e) => return Err(e),
            }
        }
    }
}

/// Reads standard input itself: the standard library's reader would hide that a signal came.
fn read(buffer: &mut [u8]) -> Result<usize> {
    match StandardStream::Input.read(buffer) {
        // Somebody else has made the terminal non-blocking.
        Err(e) if e.kind() == ErrorKind::WouldBlock => {
            StandardStream::Input.is_ready_within(Duration::from_secs(3600))?;
            Err(Error::from(ErrorKind::Interrupted))
        }
        other => other,
    }
}
