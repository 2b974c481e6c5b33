//! Control-C, while something runs and while a line is typed: the signal's handler does no more than atomic stores. And the
//! signals that end the process while a line is typed: the terminal is put back first.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use vicar::Interrupter;

/// What the handler tells. Points at a leaked `Interrupter`, one for each machine that ever had a prompt.
static TARGET: AtomicPtr<Interrupter> = AtomicPtr::new(std::ptr::null_mut());
static LEAKED: Mutex<Vec<&'static Interrupter>> = Mutex::new(Vec::new());

/// The signal came.
static NOTICED: AtomicBool = AtomicBool::new(false);

/// Puts the former disposition back when dropped.
pub struct Guard {
    former: libc::sigaction,
}

extern "C" fn on_interrupt(_: libc::c_int) {
    NOTICED.store(true, Ordering::Relaxed);
    let target = TARGET.load(Ordering::Acquire);
    // SAFETY: null, or a pointer to a leaked `Interrupter`; `interrupt` is atomic operations on one word, which a handler may do.
    if let Some(target) = unsafe { target.as_ref() } {
        target.interrupt();
    }
}

/// Until the guard is dropped, Control-C interrupts the machine of `target`.
pub fn interrupt_on_control_c(target: Interrupter) -> Guard {
    let mut leaked = LEAKED.lock().unwrap_or_else(|e| e.into_inner());
    let known = leaked.iter().copied().find(|i| **i == target);
    let target: &'static Interrupter = known.unwrap_or_else(|| {
        let fresh: &'static Interrupter = Box::leak(Box::new(target));
        leaked.push(fresh);
        fresh
    });
    TARGET.store(std::ptr::from_ref(target).cast_mut(), Ordering::Release);
    install()
}

/// Until the guard is dropped, Control-C ends system calls that wait, and [`was_noticed`] tells of it.
pub fn notice_control_c() -> Guard {
    TARGET.store(std::ptr::null_mut(), Ordering::Release);
    NOTICED.store(false, Ordering::Relaxed);
    install()
}

/// Whether Control-C came since this was asked last.
pub fn was_noticed() -> bool {
    NOTICED.swap(false, Ordering::Relaxed)
}

fn install() -> Guard {
    // SAFETY: `sigaction` with valid pointers; the handler is async-signal-safe (see there). No `SA_RESTART`: a blocking
    // system call of the program shall end with `EINTR`, after which the evaluator sees the interrupt.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let mut former: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_interrupt as extern "C" fn(libc::c_int) as usize;
        libc::sigemptyset(&raw mut action.sa_mask);
        libc::sigaction(libc::SIGINT, &raw const action, &raw mut former);
        Guard { former }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // SAFETY: puts back what `sigaction` itself gave.
        unsafe {
            libc::sigaction(libc::SIGINT, &raw const self.former, std::ptr::null_mut());
        }
    }
}

/// Signals that end a process and can be caught.
const ENDS: [libc::c_int; 3] = [libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT];

/// How the terminal was before a line is typed.
struct Terminal(UnsafeCell<MaybeUninit<libc::termios>>);

// SAFETY: written only while `on_end` is no signal's handler; read only there.
unsafe impl Sync for Terminal {}

static TERMINAL: Terminal = Terminal(UnsafeCell::new(MaybeUninit::uninit()));

/// Puts the former dispositions back when dropped.
pub struct EndGuard {
    former: [Option<libc::sigaction>; ENDS.len()],
}

extern "C" fn on_end(signal: libc::c_int) {
    // Pasting is no longer marked, and what comes next stands on a line of its own.
    const LAST: &[u8] = b"\x1b[?2004l\r\n";
    // SAFETY: system calls that a handler may make; the terminal's state was stored before this became a handler.
    unsafe {
        libc::write(1, LAST.as_ptr().cast(), LAST.len());
        libc::tcsetattr(0, libc::TCSANOW, TERMINAL.0.get().cast());
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

/// Until the guard is dropped, a signal that ends the process puts the terminal back to how it is now. One that is ignored,
/// or handled by the program, stays so.
pub fn restore_terminal_at_end() -> EndGuard {
    let mut guard = EndGuard { former: [None; ENDS.len()] };
    // SAFETY: system calls with valid pointers. No handler reads the state yet: the last guard has taken it away.
    unsafe {
        if libc::tcgetattr(0, TERMINAL.0.get().cast()) != 0 {
            return guard;
        }
        for (signal, former) in ENDS.into_iter().zip(&mut guard.former) {
            let mut action: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, std::ptr::null(), &raw mut action);
            if action.sa_sigaction == libc::SIG_DFL {
                *former = Some(action);
                action.sa_sigaction = on_end as extern "C" fn(libc::c_int) as usize;
                libc::sigaction(signal, &raw const action, std::ptr::null_mut());
            }
        }
    }
    guard
}

impl Drop for EndGuard {
    fn drop(&mut self) {
        for (signal, former) in ENDS.into_iter().zip(&self.former) {
            if let Some(former) = former {
                // SAFETY: puts back what `sigaction` itself gave.
                unsafe { libc::sigaction(signal, former, std::ptr::null_mut()) };
            }
        }
    }
}
