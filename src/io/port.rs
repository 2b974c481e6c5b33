//! Ports: buffered bytes, with a transcoder on top for characters. R6RS libraries 8.2.
//!
//! Invariants: `input[at..]` is what was read ahead and not taken; `output` is what was written and not yet moved. A
//! port without a device is in memory: its input is all there is, its output is what extraction takes.

use super::{Custom, Device, Ownership, Transcoder, Wait, do_not_linger};
use crate::heap::{External, Tracer, system_block};
use std::io::ErrorKind;

/// Why a port operation failed.
#[derive(Debug)]
pub enum PortError {
    Io(std::io::Error),
    /// Input could not be had from the device.
    Read(std::io::Error),
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
    /// The device has nothing, or takes nothing, now.
    WouldBlock(Wait),
    /// A signal came while the device waited; nothing is lost, the operation can be done again.
    Interrupted,
}

impl PortError {
    /// Why the device did not supply or take bytes.
    pub(super) fn of(e: std::io::Error, direction: Wait) -> PortError {
        match (e.kind(), direction) {
            (ErrorKind::WouldBlock, _) => PortError::WouldBlock(direction),
            (ErrorKind::Interrupted, _) => PortError::Interrupted,
            (_, Wait::Input) => PortError::Read(e),
            (_, Wait::Output) => PortError::Write(e),
        }
    }

    /// The system's error code, if it has told one.
    pub fn errno(&self) -> Option<i32> {
        match self {
            PortError::Io(e) | PortError::Read(e) | PortError::Write(e) => e.raw_os_error(),
            PortError::WouldBlock(_) => Some(libc::EAGAIN),
            _ => None,
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
    /// Output may wait in the kernel: nobody but a signal can want the operation under way to end.
    pub may_wait: bool,
    /// Calls of the device that nobody has taken fuel for.
    pub(super) device_calls: usize,
    /// Where in `input` the operation under way began.
    pub(super) begun: usize,
    /// The operation under way may be given back: what it takes stays in `input`.
    pub(super) held: bool,
    /// The program asked for operations that do not wait. Otherwise a descriptor that somebody else has made non-blocking
    /// is waited for.
    pub non_blocking: bool,
    pub(super) transcoder: Option<Transcoder>,
    pub(super) is_input: bool,
    pub(super) is_output: bool,
    pub(super) in_memory: bool,
    pub(super) open: bool,
    pub(super) input: Vec<u8>,
    pub(super) at: usize,
    /// The device said end of file after what is in `input`. So it is until an operation takes the end of file: looking
    /// ahead does not, nor does reading what comes before.
    pub(super) at_end: bool,
    pub(super) output: Vec<u8>,
    /// How far before the end of `output` the next byte goes; only in memory not 0.
    pub(super) behind: usize,
    pub buffer_mode: BufferMode,
    /// Its output is this process's standard output: see [`Port::keep_for_the_end`].
    pub(super) kept_for_the_end: bool,
    /// A string port: what it holds is UTF-8, and its positions count characters.
    pub(super) is_string: bool,
    /// The byte order mark, if any, has been looked at.
    pub(super) started: bool,
}

impl Port {
    /// How often the device was called since this was asked last.
    #[inline]
    pub fn take_device_calls(&mut self) -> usize {
        std::mem::take(&mut self.device_calls)
    }

    pub(super) fn new(name: &str, transcoder: Option<Transcoder>) -> Port {
        Port {
            name: name.to_owned(),
            device: None,
            custom: None,
            starved: false,
            blocked: false,
            may_wait: false,
            device_calls: 0,
            begun: 0,
            held: false,
            non_blocking: false,
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
            kept_for_the_end: false,
            is_string: false,
            started: false,
        }
    }

    /// What a port is called that the program names so: of a long name the beginning, because the name is copied into messages.
    pub fn name_of(id: impl Iterator<Item = char>) -> String {
        const LONGEST: usize = 4096;
        id.take(LONGEST).collect()
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
        let mut port = Port::on_memory("string", text.into_bytes(), Some(Transcoder::STRING));
        port.is_string = true;
        port
    }

    /// An input port on `bytes`.
    pub fn from_bytes(bytes: Vec<u8>, transcoder: Option<Transcoder>) -> Port {
        Port::on_memory("bytevector", bytes, transcoder)
    }

    /// An output port that gathers text.
    pub fn to_text() -> Port {
        let mut port = Port::gathering("string", Some(Transcoder::STRING));
        port.is_string = true;
        port
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
    /// Whether the descriptor is still open, if closing the port closes it.
    #[cfg_attr(not(feature = "posix"), allow(dead_code, reason = "who closes descriptors needs it"))]
    pub fn ownership(&self) -> Option<Ownership> {
        self.device.as_ref().and_then(|d| d.ownership())
    }
    /// Closes the port because somebody closes its descriptor: that is left alone, and nothing is left to be flushed to.
    #[cfg_attr(not(feature = "posix"), allow(dead_code, reason = "who closes descriptors needs it"))]
    pub fn give_up(&mut self) {
        if let Some(open) = self.ownership() {
            open.store(false, std::sync::atomic::Ordering::Relaxed)
        }
        let _ = self.abandon();
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

    /// Flushes and closes; closing twice is fine. The port is closed even if that fails, but not while output has to wait.
    pub fn close(&mut self) -> PortResult<()> {
        if !self.open {
            return Ok(());
        }
        let flushed = self.flush();
        if let Err(PortError::WouldBlock(_) | PortError::Interrupted) = flushed {
            return flushed;
        }
        self.abandon().and(flushed)
    }

    /// Closes without writing what waits.
    pub fn abandon(&mut self) -> PortResult<()> {
        self.open = false;
        let closed = self.device.take().map_or(Ok(()), |mut device| device.close());
        self.custom = None;
        self.behind = 0;
        self.output = Vec::new();
        self.output_changed();
        self.input = Vec::new();
        self.at = 0;
        closed.map_err(if self.is_output { PortError::Write } else { PortError::Io })
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        if self.open {
            // Nobody is left to hear of a failure, and a collection does not wait for who may read the output.
            self.may_wait = false;
            let _ = self.flush();
            if self.ownership().is_some()
                && let Some(fd) = self.descriptor()
            {
                do_not_linger(fd)
            }
            let _ = self.abandon();
        }
    }
}

impl External for Port {
    fn trace(&self, tracer: &mut Tracer) {
        if let Some(custom) = &self.custom {
            custom.trace(tracer);
        }
    }
    fn bytes(&self) -> usize {
        [self.name.capacity(), self.input.capacity(), self.output.capacity()].map(system_block).iter().sum()
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
