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
