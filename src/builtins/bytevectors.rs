//! Bytevectors as sequences of octets: R6RS libraries chapter 2, and Vicare's.

use super::lists::elements;
use super::text::{self, bad_index, immutable};
use super::work::{in_pieces_backward, look, room};
use crate::eval::{Machine, Res, Rest, Single, Stop};
use crate::heap::{Bytevector, Value, View};
use crate::primitives;

/// Work and memory for that many octets.
pub fn charge(m: &mut Machine, length: usize) -> Res<()> {
    m.heap.reserve(length)?;
    m.charge(length / 32 + 1)
}

/// The target of a mutator.
pub fn mutable(m: &mut Machine, who: &str, bytevector: Bytevector) -> Res<()> {
    if bytevector.value().is_immutable() { Err(immutable(m, who, bytevector.value())) } else { Ok(()) }
}

/// An argument that is an octet or a signed byte, stored as the same eight bits.
#[derive(Copy, Clone)]
struct Byte(u8);

impl Single for Byte {
    const WHAT: &'static str = "a byte, -128 to 255";
    fn convert(v: Value) -> Option<Byte> {
        v.as_fixnum().filter(|n| (-128..256).contains(n)).map(|n| Byte(n as u8))
    }
}

/// A signed byte.
#[derive(Copy, Clone)]
struct Signed(i8);

impl Single for Signed {
    const WHAT: &'static str = "a signed byte, -128 to 127";
    fn convert(v: Value) -> Option<Signed> {
        v.as_fixnum().and_then(|n| i8::try_from(n).ok()).map(Signed)
    }
}

fn octet(m: &mut Machine, who: &str, b: Bytevector, k: usize) -> Res<u8> {
    match b.bytes().get(k) {
        Some(&octet) => Ok(octet),
        None => Err(bad_index(m, who, k, b.value(), b.len())),
    }
}

fn set_octet(m: &mut Machine, who: &str, mut b: Bytevector, k: usize, octet: u8) -> Res {
    mutable(m, who, b)?;
    match b.bytes_mut().get_mut(k) {
        Some(place) => {
            *place = octet;
            Ok(Value::VOID)
        }
        None => Err(bad_index(m, who, k, b.value(), b.len())),
    }
}

/// A fresh bytevector of the list's elements, each made a byte by `convert`.
fn from_list(m: &mut Machine, who: &str, list: Value, what: &str, convert: fn(Value) -> Option<u8>) -> Res {
    let items = elements(m, who, 1, list)?;
    charge(m, items.len())?;
    let mut bytes = room(m, items.len())?;
    for v in items {
        match convert(v) {
            Some(b) => bytes.push(b),
            None => return Err(m.wrong_argument(who, "list", 1, what, v)),
        }
    }
    Ok(m.heap.bytevector(&bytes))
}

fn to_list(m: &mut Machine, b: Bytevector, convert: fn(u8) -> i64) -> Res {
    m.heap.reserve_many(b.len().saturating_mul(16))?;
    m.charge(b.len())?;
    let mut list = Value::NIL;
    in_pieces_backward(m, 0..b.len(), |m, piece| {
        let octets = b.bytes().get(piece).unwrap_or(&[]);
        list = octets.iter().rev().fold(list, |tail, &x| m.heap.cons(Value::fixnum(convert(x)), tail));
    })?;
    Ok(list)
}

fn joined(m: &mut Machine, who: &str, items: &[Value]) -> Res {
    let mut total = 0usize;
    for (i, &v) in items.iter().enumerate() {
        let Some(b) = Bytevector::from_value(v) else {
            return Err(m.wrong_argument(who, "bytevector", i + 1, "a bytevector", v));
        };
        total = total.saturating_add(b.len());
    }
    charge(m, total)?;
    let mut all = m.heap.make_bytevector(total, 0);
    let mut at = 0;
    for part in items.iter().filter_map(|&v| Bytevector::from_value(v)) {
        copy_octets(m, part, 0, &mut all, at, part.len())?;
        at += part.len();
    }
    Ok(all.value())
}

/// Octets between one call to look around and the next.
const STRETCH: usize = 1 << 20;

/// Copies octets; the ranges are inside, and may overlap.
fn copy_octets(
    m: &mut Machine,
    from: Bytevector,
    start: usize,
    to: &mut Bytevector,
    at: usize,
    count: usize,
) -> Res<()> {
    if from == *to {
        // A move within one bytevector is not left half done.
        to.bytes_mut().copy_within(start..start + count, at);
        return Ok(());
    }
    let (Some(source), Some(target)) = (from.bytes().get(start..start + count), to.bytes_mut().get_mut(at..at + count))
    else {
        return Ok(());
    };
    for (target, source) in target.chunks_mut(STRETCH).zip(source.chunks(STRETCH)) {
        target.copy_from_slice(source);
        look(m)?;
    }
    Ok(())
}

fn part(m: &mut Machine, who: &str, b: Bytevector, start: usize, end: Option<usize>) -> Res {
    let range = text::range(m, who, b.len(), Some(start), end)?;
    charge(m, range.len())?;
    let mut copy = m.heap.make_bytevector(range.len(), 0);
    copy_octets(m, b, range.start, &mut copy, 0, range.len())?;
    Ok(copy.value())
}

fn fill_octets(m: &mut Machine, b: &mut Bytevector, fill: u8) -> Res<()> {
    if b.len() <= STRETCH {
        b.bytes_mut().fill(fill);
        return Ok(());
    }
    for part in b.bytes_mut().chunks_mut(STRETCH) {
        part.fill(fill);
        look(m)?;
    }
    Ok(())
}

fn counted_part(m: &mut Machine, who: &str, b: Bytevector, start: usize, count: usize) -> Res {
    let end = start.checked_add(count).ok_or(()).map_err(|()| past_end(m, who, &[b.value()]))?;
    part(m, who, b, start, Some(end))
}

#[cold]
fn past_end(m: &mut Machine, who: &str, irritants: &[Value]) -> Stop {
    m.assertion(who, "the range reaches past the end of a bytevector", irritants)
}

primitives! { pub TABLE in "(rnrs bytevectors)" {
    /// `(bytevector? obj)`
    "bytevector?" [pure] fn is_bytevector(_m, obj: Value) { Ok(Value::boolean(Bytevector::from_value(obj).is_some())) }
    /// `(make-bytevector k)`, `(make-bytevector k fill)`: `k` octets, zero unless given.
    "make-bytevector" [] fn make_bytevector(m, k: usize, fill: Option<Byte>) {
        charge(m, k)?;
        let mut bytevector = m.heap.make_bytevector(k, 0);
        if let Some(fill) = fill {
            fill_octets(m, &mut bytevector, fill.0)?;
        }
        Ok(bytevector.value())
    }
    /// `(bytevector-length bytevector)`
    "bytevector-length" [] fn length(_m, bytevector: Bytevector) { Ok(Value::fixnum(bytevector.len() as i64)) }
    /// `(bytevector=? bytevector1 bytevector2)`: of the same octets.
    "bytevector=?" [] fn is_equal(m, bytevector1: Bytevector, bytevector2: Bytevector) {
        m.charge(bytevector1.len() / 32)?;
        let (a, b) = (bytevector1.bytes(), bytevector2.bytes());
        if a.len() <= STRETCH {
            return Ok(Value::boolean(a == b));
        }
        let mut same = a.len() == b.len();
        for (a, b) in a.chunks(STRETCH).zip(b.chunks(STRETCH)) {
            same = same && a == b;
            if !same {
                break;
            }
            look(m)?;
        }
        Ok(Value::boolean(same))
    }
    /// `(bytevector-fill! bytevector fill)`
    "bytevector-fill!" [] fn fill(m, bytevector: Bytevector, fill: Byte) {
        mutable(m, "bytevector-fill!", bytevector)?;
        m.charge(bytevector.len() / 32)?;
        let mut bytevector = bytevector;
        fill_octets(m, &mut bytevector, fill.0)?;
        Ok(Value::VOID)
    }
    /// `(bytevector-copy! source source-start target target-start k)`: the ranges may overlap.
    "bytevector-copy!" [] fn copy_into(
        m, source: Bytevector, source_start: usize, target: Bytevector, target_start: usize, k: usize
    ) {
        mutable(m, "bytevector-copy!", target)?;
        let range = |b: Bytevector, start: usize| start.checked_add(k).filter(|&end| end <= b.len());
        if range(source, source_start).is_none() || range(target, target_start).is_none() {
            return Err(past_end(m, "bytevector-copy!", &[source.value(), Value::fixnum(source_start as i64), target.value(), Value::fixnum(target_start as i64), Value::fixnum(k as i64)]));
        };
        m.charge(k / 32 + 1)?;
        let mut target = target;
        copy_octets(m, source, source_start, &mut target, target_start, k)?;
        Ok(Value::VOID)
    }
    /// `(bytevector-copy bytevector)`: a fresh, mutable copy.
    "bytevector-copy" [] fn copy(m, bytevector: Bytevector) { part(m, "bytevector-copy", bytevector, 0, None) }
    /// `(bytevector-u8-ref bytevector k)`: the octet at `k`.
    "bytevector-u8-ref" [] fn u8_ref(m, bytevector: Bytevector, k: usize) {
        Ok(Value::fixnum(octet(m, "bytevector-u8-ref", bytevector, k)? as i64))
    }
    /// `(bytevector-s8-ref bytevector k)`: the signed byte at `k`.
    "bytevector-s8-ref" [] fn s8_ref(m, bytevector: Bytevector, k: usize) {
        Ok(Value::fixnum(octet(m, "bytevector-s8-ref", bytevector, k)? as i8 as i64))
    }
    /// `(bytevector-u8-set! bytevector k octet)`
    "bytevector-u8-set!" [] fn u8_set(m, bytevector: Bytevector, k: usize, octet: u8) {
        set_octet(m, "bytevector-u8-set!", bytevector, k, octet)
    }
    /// `(bytevector-s8-set! bytevector k byte)`
    "bytevector-s8-set!" [] fn s8_set(m, bytevector: Bytevector, k: usize, byte: Signed) {
        set_octet(m, "bytevector-s8-set!", bytevector, k, byte.0 as u8)
    }
    /// `(bytevector->u8-list bytevector)`: a fresh list of its octets.
    "bytevector->u8-list" [] fn to_u8_list(m, bytevector: Bytevector) { to_list(m, bytevector, |b| b as i64) }
    /// `(u8-list->bytevector list)`
    "u8-list->bytevector" [] fn from_u8_list(m, list: Value) {
        from_list(m, "u8-list->bytevector", list, "a list of octets", <u8 as Single>::convert)
    }
} }

primitives! { pub VICARE in "(vicare)" {
    /// `(bytevector->s8-list bytevector)`: a fresh list of its signed bytes.
    "bytevector->s8-list" [] fn to_s8_list(m, bytevector: Bytevector) { to_list(m, bytevector, |b| b as i8 as i64) }
    /// `(s8-list->bytevector list)`
    "s8-list->bytevector" [] fn from_s8_list(m, list: Value) {
        from_list(m, "s8-list->bytevector", list, "a list of signed bytes", |v| Signed::convert(v).map(|s| s.0 as u8))
    }
    /// `(bytevector-append bytevector …)`
    "bytevector-append" [] fn append(m, bytevectors: Rest) { joined(m, "bytevector-append", &bytevectors) }
    /// `(bytevector-concatenate list)`: the bytevectors of a list joined.
    "bytevector-concatenate" [] fn concatenate(m, list: Value) {
        let items = elements(m, "bytevector-concatenate", 1, list)?;
        joined(m, "bytevector-concatenate", &items)
    }
    /// `(bytevector-reverse-and-concatenate list)`: the bytevectors of a list joined, the last first.
    "bytevector-reverse-and-concatenate" [] fn reverse_and_concatenate(m, list: Value) {
        let mut items = elements(m, "bytevector-reverse-and-concatenate", 1, list)?;
        items.reverse();
        joined(m, "bytevector-reverse-and-concatenate", &items)
    }
    /// `(subbytevector-u8 bytevector start)`, `(subbytevector-u8 bytevector start end)`: a fresh part.
    "subbytevector-u8" [] fn sub_u8(m, bytevector: Bytevector, start: usize, end: Option<usize>) {
        part(m, "subbytevector-u8", bytevector, start, end)
    }
    /// `(subbytevector-u8/count bytevector start count)`: a fresh part.
    "subbytevector-u8/count" [] fn sub_u8_count(m, bytevector: Bytevector, start: usize, count: usize) {
        counted_part(m, "subbytevector-u8/count", bytevector, start, count)
    }
    /// `(subbytevector-s8 bytevector start)`, `(subbytevector-s8 bytevector start end)`: a fresh part.
    "subbytevector-s8" [] fn sub_s8(m, bytevector: Bytevector, start: usize, end: Option<usize>) {
        part(m, "subbytevector-s8", bytevector, start, end)
    }
    /// `(subbytevector-s8/count bytevector start count)`: a fresh part.
    "subbytevector-s8/count" [] fn sub_s8_count(m, bytevector: Bytevector, start: usize, count: usize) {
        counted_part(m, "subbytevector-s8/count", bytevector, start, count)
    }
    /// `(bytevector-empty? bytevector)`
    "bytevector-empty?" [] fn is_empty(_m, bytevector: Bytevector) { Ok(Value::boolean(bytevector.len() == 0)) }
    /// `(empty-bytevector? obj)`: whether any object is an empty bytevector.
    "empty-bytevector?" [] fn is_empty_one(_m, obj: Value) { Ok(Value::boolean(Bytevector::from_value(obj).is_some_and(|b| b.len() == 0))) }
    /// `(nebytevector? obj)`: whether any object is a bytevector that is not empty.
    "nebytevector?" [] fn is_non_empty(_m, obj: Value) { Ok(Value::boolean(Bytevector::from_value(obj).is_some_and(|b| b.len() > 0))) }
} }
