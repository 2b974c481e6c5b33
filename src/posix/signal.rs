//! Signals: sending, waiting, and the signal bub, which blocks all signals and counts them when asked.
//!
//! The counters belong to the process, as signals do. Signals that tell of a fault in the running code are left alone:
//! blocked they would end the process at once, and one of them is how truncated memory is found out.

use super::argument::{Int, UInt};
use super::kernel::{Call, Errno};
use super::waiting::timespec;
use crate::eval::{Capability::Processes, Machine, Res, Single};
use crate::heap::Value;
use crate::heap::View;
use crate::io::is_ignored_at_start;
use crate::memory::{from_i64, from_u64, unbound};
use crate::primitives;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// One more than the greatest signal.
const COUNT: usize = 65;

/// How often each signal came since it was last asked for.
static DELIVERED: [AtomicU32; COUNT] = [const { AtomicU32::new(0) }; COUNT];

/// Whether the signal bub was ever there, and the signals that were blocked and ignored before: bit 0 is that of signal 1. It
/// blocks and ignores them for this program, not for those that are executed.
static BUB: AtomicBool = AtomicBool::new(false);
static BLOCKED_BEFORE: AtomicU64 = AtomicU64::new(0);
static IGNORED_BEFORE: AtomicU64 = AtomicU64::new(0);

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// The action of a signal.
fn action(signal: i32) -> libc::sigaction {
    // SAFETY: plain numbers, and room for the answer.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &mut action);
        action
    }
}

/// The signals of a thread's mask.
fn blocked() -> u64 {
    // SAFETY: room for the answer, which is initialised before it is looked at.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &mut set);
        (1..COUNT as i32).filter(|&s| libc::sigismember(&set, s) == 1).map(bit).sum()
    }
}

fn set_blocked(bits: u64) {
    // SAFETY: the set is initialised before it is used.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        (1..COUNT as i32).filter(|&s| bits & bit(s) != 0).for_each(|s| {
            libc::sigaddset(&mut set, s);
        });
        libc::pthread_sigmask(libc::SIG_SETMASK, &set, std::ptr::null_mut());
    }
}

/// Remembers how signals were before the first bub.
fn remember() {
    if BUB.swap(true, Relaxed) {
        return;
    }
    BLOCKED_BEFORE.store(blocked(), Relaxed);
    let ignored = (1..COUNT as i32).filter(|&s| action(s).sa_sigaction == libc::SIG_IGN).map(bit).sum();
    IGNORED_BEFORE.store(ignored, Relaxed);
}

/// Signals that Rust programs and this one ignore, but by which a program that is executed expects to be ended.
const IGNORED_HERE: [libc::c_int; 2] = [libc::SIGPIPE, libc::SIGXFSZ];

/// While it lives, signals are as a program expects them that is executed now: as they were before this program, and its
/// libraries, blocked and ignored some for their own use. What the program asked for in other ways stays. Allocates nothing.
pub struct AsAtStart {
    actions: [Option<libc::sigaction>; COUNT],
    blocked: u64,
}

impl AsAtStart {
    pub fn new() -> AsAtStart {
        let mut actions = [const { None }; COUNT];
        let bub = BUB.load(Relaxed);
        let before = IGNORED_BEFORE.load(Relaxed);
        for signal in (1..COUNT as i32).filter(|s| !FAULTS.contains(s)) {
            let now = action(signal);
            let here = IGNORED_HERE.contains(&signal);
            if !here && !bub {
                continue;
            }
            let ignored = if here { is_ignored_at_start(signal) } else { before & bit(signal) != 0 };
            let ours = now.sa_sigaction == count as *const () as usize;
            // Handlers of the program's go by themselves.
            if now.sa_sigaction != libc::SIG_IGN && !ours || now.sa_sigaction == libc::SIG_IGN && ignored {
                continue;
            }
            // SAFETY: one of the system's two handlers.
            unsafe { libc::signal(signal, if ignored { libc::SIG_IGN } else { libc::SIG_DFL }) };
            actions[signal as usize] = Some(now);
        }
        let blocked = blocked();
        if bub {
            set_blocked(BLOCKED_BEFORE.load(Relaxed));
        }
        AsAtStart { actions, blocked }
    }
}

impl Drop for AsAtStart {
    fn drop(&mut self) {
        for (signal, before) in self.actions.iter().enumerate() {
            if let Some(before) = before {
                // SAFETY: the action that was there before.
                unsafe { libc::sigaction(signal as i32, before, std::ptr::null_mut()) };
            }
        }
        set_blocked(self.blocked);
    }
}

/// Those of a fault in the running code.
const FAULTS: [i32; 6] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP, libc::SIGSYS];

extern "C" fn count(signal: libc::c_int) {
    if let Some(counter) = DELIVERED.get(signal as usize) {
        counter.fetch_add(1, Relaxed);
    }
}

/// All signals but those of faults and the host's.
fn all() -> libc::sigset_t {
    let mut set = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: `sigfillset` initialises the set; the signals exist.
    unsafe {
        libc::sigfillset(set.as_mut_ptr());
        for fault in FAULTS {
            libc::sigdelset(set.as_mut_ptr(), fault);
        }
        if is_hosts(libc::SIGRTMAX()) {
            libc::sigdelset(set.as_mut_ptr(), libc::SIGRTMAX());
        }
        set.assume_init()
    }
}

fn mask(how: libc::c_int) {
    // SAFETY: a live set.
    unsafe { libc::pthread_sigmask(how, &all(), std::ptr::null_mut()) };
}

/// Whether the host, or the command line's `--timeout`, handles a signal: the last one is for such purposes.
fn is_hosts(signal: i32) -> bool {
    let handler = action(signal).sa_sigaction;
    let known = [libc::SIG_DFL, libc::SIG_IGN, count as *const () as usize];
    signal == libc::SIGRTMAX() && !known.contains(&handler)
}

/// Gives every signal but those of faults the same action; what the system refuses stays as it is.
fn set_actions(action: impl Fn(i32) -> libc::sighandler_t) {
    for signal in (1..COUNT as i32).filter(|&s| !FAULTS.contains(&s) && !is_hosts(s)) {
        // SAFETY: a handler that only counts, or one of the system's two.
        unsafe {
            let mut new: libc::sigaction = std::mem::zeroed();
            new.sa_sigaction = action(signal);
            new.sa_flags = libc::SA_RESTART | libc::SA_NOCLDSTOP;
            libc::sigaction(signal, &new, std::ptr::null_mut());
        }
    }
}

fn clear() {
    DELIVERED.iter().for_each(|counter| counter.store(0, Relaxed));
}

/// A signal's number, or 0.
struct Signal(i32);

impl Single for Signal {
    const WHAT: &'static str = "a signal: a fixnum of 0 up to NSIG";
    fn convert(v: Value) -> Option<Signal> {
        v.as_fixnum().filter(|n| (0..=COUNT as i64).contains(n)).map(|n| Signal(n as i32))
    }
}

/// The fields of a `struct-siginfo_t`, as a list.
fn fields(m: &mut Machine, info: &libc::siginfo_t) -> Value {
    // SAFETY: every member of the union is plain numbers, in memory that was zeroed and filled by the kernel.
    let (pid, uid, status, utime, stime, value, timer, overrun, address) = unsafe {
        let sent = info.si_signo == libc::SIGCHLD;
        (
            info.si_pid(),
            info.si_uid(),
            info.si_status(),
            if sent { info.si_utime() } else { 0 },
            if sent { info.si_stime() } else { 0 },
            info.si_value().sival_ptr as usize,
            info.si_timerid(),
            info.si_overrun(),
            info.si_addr() as usize,
        )
    };
    // Where SIGPOLL keeps its band and descriptor, and SIGBUS the least significant bit of its address.
    // SAFETY: inside the structure, which is 128 bytes.
    let (band, fd, lsb) = unsafe {
        let at = std::ptr::from_ref(info).cast::<u8>();
        (*at.add(16).cast::<i64>(), *at.add(24).cast::<i32>(), *at.add(24).cast::<i16>())
    };
    let value_int = Value::fixnum(value as i32 as i64);
    let value_pointer = unbound(m, value).value();
    let address = unbound(m, address).value();
    let heap = &mut m.heap;
    let values = [
        Value::fixnum(info.si_signo as i64),
        Value::fixnum(info.si_errno as i64),
        Value::fixnum(info.si_code as i64),
        Value::FALSE,
        Value::fixnum(pid as i64),
        Value::fixnum(uid as i64),
        Value::fixnum(status as i64),
        from_i64(heap, utime),
        from_i64(heap, stime),
        value_int,
        value_pointer,
        value_int,
        value_pointer,
        Value::fixnum(overrun as i64),
        from_u64(heap, timer as u64),
        address,
        from_i64(heap, band),
        Value::fixnum(fd as i64),
        Value::fixnum(lsb as i64),
    ];
    heap.list(&values)
}

/// Waits for the one signal; its information.
fn wait(m: &mut Machine, call: &Call, signal: Signal, timeout: Option<Duration>) -> Res {
    let mut set = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: `sigemptyset` initialises the set.
    let is_signal = unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), signal.0) == 0
    };
    if !is_signal {
        return Err(call.failure(m, Errno(libc::EINVAL)));
    }
    let mut info = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
    let answer = call.wait(
        m,
        timeout,
        |answer| *answer == Err(Errno(libc::EAGAIN)),
        |slice| {
            let time = slice.map(timespec);
            let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
            // SAFETY: a live set, null or a live time, and room for the answer.
            unsafe { libc::sigtimedwait(set.as_ptr(), info.as_mut_ptr(), time) }
        },
    )?;
    if let Err(errno) = answer {
        return Err(call.failure(m, errno));
    }
    // SAFETY: zeroed, and filled by the call.
    let info = unsafe { info.assume_init() };
    Ok(fields(m, &info))
}

/// Waits until a signal was handled. Between two slices signals are held back, so that none of them is missed.
fn until_handled(m: &mut Machine, call: &Call) -> Res {
    call.admit(m)?;
    let mut before = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: a live set, and room for the mask there was.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &all(), before.as_mut_ptr()) };
    let before = before.as_ptr();
    let woken = loop {
        let time = m.patience().map(timespec);
        let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: no descriptors, null or a live time, the mask that the program has.
        let answer = unsafe { libc::ppoll(std::ptr::null_mut(), 0, time, before) };
        let asked = m.poll();
        if answer != 0 || asked.is_err() {
            break asked;
        }
    };
    // SAFETY: the mask that was there.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before, std::ptr::null_mut()) };
    woken.map(|()| Value::VOID)
}

primitives! { pub TABLE in "(vicar posix primitives)" {
    /// `(raise signum)`: sends this thread a signal. raise(3)
    "raise" [] fn raise(m, signum: Signal) {
        let irritants = [Value::fixnum(signum.0 as i64)];
        let call = Call::new("raise", Processes).irritants(&irritants);
        // SAFETY: plain call.
        match unsafe { libc::raise(signum.0) } {
            0 => Ok(Value::VOID),
            _ => Err(call.failure(m, Errno::last())),
        }
    }
    /// `(pause)`: waits until a signal was handled. pause(2)
    "pause" [] fn pause(m) {
        until_handled(m, &Call::new("pause", Processes))
    }
    /// `(signal-bub-init)`: blocks all signals and begins to count those that `signal-bub-acquire` lets in.
    "signal-bub-init" [] fn signal_bub_init(m) {
        m.require(Processes, "signal-bub-init")?;
        remember();
        mask(libc::SIG_BLOCK);
        clear();
        set_actions(|_| count as *const () as libc::sighandler_t);
        Ok(Value::VOID)
    }
    /// `(signal-bub-final)`: ignores all signals and unblocks them. `SIGCHLD` gets its default action, so that children
    /// can still be waited for.
    "signal-bub-final" [] fn signal_bub_final(m) {
        m.require(Processes, "signal-bub-final")?;
        clear();
        set_actions(|signal| if signal == libc::SIGCHLD { libc::SIG_DFL } else { libc::SIG_IGN });
        mask(libc::SIG_UNBLOCK);
        Ok(Value::VOID)
    }
    /// `(signal-bub-acquire)`: lets the signals in that are waiting, so that they are counted.
    "signal-bub-acquire" [] fn signal_bub_acquire(m) {
        m.require(Processes, "signal-bub-acquire")?;
        mask(libc::SIG_UNBLOCK);
        mask(libc::SIG_BLOCK);
        Ok(Value::VOID)
    }
    /// `(signal-bub-delivered? signum)`: whether the signal was let in since this was last asked.
    "signal-bub-delivered?" [] fn is_delivered(_m, signum: Signal) {
        let counter = DELIVERED.get(signum.0 as usize);
        Ok(Value::boolean(counter.is_some_and(|c| c.swap(0, Relaxed) != 0)))
    }
    /// `(signal-bub-all-delivered)`: the signals that were let in since this was last asked, in ascending order.
    "signal-bub-all-delivered" [] fn all_delivered(m) {
        let came = |(signal, counter): (usize, &AtomicU32)| {
            (counter.swap(0, Relaxed) != 0).then_some(Value::fixnum(signal as i64))
        };
        let signals: Vec<Value> = DELIVERED.iter().enumerate().filter_map(came).collect();
        Ok(m.heap.list(&signals))
    }
} }

primitives! { pub INTERNAL in "(vicar internal)" {
    /// `(%sigwaitinfo signum)`: waits for the blocked signal; the fields of a `struct-siginfo_t`. sigwaitinfo(2)
    "%sigwaitinfo" [] fn sigwaitinfo(m, signum: Signal) {
        let irritants = [Value::fixnum(signum.0 as i64)];
        let call = Call::new("sigwaitinfo", Processes).irritants(&irritants);
        wait(m, &call, signum, None)
    }
    /// `(%sigtimedwait signum sec nsec)`: the same for at most that time; then `EAGAIN`. sigtimedwait(2)
    "%sigtimedwait" [] fn sigtimedwait(m, signum: Signal, sec: UInt, nsec: Int) {
        let irritants = [Value::fixnum(signum.0 as i64)];
        let call = Call::new("sigtimedwait", Processes).irritants(&irritants);
        match u32::try_from(nsec.0) {
            Ok(nsec) if nsec < 1_000_000_000 => wait(m, &call, signum, Some(Duration::new(sec.0.into(), nsec))),
            _ => Err(call.failure(m, Errno(libc::EINVAL))),
        }
    }
} }
