//! Copying, filling and comparing memory: `memcpy memmove memset memcmp memory-copy`, and bytevectors to and from it.
//!
//! When source and destination each lie in one region the C library does it in one go; otherwise the bytes travel in
//! chunks.

use super::access::{self, Place, Spans};
use super::pointer::{self, Size};
use super::region::Intent;
use super::{Memory, alloc};
use crate::eval::{Machine, Res, Single};
use crate::heap::{Bytevector, ConditionType, Pointer, Value, View};
use crate::primitives;

/// Bytes that travel at once where they cannot go directly.
const CHUNK: usize = 1 << 16;

fn at(pointer: Pointer, offset: usize) -> Place {
    Place { memory: Memory::of_pointer(pointer), offset: offset as i64, unit: 1 }
}

/// Copies between places that may overlap.
fn move_bytes(m: &mut Machine, who: &str, to: Place, from: Place, count: usize) -> Res {
    m.charge(count / 64)?;
    let source = Spans::of(m, who, from, count, Intent::Read)?;
    let target = Spans::of(m, who, to, count, Intent::Write)?;
    if let (Some(a), Some(b)) = (source.single(), target.single()) {
        // SAFETY: both resolved: `count` readable and writable bytes of live regions; they may overlap.
        unsafe { std::ptr::copy(a as *const u8, b as *mut u8, count) };
        source.finish(m)?;
        target.finish(m)?;
        return Ok(Value::VOID);
    }
    let backwards = pointer::address(to.memory.pointer()) > pointer::address(from.memory.pointer());
    let mut buffer = vec![0; count.min(CHUNK)];
    let chunks = count.div_ceil(CHUNK);
    for i in 0..chunks {
        let start = CHUNK * if backwards { chunks - 1 - i } else { i };
        let part = &mut buffer[..CHUNK.min(count - start)];
        let shifted = |p: Place| Place { offset: p.offset + start as i64, ..p };
        access::read(m, who, shifted(from), part)?;
        access::write(m, who, shifted(to), part)?;
    }
    Ok(Value::VOID)
}

fn fill(m: &mut Machine, who: &str, pointer: Pointer, byte: u8, count: usize) -> Res {
    m.charge(count / 64)?;
    let target = Spans::of(m, who, at(pointer, 0), count, Intent::Write)?;
    if let Some(address) = target.single() {
        // SAFETY: resolved: `count` writable bytes of a live region.
        unsafe { std::ptr::write_bytes(address as *mut u8, byte, count) };
        target.finish(m)?;
        return Ok(Value::VOID);
    }
    let buffer = vec![byte; count.min(CHUNK)];
    for start in (0..count).step_by(CHUNK) {
        access::write(m, who, at(pointer, start), &buffer[..CHUNK.min(count - start)])?;
    }
    Ok(Value::VOID)
}

fn compare(m: &mut Machine, who: &str, a: Pointer, b: Pointer, count: usize) -> Res {
    m.charge(count / 64)?;
    let (mut left, mut right) = (vec![0; count.min(CHUNK)], vec![0; count.min(CHUNK)]);
    for start in (0..count).step_by(CHUNK) {
        let size = CHUNK.min(count - start);
        access::read(m, who, at(a, start), &mut left[..size])?;
        access::read(m, who, at(b, start), &mut right[..size])?;
        if left[..size] != right[..size] {
            return Ok(Value::fixnum(if left[..size] < right[..size] { -1 } else { 1 }));
        }
    }
    Ok(Value::fixnum(0))
}

/// An argument of `memory-copy`.
#[derive(Copy, Clone)]
enum Bytes {
    Pointer(Pointer),
    Bytevector(Bytevector),
}

impl Single for Bytes {
    const WHAT: &'static str = "a pointer or a bytevector";
    fn convert(v: Value) -> Option<Bytes> {
        Pointer::from_value(v).map(Bytes::Pointer).or(Bytevector::from_value(v).map(Bytes::Bytevector))
    }
}

/// The part of a bytevector that `memory-copy` uses.
fn range(m: &mut Machine, bv: Bytevector, start: usize, count: usize) -> Res<std::ops::Range<usize>> {
    match start.checked_add(count) {
        Some(end) if end <= bv.len() => Ok(start..end),
        _ => {
            let message = format!("{count} bytes at {start} are out of range of a bytevector of {} bytes", bv.len());
            let irritants = [bv.value(), Value::fixnum(start as i64), Value::fixnum(count as i64)];
            let kind = ConditionType::ProcedureArgumentsConsistency;
            Err(m.violation(kind, "memory-copy", &message, &irritants))
        }
    }
}

fn to_memory(m: &mut Machine, who: &str, bv: Bytevector, guarded: bool) -> Res {
    m.charge(bv.len() / 64)?;
    let pointer = alloc::copy_of(m, who, bv.bytes(), guarded)?;
    Ok(m.heap.multiple_values(&[pointer.value(), Value::fixnum(bv.len() as i64)]))
}

/// A byte as C's `memset` takes it.
struct Byte(u8);

impl Single for Byte {
    const WHAT: &'static str = "an exact integer of -128 to 255";
    fn convert(v: Value) -> Option<Byte> {
        v.as_fixnum().filter(|n| (-128..=255).contains(n)).map(|n| Byte(n as u8))
    }
}

primitives! { pub TABLE in "(vicare)" {
    /// `(memcpy dst src count)`: copies `count` bytes between pointers. Overlap is allowed. memcpy(3)
    "memcpy" [] fn memcpy(m, dst: Pointer, src: Pointer, count: Size) {
        move_bytes(m, "memcpy", at(dst, 0), at(src, 0), count.0)
    }
    /// `(memmove dst src count)`: the same. memmove(3)
    "memmove" [] fn memmove(m, dst: Pointer, src: Pointer, count: Size) {
        move_bytes(m, "memmove", at(dst, 0), at(src, 0), count.0)
    }
    /// `(memset pointer value count)`: makes `count` bytes `value`, -128 to 255. memset(3)
    "memset" [] fn memset(m, pointer: Pointer, value: Byte, count: Size) {
        fill(m, "memset", pointer, value.0, count.0)
    }
    /// `(memcmp pointer1 pointer2 count)`: negative, 0 or positive, as the first bytes are less than, the same as, or
    /// greater than the second. memcmp(3)
    "memcmp" [] fn memcmp(m, pointer1: Pointer, pointer2: Pointer, count: Size) {
        compare(m, "memcmp", pointer1, pointer2, count.0)
    }
    /// `(memory-copy dst dst.start src src.start count)`: copies `count` bytes; each end is a pointer or a bytevector.
    "memory-copy" [] fn memory_copy(m, dst: Bytes, dst_start: usize, src: Bytes, src_start: usize, count: usize) {
        match (dst, src) {
            (Bytes::Pointer(to), Bytes::Pointer(from)) => {
                move_bytes(m, "memory-copy", at(to, dst_start), at(from, src_start), count)
            }
            (Bytes::Pointer(to), Bytes::Bytevector(from)) => {
                m.charge(count / 64)?;
                let from_range = range(m, from, src_start, count)?;
                access::write(m, "memory-copy", at(to, dst_start), &from.bytes()[from_range])?;
                Ok(Value::VOID)
            }
            (Bytes::Bytevector(mut to), Bytes::Pointer(from)) => {
                m.charge(count / 64)?;
                let to_range = range(m, to, dst_start, count)?;
                access::read(m, "memory-copy", at(from, src_start), &mut to.bytes_mut()[to_range])?;
                Ok(Value::VOID)
            }
            (Bytes::Bytevector(mut to), Bytes::Bytevector(from)) => {
                m.charge(count / 64)?;
                let (to_range, from_range) = (range(m, to, dst_start, count)?, range(m, from, src_start, count)?);
                // They may be the same bytevector, of which one borrow at a time is allowed.
                let bytes = from.bytes()[from_range].to_vec();
                to.bytes_mut()[to_range].copy_from_slice(&bytes);
                Ok(Value::VOID)
            }
        }
    }
    /// `(memory->bytevector pointer count)`: a new bytevector with the `count` bytes there.
    "memory->bytevector" [] fn memory_to_bytevector(m, pointer: Pointer, count: usize) {
        m.charge(count / 64)?;
        // Refused before memory is made for it, however much the program asks for.
        let spans = Spans::of(m, "memory->bytevector", at(pointer, 0), count, Intent::Read)?;
        if spans.parts.len() > 1 || spans.single().is_none() {
            access::read(m, "memory->bytevector", at(pointer, count.saturating_sub(1)), &mut [0][..count.min(1)])?;
        }
        m.heap.reserve(count)?;
        let mut bv = m.heap.make_bytevector(count, 0);
        access::read(m, "memory->bytevector", at(pointer, 0), bv.bytes_mut())?;
        Ok(bv.value())
    }
    /// `(bytevector->memory bytevector)`: two values, a pointer to a new block with a copy of the bytes, and its size.
    "bytevector->memory" [control] fn bytevector_to_memory(m, bytevector: Bytevector) {
        to_memory(m, "bytevector->memory", bytevector, false)
    }
    /// `(bytevector->guarded-memory bytevector)`: the same, freed when the pointer is garbage.
    "bytevector->guarded-memory" [control] fn bytevector_to_guarded_memory(m, bytevector: Bytevector) {
        to_memory(m, "bytevector->guarded-memory", bytevector, true)
    }
} }
