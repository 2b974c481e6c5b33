//! Whether the work at hand is to stop: what another thread asked for, and what the clock says.
//!
//! It lies beside the countdown of work, in the heap, because whatever may work for long has the heap at hand: the
//! evaluator asks at its safepoints, and whoever works longer than a few milliseconds between two of them asks
//! [`Heap::stop_wanted`] on the way and gives up. Asking takes nothing away: the evaluator, to which every failure
//! comes, finds the same reason again.

use super::Heap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What ends a run from outside of it.
#[derive(Default)]
pub struct Watch {
    /// When to stop.
    pub deadline: Option<Instant>,
    /// What other threads ask for.
    pub interrupt: Arc<Interrupt>,
    /// How many times somebody looked.
    #[cfg(test)]
    looks: std::sync::atomic::AtomicUsize,
}

/// Where other threads ask a run to stop. An interrupt belongs to the run that is under way when it comes, from its
/// beginning to its end, however it is cut into steps: one that comes before or after does not reach it.
///
/// One word: whether the run is to stop (bit 0), whether there is one (bit 1), and its number.
#[derive(Default, Debug)]
pub struct Interrupt(AtomicU64);

const WANTED: u64 = 1;
const UNDER_WAY: u64 = 2;
const NUMBERS: u32 = 2;

impl Interrupt {
    /// A run begins; what its number is.
    pub fn begin(&self) -> u64 {
        let number = (self.0.load(Ordering::Relaxed) >> NUMBERS) + 1;
        self.0.store(number << NUMBERS | UNDER_WAY, Ordering::Release);
        number
    }

    /// The run of that number is over, unless another has begun.
    pub fn end(&self, number: u64) {
        self.update(|word| (word >> NUMBERS == number).then_some(number << NUMBERS));
    }

    /// Asks the run under way to stop, if it is the one of that number, where one is given. Whether there is one. May be
    /// called by a signal handler.
    pub fn request(&self, number: Option<u64>) -> bool {
        self.update(|word| {
            let meant = number.is_none_or(|number| word >> NUMBERS == number);
            (meant && word & UNDER_WAY != 0).then_some(word | WANTED)
        })
    }

    /// Forgets what was asked for.
    pub fn clear(&self) {
        self.0.fetch_and(!WANTED, Ordering::Relaxed);
    }

    /// Whether the run is to stop.
    pub fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed) & WANTED != 0
    }

    fn update(&self, f: impl FnMut(u64) -> Option<u64>) -> bool {
        self.0.fetch_update(Ordering::AcqRel, Ordering::Relaxed, f).is_ok()
    }
}

impl Watch {
    /// Whether the deadline has passed.
    pub fn is_late(&self) -> bool {
        #[cfg(test)]
        self.looks.fetch_add(1, Ordering::Relaxed);
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// How many times somebody looked at the clock.
    #[cfg(test)]
    pub fn looks(&self) -> usize {
        self.looks.load(Ordering::Relaxed)
    }

    /// Whether the run is to stop.
    pub fn stop_wanted(&self) -> bool {
        self.interrupt.is_wanted() || self.is_late()
    }
}

impl Heap {
    /// Whether the run is to stop. Costs about as much as 64 steps of simple work: the clock is read.
    #[inline]
    pub fn stop_wanted(&self) -> bool {
        self.watch.stop_wanted()
    }
}
