//! For a host whose process is there to run one program, as that of `vicar` is: what it does at its beginning, how it ends, and
//! the standard streams as machines use them. A host that runs programs beside other work needs none of it.
//!
//! A machine is told by [`Vm::own_process`](crate::Vm::own_process) that the process is its program's own.

use super::error::{Error, ErrorKind};
use crate::account;
use crate::io::{self, Device, Wait};
use std::time::{Duration, Instant};

/// Makes sure of native stack for this process's first thread: the system supplies its pages when they are touched, and ends
/// the process when it has no memory then. Afterwards the thread runs machines without such a risk. Called early in `main`,
/// before anything of Vicar's; on another thread, or later, it does nothing.
pub fn reserve_stack() {
    account::reserve_stack()
}

/// Makes this process end by SIGPIPE when it writes to a standard stream whose reader is gone, as Unix programs do, unless whoever
/// started it ignores that signal. The signal itself is ignored from now on, so that a program's own pipes and sockets answer
/// with an error; so is SIGXFSZ, for files that may not grow. What a program executes finds both as this process did.
pub fn end_with_reader() {
    io::end_with_reader()
}

/// Lets collections of machines with a heap limit count what this process holds in memory beside what its machines know of:
/// free memory that C's allocator can neither use nor give back. `own` is how many bytes the process may hold for itself.
///
/// Not for a host with other work: its memory would be taken for the machine's. Where the system does not say what a process
/// holds (it is asked on Linux with the GNU C library), nothing changes.
pub fn count_resident_memory(own: usize) {
    account::count_resident_memory(own)
}

/// Ends this process, a child that a program has made, with a status. What libraries have registered for the end of the process is
/// the parent's, and is not done; C's streams are flushed.
pub fn end_child(status: i32) -> ! {
    io::end_child(status)
}

/// A standard stream of this process, as machines use it that were given no other: unbuffered.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum StandardStream {
    /// Standard input.
    Input,
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

impl StandardStream {
    fn device(self) -> io::Descriptor {
        io::Descriptor::standard(self as i32)
    }

    fn wait(self) -> Wait {
        match self {
            StandardStream::Input => Wait::Input,
            StandardStream::Output | StandardStream::Error => Wait::Output,
        }
    }

    /// Waits at most so long until reading from the stream, or writing to it, would not wait; answers whether that is so. A signal
    /// ends the wait.
    ///
    /// # Errors
    /// What the system says.
    pub fn is_ready_within(self, time: Duration) -> std::io::Result<bool> {
        io::is_ready_within(self as i32, self.wait(), time)
    }

    /// Reads once from the stream; 0 bytes are its end. Unlike that of [`std::io::stdin`], this is not done again when a signal
    /// interrupts it.
    ///
    /// # Errors
    /// What the system says.
    pub fn read(self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.device().read(buffer)
    }

    /// Writes all of a text, also where somebody has made the stream non-blocking; until `end`, if there is one. Machines know
    /// afterwards whether it has ended its last line.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it cannot be written by then.
    pub fn write(self, text: &str, end: Option<Instant>) -> Result<(), Error> {
        let mut device = self.device();
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let written = match end {
                Some(_) if !device.is_ready(self.wait()) => Err(std::io::ErrorKind::WouldBlock.into()),
                _ => device.write(rest),
            };
            match written {
                Ok(n) => rest = &rest[n..],
                Err(e) if matches!(e.kind(), std::io::ErrorKind::Interrupted | std::io::ErrorKind::WouldBlock) => {
                    self.wait_until(end).map_err(|e| self.failure(&e))?
                }
                Err(e) => return Err(self.failure(&e)),
            }
        }
        Ok(())
    }

    /// Waits for a while until the stream is ready.
    fn wait_until(self, end: Option<Instant>) -> std::io::Result<()> {
        let left = end.map_or(Duration::from_secs(1), |end| end.saturating_duration_since(Instant::now()));
        match left.is_zero() {
            true => Err(std::io::ErrorKind::TimedOut.into()),
            false => self.is_ready_within(left).map(drop),
        }
    }

    fn failure(self, e: &std::io::Error) -> Error {
        let name = match self {
            StandardStream::Input => "standard input",
            StandardStream::Output => "standard output",
            StandardStream::Error => "standard error",
        };
        Error::plain(ErrorKind::Io, format!("cannot write {name}: {}", io::os_message(e)))
    }
}

/// Whether what was written last to standard output or standard error has left a line unended: by machines, or by
/// [`StandardStream::write`].
pub fn is_within_line() -> bool {
    io::is_within_line()
}

/// Says whether a line is unended, where that is not known from what was written: a terminal echoes what a person types.
pub fn set_within_line(within_line: bool) {
    io::note_column(within_line)
}
