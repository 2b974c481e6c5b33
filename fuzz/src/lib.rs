//! What the targets share: choices made from a fuzzer's bytes, generated programs, machines under limits and what must hold
//! of every run in one.

pub mod choices;
pub mod forms;
pub mod limited;
pub mod memory;
pub mod programs;

/// The allocator of every target: it counts, so that limits of memory can be checked.
#[global_allocator]
static COUNTED: memory::Counted = memory::Counted;
