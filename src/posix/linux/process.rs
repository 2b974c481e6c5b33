//! Processes: `waitid`, `prlimit`, `daemon`.

use crate::eval::Capability::Processes;
use crate::eval::{Machine, Res, Who};
use crate::heap::Value;
use crate::memory::from_u64;
use crate::posix::argument::{Int, Pid};
use crate::posix::kernel::Call;
use crate::posix::process;
use crate::posix::sys::{self, signal::Info};
use vicar_macros::primitives;

#[primitives]
pub mod procedures {
    use super::*;

    /// `(WIFCONTINUED status)`: whether the child goes on after it was stopped.
    #[primitive(name = "WIFCONTINUED", pure)]
    fn is_continued(status: Int) -> Res {
        Ok(Value::boolean(libc::WIFCONTINUED(status.0)))
    }

    /// `(daemon nochdir noclose)`: goes on as a daemon, in a child without a terminal; the parent ends. Without `nochdir`
    /// in the root directory; without `noclose` with standard input, output and error from and to `/dev/null`. daemon(3)
    fn daemon(m: &mut Machine, who: Who, nochdir: Value, noclose: Value) -> Res {
        let irritants = [nochdir, noclose];
        m.require(Processes, who)?;
        let flushed = process::flush(m, who)?;
        let call = Call::new(who, Processes).irritants(&irritants);
        // The parent ends at once, without its cleanups; the child goes on in this thread alone, as after `fork`.
        call.run(m, || nix::unistd::daemon(!nochdir.is_false(), !noclose.is_false()))?;
        process::after_fork(m, flushed);
        Ok(Value::VOID)
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%waitid idtype id options)`: waits until a child's state changes; its id, its user's, signal, status and code, a
    /// list. `#f` when `options` has `WNOHANG` and nothing changed. waitid(2)
    fn waitid(m: &mut Machine, idtype: Int, id: Pid, options: Int) -> Res {
        let irritants = [idtype.value(), id.value(), options.value()];
        let call = Call::new("waitid", Processes).irritants(&irritants);
        let mut info = Info::none();
        let kind = idtype.0 as libc::idtype_t;
        process::wait_for_child(m, &call, options.0, |options| {
            // Zero in the child's id means that there is none.
            sys::process::waitid(kind, id.0 as libc::id_t, &mut info.0, options).map(|_| info.parts().pid)
        })?;
        let child = info.parts();
        if child.pid == 0 {
            return Ok(Value::FALSE);
        }
        let (signal, code) = (info.0.si_signo, info.0.si_code);
        let fields = [child.pid.into(), child.uid.into(), signal.into(), child.status.into(), code.into()];
        let values = fields.map(|n: i64| Value::fixnum(n));
        Ok(m.heap.list(&values))
    }

    /// `(%prlimit pid resource soft hard)`: sets a process's limits unless both are `#f`; the limits before, as values.
    /// prlimit(2)
    #[primitive(control)]
    fn prlimit(m: &mut Machine, pid: Pid, resource: Int, soft: Value, hard: Value) -> Res {
        let irritants = [pid.value(), resource.value()];
        let call = Call::new("prlimit", Processes).irritants(&irritants);
        let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        let mut new = None;
        if !soft.is_false() || !hard.is_false() {
            let mut parts = [0; 2];
            for (i, v) in [soft, hard].into_iter().enumerate() {
                let n = crate::memory::to_i128(v).and_then(|n| u64::try_from(n).ok());
                let Some(n) = n else {
                    let what = "a limit: an exact integer of 0 to 2^64-1";
                    return Err(m.wrong_argument("prlimit", "new", 3, what, v));
                };
                parts[i] = n;
            }
            new = Some(libc::rlimit { rlim_cur: parts[0], rlim_max: parts[1] });
        }
        call.run(m, || sys::process::prlimit(pid.0, resource.0 as _, new.as_ref(), Some(&mut old)))?;
        let values = [from_u64(&mut m.heap, old.rlim_cur), from_u64(&mut m.heap, old.rlim_max)];
        Ok(m.heap.multiple_values(&values))
    }
}
