//! C strings: bytes up to a NUL, made from and into strings and bytevectors, and UTF-16 ones up to two zero bytes.
//!
//! A string that has no end inside its memory raises, as any access out of bounds.

use super::access;
use super::pointer::Size;
use super::transfer::{self, PIECE, at};
use super::{alloc, copy};
use crate::account::{Claim, Paid};
use crate::eval::{Machine, Res, Who};
use crate::heap::{Bytevector, ConditionType, Pointer, Str, Value, View};
use vicar_macros::primitives;

/// How many bytes stand before the NUL, at most `limit`.
pub fn length(m: &mut Machine, who: &str, pointer: Pointer, limit: usize) -> Res<usize> {
    let mut length = 0;
    access::scan(m, who, pointer, limit, |chunk| {
        let end = chunk.iter().position(|&b| b == 0);
        length += end.unwrap_or(chunk.len());
        Ok(end.is_some())
    })?;
    Ok(length)
}

/// A block with `bytes` and a NUL.
fn make(m: &mut Machine, who: &str, bytes: &[u8], guarded: bool) -> Res {
    m.charge(bytes.len() / 64)?;
    let block = alloc::room_for_text(m, who, bytes.len(), guarded)?;
    transfer::write(m, who, at(block, 0), bytes)?;
    Ok(block.value())
}

/// Calls `f` with the characters as bytes, piece by piece, each with the number of its first; raises for one above 255.
pub fn each_piece(
    m: &mut Machine,
    who: &str,
    text: Str,
    mut f: impl FnMut(&mut Machine, usize, &[u8]) -> Res<()>,
) -> Res<()> {
    m.charge(text.len() / 64)?;
    let mut buffer = [0; 4096];
    let mut done = 0;
    while done < text.len() {
        let part = &mut buffer[..(text.len() - done).min(4096)];
        for (i, byte) in part.iter_mut().enumerate() {
            match text.get(done + i).and_then(|c| u8::try_from(u32::from(c)).ok()) {
                Some(b) => *byte = b,
                None => {
                    let kind = ConditionType::ProcedureArgumentsConsistency;
                    let message = "a character is above 255, so it is not one byte";
                    return Err(m.violation(kind, who, message, &[text.value()]));
                }
            }
        }
        f(m, done, part)?;
        done += part.len();
        if done.is_multiple_of(PIECE) {
            m.poll()?;
        }
    }
    Ok(())
}

/// A block with a byte a character and a NUL.
fn make_of_string(m: &mut Machine, who: &str, text: Str, guarded: bool) -> Res {
    // Refused before memory is made for it.
    each_piece(m, who, text, |_, _, _| Ok(()))?;
    let block = alloc::room_for_text(m, who, text.len(), guarded)?;
    each_piece(m, who, text, |m, start, bytes| access::write(m, who, at(block, start), bytes))?;
    Ok(block.value())
}

/// The bytes before the first two zero bytes at an even offset.
fn units(m: &mut Machine, who: &str, pointer: Pointer) -> Res<Paid<Vec<u8>>> {
    let mut found = Paid::new(Vec::new(), Claim::new(m.heap.memory()));
    access::scan(m, who, pointer, usize::MAX, |chunk| {
        let before = found.len() & !1;
        found.grow(chunk.len())?;
        found.extend_from_slice(chunk);
        let end = found[before..].chunks_exact(2).position(|unit| unit == [0, 0]);
        if let Some(end) = end {
            found.truncate(before + 2 * end);
        }
        Ok(end.is_some())
    })?;
    Ok(found)
}

/// The text; `order` makes a unit from its bytes. What is no UTF-16 becomes U+FFFD.
fn utf16(m: &mut Machine, who: &str, pointer: Pointer, order: fn([u8; 2]) -> u16) -> Res {
    let bytes = units(m, who, pointer)?;
    let decoded = || {
        let units = bytes.chunks_exact(2).map(|unit| order([unit[0], unit[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}'))
    };
    m.charge(bytes.len() / 16)?;
    let (mut length, mut wide, mut rest) = (0usize, false, decoded());
    loop {
        let before = length;
        for c in rest.by_ref().take(PIECE / 4) {
            length += 1;
            wide |= c > '\u{ff}';
        }
        if length == before {
            break;
        }
        m.poll()?;
    }
    m.heap.reserve(if wide { length.saturating_mul(4) } else { length })?;
    let string = m.heap.blank_string(length, wide);
    let Some(text) = Str::from_value(string) else { return Ok(string) };
    let (mut done, mut rest) = (0, decoded());
    while done < length {
        done += text.fill(done, rest.by_ref().take(PIECE / 4));
        m.poll()?;
    }
    Ok(string)
}

fn duplicate(m: &mut Machine, who: &str, pointer: Pointer, limit: usize, guarded: bool) -> Res {
    let length = length(m, who, pointer, limit)?;
    let block = alloc::room_for_text(m, who, length, guarded)?;
    copy::move_bytes(m, who, at(block, 0), at(pointer, 0), length)?;
    Ok(block.value())
}

fn compare(m: &mut Machine, who: &str, a: Pointer, b: Pointer, limit: usize) -> Res {
    let (left, right) = (length(m, who, a, limit)?, length(m, who, b, limit)?);
    let order = copy::compare(m, who, a, b, left.min(right))?.then(left.cmp(&right));
    Ok(Value::fixnum(order as i64))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(strlen pointer)`: how many bytes stand before the NUL. strlen(3)
    fn strlen(m: &mut Machine, who: Who, pointer: Pointer) -> Res {
        Ok(Value::fixnum(length(m, who, pointer, usize::MAX)? as i64))
    }

    /// `(strcmp pointer1 pointer2)`: negative, 0 or positive, as the first string is before, the same as, or behind the
    /// second. strcmp(3)
    fn strcmp(m: &mut Machine, who: Who, pointer1: Pointer, pointer2: Pointer) -> Res {
        compare(m, who, pointer1, pointer2, usize::MAX)
    }

    /// `(strncmp pointer1 pointer2 count)`: the same for at most `count` bytes. strncmp(3)
    fn strncmp(m: &mut Machine, who: Who, pointer1: Pointer, pointer2: Pointer, count: Size) -> Res {
        compare(m, who, pointer1, pointer2, count.0)
    }

    /// `(strdup pointer)`: a copy in a new block. strdup(3)
    fn strdup(m: &mut Machine, who: Who, pointer: Pointer) -> Res {
        duplicate(m, who, pointer, usize::MAX, false)
    }

    /// `(guarded-strdup pointer)`: the same, freed when the new pointer is garbage.
    fn guarded_strdup(m: &mut Machine, who: Who, pointer: Pointer) -> Res {
        duplicate(m, who, pointer, usize::MAX, true)
    }

    /// `(strndup pointer count)`: a copy of at most `count` bytes, with a NUL added. strndup(3)
    fn strndup(m: &mut Machine, who: Who, pointer: Pointer, count: Size) -> Res {
        duplicate(m, who, pointer, count.0, false)
    }

    /// `(guarded-strndup pointer count)`: the same, freed when the new pointer is garbage.
    fn guarded_strndup(m: &mut Machine, who: Who, pointer: Pointer, count: Size) -> Res {
        duplicate(m, who, pointer, count.0, true)
    }

    /// `(cstring->bytevector pointer)`: the bytes before the NUL. `(cstring->bytevector pointer count)`: exactly `count`
    /// bytes, NULs and all.
    fn cstring_to_bytevector(m: &mut Machine, who: Who, pointer: Pointer, count: Option<usize>) -> Res {
        let count = count.map_or_else(|| length(m, who, pointer, usize::MAX), Ok)?;
        transfer::bytevector(m, who, at(pointer, 0), count)
    }

    /// `(cstring->string pointer)`, `(cstring->string pointer count)`: the same as a string, a character a byte.
    fn cstring_to_string(m: &mut Machine, who: Who, pointer: Pointer, count: Option<usize>) -> Res {
        let count = count.map_or_else(|| length(m, who, pointer, usize::MAX), Ok)?;
        transfer::latin1(m, who, at(pointer, 0), count)
    }

    /// `(cstring16->bytevector pointer)`: the bytes before the first two zero bytes at an even offset.
    fn cstring16_to_bytevector(m: &mut Machine, who: Who, pointer: Pointer) -> Res {
        let size = units(m, who, pointer)?.len();
        transfer::bytevector(m, who, at(pointer, 0), size)
    }

    /// `(cstring16n->string pointer)`: the UTF-16 text in native byte order before two zero bytes.
    fn cstring16n_to_string(m: &mut Machine, who: Who, pointer: Pointer) -> Res {
        utf16(m, who, pointer, u16::from_ne_bytes)
    }

    /// `(cstring16le->string pointer)`: the same, little endian.
    fn cstring16le_to_string(m: &mut Machine, who: Who, pointer: Pointer) -> Res {
        utf16(m, who, pointer, u16::from_le_bytes)
    }

    /// `(cstring16be->string pointer)`: the same, big endian.
    fn cstring16be_to_string(m: &mut Machine, who: Who, pointer: Pointer) -> Res {
        utf16(m, who, pointer, u16::from_be_bytes)
    }

    /// `(bytevector->cstring bytevector)`: a new block with the bytes, zeros inside kept, and a NUL. To be freed.
    fn bytevector_to_cstring(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        make(m, who, bytevector.bytes(), false)
    }

    /// `(bytevector->guarded-cstring bytevector)`: the same, freed when the pointer is garbage.
    fn bytevector_to_guarded_cstring(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        make(m, who, bytevector.bytes(), true)
    }

    /// `(string->cstring string)`: a new block with a byte a character and a NUL. To be freed. Characters above 255
    /// raise.
    fn string_to_cstring(m: &mut Machine, who: Who, string: Str) -> Res {
        make_of_string(m, who, string, false)
    }

    /// `(string->guarded-cstring string)`: the same, freed when the pointer is garbage.
    fn string_to_guarded_cstring(m: &mut Machine, who: Who, string: Str) -> Res {
        make_of_string(m, who, string, true)
    }
}
