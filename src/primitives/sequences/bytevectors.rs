//! Bytevectors as sequences of octets: R6RS libraries chapter 2, and Vicare's.

use super::lists::elements;
use crate::eval::{Machine, Res, Rest, Single, Stop, Who};
use crate::heap::{Bytevector, Value, View};
use crate::primitives::bounds::{self, bad_index, immutable};
use crate::primitives::work::{in_pieces_backward, look, room};
use vicar_macros::primitives;

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
    let range = bounds::range(m, who, b.len(), Some(start), end)?;
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

#[primitives]
pub mod procedures {
    use super::*;

    /// `(bytevector? obj)`
    #[primitive(pure)]
    fn is_bytevector(obj: Value) -> Res {
        Ok(Value::boolean(Bytevector::from_value(obj).is_some()))
    }

    /// `(make-bytevector k)`, `(make-bytevector k fill)`: `k` octets, zero unless given.
    #[primitive(effect_free)]
    fn make_bytevector(m: &mut Machine, k: usize, fill: Option<Byte>) -> Res {
        charge(m, k)?;
        let mut bytevector = m.heap.make_bytevector(k, 0);
        if let Some(fill) = fill {
            fill_octets(m, &mut bytevector, fill.0)?;
        }
        Ok(bytevector.value())
    }

    /// `(bytevector-length bytevector)`
    fn bytevector_length(bytevector: Bytevector) -> Res {
        Ok(Value::fixnum(bytevector.len() as i64))
    }

    /// `(bytevector=? bytevector1 bytevector2)`: of the same octets.
    #[primitive(name = "bytevector=?")]
    fn is_equal(m: &mut Machine, bytevector1: Bytevector, bytevector2: Bytevector) -> Res {
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
    #[primitive(name = "bytevector-fill!")]
    fn fill(m: &mut Machine, who: Who, bytevector: Bytevector, fill: Byte) -> Res {
        mutable(m, who, bytevector)?;
        m.charge(bytevector.len() / 32)?;
        let mut bytevector = bytevector;
        fill_octets(m, &mut bytevector, fill.0)?;
        Ok(Value::VOID)
    }

    /// `(bytevector-copy! source source-start target target-start k)`: the ranges may overlap.
    #[primitive(name = "bytevector-copy!")]
    fn copy_into(
        m: &mut Machine,
        who: Who,
        source: Bytevector,
        source_start: usize,
        target: Bytevector,
        target_start: usize,
        k: usize,
    ) -> Res {
        mutable(m, who, target)?;
        let range = |b: Bytevector, start: usize| start.checked_add(k).filter(|&end| end <= b.len());
        if range(source, source_start).is_none() || range(target, target_start).is_none() {
            return Err(past_end(
                m,
                who,
                &[
                    source.value(),
                    Value::fixnum(source_start as i64),
                    target.value(),
                    Value::fixnum(target_start as i64),
                    Value::fixnum(k as i64),
                ],
            ));
        };
        m.charge(k / 32 + 1)?;
        let mut target = target;
        copy_octets(m, source, source_start, &mut target, target_start, k)?;
        Ok(Value::VOID)
    }

    /// `(bytevector-copy bytevector)`: a fresh, mutable copy.
    #[primitive(effect_free)]
    fn bytevector_copy(m: &mut Machine, who: Who, bytevector: Bytevector) -> Res {
        part(m, who, bytevector, 0, None)
    }

    /// `(bytevector-u8-ref bytevector k)`: the octet at `k`.
    fn bytevector_u8_ref(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize) -> Res {
        Ok(Value::fixnum(octet(m, who, bytevector, k)? as i64))
    }

    /// `(bytevector-s8-ref bytevector k)`: the signed byte at `k`.
    fn bytevector_s8_ref(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize) -> Res {
        Ok(Value::fixnum(octet(m, who, bytevector, k)? as i8 as i64))
    }

    /// `(bytevector-u8-set! bytevector k octet)`
    #[primitive(name = "bytevector-u8-set!")]
    fn u8_set(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize, octet: u8) -> Res {
        set_octet(m, who, bytevector, k, octet)
    }

    /// `(bytevector-s8-set! bytevector k byte)`
    #[primitive(name = "bytevector-s8-set!")]
    fn s8_set(m: &mut Machine, who: Who, bytevector: Bytevector, k: usize, byte: Signed) -> Res {
        set_octet(m, who, bytevector, k, byte.0 as u8)
    }

    /// `(bytevector->u8-list bytevector)`: a fresh list of its octets.
    fn bytevector_to_u8_list(m: &mut Machine, bytevector: Bytevector) -> Res {
        to_list(m, bytevector, |b| b as i64)
    }

    /// `(u8-list->bytevector list)`
    fn u8_list_to_bytevector(m: &mut Machine, who: Who, list: Value) -> Res {
        from_list(m, who, list, "a list of octets", <u8 as Single>::convert)
    }

    /// `(bytevector->s8-list bytevector)`: a fresh list of its signed bytes.
    fn bytevector_to_s8_list(m: &mut Machine, bytevector: Bytevector) -> Res {
        to_list(m, bytevector, |b| b as i8 as i64)
    }

    /// `(s8-list->bytevector list)`
    fn s8_list_to_bytevector(m: &mut Machine, who: Who, list: Value) -> Res {
        from_list(m, who, list, "a list of signed bytes", |v| Signed::convert(v).map(|s| s.0 as u8))
    }

    /// `(bytevector-append bytevector …)`
    fn bytevector_append(m: &mut Machine, who: Who, bytevectors: Rest) -> Res {
        joined(m, who, &bytevectors)
    }

    /// `(bytevector-concatenate list)`: the bytevectors of a list joined.
    fn bytevector_concatenate(m: &mut Machine, who: Who, list: Value) -> Res {
        let items = elements(m, who, 1, list)?;
        joined(m, who, &items)
    }

    /// `(bytevector-reverse-and-concatenate list)`: the bytevectors of a list joined, the last first.
    fn bytevector_reverse_and_concatenate(m: &mut Machine, who: Who, list: Value) -> Res {
        let mut items = elements(m, who, 1, list)?;
        items.reverse();
        joined(m, who, &items)
    }

    /// `(subbytevector-u8 bytevector start)`, `(subbytevector-u8 bytevector start end)`: a fresh part.
    fn subbytevector_u8(m: &mut Machine, who: Who, bytevector: Bytevector, start: usize, end: Option<usize>) -> Res {
        part(m, who, bytevector, start, end)
    }

    /// `(subbytevector-u8/count bytevector start count)`: a fresh part.
    #[primitive(name = "subbytevector-u8/count")]
    fn sub_u8_count(m: &mut Machine, who: Who, bytevector: Bytevector, start: usize, count: usize) -> Res {
        counted_part(m, who, bytevector, start, count)
    }

    /// `(subbytevector-s8 bytevector start)`, `(subbytevector-s8 bytevector start end)`: a fresh part.
    fn subbytevector_s8(m: &mut Machine, who: Who, bytevector: Bytevector, start: usize, end: Option<usize>) -> Res {
        part(m, who, bytevector, start, end)
    }

    /// `(subbytevector-s8/count bytevector start count)`: a fresh part.
    #[primitive(name = "subbytevector-s8/count")]
    fn sub_s8_count(m: &mut Machine, who: Who, bytevector: Bytevector, start: usize, count: usize) -> Res {
        counted_part(m, who, bytevector, start, count)
    }

    /// `(bytevector-empty? bytevector)`
    fn is_bytevector_empty(bytevector: Bytevector) -> Res {
        Ok(Value::boolean(bytevector.len() == 0))
    }

    /// `(empty-bytevector? obj)`: whether any object is an empty bytevector.
    fn is_empty_bytevector(obj: Value) -> Res {
        Ok(Value::boolean(Bytevector::from_value(obj).is_some_and(|b| b.len() == 0)))
    }

    /// `(nebytevector? obj)`: whether any object is a bytevector that is not empty.
    fn is_nebytevector(obj: Value) -> Res {
        Ok(Value::boolean(Bytevector::from_value(obj).is_some_and(|b| b.len() > 0)))
    }
}
