//! Allocation of C memory: `malloc calloc realloc free` and the guarded forms, which the collector frees.
//!
//! Every block is registered with its exact size, and zeroed, also where C would leave it as it was: a program never
//! sees what the process had there before. A block that is still there when its machine is dropped is freed.

use super::access::Place;
use super::pointer::{self, Size};
use super::region::{Counted, Extent, Region, Source, block_cost};
use super::registry::Registry;
use super::{Memory, exact};
use crate::account::HeapFull;
use crate::eval::{Capability, Machine, Res, Single, Stop, Who, make_condition};
use crate::heap::{ConditionType, Pointer, Value, Vector, View};
use vicar_macros::primitives;

/// Whether the program may have a region more that costs so many bytes.
pub fn admit(m: &mut Machine, who: &str, cost: usize) -> Res<()> {
    m.require(Capability::RawMemory, who)?;
    /// What the allocator and the tables of blocks do for each.
    const BLOCK: usize = 12;
    m.charge(BLOCK + cost / 64)?;
    make_room(m, who, cost)
}

/// The same where another capability was asked for.
pub fn make_room(m: &mut Machine, who: &str, cost: usize) -> Res<()> {
    let account = m.heap.memory().clone();
    let room = m.extension::<Registry>().make_room(&account, cost);
    admitted(m, who, room)
}

/// Asks whether the mappings may be cut that lie across an end of whole pages `start..end`.
pub fn make_room_to_cut(m: &mut Machine, who: &str, start: usize, end: usize) -> Res<()> {
    let account = m.heap.memory().clone();
    let room = m.extension::<Registry>().make_room_to_cut(&account, start, end);
    admitted(m, who, room)
}

fn admitted(m: &mut Machine, who: &str, room: Result<(), HeapFull>) -> Res<()> {
    // What garbage holds is in the way only until the next safepoint.
    m.heap.look_at_account();
    room.map_err(|_| no_memory(m, who, "this program's memory limit leaves no room for that"))
}

/// A fresh block of `size` zero bytes.
pub fn allocate(m: &mut Machine, who: &str, size: usize) -> Res<Pointer> {
    admit(m, who, block_cost(size))?;
    // SAFETY: asks for memory; the result is checked.
    let base = unsafe { libc::calloc(size.max(1), 1) } as usize;
    if base == 0 {
        return Err(out_of_memory(m, who));
    }
    let words = Registry::words(m.extension::<Registry>().insert(block(base, size)));
    Ok(m.heap.pointer(words))
}

/// The same, freed when the collector finds the pointer dead.
pub fn allocate_guarded(m: &mut Machine, who: &str, size: usize) -> Res<Pointer> {
    let pointer = allocate(m, who, size)?;
    m.extension::<Registry>().guard(pointer.value());
    // Only a collection can free it, so it brings the next one nearer.
    m.heap.look_at_account();
    Ok(pointer)
}

fn block(base: usize, size: usize) -> Extent {
    Extent {
        base,
        size,
        end: base + size,
        source: Source::Block,
        readable: true,
        writable: true,
        counted: Counted::Yes,
    }
}

/// `&out-of-memory-error`, an `&error`.
#[cold]
fn no_memory(m: &mut Machine, who: &str, message: &str) -> Stop {
    let kind = m.heap.condition(ConditionType::OutOfMemory, &[]);
    Stop::raise(make_condition(&mut m.heap, &[kind], who, message, &[]))
}

/// The same, when the system says so.
#[cold]
pub fn out_of_memory(m: &mut Machine, who: &str) -> Stop {
    no_memory(m, who, "the system has not that much memory")
}

/// The live block that begins where `memory` points, or why it cannot be freed.
fn find_block(m: &mut Machine, who: &str, memory: Memory) -> Res<usize> {
    let pointer = memory.pointer();
    let base = pointer::address(pointer);
    let registry = m.extension::<Registry>();
    let whole = |r: &&Region| r.source() == Source::Block && [0, r.origin()].contains(&pointer.word::<2>());
    if registry.find_base(base).filter(whole).is_some() {
        return Ok(base);
    }
    let message = match registry.find(base) {
        Some(r) if r.source() != Source::Block => {
            &format!("the pointer is not to a block that malloc made but to a {}", r.source().name())
        }
        Some(r) if r.origin() == pointer.word::<2>() => "the pointer is not to the start of its block",
        _ if pointer.word::<2>() != 0 => "the block was freed or reallocated before",
        _ => "the pointer is not to a block that this program allocated",
    };
    let kind = ConditionType::ProcedureArgumentsConsistency;
    Err(m.violation(kind, who, message, &[memory.value()]))
}

/// Frees the block and makes the pointer null; a memory block's size becomes 0.
pub fn free(m: &mut Machine, who: &str, memory: Memory) -> Res {
    let pointer = memory.pointer();
    if pointer::address(pointer) != 0 {
        find_block(m, who, memory)?;
        m.extension::<Registry>().free_block(pointer);
        pointer::set_null(pointer);
    }
    if let Some(block) = memory.block() {
        block.value().set_slot(1, Value::fixnum(0));
    }
    Ok(Value::VOID)
}

fn reallocate(m: &mut Machine, who: &str, memory: Memory, size: usize) -> Res {
    let pointer = memory.pointer();
    if pointer::address(pointer) == 0 {
        return Err(out_of_memory(m, who));
    }
    let old = find_block(m, who, memory)?;
    // Both are there while the contents move.
    admit(m, who, block_cost(size))?;
    let old_size = m.extension::<Registry>().find_base(old).map_or(0, Region::size);
    // SAFETY: `old` is a live block of the C allocator (registry), and no reference points into it.
    let base = unsafe { libc::realloc(old as *mut libc::c_void, size.max(1)) } as usize;
    if base == 0 {
        return Err(out_of_memory(m, who));
    }
    if size > old_size {
        // SAFETY: the block has `size` bytes now.
        unsafe { std::ptr::write_bytes((base + old_size) as *mut u8, 0, size - old_size) }
    }
    let registry = m.extension::<Registry>();
    registry.remove(old);
    let words = Registry::words(registry.insert(block(base, size)));
    pointer::set(pointer, words);
    if let Some(block) = memory.block() {
        let size = exact::from_u64(&mut m.heap, size as u64);
        block.value().set_slot(1, size);
    }
    Ok(memory.value())
}

fn array_size(m: &mut Machine, who: &str, count: Size, size: Size) -> Res<usize> {
    count.0.checked_mul(size.0).ok_or_else(|| out_of_memory(m, who))
}

/// A fresh block for `length` bytes of text and a NUL, all zero.
pub fn room_for_text(m: &mut Machine, who: &str, length: usize, guarded: bool) -> Res<Pointer> {
    let Some(size) = length.checked_add(1) else { return Err(out_of_memory(m, who)) };
    if guarded { allocate_guarded(m, who, size) } else { allocate(m, who, size) }
}

/// A fresh block with a copy of `bytes`.
pub fn copy_of(m: &mut Machine, who: &str, bytes: &[u8], guarded: bool) -> Res<Pointer> {
    let make = if guarded { allocate_guarded } else { allocate };
    let pointer = make(m, who, bytes.len())?;
    super::transfer::write(m, who, Place::start(Memory::of_pointer(pointer)), bytes)?;
    Ok(pointer)
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(malloc size)`: a pointer to a new block of `size` bytes, all zero. Raises `&out-of-memory-error`. malloc(3)
    fn malloc(m: &mut Machine, who: Who, size: Size) -> Res {
        Ok(allocate(m, who, size.0)?.value())
    }

    /// `(guarded-malloc size)`: like `malloc`; the block is freed when the pointer object is garbage, unless it was
    /// freed before. Copies of the pointer do not keep it.
    fn guarded_malloc(m: &mut Machine, who: Who, size: Size) -> Res {
        Ok(allocate_guarded(m, who, size.0)?.value())
    }

    /// `(calloc count size)`: a pointer to a new block for `count` elements of `size` bytes, all zero. calloc(3)
    fn calloc(m: &mut Machine, who: Who, count: Size, size: Size) -> Res {
        let bytes = array_size(m, who, count, size)?;
        Ok(allocate(m, who, bytes)?.value())
    }

    /// `(guarded-calloc count size)`: like `calloc`, freed as `guarded-malloc` does.
    fn guarded_calloc(m: &mut Machine, who: Who, count: Size, size: Size) -> Res {
        let bytes = array_size(m, who, count, size)?;
        Ok(allocate_guarded(m, who, bytes)?.value())
    }

    /// `(realloc memory size)`: gives the block of a pointer or memory block a new size, perhaps elsewhere. Changes and
    /// returns the object it was given; other pointers into the block dangle. New bytes are zero. Null memory raises
    /// `&out-of-memory-error`; after a failure all is as before. realloc(3)
    fn realloc(m: &mut Machine, who: Who, memory: Memory, size: Size) -> Res {
        reallocate(m, who, memory, size.0)
    }

    /// `(guarded-realloc memory size)`: like `realloc`; then the block is freed when the object is garbage.
    fn guarded_realloc(m: &mut Machine, who: Who, memory: Memory, size: Size) -> Res {
        let memory = reallocate(m, who, memory, size.0)?;
        m.extension::<Registry>().guard(memory);
        m.heap.look_at_account();
        Ok(memory)
    }

    /// `(free memory)`: frees the block of a pointer or memory block and makes that object null, of size 0. Null memory
    /// is left alone. Raises for a pointer that is not to the start of a live block. free(3)
    #[primitive(name = "free")]
    fn free_memory(m: &mut Machine, who: Who, memory: Memory) -> Res {
        free(m, who, memory)
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%local-storage sizes)`: a list: a pointer to a new block, then a pointer into it for each item of the vector
    /// `sizes`, one after the other.
    fn local_storage(m: &mut Machine, sizes: Vector) -> Res {
        /// A pointer object and a pair.
        const POINTER: usize = 64;
        const WHO: &str = "with-local-storage";
        let items = sizes.as_slice();
        m.charge(items.len())?;
        m.heap.reserve_many(items.len().saturating_mul(POINTER))?;
        let mut whole = 0usize;
        for &size in items {
            let Some(size) = <usize as Single>::convert(size) else {
                let expected = "a vector of fixnums of 0 and up";
                return Err(m.wrong_argument(WHO, "lengths", 1, expected, sizes.value()));
            };
            whole = whole.checked_add(size).ok_or_else(|| out_of_memory(m, WHO))?;
        }
        let block = allocate(m, WHO, whole)?;
        let [base, region, origin] = [block.word::<0>(), block.word::<1>(), block.word::<2>()];
        let (mut list, mut offset) = (Value::NIL, whole);
        for &size in items.iter().rev() {
            offset = offset.saturating_sub(<usize as Single>::convert(size).unwrap_or(0));
            let pointer = m.heap.pointer([base + offset as u64, region, origin]).value();
            list = m.heap.cons(pointer, list);
        }
        Ok(m.heap.cons(block.value(), list))
    }

    /// `(%free-local-storage pointer)`: frees the block, unless the program did.
    fn free_local_storage(m: &mut Machine, pointer: Pointer) -> Res {
        m.extension::<Registry>().free_block(pointer);
        Ok(Value::VOID)
    }
}
