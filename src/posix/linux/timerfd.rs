//! Timers that are read from a descriptor: timerfd_create(2).

use crate::eval::Capability::Clock;
use crate::eval::{Machine, Res, Who};
use crate::heap::Value;
use crate::memory::from_u64;
use crate::posix::argument::{Fd, Int};
use crate::posix::kernel::{Call, Errno};
use crate::posix::sys;
use crate::posix::timer::{parts, setting, unset};
use crate::posix::waiting;
use vicar_macros::primitives;

#[primitives]
pub mod procedures {
    use super::*;

    /// `(timerfd-create clockid flags)`: a descriptor of a new timer, not set, for `CLOCK_REALTIME` or
    /// `CLOCK_MONOTONIC`; flags are 0, `TFD_CLOEXEC`, `TFD_NONBLOCK`. timerfd_create(2)
    fn timerfd_create(m: &mut Machine, who: Who, clockid: Int, flags: Int) -> Res {
        let irritants = [clockid.value(), flags.value()];
        let call = Call::new(who, Clock).irritants(&irritants);
        call.run(m, || sys::time::timerfd_create(clockid.0, flags.0)).map(|fd| Fd(fd).value())
    }

    /// `(timerfd-read fd)`: waits until the timer has run out; how often it has since the last reading. 0 when it has not
    /// and the descriptor does not wait.
    fn timerfd_read(m: &mut Machine, who: Who, fd: Fd) -> Res {
        let irritants = [fd.value()];
        let call = Call::new(who, Clock).irritants(&irritants);
        let mut count = [0; 8];
        waiting::until_ready(m, &call, fd.0, libc::POLLIN)?;
        match call.attempt(m, || nix::unistd::read(sys::fd(fd.0), &mut count))? {
            Ok(8) => Ok(from_u64(&mut m.heap, u64::from_ne_bytes(count))),
            Err(Errno(libc::EAGAIN)) => Ok(Value::fixnum(0)),
            Ok(_) => Err(call.failure(m, Errno(libc::EINVAL))),
            Err(errno) => Err(call.failure(m, errno)),
        }
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%timerfd-settime fd flags interval-sec interval-nsec sec nsec)`: sets it; the setting before, as values.
    /// timerfd_settime(2)
    #[primitive(control)]
    fn timerfd_settime(
        m: &mut Machine,
        fd: Fd,
        flags: Int,
        interval_sec: i64,
        interval_nsec: i64,
        sec: i64,
        nsec: i64,
    ) -> Res {
        let irritants = [fd.value(), flags.value()];
        let (new, mut old) = (setting(interval_sec, interval_nsec, sec, nsec), unset());
        let call = Call::new("timerfd-settime", Clock).irritants(&irritants);
        call.run(m, || sys::time::timerfd_settime(fd.0, flags.0, &new, &mut old))?;
        Ok(parts(m, &old))
    }

    /// `(%timerfd-gettime fd)`: the interval and what is left, as values. timerfd_gettime(2)
    #[primitive(control)]
    fn timerfd_gettime(m: &mut Machine, fd: Fd) -> Res {
        let irritants = [fd.value()];
        let mut now = unset();
        let call = Call::new("timerfd-gettime", Clock).irritants(&irritants);
        call.run(m, || sys::time::timerfd_gettime(fd.0, &mut now))?;
        Ok(parts(m, &now))
    }
}
