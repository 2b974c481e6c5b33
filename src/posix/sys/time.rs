//! Times and timers: the interval timers, for which nix has nothing; timers by the kernel's own numbers, where nix's have the
//! C library's; dates.

use super::calls;
use super::pass::Pass;
use libc::{c_int, c_long, itimerspec, itimerval, time_t, tm};
use std::ffi::{CStr, CString};

calls! {
    /// times(2)
    call times(times: &mut libc::tms) -> libc::clock_t;
    /// getitimer(2)
    call getitimer(which: c_int, now: &mut itimerval);
    /// setitimer(2)
    call setitimer(which: c_int, new: &itimerval, before: Option<&mut itimerval>);
    /// timer_create(2)
    call timer_create = syscall [libc::SYS_timer_create](
        clock: c_int, event: Option<&libc::sigevent>, timer: &mut c_int
    ) -> c_long;
    /// timer_delete(2)
    call timer_delete = syscall [libc::SYS_timer_delete](timer: c_int) -> c_long;
    /// timer_getoverrun(2)
    call timer_getoverrun = syscall [libc::SYS_timer_getoverrun](timer: c_int) -> c_long;
    /// timer_settime(2)
    call timer_settime = syscall [libc::SYS_timer_settime](
        timer: c_int, flags: c_int, new: &itimerspec, before: &mut itimerspec
    ) -> c_long;
    /// timer_gettime(2)
    call timer_gettime = syscall [libc::SYS_timer_gettime](timer: c_int, now: &mut itimerspec) -> c_long;
    /// timerfd_create(2)
    call timerfd_create(clock: c_int, flags: c_int);
    /// timerfd_settime(2)
    call timerfd_settime(fd: c_int, flags: c_int, new: &itimerspec, before: &mut itimerspec);
    /// timerfd_gettime(2)
    call timerfd_gettime(fd: c_int, now: &mut itimerspec);
    /// mktime(3): -1 also for failure
    plain mktime(date: &mut tm) -> time_t;
    /// timegm(3): -1 also for failure
    plain timegm(date: &mut tm) -> time_t;
}

unsafe extern "C" {
    /// tzset(3): reads the environment.
    pub safe fn tzset();
}

/// Where a date is.
#[derive(Copy, Clone)]
pub enum Zone {
    /// The system's.
    Local,
    Universal,
}

/// localtime_r(3), gmtime_r(3): a time's date, whose `tm_zone` is null, and the name of its zone; nothing when its year cannot
/// be counted.
pub fn break_down(time: time_t, zone: Zone) -> Option<(tm, Option<CString>)> {
    let mut date = no_date();
    // SAFETY: a live number, and room for the answer. The C library keeps the names of zones for ever.
    unsafe {
        let answer = match zone {
            Zone::Local => libc::localtime_r(&time, &mut date),
            Zone::Universal => libc::gmtime_r(&time, &mut date),
        };
        if answer.is_null() {
            return None;
        }
        let name = std::mem::replace(&mut date.tm_zone, std::ptr::null());
        Some((date, (!name.is_null()).then(|| CStr::from_ptr(name).to_owned())))
    }
}

/// The start of a date.
fn no_date() -> tm {
    tm {
        tm_sec: 0,
        tm_min: 0,
        tm_hour: 0,
        tm_mday: 0,
        tm_mon: 0,
        tm_year: 0,
        tm_wday: 0,
        tm_yday: 0,
        tm_isdst: 0,
        tm_gmtoff: 0,
        tm_zone: std::ptr::null(),
    }
}

/// strftime(3): how many bytes the text has, 0 also when it does not fit.
pub fn strftime(text: &mut [u8], template: &CStr, date: &tm, zone: &CStr) -> usize {
    let date = tm { tm_zone: zone.as_ptr(), ..*date };
    // SAFETY: room for the answer, a live C string, a structure whose zone is one.
    unsafe { libc::strftime(text.as_mut_ptr().cast(), text.len(), template.as_ptr(), &date) }
}
