//! Strings as bytevectors and back: R6RS libraries 2.9. What is no valid encoding becomes U+FFFD.

use super::bytevectors::charge;
use super::text;
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

/// The octets of `units` of `N` octets each, given little-endian.
fn encoded<const N: usize>(m: &mut Machine, units: Vec<[u8; N]>, big: bool) -> Res {
    charge(m, units.len() * N)?;
    let octets: Vec<u8> = units
        .into_iter()
        .flat_map(|mut unit| {
            if big {
                unit.reverse()
            }
            unit
        })
        .collect();
    Ok(m.heap.bytevector(&octets))
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
        text::charge(m, string.len())?;
        Ok(m.heap.bytevector(string.to_string().as_bytes()))
    }
    /// `(utf8->string bytevector)`: invalid sequences become U+FFFD.
    "utf8->string" [] fn from_utf8(m, bytevector: Bytevector) {
        text::charge(m, bytevector.len())?;
        Ok(m.heap.string(&String::from_utf8_lossy(bytevector.bytes())))
    }
    /// `(string->utf16 string)`, `(string->utf16 string endianness)`: big-endian unless given.
    "string->utf16" [] fn to_utf16(m, string: Str, endianness: Option<Big>) {
        text::charge(m, string.len())?;
        let mut units = Vec::with_capacity(string.len());
        for c in string.chars() {
            units.extend(c.encode_utf16(&mut [0; 2]).iter().map(|u| u.to_le_bytes()));
        }
        encoded(m, units, endianness.is_none_or(|e| e.0))
    }
    /// `(string->utf32 string)`, `(string->utf32 string endianness)`: big-endian unless given.
    "string->utf32" [] fn to_utf32(m, string: Str, endianness: Option<Big>) {
        text::charge(m, string.len())?;
        let units = string.chars().map(|c| (c as u32).to_le_bytes()).collect();
        encoded(m, units, endianness.is_none_or(|e| e.0))
    }
    /// `(utf16->string bytevector endianness)`, `(utf16->string bytevector endianness mandatory?)`: a byte order mark
    /// overrides the endianness unless that is mandatory.
    "utf16->string" [] fn from_utf16(m, bytevector: Bytevector, endianness: Big, mandatory: Option<Value>) {
        text::charge(m, bytevector.len())?;
        let (big, octets) =
            order_and_text(bytevector.bytes(), endianness.0, mandatory.is_some_and(|v| v.is_true()), &[0xfe, 0xff]);
        let unit = |c: &[u8]| if big { (c[0] as u16) << 8 | c[1] as u16 } else { (c[1] as u16) << 8 | c[0] as u16 };
        let whole = octets.chunks_exact(2);
        let rest = !whole.remainder().is_empty();
        let mut chars: Vec<char> =
            char::decode_utf16(whole.map(unit)).map(|c| c.unwrap_or(REPLACEMENT)).collect();
        if rest {
            chars.push(REPLACEMENT);
        }
        Ok(m.heap.string_from_chars(&chars))
    }
    /// `(utf32->string bytevector endianness)`, `(utf32->string bytevector endianness mandatory?)`: a byte order mark
    /// overrides the endianness unless that is mandatory.
    "utf32->string" [] fn from_utf32(m, bytevector: Bytevector, endianness: Big, mandatory: Option<Value>) {
        text::charge(m, bytevector.len())?;
        let (big, octets) =
            order_and_text(bytevector.bytes(), endianness.0, mandatory.is_some_and(|v| v.is_true()), &[0, 0, 0xfe, 0xff]);
        let whole = octets.chunks_exact(4);
        let rest = !whole.remainder().is_empty();
        let unit = |c: &[u8]| {
            let fold = |w: u32, &b: &u8| w << 8 | b as u32;
            if big { c.iter().fold(0, fold) } else { c.iter().rev().fold(0, fold) }
        };
        let mut chars: Vec<char> = whole.map(|c| char::from_u32(unit(c)).unwrap_or(REPLACEMENT)).collect();
        if rest {
            chars.push(REPLACEMENT);
        }
        Ok(m.heap.string_from_chars(&chars))
    }
} }
