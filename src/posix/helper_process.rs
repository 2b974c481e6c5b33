//! Work of the C library whose time and memory nobody can bound, in a process of its own: matching with back-references,
//! the expansion of patterns by the shell's rules.
//!
//! Such a function cannot be asked to stop, and a thread that is in the middle of one can neither be ended nor left to run
//! for ever. A process can be ended. So the work is done in a child, which has as much memory as the program has left, and
//! hands back bytes through a pipe; when the deadline comes, somebody interrupts or the fuel is used up, the child is killed.
//! That costs about as much as a fork: what is known to be little work is better done directly.
//!
//! Invariants: the child calls C functions and nothing else, allocates nothing of ours, and never returns to what its parent
//! does; it is gone when [`run`] returns.

use super::kernel::Call;
use super::waiting::timespec;
use crate::account::{Claim, Paid};
use crate::eval::{Machine, Res};
use crate::heap::Value;
use std::time::{Duration, Instant};

/// Where the child writes its answer. It gathers a few kilobytes before each system call.
pub struct Answer {
    fd: libc::c_int,
    bytes: [u8; 4096],
    used: usize,
}

impl Answer {
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

    fn flush(&mut self) {
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
        self.used = 0;
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

impl Drop for Helper {
    fn drop(&mut self) {
        // SAFETY: a child of ours that was not waited for, alone in its group with what it has started; a descriptor of ours.
        unsafe {
            libc::kill(-self.pid, libc::SIGKILL);
            libc::kill(self.pid, libc::SIGKILL);
            while libc::waitpid(self.pid, std::ptr::null_mut(), 0) == -1
                && std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted
            {}
            libc::close(self.fd);
        }
    }
}

/// What stands at the end of a whole answer.
const END: u8 = 0xE0;
/// Memory that the child gets in any case: what the C library needs for small work.
const LEAST: usize = 8 << 20;

/// How much memory the program has left for work that is done apart.
pub fn room(m: &Machine) -> usize {
    m.heap.limit().saturating_sub(m.heap.bytes_used()).max(LEAST)
}

/// Has `work` done by a child process, which may take `memory` bytes, and returns what it has put into its answer. Raises when
/// the child comes to another end.
pub fn run(m: &mut Machine, call: &Call, memory: usize, work: impl FnOnce(&mut Answer)) -> Res<Paid<Vec<u8>>> {
    let mut ends = [-1; 2];
    // SAFETY: room for two descriptors.
    call.run(m, || unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
    // SAFETY: the child goes on in this thread alone and does nothing but what the module's header says.
    let forked = call.attempt(m, || unsafe { libc::fork() });
    match forked {
        Ok(Ok(0)) => {
            let _never = NeverReturns;
            let mut answer = Answer { fd: ends[1], bytes: [0; 4096], used: 0 };
            restrict(memory);
            work(&mut answer);
            answer.put(&[END]);
            answer.flush();
            leave(0)
        }
        // SAFETY: descriptors of ours; the child, which may have done so itself.
        Ok(Ok(pid)) => unsafe {
            libc::setpgid(pid, pid);
            libc::close(ends[1]);
            let helper = Helper { pid, fd: ends[0] };
            let answer = listen(m, call, &helper);
            drop(helper);
            answer
        },
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

/// In the child: a group of its own, so that what it starts is ended with it; no core dump; bounded memory.
fn restrict(memory: usize) {
    // SAFETY: plain system calls with live structures.
    unsafe {
        libc::setpgid(0, 0);
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::setrlimit(libc::RLIMIT_CORE, &none);
        let mut limit = none;
        if libc::getrlimit(libc::RLIMIT_AS, &mut limit) == 0 {
            let most = address_space().saturating_add(memory as u64);
            limit.rlim_cur = limit.rlim_cur.min(most);
            libc::setrlimit(libc::RLIMIT_AS, &limit);
        }
    }
}

/// Bytes of this process's address space, as far as the system tells.
fn address_space() -> u64 {
    let mut text = [0u8; 64];
    // SAFETY: a C string, and room for the bytes that are read; the descriptor is ours.
    let n = unsafe {
        let fd = libc::open(c"/proc/self/statm".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
        let n = libc::read(fd, text.as_mut_ptr().cast(), text.len());
        libc::close(fd);
        n
    };
    let digits = text[..usize::try_from(n).unwrap_or(0)].iter().take_while(|b| b.is_ascii_digit());
    let pages = digits.fold(0u64, |pages, b| pages.saturating_mul(10).saturating_add(u64::from(b - b'0')));
    const PAGE: u64 = 4096;
    if pages == 0 { u64::MAX / 2 } else { pages.saturating_mul(PAGE) }
}

/// In the parent: the answer, as it comes.
fn listen(m: &mut Machine, call: &Call, helper: &Helper) -> Res<Paid<Vec<u8>>> {
    /// Between two looks around.
    const SLICE: Duration = Duration::from_millis(5);
    /// Fuel for a millisecond of the child's.
    const UNITS: usize = 4_000;
    let mut answer = Paid::new(Vec::new(), Claim::new(m.heap.memory()));
    let mut buffer = [0u8; 4096];
    loop {
        let begun = Instant::now();
        let slice = timespec(m.patience().map_or(SLICE, |patience| patience.min(SLICE)));
        let mut asked = libc::pollfd { fd: helper.fd, events: libc::POLLIN, revents: 0 };
        // SAFETY: one live structure and a live time. A signal ends the wait, which is as good as the end of the slice.
        let ready = unsafe { libc::ppoll(&mut asked, 1, &slice, std::ptr::null()) };
        m.poll()?;
        m.charge(begun.elapsed().as_micros() as usize * UNITS / 1000)?;
        if ready < 1 {
            continue;
        }
        // SAFETY: room for so many bytes.
        let n = call.run(m, || unsafe { libc::read(helper.fd, buffer.as_mut_ptr().cast(), buffer.len()) })?;
        if n < 1 {
            break;
        }
        answer.grow(n as usize)?;
        answer.extend_from_slice(&buffer[..n as usize]);
    }
    match answer.pop() {
        Some(END) => Ok(answer),
        _ => Err(m.error(call.who(), "there is not enough memory for that", &[] as &[Value])),
    }
}
