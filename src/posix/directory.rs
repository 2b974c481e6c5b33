//! Directories: making and removing them, the working directory, reading their entries.

use super::argument::{Fd, Mode, Text};
use super::file::{done, on, permissions, string};
use super::kernel::{Call, Errno};
use super::sys;
use crate::eval::{Capability::Filesystem, Machine, Res, Who};
use crate::heap::Value;
use nix::fcntl::AT_FDCWD;
use nix::sys::stat;
use nix::unistd::{self, UnlinkatFlags};
use std::os::unix::ffi::OsStringExt;
use vicar_macros::primitives;

fn working_directory(m: &mut Machine, who: &str) -> Res<Vec<u8>> {
    Ok(Call::new(who, Filesystem).run(m, || super::errno::of_io(std::env::current_dir()))?.into_os_string().into_vec())
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

#[primitives]
pub mod procedures {
    use super::*;

    /// `(mkdir pathname mode)`: makes a directory. mkdir(2)
    fn mkdir(m: &mut Machine, who: Who, pathname: Text, mode: Mode) -> Res {
        let irritants = [mode.value()];
        done(m, on(who, &pathname, &irritants), || unistd::mkdir(pathname.as_c(), permissions(mode)))
    }

    /// `(mkdir/parents pathname mode)`: makes a directory and those above it that are missing.
    #[primitive(name = "mkdir/parents")]
    fn mkdir_parents(m: &mut Machine, pathname: Text, mode: Mode) -> Res {
        make_directories(m, &pathname, mode)
    }

    /// `(rmdir pathname)`: removes an empty directory. rmdir(2)
    fn rmdir(m: &mut Machine, who: Who, pathname: Text) -> Res {
        let flags = UnlinkatFlags::RemoveDir;
        done(m, on(who, &pathname, &[]), || unistd::unlinkat(AT_FDCWD, pathname.as_c(), flags))
    }

    /// `(getcwd)`: the working directory, a bytevector. getcwd(3)
    fn getcwd(m: &mut Machine, who: Who) -> Res {
        let path = working_directory(m, who)?;
        Ok(m.heap.bytevector(&path))
    }

    /// `(getcwd/string)`: the same as a string.
    #[primitive(name = "getcwd/string")]
    fn getcwd_string(m: &mut Machine, who: Who) -> Res {
        let path = working_directory(m, who)?;
        Ok(string(m, &path))
    }

    /// `(chdir pathname)`: changes the working directory, of the whole process. chdir(2)
    fn chdir(m: &mut Machine, who: Who, pathname: Text) -> Res {
        done(m, on(who, &pathname, &[]), || unistd::chdir(pathname.as_c()))
    }

    /// `(fchdir fd)`: the same by a descriptor. fchdir(2)
    fn fchdir(m: &mut Machine, who: Who, fd: Fd) -> Res {
        let irritants = [fd.value()];
        done(m, Call::new(who, Filesystem).irritants(&irritants), || unistd::fchdir(sys::fd(fd.0)))
    }
}
