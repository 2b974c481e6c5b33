//! Devices: what moves bytes for a port. Descriptors here; hosts and sockets bring their own.

use super::Contained;
use std::fs::File;
use std::io::{Error, Read, Result, Seek, SeekFrom, Write};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Where a port's bytes come from and go to.
pub trait Device: Send {
    /// Zero at the end of the data.
    fn read(&mut self, _buffer: &mut [u8]) -> Result<usize> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn write(&mut self, _bytes: &[u8]) -> Result<usize> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    /// Where the next byte is read or written, if the device knows positions.
    fn position(&mut self) -> Result<u64> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn seek(&mut self, _position: u64) -> Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
    fn has_position(&self) -> bool {
        false
    }
    /// The file descriptor, if there is one.
    fn descriptor(&self) -> Option<i32> {
        None
    }
}

/// "No such file or directory", without the number that Rust puts behind it.
pub fn os_message(e: &Error) -> String {
    let text = e.to_string();
    match text.find(" (os error") {
        Some(i) => text[..i].to_owned(),
        None => text,
    }
}

/// An open file, closed when dropped.
pub struct FileDevice(pub File);

/// A file that stays open when the port is closed: the standard descriptors.
pub struct BorrowedFileDevice(pub ManuallyDrop<File>);

impl FileDevice {
    /// A standard descriptor of this process: 0, 1 or 2.
    #[cfg(unix)]
    pub fn standard(descriptor: i32) -> BorrowedFileDevice {
        use std::os::fd::FromRawFd;
        // SAFETY: the three standard descriptors belong to the process; `ManuallyDrop` never closes them, and a closed
        // one only makes its calls fail.
        BorrowedFileDevice(ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) }))
    }
}

impl FileDevice {
    fn write_failed(&self, _error: &std::io::Error) {}
}

/// Whether writing to a standard descriptor whose reader is gone ends the process.
static ENDS_WITH_READER: AtomicBool = AtomicBool::new(false);

/// Makes this process end when it writes to a standard descriptor whose reader is gone, as Unix programs do. `SIGPIPE`
/// itself is ignored, so that a program's own pipes and sockets answer with an error; so is `SIGXFSZ`, for files that may
/// not grow.
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the program uses it"))]
pub fn end_with_reader() {
    ENDS_WITH_READER.store(true, Relaxed);
    #[cfg(unix)]
    // SAFETY: ignoring signals runs no code of ours.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// Ends a child process that a program has made: what C libraries have registered for the end is their business in the
/// process that loaded them, which is the parent.
#[cfg(unix)]
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the program uses it"))]
pub fn end_child(status: i32) -> ! {
    // SAFETY: writes out what C's own streams hold, and leaves.
    unsafe {
        libc::fflush(std::ptr::null_mut());
        libc::_exit(status)
    }
}

/// Opens `/dev/null` for each standard descriptor that the process was started without: else the first file that a
/// program opens would become its standard output.
#[cfg(unix)]
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the program uses it"))]
pub fn fill_standard_descriptors() {
    for descriptor in 0..=2 {
        // SAFETY: system calls on numbers and a constant path. The lowest free descriptor is the one that was missing.
        unsafe {
            if libc::fcntl(descriptor, libc::F_GETFD) == -1 {
                libc::open(c"/dev/null".as_ptr(), libc::O_RDWR);
            }
        }
    }
}

impl BorrowedFileDevice {
    #[cfg(unix)]
    fn write_failed(&self, error: &std::io::Error) {
        if error.kind() == std::io::ErrorKind::BrokenPipe && ENDS_WITH_READER.load(Relaxed) {
            // SAFETY: the signal's default action, and the signal: the process ends here.
            unsafe {
                libc::signal(libc::SIGPIPE, libc::SIG_DFL);
                libc::raise(libc::SIGPIPE);
            }
        }
    }
    #[cfg(not(unix))]
    fn write_failed(&self, _error: &std::io::Error) {}
}

macro_rules! file_devices {
    ($($t:ty),*) => {$(
        impl Device for $t {
            fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
                self.0.read(buffer)
            }
            fn write(&mut self, bytes: &[u8]) -> Result<usize> {
                self.0.write(bytes).inspect_err(|e| self.write_failed(e))
            }
            fn position(&mut self) -> Result<u64> {
                self.0.stream_position()
            }
            fn seek(&mut self, position: u64) -> Result<()> {
                self.0.seek(SeekFrom::Start(position)).map(|_| ())
            }
            fn has_position(&self) -> bool {
                self.0.metadata().is_ok_and(|m| m.is_file())
            }
            #[cfg(unix)]
            fn descriptor(&self) -> Option<i32> {
                Some(std::os::fd::AsRawFd::as_raw_fd(&self.0 as &File))
            }
        }
    )*};
}
file_devices!(FileDevice, BorrowedFileDevice);

/// What a host gives a machine as its standard output.
pub struct WriterDevice(Contained<Box<dyn Write + Send>>);

impl WriterDevice {
    pub fn new(writer: impl Write + Send + 'static) -> WriterDevice {
        WriterDevice(Contained::new(Box::new(writer)))
    }
}

impl Device for WriterDevice {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let written = self.0.call(|writer| {
            writer.write_all(bytes)?;
            writer.flush()
        });
        written.map_err(|text| panicked("writer", &text))??;
        Ok(bytes.len())
    }
}

/// What a host gives a machine as its standard input.
pub struct ReaderDevice(Contained<Box<dyn Read + Send>>);

impl ReaderDevice {
    pub fn new(reader: impl Read + Send + 'static) -> ReaderDevice {
        ReaderDevice(Contained::new(Box::new(reader)))
    }
}

impl Device for ReaderDevice {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.0.call(|reader| reader.read(buffer)).map_err(|text| panicked("reader", &text))??;
        // A reader that says that it has read more than there was room for is not believed.
        Ok(count.min(buffer.len()))
    }
}

fn panicked(what: &str, text: &str) -> Error {
    Error::other(format!("the host's {what} panicked: {text}"))
}
