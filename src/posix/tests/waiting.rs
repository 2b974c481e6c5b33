//! Calls that wait end when the deadline comes or another thread interrupts, in a process that is a host's: no signal tells
//! them. Every primitive that can wait is here.

use super::*;
use crate::eval::{Limit, Stop};
use std::io::Write;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A folder of this process.
fn folder() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("vicar-waiting-{}", std::process::id()))
}

/// A name there that nothing has yet.
fn file(s: &mut Session) -> Value {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = COUNT.fetch_add(1, Ordering::Relaxed).to_string();
    s.string(&folder().join(name).to_string_lossy())
}

/// Makes what the call waits for, and the call.
type Scene = (&'static str, fn(&mut Session) -> (String, Vec<Value>));

fn pipe(s: &mut Session) -> [Value; 2] {
    let ends = s.values("pipe", &[]);
    [ends[0], ends[1]]
}

fn sockets(s: &mut Session) -> [Value; 2] {
    let ends = s.values("socketpair", &[fix(libc::AF_UNIX as i64), fix(libc::SOCK_STREAM as i64), fix(0)]);
    [ends[0], ends[1]]
}

fn bytes(s: &mut Session, size: usize) -> Value {
    s.0.heap.bytevector(&vec![1; size])
}

fn call(name: &str, operands: &[Value]) -> (String, Vec<Value>) {
    (name.to_owned(), operands.to_vec())
}

/// A child that lives until its parent is done with it.
fn sleeper(s: &mut Session) -> Value {
    let pid = s.fork();
    if pid == fix(0) {
        sleep_and_end()
    }
    pid
}

fn listener(s: &mut Session) -> (Value, Value) {
    let socket = s.call("socket", &[fix(libc::AF_UNIX as i64), fix(libc::SOCK_STREAM as i64), fix(0)]);
    let name = file(s);
    let address = s.call("make-sockaddr_un", &[name]);
    s.call("bind", &[socket, address]);
    s.call("listen", &[socket, fix(0)]);
    (socket, address)
}

const SCENES: &[Scene] = &[
    ("nanosleep", |_| call("nanosleep", &[fix(100), fix(0)])),
    ("poll", |s| {
        let none = s.0.heap.vector(&[]);
        call("poll", &[none, fix(-1)])
    }),
    ("select", |s| {
        let fd = pipe(s)[0];
        call("select-fd-readable?", &[fd, fix(100), fix(0)])
    }),
    ("select, all sets", |s| {
        let fds = pipe(s);
        let (read, except) = (s.0.heap.list(&[fds[0]]), s.0.heap.list(&fds));
        call("select", &[Value::FALSE, read, Value::NIL, except, fix(100), fix(0)])
    }),
    ("select-fd", |s| {
        let fd = pipe(s)[0];
        call("select-fd", &[fd, fix(100), fix(0)])
    }),
    ("select-fd-exceptional?", |s| {
        let fd = pipe(s)[0];
        call("select-fd-exceptional?", &[fd, fix(100), fix(0)])
    }),
    ("select-fd-writable?", |s| {
        let (fd, much) = (pipe(s)[1], bytes(s, 1 << 20));
        s.call("fd-set-non-blocking-mode!", &[fd]);
        s.call("write", &[fd, much]);
        call("select-fd-writable?", &[fd, fix(100), fix(0)])
    }),
    ("select-from-sets", |s| {
        let (fd, set) = (pipe(s)[0], s.call("make-fd-set-bytevector", &[]));
        s.call("FD_SET", &[fd, set]);
        call("select-from-sets", &[fix(1024), set, Value::FALSE, Value::FALSE, fix(100), fix(0)])
    }),
    ("select-from-sets-array", |s| {
        let (fd, sets) = (pipe(s)[0], s.call("make-fd-set-bytevector", &[fix(3)]));
        s.call("FD_SET", &[fd, sets, fix(0)]);
        call("select-from-sets-array", &[fix(1024), sets, fix(100), fix(0)])
    }),
    ("epoll", |s| {
        let set = s.call("epoll-create1", &[fix(0)]);
        let room = s.call("malloc", &[fix(100)]);
        call("epoll-wait", &[set, room, fix(1), fix(-1)])
    }),
    ("read a pipe", |s| {
        let (fd, room) = (pipe(s)[0], bytes(s, 10));
        call("read", &[fd, room])
    }),
    ("readv", |s| {
        let (fd, room) = (pipe(s)[0], bytes(s, 10));
        let rooms = s.0.heap.list(&[room]);
        call("readv", &[fd, rooms])
    }),
    ("write a pipe", |s| {
        let (fd, much) = (pipe(s)[1], bytes(s, 1 << 20));
        call("write", &[fd, much])
    }),
    ("writev", |s| {
        let (fd, much) = (pipe(s)[1], bytes(s, 1 << 20));
        let parts = s.0.heap.list(&[much, much]);
        call("writev", &[fd, parts])
    }),
    ("write a socket", |s| {
        let (fd, much) = (sockets(s)[0], bytes(s, 4 << 20));
        call("write", &[fd, much])
    }),
    ("send", |s| {
        let (fd, much) = (sockets(s)[0], bytes(s, 4 << 20));
        call("send", &[fd, much, Value::FALSE, fix(0)])
    }),
    ("send datagrams", |s| {
        let fd = full(s);
        let some = bytes(s, 1000);
        call("send", &[fd, some, Value::FALSE, fix(0)])
    }),
    ("recv", |s| {
        let (fd, room) = (sockets(s)[0], bytes(s, 10));
        call("recv", &[fd, room, Value::FALSE, fix(0)])
    }),
    ("recv all", |s| {
        let (ends, some, room) = (sockets(s), bytes(s, 5), bytes(s, 10));
        s.call("write", &[ends[1], some]);
        call("recv", &[ends[0], room, Value::FALSE, fix(libc::MSG_WAITALL as i64)])
    }),
    ("recvfrom", |s| {
        let (fd, room) = (sockets(s)[0], bytes(s, 10));
        call("recvfrom", &[fd, room, Value::FALSE, fix(0)])
    }),
    ("accept", |s| {
        let (socket, _) = listener(s);
        call("accept", &[socket])
    }),
    ("open a FIFO to read", |s| fifo(s, libc::O_RDONLY)),
    ("open a FIFO to write", |s| fifo(s, libc::O_WRONLY)),
    ("waitpid", |s| {
        let child = sleeper(s);
        call("waitpid", &[child, fix(0)])
    }),
    ("waitpid for any", |s| {
        sleeper(s);
        call("waitpid", &[fix(-1), fix(0)])
    }),
    ("wait", |s| {
        sleeper(s);
        call("wait", &[])
    }),
    ("waitid", |s| {
        let child = sleeper(s);
        call("%waitid", &[fix(libc::P_PID as i64), child, fix(libc::WEXITED as i64)])
    }),
    ("system", |s| {
        let command = s.string("exec sleep 30");
        call("system", &[command])
    }),
    ("sem-wait", |s| {
        let semaphore = semaphore(s);
        call("sem-wait", &[semaphore])
    }),
    ("sem-timedwait", |s| {
        let semaphore = semaphore(s);
        let now = s.call("time", &[]).as_fixnum().expect("seconds");
        call("%sem-timedwait", &[semaphore, fix(now + 100), fix(0)])
    }),
    ("mq-receive", |s| {
        let (queue, room) = (queue(s), bytes(s, 10));
        call("mq-receive", &[queue, room])
    }),
    ("mq-timedreceive", |s| {
        let (queue, room) = (queue(s), bytes(s, 10));
        let now = s.call("time", &[]).as_fixnum().expect("seconds");
        call("%mq-timedreceive", &[queue, room, fix(now + 100), fix(0)])
    }),
    ("mq-send", |s| {
        let (queue, message) = (queue(s), bytes(s, 10));
        s.call("mq-send", &[queue, message, fix(0)]);
        call("mq-send", &[queue, message, fix(0)])
    }),
    ("mq-timedsend", |s| {
        let (queue, message) = (queue(s), bytes(s, 10));
        s.call("mq-send", &[queue, message, fix(0)]);
        let now = s.call("time", &[]).as_fixnum().expect("seconds");
        call("%mq-timedsend", &[queue, message, fix(0), fix(now + 100), fix(0)])
    }),
    ("sigtimedwait", |_| call("%sigtimedwait", &[fix(libc::SIGWINCH as i64), fix(100), fix(0)])),
    ("sigwaitinfo", |_| call("%sigwaitinfo", &[fix(libc::SIGWINCH as i64)])),
    ("pause", |_| call("pause", &[])),
    ("timerfd-read", |s| {
        let timer = s.call("timerfd-create", &[fix(libc::CLOCK_MONOTONIC as i64), fix(0)]);
        call("timerfd-read", &[timer])
    }),
    ("signalfd", |s| {
        let signals = s.0.heap.list(&[fix(libc::SIGWINCH as i64)]);
        let fd = s.call("signalfd", &[fix(-1), signals, fix(0)]);
        call("%read-signalfd-siginfo", &[fd])
    }),
    ("inotify", |s| {
        let fd = s.call("inotify-init", &[]);
        call("%inotify-read", &[fd])
    }),
    ("connect", |s| {
        let (_, address) = listener(s);
        // As many as the listener keeps waiting.
        for _ in 0..2 {
            let peer = s.call("socket", &[fix(libc::AF_UNIX as i64), fix(libc::SOCK_STREAM as i64), fix(0)]);
            s.call("fd-set-non-blocking-mode!", &[peer]);
            let _ = s.try_call("connect", &[peer, address]);
        }
        let peer = s.call("socket", &[fix(libc::AF_UNIX as i64), fix(libc::SOCK_STREAM as i64), fix(0)]);
        call("connect", &[peer, address])
    }),
    ("fcntl", |s| locked(s, |_, fd, lock| call("fcntl", &[fd, fix(libc::F_SETLKW as i64), lock]))),
    ("fcntl, a lock of the open file", |s| {
        locked(s, |_, fd, lock| call("fcntl", &[fd, fix(libc::F_OFD_SETLKW as i64), lock]))
    }),
    ("regexec", |s| {
        let (pattern, text) = (s.string("^(a*)*\\1\\1*b"), s.string(&"a".repeat(200)));
        let expression = s.call("regcomp", &[pattern, fix(libc::REG_EXTENDED.into())]);
        call("regexec", &[expression, text, fix(0)])
    }),
    ("regcomp", |s| {
        let pattern = s.string("(a*){2000}");
        call("regcomp", &[pattern, fix(libc::REG_EXTENDED.into())])
    }),
    ("wordexp", |s| {
        let command = s.string("$(exec sleep 30)");
        call("wordexp", &[command, fix(0)])
    }),
    ("lockf", |s| locked(s, |_, fd, _| call("lockf", &[fd, fix(libc::F_LOCK as i64), fix(0)]))),
    ("close a socket that lingers", |_| call("close", &[lingering()])),
    ("dup2 over a socket that lingers", |s| {
        let end = pipe(s)[0];
        call("dup2", &[end, lingering()])
    }),
    ("close a port on a socket that lingers", |s| {
        let port = port(s, lingering());
        call("close-port", &[port])
    }),
    ("close the socket of a port that lingers", |s| {
        let fd = lingering();
        port(s, fd);
        call("close", &[fd])
    }),
    ("write on a port", |s| {
        let (fd, much) = (pipe(s)[1], bytes(s, 1 << 20));
        let port = port(s, fd);
        call("put-bytevector", &[port, much])
    }),
    ("close a port with output", |s| call("close-port", &[with_output(s).1])),
    ("close the descriptor of a port with output", |s| call("close", &[with_output(s).0])),
    ("dup2 over the descriptor of a port with output", |s| {
        let (fd, _) = with_output(s);
        let other = pipe(s)[0];
        call("dup2", &[other, fd])
    }),
];

fn port(s: &mut Session, fd: Value) -> Value {
    let name = s.string("port");
    s.call("make-binary-file-descriptor-output-port", &[fd, name])
}

/// A pipe that takes no more, and a port on it that holds output.
fn with_output(s: &mut Session) -> (Value, Value) {
    let (fd, some, much) = (pipe(s)[1], bytes(s, 10), bytes(s, 1 << 20));
    let port = port(s, fd);
    s.call("put-bytevector", &[port, some]);
    s.call("fd-set-non-blocking-mode!", &[fd]);
    s.call("write", &[fd, much]);
    s.call("fd-unset-non-blocking-mode!", &[fd]);
    (fd, port)
}

/// A socket which close(2) would wait for a minute, since its peer takes nothing.
fn lingering() -> Value {
    use std::net::{TcpListener, TcpStream};
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a network");
    let mut socket = TcpStream::connect(listener.local_addr().expect("an address")).expect("somebody listens");
    // It stays open.
    std::mem::forget(listener.accept());
    let option = sys::socket::SocketOption::new(libc::SOL_SOCKET, libc::SO_LINGER).expect("an option");
    let on_for_a_minute = [1i32, 60].map(i32::to_ne_bytes);
    option.set(socket.as_raw_fd(), on_for_a_minute.as_flattened()).expect("it is set");
    socket.set_nonblocking(true).expect("a socket");
    while socket.write(&[0; 1 << 16]).is_ok() {}
    socket.set_nonblocking(false).expect("a socket");
    fix(socket.into_raw_fd().into())
}

/// What nobody refers to any more is closed when it is collected, and nobody waits for that.
#[test]
fn collecting_ports_does_not_wait() {
    let mut s = everything();
    port(&mut s, lingering());
    with_output(&mut s);
    let begun = Instant::now();
    drop(s);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// A socket for datagrams whose peer takes no more.
fn full(s: &mut Session) -> Value {
    let ends = s.values("socketpair", &[fix(libc::AF_UNIX as i64), fix(libc::SOCK_DGRAM as i64), fix(0)]);
    let some = bytes(s, 1000);
    s.call("fd-set-non-blocking-mode!", &[ends[0]]);
    while s.try_call("send", &[ends[0], some, Value::FALSE, fix(0)]).is_ok() {}
    s.call("fd-unset-non-blocking-mode!", &[ends[0]]);
    ends[0]
}

fn fifo(s: &mut Session, flags: i32) -> (String, Vec<Value>) {
    let name = file(s);
    s.call("mkfifo", &[name, fix(0o600)]);
    call("open", &[name, fix(flags as i64), fix(0)])
}

fn semaphore(s: &mut Session) -> Value {
    let semaphore = s.call("malloc", &[fix(size_of::<libc::sem_t>() as i64)]);
    s.call("sem-init", &[semaphore, Value::FALSE])
}

/// A queue with room for one message of ten bytes.
fn queue(s: &mut Session) -> Value {
    let name = s.string(&format!("{}-{}", unique("waiting"), s.0.fuel_consumed()));
    let flags = fix((libc::O_CREAT | libc::O_RDWR) as i64);
    let queue = s.call("%mq-open", &[name, flags, fix(0o600), fix(1), fix(10)]);
    s.call("mq-unlink", &[name]);
    queue
}

/// A file that a child has locked.
fn locked(s: &mut Session, scene: fn(&mut Session, Value, Value) -> (String, Vec<Value>)) -> (String, Vec<Value>) {
    let name = file(s);
    let fd = s.call("open", &[name, fix((libc::O_CREAT | libc::O_RDWR) as i64), fix(0o600)]);
    s.call("unlink", &[name]);
    let ends = pipe(s);
    let byte = bytes(s, 1);
    if s.fork() == fix(0) {
        s.call("lockf", &[fd, fix(libc::F_LOCK as i64), fix(0)]);
        s.call("write", &[ends[1], byte]);
        sleep_and_end()
    }
    s.call("read", &[ends[0], byte]);
    // All of the file, from its start.
    let mut lock = [0; size_of::<libc::flock>()];
    lock[std::mem::offset_of!(libc::flock, l_type)..][..2].copy_from_slice(&(libc::F_WRLCK as i16).to_ne_bytes());
    let lock = s.0.heap.bytevector(&lock);
    scene(s, fd, lock)
}

/// Ends the children that the scene has made.
fn reap() {
    let children = std::fs::read_to_string(format!("/proc/self/task/{}/children", std::process::id()));
    for pid in children.unwrap_or_default().split_whitespace().filter_map(|pid| pid.parse::<i32>().ok()) {
        let _ = sys::signal::kill(pid, libc::SIGKILL);
        let _ = sys::process::waitpid(pid, &mut 0, 0);
    }
}

/// What the call answers, with the limit that it ran into, and how long it took.
fn outcome(scene: &Scene, limit: impl FnOnce(&mut Session)) -> (bool, Limit, Duration) {
    let mut s = everything();
    let (name, operands) = (scene.1)(&mut s);
    limit(&mut s);
    let begun = Instant::now();
    let stopped = s.try_call(&name, &operands) == Err(Stop::LIMIT);
    let took = begun.elapsed();
    reap();
    (stopped, s.0.limit_hit, took)
}

/// In a process of its own: other tests have children as well, and `SIGWINCH` is blocked for all of them.
#[test]
fn every_call_that_waits_ends_with_the_deadline_and_with_an_interrupt() {
    let mut s = session();
    let code = in_child(&mut s, |_| {
        block(libc::SIGWINCH);
        std::fs::create_dir_all(folder()).expect("the folder for temporary files can be written");
        let mut failures = 0;
        for scene in SCENES {
            let deadline =
                outcome(scene, |s| s.0.heap.watch.deadline = Some(Instant::now() + Duration::from_millis(30)));
            let interrupt = outcome(scene, |s| {
                let flag = s.0.interrupt_flag();
                flag.begin();
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(30));
                    assert!(flag.request(None));
                });
            });
            for (result, limit) in [(deadline, Limit::Deadline), (interrupt, Limit::Interrupted)] {
                // Loose, since other tests run meanwhile: what waits here waits for half a minute and more.
                if !result.0 || result.1 != limit || result.2 > Duration::from_secs(10) {
                    // The child's own copy of what the test harness captures is lost.
                    let _ = writeln!(std::io::stderr(), "{}: {result:?}", scene.0);
                    failures += 1;
                }
            }
        }
        let _ = std::fs::remove_dir_all(folder());
        failures
    });
    assert_eq!(code, 0, "calls that wait on");
}
