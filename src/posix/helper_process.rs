//! Work of the C library whose time and memory nobody can bound, in a process of its own: matching with back-references,
//! the expansion of patterns by the shell's rules.
//!
//! Such a function cannot be asked to stop, and a thread that is in the middle of one can neither be ended nor left to run
//! for ever. A process can be ended. So the work is done in a child, which has as much memory as the program has left, and
//! hands back bytes through a pipe; when the deadline comes, somebody interrupts or the fuel is used up, the child is killed.
//! That costs about as much as a fork, which takes the longer the more memory the process has, and is paid for with fuel: what
//! is known to be little work is better done directly.
//!
//! The child is made by the system's call and not by C's `fork`: its end sends no signal to the program, and nobody's `wait` finds
//! it. So nobody has put C's locks in order for it. Another thread may have held one at that moment, the allocator's for
//! example, and will never give it back here: the child takes those that its work may need before it says that it has
//! begun, and one that does not say so is ended, and another made.
//!
//! Work that starts processes itself has a guard between: a process that does nothing but wait, and ends all of them when
//! the parent dies. The system ends a child with its parent, but not what that child has started.
//!
//! Invariants: the child calls C functions and nothing else, allocates nothing of ours, and never returns to what its parent
//! does. It does not end by itself once it has answered, so that nobody can have waited for it, and its id is its own, until
//! [`run`] ends it; it is gone when [`run`] returns, and dies with the thread that runs the machine.

use super::kernel::Call;
use super::sys::{
    self,
    process::exit as leave,
    signal::{Action, Info, Set},
};
use super::waiting::timespec;
use crate::account::{Claim, Paid};
use crate::eval::{Machine, Res};
use crate::heap::Value;
use crate::memory::page_size;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, stat};
use nix::unistd::{self, Pid};
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::{Duration, Instant};

/// Bytes of a block's length, which comes before it.
const HEAD: usize = 4;
/// What comes before the first block.
const BEGUN: u8 = b'+';
/// The status of a guard whose worker was stopped.
const STOPPED: libc::c_int = 2;

/// What the work uses.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum Uses {
    Memory,
    /// And the names of users.
    Names,
    /// And processes that it starts.
    Processes,
}

/// Where the child writes its answer: in blocks of a few kilobytes, the last of which is empty. Its end is told that way, and
/// not by the pipe's, because a process that another thread has made meanwhile may have the pipe as well.
pub struct Answer {
    fd: libc::c_int,
    /// A length, and the block.
    bytes: [u8; 4096],
    /// How many are in use, with the length.
    used: usize,
}

impl Answer {
    fn new(fd: libc::c_int) -> Answer {
        Answer { fd, bytes: [0; 4096], used: HEAD }
    }

    /// Says that the work begins.
    fn begin(&self) {
        self.write(&[BEGUN]);
    }

    /// Appends bytes to the answer.
    pub fn put(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.used == self.bytes.len() {
                self.flush();
            }
            let n = bytes.len().min(self.bytes.len() - self.used);
            self.bytes[self.used..self.used + n].copy_from_slice(&bytes[..n]);
            self.used += n;
            bytes = &bytes[n..];
        }
    }

    /// The answer is whole.
    fn end(&mut self) {
        if self.used > HEAD {
            self.flush();
        }
        self.flush();
    }

    /// Writes a block.
    fn flush(&mut self) {
        let length = (self.used - HEAD) as u32;
        self.bytes[..HEAD].copy_from_slice(&length.to_ne_bytes());
        self.write(&self.bytes[..self.used]);
        self.used = HEAD;
    }

    fn write(&self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match unistd::write(sys::fd(self.fd), bytes) {
                Ok(n) => bytes = &bytes[n..],
                Err(Errno::EINTR) => {}
                // Nobody listens any more.
                Err(_) => leave(1),
            }
        }
    }
}

/// Ends the child when something unwinds, before it comes to frames of the parent's.
struct NeverReturns;

impl Drop for NeverReturns {
    fn drop(&mut self) {
        leave(1)
    }
}

/// The child, and the pipe's end for its answer. Dropping it ends the child.
struct Helper {
    pid: libc::pid_t,
    fd: OwnedFd,
}

/// What has become of the child.
#[derive(PartialEq, Eq)]
enum State {
    Runs,
    /// By a signal: it will not go on by itself.
    Stopped,
    /// It is dead, and its id is still its own.
    Ended,
    /// It is no child of ours: dead, and somebody has waited for it.
    Gone,
}

impl Helper {
    /// Looks at the child; with `options` 0 waits until it is dead.
    fn state(&self, options: libc::c_int) -> State {
        let mut info = Info::none();
        let options = options | libc::WEXITED | libc::WNOWAIT | libc::__WALL;
        loop {
            match sys::process::waitid(libc::P_PID, self.pid as libc::id_t, &mut info.0, options) {
                Ok(_) => {
                    let child = info.parts();
                    return match info.0.si_code {
                        _ if child.pid == 0 => State::Runs,
                        libc::CLD_STOPPED => State::Stopped,
                        libc::CLD_EXITED if child.status == STOPPED => State::Stopped,
                        _ => State::Ended,
                    };
                }
                Err(Errno::EINTR) => {}
                Err(_) => return State::Gone,
            }
        }
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // Signals go to a child of ours that nobody has waited for, and to the group that has its id; when somebody else has
        // ended it and waited for it, the id may be another's, and no signal is sent.
        let kill = |pid| {
            let _ = sys::signal::kill(pid, libc::SIGKILL);
        };
        if self.state(libc::WNOHANG) != State::Gone {
            kill(-self.pid);
            kill(self.pid);
            if self.state(0) != State::Gone {
                // What it had started when it was not yet in a group of its own, or was just starting.
                kill(-self.pid);
                while sys::process::waitpid(self.pid, &mut 0, libc::__WALL) == Err(Errno::EINTR) {}
            }
        }
    }
}

/// Memory that the child gets in any case: what the C library needs for small work.
const LEAST: usize = 8 << 20;

/// How long a child may take to begin, before another is made in its place. The last one has as long as the program.
const PATIENCE: [Option<Duration>; 9] = {
    const fn milliseconds(n: u64) -> Option<Duration> {
        Some(Duration::from_millis(n))
    }
    let (short, long) = (milliseconds(50), milliseconds(400));
    [short, short, short, short, long, long, long, milliseconds(2000), None]
};

/// Has `work` done by a child process, which may take as much memory as the program has left, and returns what it has put into
/// its answer. Raises when the child comes to another end.
pub fn run(m: &mut Machine, call: &Call, uses: Uses, mut work: impl FnMut(&mut Answer)) -> Res<Paid<Vec<u8>>> {
    // Where nobody else can hold a lock, the child begins, sooner or later.
    let first = if is_alone() { PATIENCE.len() - 1 } else { 0 };
    for patience in &PATIENCE[first..] {
        if let Some(answer) = attempt(m, call, uses, *patience, &mut work)? {
            return Ok(answer);
        }
    }
    Err(m.error(call.who(), "the process that does it has not begun", &[] as &[Value]))
}

/// Nothing when the child has not begun to work in time.
fn attempt(
    m: &mut Machine,
    call: &Call,
    uses: Uses,
    patience: Option<Duration>,
    work: &mut impl FnMut(&mut Answer),
) -> Res<Option<Paid<Vec<u8>>>> {
    /// Fuel buys the copying of the tables for so much memory.
    const BYTES_A_UNIT: usize = 8192;
    let size = Size::of_process();
    m.charge(size.resident.max(m.heap.bytes_used()) / BYTES_A_UNIT)?;
    let memory = m.heap.limit().saturating_sub(m.heap.bytes_used()).max(LEAST);
    let (read, write) = call.run(m, || unistd::pipe2(OFlag::O_CLOEXEC))?;
    let parent = unistd::getpid();
    match call.run(m, || make_child(0))? {
        0 => {
            let _never = NeverReturns;
            restrict(parent, write.as_raw_fd(), size.space.saturating_add(memory));
            if uses == Uses::Processes {
                guard();
            }
            let mut answer = Answer::new(write.as_raw_fd());
            take_locks(uses);
            answer.begin();
            work(&mut answer);
            answer.end();
            loop {
                // To be ended.
                unistd::pause();
            }
        }
        pid => {
            drop(write);
            listen(m, call, &Helper { pid, fd: read }, patience)
        }
    }
}

/// Whether this process has no thread but this one.
fn is_alone() -> bool {
    // Two links that every folder has, and one for each thread.
    stat(c"/proc/self/task").is_ok_and(|tasks| tasks.st_nlink == 3)
}

/// Makes a child: 0 there, its id here. At its end its parent is sent `signal`; 0 is none.
fn make_child(signal: libc::c_int) -> nix::Result<libc::pid_t> {
    // SAFETY: the child goes on in this thread alone, with a copy of the memory, and does nothing but what the module's header
    // says.
    Errno::result(unsafe { libc::syscall(libc::SYS_clone, signal as usize, 0usize, 0usize, 0usize, 0usize) as _ })
}

/// In the child: takes the locks of C that the work may need and gives them back, so that they can be had from now on. Where
/// another thread of the parent's held one, this never ends.
fn take_locks(uses: Uses) {
    /// More than a thread keeps for itself without a lock.
    const LARGE: usize = 5000;
    // SAFETY: memory of its own, and room for the answer, which nobody reads.
    unsafe {
        let memory = libc::malloc(LARGE);
        // Otherwise the compiler knows that nobody needs it.
        std::hint::black_box(memory);
        libc::free(memory);
        if uses != Uses::Memory {
            let mut user: libc::passwd = std::mem::zeroed();
            let mut found = std::ptr::null_mut();
            let mut room = [0; 1024];
            libc::getpwuid_r(libc::geteuid(), &mut user, room.as_mut_ptr(), room.len(), &mut found);
        }
    }
}

/// Makes a child that goes on, and stays behind as its guard: ends it, and all of the group, when the parent dies, and
/// itself when the child ends or is stopped, so that the parent sees it.
fn guard() {
    /// Sent by the parent's death.
    const DEATH: Signal = Signal::SIGTERM;
    // A process of one thread; signals go to the group of this process, of which it is the leader.
    let (parent, guard) = (unistd::getppid(), unistd::getpid());
    let before = Set::all().mask(libc::SIG_SETMASK);
    let mut awaited = Set::none();
    awaited.add(DEATH as libc::c_int);
    awaited.add(libc::SIGCHLD);
    // One that is ignored is not sent for a child.
    let signals = [DEATH as libc::c_int, libc::SIGCHLD];
    let actions = signals.map(|signal| Action::usual().install(signal));
    let _ = set_pdeathsig(DEATH);
    let worker = match make_child(libc::SIGCHLD) {
        Ok(0) => {
            let _ = set_pdeathsig(Signal::SIGKILL);
            if unistd::getppid() != guard {
                leave(1);
            }
            for (signal, action) in signals.into_iter().zip(&actions) {
                let _ = action.map(|action| action.install(signal));
            }
            before.mask(libc::SIG_SETMASK);
            return;
        }
        Ok(worker) => worker,
        Err(_) => leave(1),
    };
    loop {
        let mut info = Info::none();
        let options = libc::WEXITED | libc::WSTOPPED | libc::WNOHANG;
        if sys::process::waitid(libc::P_PID, worker as libc::id_t, &mut info.0, options).is_err() {
            leave(1);
        }
        if info.parts().pid != 0 {
            leave(if info.0.si_code == libc::CLD_STOPPED { STOPPED } else { 1 });
        }
        // It may have died before it was asked to send a signal.
        if unistd::getppid() != parent {
            let _ = sys::signal::kill(0, libc::SIGKILL);
        }
        let _ = sys::signal::sigtimedwait(awaited.as_c(), None, None);
    }
}

/// In the child: its parent's death is its own; it has a session of its own, so that what it starts is ended with it and the
/// terminal's keys do not stop it; standard descriptors and the one for its answer alone; no core dump; `most` bytes of memory.
fn restrict(parent: Pid, answer: libc::c_int, most: usize) {
    let _ = set_pdeathsig(Signal::SIGKILL);
    // It may have died before.
    if unistd::getppid() != parent {
        leave(1);
    }
    let _ = unistd::setsid();
    // The descriptors are copies, which nobody in this process uses.
    if answer > 3 {
        close_range(3, answer - 1);
    }
    close_range(answer.max(2) + 1, libc::c_int::MAX);
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    let _ = sys::process::setrlimit(libc::RLIMIT_CORE, &none);
    let mut limit = none;
    if sys::process::getrlimit(libc::RLIMIT_AS, &mut limit).is_ok() {
        limit.rlim_cur = limit.rlim_cur.min(most as libc::rlim_t);
        let _ = sys::process::setrlimit(libc::RLIMIT_AS, &limit);
    }
}

/// Closes all descriptors from `first` to `last`, which nobody uses any more.
fn close_range(first: libc::c_int, last: libc::c_int) {
    /// A system without this call has hardly more.
    const MOST: libc::c_int = 65_536;
    if sys::process::close_range(first, last, 0).is_err() {
        for fd in first..=last.min(MOST) {
            let _ = unistd::close(fd);
        }
    }
}

/// How large this process is, in bytes.
struct Size {
    /// Addresses in use.
    space: usize,
    /// What of that is in memory.
    resident: usize,
}

impl Size {
    /// As far as the system tells.
    fn of_process() -> Size {
        let mut text = [0u8; 64];
        let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC;
        let opened = nix::fcntl::open(c"/proc/self/statm", flags, Mode::empty());
        let n = opened.and_then(|fd| unistd::read(fd, &mut text)).unwrap_or(0);
        let mut words = text[..n].split(|&b| b == b' ');
        let mut bytes = || {
            let pages = std::str::from_utf8(words.next()?).ok()?.parse::<usize>().ok()?;
            Some(pages.saturating_mul(page_size()))
        };
        let space = bytes().unwrap_or(usize::MAX / 2);
        Size { space, resident: bytes().unwrap_or(0) }
    }
}

/// In the parent: the answer, as it comes; nothing when the child does not begin for so long.
fn listen(m: &mut Machine, call: &Call, helper: &Helper, patience: Option<Duration>) -> Res<Option<Paid<Vec<u8>>>> {
    const WAS_STOPPED: &str = "the process that does it was stopped";
    /// Between two looks around.
    const SLICE: Duration = Duration::from_millis(5);
    /// Fuel for a millisecond of the child's.
    const UNITS: usize = 4_000;
    let mut answer = Paid::new(Vec::new(), Claim::new(m.heap.memory()));
    let mut buffer = [0u8; 4096];
    // How much of a block's length has come, and how much of the block has not.
    let (mut head, mut have, mut left) = ([0u8; HEAD], 0, 0);
    let mut ended = false;
    let (made, mut works) = (Instant::now(), false);
    loop {
        let begun = Instant::now();
        let slice = timespec(m.patience().map_or(SLICE, |patience| patience.min(SLICE)));
        let mut asked = [libc::pollfd { fd: helper.fd.as_raw_fd(), events: libc::POLLIN, revents: 0 }];
        // A signal ends the wait, which is as good as the end of the slice.
        let ready = sys::ppoll(&mut asked, Some(&slice), None).unwrap_or(0);
        m.poll()?;
        m.charge(begun.elapsed().as_micros() as usize * UNITS / 1000)?;
        if ready < 1 {
            if !works && patience.is_some_and(|patience| made.elapsed() > patience) {
                return Ok(None);
            }
            match helper.state(libc::WSTOPPED | libc::WNOHANG) {
                State::Runs => {}
                State::Stopped => return Err(m.error(call.who(), WAS_STOPPED, &[])),
                State::Ended | State::Gone if ended => break,
                // It may have answered in between.
                State::Ended | State::Gone => ended = true,
            }
            continue;
        }
        if !works {
            if call.run(m, || unistd::read(&helper.fd, &mut head[..1]))? < 1 {
                break;
            }
            works = true;
            continue;
        }
        let room = if left > 0 { &mut buffer[..left.min(4096)] } else { &mut head[have..] };
        let n = call.run(m, || unistd::read(&helper.fd, room))?;
        if n == 0 {
            break;
        }
        if left > 0 {
            answer.grow(n)?;
            answer.extend_from_slice(&buffer[..n]);
            left -= n;
            continue;
        }
        have += n;
        if have == HEAD {
            have = 0;
            left = u32::from_ne_bytes(head) as usize;
            if left == 0 {
                return Ok(Some(answer));
            }
        }
    }
    // Its end of the pipe is closed a moment before it can be waited for.
    let mut state = helper.state(libc::WSTOPPED | libc::WNOHANG);
    for _ in 0..100 {
        if state != State::Runs {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
        state = helper.state(libc::WSTOPPED | libc::WNOHANG);
    }
    let message = if state == State::Stopped { WAS_STOPPED } else { "there is not enough memory for that" };
    Err(m.error(call.who(), message, &[] as &[Value]))
}
