//! Stopping a run from outside.

use crate::heap::Interrupt;
use std::sync::Arc;

/// Stops a run from another thread, or from a signal handler.
///
/// An interrupt belongs to a run, and a run is under way from when it is made ([`Vm::start`](crate::Vm::start),
/// [`Run::new`](crate::Run::new), or inside [`Vm::eval`](crate::Vm::eval) and [`Vm::call`](crate::Vm::call)) to its end, also
/// while it waits between two steps. [`Vm::interrupter`](crate::Vm::interrupter) means whichever is under way,
/// [`Run::interrupter`](crate::Run::interrupter) that run only. An interrupt that comes when none is under way is forgotten; it
/// never reaches a run that begins later. To stop a run that another thread is about to begin, take that run's own
/// interrupter, or ask again until [`Interrupter::interrupt`] says that it has reached one.
#[derive(Clone)]
pub struct Interrupter {
    pub(super) interrupt: Arc<Interrupt>,
    /// Which run is meant; any, if none.
    pub(super) run: Option<u64>,
}

impl Interrupter {
    /// What the machine runs ends with [`crate::Limit::Interrupted`], within a few thousand units of work. Answers whether
    /// there is a run to be ended; it may end before it notices, by itself or by another limit.
    pub fn interrupt(&self) -> bool {
        self.interrupt.request(self.run)
    }
}

/// Whether they stop the same.
impl PartialEq for Interrupter {
    fn eq(&self, other: &Interrupter) -> bool {
        Arc::ptr_eq(&self.interrupt, &other.interrupt) && self.run == other.run
    }
}
