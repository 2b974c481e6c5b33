//! The process that works for C: it ends with its parent, has nothing that it does not need, and leaves no trace.

use super::*;
use crate::eval::{Limit, Stop};
use crate::memory::testing::text;
use std::time::{Duration, Instant};

/// Commands have standard error.
const SHOW_ERRORS: i64 = 16;

/// A call that works for years.
fn endless(s: &mut Session) {
    let (pattern, text) = (s.string("^(a*)*\\1\\1*b"), s.string(&"a".repeat(300)));
    let expression = s.call("regcomp", &[pattern, fix(libc::REG_EXTENDED.into())]);
    let _ = s.try_call("regexec", &[expression, text, fix(0)]);
}

/// What the shell makes of a text, as one string.
fn word(s: &mut Session, command: &str) -> String {
    let command = s.string(command);
    let words = s.call("wordexp/string", &[command, fix(0)]);
    words.slots().iter().map(|&word| text(word)).collect::<Vec<_>>().join(" ")
}

/// Whether some process has that parent.
fn has_child(parent: i64) -> bool {
    let processes = std::fs::read_dir("/proc").expect("/proc is mounted").flatten();
    processes.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok()).any(|stat| {
        let behind_name = stat.rsplit(") ").next().unwrap_or("");
        behind_name.split(' ').nth(1).and_then(|id| id.parse().ok()) == Some(parent)
    })
}

#[test]
fn it_dies_with_its_parent() {
    let mut s = everything();
    let ends = s.values("pipe", &[]);
    let (read, write) = (ends[0].as_fixnum().expect("a descriptor"), ends[1].as_fixnum().expect("a descriptor"));
    let parent = s.fork().as_fixnum().expect("a process id");
    if parent == 0 {
        sys::dup2(write as i32, 1).expect("a descriptor");
        endless(&mut s);
        sys::process::exit(1);
    }
    s.call("close", &[ends[1]]);
    let latest = Instant::now() + Duration::from_secs(60);
    while !has_child(parent) {
        assert!(Instant::now() < latest, "it is made");
        std::thread::sleep(Duration::from_millis(5));
    }
    s.call("kill", &[fix(parent), fix(libc::SIGTERM.into())]);
    s.call("waitpid", &[fix(parent), fix(0)]);
    // Both have had standard output.
    assert!(is_left(read), "somebody has standard output still");
    s.call("close", &[ends[0]]);
}

/// Waits until nobody has the pipe's other end, or half a minute.
fn is_left(read: i64) -> bool {
    let mut asked = [libc::pollfd { fd: read as i32, events: 0, revents: 0 }];
    let half_a_minute = libc::timespec { tv_sec: 30, tv_nsec: 0 };
    sys::ppoll(&mut asked, Some(&half_a_minute), None) == Ok(1) && asked[0].revents & libc::POLLHUP != 0
}

/// What it has started, too: a command is the child of a child, and not told of its grandparent's death.
#[test]
fn what_it_has_started_dies_with_its_parent() {
    for signal in [libc::SIGKILL, libc::SIGTERM] {
        let mut s = everything();
        let ends = s.values("pipe", &[]);
        let [read, write] = [0, 1].map(|i| ends[i].as_fixnum().expect("a descriptor"));
        let parent = s.fork().as_fixnum().expect("a process id");
        if parent == 0 {
            sys::dup2(write as i32, 2).expect("a descriptor");
            let command = s.string("$(echo begun >&2; sleep 1000)");
            let _ = s.try_call("wordexp/string", &[command, fix(SHOW_ERRORS)]);
            sys::process::exit(1);
        }
        s.call("close", &[ends[1]]);
        let mut begun = [0u8; 6];
        let n = nix::unistd::read(sys::fd(read as i32), &mut begun);
        assert_eq!((n, &begun), (Ok(6), b"begun\n"));
        s.call("kill", &[fix(parent), fix(signal.into())]);
        s.call("waitpid", &[fix(parent), fix(0)]);
        assert!(is_left(read), "somebody has standard error still");
        s.call("close", &[ends[0]]);
    }
}

/// In a process with other threads that take C's locks all the time, and in a child, because it is about the process's signals.
#[test]
fn other_threads_neither_stop_it_nor_see_it() {
    let mut s = everything();
    let code = in_child(&mut s, |s| {
        block(libc::SIGCHLD);
        for i in 0..3 {
            std::thread::spawn(move || {
                let mut blocks = [std::ptr::null_mut(); 16];
                for n in 0.. {
                    let block = &mut blocks[n % 16];
                    // SAFETY: memory is given back by who has it, and nobody looks at the entry. The threads end with the
                    // process.
                    unsafe {
                        libc::free(*block);
                        *block = libc::malloc(2000 + n % 3000);
                        if i == 0 && n % 64 == 0 {
                            libc::getpwnam(c"root".as_ptr());
                        }
                    }
                }
            });
        }
        let (pattern, flags) = (s.string("~root"), fix(i64::from(libc::GLOB_TILDE | libc::GLOB_NOCHECK)));
        let home = s.call("glob/string", &[pattern, flags]);
        for i in 0..20 {
            assert_eq!(word(s, &format!("$(echo {i}) a")), format!("{i} a"));
            let again = s.call("glob/string", &[pattern, flags]);
            assert_eq!(text(again.list_iter().next().expect("a name")), text(home.list_iter().next().expect("a name")));
        }
        assert!(!is_pending(libc::SIGCHLD));
        assert!(sys::process::waitpid(-1, &mut 0, libc::WNOHANG).is_err());
        0
    });
    assert_eq!(code, 0);
}

#[test]
fn one_that_is_stopped_is_not_waited_for() {
    let mut s = everything();
    let command = s.string("$(kill -STOP $PPID)");
    let message = s.refused("wordexp", &[command, fix(0)]);
    assert!(message.contains("was stopped"), "{message}");
    let command = s.string("$(kill -KILL $PPID)");
    assert!(s.refused("wordexp", &[command, fix(0)]).contains("not enough memory"));
}

#[test]
fn it_has_standard_descriptors_alone() {
    let mut s = everything();
    let open: Vec<_> = (0..40).map(|_| nix::unistd::dup(sys::fd(2)).expect("a copy")).collect();
    let seen = word(&mut s, "$(echo /proc/self/fd/*)");
    drop(open);
    let count = seen.split(' ').count();
    assert!((3..10).contains(&count), "{seen}");
}

#[test]
fn a_long_answer_comes_whole() {
    let mut s = everything();
    let words = word(&mut s, "$(seq 1 20000)");
    assert!(words.split(' ').eq((1..=20_000).map(|n| n.to_string()).collect::<Vec<_>>()));
}

/// In a child, because it is about the process's signals, and because a process of one thread goes another way.
#[test]
fn its_end_is_no_end_of_a_child_of_the_program() {
    let mut s = everything();
    let code = in_child(&mut s, |s| {
        block(libc::SIGCHLD);
        assert_eq!(word(s, "$(echo a b)"), "a b");
        assert!(!is_pending(libc::SIGCHLD));
        Action::ignore().install(libc::SIGCHLD).expect("a signal");
        assert_eq!(word(s, "$(echo c d)"), "c d");
        0
    });
    assert_eq!(code, 0);
}

#[test]
fn a_large_process_pays_for_being_copied() {
    let mut s = everything();
    let (large, name) = (std::hint::black_box(vec![1u8; 256 << 20]), s.string("/"));
    s.0.set_fuel(Some(30_000));
    assert_eq!(s.try_call("glob", &[name, fix(0)]), Err(Stop::LIMIT));
    assert_eq!(s.0.limit_hit, Limit::Fuel);
    assert_eq!(std::hint::black_box(large).last(), Some(&1));
}
