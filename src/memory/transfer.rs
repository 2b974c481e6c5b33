//! Much memory at once: bytes that travel between memory and objects of the heap, in pieces between which the run may be
//! stopped. The whole range is checked before the first byte travels.

use super::Memory;
use super::access::{self, Place, Spans};
use super::region::Intent;
use crate::eval::{Machine, Res};
use crate::heap::{Bytevector, Pointer, Value, View};
use std::ops::Range;

/// Bytes between two looks around.
pub const PIECE: usize = 1 << 16;

/// The byte at `offset` from a pointer.
pub fn at(pointer: Pointer, offset: usize) -> Place {
    Place { memory: Memory::of_pointer(pointer), offset: offset as i64, unit: 1 }
}

/// Calls `f` for one piece of `0..count` after the other.
pub fn in_pieces(m: &mut Machine, count: usize, mut f: impl FnMut(&mut Machine, Range<usize>) -> Res<()>) -> Res<()> {
    let mut start = 0;
    loop {
        let end = count.min(start + PIECE);
        f(m, start..end)?;
        if end == count {
            return Ok(());
        }
        m.poll()?;
        start = end;
    }
}

/// Raises unless all of `count` bytes can be reached for that. Those of nobody here are only found out to be missing when
/// they are used.
pub fn check(m: &mut Machine, who: &str, place: Place, count: usize, intent: Intent) -> Res<()> {
    Spans::of(m, who, place, count, intent).map(drop)
}

/// Fills `to` from `place` on.
pub fn read(m: &mut Machine, who: &str, place: Place, to: &mut [u8]) -> Res<()> {
    check(m, who, place, to.len(), Intent::Read)?;
    in_pieces(m, to.len(), |m, piece| {
        let from = Place { offset: place.offset + piece.start as i64, ..place };
        access::read(m, who, from, &mut to[piece])
    })
}

/// Writes `from` from `place` on.
pub fn write(m: &mut Machine, who: &str, place: Place, from: &[u8]) -> Res<()> {
    check(m, who, place, from.len(), Intent::Write)?;
    in_pieces(m, from.len(), |m, piece| {
        let to = Place { offset: place.offset + piece.start as i64, ..place };
        access::write(m, who, to, &from[piece])
    })
}

/// A new bytevector with the `count` bytes at `place`.
pub fn bytevector(m: &mut Machine, who: &str, place: Place, count: usize) -> Res {
    // Refused before memory is made for it, however much the program asks for: for the last byte first.
    check(m, who, place, count, Intent::Read)?;
    let last = Place { offset: place.offset + count.saturating_sub(1) as i64, ..place };
    access::read(m, who, last, &mut [0][..count.min(1)])?;
    m.heap.reserve(count)?;
    m.charge(count / 64)?;
    let mut bv: Bytevector = m.heap.make_bytevector(count, 0);
    read(m, who, place, bv.bytes_mut())?;
    Ok(bv.value())
}

/// A new string with a character for each of the `count` bytes at `place`.
pub fn latin1(m: &mut Machine, who: &str, place: Place, count: usize) -> Res {
    check(m, who, place, count, Intent::Read)?;
    m.heap.reserve(count)?;
    m.charge(count / 64)?;
    let string = m.heap.blank_string(count, false);
    let Some(text) = crate::heap::Str::from_value(string) else { return Ok(Value::VOID) };
    let mut buffer = [0; 4096];
    let mut done = 0;
    while done < count {
        let part = &mut buffer[..(count - done).min(4096)];
        access::read(m, who, Place { offset: place.offset + done as i64, ..place }, part)?;
        text.fill(done, part.iter().map(|&b| b as char));
        done += part.len();
        if done.is_multiple_of(PIECE) {
            m.poll()?;
        }
    }
    Ok(string)
}
