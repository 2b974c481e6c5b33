//! Semaphores, also those that are used with the C library or that other processes write to.

use super::*;
use crate::heap::{Pointer, View};
use crate::memory;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

#[test]
fn semaphores_pass_a_ball() {
    let mut s = session();
    let (base, page, fd) = shared_page(&mut s, "ball");
    let size = s.call("sizeof-sem_t", &[]);
    let other = s.call("pointer-add", &[base, size]);
    assert_eq!(s.call("sem-init", &[base, Value::TRUE]), base);
    s.call("sem-init", &[other, Value::TRUE, fix(0)]);
    let child = s.fork();
    let (mine, yours) = if child == fix(0) { (base, other) } else { (other, base) };
    for _ in 0..1000 {
        s.call("sem-post", &[yours]);
        s.call("sem-wait", &[mine]);
    }
    if child == fix(0) {
        sys::process::exit(0)
    }
    assert_eq!(s.call("waitpid", &[child, fix(0)]), fix(0));
    s.call("munmap", &[base, page]);
    s.call("close", &[fd]);
}

#[test]
fn named_semaphores_live_until_the_last_close() {
    let mut s = session();
    let name = s.string(&unique("named"));
    let flags = fix((libc::O_CREAT | libc::O_EXCL) as i64);
    let sem = s.call("sem-open", &[name, flags, fix(0o600), fix(2)]);
    assert_eq!(errno(s.condition("sem-open", &[name, flags, fix(0o600), fix(2)])), -libc::EEXIST as i64);
    let again = s.call("sem-open", &[name, fix(0), fix(0)]);
    s.call("sem-unlink", &[name]);
    assert_eq!(s.call("sem-getvalue", &[sem]), fix(2));
    assert_eq!(s.call("sem-trywait", &[sem]), Value::TRUE);
    s.call("sem-wait", &[again]);
    assert_eq!(s.call("sem-trywait", &[sem]), Value::FALSE);
    assert_eq!(s.call("%sem-timedwait", &[sem, fix(0), fix(0)]), Value::FALSE);
    let code = in_child(&mut s, |s| {
        s.call("sem-post", &[sem]);
        0
    });
    assert_eq!(code, 0);
    s.call("sem-wait", &[sem]);
    s.call("sem-close", &[sem]);
    s.call("sem-post", &[again]);
    s.call("sem-close", &[again]);
    assert!(s.refused("sem-wait", &[sem]).contains("dangling"));
    assert!(s.refused("sem-close", &[sem]).contains("dangling"));
    assert_eq!(errno(s.condition("sem-unlink", &[name])), -libc::ENOENT as i64);
}

#[test]
fn a_semaphore_needs_memory_of_the_program() {
    let mut s = session();
    let block = s.call("malloc", &[fix(40)]);
    let off = s.call("pointer-add", &[block, fix(3)]);
    let end = s.call("pointer-add", &[block, fix(16)]);
    let null = s.call("null-pointer", &[]);
    let foreign = s.call("integer->pointer", &[fix(1 << 20)]);
    for name in ["sem-wait", "sem-post", "sem-trywait", "sem-getvalue", "sem-destroy", "sem-close"] {
        for bad in [off, end, null, foreign] {
            s.condition(name, &[bad]);
        }
    }
    assert_eq!(errno(s.condition("sem-init", &[block, Value::FALSE, fix(u32::MAX as i64)])), -libc::EINVAL as i64);
    s.call("sem-init", &[block, Value::FALSE, fix(1)]);
    s.call("sem-wait", &[block]);
    assert_eq!(errno(s.condition("sem-close", &[block])), -libc::EINVAL as i64);
}

/// The C library would end the process.
#[test]
fn a_semaphore_that_was_overwritten_is_refused() {
    let mut s = session();
    let name = s.string(&unique("overwritten"));
    let named = s.call("sem-open", &[name, fix((libc::O_CREAT | libc::O_EXCL) as i64), fix(0o600)]);
    s.call("sem-unlink", &[name]);
    let [own, shared] = [Value::FALSE, Value::TRUE].map(|pshared| {
        let block = s.call("malloc", &[fix(32)]);
        s.call("memset", &[block, fix(255), fix(32)]);
        s.call("sem-init", &[block, pshared])
    });
    for sem in [named, own, shared] {
        s.call("sem-post", &[sem]);
        assert_eq!(s.call("sem-trywait", &[sem]), Value::TRUE);
        for manner in [-1, 1, 64, i64::from(i32::MIN)] {
            s.call("pointer-set-c-sint32!", &[sem, fix(8), fix(manner)]);
            for call in ["sem-wait", "sem-trywait", "sem-getvalue", "sem-post", "sem-destroy"] {
                let message = s.refused(call, &[sem]);
                assert!(message.contains("there is no semaphore at the pointer"), "{call} {manner}: {message}");
            }
            let [now, zero] = [fix(0); 2];
            assert!(s.refused("%sem-timedwait", &[sem, now, zero]).contains("there is no semaphore"), "{manner}");
        }
    }
    s.call("sem-close", &[named]);
}

/// A named semaphore is a file that others may truncate.
#[test]
fn a_named_semaphore_that_is_truncated_raises() {
    let mut s = session();
    let name = unique("short");
    let (text, path) = (s.string(&name), s.string(&format!("/dev/shm/sem.{}", &name[1..])));
    let sem = s.call("sem-open", &[text, fix((libc::O_CREAT | libc::O_EXCL).into()), fix(0o600)]);
    let fd = s.call("open", &[path, fix(libc::O_RDWR.into()), fix(0)]);
    s.call("sem-unlink", &[text]);
    s.call("sem-post", &[sem]);
    s.call("ftruncate", &[fd, fix(0)]);
    assert!(s.refused("pointer-ref-c-uint32", &[sem, fix(0)]).contains("truncated"));
    for call in ["sem-post", "sem-wait", "sem-trywait", "sem-getvalue"] {
        assert!(s.refused(call, &[sem]).contains("truncated"), "{call}");
    }
    // As long as before, it is one of which nothing is there.
    s.call("ftruncate", &[fd, fix(32)]);
    assert_eq!(s.call("sem-getvalue", &[sem]), fix(0));
    s.call("sem-close", &[sem]);
    s.call("close", &[fd]);
}

/// Ends a child at once, without what the test's process would do at its end.
fn end(code: i32) -> ! {
    sys::process::exit(code)
}

/// A child that does `work`; it is killed when it takes a minute.
fn child(s: &mut Session, work: impl FnOnce(&mut Session)) -> Value {
    let pid = s.fork();
    if pid == fix(0) {
        nix::unistd::alarm::set(60);
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(s)));
        end(if done.is_ok() { 0 } else { 99 })
    }
    pid
}

fn at(sem: Value) -> *mut libc::sem_t {
    memory::address(Pointer::from_value(sem).expect("a pointer")) as *mut libc::sem_t
}

/// The first word of a semaphore, or the second.
fn word<'a>(sem: Value, index: usize) -> &'a AtomicU64 {
    assert!(index < 2);
    // SAFETY: the tests keep the semaphore until they are done with it.
    unsafe { &*at(sem).cast::<AtomicU64>().add(index) }
}

/// Posts and waits of the C library.
fn by_c(sem: Value, f: unsafe extern "C" fn(*mut libc::sem_t) -> libc::c_int) {
    // SAFETY: the tests keep the semaphore until they are done with it.
    assert_eq!(unsafe { f(at(sem)) }, 0);
}

fn c_post(sem: Value) {
    by_c(sem, libc::sem_post)
}

fn c_wait(sem: Value) {
    by_c(sem, libc::sem_wait)
}

/// `count` semaphores in shared memory.
fn shared<const COUNT: usize>(s: &mut Session) -> [Value; COUNT] {
    let (base, _, fd) = shared_page(s, "semaphores");
    s.call("close", &[fd]);
    std::array::from_fn(|i| {
        let sem = s.call("pointer-add", &[base, fix(64 * i as i64)]);
        s.call("sem-init", &[sem, Value::TRUE])
    })
}

#[test]
fn a_ball_goes_to_the_c_library_and_back() {
    let mut s = session();
    let name = s.string(&unique("ball-of-c"));
    let flags = fix((libc::O_CREAT | libc::O_EXCL).into());
    let named = s.call("sem-open", &[name, flags, fix(0o600)]);
    s.call("sem-unlink", &[name]);
    let [anonymous] = shared(&mut s);
    for [ours, theirs] in [[named, anonymous], [anonymous, named]] {
        let pid = child(&mut s, |_| {
            for _ in 0..1000 {
                c_wait(theirs);
                c_post(ours);
            }
        });
        for _ in 0..1000 {
            s.call("sem-post", &[theirs]);
            s.call("sem-wait", &[ours]);
        }
        assert_eq!(s.call("waitpid", &[pid, fix(0)]), fix(0));
        assert_eq!(
            [word(ours, 0).load(Relaxed), word(theirs, 0).load(Relaxed)],
            [0, 0],
            "nothing is left, and nobody waits"
        );
    }
    s.call("sem-close", &[named]);
}

#[test]
fn everybody_who_waits_gets_one() {
    const EACH: usize = 10;
    let mut s = session();
    let [sem, done] = shared(&mut s);
    let mut children = Vec::new();
    for i in 0..2 * EACH {
        children.push(child(&mut s, |s| {
            for _ in 0..20 {
                if i % 2 == 0 {
                    s.call("sem-wait", &[sem])
                } else {
                    (c_wait(sem), Value::VOID).1
                };
            }
            s.call("sem-post", &[done]);
        }));
    }
    // Half of the posts come when all of them wait.
    let begun = Instant::now();
    while word(sem, 0).load(Relaxed) >> 32 < 2 * EACH as u64 && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(word(sem, 0).load(Relaxed), (2 * EACH as u64) << 32);
    for i in 0..20 * EACH {
        s.call("sem-post", &[sem]);
        c_post(sem);
        if i % 10 == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    for _ in 0..2 * EACH {
        s.call("sem-wait", &[done]);
    }
    for pid in children {
        assert_eq!(s.call("waitpid", &[pid, fix(0)]), fix(0));
    }
    assert_eq!([word(sem, 0).load(Relaxed), word(done, 0).load(Relaxed)], [0, 0]);
}

#[test]
fn a_value_that_is_too_large_is_an_error() {
    let mut s = session();
    let block = s.call("malloc", &[fix(32)]);
    let sem = s.call("sem-init", &[block, Value::FALSE, fix(i32::MAX.into())]);
    assert_eq!(errno(s.condition("sem-post", &[sem])), -libc::EOVERFLOW as i64);
    assert_eq!(s.call("sem-getvalue", &[sem]), fix(i32::MAX.into()));
    s.call("sem-wait", &[sem]);
    s.call("sem-post", &[sem]);
    for value in [i64::from(i32::MAX) + 1, u32::MAX.into()] {
        s.call("pointer-set-c-uint32!", &[sem, fix(0), fix(value)]);
        assert_eq!(errno(s.condition("sem-post", &[sem])), -libc::EOVERFLOW as i64);
        for call in ["sem-wait", "sem-trywait", "sem-getvalue"] {
            assert_eq!(errno(s.condition(call, &[sem])), -libc::EINVAL as i64, "{call}");
        }
        assert_eq!(word(sem, 0).load(Relaxed), value as u64, "nothing was changed, and nobody waits");
    }
}

#[test]
fn the_time_of_a_wait_is_checked() {
    let mut s = session();
    let block = s.call("malloc", &[fix(32)]);
    let sem = s.call("sem-init", &[block, Value::FALSE]);
    for nsec in [-1, 1_000_000_000] {
        assert_eq!(errno(s.condition("%sem-timedwait", &[sem, fix(0), fix(nsec)])), -libc::EINVAL as i64);
    }
    for sec in [i64::MIN >> 3, -1, 0, 1] {
        assert_eq!(s.call("%sem-timedwait", &[sem, fix(sec), fix(999_999_999)]), Value::FALSE);
    }
    s.call("sem-post", &[sem]);
    assert_eq!(s.call("%sem-timedwait", &[sem, fix(i64::MAX >> 3), fix(0)]), Value::TRUE);
    assert_eq!(word(sem, 0).load(Relaxed), 0);
}

/// The C library would end the process when it is told to wait in a manner that there is not.
#[test]
fn another_process_may_write_to_a_semaphore_that_is_used() {
    let mut s = session();
    let [sem] = shared(&mut s);
    let writer = child(&mut s, |_| {
        for i in 0u64.. {
            word(sem, 0).store([0, 1, 1 << 32, u64::MAX, i][i as usize % 5], Relaxed);
            word(sem, 1).store([0, 128, 77, u64::MAX][i as usize % 4], Relaxed);
        }
    });
    let mut ended = 0;
    for i in 0..5000 {
        let now = s.call("time", &[]);
        let _ = s.try_call("sem-init", &[sem, Value::TRUE]);
        for call in ["sem-post", "sem-trywait", "sem-getvalue"] {
            ended += s.try_call(call, &[sem]).is_ok() as usize;
        }
        // In the second that has begun, or when it is over.
        let end = if i % 1000 == 0 { now } else { fix(1) };
        ended += s.try_call("%sem-timedwait", &[sem, end, fix(999_999_999)]).is_ok() as usize;
    }
    assert!(ended > 0);
    s.call("kill", &[writer, fix(libc::SIGKILL.into())]);
    s.call("waitpid", &[writer, fix(0)]);
    s.call("sem-init", &[sem, Value::TRUE, fix(1)]);
    s.call("sem-wait", &[sem]);
}

/// Whoever waits in slices finds out; what was waited for does not come any more.
#[test]
fn a_semaphore_that_is_truncated_while_it_is_waited_for_raises() {
    let mut s = session();
    let (sem, _, fd) = shared_page(&mut s, "truncated-meanwhile");
    s.call("sem-init", &[sem, Value::TRUE]);
    let pid = child(&mut s, |s| {
        std::thread::sleep(Duration::from_millis(50));
        s.call("ftruncate", &[fd, fix(0)]);
    });
    // It looks around for an interrupt.
    let _flag = s.0.interrupt_flag();
    s.0.heap.watch.deadline = Some(Instant::now() + Duration::from_secs(30));
    assert!(s.refused("sem-wait", &[sem]).contains("truncated"));
    s.0.heap.watch.deadline = None;
    s.call("waitpid", &[pid, fix(0)]);
    s.call("close", &[fd]);
}
