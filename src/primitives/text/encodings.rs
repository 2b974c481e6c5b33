//! Vicare's encodings of strings as octets and of octets as text: ASCII, Latin-1, hexadecimal, base 64, percent.

use super::contents;
use crate::eval::{Machine, Res, Stop, Who};
use crate::heap::{Bytevector, ConditionType, Str, Value, View};
use crate::primitives::sequences::bytevectors::charge;
use vicar_macros::primitives;

/// What does not fit the encoding: the arguments are not consistent.
#[cold]
fn not_encodable(m: &mut Machine, who: &str, what: &str, object: Value) -> Stop {
    m.violation(
        ConditionType::ProcedureArgumentsConsistency,
        who,
        &format!("there is something that is no {what}"),
        &[object],
    )
}

/// The characters as octets, all below `limit`.
fn encode(m: &mut Machine, who: &str, what: &str, s: Str, limit: u32) -> Res {
    charge(m, s.len())?;
    if s.chars().any(|c| c as u32 >= limit) {
        return Err(not_encodable(m, who, what, s.value()));
    }
    let mut octets = m.heap.make_bytevector(s.len(), 0);
    for (octet, c) in octets.bytes_mut().iter_mut().zip(s.chars()) {
        *octet = c as u8;
    }
    Ok(octets.value())
}

fn decode(m: &mut Machine, who: &str, what: &str, b: Bytevector, limit: u32) -> Res {
    contents::charge(m, b.len(), false)?;
    if b.bytes().iter().any(|&o| o as u32 >= limit) {
        return Err(not_encodable(m, who, what, b.value()));
    }
    Ok(m.heap.string_latin1(b.bytes()))
}

fn below(v: Value, limit: u32) -> Value {
    let string = Str::from_value(v).map(|s| s.chars().all(|c| (c as u32) < limit));
    let bytes = Bytevector::from_value(v).map(|b| b.bytes().iter().all(|&o| (o as u32) < limit));
    Value::boolean(string.or(bytes) == Some(true))
}

macro_rules! single_octet {
    ($($to:literal $to_fn:ident $from:literal $from_fn:ident $is_string:literal $is_string_fn:ident
       $is_bytes:literal $is_bytes_fn:ident $what:literal $limit:literal;)*) => {
        #[primitives]
        pub mod single_octet {
            use super::*;

            $(
            /// `(string->… string)`: its characters as octets.
            #[primitive(name = $to)]
            fn $to_fn(m: &mut Machine, who: Who, string: Str) -> Res { encode(m, who, $what, string, $limit) }

            /// `(…->string bytevector)`: its octets as characters.
            #[primitive(name = $from)]
            fn $from_fn(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res { decode(m, who, $what, bytevector, $limit) }

            /// `(…-encoded-string? string)`: whether it can be encoded.
            #[primitive(name = $is_string)]
            fn $is_string_fn(m: &mut Machine, string: Str) -> Res { m.charge(string.len() / 8)?; Ok(below(string.value(), $limit)) }

            /// `(…-encoded-bytevector? bytevector)`: whether it can be decoded.
            #[primitive(name = $is_bytes)]
            fn $is_bytes_fn(m: &mut Machine, bytevector: Bytevector) -> Res {
                m.charge(bytevector.len() / 8)?;
                Ok(below(bytevector.value(), $limit))
            }
        )* }
    };
}

single_octet! {
    "string->ascii" to_ascii "ascii->string" from_ascii "ascii-encoded-string?" is_ascii
      "ascii-encoded-bytevector?" is_ascii_bytes "ASCII character" 128;
    "string->latin1" to_latin1 "latin1->string" from_latin1 "latin1-encoded-string?" is_latin1
      "latin1-encoded-bytevector?" is_latin1_bytes "Latin-1 character" 256;
    "string->octets" to_octets "octets->string" from_octets "octets-encoded-string?" is_octets
      "octets-encoded-bytevector?" is_octets_bytes "octet" 256;
}

fn to_hex(octets: &[u8]) -> Vec<u8> {
    let digit = |n: u8| b"0123456789ABCDEF"[n as usize & 15];
    octets.iter().flat_map(|&o| [digit(o >> 4), digit(o)]).collect()
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |c: u8| (c as char).to_digit(16).map(|d| d as u8);
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.chunks_exact(2).map(|c| Some(digit(c[0])? << 4 | digit(c[1])?)).collect()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn to_base64(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len().div_ceil(3) * 4);
    for group in octets.chunks(3) {
        let byte = |i: usize| *group.get(i).unwrap_or(&0) as u32;
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            out.push(if i <= group.len() { BASE64[(word >> (18 - 6 * i)) as usize & 63] } else { b'=' });
        }
    }
    out
}

fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let padding = text.iter().rev().take_while(|&&c| c == b'=').count();
    if padding > 2 {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    for group in text.chunks_exact(4) {
        let mut word = 0;
        for &c in group {
            let digit = if c == b'=' { 0 } else { BASE64.iter().position(|&d| d == c)? };
            word = word << 6 | digit as u32;
        }
        out.extend_from_slice(&word.to_be_bytes()[1..]);
    }
    // Padding stands at the very end only.
    let inner = text.len() - padding;
    if text[..inner].contains(&b'=') {
        return None;
    }
    out.truncate(out.len() - padding);
    Some(out)
}

fn to_percent(octets: &[u8]) -> Vec<u8> {
    let plain = |o: u8| o.is_ascii_alphanumeric() || matches!(o, b'-' | b'_' | b'.' | b'~');
    let mut out = Vec::with_capacity(octets.len());
    for &o in octets {
        if plain(o) {
            out.push(o)
        } else {
            out.push(b'%');
            out.extend(to_hex(&[o]));
        }
    }
    out
}

fn from_percent(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&c, after)) = rest.split_first() {
        if c == b'%' {
            out.extend(from_hex(after.get(..2)?)?);
            rest = after.get(2..)?;
        } else {
            out.push(c);
            rest = after;
        }
    }
    Some(out)
}

/// The octets of a bytevector, or of a string's UTF-8.
fn octets(m: &mut Machine, who: &str, v: Value) -> Res<(Vec<u8>, bool)> {
    if let Some(b) = Bytevector::from_value(v) {
        charge(m, b.len().saturating_mul(4))?;
        return Ok((b.bytes().to_vec(), false));
    }
    match Str::from_value(v) {
        Some(s) => {
            m.heap.reserve_many(s.len().saturating_mul(16))?;
            Ok((contents::utf8(m, s)?.into_inner().into_bytes(), true))
        }
        None => Err(m.wrong_argument(who, "obj", 1, "a bytevector or a string", v)),
    }
}

fn bytes_or_false(m: &mut Machine, decoded: Option<Vec<u8>>) -> Res {
    Ok(decoded.map_or(Value::FALSE, |octets| m.heap.bytevector(&octets)))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(bytevector->hex bytevector)`: hexadecimal digits, as a bytevector of ASCII.
    fn bytevector_to_hex(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        let (octets, _) = octets(m, who, bytevector.value())?;
        Ok(m.heap.bytevector(&to_hex(&octets)))
    }

    /// `(hex->bytevector bytevector)`: the octets that the digits say, or `#f`.
    fn hex_to_bytevector(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        let (octets, _) = octets(m, who, bytevector.value())?;
        bytes_or_false(m, from_hex(&octets))
    }

    /// `(bytevector->string-hex bytevector)`: hexadecimal digits as a string.
    fn bytevector_to_string_hex(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        let (octets, _) = octets(m, who, bytevector.value())?;
        Ok(m.heap.string_latin1(&to_hex(&octets)))
    }

    /// `(string-hex->bytevector string)`: the octets that the digits say, or `#f`.
    fn string_hex_to_bytevector(m: &mut Machine, who: Who, string: Str) -> Res {
        let (octets, _) = octets(m, who, string.value())?;
        bytes_or_false(m, from_hex(&octets))
    }

    /// `(bytevector->base64 bytevector)`: base 64 digits, as a bytevector of ASCII.
    fn bytevector_to_base64(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        let (octets, _) = octets(m, who, bytevector.value())?;
        Ok(m.heap.bytevector(&to_base64(&octets)))
    }

    /// `(base64->bytevector bytevector)`: the octets that the digits say, or `#f`.
    fn base64_to_bytevector(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        let (octets, _) = octets(m, who, bytevector.value())?;
        bytes_or_false(m, from_base64(&octets))
    }

    /// `(bytevector->string-base64 bytevector)`: base 64 digits as a string.
    fn bytevector_to_string_base64(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        let (octets, _) = octets(m, who, bytevector.value())?;
        Ok(m.heap.string_latin1(&to_base64(&octets)))
    }

    /// `(string-base64->bytevector string)`: the octets that the digits say.
    fn string_base64_to_bytevector(m: &mut Machine, who: Who, string: Str) -> Res {
        let (octets, _) = octets(m, who, string.value())?;
        match from_base64(&octets) {
            Some(octets) => Ok(m.heap.bytevector(&octets)),
            None => Err(not_encodable(m, who, "base 64 text", string.value())),
        }
    }

    /// `(uri-encode obj)`: a bytevector or a string, which becomes UTF-8, in percent encoding, of the same kind.
    fn uri_encode(m: &mut Machine, who: Who, obj: Value) -> Res {
        let (octets, is_string) = octets(m, who, obj)?;
        // Three for an octet, in a vector that grows by doubling, and again in the heap.
        m.heap.reserve_many(octets.len().saturating_mul(9))?;
        let out = to_percent(&octets);
        Ok(if is_string { m.heap.string_latin1(&out) } else { m.heap.bytevector(&out) })
    }

    /// `(uri-decode obj)`: the reverse of `uri-encode`.
    fn uri_decode(m: &mut Machine, who: Who, obj: Value) -> Res {
        let (octets, is_string) = octets(m, who, obj)?;
        match from_percent(&octets) {
            Some(out) if is_string => m.new_string_of_utf8(&out),
            Some(out) => Ok(m.heap.bytevector(&out)),
            None => Err(not_encodable(m, who, "percent encoding", obj)),
        }
    }

    /// `(percent-encode obj)`: the same as `uri-encode`.
    fn percent_encode(m: &mut Machine, who: Who, obj: Value) -> Res {
        uri_encode(m, who, obj)
    }

    /// `(percent-decode obj)`: the same as `uri-decode`.
    fn percent_decode(m: &mut Machine, who: Who, obj: Value) -> Res {
        uri_decode(m, who, obj)
    }
}
