//! What the process holds beside all that its accounts know of. Depends on nothing.
//!
//! C's allocator cannot give back, or use for larger requests, the free memory between what is allocated. No account sees that:
//! only the operating system knows what the process really holds. Who owns the whole process may ask it, and says how
//! ([`measure_with`]); in a host other memory would be taken for the machine's.

use std::sync::OnceLock;

static GAUGE: OnceLock<fn(usize, usize) -> usize> = OnceLock::new();

/// From now on `gauge` answers how many bytes the process holds beside those that are known, whose number it is given. If they
/// are more than the second number, it has given back before what can be. Each collection under a limit asks it. For the owner of
/// the process, once.
#[cfg(feature = "cli")]
pub fn measure_with(gauge: fn(usize, usize) -> usize) {
    let _ = GAUGE.set(gauge);
}

/// Bytes that the process holds beside `known` ones, where possible not more than `tolerated`; 0 where nobody measures.
pub fn beside(known: usize, tolerated: usize) -> usize {
    GAUGE.get().map_or(0, |gauge| gauge(known, tolerated))
}
