//! Work of the C library whose time and memory nobody can bound, in a process of its own: matching with back-references,
//! the expansion of patterns by the shell's rules.
//!
//! Such a function cannot be asked to stop, and a thread that is in the middle of one can neither be ended nor left to run
//! for ever. A process can be ended. So the work is done in a child, which has as much memory as the program has left, and
//! hands back bytes through a pipe; when the deadline comes, somebody interrupts or the fuel is used up, the child is killed.
//! That costs about as much as a fork, which takes the longer the more memory the process has, and is paid for with fuel: what
//! is known to be little work is better done directly.
//!
//! Invariants: the child calls C functions and nothing else, allocates nothing of ours, and never returns to what its parent
//! does. It does not end by itself once it has answered, so that nobody can have waited for it, and its id is its own, until
//! [`run`] ends it; it is gone when [`run`] returns, and dies with the thread that runs the machine.

use super::kernel::Call;
use super::waiting::timespec;
use crate::account::{Claim, Paid};
use crate::eval::{Machine, Res};
use crate::heap::Value;
use crate::memory::page_size;
use std::time::{Duration, Instant};

/// Bytes of a block's length, which comes before it.
const HEAD: usize = 4;

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
        let mut done = 0;
        while done < self.used {
            // SAFETY: bytes of a live array.
            let n = unsafe { libc::write(self.fd, self.bytes[done..self.used].as_ptr().cast(), self.used - done) };
            match usize::try_from(n) {
                Ok(n) => done += n,
                Err(_) if std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted => {}
                // Nobody listens any more.
                Err(_) => leave(1),
            }
        }
        self.used = HEAD;
    }
}

/// Ends the child, without anything that its parent would do at its end.
fn leave(status: libc::c_int) -> ! {
    // SAFETY: a system call.
    unsafe { libc::_exit(status) }
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
    fd: libc::c_int,
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
        loop {
            // SAFETY: zero is a value of this structure, which the call fills in; its fields are those of a child's state.
            unsafe {
                let mut info: libc::siginfo_t = std::mem::zeroed();
                let options = options | libc::WEXITED | libc::WNOWAIT | libc::__WALL;
                match libc::waitid(libc::P_PID, self.pid as libc::id_t, &mut info, options) {
                    0 if info.si_pid() == 0 => return State::Runs,
                    0 if info.si_code == libc::CLD_STOPPED => return State::Stopped,
                    0 => return State::Ended,
                    _ if std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted => {}
                    _ => return State::Gone,
                }
            }
        }
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // SAFETY: signals go to a child of ours that nobody has waited for, and to the group that has its id; when somebody
        // else has ended it and waited for it, the id may be another's, and no signal is sent. A descriptor of ours is closed.
        unsafe {
            if self.state(libc::WNOHANG) != State::Gone {
                libc::kill(-self.pid, libc::SIGKILL);
                libc::kill(self.pid, libc::SIGKILL);
                if self.state(0) == State::Ended {
                    // What it had started when it was not yet in a group of its own, or was just starting.
                    libc::kill(-self.pid, libc::SIGKILL);
                    while libc::waitpid(self.pid, std::ptr::null_mut(), libc::__WALL) == -1
                        && std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted
                    {
                    }
                }
            }
            libc::close(self.fd);
        }
    }
}

/// Memory that the child gets in any case: what the C library needs for small work.
const LEAST: usize = 8 << 20;

/// How much memory the program has left for work that is done apart.
pub fn room(m: &Machine) -> usize {
    m.heap.limit().saturating_sub(m.heap.bytes_used()).max(LEAST)
}

/// Has `work` done by a child process, which may take `memory` bytes, and returns what it has put into its answer. Raises when
/// the child comes to another end.
pub fn run(m: &mut Machine, call: &Call, memory: usize, work: impl FnOnce(&mut Answer)) -> Res<Paid<Vec<u8>>> {
    /// Fuel buys the copying of the tables for so much memory.
    const BYTES_A_UNIT: usize = 8192;
    let size = Size::of_process();
    m.charge(size.resident.max(m.heap.bytes_used()) / BYTES_A_UNIT)?;
    let mut ends = [-1; 2];
    // SAFETY: room for two descriptors.
    call.run(m, || unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
    // SAFETY: a system call.
    let parent = unsafe { libc::getpid() };
    let forked = call.attempt(m, make_child);
    match forked {
        Ok(Ok(0)) => {
            let _never = NeverReturns;
            restrict(parent, ends[1], size.space.saturating_add(memory));
            let mut answer = Answer::new(ends[1]);
            work(&mut answer);
            answer.end();
            loop {
                // SAFETY: waits to be ended.
                unsafe { libc::pause() };
            }
        }
        Ok(Ok(pid)) => {
            // SAFETY: a descriptor of ours.
            unsafe { libc::close(ends[1]) };
            listen(m, call, &Helper { pid, fd: ends[0] })
        }
        other => {
            // SAFETY: descriptors of ours.
            unsafe {
                libc::close(ends[0]);
                libc::close(ends[1]);
            }
            Err(match other {
                Ok(Err(errno)) => call.failure(m, errno),
                Ok(Ok(_)) => m.assertion(call.who(), "no process was made", &[]),
                Err(stop) => stop,
            })
        }
    }
}

/// Makes a child: 0 there, its id here, -1 for a failure.
///
/// A process of one thread makes one whose end no signal tells, which a program that waits for its own children sees nothing of.
/// With more threads C has to make it, because another thread may be allocating at the moment, and the child will allocate.
fn make_child() -> libc::pid_t {
    // SAFETY: zero is a value of this structure. The child goes on in this thread alone, with a copy of the memory, and does
    // nothing but what the module's header says; no other thread can have been made in between.
    unsafe {
        let mut tasks: libc::stat = std::mem::zeroed();
        // Two links that every folder has, and one for each thread.
        let alone = libc::stat(c"/proc/self/task".as_ptr(), &mut tasks) == 0 && tasks.st_nlink == 3;
        if alone { libc::syscall(libc::SYS_clone, 0usize, 0usize, 0usize, 0usize, 0usize) as _ } else { libc::fork() }
    }
}

/// In the child: its parent's death is its own; it has a session of its own, so that what it starts is ended with it and the
/// terminal's keys do not stop it; standard descriptors and the one for its answer alone; no core dump; `most` bytes of memory.
fn restrict(parent: libc::pid_t, answer: libc::c_int, most: usize) {
    // SAFETY: plain system calls with live structures; the descriptors are copies, which nobody in this process uses.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong, 0, 0, 0);
        // It may have died before.
        if libc::getppid() != parent {
            leave(1);
        }
        libc::setsid();
        if answer > 3 {
            close_range(3, answer - 1);
        }
        close_range(answer.max(2) + 1, libc::c_int::MAX);
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::setrlimit(libc::RLIMIT_CORE, &none);
        let mut limit = none;
        if libc::getrlimit(libc::RLIMIT_AS, &mut limit) == 0 {
            limit.rlim_cur = limit.rlim_cur.min(most as libc::rlim_t);
            libc::setrlimit(libc::RLIMIT_AS, &limit);
        }
    }
}

/// Closes all descriptors from `first` to `last`.
///
/// # Safety
/// Nobody uses them any more.
unsafe fn close_range(first: libc::c_int, last: libc::c_int) {
    /// A system without this call has hardly more.
    const MOST: libc::c_int = 65_536;
    // SAFETY: as the caller says.
    unsafe {
        if libc::syscall(libc::SYS_close_range, first, last, 0) != 0 {
            for fd in first..=last.min(MOST) {
                libc::close(fd);
            }
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
        // SAFETY: a C string, and room for the bytes that are read; the descriptor is ours.
        let n = unsafe {
            let fd = libc::open(c"/proc/self/statm".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
            let n = libc::read(fd, text.as_mut_ptr().cast(), text.len());
            libc::close(fd);
            n
        };
        let mut words = text[..usize::try_from(n).unwrap_or(0)].split(|&b| b == b' ');
        let mut bytes = || {
            let pages = std::str::from_utf8(words.next()?).ok()?.parse::<usize>().ok()?;
            Some(pages.saturating_mul(page_size()))
        };
        let space = bytes().unwrap_or(usize::MAX / 2);
        Size { space, resident: bytes().unwrap_or(0) }
    }
}

/// In the parent: the answer, as it comes.
fn listen(m: &mut Machine, call: &Call, helper: &Helper) -> Res<Paid<Vec<u8>>> {
    /// Between two looks around.
    const SLICE: Duration = Duration::from_millis(5);
    /// Fuel for a millisecond of the child's.
    const UNITS: usize = 4_000;
    let mut answer = Paid::new(Vec::new(), Claim::new(m.heap.memory()));
    let mut buffer = [0u8; 4096];
    // How much of a block's length has come, and how much of the block has not.
    let (mut head, mut have, mut left) = ([0u8; HEAD], 0, 0);
    let mut ended = false;
    loop {
        let begun = Instant::now();
        let slice = timespec(m.patience().map_or(SLICE, |patience| patience.min(SLICE)));
        let mut asked = libc::pollfd { fd: helper.fd, events: libc::POLLIN, revents: 0 };
        // SAFETY: one live structure and a live time. A signal ends the wait, which is as good as the end of the slice.
        let ready = unsafe { libc::ppoll(&mut asked, 1, &slice, std::ptr::null()) };
        m.poll()?;
        m.charge(begun.elapsed().as_micros() as usize * UNITS / 1000)?;
        if ready < 1 {
            match helper.state(libc::WSTOPPED | libc::WNOHANG) {
                State::Runs => {}
                State::Stopped => return Err(m.error(call.who(), "the process that does it was stopped", &[])),
                State::Ended | State::Gone if ended => break,
                // It may have answered in between.
                State::Ended | State::Gone => ended = true,
            }
            continue;
        }
        let room = if left > 0 { &mut buffer[..left.min(4096)] } else { &mut head[have..] };
        // SAFETY: room for so many bytes.
        let n = call.run(m, || unsafe { libc::read(helper.fd, room.as_mut_ptr().cast(), room.len()) })?;
        let Some(n) = usize::try_from(n).ok().filter(|&n| n > 0) else { break };
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
                return Ok(answer);
            }
        }
    }
    Err(m.error(call.who(), "there is not enough memory for that", &[] as &[Value]))
}
