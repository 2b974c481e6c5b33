//! What the primitives on ports share: the standard ports, the parameter types, the conditions that failures raise.

use super::custom::written;
use super::system_text::Text;
use crate::account::Claim;
use crate::diagnostics::FileId;
use crate::eval::{Capability, Machine, PORTS, Res, Single, Stop, make_condition};
use crate::heap::{ConditionType, External, Heap, Interrupt, Str, Value, View};
use crate::io::{
    BufferMode, Descriptor, Device, Need, Port, PortError, PortResult, PortSource, Printer, Style, Transcoder, Wait,
    aside, close_aside, datum_to_value, is_fifo, is_ready_within, lingering_copy, os_message, os_text,
};
use crate::primitives::numbers::arithmetic;
use crate::primitives::work::{PIECE, SYSTEM_CALL, look, pieces_of_text};
use crate::reader::{Failure, Mode, Reader};
use std::ffi::CStr;
use std::io::IsTerminal;
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long output may take after the deadline, if it is to be moved on all the same.
const GRACE: Duration = Duration::from_millis(40);

/// Where the console's ports are in [`Machine::ports`], behind the current ones.
const CONSOLE: usize = 3;

/// The procedures that get and set [`Machine::ports`], in this order.
const PORT_PARAMETERS: [&str; PORTS] = [
    "current-input-port",
    "current-output-port",
    "current-error-port",
    "console-input-port",
    "console-output-port",
    "console-error-port",
];

/// Which of [`Machine::ports`] a procedure gets and sets, if it is such a parameter.
pub fn port_parameter(m: &Machine, procedure: Value) -> Option<usize> {
    let primitive = m.primitive_of(procedure)?;
    PORT_PARAMETERS.iter().position(|&name| name == primitive.name)
}

/// What the standard ports of a machine are made of.
#[derive(Default)]
pub struct StandardPorts {
    /// What the host put in place of descriptors 0, 1 and 2.
    devices: [Option<SharedDevice>; 3],
    /// The program itself has asked that these do not wait.
    non_blocking: [bool; 3],
}

/// Which of the three.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Standard {
    Input,
    Output,
    Error,
}

/// A device of the host under several ports: the textual standard port, and each binary one.
#[derive(Clone)]
struct SharedDevice(Arc<Mutex<Box<dyn Device>>>);

impl SharedDevice {
    fn device(&self) -> MutexGuard<'_, Box<dyn Device>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Device for SharedDevice {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.device().read(buffer)
    }
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.device().write(bytes)
    }
    fn position(&mut self) -> std::io::Result<u64> {
        self.device().position()
    }
    fn seek(&mut self, position: u64) -> std::io::Result<()> {
        self.device().seek(position)
    }
    fn has_position(&self) -> bool {
        self.device().has_position()
    }
    fn descriptor(&self) -> Option<i32> {
        self.device().descriptor()
    }
    fn is_ready(&self, wait: Wait) -> bool {
        self.device().is_ready(wait)
    }
}

impl External for StandardPorts {
    fn type_name(&self) -> &'static str {
        "standard-ports"
    }
}

/// So many bytes are printed between two charges.
pub const PRINTED: usize = 4096;

impl Machine {
    /// The current input, output or error port.
    pub fn current_port(&mut self, which: Standard) -> Value {
        if self.ports[which as usize].is_absent() {
            self.ports[which as usize] = self.console_port(which);
        }
        self.ports[which as usize]
    }

    /// The console's input, output or error port: what the current port is at first.
    pub fn console_port(&mut self, which: Standard) -> Value {
        if self.ports[CONSOLE + which as usize].is_absent() {
            self.ports[CONSOLE + which as usize] = self.standard_port(which);
        }
        self.ports[CONSOLE + which as usize]
    }

    pub fn set_console_port(&mut self, which: Standard, port: Value) {
        self.ports[CONSOLE + which as usize] = port;
    }

    pub fn set_current_port(&mut self, which: Standard, port: Value) {
        self.ports[which as usize] = port;
    }

    /// Puts a device in place of a standard descriptor, for ports made from now on.
    pub fn set_standard_device(&mut self, which: Standard, device: Box<dyn Device>) {
        let ports = self.extension::<StandardPorts>();
        ports.devices[which as usize] = Some(SharedDevice(Arc::new(Mutex::new(device))));
        self.ports[which as usize] = Value::ABSENT;
        self.ports[CONSOLE + which as usize] = Value::ABSENT;
    }

    fn host_device(&mut self, which: Standard) -> Option<SharedDevice> {
        self.extension::<StandardPorts>().devices[which as usize].clone()
    }

    fn standard_device(&mut self, which: Standard) -> Box<dyn Device> {
        match self.host_device(which) {
            Some(device) => Box::new(device),
            None => Box::new(Descriptor::standard(which as i32)),
        }
    }

    /// A new binary port on a standard device. Without a buffer: nobody would flush it at the end.
    pub fn binary_standard_port(&mut self, which: Standard) -> Value {
        let device = self.standard_device(which);
        let (name, directions) = match which {
            Standard::Input => ("stdin", (true, false)),
            Standard::Output => ("stdout", (false, true)),
            Standard::Error => ("stderr", (false, true)),
        };
        let mut port = Port::over(name, device, directions, None, BufferMode::None);
        port.non_blocking = self.is_standard_non_blocking(which);
        self.heap.external(Box::new(port))
    }

    fn standard_port(&mut self, which: Standard) -> Value {
        let on_terminal = self.host_device(which).is_none() && std::io::stdout().is_terminal();
        let device = self.standard_device(which);
        let (name, directions, mode) = match which {
            Standard::Input => ("stdin", (true, false), BufferMode::Block),
            Standard::Output if on_terminal => ("stdout", (false, true), BufferMode::Line),
            Standard::Output => ("stdout", (false, true), BufferMode::Block),
            Standard::Error => ("stderr", (false, true), BufferMode::None),
        };
        let mut port = Port::over(name, device, directions, Some(Transcoder::NATIVE), mode);
        port.non_blocking = self.is_standard_non_blocking(which);
        if which == Standard::Output && self.owns_process && self.host_device(which).is_none() {
            port.keep_for_the_end();
        }
        self.heap.external(Box::new(port))
    }

    fn is_standard_non_blocking(&mut self, which: Standard) -> bool {
        let ports = self.extension::<StandardPorts>();
        ports.devices[which as usize].is_none() && ports.non_blocking[which as usize]
    }

    /// The program itself has made a descriptor non-blocking, or blocking again: so are the ports over it. What somebody
    /// else has done to a descriptor, which others may have as well, makes no difference to a port.
    pub fn note_non_blocking(&mut self, descriptor: i32, on: bool) {
        if let Some(standard) = usize::try_from(descriptor).ok().filter(|&d| d < 3) {
            self.extension::<StandardPorts>().non_blocking[standard] = on;
        }
        self.heap.each_external::<Port>(|port| {
            if port.descriptor() == Some(descriptor) {
                port.non_blocking = on;
            }
        });
    }

    /// An operation on a port that may wait, and is done again afterwards, unless the run is to end.
    pub fn on_port<T>(
        &mut self,
        who: &str,
        port: Value,
        mut operation: impl FnMut(&mut Port) -> PortResult<T>,
    ) -> Res<T> {
        loop {
            let Some(p) = port.external_mut::<Port>() else {
                return Err(self.port_error(who, PortError::Closed, port));
            };
            if p.is_output() {
                p.may_wait = self.patience().is_none()
            }
            let done = operation(p);
            let calls = p.take_device_calls();
            if calls > 0 {
                self.heap.owe(calls.saturating_mul(SYSTEM_CALL));
            }
            match done {
                Err(e) => self.wait_out(who, e, port)?,
                Ok(answer) => return Ok(answer),
            }
        }
    }

    /// Waits, if that is all that a failed operation needs to be done again.
    pub fn wait_out(&mut self, who: &str, error: PortError, port: Value) -> Res<()> {
        let waits = port.external_ref::<Port>().filter(|p| !p.non_blocking).and_then(Port::descriptor);
        self.wait_out_on(who, error, port, waits)
    }

    /// The same where the port is in use: `waits` is its descriptor, if it may be waited for.
    fn wait_out_on(&mut self, who: &str, error: PortError, port: Value, waits: Option<i32>) -> Res<()> {
        match (error, waits) {
            (PortError::Interrupted, _) => self.poll(),
            (PortError::WouldBlock(wait), Some(descriptor)) => self.wait_for_descriptor(descriptor, wait),
            (error, _) => Err(self.port_error(who, error, port)),
        }
    }

    /// Waits until a descriptor can be read or written, unless the run is to end.
    pub fn wait_for_descriptor(&mut self, descriptor: i32, wait: Wait) -> Res<()> {
        loop {
            self.poll()?;
            // A descriptor that cannot be waited for is left to the operation.
            if is_ready_within(descriptor, wait, self.slice()).unwrap_or(true) {
                return Ok(());
            }
        }
    }

    /// Before a descriptor is closed: a copy that keeps closing it from waiting, if it would, and the machine has not got all the
    /// time there is. [`Machine::linger`] takes it afterwards.
    pub fn lingering_copy(&self, descriptor: i32) -> Option<OwnedFd> {
        self.patience().and_then(|_| lingering_copy(descriptor))
    }

    /// Waits as closing a socket would, unless the run is to end.
    pub fn linger(&mut self, copy: Option<OwnedFd>) -> Res<()> {
        match copy.and_then(close_aside) {
            Some(answer) => self.wait_for(&answer).map(drop),
            None => Ok(()),
        }
    }

    /// How long a wait lasts until limits and interrupts are looked at. In a process of the program's own, signals end it
    /// earlier; another thread's interrupt does not.
    fn slice(&self) -> Duration {
        let slice = if self.owns_process { Duration::from_secs(1) } else { Duration::from_millis(20) };
        let left = self.heap.watch.deadline.map(|d| d.saturating_duration_since(Instant::now()));
        left.map_or(slice, |left| left.min(slice))
    }

    /// What ends a wait.
    fn stops(&self) -> (Option<Instant>, Arc<Interrupt>) {
        (self.heap.watch.deadline, self.heap.watch.interrupt.clone())
    }

    /// Flushes a port outside of its own operations: before a process is made, or at the end of this one. Waits as long as
    /// it takes, but after the deadline only for a moment, and not at all where the program has said that the port does not.
    fn flush_patiently(p: &mut Port, (deadline, interrupt): &(Option<Instant>, Arc<Interrupt>)) -> PortResult<()> {
        let end = deadline.map(|d| d.max(Instant::now()) + GRACE);
        p.may_wait = false;
        loop {
            let descriptor = match (p.flush(), p.descriptor()) {
                (Err(PortError::WouldBlock(_)), Some(descriptor)) if !p.non_blocking => Some(descriptor),
                (Err(PortError::Interrupted), descriptor) => descriptor,
                (other, _) => return other,
            };
            if interrupt.is_wanted() {
                return Err(PortError::Interrupted);
            }
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Err(PortError::Write(std::io::ErrorKind::TimedOut.into()));
            }
            if let Some(descriptor) = descriptor {
                let _ = is_ready_within(descriptor, Wait::Output, left.unwrap_or(Duration::from_secs(1)));
            }
        }
    }

    /// Flushes the output and error ports, the current ones and the console's, if they were ever used.
    pub fn flush_standard_ports(&mut self) -> Result<(), PortError> {
        let stops = self.stops();
        let mut result = Ok(());
        for which in [Standard::Output, Standard::Error] {
            for port in [self.ports[which as usize], self.ports[CONSOLE + which as usize]] {
                if let Some(port) = port.external_mut::<Port>() {
                    result = result.and(Machine::flush_patiently(port, &stops));
                }
            }
        }
        result
    }

    /// Flushes all ports of the machine, whoever has them: before a process is made that has them too, or before this one
    /// ends. Those that could not be keep what is left; the first of them is told, with the reason.
    pub fn flush_all_ports(&mut self) -> Result<(), (String, PortError)> {
        let stops = self.stops();
        let mut result = Ok(());
        self.heap.each_external::<Port>(|port| {
            if let Err(e) = Machine::flush_patiently(port, &stops)
                && result.is_ok()
            {
                result = Err((port.name.clone(), e));
            }
        });
        result
    }

    /// Whether some port holds output that nobody has taken.
    pub fn holds_output(&mut self) -> bool {
        let mut any = false;
        self.heap.each_external::<Port>(|port| any |= port.holds_output());
        any
    }

    /// In a child process: forgets what ports hold that was written before, because the parent has it too.
    pub fn forget_output(&mut self) {
        self.heap.each_external::<Port>(Port::forget_output);
    }

    /// The condition for a failure on a port.
    #[cold]
    pub fn port_error(&mut self, who: &str, error: PortError, port: Value) -> Stop {
        let heap = &mut self.heap;
        let (mut simple, message) = match &error {
            PortError::Io(e) => (vec![heap.condition(ConditionType::IoPort, &[port])], os_message(e)),
            PortError::Read(e) => {
                let read = heap.condition(ConditionType::IoRead, &[]);
                (vec![read, heap.condition(ConditionType::IoPort, &[port])], os_message(e))
            }
            PortError::Write(e) => {
                let write = heap.condition(ConditionType::IoWrite, &[]);
                (vec![write, heap.condition(ConditionType::IoPort, &[port])], os_message(e))
            }
            PortError::Decoding => (
                vec![heap.condition(ConditionType::IoDecoding, &[port])],
                "the bytes are not text in the port's encoding".to_owned(),
            ),
            PortError::Encoding(c) => (
                vec![heap.condition(ConditionType::IoEncoding, &[port, Value::char(*c)])],
                format!("the port's encoding has no {c:?}"),
            ),
            PortError::WouldBlock(_) => {
                (vec![heap.condition(ConditionType::IoEagain, &[])], "the operation would block".to_owned())
            }
            PortError::Needs => {
                // Where `custom_ports::reading` stands around the operation, it supplies input instead.
                return self.assertion(
                    who,
                    "the custom port has nothing buffered, and nothing can be supplied here",
                    &[port],
                );
            }
            PortError::Interrupted => {
                (vec![heap.condition(ConditionType::IoRead, &[])], "interrupted by a signal".to_owned())
            }
            PortError::Refused => return self.assertion(who, "reading was not permitted to go on", &[port]),
            PortError::Closed => return self.assertion(who, "the port is closed", &[port]),
        };
        simple.extend(errno_condition(heap, error.errno()));
        Stop::raise(make_condition(heap, &simple, who, &message, &[port]))
    }

    /// The condition for a file that could not be opened, removed or looked at.
    #[cold]
    pub fn file_error(&mut self, who: &str, error: &std::io::Error, filename: Value) -> Stop {
        use std::io::ErrorKind as E;
        let kind = match error.kind() {
            E::NotFound => ConditionType::IoFileDoesNotExist,
            E::AlreadyExists => ConditionType::IoFileAlreadyExists,
            E::PermissionDenied => ConditionType::IoFileProtection,
            E::ReadOnlyFilesystem => ConditionType::IoFileIsReadOnly,
            _ => ConditionType::IoFilename,
        };
        let mut simple = vec![self.heap.condition(kind, &[filename])];
        simple.extend(errno_condition(&mut self.heap, error.raw_os_error()));
        Stop::raise(make_condition(&mut self.heap, &simple, who, &os_message(error), &[filename]))
    }

    /// Opens a file. One end of a FIFO waits for the other, which the machine may not have the time for.
    fn open_device(&mut self, name: &CStr, flags: libc::c_int) -> Res<std::io::Result<Descriptor>> {
        if is_fifo(name) && self.patience().is_some() {
            let name = name.to_owned();
            if let Some(answer) = aside(move || Descriptor::open(&name, flags)) {
                let unanswered = || Err(std::io::Error::from_raw_os_error(libc::EAGAIN));
                return Ok(self.wait_for(&answer)?.unwrap_or_else(unanswered));
            }
        }
        Ok(Descriptor::open(name, flags))
    }

    /// Opens a file as a port. What a signal interrupts is begun again, unless the run is to end.
    pub fn open_file(
        &mut self,
        who: &str,
        filename: &Text,
        flags: libc::c_int,
        directions: (bool, bool),
        transcoder: Option<Transcoder>,
        buffer_mode: BufferMode,
    ) -> Res {
        /// Fuel for the way to a file, and for the port.
        const OPEN: usize = 60;
        self.require(Capability::Filesystem, who)?;
        self.charge(OPEN)?;
        loop {
            match self.open_device(filename.as_c(), flags)? {
                Ok(device) => {
                    let name = os_text::decode(filename.bytes());
                    let port = Port::over(&name, Box::new(device), directions, transcoder, buffer_mode);
                    return Ok(self.heap.external(Box::new(port)));
                }
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => self.poll()?,
                Err(e) => return Err(self.file_error(who, &e, filename.value)),
            }
        }
    }

    /// Opens a file as a textual port in one direction.
    pub fn open_text_file(&mut self, who: &str, filename: &Text, output: bool) -> Res {
        let flags = if output { libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL } else { libc::O_RDONLY };
        self.open_file(who, filename, flags, (!output, output), Some(Transcoder::NATIVE), BufferMode::Block)
    }

    /// Reads a datum from a textual input port.
    pub fn read_datum(&mut self, who: &str, port: Value) -> Res {
        let Some(p) = port.external_mut::<Port>() else { return Ok(Value::EOF) };
        p.hold();
        let mut stopped = None;
        let account = self.heap.memory().clone();
        let mut permit = |need: Need| {
            let asked = match need {
                Need::Characters { more } => self.poll().and_then(|()| self.charge(more as usize / 4)),
                Need::Patience { error, descriptor, non_blocking } => {
                    self.wait_out_on(who, error, port, descriptor.filter(|_| !non_blocking))
                }
            };
            stopped = asked.err();
            stopped.is_none()
        };
        let mut reader = Reader::new(PortSource::new(p, &mut permit), FileId::NONE, Mode::default(), &account);
        let read = reader.next_datum().map(|found| found.map(|id| (reader.take_datums(), id)));
        if let Some(stop) = stopped {
            return Err(stop);
        }
        match read {
            Ok(None) => {
                p.take_end();
                Ok(Value::EOF)
            }
            Ok(Some((datums, id))) => {
                self.charge(datums.len())?;
                datum_to_value(&mut self.heap, &datums, id).map_err(|full| match look(self) {
                    Ok(()) => full.into(),
                    Err(stop) => stop,
                })
            }
            Err(Failure::HeapFull) => Err(Stop::HEAP),
            Err(Failure::Source(e)) => {
                if p.is_blocked() && p.give_back() > 0 {
                    // Part of the datum is there: `reading` must not say that there is nothing yet.
                    p.begin_operation();
                }
                Err(self.port_error(who, e, port))
            }
            Err(Failure::Malformed(e)) => {
                let lexical = self.heap.condition(ConditionType::Lexical, &[]);
                let read = self.heap.condition(ConditionType::IoRead, &[]);
                Err(Stop::raise(make_condition(&mut self.heap, &[lexical, read], who, e.message(), &[port])))
            }
        }
    }

    /// Prints a value on a port, charging as it goes.
    pub fn print_on(&mut self, who: &str, value: Value, port: Value, style: Style) -> Res {
        if let (Style::Display, Some(s)) = (style, Str::from_value(value)) {
            return self.write_string_on(who, s, 0..s.len(), port);
        }
        let mut printer = Printer::new(value, style, self.heap.memory());
        loop {
            let done = printer.step(PRINTED)?;
            self.print_long_number(who, &mut printer)?;
            self.charge_printing(printer.text().len(), done)?;
            self.write_text_on(who, printer.text(), port)?;
            if done {
                return Ok(Value::VOID);
            }
            printer.clear();
        }
    }

    /// Writes characters `range` of a string, which are inside of it, on a port: in pieces, which are ASCII as they lie in
    /// the string, or a copy.
    pub fn write_string_on(&mut self, who: &str, s: Str, range: Range<usize>, port: Value) -> Res {
        self.charge(range.len() / 8)?;
        let (mut at, mut copy) = (range.start, String::new());
        loop {
            let end = range.end.min(at.saturating_add(PIECE));
            let ascii = s.latin1().and_then(|bytes| bytes.get(at..end)).filter(|bytes| bytes.is_ascii());
            let text = match ascii.map(std::str::from_utf8) {
                Some(Ok(text)) => text,
                _ => {
                    copy.clear();
                    copy.extend((at..end).filter_map(|i| s.get(i)));
                    &copy
                }
            };
            self.write_text_on(who, text, port)?;
            if end == range.end {
                return Ok(Value::VOID);
            }
            look(self)?;
            at = end;
        }
    }

    /// Writes text that may be long, in pieces, and passes it on to a custom port's procedure where that is due.
    pub fn write_long_text_on(&mut self, who: &str, text: &str, port: Value) -> Res {
        if text.len() <= PIECE {
            self.write_text_on(who, text, port)?;
        } else {
            for piece in pieces_of_text(text) {
                self.write_text_on(who, piece, port)?;
                look(self)?;
            }
        }
        written(self, who, port)
    }

    /// A string of the heap, if there is room for it.
    pub fn new_string(&mut self, text: &str) -> Res {
        if text.len() > PIECE {
            return self.new_long_string(text);
        }
        let wide = text.chars().any(|c| c > '\u{ff}');
        self.heap.reserve(if wide { text.chars().count() * 4 } else { text.len() })?;
        Ok(self.heap.string(text))
    }

    /// The same in pieces.
    fn new_long_string(&mut self, text: &str) -> Res {
        let (mut length, mut wide) = (0, false);
        for piece in pieces_of_text(text) {
            length += piece.chars().count();
            wide |= piece.chars().any(|c| c > '\u{ff}');
            look(self)?;
        }
        self.heap.reserve(length.saturating_mul(if wide { 4 } else { 1 }))?;
        let string = Str(self.heap.blank_string(length, wide));
        let mut at = 0;
        for piece in pieces_of_text(text) {
            at += string.fill(at, piece.chars());
            look(self)?;
        }
        Ok(string.value())
    }

    /// The string that bytes encode in UTF-8, U+FFFD in place of what is wrong.
    pub fn new_string_of_utf8(&mut self, bytes: &[u8]) -> Res {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return self.new_string(text);
        }
        // A wrong byte becomes three.
        let mut claim = Claim::new(self.heap.memory());
        claim.take(bytes.len().saturating_mul(4))?;
        self.new_string(&String::from_utf8_lossy(bytes))
    }

    /// Prints the number that the printer leaves to its caller, if there is one.
    fn print_long_number(&mut self, who: &str, printer: &mut Printer) -> Res<()> {
        if let Some(v) = printer.long_number() {
            let mut digits = String::new();
            arithmetic::append_digits(self, who, v, 10, &mut digits)?;
            printer.add(&digits)?;
        }
        Ok(())
    }

    /// Charges for a step of the printer, which may have looked at data only.
    pub fn charge_printing(&mut self, bytes: usize, done: bool) -> Res<()> {
        self.charge(if done { bytes / 8 } else { bytes.max(PRINTED) / 8 })
    }

    /// Prints a value at the end of `out`, for which `claim` pays.
    pub fn print_into(
        &mut self,
        who: &str,
        value: Value,
        style: Style,
        out: &mut String,
        claim: &mut Claim,
    ) -> Res<()> {
        let mut printer = Printer::new(value, style, self.heap.memory());
        loop {
            let done = printer.step(PRINTED)?;
            self.print_long_number(who, &mut printer)?;
            self.charge_printing(printer.text().len(), done)?;
            claim.push_str(out, printer.text())?;
            if done {
                return Ok(());
            }
            printer.clear();
        }
    }

    /// Writes about `bytes` bytes on an output port. What a port gathers in memory counts as the heap's: it is asked for
    /// before and accounted for after.
    pub fn write_on(
        &mut self,
        who: &str,
        port: Value,
        bytes: usize,
        write: impl FnOnce(&mut Port) -> PortResult<()>,
    ) -> Res<()> {
        let Some(p) = port.external_mut::<Port>() else { return Err(self.port_error(who, PortError::Closed, port)) };
        self.heap.reserve_many(p.growth(bytes))?;
        let before = p.bytes();
        let written = write(p);
        self.heap.account(p.bytes().saturating_sub(before));
        match written {
            Ok(()) => Ok(()),
            // The port is not borrowed while it is waited for: the machine may look at its ports then.
            Err(e) => {
                self.wait_out(who, e, port)?;
                self.on_port(who, port, Port::flush)
            }
        }
    }

    pub fn write_text_on(&mut self, who: &str, text: &str, port: Value) -> Res {
        match port.external_ref::<Port>() {
            Some(p) if p.is_output() && p.is_textual() => {
                self.write_on(who, port, text.len(), |p| p.write_text(text))?;
                Ok(Value::VOID)
            }
            _ => Err(self.wrong_argument(who, "port", 2, "a textual output port", port)),
        }
    }
}

/// `&errno`, where the system has told one: its code is negated, as all of them are for programs.
fn errno_condition(heap: &mut Heap, code: Option<i32>) -> Option<Value> {
    code.map(|code| heap.condition(ConditionType::Errno, &[Value::fixnum(-i64::from(code))]))
}

/// What a primitive that is a parameter answers: the port that `get` says, or nothing after `set` has taken a new one.
pub fn parameter(
    m: &mut Machine,
    which: Standard,
    new: Option<Value>,
    get: fn(&mut Machine, Standard) -> Value,
    set: fn(&mut Machine, Standard, Value),
) -> Value {
    match new {
        None => get(m, which),
        Some(port) => {
            set(m, which, port);
            Value::VOID
        }
    }
}

macro_rules! port_arguments {
    ($($(#[$doc:meta])* $name:ident, $what:literal, |$p:ident| $test:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Copy, Clone)]
        pub struct $name(pub Value);
        impl Single for $name {
            const WHAT: &'static str = $what;
            fn convert(v: Value) -> Option<$name> {
                v.external_ref::<Port>().is_some_and(|$p| $test).then_some($name(v))
            }
        }
        impl $name {
            #[allow(clippy::mut_from_ref, dead_code, reason = "the value alone is enough for some")]
            pub fn port(&self) -> &mut Port {
                self.0.external_mut().expect("checked when the argument was taken")
            }
        }
    )*};
}

port_arguments! {
    AnyPort, "a port", |_p| true;
    InputPort, "an input port", |p| p.is_input();
    OutputPort, "an output port", |p| p.is_output();
    TextualInputPort, "a textual input port", |p| p.is_input() && p.is_textual();
    TextualOutputPort, "a textual output port", |p| p.is_output() && p.is_textual();
    BinaryInputPort, "a binary input port", |p| p.is_input() && !p.is_textual();
    BinaryOutputPort, "a binary output port", |p| p.is_output() && !p.is_textual();
}
