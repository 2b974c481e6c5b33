//! Clocks, sleeping, and the alarms of the process.

use super::argument::{Int, Pid, UInt};
use super::kernel::Call;
use super::sys::time as sys;
use super::waiting::timespec;
use crate::eval::{Capability::Clock, Capability::Processes, Machine, Res, Single, Who};
use crate::heap::Value;
use crate::memory;
use nix::sys::time::TimeSpec;
use nix::time::{self as clocks, ClockId, ClockNanosleepFlags};
use nix::unistd;
use std::time::Duration;
use vicar_macros::primitives;

/// Whole seconds to sleep.
struct Seconds(u32);

impl Single for Seconds {
    const WHAT: &'static str = "an exact integer of 0 to 2^32-1";
    fn convert(v: Value) -> Option<Seconds> {
        v.as_fixnum().and_then(|n| u32::try_from(n).ok()).map(Seconds)
    }
}

/// Parts of a second.
struct Nanoseconds(u32);

impl Single for Nanoseconds {
    const WHAT: &'static str = "an exact integer of 0 to 999999999";
    fn convert(v: Value) -> Option<Nanoseconds> {
        v.as_fixnum().and_then(|n| u32::try_from(n).ok()).filter(|&n| n < 1_000_000_000).map(Nanoseconds)
    }
}

/// The time of a clock.
fn now(m: &mut Machine, call: &Call, clock: libc::clockid_t) -> Res<libc::timespec> {
    Ok(*call.run(m, || clocks::clock_gettime(ClockId::from_raw(clock)))?.as_ref())
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(nanosleep secs nsecs)`: sleeps that long, however many signals arrive meanwhile; two values, both `#f`.
    /// nanosleep(2)
    #[primitive(control)]
    fn nanosleep(m: &mut Machine, who: Who, secs: Seconds, nsecs: Nanoseconds) -> Res {
        let irritants = [Value::fixnum(secs.0 as i64), Value::fixnum(nsecs.0 as i64)];
        let call = Call::new(who, Clock).irritants(&irritants);
        let slept = call.wait(
            m,
            Some(Duration::new(secs.0.into(), nsecs.0)),
            |answer| answer.is_ok(),
            |slice| {
                let time = TimeSpec::from(timespec(slice.unwrap_or_default()));
                clocks::clock_nanosleep(ClockId::CLOCK_MONOTONIC, ClockNanosleepFlags::empty(), &time)
            },
        )?;
        match slept {
            Ok(_) => Ok(m.heap.multiple_values(&[Value::FALSE, Value::FALSE])),
            Err(errno) => Err(call.failure(m, errno)),
        }
    }

    /// `(time)`: seconds since the Epoch. time(2)
    #[primitive(name = "%posix:time")]
    fn time(m: &mut Machine, who: Who) -> Res {
        let seconds = now(m, &Call::new(who, Clock), libc::CLOCK_REALTIME)?.tv_sec;
        Ok(memory::from_i64(&mut m.heap, seconds))
    }

    /// `(clock)`: processor time that this process used, in microseconds. clock(3)
    fn clock(m: &mut Machine, who: Who) -> Res {
        let used = now(m, &Call::new(who, Clock), libc::CLOCK_PROCESS_CPUTIME_ID)?;
        Ok(Value::fixnum(used.tv_sec * 1_000_000 + used.tv_nsec / 1000))
    }

    /// `(alarm seconds)`: sends this process `SIGALRM` in so many seconds, 0 for never; the seconds that were left of the
    /// alarm before. alarm(2)
    fn alarm(m: &mut Machine, who: Who, seconds: UInt) -> Res {
        let left = Call::new(who, Processes).run(m, || match seconds.0 {
            0 => Ok(unistd::alarm::cancel()),
            seconds => Ok(unistd::alarm::set(seconds)),
        })?;
        Ok(Value::fixnum(left.unwrap_or(0).into()))
    }

    /// `(clock-getcpuclockid pid)`: the clock of a process's use of the processor, 0 for this one. clock_getcpuclockid(3)
    fn clock_getcpuclockid(m: &mut Machine, who: Who, pid: Pid) -> Res {
        let irritants = [pid.value()];
        let call = Call::new(who, Clock).irritants(&irritants);
        let clock = call.run(m, || clocks::clock_getcpuclockid(unistd::Pid::from_raw(pid.0)))?;
        Ok(Value::fixnum(clock.as_raw().into()))
    }
}

/// The parts of an interval timer's setting: interval, then value, each seconds and microseconds.
fn interval(m: &mut Machine, timer: &libc::itimerval) -> Value {
    let parts = [timer.it_interval.tv_sec, timer.it_interval.tv_usec, timer.it_value.tv_sec, timer.it_value.tv_usec];
    let values = parts.map(|n| memory::from_i64(&mut m.heap, n));
    m.heap.multiple_values(&values)
}

fn pair(m: &mut Machine, time: libc::timespec) -> Value {
    let values = [memory::from_i64(&mut m.heap, time.tv_sec), memory::from_i64(&mut m.heap, time.tv_nsec)];
    m.heap.multiple_values(&values)
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%clock-gettime clock-id)`: seconds and nanoseconds, as values. clock_gettime(2)
    #[primitive(control)]
    fn clock_gettime(m: &mut Machine, clock_id: Int) -> Res {
        let irritants = [clock_id.value()];
        let time = now(m, &Call::new("clock-gettime", Clock).irritants(&irritants), clock_id.0)?;
        Ok(pair(m, time))
    }

    /// `(%clock-getres clock-id)`: the clock's step, in seconds and nanoseconds, as values. clock_getres(2)
    #[primitive(control)]
    fn clock_getres(m: &mut Machine, clock_id: Int) -> Res {
        let irritants = [clock_id.value()];
        let call = Call::new("clock-getres", Clock).irritants(&irritants);
        let step = call.run(m, || clocks::clock_getres(ClockId::from_raw(clock_id.0)))?;
        Ok(pair(m, *step.as_ref()))
    }

    /// `(%clock-settime clock-id sec nsec)`: sets the clock. clock_settime(2)
    fn clock_settime(m: &mut Machine, clock_id: Int, sec: i64, nsec: Nanoseconds) -> Res {
        let irritants = [clock_id.value(), Value::fixnum(sec), Value::fixnum(nsec.0 as i64)];
        let time = TimeSpec::from(libc::timespec { tv_sec: sec, tv_nsec: nsec.0 as i64 });
        let call = Call::new("clock-settime", Clock).irritants(&irritants);
        call.run(m, || clocks::clock_settime(ClockId::from_raw(clock_id.0), time))?;
        Ok(Value::VOID)
    }

    /// `(%gettimeofday)`: seconds and microseconds since the Epoch, as values. gettimeofday(2)
    #[primitive(control)]
    fn gettimeofday(m: &mut Machine) -> Res {
        let mut time = now(m, &Call::new("gettimeofday", Clock), libc::CLOCK_REALTIME)?;
        time.tv_nsec /= 1000;
        Ok(pair(m, time))
    }

    /// `(%times)`: the fields of a `struct-tms`, as values, in ticks. times(2)
    #[primitive(control)]
    fn times(m: &mut Machine) -> Res {
        let mut t = libc::tms { tms_utime: 0, tms_stime: 0, tms_cutime: 0, tms_cstime: 0 };
        Call::new("times", Clock).run(m, || sys::times(&mut t))?;
        let values = [t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime].map(|n| memory::from_i64(&mut m.heap, n));
        Ok(m.heap.multiple_values(&values))
    }

    /// `(%getitimer which)`: the timer's interval and value, each in seconds and microseconds, as values. getitimer(2)
    #[primitive(control)]
    fn getitimer(m: &mut Machine, which: Int) -> Res {
        let irritants = [which.value()];
        let none = libc::timeval { tv_sec: 0, tv_usec: 0 };
        let mut timer = libc::itimerval { it_interval: none, it_value: none };
        let call = Call::new("getitimer", Processes).irritants(&irritants);
        call.run(m, || sys::getitimer(which.0, &mut timer))?;
        Ok(interval(m, &timer))
    }

    /// `(%setitimer which interval-sec interval-usec value-sec value-usec)`: sets the timer. setitimer(2)
    fn setitimer(m: &mut Machine, which: Int, interval_sec: i64, interval_usec: i64, sec: i64, usec: i64) -> Res {
        let irritants = [which.value()];
        let timer = libc::itimerval {
            it_interval: libc::timeval { tv_sec: interval_sec, tv_usec: interval_usec },
            it_value: libc::timeval { tv_sec: sec, tv_usec: usec },
        };
        let call = Call::new("setitimer", Processes).irritants(&irritants);
        call.run(m, || sys::setitimer(which.0, &timer, None))?;
        Ok(Value::VOID)
    }
}
