//! Real processes, descriptors and memory.

use super::TABLES;
use crate::heap::{Bytevector, ConditionType, Value, View};
use crate::memory::testing::{Session, field, fix, message, text};

fn session() -> Session {
    Session::with(TABLES)
}

/// Descriptors that are open now, but for the one that looks.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("/proc is mounted").count()
}

/// A name that no other test and no other process uses.
fn unique(what: &str) -> String {
    format!("/vicar-{what}-{}", std::process::id())
}

/// Runs `child` in a child process: its exit code.
fn in_child(s: &mut Session, child: impl FnOnce(&mut Session) -> i32) -> i64 {
    let pid = s.call("fork", &[]).as_fixnum().expect("a process id");
    if pid == 0 {
        let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| child(s))).unwrap_or(99);
        // SAFETY: ends the child at once, without what the test's process would do at its end.
        unsafe { libc::_exit(code) }
    }
    let status = s.call("waitpid", &[fix(pid), fix(0)]);
    assert_eq!(s.call("WIFEXITED", &[status]), Value::TRUE);
    s.call("WEXITSTATUS", &[status]).as_fixnum().expect("an exit code")
}

fn errno(condition: Value) -> i64 {
    field(condition, ConditionType::Errno).and_then(|v| v.as_fixnum()).expect("an &errno condition")
}

const READ_WRITE: i64 = (libc::PROT_READ | libc::PROT_WRITE) as i64;

/// A mapping of one page of a fresh shared memory object, and its descriptor.
fn shared_page(s: &mut Session, what: &str) -> (Value, Value, Value) {
    let name = s.string(&unique(what));
    let page = s.call("sysconf", &[fix(libc::_SC_PAGESIZE as i64)]);
    let flags = fix((libc::O_CREAT | libc::O_RDWR | libc::O_EXCL) as i64);
    let fd = s.call("shm-open", &[name, flags, fix(0o600)]);
    s.call("shm-unlink", &[name]);
    s.call("ftruncate", &[fd, page]);
    let shared = fix(libc::MAP_SHARED as i64);
    let base = s.call("mmap", &[Value::FALSE, page, fix(READ_WRITE), shared, fd, fix(0)]);
    (base, page, fd)
}

fn anonymous(s: &mut Session, pages: i64) -> (Value, i64) {
    let page = s.call("sysconf", &[fix(libc::_SC_PAGESIZE as i64)]).as_fixnum().expect("a size");
    let flags = fix((libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as i64);
    (s.call("mmap", &[Value::FALSE, fix(pages * page), fix(READ_WRITE), flags, fix(0), fix(0)]), page)
}

#[test]
fn a_child_writes_what_the_parent_reads() {
    let mut s = session();
    let (base, page, fd) = shared_page(&mut s, "exchange");
    let code = in_child(&mut s, |s| {
        s.call("pointer-set-c-signed-int!", &[base, fix(0), fix(123)]);
        s.call("munmap", &[base, page]);
        s.call("close", &[fd]);
        7
    });
    assert_eq!(code, 7);
    assert_eq!(s.call("pointer-ref-c-signed-int", &[base, fix(0)]), fix(123));
    s.call("munmap", &[base, page]);
    assert!(s.refused("pointer-ref-c-signed-int", &[base, fix(0)]).contains("dangling"));
    assert!(s.refused("munmap", &[base, page]).contains("dangling"));
    s.call("close", &[fd]);
    assert_eq!(errno(s.condition("close", &[fd])), -libc::EBADF as i64);
}

#[test]
fn protection_is_obeyed() {
    let mut s = session();
    let (base, page) = anonymous(&mut s, 3);
    s.call("pointer-set-c-uint8!", &[base, fix(page), fix(1)]);
    let second = s.call("pointer-add", &[base, fix(page)]);
    s.call("mprotect", &[second, fix(page), fix(libc::PROT_READ as i64)]);
    assert!(s.refused("pointer-set-c-uint8!", &[base, fix(page), fix(2)]).contains("may not be written"));
    assert_eq!(s.call("pointer-ref-c-uint8", &[base, fix(page)]), fix(1));
    s.call("mprotect", &[second, fix(page), fix(libc::PROT_NONE as i64)]);
    assert!(s.refused("pointer-ref-c-uint8", &[base, fix(page)]).contains("may not be read"));
    s.call("mprotect", &[base, fix(3 * page), fix(READ_WRITE)]);
    s.call("memset", &[base, fix(9), fix(3 * page)]);
    assert!(s.refused("mprotect", &[base, fix(4 * page), fix(READ_WRITE)]).contains("one mapping"));
    let one_off = s.call("pointer-add", &[base, fix(1)]);
    assert_eq!(errno(s.condition("munmap", &[one_off, fix(page)])), -libc::EINVAL as i64);
    assert_eq!(errno(s.condition("munmap", &[base, fix(0)])), -libc::EINVAL as i64);
    s.call("munmap", &[second, fix(page)]);
    s.call("pointer-set-c-uint8!", &[base, fix(0), fix(2)]);
    s.call("pointer-set-c-uint8!", &[base, fix(2 * page), fix(2)]);
    assert!(s.refused("pointer-set-c-uint8!", &[second, fix(0), fix(2)]).contains("out of bounds"));
}

#[test]
fn a_mapping_without_write_permission_refuses() {
    let mut s = session();
    let (_, page, fd) = shared_page(&mut s, "readonly");
    let read = fix(libc::PROT_READ as i64);
    let base = s.call("mmap", &[Value::FALSE, page, read, fix(libc::MAP_SHARED as i64), fd, fix(0)]);
    assert!(s.refused("pointer-set-c-uint64!", &[base, fix(0), fix(2)]).contains("may not be written"));
    assert!(s.refused("memset", &[base, fix(0), fix(1)]).contains("may not be written"));
    assert!(s.refused("read", &[fd, base, fix(1)]).contains("may not be written"));
    assert!(s.refused("sem-post", &[base]).contains("may not be written"));
    s.call("close", &[fd]);
}

#[test]
fn an_object_that_another_process_truncates_raises() {
    let mut s = session();
    let (base, page, fd) = shared_page(&mut s, "truncated");
    s.call("sem-init", &[base, Value::TRUE, fix(1)]);
    let code = in_child(&mut s, |s| {
        s.call("ftruncate", &[fd, fix(0)]);
        0
    });
    assert_eq!(code, 0);
    assert!(s.refused("sem-wait", &[base]).contains("truncated"));
    assert!(s.refused("pointer-ref-c-uint64", &[base, fix(64)]).contains("truncated"));
    assert!(s.refused("pointer-set-c-uint64!", &[base, fix(64), fix(0)]).contains("truncated"));
    s.call("munmap", &[base, page]);
    s.call("close", &[fd]);
}

#[test]
fn mappings_grow_and_move() {
    let mut s = session();
    let (base, page) = anonymous(&mut s, 2);
    let clone = s.call("pointer-clone", &[base]);
    s.call("pointer-set-c-uint64!", &[base, fix(page), fix(5)]);
    let moved = s.call("mremap", &[base, fix(2 * page), fix(64 * page), fix(libc::MREMAP_MAYMOVE as i64)]);
    assert_eq!(s.call("pointer-ref-c-uint64", &[moved, fix(page)]), fix(5));
    s.call("pointer-set-c-uint64!", &[moved, fix(64 * page - 8), fix(6)]);
    if s.call("pointer=?", &[moved, clone]).is_false() {
        assert!(s.refused("pointer-ref-c-uint8", &[clone, fix(0)]).contains("out of bounds"));
    }
    let shrunk = s.call("mremap", &[moved, fix(64 * page), fix(page), fix(0)]);
    assert!(s.refused("pointer-ref-c-uint8", &[shrunk, fix(page)]).contains("out of bounds"));
    assert_eq!(errno(s.condition("mremap", &[shrunk, fix(page), fix(page), fix(2)])), -libc::EINVAL as i64);
    s.call("munmap", &[shrunk, fix(page)]);
    assert!(s.refused("mremap", &[shrunk, fix(page), fix(page), fix(0)]).contains("dangling"));
}

#[test]
fn memory_that_is_not_the_programs_is_left_alone() {
    let mut s = session();
    let page = s.call("sysconf", &[fix(libc::_SC_PAGESIZE as i64)]).as_fixnum().expect("a size");
    // A page of this process's own heap.
    let victim = vec![7u8; 4 * page as usize];
    let address = (victim.as_ptr() as i64 + page) & !(page - 1);
    let pointer = s.call("integer->pointer", &[fix(address)]);
    let length = fix(page);
    assert!(s.refused("munmap", &[pointer, length]).contains("not to a mapping"));
    assert!(s.refused("mprotect", &[pointer, length, fix(0)]).contains("not to a mapping"));
    assert!(s.refused("madvise", &[pointer, length, fix(libc::MADV_DONTNEED as i64)]).contains("not to a mapping"));
    let flags = fix((libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED) as i64);
    let condition = s.condition("mmap", &[pointer, length, fix(READ_WRITE), flags, fix(0), fix(0)]);
    assert_eq!(errno(condition), -libc::EEXIST as i64);
    let block = s.call("malloc", &[fix(4 * page)]);
    assert!(s.refused("munmap", &[block, length]).len() > 5);
    assert!(victim.iter().all(|&b| b == 7));
    // Its own mappings it may replace.
    let (base, _) = anonymous(&mut s, 2);
    s.call("pointer-set-c-uint8!", &[base, fix(0), fix(1)]);
    let fresh = s.call("mmap", &[base, length, fix(READ_WRITE), flags, fix(0), fix(0)]);
    assert_eq!(s.call("pointer-ref-c-uint8", &[fresh, fix(0)]), fix(0));
    assert!(s.refused("pointer-ref-c-uint8", &[base, fix(0)]).contains("out of bounds"));
}

#[test]
fn what_a_child_does_not_get_it_cannot_touch() {
    let mut s = session();
    let (base, page) = anonymous(&mut s, 1);
    s.call("madvise", &[base, fix(page), fix(libc::MADV_DONTFORK as i64)]);
    let code = in_child(&mut s, |s| s.refused("pointer-ref-c-uint8", &[base, fix(0)]).contains("dangling") as i32);
    assert_eq!(code, 1);
    s.call("pointer-set-c-uint8!", &[base, fix(0), fix(1)]);
    assert_eq!(errno(s.condition("madvise", &[base, fix(page), fix(100)])), -libc::EINVAL as i64);
}

#[test]
fn semaphores_pass_a_ball() {
    let mut s = session();
    let (base, page, fd) = shared_page(&mut s, "ball");
    let size = s.call("sizeof-sem_t", &[]);
    let other = s.call("pointer-add", &[base, size]);
    assert_eq!(s.call("sem-init", &[base, Value::TRUE]), base);
    s.call("sem-init", &[other, Value::TRUE, fix(0)]);
    let child = s.call("fork", &[]);
    let (mine, yours) = if child == fix(0) { (base, other) } else { (other, base) };
    for _ in 0..1000 {
        s.call("sem-post", &[yours]);
        s.call("sem-wait", &[mine]);
    }
    if child == fix(0) {
        // SAFETY: ends the child at once.
        unsafe { libc::_exit(0) }
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
    s.call("sem-init", &[block, Value::FALSE, fix(1)]);
    assert_eq!(errno(s.condition("sem-init", &[block, Value::FALSE, fix(u32::MAX as i64)])), -libc::EINVAL as i64);
    s.call("sem-wait", &[block]);
    assert_eq!(errno(s.condition("sem-close", &[block])), -libc::EINVAL as i64);
}

#[test]
fn descriptors_read_and_write() {
    // In a process of its own, where no other test opens descriptors.
    assert_eq!(in_child(&mut session(), |s| read_and_write(s)), 0);
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

#[test]
fn interrupted_calls_go_on() {
    extern "C" fn nothing(_: libc::c_int) {}
    let mut s = session();
    let code = in_child(&mut s, |s| {
        // SAFETY: in a child process with one thread: a handler without SA_RESTART that does nothing, and a timer.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = nothing as *const () as usize;
            libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut());
            let tick = libc::timeval { tv_sec: 0, tv_usec: 2000 };
            libc::setitimer(
                libc::ITIMER_REAL,
                &libc::itimerval { it_interval: tick, it_value: tick },
                std::ptr::null_mut(),
            );
        }
        let start = std::time::Instant::now();
        s.values("nanosleep", &[fix(0), fix(50_000_000)]);
        let slept = start.elapsed().as_millis() >= 50;
        let ends = s.values("pipe", &[]);
        let child = s.call("fork", &[]);
        if child == fix(0) {
            s.values("nanosleep", &[fix(0), fix(30_000_000)]);
            let hello = s.string("hello");
            s.call("write", &[ends[1], hello]);
            // SAFETY: ends this child at once.
            unsafe { libc::_exit(0) }
        }
        let buffer = s.0.heap.make_bytevector(10, 0).value();
        let read = s.call("read", &[ends[0], buffer]) == fix(5);
        let waited = s.call("waitpid", &[child, fix(0)]) == fix(0);
        if slept && read && waited { 0 } else { 1 }
    });
    assert_eq!(code, 0);
}

#[test]
fn status_tells_how_a_process_ended() {
    let mut s = session();
    let child = s.call("fork", &[]);
    if child == fix(0) {
        loop {
            s.values("nanosleep", &[fix(10), fix(0)]);
        }
    }
    assert_eq!(s.call("waitpid", &[child, fix(libc::WNOHANG as i64)]), Value::FALSE);
    s.call("kill", &[child, fix(0)]);
    s.call("kill", &[child, fix(libc::SIGTERM as i64)]);
    let status = s.call("waitpid", &[child, fix(0)]);
    assert_eq!(s.call("WIFEXITED", &[status]), Value::FALSE);
    assert_eq!(s.call("WIFSIGNALED", &[status]), Value::TRUE);
    assert_eq!(s.call("WTERMSIG", &[status]), fix(libc::SIGTERM as i64));
    assert_eq!(errno(s.condition("waitpid", &[child, fix(0)])), -libc::ECHILD as i64);
    assert_eq!(errno(s.condition("kill", &[child, fix(0)])), -libc::ESRCH as i64);
}

#[test]
fn exec_gets_arguments_and_environment() {
    let mut s = session();
    let code = in_child(&mut s, |s| {
        let (name, value) = (s.string("VICAR_TEST"), s.string("42"));
        s.call("setenv", &[name, value]);
        let sh = s.string("sh");
        let words = [sh, s.string("-c"), s.string("exit $VICAR_TEST")];
        let argv = s.0.heap.list(&words);
        s.condition("execvp", &[sh, argv]);
        1
    });
    assert_eq!(code, 42);
    let sh = s.string("/nowhere/sh");
    let argv = s.0.heap.list(&[sh]);
    assert_eq!(errno(s.condition("execv", &[sh, argv])), -libc::ENOENT as i64);
    let name = s.string("no-such-program-anywhere");
    assert_eq!(errno(s.condition("execvp", &[name, argv])), -libc::ENOENT as i64);
    let bad = s.0.heap.list(&[fix(1)]);
    s.refused("execv", &[sh, bad]);
}

#[test]
fn the_environment_is_the_machines_own() {
    let (mut a, mut b) = (session(), session());
    let (name, value, empty) = (a.string("VICAR_OWN"), a.string("1"), a.string(""));
    assert_eq!(a.call("getenv", &[name]), Value::FALSE);
    a.call("setenv", &[name, value]);
    a.call("setenv", &[name, empty, Value::FALSE]);
    let found = a.call("getenv", &[name]);
    assert_eq!(text(found), "1");
    let name_b = b.string("VICAR_OWN");
    assert_eq!(b.call("getenv", &[name_b]), Value::FALSE);
    assert!(std::env::var("VICAR_OWN").is_err());
    a.call("setenv", &[name, empty]);
    let found = a.call("getenv", &[name]);
    assert_eq!(text(found), "");
    assert_eq!(a.call("unsetenv", &[name]), Value::TRUE);
    assert_eq!(a.call("getenv", &[name]), Value::FALSE);
    let bad = a.string("A=B");
    assert_eq!(a.call("unsetenv", &[bad]), Value::FALSE);
    a.refused("setenv", &[bad, value]);
    a.refused("setenv", &[empty, value]);
    let path = a.call("environ", &[]).list_iter().any(|e| text(e.uncons().expect("a pair").0) == "PATH");
    assert!(path);
}

#[test]
fn a_machine_that_is_dropped_releases_what_it_had() {
    let before = std::fs::read_to_string("/proc/self/maps").expect("/proc is mounted");
    let name = unique("dropped");
    assert!(!before.contains(&name[1..]));
    let mut s = session();
    let (base, _, fd) = shared_page(&mut s, "dropped");
    s.call("pointer-set-c-uint8!", &[base, fix(0), fix(1)]);
    s.call("close", &[fd]);
    assert!(std::fs::read_to_string("/proc/self/maps").expect("/proc is mounted").contains(&name[1..]));
    drop(s);
    assert!(!std::fs::read_to_string("/proc/self/maps").expect("/proc is mounted").contains(&name[1..]));
}

#[test]
fn what_was_not_granted_is_refused() {
    use crate::eval::{Capabilities, Capability};
    let mut s = session();
    s.0.capabilities = Capabilities::ALL.without(Capability::Processes).without(Capability::RawMemory);
    assert!(s.refused("fork", &[]).contains("processes"));
    assert!(s.refused("getpid", &[]).contains("processes"));
    assert!(s.refused("malloc", &[fix(1)]).contains("raw memory"));
    let flags = fix((libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as i64);
    assert!(s.refused("mmap", &[Value::FALSE, fix(1), fix(0), flags, fix(0), fix(0)]).contains("raw memory"));
    s.0.capabilities = Capabilities::NONE;
    let name = s.string("PATH");
    assert!(s.refused("getenv", &[name]).contains("environment"));
    assert!(s.refused("time", &[]).contains("clock"));
    assert!(s.refused("shm-unlink", &[name]).contains("shared memory"));
    assert!(s.refused("open", &[name, fix(0), fix(0)]).contains("filesystem"));
}

#[test]
fn configuration_answers_numbers_texts_and_nothing() {
    let mut s = session();
    let page = s.call("sysconf", &[fix(libc::_SC_PAGESIZE as i64)]);
    assert!(page.as_fixnum().is_some_and(|n| n >= 4096));
    assert_eq!(errno(s.condition("sysconf", &[fix(99_999)])), -libc::EINVAL as i64);
    let root = s.string("/");
    assert!(s.call("pathconf", &[root, fix(libc::_PC_NAME_MAX as i64)]).as_fixnum().is_some_and(|n| n >= 14));
    let path = s.call("confstr/string", &[fix(0)]);
    assert!(text(path).contains("/bin"));
    assert_eq!(errno(s.condition("confstr", &[fix(99_999)])), -libc::EINVAL as i64);
}
