//! The `vicar` program.
fn main() {}
