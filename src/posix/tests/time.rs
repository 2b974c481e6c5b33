//! Clocks, dates, timers, signals.

use super::*;
use crate::memory::testing::text;

#[test]
fn dates_come_apart_and_together() {
    let mut s = session();
    for time in [0, -1, 951_782_400, 4_102_444_800, -62_135_596_800] {
        for (apart, together) in [("%gmtime", "%timegm"), ("%localtime", "%timelocal")] {
            let fields = s.values(apart, &[fix(time)]);
            let list = s.0.heap.list(&fields);
            assert_eq!(s.call(together, &[list]), fix(time), "{apart} of {time}");
        }
    }
    let leap = s.values("%gmtime", &[fix(951_782_400)]);
    assert_eq!(leap[3..6], [fix(29), fix(1), fix(100)]);
    let list = s.0.heap.list(&leap);
    let template = s.string("%Y-%m-%d %H:%M:%S");
    let date = s.call("%strftime/string", &[template, list]);
    assert_eq!(text(date), "2000-02-29 00:00:00");
    let empty = s.string("");
    let nothing = s.call("%strftime/string", &[empty, list]);
    assert_eq!(text(nothing), "");
    let long = s.string(&"%c".repeat(1000));
    s.refused("%strftime", &[long, list]);
    s.refused("%gmtime", &[fix(i64::MAX >> 2)]);
    s.refused("%timegm", &[Value::NIL]);
    let odd = s.0.heap.list(&[fix(i32::MAX as i64); 11]);
    s.refused("%timegm", &[odd]);
}

/// In a child, because it changes the environment of the process.
#[test]
fn a_zone_is_read_from_a_plain_file_alone() {
    let folder = std::env::temp_dir().join(unique("zones").trim_start_matches('/'));
    std::fs::create_dir_all(&folder).expect("a folder");
    let large = std::fs::File::create(folder.join("large")).expect("a file");
    large.set_len(1 << 30).expect("a file with a hole");
    let mut s = session();
    let code = in_child(&mut s, |_| {
        let mut s = everything();
        s.0.owns_process = true;
        let fifo = s.string(&folder.join("fifo").to_string_lossy());
        s.call("mkfifo", &[fifo, fix(0o600)]);
        let fields = s.values("%gmtime", &[fix(0)]);
        let date = s.0.heap.list(&fields);
        let (name, directory, template) = (s.string("TZ"), s.string("TZDIR"), s.string("%Z"));
        let path = folder.to_string_lossy();
        let inside = s.string(&path);
        s.call("setenv", &[directory, inside]);
        for zone in ["fifo", ":fifo", "large", "/dev/zero", &format!("{path}/fifo"), &format!(":{path}/large")] {
            let zone = s.string(zone);
            s.call("setenv", &[name, zone]);
            for (call, operands) in [
                ("%localtime", vec![fix(0)]),
                ("%gmtime", vec![fix(0)]),
                ("%timelocal", vec![date]),
                ("%strftime", vec![template, date]),
            ] {
                assert!(s.refused(call, &operands).contains("TZ names something"), "{call}");
            }
        }
        for zone in ["UTC", "EST5EDT", "", ":", "no such zone", "."] {
            let zone = s.string(zone);
            s.call("setenv", &[name, zone]);
            s.values("%localtime", &[fix(0)]);
        }
        0
    });
    std::fs::remove_dir_all(&folder).expect("the folder is still there");
    assert_eq!(code, 0);
}

#[test]
fn clocks_go_on() {
    let mut s = session();
    let before = s.call("time", &[]).as_fixnum().expect("seconds");
    let now = s.values("%clock-gettime", &[fix(libc::CLOCK_REALTIME as i64)])[0].as_fixnum().expect("seconds");
    assert!(now >= before && now < before + 100);
    assert_eq!(errno(s.condition("%clock-gettime", &[fix(999)])), -libc::EINVAL as i64);
    assert_eq!(errno(s.condition("clock-getcpuclockid", &[fix((1 << 22) + 1)])), -libc::ESRCH as i64);
    let own = s.call("clock-getcpuclockid", &[fix(0)]);
    s.values("%clock-gettime", &[own]);
    assert!(s.call("clock", &[]).as_fixnum().is_some_and(|n| n >= 0));
    assert_eq!(s.values("%times", &[]).len(), 4);
    assert_eq!(s.values("%gettimeofday", &[]).len(), 2);
    assert_eq!(s.values("%getitimer", &[fix(libc::ITIMER_REAL as i64)]).len(), 4);
    s.refused("nanosleep", &[fix(-1), fix(0)]);
    s.refused("nanosleep", &[fix(0), fix(1_000_000_000)]);
}

#[test]
fn timers_are_the_kernels() {
    let mut s = session();
    let code = in_child(&mut s, |s| {
        let timer = s.call("timer-create", &[fix(libc::CLOCK_REALTIME as i64)]);
        assert_eq!(s.values("%timer-settime", &[timer, fix(0), fix(0), fix(0), fix(1000), fix(0)]), [fix(0); 4]);
        let left = s.values("%timer-gettime", &[timer])[2].as_fixnum().expect("seconds");
        assert!((990..=1000).contains(&left));
        assert_eq!(s.call("timer-getoverrun", &[timer]), fix(0));
        s.call("timer-delete", &[timer]);
        for bad in [timer, fix(-5), fix(123_456)] {
            assert_eq!(errno(s.condition("%timer-gettime", &[bad])), -libc::EINVAL as i64);
        }
        // The host's own, and those of another machine.
        let exists = |timer: libc::c_int| {
            let mut now = crate::posix::timer::unset();
            sys::time::timer_gettime(timer, &mut now).is_ok()
        };
        let mut hosts: libc::c_int = 0;
        sys::time::timer_create(libc::CLOCK_REALTIME, None, &mut hosts).expect("a timer");
        let mut other = session();
        let others = other.call("timer-create", &[fix(libc::CLOCK_REALTIME as i64)]);
        for theirs in [fix(hosts.into()), others] {
            for (call, operands) in [
                ("timer-delete", vec![theirs]),
                ("timer-getoverrun", vec![theirs]),
                ("%timer-gettime", vec![theirs]),
                ("%timer-settime", vec![theirs, fix(0), fix(0), fix(0), fix(1000), fix(0)]),
            ] {
                assert_eq!(errno(s.condition(call, &operands)), -libc::EINVAL as i64, "{call}");
            }
        }
        let others = others.as_fixnum().and_then(|n| n.try_into().ok()).expect("a number");
        assert!(exists(hosts) && exists(others));
        drop(other);
        assert!(exists(hosts) && !exists(others), "with a machine its timers end");
        0
    });
    assert_eq!(code, 0);
}

#[test]
fn the_signal_bub_counts_what_it_lets_in() {
    let mut s = session();
    let code = in_child(&mut s, |s| {
        let (usr1, usr2) = (fix(libc::SIGUSR1 as i64), fix(libc::SIGUSR2 as i64));
        s.call("signal-bub-init", &[]);
        s.call("raise", &[usr1]);
        let me = s.call("getpid", &[]);
        s.call("kill", &[me, usr2]);
        assert_eq!(s.call("signal-bub-delivered?", &[usr1]), Value::FALSE);
        let info: Vec<Value> = s.call("%sigwaitinfo", &[usr2]).list_iter().collect();
        assert_eq!((info.len(), info[0], info[4]), (19, usr2, me));
        assert_eq!(errno(s.condition("%sigtimedwait", &[usr2, fix(0), fix(1000)])), -libc::EAGAIN as i64);
        s.call("signal-bub-acquire", &[]);
        assert_eq!(s.call("signal-bub-delivered?", &[usr1]), Value::TRUE);
        assert_eq!(s.call("signal-bub-delivered?", &[usr1]), Value::FALSE);
        s.call("raise", &[usr1]);
        s.call("raise", &[usr2]);
        s.call("signal-bub-acquire", &[]);
        let all: Vec<Value> = s.call("signal-bub-all-delivered", &[]).list_iter().collect();
        assert_eq!(all, [usr1, usr2]);
        // Truncated memory is still found out.
        let (base, _, fd) = shared_page(s, "bub");
        s.call("ftruncate", &[fd, fix(0)]);
        assert!(s.refused("pointer-ref-c-uint8", &[base, fix(0)]).contains("truncated"));
        s.call("signal-bub-final", &[]);
        s.call("raise", &[usr1]);
        // Children can still be waited for.
        let child = s.fork();
        if child == fix(0) {
            sys::process::exit(3)
        }
        let status = s.call("waitpid", &[child, fix(0)]);
        assert_eq!(s.call("WEXITSTATUS", &[status]), fix(3));
        assert_eq!(errno(s.condition("raise", &[fix(65)])), -libc::EINVAL as i64);
        0
    });
    assert_eq!(code, 0);
}
