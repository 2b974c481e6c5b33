//! Signals: sending, waiting, and the signal bub, which blocks all signals and counts them when asked.
//!
//! The counters belong to the process, as signals do. Signals that tell of a fault in the running code are left alone:
//! blocked they would end the process at once, and one of them is how truncated memory is found out.

use super::argument::{Int, UInt};
use super::kernel::{Call, Errno};
use super::sys::{
    self,
    signal::{Action, COUNT, DELIVERED, Info, Set},
};
use super::waiting::timespec;
use crate::eval::{Capability::Processes, Machine, Res, Single, Who};
use crate::heap::Value;
use crate::heap::View;
use crate::io::is_ignored_at_start;
use crate::memory::{from_i64, from_u64, unbound};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use vicar_macros::primitives;

/// Whether the signal bub was ever there, and the signals that were blocked and ignored before: bit 0 is that of signal 1. It
/// blocks and ignores them for this program, not for those that are executed.
static BUB: AtomicBool = AtomicBool::new(false);
static BLOCKED_BEFORE: AtomicU64 = AtomicU64::new(0);
static IGNORED_BEFORE: AtomicU64 = AtomicU64::new(0);

fn bit(signal: i32) -> u64 {
    1 << (signal - 1)
}

/// The signals of the thread's mask.
fn blocked() -> u64 {
    let set = Set::of_thread();
    (1..COUNT as i32).filter(|&s| set.has(s)).map(bit).sum()
}

fn set_blocked(bits: u64) {
    let mut set = Set::none();
    (1..COUNT as i32).filter(|&s| bits & bit(s) != 0).for_each(|s| {
        set.add(s);
    });
    set.mask(libc::SIG_SETMASK);
}

/// Remembers how signals were before the first bub.
fn remember() {
    if BUB.swap(true, Relaxed) {
        return;
    }
    BLOCKED_BEFORE.store(blocked(), Relaxed);
    let ignored = (1..COUNT as i32).filter(|&s| Action::of(s).handler() == libc::SIG_IGN).map(bit).sum();
    IGNORED_BEFORE.store(ignored, Relaxed);
}

/// Signals that Rust programs and this one ignore, but by which a program that is executed expects to be ended.
const IGNORED_HERE: [libc::c_int; 2] = [libc::SIGPIPE, libc::SIGXFSZ];

/// While it lives, signals are as a program expects them that is executed now: as they were before this program, and its
/// libraries, blocked and ignored some for their own use. What the program asked for in other ways stays. Allocates nothing.
pub struct AsAtStart {
    actions: [Option<Action>; COUNT],
    blocked: u64,
}

impl AsAtStart {
    pub fn new() -> AsAtStart {
        let mut actions = [const { None }; COUNT];
        let bub = BUB.load(Relaxed);
        let before = IGNORED_BEFORE.load(Relaxed);
        for signal in (1..COUNT as i32).filter(|s| !FAULTS.contains(s)) {
            let now = Action::of(signal);
            let here = IGNORED_HERE.contains(&signal);
            if !here && !bub {
                continue;
            }
            let ignored = if here { is_ignored_at_start(signal) } else { before & bit(signal) != 0 };
            let ours = now.counts();
            // Handlers of the program's go by themselves.
            if now.handler() != libc::SIG_IGN && !ours || now.handler() == libc::SIG_IGN && ignored {
                continue;
            }
            let _ = if ignored { Action::ignore() } else { Action::usual() }.install(signal);
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
                let _ = before.install(signal as i32);
            }
        }
        set_blocked(self.blocked);
    }
}

/// Those of a fault in the running code.
const FAULTS: [i32; 6] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP, libc::SIGSYS];

/// All signals but those of faults and the host's.
fn all() -> Set {
    let mut set = Set::all();
    FAULTS.iter().for_each(|&fault| set.remove(fault));
    if is_hosts(libc::SIGRTMAX()) {
        set.remove(libc::SIGRTMAX());
    }
    set
}

/// Whether the host, or the command line's `--timeout`, handles a signal: the last one is for such purposes.
fn is_hosts(signal: i32) -> bool {
    let action = Action::of(signal);
    let known = action.counts() || [libc::SIG_DFL, libc::SIG_IGN].contains(&action.handler());
    signal == libc::SIGRTMAX() && !known
}

/// Gives every signal but those of faults an action; what the system refuses stays as it is.
fn set_actions(action: impl Fn(i32) -> Action) {
    for signal in (1..COUNT as i32).filter(|&s| !FAULTS.contains(&s) && !is_hosts(s)) {
        let _ = action(signal).install(signal);
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
fn fields(m: &mut Machine, info: &Info) -> Value {
    let parts = info.parts();
    // Other signals have other things there.
    let times = info.0.si_signo == libc::SIGCHLD;
    let (utime, stime) = if times { (parts.utime, parts.stime) } else { (0, 0) };
    let value_int = Value::fixnum(parts.value as i32 as i64);
    let value_pointer = unbound(m, parts.value).value();
    let address = unbound(m, parts.address).value();
    let heap = &mut m.heap;
    let values = [
        Value::fixnum(info.0.si_signo as i64),
        Value::fixnum(info.0.si_errno as i64),
        Value::fixnum(info.0.si_code as i64),
        Value::FALSE,
        Value::fixnum(parts.pid as i64),
        Value::fixnum(parts.uid as i64),
        Value::fixnum(parts.status as i64),
        from_i64(heap, utime),
        from_i64(heap, stime),
        value_int,
        value_pointer,
        value_int,
        value_pointer,
        Value::fixnum(parts.overrun as i64),
        from_u64(heap, parts.timer as u64),
        address,
        from_i64(heap, parts.band),
        Value::fixnum(parts.fd as i64),
        Value::fixnum(parts.lsb as i64),
    ];
    heap.list(&values)
}

/// Waits for the one signal; its information.
fn wait(m: &mut Machine, call: &Call, signal: Signal, timeout: Option<Duration>) -> Res {
    let mut set = Set::none();
    if !set.add(signal.0) {
        return Err(call.failure(m, Errno(libc::EINVAL)));
    }
    let mut info = Info::none();
    let answer = call.wait(
        m,
        timeout,
        |answer| *answer == Err(Errno(libc::EAGAIN)),
        |slice| {
            let time = slice.map(timespec);
            sys::signal::sigtimedwait(set.as_c(), Some(&mut info.0), time.as_ref())
        },
    )?;
    if let Err(errno) = answer {
        return Err(call.failure(m, errno));
    }
    Ok(fields(m, &info))
}

/// Waits until a signal was handled. Between two slices signals are held back, so that none of them is missed.
fn until_handled(m: &mut Machine, call: &Call) -> Res {
    call.admit(m)?;
    let before = all().mask(libc::SIG_BLOCK);
    let woken = loop {
        let time = m.patience().map(timespec);
        // With the mask that the program has.
        let answer = sys::ppoll(&mut [], time.as_ref(), Some(before.as_c()));
        let asked = m.poll();
        if answer.is_err() || asked.is_err() {
            break asked;
        }
    };
    before.mask(libc::SIG_SETMASK);
    woken.map(|()| Value::VOID)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(raise signum)`: sends this thread a signal. raise(3)
    #[primitive(name = "%posix:raise")]
    fn raise(m: &mut Machine, who: Who, signum: Signal) -> Res {
        let irritants = [Value::fixnum(signum.0 as i64)];
        Call::new(who, Processes).irritants(&irritants).run(m, || sys::signal::raise(signum.0))?;
        Ok(Value::VOID)
    }

    /// `(pause)`: waits until a signal was handled. pause(2)
    fn pause(m: &mut Machine, who: Who) -> Res {
        until_handled(m, &Call::new(who, Processes))
    }

    /// `(signal-bub-init)`: blocks all signals and begins to count those that `signal-bub-acquire` lets in.
    #[primitive(capability = Processes)]
    fn signal_bub_init() -> Res {
        remember();
        all().mask(libc::SIG_BLOCK);
        clear();
        set_actions(|_| Action::count());
        Ok(Value::VOID)
    }

    /// `(signal-bub-final)`: ignores all signals and unblocks them. `SIGCHLD` gets its default action, so that children
    /// can still be waited for.
    #[primitive(capability = Processes)]
    fn signal_bub_final() -> Res {
        clear();
        set_actions(|signal| if signal == libc::SIGCHLD { Action::usual() } else { Action::ignore() });
        all().mask(libc::SIG_UNBLOCK);
        Ok(Value::VOID)
    }

    /// `(signal-bub-acquire)`: lets the signals in that are waiting, so that they are counted.
    #[primitive(capability = Processes)]
    fn signal_bub_acquire() -> Res {
        all().mask(libc::SIG_UNBLOCK);
        all().mask(libc::SIG_BLOCK);
        Ok(Value::VOID)
    }

    /// `(signal-bub-delivered? signum)`: whether the signal was let in since this was last asked.
    fn is_signal_bub_delivered(signum: Signal) -> Res {
        let counter = DELIVERED.get(signum.0 as usize);
        Ok(Value::boolean(counter.is_some_and(|c| c.swap(0, Relaxed) != 0)))
    }

    /// `(signal-bub-all-delivered)`: the signals that were let in since this was last asked, in ascending order.
    fn signal_bub_all_delivered(m: &mut Machine) -> Res {
        let came = |(signal, counter): (usize, &AtomicU32)| {
            (counter.swap(0, Relaxed) != 0).then_some(Value::fixnum(signal as i64))
        };
        let signals: Vec<Value> = DELIVERED.iter().enumerate().filter_map(came).collect();
        Ok(m.heap.list(&signals))
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%sigwaitinfo signum)`: waits for the blocked signal; the fields of a `struct-siginfo_t`. sigwaitinfo(2)
    fn sigwaitinfo(m: &mut Machine, signum: Signal) -> Res {
        let irritants = [Value::fixnum(signum.0 as i64)];
        let call = Call::new("sigwaitinfo", Processes).irritants(&irritants);
        wait(m, &call, signum, None)
    }

    /// `(%sigtimedwait signum sec nsec)`: the same for at most that time; then `EAGAIN`. sigtimedwait(2)
    fn sigtimedwait(m: &mut Machine, signum: Signal, sec: UInt, nsec: Int) -> Res {
        let irritants = [Value::fixnum(signum.0 as i64)];
        let call = Call::new("sigtimedwait", Processes).irritants(&irritants);
        match u32::try_from(nsec.0) {
            Ok(nsec) if nsec < 1_000_000_000 => wait(m, &call, signum, Some(Duration::new(sec.0.into(), nsec))),
            _ => Err(call.failure(m, Errno(libc::EINVAL))),
        }
    }
}
