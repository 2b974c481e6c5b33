//! Control-C, while something runs and while a line is typed: the signal's handler does no more than atomic stores.

use crate::Interrupter;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// What the handler tells. Points at a leaked `Interrupter`, one for each machine that ever had a prompt.
static TARGET: AtomicPtr<Interrupter> = AtomicPtr::new(std::ptr::null_mut());
static LEAKED: Mutex<Vec<&'static Interrupter>> = Mutex::new(Vec::new());

/// The signal came.
static NOTICED: AtomicBool = AtomicBool::new(false);

/// Puts the former disposition back when dropped.
pub(super) struct Guard {
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
pub(super) fn interrupt_on_control_c(target: Interrupter) -> Guard {
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
pub(super) fn notice_control_c() -> Guard {
    TARGET.store(std::ptr::null_mut(), Ordering::Release);
    NOTICED.store(false, Ordering::Relaxed);
    install()
}

/// Whether Control-C came since this was asked last.
pub(super) fn was_noticed() -> bool {
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
