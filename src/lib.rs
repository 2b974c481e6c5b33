//! Vicar: an R6RS Scheme made to be embedded.

#[allow(dead_code)]
mod diagnostics;
#[allow(dead_code)]
mod reader;
