//! Job control: sessions, process groups, the terminal they belong to.

use super::argument::{Fd, Pid};
use super::file::string;
use super::kernel::Call;
use crate::eval::{Capability::Processes, Machine, Res};
use crate::heap::Value;
use crate::primitives;
use std::ffi::CStr;

/// Makes a call that answers a process id.
fn id(m: &mut Machine, who: &str, irritants: &[Value], f: impl FnMut() -> libc::pid_t) -> Res {
    let id = Call::new(who, Processes).irritants(irritants).run(m, f)?;
    Ok(Value::fixnum(id as i64))
}

fn terminal(m: &mut Machine, who: &str) -> Res<Vec<u8>> {
    m.require(Processes, who)?;
    let mut buffer = [0u8; 64];
    // SAFETY: writes at most L_ctermid (9) bytes.
    unsafe { libc::ctermid(buffer.as_mut_ptr().cast()) };
    Ok(CStr::from_bytes_until_nul(&buffer).map_or(Vec::new(), |name| name.to_bytes().to_vec()))
}

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(ctermid)`: the name of the controlling terminal, a bytevector. ctermid(3)
    "ctermid" [] fn ctermid(m) {
        let name = terminal(m, "ctermid")?;
        Ok(m.heap.bytevector(&name))
    }
    /// `(ctermid/string)`: the same as a string.
    "ctermid/string" [] fn ctermid_string(m) {
        let name = terminal(m, "ctermid/string")?;
        Ok(string(m, &name))
    }
    /// `(setsid)`: begins a session with this process as leader; its id. setsid(2)
    "setsid" [] fn setsid(m) {
        // SAFETY: plain system call.
        id(m, "setsid", &[], || unsafe { libc::setsid() })
    }
    /// `(getsid pid)`: the session of a process, 0 for this one. getsid(2)
    "getsid" [] fn getsid(m, pid: Pid) {
        // SAFETY: plain system call.
        id(m, "getsid", &[pid.value()], || unsafe { libc::getsid(pid.0) })
    }
    /// `(getpgrp)`: the process group of this process. getpgrp(2)
    "getpgrp" [] fn getpgrp(m) {
        // SAFETY: plain system call.
        id(m, "getpgrp", &[], || unsafe { libc::getpgrp() })
    }
    /// `(setpgid pid pgid)`: puts a process into a group; 0 stands for this process, or for its own id as group. 0.
    /// setpgid(2)
    "setpgid" [] fn setpgid(m, pid: Pid, pgid: Pid) {
        // SAFETY: plain system call.
        id(m, "setpgid", &[pid.value(), pgid.value()], || unsafe { libc::setpgid(pid.0, pgid.0) })
    }
    /// `(tcgetpgrp fd)`: the foreground group of the terminal. tcgetpgrp(3)
    "tcgetpgrp" [] fn tcgetpgrp(m, fd: Fd) {
        // SAFETY: plain system call.
        id(m, "tcgetpgrp", &[fd.value()], || unsafe { libc::tcgetpgrp(fd.0) })
    }
    /// `(tcsetpgrp fd pgid)`: makes a group the foreground group of the terminal. tcsetpgrp(3)
    "tcsetpgrp" [] fn tcsetpgrp(m, fd: Fd, pgid: Pid) {
        // SAFETY: plain system call.
        id(m, "tcsetpgrp", &[fd.value(), pgid.value()], || unsafe { libc::tcsetpgrp(fd.0, pgid.0) })?;
        Ok(Value::VOID)
    }
    /// `(tcgetsid fd)`: the session of the terminal. tcgetsid(3)
    "tcgetsid" [] fn tcgetsid(m, fd: Fd) {
        // SAFETY: plain system call.
        id(m, "tcgetsid", &[fd.value()], || unsafe { libc::tcgetsid(fd.0) })
    }
} }
