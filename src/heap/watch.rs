//! Whether the work at hand is to stop: what another thread asked for, and what the clock says.
//!
//! It lies beside the countdown of work, in the heap, because whatever may work for long has the heap at hand: the
//! evaluator asks at its safepoints, and whoever works longer than a few milliseconds between two of them asks
//! [`Heap::stop_wanted`] on the way and gives up. Asking takes nothing away: the evaluator, to which every failure
//! comes, finds the same reason again.

use super::Heap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// What ends a run from outside of it.
#[derive(Default)]
pub struct Watch {
    /// When to stop.
    pub deadline: Option<Instant>,
    /// Set by other threads.
    pub interrupt: Arc<AtomicBool>,
}

impl Watch {
    /// Whether the deadline has passed.
    pub fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Whether the run is to stop.
    pub fn stop_wanted(&self) -> bool {
        self.interrupt.load(Ordering::Relaxed) || self.is_late()
    }
}

impl Heap {
    /// Whether the run is to stop. Costs about as much as 64 steps of simple work: the clock is read.
    #[inline]
    pub fn stop_wanted(&self) -> bool {
        self.watch.stop_wanted()
    }
}
