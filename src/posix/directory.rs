//! Directories: making and removing them, the working directory, reading their entries.

use super::argument::{Fd, Mode, Text};
use super::file::{done, on, permissions, string};
use super::kernel::{Call, Errno};
use super::sys;
use crate::eval::{Capability::Filesystem, Machine, Res};
use crate::heap::Value;
use crate::primitives;
use nix::fcntl::AT_FDCWD;
use nix::sys::stat;
use nix::unistd::{self, UnlinkatFlags};
use std::os::unix::ffi::OsStringExt;

fn working_directory(m: &mut Machine, who: &str) -> Res<Vec<u8>> {
    Ok(Call::new(who, Filesystem).run(m, unistd::getcwd)?.into_os_string().into_vec())
}

/// Makes the directories that are missing on the way.
fn make_directories(m: &mut Machine, pathname: &Text, mode: Mode) -> Res {
    let irritants = [mode.value()];
    let call = on("mkdir/parents", pathname, &irritants);
    let whole = pathname.bytes();
    let ends = (1..=whole.len()).filter(|&i| i == whole.len() || whole[i] == b'/').filter(|&i| whole[i - 1] != b'/');
    for end in ends.collect::<Vec<_>>() {
        let part = std::ffi::CString::new(&whole[..end]).unwrap_or_default();
        match call.attempt(m, || unistd::mkdir(part.as_c_str(), permissions(mode)))? {
            Ok(_) => {}
            Err(Errno(libc::EEXIST | libc::EISDIR)) => {
                let is = call.run(m, || stat::stat(part.as_c_str()))?;
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
    /// `(mkdir pathname mode)`: makes a directory. unistd::mkdir(2)
    "mkdir" [] fn mkdir(m, pathname: Text, mode: Mode) {
        let irritants = [mode.value()];
        done(m, on("mkdir", &pathname, &irritants), || unistd::mkdir(pathname.as_c(), permissions(mode)))
    }
    /// `(mkdir/parents pathname mode)`: makes a directory and those above it that are missing.
    "mkdir/parents" [] fn mkdir_parents(m, pathname: Text, mode: Mode) { make_directories(m, &pathname, mode) }
    /// `(rmdir pathname)`: removes an empty directory. rmdir(2)
    "rmdir" [] fn rmdir(m, pathname: Text) {
        let flags = UnlinkatFlags::RemoveDir;
        done(m, on("rmdir", &pathname, &[]), || unistd::unlinkat(AT_FDCWD, pathname.as_c(), flags))
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
    /// `(chdir pathname)`: changes the working directory, of the whole process. unistd::chdir(2)
    "chdir" [] fn chdir(m, pathname: Text) {
        done(m, on("chdir", &pathname, &[]), || unistd::chdir(pathname.as_c()))
    }
    /// `(fchdir fd)`: the same by a descriptor. unistd::fchdir(2)
    "fchdir" [] fn fchdir(m, fd: Fd) {
        let irritants = [fd.value()];
        done(m, Call::new("fchdir", Filesystem).irritants(&irritants), || unistd::fchdir(sys::fd(fd.0)))
    }
} }
