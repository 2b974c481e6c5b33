//! Ports, transcoders, codecs and the printer. Depends on `heap`, `number`, `reader`.
//!
//! A port is bytes all the way: a device that moves them, a buffer, and for textual ports a transcoder on top. String
//! ports are the same with UTF-8 in memory and no device.

mod contained;
mod custom;
mod cycles;
mod datum;
mod descriptor;
mod device;
mod input;
mod lingering;
pub mod os_text;
mod output;
mod port;
mod position;
mod printer;
mod transcoder;
mod whole;

pub use contained::*;
pub use custom::*;
pub use datum::*;
pub use descriptor::*;
pub use device::*;
pub use lingering::*;
pub use port::*;
pub use printer::*;
pub use transcoder::*;
pub use whole::*;
