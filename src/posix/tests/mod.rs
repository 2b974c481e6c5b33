//! Real processes, descriptors and memory. One file a subject; what they share is here.

mod descriptors;
mod files;
mod helper_process;
mod limits;
mod long;
mod memory;
mod processes;
mod semaphores;
mod texts;
mod time;
mod waiting;

use super::sys::{
    self,
    signal::{Action, Set},
};
use super::{TABLES, glibc, linux};
use crate::eval::Primitive;
use crate::heap::{ConditionType, Value};
use crate::memory::testing::{Session, field, fix};
use std::sync::LazyLock;

fn session() -> Session {
    Session::with(TABLES)
}

/// The primitives of this folder and of those below.
fn every_table() -> Vec<&'static [Primitive]> {
    [TABLES, linux::TABLES, glibc::TABLES].concat()
}

/// A session that knows all of them, and the standard libraries' where they have no other of that name.
fn everything() -> Session {
    static ALL: LazyLock<Vec<&'static [Primitive]>> =
        LazyLock::new(|| [every_table(), crate::primitives::TABLES.concat()].concat());
    Session::with(&ALL)
}

/// Descriptors that are open now, but for the one that looks.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("/proc is mounted").count()
}

/// A name that no other test and no other process uses.
fn unique(what: &str) -> String {
    format!("/vicar-{what}-{}", std::process::id())
}

impl Session {
    /// Makes a child: its id, 0 there.
    fn fork(&mut self) -> Value {
        let who = self.0.heap.symbol("fork");
        self.call("%fork", &[who])
    }

    fn refused_fork(&mut self) -> String {
        let who = self.0.heap.symbol("fork");
        self.refused("%fork", &[who])
    }
}

/// Runs `child` in a child process: its exit code.
fn in_child(s: &mut Session, child: impl FnOnce(&mut Session) -> i32) -> i64 {
    let pid = s.fork().as_fixnum().expect("a process id");
    if pid == 0 {
        let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| child(s))).unwrap_or(99);
        // Without what the test's process would do at its end.
        sys::process::exit(code)
    }
    let status = s.call("waitpid", &[fix(pid), fix(0)]);
    assert_eq!(s.call("WIFEXITED", &[status]), Value::TRUE);
    s.call("WEXITSTATUS", &[status]).as_fixnum().expect("an exit code")
}

/// A file in memory, of the test's own.
fn memory_file(name: &str) -> libc::c_int {
    use std::os::fd::IntoRawFd;
    nix::sys::memfd::memfd_create(name, nix::sys::memfd::MFdFlags::empty()).expect("a file").into_raw_fd()
}

/// In a child: waits for half a minute, or to be killed, and ends.
fn sleep_and_end() -> ! {
    nix::unistd::alarm::set(30);
    nix::unistd::pause();
    sys::process::exit(0)
}

/// Blocks a signal in this thread.
fn block(signal: libc::c_int) {
    let mut set = Set::none();
    assert!(set.add(signal), "it is a signal");
    set.mask(libc::SIG_BLOCK);
}

/// Whether a blocked signal has come; it is taken.
fn is_pending(signal: libc::c_int) -> bool {
    let mut set = Set::none();
    assert!(set.add(signal), "it is a signal");
    let at_once = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    sys::signal::sigtimedwait(set.as_c(), None, Some(&at_once)).is_ok()
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
