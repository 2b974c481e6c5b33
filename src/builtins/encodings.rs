//! Vicare's encodings of strings as octets and of octets as text: ASCII, Latin-1, hexadecimal, base 64, percent.

use super::bytevectors::charge;
use super::text;
use crate::eval::{Machine, Res, Stop};
use crate::heap::{Bytevector, ConditionType, Str, Value, View};
use crate::primitives;

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
    text::charge(m, b.len(), false)?;
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
        primitives! { pub SINGLE_OCTET in "(vicare)" { $(
            /// `(string->… string)`: its characters as octets.
            $to [] fn $to_fn(m, string: Str) { encode(m, $to, $what, string, $limit) }
            /// `(…->string bytevector)`: its octets as characters.
            $from [] fn $from_fn(m, bytevector: Bytevector) { decode(m, $from, $what, bytevector, $limit) }
            /// `(…-encoded-string? string)`: whether it can be encoded.
            $is_string [] fn $is_string_fn(m, string: Str) { m.charge(string.len() / 8)?; Ok(below(string.value(), $limit)) }
            /// `(…-encoded-bytevector? bytevector)`: whether it can be decoded.
            $is_bytes [] fn $is_bytes_fn(m, bytevector: Bytevector) {
                m.charge(bytevector.len() / 8)?;
                Ok(below(bytevector.value(), $limit))
            }
        )* } }
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
            Ok((text::utf8(m, s)?.into_inner().into_bytes(), true))
        }
        None => Err(m.wrong_argument(who, "obj", 1, "a bytevector or a string", v)),
    }
}

fn bytes_or_false(m: &mut Machine, decoded: Option<Vec<u8>>) -> Res {
    Ok(decoded.map_or(Value::FALSE, |octets| m.heap.bytevector(&octets)))
}

primitives! { pub TABLE in "(vicare)" {
    /// `(bytevector->hex bytevector)`: hexadecimal digits, as a bytevector of ASCII.
    "bytevector->hex" [] fn hex(m, bytevector: Bytevector) {
        let (octets, _) = octets(m, "bytevector->hex", bytevector.value())?;
        Ok(m.heap.bytevector(&to_hex(&octets)))
    }
    /// `(hex->bytevector bytevector)`: the octets that the digits say, or `#f`.
    "hex->bytevector" [] fn unhex(m, bytevector: Bytevector) {
        let (octets, _) = octets(m, "hex->bytevector", bytevector.value())?;
        bytes_or_false(m, from_hex(&octets))
    }
    /// `(bytevector->string-hex bytevector)`: hexadecimal digits as a string.
    "bytevector->string-hex" [] fn string_hex(m, bytevector: Bytevector) {
        let (octets, _) = octets(m, "bytevector->string-hex", bytevector.value())?;
        Ok(m.heap.string_latin1(&to_hex(&octets)))
    }
    /// `(string-hex->bytevector string)`: the octets that the digits say, or `#f`.
    "string-hex->bytevector" [] fn unhex_string(m, string: Str) {
        let (octets, _) = octets(m, "string-hex->bytevector", string.value())?;
        bytes_or_false(m, from_hex(&octets))
    }
    /// `(bytevector->base64 bytevector)`: base 64 digits, as a bytevector of ASCII.
    "bytevector->base64" [] fn base64(m, bytevector: Bytevector) {
        let (octets, _) = octets(m, "bytevector->base64", bytevector.value())?;
        Ok(m.heap.bytevector(&to_base64(&octets)))
    }
    /// `(base64->bytevector bytevector)`: the octets that the digits say, or `#f`.
    "base64->bytevector" [] fn unbase64(m, bytevector: Bytevector) {
        let (octets, _) = octets(m, "base64->bytevector", bytevector.value())?;
        bytes_or_false(m, from_base64(&octets))
    }
    /// `(bytevector->string-base64 bytevector)`: base 64 digits as a string.
    "bytevector->string-base64" [] fn string_base64(m, bytevector: Bytevector) {
        let (octets, _) = octets(m, "bytevector->string-base64", bytevector.value())?;
        Ok(m.heap.string_latin1(&to_base64(&octets)))
    }
    /// `(string-base64->bytevector string)`: the octets that the digits say.
    "string-base64->bytevector" [] fn unbase64_string(m, string: Str) {
        let (octets, _) = octets(m, "string-base64->bytevector", string.value())?;
        match from_base64(&octets) {
            Some(octets) => Ok(m.heap.bytevector(&octets)),
            None => Err(not_encodable(m, "string-base64->bytevector", "base 64 text", string.value())),
        }
    }
    /// `(uri-encode obj)`: a bytevector or a string, which becomes UTF-8, in percent encoding, of the same kind.
    "uri-encode" [] fn uri_encode(m, obj: Value) {
        let (octets, is_string) = octets(m, "uri-encode", obj)?;
        // Three for an octet, in a vector that grows by doubling, and again in the heap.
        m.heap.reserve_many(octets.len().saturating_mul(9))?;
        let out = to_percent(&octets);
        Ok(if is_string { m.heap.string_latin1(&out) } else { m.heap.bytevector(&out) })
    }
    /// `(uri-decode obj)`: the reverse of `uri-encode`.
    "uri-decode" [] fn uri_decode(m, obj: Value) {
        let (octets, is_string) = octets(m, "uri-decode", obj)?;
        match from_percent(&octets) {
            Some(out) if is_string => m.new_string_of_utf8(&out),
            Some(out) => Ok(m.heap.bytevector(&out)),
            None => Err(not_encodable(m, "uri-decode", "percent encoding", obj)),
        }
    }
    /// `(percent-encode obj)`: the same as `uri-encode`.
    "percent-encode" [] fn percent_encode(m, obj: Value) { uri_encode(m, &[obj]) }
    /// `(percent-decode obj)`: the same as `uri-decode`.
    "percent-decode" [] fn percent_decode(m, obj: Value) { uri_decode(m, &[obj]) }
} }
