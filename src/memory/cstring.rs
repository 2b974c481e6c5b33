//! C strings: bytes up to a NUL, made from and into strings and bytevectors, and UTF-16 ones up to two zero bytes.
//!
//! A string that has no end inside its memory raises, as any access out of bounds.

use super::access::{self, Place};
use super::pointer::Size;
use super::{Memory, alloc};
use crate::eval::{Machine, Res};
use crate::heap::{Bytevector, ConditionType, Pointer, Str, Value, View};
use crate::primitives;

/// The bytes before the NUL, at most `limit`.
pub fn read(m: &mut Machine, who: &str, pointer: Pointer, limit: usize) -> Res<Vec<u8>> {
    let mut found = Vec::new();
    access::scan(m, who, pointer, limit, |chunk| {
        let end = chunk.iter().position(|&b| b == 0);
        found.extend_from_slice(&chunk[..end.unwrap_or(chunk.len())]);
        end.is_some()
    })?;
    m.heap.reserve(found.len())?;
    Ok(found)
}

/// Exactly `count` bytes.
fn read_exactly(m: &mut Machine, who: &str, pointer: Pointer, count: usize) -> Res<Vec<u8>> {
    let mut found = Vec::new();
    access::scan(m, who, pointer, count, |chunk| {
        found.extend_from_slice(chunk);
        false
    })?;
    m.heap.reserve(count)?;
    Ok(found)
}

fn bytes(m: &mut Machine, who: &str, pointer: Pointer, count: Option<usize>) -> Res<Vec<u8>> {
    match count {
        None => read(m, who, pointer, usize::MAX),
        Some(count) => read_exactly(m, who, pointer, count),
    }
}

/// A block with `bytes` and a NUL.
pub fn make(m: &mut Machine, who: &str, bytes: &[u8], guarded: bool) -> Res {
    m.charge(bytes.len() / 64)?;
    let terminated = [bytes, &[0]].concat();
    Ok(alloc::copy_of(m, who, &terminated, guarded)?.value())
}

/// The characters as bytes; raises for one above 255.
pub fn latin1(m: &mut Machine, who: &str, text: Str) -> Res<Vec<u8>> {
    m.charge(text.len() / 64)?;
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c as u32).ok()).collect();
    bytes.ok_or_else(|| {
        let kind = ConditionType::ProcedureArgumentsConsistency;
        let message = "a character is above 255, so it is not one byte";
        m.violation(kind, who, message, &[text.value()])
    })
}

/// The 16-bit units before the zero unit.
fn units(m: &mut Machine, who: &str, pointer: Pointer) -> Res<Vec<u16>> {
    let mut found = Vec::new();
    loop {
        let offset = 2 * found.len() as i64;
        let place = Place { offset, ..Place::start(Memory::of_pointer(pointer)) };
        match access::load::<u16>(m, who, place)? {
            0 => return Ok(found),
            unit => found.push(unit),
        }
        m.charge(1)?;
        if found.len().is_power_of_two() {
            m.heap.reserve(found.len() * 4)?;
        }
    }
}

/// The text; `order` makes a unit from its native reading. What is no UTF-16 becomes U+FFFD.
fn utf16(m: &mut Machine, who: &str, pointer: Pointer, order: fn(u16) -> u16) -> Res {
    let units = units(m, who, pointer)?.into_iter().map(order);
    let text: Vec<char> = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
    Ok(m.heap.string_from_chars(&text))
}

fn duplicate(m: &mut Machine, who: &str, pointer: Pointer, limit: usize, guarded: bool) -> Res {
    let bytes = read(m, who, pointer, limit)?;
    make(m, who, &bytes, guarded)
}

fn compare(m: &mut Machine, who: &str, a: Pointer, b: Pointer, limit: usize) -> Res {
    let (a, b) = (read(m, who, a, limit)?, read(m, who, b, limit)?);
    Ok(Value::fixnum(a.cmp(&b) as i64))
}

primitives! { pub TABLE in "(vicare)" {
    /// `(strlen pointer)`: how many bytes stand before the NUL. strlen(3)
    "strlen" [] fn strlen(m, pointer: Pointer) {
        let mut length = 0;
        access::scan(m, "strlen", pointer, usize::MAX, |chunk| {
            let end = chunk.iter().position(|&b| b == 0);
            length += end.unwrap_or(chunk.len());
            end.is_some()
        })?;
        Ok(Value::fixnum(length as i64))
    }
    /// `(strcmp pointer1 pointer2)`: negative, 0 or positive, as the first string is before, the same as, or behind the
    /// second. strcmp(3)
    "strcmp" [] fn strcmp(m, pointer1: Pointer, pointer2: Pointer) {
        compare(m, "strcmp", pointer1, pointer2, usize::MAX)
    }
    /// `(strncmp pointer1 pointer2 count)`: the same for at most `count` bytes. strncmp(3)
    "strncmp" [] fn strncmp(m, pointer1: Pointer, pointer2: Pointer, count: Size) {
        compare(m, "strncmp", pointer1, pointer2, count.0)
    }
    /// `(strdup pointer)`: a copy in a new block. strdup(3)
    "strdup" [] fn strdup(m, pointer: Pointer) { duplicate(m, "strdup", pointer, usize::MAX, false) }
    /// `(guarded-strdup pointer)`: the same, freed when the new pointer is garbage.
    "guarded-strdup" [] fn guarded_strdup(m, pointer: Pointer) {
        duplicate(m, "guarded-strdup", pointer, usize::MAX, true)
    }
    /// `(strndup pointer count)`: a copy of at most `count` bytes, with a NUL added. strndup(3)
    "strndup" [] fn strndup(m, pointer: Pointer, count: Size) { duplicate(m, "strndup", pointer, count.0, false) }
    /// `(guarded-strndup pointer count)`: the same, freed when the new pointer is garbage.
    "guarded-strndup" [] fn guarded_strndup(m, pointer: Pointer, count: Size) {
        duplicate(m, "guarded-strndup", pointer, count.0, true)
    }
    /// `(cstring->bytevector pointer)`: the bytes before the NUL. `(cstring->bytevector pointer count)`: exactly `count`
    /// bytes, NULs and all.
    "cstring->bytevector" [] fn cstring_to_bytevector(m, pointer: Pointer, count: Option<usize>) {
        let bytes = bytes(m, "cstring->bytevector", pointer, count)?;
        Ok(m.heap.bytevector(&bytes))
    }
    /// `(cstring->string pointer)`, `(cstring->string pointer count)`: the same as a string, a character a byte.
    "cstring->string" [] fn cstring_to_string(m, pointer: Pointer, count: Option<usize>) {
        let bytes = bytes(m, "cstring->string", pointer, count)?;
        Ok(m.heap.string_latin1(&bytes))
    }
    /// `(cstring16->bytevector pointer)`: the bytes before the first two zero bytes at an even offset.
    "cstring16->bytevector" [] fn cstring16_to_bytevector(m, pointer: Pointer) {
        let units = units(m, "cstring16->bytevector", pointer)?;
        let bytes: Vec<u8> = units.into_iter().flat_map(u16::to_ne_bytes).collect();
        Ok(m.heap.bytevector(&bytes))
    }
    /// `(cstring16n->string pointer)`: the UTF-16 text in native byte order before two zero bytes.
    "cstring16n->string" [] fn cstring16n_to_string(m, pointer: Pointer) {
        utf16(m, "cstring16n->string", pointer, |unit| unit)
    }
    /// `(cstring16le->string pointer)`: the same, little endian.
    "cstring16le->string" [] fn cstring16le_to_string(m, pointer: Pointer) {
        utf16(m, "cstring16le->string", pointer, u16::from_le)
    }
    /// `(cstring16be->string pointer)`: the same, big endian.
    "cstring16be->string" [] fn cstring16be_to_string(m, pointer: Pointer) {
        utf16(m, "cstring16be->string", pointer, u16::from_be)
    }
    /// `(bytevector->cstring bytevector)`: a new block with the bytes, zeros inside kept, and a NUL. To be freed.
    "bytevector->cstring" [] fn bytevector_to_cstring(m, bytevector: Bytevector) {
        make(m, "bytevector->cstring", bytevector.bytes(), false)
    }
    /// `(bytevector->guarded-cstring bytevector)`: the same, freed when the pointer is garbage.
    "bytevector->guarded-cstring" [] fn bytevector_to_guarded_cstring(m, bytevector: Bytevector) {
        make(m, "bytevector->guarded-cstring", bytevector.bytes(), true)
    }
    /// `(string->cstring string)`: a new block with a byte a character and a NUL. To be freed. Characters above 255
    /// raise.
    "string->cstring" [] fn string_to_cstring(m, string: Str) {
        let bytes = latin1(m, "string->cstring", string)?;
        make(m, "string->cstring", &bytes, false)
    }
    /// `(string->guarded-cstring string)`: the same, freed when the pointer is garbage.
    "string->guarded-cstring" [] fn string_to_guarded_cstring(m, string: Str) {
        let bytes = latin1(m, "string->guarded-cstring", string)?;
        make(m, "string->guarded-cstring", &bytes, true)
    }
} }
