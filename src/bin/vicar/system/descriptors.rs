//! The three descriptors that a process is started with, or without.

/// Takes each standard descriptor that the process was started without: else the first file that a program opens would
/// become its standard output. What stands there fails to be read or written, as a closed one does: the null device,
/// opened the wrong way.
pub fn fill_standard() {
    for descriptor in 0..=2 {
        let flags = if descriptor == 0 { libc::O_WRONLY } else { libc::O_RDONLY };
        // SAFETY: system calls on numbers and constant paths. The lowest free descriptor is the one that was missing.
        unsafe {
            if libc::fcntl(descriptor, libc::F_GETFD) == -1 && libc::open(c"/dev/null".as_ptr(), flags) == -1 {
                // A folder cannot be written, nor read as a file.
                libc::open(c"/".as_ptr(), libc::O_RDONLY);
            }
        }
    }
}
