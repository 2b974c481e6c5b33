//! Copying, filling and comparing memory: `memcpy memmove memset memcmp memory-copy`, and bytevectors to and from it.
//!
//! When source and destination each lie in one region the bytes go there directly, otherwise by a buffer; in either case in
//! pieces between which the run may be stopped.

use super::access::{self, Place, Spans};
use super::pointer::{self, Size};
use super::region::Intent;
use super::transfer::{PIECE, at, in_pieces};
use super::{alloc, transfer};
use crate::eval::{Machine, Res, Single, Who};
use crate::heap::{Bytevector, ConditionType, Pointer, Value, View};
use vicar_macros::primitives;

/// Bytes that travel at once where they cannot go directly.
const CHUNK: usize = 1 << 12;

/// Copies between places that may overlap.
pub(super) fn move_bytes(m: &mut Machine, who: &str, to: Place, from: Place, count: usize) -> Res {
    m.charge(count / 64)?;
    let source = Spans::of(m, who, from, count, Intent::Read)?;
    let target = Spans::of(m, who, to, count, Intent::Write)?;
    // Pieces of memory that overlap must go in the order that overwrites nothing that is still to go.
    let address = |p: Place| (pointer::address(p.memory.pointer()) as i64).wrapping_add(p.offset);
    let backwards = address(to) > address(from);
    let start_of = |piece: &std::ops::Range<usize>| if backwards { count - piece.end } else { piece.start };
    if let (Some(a), Some(b)) = (source.single(), target.single()) {
        let answer = in_pieces(m, count, |_, piece| {
            let start = start_of(&piece);
            // SAFETY: both resolved: `count` readable and writable bytes of live regions, of which this is a part; they
            // may overlap. Nothing that runs between two pieces changes a region.
            unsafe { std::ptr::copy((a + start) as *const u8, (b + start) as *mut u8, piece.len()) };
            Ok(())
        });
        // Both, whatever one says.
        source.finish(m).and(target.finish(m))?;
        return answer.map(|()| Value::VOID);
    }
    let mut buffer = [0; CHUNK];
    let chunks = count.div_ceil(CHUNK);
    for i in 0..chunks {
        let start = CHUNK * if backwards { chunks - 1 - i } else { i };
        let part = &mut buffer[..CHUNK.min(count - start)];
        let shifted = |p: Place| Place { offset: p.offset + start as i64, ..p };
        access::read(m, who, shifted(from), part)?;
        access::write(m, who, shifted(to), part)?;
        look_sometimes(m, i)?;
    }
    Ok(Value::VOID)
}

/// To be called after chunk number `i`.
fn look_sometimes(m: &mut Machine, i: usize) -> Res<()> {
    if (i + 1).is_multiple_of(PIECE / CHUNK) { m.poll() } else { Ok(()) }
}

fn fill(m: &mut Machine, who: &str, pointer: Pointer, byte: u8, count: usize) -> Res {
    m.charge(count / 64)?;
    let target = Spans::of(m, who, at(pointer, 0), count, Intent::Write)?;
    if let Some(address) = target.single() {
        let answer = in_pieces(m, count, |_, piece| {
            // SAFETY: resolved: `count` writable bytes of a live region, of which this is a part; nothing that runs
            // between two pieces changes a region.
            unsafe { std::ptr::write_bytes((address + piece.start) as *mut u8, byte, piece.len()) };
            Ok(())
        });
        target.finish(m)?;
        return answer.map(|()| Value::VOID);
    }
    let buffer = [byte; CHUNK];
    for (i, start) in (0..count).step_by(CHUNK).enumerate() {
        access::write(m, who, at(pointer, start), &buffer[..CHUNK.min(count - start)])?;
        look_sometimes(m, i)?;
    }
    Ok(Value::VOID)
}

/// How the bytes at two places compare.
pub(super) fn compare(m: &mut Machine, who: &str, a: Pointer, b: Pointer, count: usize) -> Res<std::cmp::Ordering> {
    m.charge(count / 64)?;
    let (mut left, mut right) = ([0; CHUNK], [0; CHUNK]);
    for (i, start) in (0..count).step_by(CHUNK).enumerate() {
        let size = CHUNK.min(count - start);
        access::read(m, who, at(a, start), &mut left[..size])?;
        access::read(m, who, at(b, start), &mut right[..size])?;
        let order = left[..size].cmp(&right[..size]);
        if order.is_ne() {
            return Ok(order);
        }
        look_sometimes(m, i)?;
    }
    Ok(std::cmp::Ordering::Equal)
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

/// One that may be written.
struct Target(Bytes);

impl Single for Target {
    const WHAT: &'static str = "a pointer or a mutable bytevector";
    fn convert(v: Value) -> Option<Target> {
        Bytes::convert(v).filter(|_| !v.is_immutable()).map(Target)
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

/// Copies within one bytevector, or from one to another.
fn copy_bytes(
    m: &mut Machine,
    to: Bytevector,
    to_start: usize,
    from: Bytevector,
    from_start: usize,
    count: usize,
) -> Res {
    let (target, source) = (range(m, to, to_start, count)?, range(m, from, from_start, count)?);
    in_pieces(m, count, |_, piece| {
        let start = if to_start > from_start { count - piece.end } else { piece.start };
        // SAFETY: both ranges are inside of live bytevectors (`range`), of which these are parts; they may overlap. The
        // addresses come from the objects, and no reference to their bytes is alive.
        unsafe {
            let to = to.as_ptr().add(target.start + start);
            std::ptr::copy(from.as_ptr().add(source.start + start), to, piece.len());
        }
        Ok(())
    })?;
    Ok(Value::VOID)
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

#[primitives]
pub mod procedures {
    use super::*;

    /// `(memcpy dst src count)`: copies `count` bytes between pointers. Overlap is allowed. memcpy(3)
    fn memcpy(m: &mut Machine, who: Who, dst: Pointer, src: Pointer, count: Size) -> Res {
        move_bytes(m, who, at(dst, 0), at(src, 0), count.0)
    }

    /// `(memmove dst src count)`: the same. memmove(3)
    fn memmove(m: &mut Machine, who: Who, dst: Pointer, src: Pointer, count: Size) -> Res {
        move_bytes(m, who, at(dst, 0), at(src, 0), count.0)
    }

    /// `(memset pointer value count)`: makes `count` bytes `value`, -128 to 255. memset(3)
    fn memset(m: &mut Machine, who: Who, pointer: Pointer, value: Byte, count: Size) -> Res {
        fill(m, who, pointer, value.0, count.0)
    }

    /// `(memcmp pointer1 pointer2 count)`: negative, 0 or positive, as the first bytes are less than, the same as, or
    /// greater than the second. memcmp(3)
    fn memcmp(m: &mut Machine, who: Who, pointer1: Pointer, pointer2: Pointer, count: Size) -> Res {
        Ok(Value::fixnum(compare(m, who, pointer1, pointer2, count.0)? as i64))
    }

    /// `(memory-copy dst dst.start src src.start count)`: copies `count` bytes; each end is a pointer or a bytevector.
    fn memory_copy(
        m: &mut Machine,
        who: Who,
        dst: Target,
        dst_start: usize,
        src: Bytes,
        src_start: usize,
        count: usize,
    ) -> Res {
        match (dst.0, src) {
            (Bytes::Pointer(to), Bytes::Pointer(from)) => {
                move_bytes(m, who, at(to, dst_start), at(from, src_start), count)
            }
            (Bytes::Pointer(to), Bytes::Bytevector(from)) => {
                m.charge(count / 64)?;
                let from_range = range(m, from, src_start, count)?;
                transfer::write(m, who, at(to, dst_start), &from.bytes()[from_range])?;
                Ok(Value::VOID)
            }
            (Bytes::Bytevector(mut to), Bytes::Pointer(from)) => {
                m.charge(count / 64)?;
                let to_range = range(m, to, dst_start, count)?;
                transfer::read(m, who, at(from, src_start), &mut to.bytes_mut()[to_range])?;
                Ok(Value::VOID)
            }
            (Bytes::Bytevector(to), Bytes::Bytevector(from)) => {
                m.charge(count / 64)?;
                copy_bytes(m, to, dst_start, from, src_start, count)
            }
        }
    }

    /// `(memory->bytevector pointer count)`: a new bytevector with the `count` bytes there.
    fn memory_to_bytevector(m: &mut Machine, who: Who, pointer: Pointer, count: usize) -> Res {
        transfer::bytevector(m, who, at(pointer, 0), count)
    }

    /// `(bytevector->memory bytevector)`: two values, a pointer to a new block with a copy of the bytes, and its size.
    #[primitive(control)]
    fn bytevector_to_memory(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        to_memory(m, who, bytevector, false)
    }

    /// `(bytevector->guarded-memory bytevector)`: the same, freed when the pointer is garbage.
    #[primitive(control)]
    fn bytevector_to_guarded_memory(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        to_memory(m, who, bytevector, true)
    }
}
