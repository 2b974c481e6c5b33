//! File descriptors as devices, waiting for them, and the three that a process is started with.

use super::{Device, Ownership, Wait};
use std::ffi::CStr;
use std::io::{Error, ErrorKind, Result};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// A descriptor under a port. Calls that a signal interrupts say so, and none is made again here: the machine, which has
/// limits and interrupts to look at, decides.
pub struct Descriptor {
    fd: libc::c_int,
    /// It goes with the port, or with the first of several that own it.
    owner: Option<Ownership>,
    /// One of the three that the process was started with.
    standard: bool,
}

impl Descriptor {
    /// A descriptor that the port closes.
    pub fn owned(fd: libc::c_int) -> Descriptor {
        Descriptor::sharing(fd, Ownership::new(true.into()))
    }

    /// The same for a descriptor that other ports own as well.
    pub fn sharing(fd: libc::c_int, owner: Ownership) -> Descriptor {
        Descriptor { fd, owner: Some(owner), standard: false }
    }

    /// One that stays open when the port is closed.
    #[cfg(feature = "posix")]
    pub fn borrowed(fd: libc::c_int) -> Descriptor {
        Descriptor { fd, owner: None, standard: false }
    }

    /// A standard descriptor of this process: 0, 1 or 2.
    pub fn standard(fd: libc::c_int) -> Descriptor {
        Descriptor { fd, owner: None, standard: true }
    }

    /// Opens a file; close-on-exec. A signal may interrupt that, a FIFO waits for its other side.
    pub fn open(path: &CStr, flags: libc::c_int) -> Result<Descriptor> {
        // SAFETY: a live C string.
        match unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, 0o666) } {
            -1 => Err(Error::last_os_error()),
            fd => {
                let descriptor = Descriptor::owned(fd);
                refuse_memory_of_processes(fd, flags)?;
                Ok(descriptor)
            }
        }
    }

    /// Fails when another port, or the program, has closed the descriptor: its number may be somebody else's by now.
    fn check(&self) -> Result<()> {
        match &self.owner {
            Some(open) if !open.load(Relaxed) => Err(Error::from_raw_os_error(libc::EBADF)),
            _ => Ok(()),
        }
    }

    fn failure(&self) -> Error {
        let error = Error::last_os_error();
        if self.standard && error.kind() == ErrorKind::BrokenPipe && ENDS_WITH_READER.load(Relaxed) != 0 {
            // SAFETY: the signal's default action, and the signal: the process ends here.
            unsafe {
                libc::signal(libc::SIGPIPE, libc::SIG_DFL);
                libc::raise(libc::SIGPIPE);
            }
        }
        error
    }

    fn answer(&self, n: isize) -> Result<usize> {
        usize::try_from(n).map_err(|_| self.failure())
    }
}

/// Whether the name leads to a FIFO: opening one end waits for the other.
pub fn is_fifo(path: &CStr) -> bool {
    let mut status = std::mem::MaybeUninit::<libc::stat>::uninit();
    // SAFETY: a live C string, and room for the answer, which is read only if it was written.
    unsafe {
        libc::stat(path.as_ptr(), status.as_mut_ptr()) == 0
            && status.assume_init_ref().st_mode & libc::S_IFMT == libc::S_IFIFO
    }
}

/// Fails for a file that is a process's memory, opened to be written: who writes there changes this program itself, or
/// another, behind the back of everything. proc(5)
///
/// # Errors
/// `EACCES`, as where the system forbids it.
pub fn refuse_memory_of_processes(fd: libc::c_int, flags: libc::c_int) -> Result<()> {
    #[cfg(target_os = "linux")]
    if flags & libc::O_ACCMODE != libc::O_RDONLY {
        let mut system = std::mem::MaybeUninit::<libc::statfs>::uninit();
        // SAFETY: room for the answer, which is read only if it was written.
        let of_processes = unsafe {
            libc::fstatfs(fd, system.as_mut_ptr()) == 0 && system.assume_init_ref().f_type == libc::PROC_SUPER_MAGIC
        };
        let name = || std::fs::read_link(format!("/proc/self/fd/{fd}"));
        if of_processes && name().map_or(true, |name| name.ends_with("mem")) {
            return Err(Error::from_raw_os_error(libc::EACCES));
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (fd, flags);
    Ok(())
}

impl Device for Descriptor {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.check()?;
        // SAFETY: the buffer is live and has that length.
        self.answer(unsafe { libc::read(self.fd, buffer.as_mut_ptr().cast(), buffer.len()) })
    }
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.check()?;
        // SAFETY: as above.
        let n = self.answer(unsafe { libc::write(self.fd, bytes.as_ptr().cast(), bytes.len()) })?;
        if self.standard
            && let Some(last) = bytes[..n].last()
        {
            note_column(*last != b'\n')
        }
        Ok(n)
    }
    fn position(&mut self) -> Result<u64> {
        self.check()?;
        // SAFETY: plain system call.
        let at = unsafe { libc::lseek(self.fd, 0, libc::SEEK_CUR) };
        u64::try_from(at).map_err(|_| Error::last_os_error())
    }
    fn seek(&mut self, position: u64) -> Result<()> {
        let position = libc::off_t::try_from(position).map_err(|_| Error::from_raw_os_error(libc::EINVAL))?;
        self.check()?;
        // SAFETY: plain system call.
        match unsafe { libc::lseek(self.fd, position, libc::SEEK_SET) } {
            -1 => Err(Error::last_os_error()),
            _ => Ok(()),
        }
    }
    /// Files and disks have positions. What answers one otherwise, as some devices do, does not mean it.
    fn has_position(&self) -> bool {
        // SAFETY: a structure of plain numbers, live while it is filled.
        unsafe {
            let mut status: libc::stat = std::mem::zeroed();
            self.check().is_ok()
                && libc::fstat(self.fd, &raw mut status) == 0
                && matches!(status.st_mode & libc::S_IFMT, libc::S_IFREG | libc::S_IFBLK)
        }
    }
    fn descriptor(&self) -> Option<i32> {
        self.check().is_ok().then_some(self.fd)
    }
    fn ownership(&self) -> Option<Ownership> {
        self.owner.clone()
    }
    fn close(&mut self) -> Result<()> {
        if !self.owner.take().is_some_and(|open| open.swap(false, Relaxed)) {
            return Ok(());
        }
        // SAFETY: plain system call. Interrupted, the descriptor is closed none the less.
        match unsafe { libc::close(self.fd) } {
            -1 => match Error::last_os_error() {
                e if e.kind() == ErrorKind::Interrupted => Ok(()),
                e => Err(e),
            },
            _ => Ok(()),
        }
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure.
        let _ = self.close();
    }
}

/// Waits at most so long until a descriptor can be read or written; whether it can. An error of the descriptor counts as
/// that: reading or writing will tell it. A signal ends the wait.
pub fn is_ready_within(fd: i32, wait: Wait, time: Duration) -> Result<bool> {
    let events = match wait {
        Wait::Input => libc::POLLIN,
        Wait::Output => libc::POLLOUT,
    };
    let mut asked = libc::pollfd { fd, events, revents: 0 };
    // Rounded up: a rest of a millisecond is waited for, not asked about over and over.
    let milliseconds = i32::try_from(time.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    // SAFETY: one live structure.
    match unsafe { libc::poll(&raw mut asked, 1, milliseconds) } {
        -1 => match Error::last_os_error() {
            e if e.kind() == ErrorKind::Interrupted => Ok(false),
            e => Err(e),
        },
        n => Ok(n > 0),
    }
}

/// Whether what was written to standard output or error last has left a line unended.
static WITHIN_LINE: AtomicU32 = AtomicU32::new(0);

/// Whether the cursor, if these go to a terminal, stands within a line, as far as this process's ports know.
pub fn is_within_line() -> bool {
    WITHIN_LINE.load(Relaxed) != 0
}

/// Says where the cursor is now.
pub fn note_column(within_line: bool) {
    WITHIN_LINE.store(within_line.into(), Relaxed)
}

/// Whether writing to a standard descriptor whose reader is gone ends the process.
static ENDS_WITH_READER: AtomicU32 = AtomicU32::new(0);

/// The signals that this program ignores, and which of them it was started with ignored: a bit each.
const IGNORED: [libc::c_int; 2] = [libc::SIGPIPE, libc::SIGXFSZ];
static IGNORED_AT_START: AtomicU32 = AtomicU32::new(0);

/// Makes this process end when it writes to a standard descriptor whose reader is gone, as Unix programs do, unless whoever
/// started it ignores `SIGPIPE`. The signal itself is ignored, so that a program's own pipes and sockets answer with an
/// error; so is `SIGXFSZ`, for files that may not grow.
pub fn end_with_reader() {
    let mut bits = 0;
    for (i, signal) in IGNORED.into_iter().enumerate() {
        // SAFETY: ignoring a signal runs no code of ours.
        if unsafe { libc::signal(signal, libc::SIG_IGN) } == libc::SIG_IGN {
            bits |= 1 << i;
        }
    }
    IGNORED_AT_START.store(bits, Relaxed);
    ENDS_WITH_READER.store(u32::from(!is_ignored_at_start(libc::SIGPIPE)), Relaxed);
}

/// Whether the process was started with the signal ignored, if it is one of those that this program ignores for itself:
/// what it executes is to find it so.
pub fn is_ignored_at_start(signal: libc::c_int) -> bool {
    let bit = IGNORED.iter().position(|&s| s == signal);
    bit.is_some_and(|i| IGNORED_AT_START.load(Relaxed) & (1 << i) != 0)
}

/// Ends a child process that a program has made: what C libraries have registered for the end is their business in the
/// process that loaded them, which is the parent.
pub fn end_child(status: i32) -> ! {
    // SAFETY: writes out what C's own streams hold, and leaves.
    unsafe {
        libc::fflush(std::ptr::null_mut());
        libc::_exit(status)
    }
}
