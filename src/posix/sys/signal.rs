//! Signals. nix's types know the classic ones alone, and programs use those of real time as well.

use super::calls;
use super::pass::Pass;
use libc::{c_int, sigset_t, timespec};
use nix::errno::Errno;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

calls! {
    /// raise(3)
    call raise(signal: c_int);
    /// kill(2)
    call kill(pid: libc::pid_t, signal: c_int);
    /// sigaddset(3)
    call sigaddset(set: &mut sigset_t, signal: c_int);
    /// sigfillset(3)
    call sigfillset(set: &mut sigset_t);
    /// sigdelset(3)
    call sigdelset(set: &mut sigset_t, signal: c_int);
    /// sigismember(3)
    plain sigismember(set: &sigset_t, signal: c_int) -> c_int;
    /// pthread_sigmask(3)
    plain pthread_sigmask(how: c_int, set: Option<&sigset_t>, before: Option<&mut sigset_t>) -> c_int;
    /// sigtimedwait(2); without a time sigwaitinfo(2)
    call sigtimedwait(set: &sigset_t, info: Option<&mut libc::siginfo_t>, time: Option<&timespec>);
    /// signalfd(2)
    call signalfd(fd: c_int, set: &sigset_t, flags: c_int);
}

/// A set of signals.
#[derive(Copy, Clone)]
pub struct Set(sigset_t);

impl Set {
    pub fn none() -> Set {
        // SAFETY: words without padding. Not by `sigemptyset`, which leaves most of them as they are.
        Set(unsafe { MaybeUninit::zeroed().assume_init() })
    }

    pub fn all() -> Set {
        let mut set = Set::none();
        // It has no way to fail.
        let _ = sigfillset(&mut set.0);
        set
    }

    /// Whether there is such a signal.
    pub fn add(&mut self, signal: c_int) -> bool {
        sigaddset(&mut self.0, signal).is_ok()
    }

    pub fn remove(&mut self, signal: c_int) {
        // One that there is not, is not in the set.
        let _ = sigdelset(&mut self.0, signal);
    }

    pub fn has(&self, signal: c_int) -> bool {
        sigismember(&self.0, signal) == 1
    }

    pub fn as_c(&self) -> &sigset_t {
        &self.0
    }

    /// Makes it the thread's mask (`SIG_SETMASK`), adds it (`SIG_BLOCK`) or takes it away (`SIG_UNBLOCK`); the mask before.
    pub fn mask(&self, how: c_int) -> Set {
        let mut before = Set::none();
        pthread_sigmask(how, Some(&self.0), Some(&mut before.0));
        before
    }

    /// The thread's mask.
    pub fn of_thread() -> Set {
        let mut now = Set::none();
        pthread_sigmask(libc::SIG_BLOCK, None, Some(&mut now.0));
        now
    }
}

/// One more than the greatest signal.
pub const COUNT: usize = 65;

/// How often each signal came to [`Action::count`].
pub static DELIVERED: [AtomicU32; COUNT] = [const { AtomicU32::new(0) }; COUNT];

/// The one handler here: it does no more than add to a number, atomically.
extern "C" fn count(signal: c_int) {
    if let Some(counter) = DELIVERED.get(signal as usize) {
        counter.fetch_add(1, Relaxed);
    }
}

/// What is done when a signal comes.
///
/// Invariant: its handler may be called at any time, by whatever signal.
#[derive(Copy, Clone)]
pub struct Action(libc::sigaction);

impl Action {
    /// For a handler by its address, or one of the two numbers that stand for none.
    fn new(handler: usize, flags: c_int) -> Action {
        // SAFETY: numbers, and a pointer to a function that may be missing: all of them may be zero.
        let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
        (action.sa_sigaction, action.sa_flags) = (handler, flags);
        Action(action)
    }

    /// What the system does by itself.
    pub fn usual() -> Action {
        Action::new(libc::SIG_DFL, 0)
    }

    /// Nothing.
    pub fn ignore() -> Action {
        Action::new(libc::SIG_IGN, 0)
    }

    /// Counts it in [`DELIVERED`]. Calls that it interrupts go on, and children that are stopped send no signal.
    pub fn count() -> Action {
        Action::new(count as *const () as usize, libc::SA_RESTART | libc::SA_NOCLDSTOP)
    }

    pub fn counts(&self) -> bool {
        self.handler() == count as *const () as usize
    }

    /// What is done for a signal now.
    pub fn of(signal: c_int) -> Action {
        exchange(signal, None).unwrap_or_else(|_| Action::usual())
    }

    /// Has it done from now on; what was done before. `EINVAL` for those for which nothing else can be done.
    pub fn install(&self, signal: c_int) -> nix::Result<Action> {
        exchange(signal, Some(self))
    }

    /// The address of the handler, `SIG_DFL` or `SIG_IGN`.
    pub fn handler(&self) -> usize {
        self.0.sa_sigaction
    }
}

fn exchange(signal: c_int, new: Option<&Action>) -> nix::Result<Action> {
    let mut before = Action::usual();
    let wanted = new.map_or(std::ptr::null(), |new| &raw const new.0);
    // SAFETY: null or an action whose handler may be called, and room for the one before, of which the same is known.
    Errno::result(unsafe { libc::sigaction(signal, wanted, &mut before.0) })?;
    Ok(before)
}

/// What the kernel tells of a signal, or of a child. All of it is numbers, and zero before it is filled in.
pub struct Info(pub libc::siginfo_t);

/// The parts of an [`Info`], of which the signal, and what sent it, say which mean something.
pub struct Parts {
    pub pid: libc::pid_t,
    pub uid: libc::uid_t,
    pub status: c_int,
    pub utime: libc::c_long,
    pub stime: libc::c_long,
    pub value: usize,
    pub timer: usize,
    pub overrun: c_int,
    pub address: usize,
    /// Where SIGPOLL keeps its band and descriptor, and SIGBUS the least significant bit of its address.
    pub band: i64,
    pub fd: i32,
    pub lsb: i16,
}

impl Info {
    pub fn none() -> Info {
        // SAFETY: zeros are a value of numbers, and of a null pointer.
        Info(unsafe { MaybeUninit::zeroed().assume_init() })
    }

    pub fn parts(&self) -> Parts {
        let info = &self.0;
        let at = std::ptr::from_ref(info).cast::<u8>();
        // SAFETY: every member of the union is plain numbers, all of them are initialised, and what is read at 16 and 24 is
        // inside of the structure, which is 128 bytes, and aligned.
        unsafe {
            Parts {
                pid: info.si_pid(),
                uid: info.si_uid(),
                status: info.si_status(),
                utime: info.si_utime(),
                stime: info.si_stime(),
                value: info.si_value().sival_ptr as usize,
                timer: info.si_timerid() as usize,
                overrun: info.si_overrun(),
                address: info.si_addr() as usize,
                band: *at.add(16).cast(),
                fd: *at.add(24).cast(),
                lsb: *at.add(24).cast(),
            }
        }
    }
}
