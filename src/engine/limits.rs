//! What a machine may use.

use std::time::Instant;

/// What one machine may use. By default only the stack is limited, generously, so that endless recursion ends in an error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Units of work: about one a procedure call or turn of a loop, more for primitives that do more. `None`: no limit.
    pub fuel: Option<u64>,
    /// Bytes of the heap, everything that Scheme objects own included. `None`: no limit.
    pub heap: Option<usize>,
    /// Bytes of the Scheme stack. One level of an ordinary recursion takes 30 to 100.
    pub stack: usize,
    /// When to stop.
    pub deadline: Option<Instant>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { fuel: None, heap: None, stack: 4 << 30, deadline: None }
    }
}

impl Limits {
    /// No limit but the default stack.
    pub fn new() -> Limits {
        Limits::default()
    }

    /// Units of work.
    #[must_use]
    pub fn fuel(mut self, units: u64) -> Limits {
        self.fuel = Some(units);
        self
    }

    /// Bytes of the heap.
    #[must_use]
    pub fn heap(mut self, bytes: usize) -> Limits {
        self.heap = Some(bytes);
        self
    }

    /// Bytes of the Scheme stack.
    #[must_use]
    pub fn stack(mut self, bytes: usize) -> Limits {
        self.stack = bytes;
        self
    }

    /// When to stop.
    #[must_use]
    pub fn deadline(mut self, at: Instant) -> Limits {
        self.deadline = Some(at);
        self
    }
}
