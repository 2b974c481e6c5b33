//! Clocks and sleeping.

use super::kernel::{Call, Errno};
use crate::eval::{Capability::Clock, Machine, Res, Single};
use crate::heap::Value;
use crate::memory;
use crate::primitives;

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
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is live.
    call.run(m, || unsafe { libc::clock_gettime(clock, &mut time) })?;
    Ok(time)
}

primitives! { pub TABLE in "(vicare posix)" {
    /// `(nanosleep secs nsecs)`: sleeps that long, however many signals arrive meanwhile; two values, both `#f`.
    /// nanosleep(2)
    "nanosleep" [control] fn nanosleep(m, secs: Seconds, nsecs: Nanoseconds) {
        let irritants = [Value::fixnum(secs.0 as i64), Value::fixnum(nsecs.0 as i64)];
        let call = Call::new("nanosleep", Clock).irritants(&irritants).once();
        let mut left = libc::timespec { tv_sec: secs.0 as i64, tv_nsec: nsecs.0 as i64 };
        loop {
            let wanted = left;
            // SAFETY: both are live.
            match call.attempt(m, || unsafe { libc::nanosleep(&wanted, &mut left) })? {
                Ok(_) => return Ok(m.heap.multiple_values(&[Value::FALSE, Value::FALSE])),
                Err(Errno(libc::EINTR)) => m.poll()?,
                Err(errno) => return Err(call.failure(m, errno)),
            }
        }
    }
    /// `(time)`: seconds since the Epoch. time(2)
    "time" [] fn time(m) {
        let seconds = now(m, &Call::new("time", Clock), libc::CLOCK_REALTIME)?.tv_sec;
        Ok(memory::from_i64(&mut m.heap, seconds))
    }
    /// `(clock)`: processor time that this process used, in microseconds. clock(3)
    "clock" [] fn clock(m) {
        let used = now(m, &Call::new("clock", Clock), libc::CLOCK_PROCESS_CPUTIME_ID)?;
        Ok(Value::fixnum(used.tv_sec * 1_000_000 + used.tv_nsec / 1000))
    }
} }
