//! Pointers, memory blocks and raw memory: the part of `(vicare)` that reaches outside of the heap, checked.
//!
//! Every live region that a program got from us (a mapping, a block of `malloc`, a named semaphore) is in its machine's
//! [`Registry`]. A pointer remembers which one it was made for, so that its accesses go straight to memory when they
//! lie inside, and raise a condition when they are out of bounds, after `munmap` or `free`, against the protection, or
//! when the mapped object was truncated. Addresses from elsewhere are read and written through the kernel.
//!
//! Depends on `eval` and what stands before it; `posix/` builds on it. Invariant: no Rust reference ever points into a
//! region, and nothing here trusts an address that a program supplied.

mod access;
mod alloc;
mod argv;
mod block;
mod copy;
mod cstring;
mod ctypes;
mod exact;
mod fault;
mod foreign;
mod passing;
mod pointer;
mod region;
mod registry;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod transfer;

pub use access::{Denial, Place, Spans, check_alive, check_whole, read, write};
pub use alloc::{admit, allocate, make_room, make_room_to_cut, out_of_memory};
pub use block::make as make_block;
pub use exact::{from_i64, from_i128, from_u64, to_i128};
pub use fault::page_size;
pub use passing::CType;
pub use pointer::{Size, address, handle, set_null, unbound};
pub use region::{Counted, Extent, Intent, Source};
pub use registry::Registry;

use crate::eval::{Primitive, Single};
use crate::heap::{MemoryBlock, Pointer, Value, View};

/// The tables of this folder, each with the C types' beside it.
pub static TABLES: &[&[Primitive]] = &[
    pointer::procedures::TABLE,
    block::procedures::TABLE,
    alloc::procedures::TABLE,
    alloc::internal::TABLE,
    copy::procedures::TABLE,
    cstring::procedures::TABLE,
    argv::procedures::TABLE,
];

pub use ctypes::TABLES as C_TYPE_TABLES;

/// What accessors take as their first argument: a pointer or a memory block. One word, so that it stays in a register.
#[derive(Copy, Clone)]
pub struct Memory(Value);

impl Memory {
    #[inline(always)]
    pub fn of_pointer(pointer: Pointer) -> Memory {
        Memory(pointer.value())
    }

    #[inline(always)]
    pub fn of_block(block: MemoryBlock) -> Memory {
        Memory(block.value())
    }

    /// The memory block, if it is one.
    #[inline(always)]
    pub fn block(self) -> Option<MemoryBlock> {
        MemoryBlock::from_value(self.0)
    }

    /// The value that the program passed.
    pub fn value(self) -> Value {
        self.0
    }
}

impl Single for Memory {
    const WHAT: &'static str = "a pointer or a memory block";
    #[inline(always)]
    fn convert(v: Value) -> Option<Memory> {
        (Pointer::from_value(v).is_some() || MemoryBlock::from_value(v).is_some()).then_some(Memory(v))
    }
}
