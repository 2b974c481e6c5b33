//! Strings as bytevectors and back: R6RS libraries 2.9. What is no valid encoding becomes U+FFFD.

use super::bytevectors::charge;
use crate::eval::{Machine, Res, Single};
use crate::heap::{Bytevector, Str, Symbol, Value, View};
use crate::primitives::text::contents;
use crate::primitives::work::{PIECE, in_pieces, look};
use std::borrow::Cow;
use vicar_macros::primitives;

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

/// The octets of a string's characters, each of which takes `size` octets and is written by `write`, which says how many.
fn encoded(m: &mut Machine, s: Str, size: impl Fn(char) -> usize, write: impl Fn(char, &mut [u8]) -> usize) -> Res {
    let mut length = 0;
    in_pieces(m, 0..s.len(), |_, piece| {
        length += match (s.latin1(), s.wide()) {
            (Some(text), _) => text[piece].iter().map(|&c| size(c.into())).sum::<usize>(),
            (_, Some(text)) => text[piece].iter().map(|&c| size(c)).sum(),
            _ => 0,
        }
    })?;
    charge(m, length)?;
    m.charge(s.len() / 8)?;
    let mut out = m.heap.make_bytevector(length, 0);
    let mut rest = out.bytes_mut();
    in_pieces(m, 0..s.len(), |_, piece| {
        let mut put = |c| {
            let n = write(c, rest);
            rest = &mut std::mem::take(&mut rest)[n..];
        };
        match (s.latin1(), s.wide()) {
            (Some(text), _) => text[piece].iter().for_each(|&c| put(c.into())),
            (_, Some(text)) => text[piece].iter().for_each(|&c| put(c)),
            _ => (),
        }
    })?;
    Ok(out.value())
}

/// Writes units of an encoding in an order of octets, and says how many octets these are.
fn put_units<const N: usize>(units: impl Iterator<Item = [u8; N]>, big: bool, out: &mut [u8]) -> usize {
    let places = out.chunks_exact_mut(N);
    places.zip(units).fold(0, |n, (place, mut unit)| {
        if big {
            unit.reverse()
        }
        place.copy_from_slice(&unit);
        n + N
    })
}

/// A fresh string of the characters, which are gone through twice.
fn decoded_string(m: &mut Machine, chars: impl Iterator<Item = char> + Clone) -> Res {
    // Iterators of iterators are fast only where they drive the loop: a piece at a time.
    let (mut length, mut widest) = (0, '\0');
    let mut rest = chars.clone();
    loop {
        let before = length;
        (length, widest) = rest.by_ref().take(PIECE).fold((length, widest), |(n, widest), c| (n + 1, widest.max(c)));
        if length == before {
            break;
        }
        look(m)?;
    }
    m.heap.reserve(if widest > '\u{ff}' { length * 4 } else { length })?;
    m.charge(length / 8 + 1)?;
    let string = m.heap.make_string(length, widest);
    let Some(text) = Str::from_value(string) else { return Ok(string) };
    let (mut at, mut rest) = (0, chars);
    while at < length {
        at += text.fill(at, rest.by_ref().take(PIECE));
        look(m)?;
    }
    Ok(string)
}

/// Parts of some octets that are at most a piece of work; no sequence of UTF-8 lies in two of them.
fn parts(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let begins = |&at: &usize| rest.get(at).is_none_or(|octet| octet & 0xc0 != 0x80);
        let end = PIECE.min(rest.len());
        // Four that go on belong to no sequence.
        let end = (end.saturating_sub(3).max(1)..=end).rev().find(begins).unwrap_or(end);
        let (part, after) = rest.split_at(end);
        rest = after;
        Some(part)
    })
}

/// A fresh string of UTF-8, each invalid sequence being U+FFFD.
fn utf8_string(m: &mut Machine, octets: &[u8]) -> Res {
    let text = |part| std::str::from_utf8(part).map_or_else(|_| String::from_utf8_lossy(part), Cow::Borrowed);
    let (mut length, mut wide) = (0, false);
    for part in parts(octets) {
        let part = text(part);
        length += part.chars().count();
        // Latin-1 ends with C3 BF.
        wide |= part.bytes().fold(0, u8::max) > 0xc3;
        look(m)?;
    }
    contents::charge(m, length, wide)?;
    let string = m.heap.make_string(length, if wide { REPLACEMENT } else { ' ' });
    let Some(target) = Str::from_value(string) else { return Ok(string) };
    let mut at = 0;
    for part in parts(octets) {
        at += target.fill(at, text(part).chars());
        look(m)?;
    }
    Ok(string)
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

#[primitives]
pub mod procedures {
    use super::*;

    /// `(string->utf8 string)`
    fn string_to_utf8(m: &mut Machine, string: Str) -> Res {
        // Without branches.
        let size = |c| 1 + usize::from(c >= '\u{80}') + usize::from(c >= '\u{800}') + usize::from(c >= '\u{10000}');
        encoded(m, string, size, |c, out| match (c.is_ascii(), out.first_mut()) {
            (true, Some(octet)) => {
                *octet = c as u8;
                1
            }
            _ => c.encode_utf8(out).len(),
        })
    }

    /// `(utf8->string bytevector)`: invalid sequences become U+FFFD.
    fn utf8_to_string(m: &mut Machine, bytevector: Bytevector) -> Res {
        m.charge(bytevector.len() / 8)?;
        utf8_string(m, bytevector.bytes())
    }

    /// `(string->utf16 string)`, `(string->utf16 string endianness)`: big-endian unless given.
    fn string_to_utf16(m: &mut Machine, string: Str, endianness: Option<Big>) -> Res {
        let big = endianness.is_none_or(|e| e.0);
        let octets = |c: char| 2 * c.len_utf16();
        encoded(m, string, octets, |c, out| {
            put_units(c.encode_utf16(&mut [0; 2]).iter().map(|u| u.to_le_bytes()), big, out)
        })
    }

    /// `(string->utf32 string)`, `(string->utf32 string endianness)`: big-endian unless given.
    fn string_to_utf32(m: &mut Machine, string: Str, endianness: Option<Big>) -> Res {
        let big = endianness.is_none_or(|e| e.0);
        encoded(m, string, |_| 4, |c, out| put_units([(c as u32).to_le_bytes()].into_iter(), big, out))
    }

    /// `(utf16->string bytevector endianness)`, `(utf16->string bytevector endianness mandatory?)`: a byte order mark
    /// overrides the endianness unless that is mandatory.
    fn utf16_to_string(m: &mut Machine, bytevector: Bytevector, endianness: Big, mandatory: Option<Value>) -> Res {
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
    fn utf32_to_string(m: &mut Machine, bytevector: Bytevector, endianness: Big, mandatory: Option<Value>) -> Res {
        m.charge(bytevector.len() / 8)?;
        let (big, octets) = order_and_text(
            bytevector.bytes(),
            endianness.0,
            mandatory.is_some_and(|v| v.is_true()),
            &[0, 0, 0xfe, 0xff],
        );
        let whole = octets.chunks_exact(4);
        let rest = (!whole.remainder().is_empty()).then_some(REPLACEMENT);
        let unit = |c: &[u8]| {
            let fold = |w: u32, &b: &u8| w << 8 | b as u32;
            if big { c.iter().fold(0, fold) } else { c.iter().rev().fold(0, fold) }
        };
        let chars = whole.map(|c| char::from_u32(unit(c)).unwrap_or(REPLACEMENT));
        decoded_string(m, chars.chain(rest))
    }
}
