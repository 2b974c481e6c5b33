//! Output of a port: what was written and not yet moved to the device, and the bytes that the transcoder makes of text.

use super::{BufferMode, Codec, EolStyle, ErrorMode, Port, PortError, PortResult, Transcoder, Wait};
use crate::account::keep_for_the_end;

/// So much gathers before it moves on.
const BUFFER: usize = 16 * 1024;

/// A pipe that is ready takes so much without waiting.
const AT_ONCE: usize = 4096;

impl Port {
    /// Appends bytes; moves them on as the buffer mode says.
    pub fn write_bytes(&mut self, bytes: &[u8]) -> PortResult<()> {
        self.begin_output()?;
        self.put(bytes);
        self.settle(bytes.contains(&b'\n'))
    }

    /// Bytes that the buffer takes anew when so many are written; none while they fit.
    pub fn growth(&self, bytes: usize) -> usize {
        let needed = self.output.len().saturating_add(bytes);
        if needed <= self.output.capacity() { 0 } else { needed.max(self.output.capacity().saturating_mul(2)) }
    }

    pub fn write_text(&mut self, text: &str) -> PortResult<()> {
        self.begin_output()?;
        let transcoder = self.transcoder.unwrap_or(Transcoder::NATIVE);
        if transcoder.codec == Codec::Utf8 && matches!(transcoder.eol, EolStyle::None | EolStyle::Lf) {
            self.put(text.as_bytes());
        } else {
            let mut bytes = Vec::new();
            let encoded = encode(text, transcoder, &mut bytes);
            self.put(&bytes);
            encoded?;
        }
        self.settle(text.as_bytes().contains(&b'\n'))
    }

    fn begin_output(&mut self) -> PortResult<()> {
        self.check_open()?;
        if self.is_input { self.return_to_reader() } else { Ok(()) }
    }

    /// Appends bytes, or replaces some in memory.
    fn put(&mut self, bytes: &[u8]) {
        if self.behind > 0 {
            let start = self.output.len() - self.behind;
            let replaced = self.replaced_by(bytes);
            self.behind -= replaced;
            self.output.splice(start..start + replaced, bytes.iter().copied());
            return;
        }
        self.output.extend_from_slice(bytes);
        self.output_changed();
    }

    /// Says that this is the port on standard output of a process that is the program's own: what it holds is written even
    /// when the system has no memory left and the process ends for that.
    pub fn keep_for_the_end(&mut self) {
        self.kept_for_the_end = true;
    }

    #[inline]
    pub(super) fn output_changed(&self) {
        if self.kept_for_the_end {
            keep_for_the_end(&self.output);
        }
    }

    fn settle(&mut self, line_ended: bool) -> PortResult<()> {
        if self.in_memory || self.custom.is_some() {
            return Ok(());
        }
        match self.buffer_mode {
            BufferMode::Line if line_ended => self.flush(),
            _ if self.is_due() => self.flush(),
            _ => Ok(()),
        }
    }

    /// Whether so much output has gathered that it should move on.
    pub(super) fn is_due(&self) -> bool {
        self.output.len() >= BUFFER || self.buffer_mode == BufferMode::None
    }

    /// Moves all buffered output to the device, as far as a descriptor takes it without waiting, if it may not wait
    /// (`may_wait`): then a wait is the machine's, which has limits and interrupts to look at. What could not be moved stays
    /// buffered.
    pub fn flush(&mut self) -> PortResult<()> {
        let Some(device) = &mut self.device else { return Ok(()) };
        if self.output.is_empty() {
            return Ok(());
        }
        let at_once = self.may_wait || self.non_blocking || device.descriptor().is_none() || device.has_position();
        let mut done = 0;
        let result = loop {
            if done == self.output.len() {
                break Ok(());
            }
            self.device_calls += 1;
            let rest = &self.output[done..];
            let written = match at_once {
                true => device.write(rest),
                false if device.is_ready(Wait::Output) => device.write(&rest[..rest.len().min(AT_ONCE)]),
                false => Err(std::io::ErrorKind::WouldBlock.into()),
            };
            match written {
                Ok(0) => break Err(std::io::ErrorKind::WriteZero.into()),
                // A device that claims more than there was is not believed.
                Ok(n) => done = done.saturating_add(n).min(self.output.len()),
                Err(e) => break Err(e),
            }
        };
        self.output.drain(..done);
        self.output_changed();
        result.map_err(|e| PortError::of(e, Wait::Output))
    }

    /// Drops what waits for the device, or for the program's own procedure.
    pub fn forget_output(&mut self) {
        if !self.in_memory {
            self.output.clear();
            self.output_changed();
        }
    }

    /// Whether output waits for somebody to take it.
    pub fn holds_output(&self) -> bool {
        !self.in_memory && !self.output.is_empty()
    }

    /// What an in-memory output port has gathered; it begins anew.
    pub fn extract(&mut self) -> Vec<u8> {
        self.behind = 0;
        std::mem::take(&mut self.output)
    }

    /// The same without taking it away.
    pub fn gathered(&self) -> &[u8] {
        &self.output
    }
}

/// Appends the bytes of a text. What comes before a character that cannot be encoded is appended in any case.
fn encode(text: &str, transcoder: Transcoder, out: &mut Vec<u8>) -> PortResult<()> {
    let eol = match transcoder.eol {
        EolStyle::None | EolStyle::Lf => "\n",
        EolStyle::Cr => "\r",
        EolStyle::CrLf => "\r\n",
        EolStyle::Nel => "\u{85}",
        EolStyle::CrNel => "\r\u{85}",
        EolStyle::Ls => "\u{2028}",
    };
    let mut unit = [0; 4];
    for c in text.chars() {
        for c in if c == '\n' { eol } else { c.encode_utf8(&mut unit) as &str }.chars() {
            if transcoder.codec.encode(c, out) {
                continue;
            }
            match transcoder.errors {
                ErrorMode::Ignore => {}
                ErrorMode::Replace => {
                    transcoder.codec.encode(transcoder.codec.replacement(), out);
                }
                ErrorMode::Raise => return Err(PortError::Encoding(c)),
            }
        }
    }
    Ok(())
}
