//! Foreign functions: shared objects, calls of C functions, C functions that are Scheme procedures.
//!
//! What a foreign function does cannot be checked: a wrong signature or a wrong argument may end the process. So all of
//! it needs the capability for raw memory, and what can be checked is: the types, that code is code, that the pointers
//! passed are not dangling. Shared objects are never unloaded, so a function stays where it was found.
//!
//! While a foreign function runs, the machine stands still in the frame of its caller; a callback is a run inside of
//! that one ([`Machine::call_nested`](crate::eval::Machine::call_nested)), which no continuation enters or leaves.
//! What it raises is kept until the foreign function has returned, and raised then.
//!
//! Depends on `posix` and what stands before it, and on `c_calls` for libffi. Invariant: no reference to the machine is
//! used between the start and the end of a foreign call but the one that the callback makes.

mod callback;
mod callout;
mod objects;
mod signature;
mod state;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] =
    &[objects::procedures::TABLE, callout::procedures::TABLE, callback::procedures::TABLE];
