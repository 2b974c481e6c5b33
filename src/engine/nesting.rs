//! Nested machines: a host procedure may run a machine, whose program calls a host procedure that runs another, and so on. Depends on the account, which gives them native stack.
//!
//! Invariants: a thread runs at most [`DEEPEST`] machines inside each other. Each inner one begins with as much native
//! stack as any recursion of Vicar's own; the outermost runs on what its host has given the thread.

use crate::account::{Accountable, HeapFull, deepen};
use std::cell::Cell;

/// The most machines that may run inside each other on one thread.
pub const DEEPEST: usize = 100;

thread_local! {
    /// Machines that are running on this thread.
    static RUNNING: Cell<usize> = const { Cell::new(0) };
}

/// Why a machine does not run.
pub enum Refused {
    /// Too many run around it.
    TooDeep,
    /// There is no memory for its native stack.
    NoMemory(HeapFull),
}

/// A machine that is running; it ends when dropped, also by a panic.
struct Level(usize);

impl Drop for Level {
    fn drop(&mut self) {
        RUNNING.set(self.0)
    }
}

/// Runs a step of a machine.
///
/// # Errors
/// Too many machines wait on this thread for what they have called, or there is no memory. Nothing has run.
pub fn nested<C: Accountable, T>(context: C, step: impl FnOnce(C) -> T) -> Result<T, Refused> {
    let outer = RUNNING.get();
    if outer >= DEEPEST {
        return Err(Refused::TooDeep);
    }
    RUNNING.set(outer + 1);
    let _level = Level(outer);
    match outer {
        0 => Ok(step(context)),
        _ => deepen(context, step).map_err(Refused::NoMemory),
    }
}
