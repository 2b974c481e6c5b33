//! Per-process timers. They are made with the kernel's own numbers. A machine reaches those that it has made: others are the
//! host's, or what keeps the program's deadline. With the machine they end.

use super::argument::Int;
use super::kernel::{Call, Errno};
use super::sys::time as sys;
use crate::eval::{Capability::Processes, Machine, Res, Who};
use crate::heap::{External, Value};
use crate::memory::from_i64;
use vicar_macros::primitives;

/// Interval and value of a timer's setting, as four values.
pub fn parts(m: &mut Machine, setting: &libc::itimerspec) -> Value {
    let (i, v) = (setting.it_interval, setting.it_value);
    let values = [i.tv_sec, i.tv_nsec, v.tv_sec, v.tv_nsec].map(|n| from_i64(&mut m.heap, n));
    m.heap.multiple_values(&values)
}

/// A setting of those.
pub fn setting(interval_sec: i64, interval_nsec: i64, sec: i64, nsec: i64) -> libc::itimerspec {
    libc::itimerspec {
        it_interval: libc::timespec { tv_sec: interval_sec, tv_nsec: interval_nsec },
        it_value: libc::timespec { tv_sec: sec, tv_nsec: nsec },
    }
}

/// A timer that is not set.
pub fn unset() -> libc::itimerspec {
    setting(0, 0, 0, 0)
}

/// The timers of a machine, of which the system allows so many as it allows pending signals.
#[derive(Default)]
pub struct Timers(Vec<libc::c_int>);

impl Timers {
    /// In a child process, which has none.
    pub fn forget(&mut self) {
        self.0.clear()
    }
}

impl External for Timers {
    fn type_name(&self) -> &'static str {
        "timers"
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        for timer in &self.0 {
            let _ = sys::timer_delete(*timer);
        }
    }
}

/// Raises unless the machine has made the timer.
fn check(m: &mut Machine, call: &Call, timer: Int) -> Res<()> {
    m.require(Processes, call.who())?;
    if m.extension::<Timers>().0.contains(&timer.0) { Ok(()) } else { Err(call.failure(m, Errno(libc::EINVAL))) }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(timer-create clock-id)`: a timer, not set, that will send `SIGALRM` with its number as value. timer_create(2)
    fn timer_create(m: &mut Machine, who: Who, clock_id: Int) -> Res {
        let irritants = [clock_id.value()];
        let mut timer: libc::c_int = 0;
        let call = Call::new(who, Processes).irritants(&irritants);
        call.run(m, || sys::timer_create(clock_id.0, None, &mut timer))?;
        m.extension::<Timers>().0.push(timer);
        Ok(Value::fixnum(timer as i64))
    }

    /// `(timer-delete timer-id)`: ends a timer. timer_delete(2)
    fn timer_delete(m: &mut Machine, who: Who, timer_id: Int) -> Res {
        let irritants = [timer_id.value()];
        let call = Call::new(who, Processes).irritants(&irritants);
        check(m, &call, timer_id)?;
        call.run(m, || sys::timer_delete(timer_id.0))?;
        m.extension::<Timers>().0.retain(|&timer| timer != timer_id.0);
        Ok(Value::VOID)
    }

    /// `(timer-getoverrun timer-id)`: how often it ran out beside what its last signal tells. timer_getoverrun(2)
    fn timer_getoverrun(m: &mut Machine, who: Who, timer_id: Int) -> Res {
        let irritants = [timer_id.value()];
        let call = Call::new(who, Processes).irritants(&irritants);
        check(m, &call, timer_id)?;
        let count = call.run(m, || sys::timer_getoverrun(timer_id.0))?;
        Ok(Value::fixnum(count))
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%timer-settime timer-id flags interval-sec interval-nsec value-sec value-nsec)`: sets it; the setting before, as
    /// values. timer_settime(2)
    #[primitive(control)]
    fn timer_settime(
        m: &mut Machine,
        timer_id: Int,
        flags: Int,
        interval_sec: i64,
        interval_nsec: i64,
        sec: i64,
        nsec: i64,
    ) -> Res {
        let irritants = [timer_id.value(), flags.value()];
        let (new, mut old) = (setting(interval_sec, interval_nsec, sec, nsec), unset());
        let call = Call::new("timer-settime", Processes).irritants(&irritants);
        check(m, &call, timer_id)?;
        call.run(m, || sys::timer_settime(timer_id.0, flags.0, &new, &mut old))?;
        Ok(parts(m, &old))
    }

    /// `(%timer-gettime timer-id)`: the interval and what is left, as values. timer_gettime(2)
    #[primitive(control)]
    fn timer_gettime(m: &mut Machine, timer_id: Int) -> Res {
        let irritants = [timer_id.value()];
        let mut now = unset();
        let call = Call::new("timer-gettime", Processes).irritants(&irritants);
        check(m, &call, timer_id)?;
        call.run(m, || sys::timer_gettime(timer_id.0, &mut now))?;
        Ok(parts(m, &now))
    }
}
