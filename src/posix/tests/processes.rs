//! Processes, environment, capabilities, configuration.

use super::*;
use crate::memory::testing::text;

#[test]
fn status_tells_how_a_process_ended() {
    let mut s = session();
    let child = s.fork();
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
        s.condition("%execvp", &[sh, argv]);
        1
    });
    assert_eq!(code, 42);
    let sh = s.string("/nowhere/sh");
    let argv = s.0.heap.list(&[sh]);
    assert_eq!(errno(s.condition("%execv", &[sh, argv])), -libc::ENOENT as i64);
    let name = s.string("no-such-program-anywhere");
    assert_eq!(errno(s.condition("%execvp", &[name, argv])), -libc::ENOENT as i64);
    let bad = s.0.heap.list(&[fix(1)]);
    s.refused("%execv", &[sh, bad]);
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
fn what_was_not_granted_is_refused() {
    use crate::eval::{Capabilities, Capability};
    let mut s = session();
    s.0.capabilities = Capabilities::ALL.without(Capability::Processes).without(Capability::RawMemory);
    assert!(s.refused_fork().contains("processes"));
    assert!(s.refused("getpid", &[]).contains("processes"));
    assert!(s.refused("raise", &[fix(0)]).contains("processes"));
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
