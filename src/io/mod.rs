//! Ports, transcoders, codecs and the printer. Depends on `heap`, `number`, `reader`.

mod printer;

pub use printer::*;
