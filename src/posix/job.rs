//! Job control: sessions, process groups, the terminal they belong to.

use super::argument::{Fd, Pid};
use super::file::string;
use super::kernel::Call;
use super::sys;
use crate::eval::{Capability::Processes, Machine, Res, Who};
use crate::heap::Value;
use nix::unistd::{self, Pid as ProcessId};
use vicar_macros::primitives;

/// Makes a call that answers a process id.
fn id(m: &mut Machine, who: &str, irritants: &[Value], f: impl FnMut() -> nix::Result<ProcessId>) -> Res {
    let id = Call::new(who, Processes).irritants(irritants).run(m, f)?;
    Ok(Value::fixnum(id.as_raw().into()))
}

fn terminal(m: &mut Machine, who: &str) -> Res<Vec<u8>> {
    m.require(Processes, who)?;
    Ok(sys::user::terminal())
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(ctermid)`: the name of the controlling terminal, a bytevector. ctermid(3)
    fn ctermid(m: &mut Machine, who: Who) -> Res {
        let name = terminal(m, who)?;
        Ok(m.heap.bytevector(&name))
    }

    /// `(ctermid/string)`: the same as a string.
    #[primitive(name = "ctermid/string")]
    fn ctermid_string(m: &mut Machine, who: Who) -> Res {
        let name = terminal(m, who)?;
        Ok(string(m, &name))
    }

    /// `(setsid)`: begins a session with this process as leader; its id. setsid(2)
    fn setsid(m: &mut Machine, who: Who) -> Res {
        id(m, who, &[], unistd::setsid)
    }

    /// `(getsid pid)`: the session of a process, 0 for this one. getsid(2)
    fn getsid(m: &mut Machine, who: Who, pid: Pid) -> Res {
        id(m, who, &[pid.value()], || unistd::getsid(Some(ProcessId::from_raw(pid.0))))
    }

    /// `(getpgrp)`: the process group of this process. getpgrp(2)
    fn getpgrp(m: &mut Machine, who: Who) -> Res {
        id(m, who, &[], || Ok(unistd::getpgrp()))
    }

    /// `(setpgid pid pgid)`: puts a process into a group; 0 stands for this process, or for its own id as group. 0.
    /// setpgid(2)
    fn setpgid(m: &mut Machine, who: Who, pid: Pid, pgid: Pid) -> Res {
        let irritants = [pid.value(), pgid.value()];
        let [pid, pgid] = [pid, pgid].map(|id| ProcessId::from_raw(id.0));
        Call::new(who, Processes).irritants(&irritants).run(m, || unistd::setpgid(pid, pgid))?;
        Ok(Value::fixnum(0))
    }

    /// `(tcgetpgrp fd)`: the foreground group of the terminal. tcgetpgrp(3)
    fn tcgetpgrp(m: &mut Machine, who: Who, fd: Fd) -> Res {
        id(m, who, &[fd.value()], || unistd::tcgetpgrp(sys::fd(fd.0)))
    }

    /// `(tcsetpgrp fd pgid)`: makes a group the foreground group of the terminal. tcsetpgrp(3)
    fn tcsetpgrp(m: &mut Machine, who: Who, fd: Fd, pgid: Pid) -> Res {
        let irritants = [fd.value(), pgid.value()];
        let group = ProcessId::from_raw(pgid.0);
        Call::new(who, Processes).irritants(&irritants).run(m, || unistd::tcsetpgrp(sys::fd(fd.0), group))?;
        Ok(Value::VOID)
    }

    /// `(tcgetsid fd)`: the session of the terminal. tcgetsid(3)
    fn tcgetsid(m: &mut Machine, who: Who, fd: Fd) -> Res {
        id(m, who, &[fd.value()], || sys::tcgetsid(fd.0).map(ProcessId::from_raw))
    }
}
