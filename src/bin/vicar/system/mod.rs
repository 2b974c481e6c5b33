//! What the program asks of the operating system directly. The only folder of the program with `unsafe` in it.

#[cfg(target_os = "linux")]
pub mod alarm;
pub mod descriptors;
pub mod memory;
pub mod signals;
