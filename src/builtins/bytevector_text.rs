//! Strings as bytevectors and back: R6RS libraries 2.9. What is no valid encoding becomes U+FFFD.

use super::bytevectors::charge;
use super::work::{PIECE, in_pieces, look};
use crate::eval::{Machine, Res, Single};
use crate::heap::{Bytevector, Str, Symbol, Value, View};
use crate::primitives;

/// An order of octets, as a symbol.
#[derive(Copy, Clone, PartialEq, Eq)]
struct Big(bool);

impl Single for Big {
    const WHAT: &'static str = "the symbol big or little";
    fn convert(v: Value) -> Option<Big> {
        match Symbol::from_value(v)?.name() {
            "big" => Some(Big(true)),
            "little" => Some(Big(false)),
            _ => None,
        }
    }
}

/// The octets of a string's characters, each of which is `units` units of `N` octets, given little-endian by `encode`.
fn encoded<const N: usize>(
    m: &mut Machine,
    s: Str,
    big: bool,
    units: fn(char) -> usize,
    encode: fn(char, &mut [[u8; N]]),
) -> Res {
    let mut length = 0;
    in_pieces(m, 0..s.len(), |_, piece| length += piece.filter_map(|i| s.get(i)).map(units).sum::<usize>() * N)?;
    charge(m, length)?;
    m.charge(s.len() / 8)?;
    let mut out = m.heap.make_bytevector(length, 0);
    let mut at = 0;
    in_pieces(m, 0..s.len(), |_, piece| {
        for c in piece.filter_map(|i| s.get(i)) {
            let mut buffer = [[0; N]; 4];
            let count = units(c);
            encode(c, &mut buffer);
            for unit in &mut buffer[..count] {
                if big {
                    unit.reverse()
                }
                if let Some(place) = out.bytes_mut().get_mut(at..at + N) {
                    place.copy_from_slice(unit)
                }
                at += N;
            }
        }
    })?;
    Ok(out.value())
}

/// A fresh string of what `decoded` yields, which is gone through twice.
fn decoded_string(m: &mut Machine, chars: impl Iterator<Item = char> + Clone) -> Res {
    let (mut length, mut widest) = (0usize, '\0');
    for c in chars.clone() {
        if length.is_multiple_of(PIECE) {
            look(m)?;
        }
        length += 1;
        widest = widest.max(c);
    }
    m.heap.reserve(if widest > '\u{ff}' { length * 4 } else { length })?;
    m.charge(length / 8 + 1)?;
    let string = m.heap.make_string(length, widest);
    let Some(text) = Str::from_value(string) else { return Ok(string) };
    for (i, c) in chars.enumerate() {
        if i.is_multiple_of(PIECE) {
            look(m)?;
        }
        text.set(&mut m.heap, i, c)?;
    }
    Ok(string)
}

/// The characters of UTF-8, each invalid sequence being U+FFFD.
fn utf8(octets: &[u8]) -> impl Iterator<Item = char> + Clone {
    octets
        .utf8_chunks()
        .flat_map(|chunk| chunk.valid().chars().chain((!chunk.invalid().is_empty()).then_some(REPLACEMENT)))
}

/// A byte order mark at the front decides and is dropped, unless the given order is mandatory.
fn order_and_text<'b>(octets: &'b [u8], big: bool, mandatory: bool, mark: &[u8]) -> (bool, &'b [u8]) {
    let reversed: Vec<u8> = mark.iter().rev().copied().collect();
    match mandatory {
        false if octets.starts_with(mark) => (true, &octets[mark.len()..]),
        false if octets.starts_with(&reversed) => (false, &octets[mark.len()..]),
        _ => (big, octets),
    }
}

const REPLACEMENT: char = '\u{fffd}';

primitives! { pub TABLE in "(rnrs bytevectors)" {
    /// `(string->utf8 string)`
    "string->utf8" [] fn to_utf8(m, string: Str) {
        encoded::<1>(m, string, false, char::len_utf8, |c, out| {
            let mut buffer = [0; 4];
            out.iter_mut().zip(c.encode_utf8(&mut buffer).bytes()).for_each(|(unit, octet)| unit[0] = octet)
        })
    }
    /// `(utf8->string bytevector)`: invalid sequences become U+FFFD.
    "utf8->string" [] fn from_utf8(m, bytevector: Bytevector) {
        m.charge(bytevector.len() / 8)?;
        decoded_string(m, utf8(bytevector.bytes()))
    }
    /// `(string->utf16 string)`, `(string->utf16 string endianness)`: big-endian unless given.
    "string->utf16" [] fn to_utf16(m, string: Str, endianness: Option<Big>) {
        encoded::<2>(m, string, endianness.is_none_or(|e| e.0), char::len_utf16, |c, out| {
            let mut buffer = [0; 2];
            out.iter_mut().zip(c.encode_utf16(&mut buffer)).for_each(|(unit, word)| *unit = word.to_le_bytes())
        })
    }
    /// `(string->utf32 string)`, `(string->utf32 string endianness)`: big-endian unless given.
    "string->utf32" [] fn to_utf32(m, string: Str, endianness: Option<Big>) {
        encoded::<4>(m, string, endianness.is_none_or(|e| e.0), |_| 1, |c, out| out[0] = (c as u32).to_le_bytes())
    }
    /// `(utf16->string bytevector endianness)`, `(utf16->string bytevector endianness mandatory?)`: a byte order mark
    /// overrides the endianness unless that is mandatory.
    "utf16->string" [] fn from_utf16(m, bytevector: Bytevector, endianness: Big, mandatory: Option<Value>) {
        m.charge(bytevector.len() / 8)?;
        let (big, octets) =
            order_and_text(bytevector.bytes(), endianness.0, mandatory.is_some_and(|v| v.is_true()), &[0xfe, 0xff]);
        let unit = |c: &[u8]| if big { (c[0] as u16) << 8 | c[1] as u16 } else { (c[1] as u16) << 8 | c[0] as u16 };
        let whole = octets.chunks_exact(2);
        let rest = (!whole.remainder().is_empty()).then_some(REPLACEMENT);
        let chars = char::decode_utf16(whole.map(unit)).map(|c| c.unwrap_or(REPLACEMENT));
        decoded_string(m, chars.chain(rest))
    }
    /// `(utf32->string bytevector endianness)`, `(utf32->string bytevector endianness mandatory?)`: a byte order mark
    /// overrides the endianness unless that is mandatory.
    "utf32->string" [] fn from_utf32(m, bytevector: Bytevector, endianness: Big, mandatory: Option<Value>) {
        m.charge(bytevector.len() / 8)?;
        let (big, octets) =
            order_and_text(bytevector.bytes(), endianness.0, mandatory.is_some_and(|v| v.is_true()), &[0, 0, 0xfe, 0xff]);
        let whole = octets.chunks_exact(4);
        let rest = (!whole.remainder().is_empty()).then_some(REPLACEMENT);
        let unit = |c: &[u8]| {
            let fold = |w: u32, &b: &u8| w << 8 | b as u32;
            if big { c.iter().fold(0, fold) } else { c.iter().rev().fold(0, fold) }
        };
        let chars = whole.map(|c| char::from_u32(unit(c)).unwrap_or(REPLACEMENT));
        decoded_string(m, chars.chain(rest))
    }
} }
