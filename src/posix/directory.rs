//! Directories: making and removing them, the working directory, reading their entries.

use super::argument::{Fd, Mode, Text};
use super::file::{done, on, string, take};
use super::kernel::{Call, Errno};
use super::stat::status;
use crate::eval::{Capability::Filesystem, Machine, Res};
use crate::heap::Value;
use crate::primitives;

fn working_directory(m: &mut Machine, who: &str) -> Res<Vec<u8>> {
    // SAFETY: without a buffer the call allocates one.
    let text = Call::new(who, Filesystem).run(m, || unsafe { libc::getcwd(std::ptr::null_mut(), 0) })?;
    // SAFETY: the call has not failed, so that is a C string from `malloc`, ours to free.
    Ok(unsafe { take(text) })
}

/// Makes the directories that are missing on the way.
fn make_directories(m: &mut Machine, pathname: &Text, mode: Mode) -> Res {
    let irritants = [mode.value()];
    let call = on("mkdir/parents", pathname, &irritants);
    let whole = pathname.bytes();
    let ends = (1..=whole.len()).filter(|&i| i == whole.len() || whole[i] == b'/').filter(|&i| whole[i - 1] != b'/');
    for end in ends.collect::<Vec<_>>() {
        let part = std::ffi::CString::new(&whole[..end]).unwrap_or_default();
        // SAFETY: a live C string.
        match call.attempt(m, || unsafe { libc::mkdir(part.as_ptr(), mode.0) })? {
            Ok(_) => {}
            Err(Errno(libc::EEXIST | libc::EISDIR)) => {
                // SAFETY: a live C string, and room for the answer.
                let is = status(m, &call, |at| unsafe { libc::stat(part.as_ptr(), at) })?;
                if is.st_mode & libc::S_IFMT != libc::S_IFDIR {
                    return Err(call.failure(m, Errno(libc::ENOTDIR)));
                }
            }
            Err(errno) => return Err(call.failure(m, errno)),
        }
    }
    Ok(Value::VOID)
}

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(mkdir pathname mode)`: makes a directory. mkdir(2)
    "mkdir" [] fn mkdir(m, pathname: Text, mode: Mode) {
        let irritants = [mode.value()];
        // SAFETY: a live C string.
        done(m, on("mkdir", &pathname, &irritants), || unsafe { libc::mkdir(pathname.as_ptr(), mode.0) })
    }
    /// `(mkdir/parents pathname mode)`: makes a directory and those above it that are missing.
    "mkdir/parents" [] fn mkdir_parents(m, pathname: Text, mode: Mode) { make_directories(m, &pathname, mode) }
    /// `(rmdir pathname)`: removes an empty directory. rmdir(2)
    "rmdir" [] fn rmdir(m, pathname: Text) {
        // SAFETY: a live C string.
        done(m, on("rmdir", &pathname, &[]), || unsafe { libc::rmdir(pathname.as_ptr()) })
    }
    /// `(getcwd)`: the working directory, a bytevector. getcwd(3)
    "getcwd" [] fn getcwd(m) {
        let path = working_directory(m, "getcwd")?;
        Ok(m.heap.bytevector(&path))
    }
    /// `(getcwd/string)`: the same as a string.
    "getcwd/string" [] fn getcwd_string(m) {
        let path = working_directory(m, "getcwd/string")?;
        Ok(string(m, &path))
    }
    /// `(chdir pathname)`: changes the working directory, of the whole process. chdir(2)
    "chdir" [] fn chdir(m, pathname: Text) {
        // SAFETY: a live C string.
        done(m, on("chdir", &pathname, &[]), || unsafe { libc::chdir(pathname.as_ptr()) })
    }
    /// `(fchdir fd)`: the same by a descriptor. fchdir(2)
    "fchdir" [] fn fchdir(m, fd: Fd) {
        let irritants = [fd.value()];
        // SAFETY: plain system call.
        done(m, Call::new("fchdir", Filesystem).irritants(&irritants), || unsafe { libc::fchdir(fd.0) })
    }
} }
