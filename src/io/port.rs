//! Ports: buffered bytes, with a transcoder on top for characters. R6RS libraries 8.2.
//!
//! Invariants: `input[at..]` is what was read ahead and not taken; `output` is what was written and not yet moved. A
//! port without a device is in memory: its input is all there is, its output is what extraction takes.

use super::{Codec, Custom, Decoded, Device, EolStyle, ErrorMode, Transcoder};
use crate::heap::{External, Tracer};

const BUFFER: usize = 16 * 1024;

/// Why a port operation failed.
#[derive(Debug)]
pub enum PortError {
    Io(std::io::Error),
    /// Output could not be moved to the device.
    Write(std::io::Error),
    /// Bytes that the codec cannot read, under `raise`.
    Decoding,
    /// A character that the codec cannot write, under `raise`.
    Encoding(char),
    Closed,
    /// Whoever reads may not go on: a limit.
    Refused,
    /// A custom port's procedure has to supply input first; nothing was taken.
    Needs,
    /// A non-blocking device has nothing now.
    WouldBlock,
    /// A signal came while the device waited; nothing is lost, the operation can be done again.
    Interrupted,
}

impl From<std::io::Error> for PortError {
    fn from(e: std::io::Error) -> PortError {
        match e.kind() {
            std::io::ErrorKind::WouldBlock => PortError::WouldBlock,
            std::io::ErrorKind::Interrupted => PortError::Interrupted,
            _ => PortError::Io(e),
        }
    }
}

pub type PortResult<T> = Result<T, PortError>;

/// When output moves to the device.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum BufferMode {
    None,
    Line,
    Block,
}

/// A port.
pub struct Port {
    /// What messages and `#<port …>` call it: a file's name, or what it is.
    pub name: String,
    pub(super) device: Option<Box<dyn Device>>,
    pub(super) custom: Option<Custom>,
    /// The custom port's operation under way found nothing buffered.
    pub(super) starved: bool,
    /// The operation under way found nothing on a non-blocking device.
    pub(super) blocked: bool,
    transcoder: Option<Transcoder>,
    pub(super) is_input: bool,
    pub(super) is_output: bool,
    pub(super) in_memory: bool,
    pub(super) open: bool,
    pub(super) input: Vec<u8>,
    pub(super) at: usize,
    /// The device said end of file after what is in `input`.
    pub(super) at_end: bool,
    pub(super) output: Vec<u8>,
    /// How far before the end of `output` the next byte goes; only in memory not 0.
    pub(super) behind: usize,
    pub buffer_mode: BufferMode,
    /// The byte order mark, if any, has been looked at.
    started: bool,
}

impl Port {
    pub(super) fn new(name: &str, transcoder: Option<Transcoder>) -> Port {
        Port {
            name: name.to_owned(),
            device: None,
            custom: None,
            starved: false,
            blocked: false,
            transcoder,
            is_input: false,
            is_output: false,
            in_memory: true,
            open: true,
            input: Vec::new(),
            at: 0,
            at_end: false,
            output: Vec::new(),
            behind: 0,
            buffer_mode: BufferMode::Block,
            started: false,
        }
    }

    /// A port over a device.
    pub fn over(
        name: &str,
        device: Box<dyn Device>,
        (is_input, is_output): (bool, bool),
        transcoder: Option<Transcoder>,
        buffer_mode: BufferMode,
    ) -> Port {
        let mut port = Port::new(name, transcoder);
        port.device = Some(device);
        port.in_memory = false;
        (port.is_input, port.is_output) = (is_input, is_output);
        port.buffer_mode = buffer_mode;
        port
    }

    fn on_memory(name: &str, contents: Vec<u8>, transcoder: Option<Transcoder>) -> Port {
        let mut port = Port::new(name, transcoder);
        port.is_input = true;
        port.at_end = true;
        port.input = contents;
        port
    }

    fn gathering(name: &str, transcoder: Option<Transcoder>) -> Port {
        let mut port = Port::new(name, transcoder);
        port.is_output = true;
        port
    }

    /// A textual input port on `text`.
    pub fn from_text(text: String) -> Port {
        Port::on_memory("string", text.into_bytes(), Some(Transcoder::STRING))
    }

    /// An input port on `bytes`.
    pub fn from_bytes(bytes: Vec<u8>, transcoder: Option<Transcoder>) -> Port {
        Port::on_memory("bytevector", bytes, transcoder)
    }

    /// An output port that gathers text.
    pub fn to_text() -> Port {
        Port::gathering("string", Some(Transcoder::STRING))
    }

    /// An output port that gathers bytes.
    pub fn to_bytes(transcoder: Option<Transcoder>) -> Port {
        Port::gathering("bytevector", transcoder)
    }

    /// A textual port with the state of this binary one, which is closed, its device left open.
    pub fn transcoded(&mut self, transcoder: Transcoder) -> PortResult<Port> {
        self.check_open()?;
        let mut closed = Port::new(&self.name, None);
        (closed.is_input, closed.is_output, closed.open) = (self.is_input, self.is_output, false);
        let mut textual = std::mem::replace(self, closed);
        textual.transcoder = Some(transcoder);
        Ok(textual)
    }

    /// The file descriptor under it.
    pub fn descriptor(&self) -> Option<i32> {
        self.device.as_ref().and_then(|d| d.descriptor())
    }
    pub fn is_open(&self) -> bool {
        self.open
    }
    pub fn is_input(&self) -> bool {
        self.is_input
    }
    pub fn is_output(&self) -> bool {
        self.is_output
    }
    pub fn is_textual(&self) -> bool {
        self.transcoder.is_some()
    }
    pub fn transcoder(&self) -> Option<Transcoder> {
        self.transcoder
    }

    pub(super) fn check_open(&self) -> PortResult<()> {
        if self.open { Ok(()) } else { Err(PortError::Closed) }
    }

    /// Reads more from the device; false when there is no more.
    fn fill(&mut self) -> PortResult<bool> {
        self.check_open()?;
        if self.at_end {
            return Ok(false);
        }
        if self.device.is_some() && !self.output.is_empty() {
            self.flush()?;
        }
        let Some(device) = &mut self.device else { return self.needs_supply() };
        if self.at > 0 {
            self.input.drain(..self.at);
            self.at = 0;
        }
        let have = self.input.len();
        self.input.resize(have + BUFFER, 0);
        let read = device.read(&mut self.input[have..]);
        self.input.truncate(have + *read.as_ref().unwrap_or(&0));
        self.blocked = read.as_ref().is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock);
        if read? == 0 {
            self.at_end = true;
            return Ok(false);
        }
        Ok(true)
    }

    /// What has been read ahead, after at least one byte is there; empty at the end of the data.
    pub fn available(&mut self) -> PortResult<&[u8]> {
        self.check_open()?;
        if self.at == self.input.len() && !self.fill()? {
            // The end is reported once; a terminal may go on after it.
            self.end_reported();
        }
        Ok(&self.input[self.at..])
    }

    /// The end of the data was told; a device may go on after it.
    fn end_reported(&mut self) {
        if self.device.is_some() {
            self.at_end = false;
        }
    }

    /// Takes `n` bytes of those that `available` showed.
    pub fn consume(&mut self, n: usize) {
        self.at = (self.at + n).min(self.input.len());
    }

    pub fn peek_byte(&mut self) -> PortResult<Option<u8>> {
        Ok(self.available()?.first().copied())
    }

    pub fn read_byte(&mut self) -> PortResult<Option<u8>> {
        let byte = self.peek_byte()?;
        self.consume(byte.is_some().into());
        Ok(byte)
    }

    /// The character in front and its length in bytes, as the transcoder reads it.
    fn decode(&mut self) -> PortResult<Option<(char, usize)>> {
        let mut transcoder = self.transcoder.unwrap_or(Transcoder::NATIVE);
        if let (Some(&b), Codec::Utf8) = (self.input.get(self.at), transcoder.codec)
            && b < 0x80
            && (b != b'\r' || transcoder.eol == EolStyle::None)
            && self.open
        {
            return Ok(Some((b as char, 1)));
        }
        if !self.started && self.is_input {
            self.byte_order_mark()?;
            transcoder = self.transcoder.unwrap_or(Transcoder::NATIVE);
        }
        let mut skipped = 0;
        loop {
            while self.at + skipped >= self.input.len() {
                if !self.fill()? {
                    self.consume(skipped);
                    self.end_reported();
                    return Ok(None);
                }
            }
            let (c, length) = match transcoder.codec.decode(&self.input[self.at + skipped..]) {
                Decoded::Char(c, n) => (c, n),
                Decoded::Incomplete if self.fill()? => continue,
                bad => {
                    let n = match bad {
                        Decoded::Invalid(n) => n,
                        _ => self.input.len() - self.at - skipped,
                    };
                    match transcoder.errors {
                        ErrorMode::Ignore => {
                            skipped += n;
                            continue;
                        }
                        ErrorMode::Replace => ('\u{fffd}', n),
                        ErrorMode::Raise => {
                            self.consume(skipped + n);
                            return Err(PortError::Decoding);
                        }
                    }
                }
            };
            let total = skipped + length;
            if transcoder.eol == EolStyle::None {
                return Ok(Some((c, total)));
            }
            return Ok(Some(match c {
                '\u{85}' | '\u{2028}' => ('\n', total),
                '\r' => ('\n', total + self.after_return(total, transcoder.codec)?),
                c => (c, total),
            }));
        }
    }

    /// Bytes of the linefeed or next-line character behind a carriage return, zero if there is none.
    fn after_return(&mut self, offset: usize, codec: Codec) -> PortResult<usize> {
        loop {
            let rest = &self.input[self.at + offset..];
            let decoded = if rest.is_empty() { Decoded::Incomplete } else { codec.decode(rest) };
            match decoded {
                Decoded::Char('\n' | '\u{85}', n) => return Ok(n),
                Decoded::Incomplete if self.fill()? => {}
                _ => return Ok(0),
            }
        }
    }

    /// UTF-16 chooses its byte order by the mark; a mark of UTF-8 is a character like others.
    fn byte_order_mark(&mut self) -> PortResult<()> {
        if let Some(Transcoder { codec: Codec::Utf16, .. }) = self.transcoder {
            while self.input.len() - self.at < 2 && self.fill()? {}
        }
        self.started = true;
        let Some(Transcoder { codec: Codec::Utf16, eol, errors }) = self.transcoder else { return Ok(()) };
        let codec = match self.input[self.at..] {
            [0xff, 0xfe, ..] => Codec::Utf16Le,
            [0xfe, 0xff, ..] => Codec::Utf16Be,
            _ => {
                self.transcoder = Some(Transcoder { codec: Codec::Utf16Be, eol, errors });
                return Ok(());
            }
        };
        self.consume(2);
        self.transcoder = Some(Transcoder { codec, eol, errors });
        Ok(())
    }

    /// The plain characters of one byte each that come next and are already buffered, `most` at the most, up to a
    /// linefeed if only the rest of the `line` is wanted. [`Port::consume`] takes them.
    pub fn plain_run(&self, most: usize, line: bool) -> &str {
        let Some(Transcoder { codec: Codec::Utf8, eol, .. }) = self.transcoder else { return "" };
        let buffered = &self.input[self.at..];
        let buffered = &buffered[..most.min(buffered.len())];
        let returns = eol == EolStyle::None;
        let plain = |b: u8| b < 0x80 && (b != b'\r' || returns) && (b != b'\n' || !line);
        let length = buffered.iter().position(|&b| !plain(b)).unwrap_or(buffered.len());
        // All of it is ASCII.
        std::str::from_utf8(&buffered[..length]).unwrap_or("")
    }

    pub fn peek_char(&mut self) -> PortResult<Option<char>> {
        Ok(self.decode()?.map(|(c, _)| c))
    }

    pub fn read_char(&mut self) -> PortResult<Option<char>> {
        let decoded = self.decode()?;
        Ok(decoded.map(|(c, n)| {
            self.consume(n);
            c
        }))
    }

    /// Puts text that was read back in front of what comes next.
    pub fn push_back(&mut self, text: &str) -> PortResult<()> {
        let mut bytes = Vec::new();
        encode(text, self.transcoder.unwrap_or(Transcoder::NATIVE), &mut bytes)?;
        self.input.splice(..self.at, bytes);
        self.at = 0;
        Ok(())
    }

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
            let replaced = bytes.len().min(self.behind);
            self.output[start..start + replaced].copy_from_slice(&bytes[..replaced]);
            self.behind -= replaced;
            return self.output.extend_from_slice(&bytes[replaced..]);
        }
        self.output.extend_from_slice(bytes);
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

    /// Moves all buffered output to the device. What could not be moved stays buffered.
    pub fn flush(&mut self) -> PortResult<()> {
        let Some(device) = &mut self.device else { return Ok(()) };
        let mut done = 0;
        let result = loop {
            if done == self.output.len() {
                break Ok(());
            }
            match device.write(&self.output[done..]) {
                Ok(0) => break Err(std::io::Error::from(std::io::ErrorKind::WriteZero)),
                Ok(n) => done += n,
                Err(e) => break Err(e),
            }
        };
        self.output.drain(..done);
        result.map_err(|e| match PortError::from(e) {
            PortError::Io(e) => PortError::Write(e),
            other => other,
        })
    }

    /// The same, whatever signals come.
    pub fn flush_at_once(&mut self) -> PortResult<()> {
        loop {
            match self.flush() {
                Err(PortError::Interrupted) => {}
                other => return other,
            }
        }
    }

    /// Drops what waits for the device, or for the program's own procedure.
    pub fn forget_output(&mut self) {
        if !self.in_memory {
            self.output.clear();
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

    /// Flushes and closes; closing twice is fine. The port is closed even if flushing fails.
    pub fn close(&mut self) -> PortResult<()> {
        if !self.open {
            return Ok(());
        }
        let flushed = self.flush_at_once();
        self.open = false;
        self.device = None;
        self.custom = None;
        self.behind = 0;
        self.output = Vec::new();
        self.input = Vec::new();
        self.at = 0;
        flushed
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

impl Drop for Port {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure.
        let _ = self.close();
    }
}

impl External for Port {
    fn trace(&self, tracer: &mut Tracer) {
        if let Some(custom) = &self.custom {
            custom.trace(tracer);
        }
    }
    fn bytes(&self) -> usize {
        self.input.capacity() + self.output.capacity()
    }
    fn type_name(&self) -> &'static str {
        "port"
    }
    fn describe(&self, out: &mut String) {
        let direction = match (self.is_input, self.is_output) {
            (true, true) => "input/output",
            (true, false) => "input",
            _ => "output",
        };
        let kind = if self.is_textual() { "textual" } else { "binary" };
        out.push_str(&format!("#<{kind} {direction} port {}>", self.name));
    }
}
