//! Messages, exit statuses, and the end of the process.
//!
//! Nothing here waits past the deadline, except that a last message gets a moment more.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};
use vicar::process::{self, StandardStream};
use vicar::{Error, ErrorKind, Style, Vm};

/// Exit status of a program that an uncaught condition, or an error in its text, ended: `EX_SOFTWARE`.
pub const EXIT_ERROR: i32 = 70;
/// Exit status of a wrong command line: `EX_USAGE`.
pub const EXIT_USAGE: i32 = 64;
/// Exit status when what the program has printed cannot be written: `EX_IOERR`.
pub const EXIT_OUTPUT: i32 = 74;
/// Exit status when the program's file cannot be read: `EX_NOINPUT`.
const EXIT_NO_INPUT: i32 = 66;

/// How long a message may take after the deadline.
const GRACE: Duration = Duration::from_millis(40);

/// When to stop, if the program's time is limited.
static DEADLINE: OnceLock<Instant> = OnceLock::new();

/// Sets the deadline, which stays.
pub fn set_deadline(deadline: Instant) {
    let _ = DEADLINE.set(deadline);
}

/// Writes a text on a standard stream.
pub fn write(stream: StandardStream, text: &str) -> Result<(), Error> {
    let end = DEADLINE.get().map(|&d| d.max(Instant::now()) + GRACE);
    stream.write(text, end)
}

/// Reports the error on standard error, unless the program called `(exit)`; answers the exit status.
pub fn report(error: &Error) -> i32 {
    if let ErrorKind::Exit(status) = error.kind() {
        return status;
    }
    let on_terminal = std::io::stderr().is_terminal();
    if on_terminal && process::is_within_line() && std::io::stdout().is_terminal() {
        let _ = write(StandardStream::Error, "\n");
    }
    // If standard error is closed, only the exit status tells.
    let _ = write(StandardStream::Error, &error.report(style(on_terminal)));
    match error.kind() {
        ErrorKind::Io => EXIT_NO_INPUT,
        ErrorKind::Raised if error.is_condition("&i/o-write") => EXIT_OUTPUT,
        _ => EXIT_ERROR,
    }
}

/// How messages look, on a terminal or elsewhere.
pub fn style(on_terminal: bool) -> Style {
    match on_terminal && std::env::var_os("NO_COLOR").is_none() {
        true => Style::Colour,
        false => Style::Plain,
    }
}

/// The process that the program began in: its children are others.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// The process is this machine's program's own: `exit` ends it.
pub fn own_process(vm: &mut Vm) {
    PROCESS.store(std::process::id(), Relaxed);
    vm.own_process(end)
}

/// Ends the process. The machine is left to the system: no more is done than flushing its ports.
pub fn end(vm: &mut Vm, status: i32) -> ! {
    let flushed = vm.flush().and(vm.flush_all_ports());
    let status = match flushed {
        // The same failure has ended the program.
        Err(_) if status == EXIT_OUTPUT => status,
        Err(error) => {
            report(&error);
            if status == 0 { EXIT_OUTPUT } else { status }
        }
        Ok(()) => status,
    };
    if std::process::id() != PROCESS.load(Relaxed) {
        process::end_child(status)
    }
    std::process::exit(status)
}
