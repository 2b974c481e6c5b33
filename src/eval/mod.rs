//! The machine that runs code. Depends on `compile` and everything before it; knows nothing of `primitives` and POSIX
//! beyond the table of primitives it is given.
//!
//! | what | where |
//! |---|---|
//! | code: procedures, nodes, operands, inline operations | `code` `node` `operand` `operations` |
//! | node functions | `expression` `statement` `branch` `call` `special` `entry` |
//! | from the statement graph to nodes | `link` `link_expression` `link_call` |
//! | frames, continuations, parameters | `stack` `continuation` `parameter` |
//! | what is not the normal course | `safepoint` `trap` `backtrace` |
//! | from outside | `machine` `run` `global` `handle` |
//!
//! This folder is `unsafe` at heart. Its invariants, which `SAFETY` lines name:
//!
//! 1. *Nodes*: a node function only ever gets nodes that `link` made for it. A node lives in the memory of a `CodeBlock`,
//!    which lives as long as a closure of its code, a frame or a continuation refers to it; or it is static.
//! 2. *Frames*: slot 0 of a running procedure's frame holds its closure, so the code that runs is alive. A statement at
//!    depth `d` finds slots `0..d` initialised and reads no other; a callee's frame begins at `d + 1` or above, with the
//!    node to return to in front. So all words from a piece's base to the newest frame's depth are values or node
//!    addresses, and the latter look like fixnums to the collector.
//! 3. *Room*: a frame that begins at or below `Machine::limit` has room for `stack::ROOM` slots and a margin; procedures
//!    with larger frames ask at their entry.
//! 4. *Safepoints*: the collector runs in `Machine::safepoint` only, where frame, depth and statement are known. Between
//!    two safepoints values may be anywhere.
//! 5. *Cells and free variables*: which operands are cells, and how many free variables a closure has, is decided once, by
//!    `compile`, for the maker and the users.
//! 6. *One machine*: node functions have the machine to themselves; `&mut Machine` made from their pointer ends before
//!    they go on.

mod argument;
mod backtrace;
mod branch;
mod call;
mod capability;
mod code;
mod continuation;
mod entry;
mod error;
mod exports;
mod expression;
mod extension;
mod global;
mod handle;
mod link;
mod link_call;
mod link_expression;
mod machine;
mod nested;
mod node;
mod operand;
mod operations;
mod parameter;
mod primitive;
mod primitive_table;
mod run;
mod safepoint;
mod special;
mod stack;
mod statement;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod trap;

pub use argument::*;
pub use backtrace::{FrameInfo, Origin};
pub use capability::*;
pub use entry::HostFn;
pub use error::*;
pub use exports::*;
pub use extension::*;
pub use global::Prelude;
pub use handle::Handle;
pub use machine::*;
pub use nested::Driver;
#[cfg(feature = "posix")]
pub use nested::Nested;
pub use parameter::PORTS;
pub use primitive::*;
pub use primitive_table::PrimitiveTable;
pub use run::{Limit, Outcome};
