//! Job control: sessions, process groups, the terminal they belong to.

use super::argument::{Fd, Pid};
use super::file::string;
use super::kernel::Call;
use super::sys;
use crate::eval::{Capability::Processes, Machine, Res};
use crate::heap::Value;
use crate::primitives;
use nix::unistd::{self, Pid as ProcessId};

/// Makes a call that answers a process id.
fn id(m: &mut Machine, who: &str, irritants: &[Value], f: impl FnMut() -> nix::Result<ProcessId>) -> Res {
    let id = Call::new(who, Processes).irritants(irritants).run(m, f)?;
    Ok(Value::fixnum(id.as_raw().into()))
}

fn terminal(m: &mut Machine, who: &str) -> Res<Vec<u8>> {
    m.require(Processes, who)?;
    Ok(sys::user::terminal())
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
        id(m, "setsid", &[], unistd::setsid)
    }
    /// `(getsid pid)`: the session of a process, 0 for this one. getsid(2)
    "getsid" [] fn getsid(m, pid: Pid) {
        id(m, "getsid", &[pid.value()], || unistd::getsid(Some(ProcessId::from_raw(pid.0))))
    }
    /// `(getpgrp)`: the process group of this process. getpgrp(2)
    "getpgrp" [] fn getpgrp(m) {
        id(m, "getpgrp", &[], || Ok(unistd::getpgrp()))
    }
    /// `(setpgid pid pgid)`: puts a process into a group; 0 stands for this process, or for its own id as group. 0.
    /// setpgid(2)
    "setpgid" [] fn setpgid(m, pid: Pid, pgid: Pid) {
        let irritants = [pid.value(), pgid.value()];
        let [pid, pgid] = [pid, pgid].map(|id| ProcessId::from_raw(id.0));
        Call::new("setpgid", Processes).irritants(&irritants).run(m, || unistd::setpgid(pid, pgid))?;
        Ok(Value::fixnum(0))
    }
    /// `(tcgetpgrp fd)`: the foreground group of the terminal. tcgetpgrp(3)
    "tcgetpgrp" [] fn tcgetpgrp(m, fd: Fd) {
        id(m, "tcgetpgrp", &[fd.value()], || unistd::tcgetpgrp(sys::fd(fd.0)))
    }
    /// `(tcsetpgrp fd pgid)`: makes a group the foreground group of the terminal. tcsetpgrp(3)
    "tcsetpgrp" [] fn tcsetpgrp(m, fd: Fd, pgid: Pid) {
        let irritants = [fd.value(), pgid.value()];
        let group = ProcessId::from_raw(pgid.0);
        Call::new("tcsetpgrp", Processes).irritants(&irritants).run(m, || unistd::tcsetpgrp(sys::fd(fd.0), group))?;
        Ok(Value::VOID)
    }
    /// `(tcgetsid fd)`: the session of the terminal. tcgetsid(3)
    "tcgetsid" [] fn tcgetsid(m, fd: Fd) {
        id(m, "tcgetsid", &[fd.value()], || sys::tcgetsid(fd.0).map(ProcessId::from_raw))
    }
} }
