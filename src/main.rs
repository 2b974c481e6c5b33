//! The `vicar` program.
//!
//! Where that is known to work it begins in C's `main`: what Rust's own beginning does besides (it looks for the end of
//! the stack in `/proc`, and watches for its overflow) takes a tenth of the time in which a small script starts and ends.

#![cfg_attr(all(target_os = "linux", target_env = "gnu"), no_main)]

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn main() {
    std::process::exit(vicar::cli::main());
}

// SAFETY: the C library calls it once, as the program's beginning; the standard library finds the arguments by itself.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[unsafe(no_mangle)]
extern "C" fn main() -> std::ffi::c_int {
    vicar::cli::main()
}

/// What the standard library cannot do without when the system has no memory. 71 is `EX_OSERR`.
#[global_allocator]
static MEMORY: vicar::SpareAllocator = vicar::SpareAllocator::ending_with(71);
