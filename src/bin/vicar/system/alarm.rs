//! `--timeout`: a signal that ends system calls which wait, so that the machine gets to look at the clock.

use std::time::{Duration, Instant};

/// How often calls are interrupted once the time is up: a call may begin just after a signal.
const AGAIN: Duration = Duration::from_millis(20);

/// Does nothing: a call that waits ends because a handler has run.
extern "C" fn on_alarm(_: libc::c_int) {}

/// From that time on interrupts calls of this process that wait. Neither its children nor what it executes have the timer.
pub fn interrupt_calls_at(time: Instant) {
    let spec = |d: Duration| libc::timespec { tv_sec: d.as_secs() as i64, tv_nsec: d.subsec_nanos().into() };
    // A time of zero would mean no alarm.
    let left = time.saturating_duration_since(Instant::now()).max(Duration::from_nanos(1));
    let setting = libc::itimerspec { it_interval: spec(AGAIN), it_value: spec(left) };
    // SAFETY: plain C structures, live while the calls last; the handler is one for any moment. Without `SA_RESTART`, so that
    // calls end with `EINTR`. Failing to have a timer means what was so without one.
    unsafe {
        let signal = libc::SIGRTMAX();
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_alarm as extern "C" fn(libc::c_int) as usize;
        libc::sigemptyset(&raw mut action.sa_mask);
        libc::sigaction(signal, &raw const action, std::ptr::null_mut());
        let mut event: libc::sigevent = std::mem::zeroed();
        event.sigev_notify = libc::SIGEV_SIGNAL;
        event.sigev_signo = signal;
        let mut timer: libc::timer_t = std::mem::zeroed();
        if libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, &raw mut timer) == 0 {
            libc::timer_settime(timer, 0, &raw const setting, std::ptr::null_mut());
        }
    }
}
