//! Memory blocks: a pointer with a size, which bounds every access through it.

use super::pointer::{self, Size};
use super::registry::Registry;
use super::{Memory, alloc, exact};
use crate::account::Paid;
use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::{Kind, MemoryBlock, Pointer, Value, View};
use vicar_macros::primitives;

/// Slots of a `Kind::MemoryBlock`: the pointer object itself, the size, whether the collector frees the memory.
const POINTER: usize = 0;
const SIZE: usize = 1;
const GUARDED: usize = 2;

/// A memory block of `size` bytes at `pointer`.
pub fn make(m: &mut Machine, who: &str, pointer: Pointer, size: usize, guarded: bool) -> Res {
    let size = exact::from_u64(&mut m.heap, size as u64);
    let block = m.heap.slots(Kind::MemoryBlock, &[pointer.value(), size, Value::boolean(guarded)]);
    if guarded {
        alloc::make_room(m, who, 0)?;
        m.extension::<Registry>().guard(block);
    }
    Ok(block)
}

fn is_non_null(v: Value) -> Value {
    let block = MemoryBlock::from_value(v).map(Memory::of_block);
    Value::boolean(block.is_some_and(|b| pointer::address(b.pointer()) != 0))
}

/// Where a block is, and how large, if that is known.
type Extent = (usize, Option<usize>);

/// Addresses and sizes of all arguments.
fn all(m: &mut Machine, who: &str, first: Value, rest: &[Value]) -> Res<Paid<Vec<Extent>>> {
    m.charge(rest.len())?;
    let mut found = Paid::with_room(m.heap.memory(), 1 + rest.len())?;
    for &v in std::iter::once(&first).chain(rest) {
        match MemoryBlock::from_value(v).map(Memory::of_block) {
            Some(b) => found.push((pointer::address(b.pointer()), b.block_size())),
            None => {
                let what = <MemoryBlock as View>::WHAT;
                return Err(m.wrong_argument(who, "block", found.len() + 1, what, v));
            }
        }
    }
    Ok(found)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(memory-block? obj)`
    fn is_memory_block(obj: Value) -> Res {
        Ok(Value::boolean(MemoryBlock::from_value(obj).is_some()))
    }

    /// `(memory-block?/non-null obj)`: whether it is a memory block whose pointer is not null.
    #[primitive(name = "memory-block?/non-null")]
    fn is_non_null_block(obj: Value) -> Res {
        Ok(is_non_null(obj))
    }

    /// `(memory-block?/not-null obj)`: the same as `memory-block?/non-null`.
    #[primitive(name = "memory-block?/not-null")]
    fn is_not_null_block(obj: Value) -> Res {
        Ok(is_non_null(obj))
    }

    /// `(make-memory-block pointer size)`: a block of `size` bytes at `pointer`, which it keeps itself, not a copy.
    fn make_memory_block(m: &mut Machine, who: Who, pointer: Pointer, size: Size) -> Res {
        make(m, who, pointer, size.0, false)
    }

    /// `(make-memory-block/guarded pointer size)`: the same; the memory, from `malloc`, is freed when the block is
    /// garbage.
    #[primitive(name = "make-memory-block/guarded")]
    fn make_memory_block_guarded(m: &mut Machine, who: Who, pointer: Pointer, size: Size) -> Res {
        make(m, who, pointer, size.0, true)
    }

    /// `(null-memory-block)`: a new block with a null pointer and size 0.
    fn null_memory_block(m: &mut Machine, who: Who) -> Res {
        let null = pointer::unbound(m, 0);
        make(m, who, null, 0, false)
    }

    /// `(memory-block-pointer block)`: a copy of the pointer.
    fn memory_block_pointer(m: &mut Machine, block: MemoryBlock) -> Res {
        let p = Memory::of_block(block).pointer();
        Ok(m.heap.pointer([p.word::<0>(), p.word::<1>(), p.word::<2>()]).value())
    }

    /// `(memory-block-size block)`: its bytes.
    fn memory_block_size(block: MemoryBlock) -> Res {
        Ok(block.value().slot(SIZE))
    }

    /// `(memory-block-reset block)`: frees the memory if the block is guarded, then makes it a null block, not guarded.
    fn memory_block_reset(m: &mut Machine, who: Who, block: MemoryBlock) -> Res {
        if block.value().slot(GUARDED).is_true() {
            alloc::free(m, who, Memory::of_block(block))?;
        }
        let null = pointer::unbound(m, 0);
        block.value().set_slot(POINTER, null.value());
        block.value().set_slot(SIZE, Value::fixnum(0));
        block.value().set_slot(GUARDED, Value::FALSE);
        Ok(Value::VOID)
    }

    /// `(memory-block=? block0 block …)`: whether all have the same address and size.
    #[primitive(name = "memory-block=?")]
    fn memory_block_equal(m: &mut Machine, who: Who, block0: Value, blocks: Rest) -> Res {
        let all = all(m, who, block0, &blocks)?;
        Ok(Value::boolean(all.windows(2).all(|w| w[0] == w[1])))
    }

    /// `(memory-block!=? block0 block …)`: whether no two have the same address and size; of one block `#f`.
    #[primitive(name = "memory-block!=?")]
    fn memory_block_different(m: &mut Machine, who: Who, block0: Value, blocks: Rest) -> Res {
        let all = all(m, who, block0, &blocks)?;
        Ok(Value::boolean(all.len() > 1 && pointer::are_different(m, &all)?))
    }
}
