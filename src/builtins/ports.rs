//! What the primitives on ports share: the standard ports, the parameter types, the conditions that failures raise.

use crate::diagnostics::FileId;
use crate::eval::{Capability, Machine, Res, Single, Stop, make_condition};
use crate::heap::{ConditionType, External, Tracer, Value};
use crate::io::{
    BufferMode, Device, FileDevice, Port, PortError, PortResult, PortSource, Printer, Style, Transcoder,
    datum_to_value, os_message,
};
use crate::reader::{Failure, Mode, Reader};
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Memory that a character of a datum is taken to need while it is read: more than most do, less than an open list.
const BYTES_OF_DATUM: u64 = 16;

/// The current ports of a machine and those of its console, made when first asked for.
pub struct StandardPorts {
    current: [Value; 3],
    console: [Value; 3],
    /// What the host put in place of descriptors 0, 1 and 2.
    devices: [Option<SharedDevice>; 3],
}

/// Which of the three.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Standard {
    Input,
    Output,
    Error,
}

impl Default for StandardPorts {
    fn default() -> Self {
        StandardPorts { current: [Value::ABSENT; 3], console: [Value::ABSENT; 3], devices: [None, None, None] }
    }
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
}

impl External for StandardPorts {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.values(&self.current);
        tracer.values(&self.console);
    }
    fn type_name(&self) -> &'static str {
        "standard-ports"
    }
}

impl Machine {
    /// The current input, output or error port.
    pub fn current_port(&mut self, which: Standard) -> Value {
        let i = which as usize;
        let port = self.extension::<StandardPorts>().current[i];
        if !port.is_absent() {
            return port;
        }
        let port = self.console_port(which);
        self.extension::<StandardPorts>().current[i] = port;
        port
    }

    /// The console's input, output or error port: what the current port is at first.
    pub fn console_port(&mut self, which: Standard) -> Value {
        let i = which as usize;
        let port = self.extension::<StandardPorts>().console[i];
        if !port.is_absent() {
            return port;
        }
        let port = self.standard_port(which);
        self.extension::<StandardPorts>().console[i] = port;
        port
    }

    pub fn set_console_port(&mut self, which: Standard, port: Value) {
        self.extension::<StandardPorts>().console[which as usize] = port;
    }

    pub fn set_current_port(&mut self, which: Standard, port: Value) {
        self.extension::<StandardPorts>().current[which as usize] = port;
    }

    /// Puts a device in place of a standard descriptor, for ports made from now on.
    pub fn set_standard_device(&mut self, which: Standard, device: Box<dyn Device>) {
        let ports = self.extension::<StandardPorts>();
        ports.devices[which as usize] = Some(SharedDevice(Arc::new(Mutex::new(device))));
        ports.current[which as usize] = Value::ABSENT;
        ports.console[which as usize] = Value::ABSENT;
    }

    fn host_device(&mut self, which: Standard) -> Option<SharedDevice> {
        self.extension::<StandardPorts>().devices[which as usize].clone()
    }

    fn standard_device(&mut self, which: Standard) -> Box<dyn Device> {
        match self.host_device(which) {
            Some(device) => Box::new(device),
            None => Box::new(FileDevice::standard(which as i32)),
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
        self.heap.external(Box::new(Port::over(name, device, directions, None, BufferMode::None)))
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
        let port = Port::over(name, device, directions, Some(Transcoder::NATIVE), mode);
        self.heap.external(Box::new(port))
    }

    /// An operation on a port that may wait. One that a signal interrupts is done again, unless the run is to end.
    pub fn on_port<T>(
        &mut self,
        who: &str,
        port: Value,
        mut operation: impl FnMut(&mut Port) -> PortResult<T>,
    ) -> Res<T> {
        loop {
            let done = port.external_mut::<Port>().map_or(Err(PortError::Closed), &mut operation);
            match done {
                Err(PortError::Interrupted) => self.poll()?,
                Err(e) => return Err(self.port_error(who, e, port)),
                Ok(answer) => return Ok(answer),
            }
        }
    }

    /// Flushes the output and error ports, the current ones and the console's, if they were ever used.
    pub fn flush_standard_ports(&mut self) -> Result<(), PortError> {
        let StandardPorts { current, console, .. } = self.extension::<StandardPorts>();
        for port in [current[1], current[2], console[1], console[2]] {
            if let Some(port) = port.external_mut::<Port>() {
                port.flush_at_once()?;
            }
        }
        Ok(())
    }

    /// Flushes all ports of the machine, whoever has them: before a process is made that has them too, or before this one
    /// ends. Whether all could be: the others keep what is left.
    pub fn flush_all_ports(&mut self) -> bool {
        let mut all = true;
        self.heap.each_external::<Port>(|port| all &= port.flush_at_once().is_ok() && !port.holds_output());
        all
    }

    /// In a child process: forgets what ports hold that was written before, because the parent has it too.
    pub fn forget_output(&mut self) {
        self.heap.each_external::<Port>(Port::forget_output);
    }

    /// The condition for a failure on a port.
    #[cold]
    pub fn port_error(&mut self, who: &str, error: PortError, port: Value) -> Stop {
        let heap = &mut self.heap;
        let (simple, message) = match error {
            PortError::Io(e) => {
                let at = heap.condition(ConditionType::IoPort, &[port]);
                (vec![heap.condition(ConditionType::IoRead, &[]), at], os_message(&e))
            }
            PortError::Write(e) => {
                let at = heap.condition(ConditionType::IoPort, &[port]);
                (vec![heap.condition(ConditionType::IoWrite, &[]), at], os_message(&e))
            }
            PortError::Decoding => (
                vec![heap.condition(ConditionType::IoDecoding, &[port])],
                "the bytes are not text in the port's encoding".to_owned(),
            ),
            PortError::Encoding(c) => (
                vec![heap.condition(ConditionType::IoEncoding, &[port, Value::char(c)])],
                format!("the port's encoding has no {c:?}"),
            ),
            PortError::WouldBlock => {
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
        let simple = self.heap.condition(kind, &[filename]);
        Stop::raise(make_condition(&mut self.heap, &[simple], who, &os_message(error), &[filename]))
    }

    /// Opens a file as a textual port in one direction.
    pub fn open_text_file(&mut self, who: &str, filename: Value, path: &str, output: bool) -> Res {
        self.require(Capability::Filesystem, who)?;
        let opened = if output {
            std::fs::OpenOptions::new().write(true).create_new(true).open(path)
        } else {
            std::fs::File::open(path)
        };
        match opened {
            Ok(file) => {
                let device = Box::new(FileDevice(file));
                let port = Port::over(path, device, (!output, output), Some(Transcoder::NATIVE), BufferMode::Block);
                Ok(self.heap.external(Box::new(port)))
            }
            Err(e) => Err(self.file_error(who, &e, filename)),
        }
    }

    /// Reads a datum from a textual input port.
    pub fn read_datum(&mut self, who: &str, port: Value) -> Res {
        let Some(p) = port.external_mut::<Port>() else { return Ok(Value::EOF) };
        let mut stopped = None;
        let mut permit = |taken: u64, more: u64| {
            let asked = self.poll().and_then(|()| self.charge(more as usize / 4)).and_then(|()| {
                self.heap.reserve((taken + more).saturating_mul(BYTES_OF_DATUM) as usize)?;
                Ok(())
            });
            stopped = asked.err();
            stopped.is_none()
        };
        let mut reader = Reader::new(PortSource::new(p, &mut permit), FileId::NONE, Mode::default());
        let read = reader.next_datum().map(|found| found.map(|id| (reader.take_datums(), id)));
        if let Some(stop) = stopped {
            return Err(stop);
        }
        match read {
            Ok(None) => Ok(Value::EOF),
            Ok(Some((datums, id))) => {
                self.charge(datums.len())?;
                Ok(datum_to_value(&mut self.heap, &datums, id))
            }
            Err(Failure::Source(e)) => {
                if p.is_blocked() {
                    // Part of the datum is gone: `reading` must not say that there is nothing yet.
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
        let mut printer = Printer::new(value, style);
        let mut text = String::new();
        loop {
            let done = printer.step(&mut text, 4096);
            self.charge(text.len() / 8)?;
            self.write_text_on(who, &text, port)?;
            if done {
                return Ok(Value::VOID);
            }
            text.clear();
        }
    }

    /// Writes about `bytes` bytes on the output port `p` in `port`. What a port gathers in memory counts as the heap's: it is asked for
    /// before and accounted for after.
    pub fn write_on(
        &mut self,
        who: &str,
        port: Value,
        p: &mut Port,
        bytes: usize,
        write: impl FnOnce(&mut Port) -> PortResult<()>,
    ) -> Res<()> {
        self.heap.reserve(p.growth(bytes))?;
        let before = p.bytes();
        let mut written = write(p);
        while let Err(PortError::Interrupted) = written {
            self.poll()?;
            written = p.flush();
        }
        self.heap.account(p.bytes().saturating_sub(before));
        written.map_err(|e| self.port_error(who, e, port))
    }

    pub fn write_text_on(&mut self, who: &str, text: &str, port: Value) -> Res {
        match port.external_mut::<Port>() {
            Some(p) if p.is_output() && p.is_textual() => {
                self.write_on(who, port, p, text.len(), |p| p.write_text(text))?;
                Ok(Value::VOID)
            }
            _ => Err(self.wrong_argument(who, "port", 2, "a textual output port", port)),
        }
    }
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
