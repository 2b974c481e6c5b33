//! Descriptors, errors, interrupted calls.

use super::*;
use crate::heap::{Bytevector, View};
use crate::memory::testing::message;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

#[test]
fn descriptors_read_and_write() {
    // In a process of its own, where no other test opens descriptors.
    assert_eq!(in_child(&mut session(), read_and_write), 0);
}

fn read_and_write(s: &mut Session) -> i32 {
    let before = descriptors();
    let ends = s.values("pipe", &[]);
    let hello = s.string("hello");
    assert_eq!(s.call("write", &[ends[1], hello]), fix(5));
    let buffer = s.0.heap.make_bytevector(10, 0).value();
    assert_eq!(s.call("read", &[ends[0], buffer, fix(2)]), fix(2));
    assert_eq!(s.call("read", &[ends[0], buffer]), fix(3));
    assert_eq!(Bytevector::from_value(buffer).expect("a bytevector").bytes()[..3], *b"llo");
    s.refused("read", &[ends[0], buffer, fix(11)]);
    let block = s.call("malloc", &[fix(4)]);
    s.call("write", &[ends[1], buffer, fix(4)]);
    assert!(s.refused("read", &[ends[0], block]).contains("size"));
    assert!(s.refused("read", &[ends[0], block, fix(5)]).contains("out of bounds"));
    assert_eq!(s.call("read", &[ends[0], block, fix(4)]), fix(4));
    assert_eq!(s.call("pointer-ref-c-uint8", &[block, fix(0)]), fix(b'l' as i64));
    s.call("fd-set-non-blocking-mode!", &[ends[0]]);
    assert_eq!(s.call("fd-in-non-blocking-mode?", &[ends[0]]), Value::TRUE);
    let condition = s.condition("read", &[ends[0], buffer]);
    assert_eq!(errno(condition), -libc::EAGAIN as i64);
    assert!(field(condition, ConditionType::IoEagain).is_some());
    assert_eq!(message(condition), "EWOULDBLOCK: Resource temporarily unavailable");
    // A buffer outside of everything: the kernel says so.
    let nowhere = s.call("integer->pointer", &[fix(4096)]);
    assert_eq!(errno(s.condition("write", &[ends[1], nowhere, fix(8)])), -libc::EFAULT as i64);
    s.call("close", &[ends[1]]);
    assert_eq!(s.call("read", &[ends[0], buffer]), fix(0));
    s.call("close", &[ends[0]]);
    assert_eq!(descriptors(), before);
    0
}

#[test]
fn a_failing_open_tells_the_name() {
    let mut s = session();
    let name = s.string("/nowhere/at all");
    let condition = s.condition("open", &[name, fix(0), fix(0)]);
    assert_eq!(errno(condition), -libc::ENOENT as i64);
    assert_eq!(field(condition, ConditionType::IoFilename), Some(name));
    assert_eq!(message(condition), "ENOENT: No such file or directory");
    assert!(field(condition, ConditionType::Error).is_some());
    let nul = s.string("a\0b");
    assert!(s.refused("open", &[nul, fix(0), fix(0)]).contains("NUL"));
}

/// F_GETOWNER_UIDS writes there.
#[test]
fn no_number_is_an_address_for_fcntl() {
    let mut s = session();
    let flags = fix((libc::MAP_PRIVATE | libc::MAP_ANONYMOUS).into());
    let wanted = s.call("integer->pointer", &[fix(0x2000_0000)]);
    let page = s.call("mmap", &[wanted, fix(4096), fix(READ_WRITE), flags, fix(-1), fix(0)]);
    s.call("pointer-set-c-sint64!", &[page, fix(0), fix(-1)]);
    let number = s.call("pointer->integer", &[page]);
    let fits = number.as_fixnum().is_some_and(|n| n <= i32::MAX.into());
    for command in (0..64).chain(1024..1100).filter(|n| ![0, 2, 4, 8, 10, 1024, 1026, 1030, 1031, 1033].contains(n)) {
        if let Err(stop) = s.try_call("fcntl", &[fix(0), fix(command), if fits { number } else { fix(1 << 29) }]) {
            s.0.raised(stop).expect("a condition");
        }
        assert_eq!(s.call("pointer-ref-c-sint64", &[page, fix(0)]), fix(-1), "command {command}");
    }
}

#[test]
fn interrupted_calls_go_on() {
    extern "C" fn nothing(_: libc::c_int) {}
    let mut s = session();
    let code = in_child(&mut s, |s| {
        // Without SA_RESTART.
        let action = SigAction::new(SigHandler::Handler(nothing), SaFlags::empty(), SigSet::empty());
        // SAFETY: a handler that does nothing.
        unsafe { sigaction(Signal::SIGALRM, &action) }.expect("a signal");
        let tick = libc::timeval { tv_sec: 0, tv_usec: 2000 };
        let timer = libc::itimerval { it_interval: tick, it_value: tick };
        crate::posix::sys::time::setitimer(libc::ITIMER_REAL, &timer, None).expect("a timer");
        let start = std::time::Instant::now();
        s.values("nanosleep", &[fix(0), fix(50_000_000)]);
        let slept = start.elapsed().as_millis() >= 50;
        let ends = s.values("pipe", &[]);
        let child = s.fork();
        if child == fix(0) {
            s.values("nanosleep", &[fix(0), fix(30_000_000)]);
            let hello = s.string("hello");
            s.call("write", &[ends[1], hello]);
            crate::posix::sys::process::exit(0)
        }
        let buffer = s.0.heap.make_bytevector(10, 0).value();
        let read = s.call("read", &[ends[0], buffer]) == fix(5);
        let waited = s.call("waitpid", &[child, fix(0)]) == fix(0);
        if slept && read && waited { 0 } else { 1 }
    });
    assert_eq!(code, 0);
}
