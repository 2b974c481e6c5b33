//! Strings: R6RS 11.12, `(rnrs mutable-strings)`, and Vicare's.

use super::contents;
use crate::account::Paid;
use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::text;
use crate::heap::{Str, Value, View};
use crate::primitives::bounds::{self, bad_index, immutable};
use crate::primitives::sequences::lists::elements;
use crate::primitives::sequences::sorting::sort_texts;
use crate::primitives::work::{in_pieces, in_pieces_backward, room};
use std::cmp::Ordering;
use vicar_macros::primitives;

/// A string that is longer is filled in pieces.
const STRETCH: usize = 1 << 20;

/// Argument `index` of `who` as a string.
pub fn expect(m: &mut Machine, who: &str, index: usize, v: Value) -> Res<Str> {
    Str::from_value(v).ok_or_else(|| m.wrong_argument(who, "string", index, "a string", v))
}

fn chain(m: &mut Machine, who: &str, first: Str, rest: &[Value], holds: fn(Ordering) -> bool) -> Res {
    let mut all = true;
    let mut previous = first;
    for (i, &v) in rest.iter().enumerate() {
        let s = expect(m, who, i + 2, v)?;
        m.charge(previous.len().min(s.len()) / 16)?;
        all = all && holds(text::compare(previous, s));
        previous = s;
    }
    Ok(Value::boolean(all))
}

string_comparisons! { "`(string… string1 string …)`: whether the strings are in that lexicographic order.":
    "string=?" is_eq Ordering::is_eq;
    "string<?" is_lt Ordering::is_lt;
    "string>?" is_gt Ordering::is_gt;
    "string<=?" is_le Ordering::is_le;
    "string>=?" is_ge Ordering::is_ge;
}

/// A fresh string of the characters that must be the elements of `items`.
fn from_characters(m: &mut Machine, who: &str, items: &[Value], in_list: bool) -> Res {
    let wide = items.iter().any(|v| v.as_char().is_some_and(|c| c > '\u{ff}'));
    contents::charge(m, items.len(), wide)?;
    let string = Str(m.heap.blank_string(items.len(), wide));
    let mut filled = 0;
    in_pieces(m, 0..items.len(), |_, piece| {
        // Behind what is no character nothing is filled.
        if piece.start == filled {
            let items = items.get(piece).unwrap_or(&[]);
            filled += string.fill(filled, items.iter().map_while(|v| v.as_char()));
        }
    })?;
    match items.get(filled) {
        None => Ok(string.value()),
        Some(&v) if in_list => Err(m.wrong_argument(who, "list", 1, "a list of characters", v)),
        Some(&v) => Err(m.wrong_argument(who, "char", filled + 1, "a character", v)),
    }
}

/// The strings joined.
fn join(m: &mut Machine, strings: &[Str]) -> Res {
    let total = strings.iter().fold(0usize, |n, s| n.saturating_add(s.len()));
    let wide = strings.iter().any(|s| s.latin1().is_none());
    m.heap.reserve(if wide { total.saturating_mul(4) } else { total })?;
    m.charge(total / 8 + 1)?;
    let all = m.heap.make_string(total, if wide { '\u{fffd}' } else { ' ' });
    let (Some(target), mut at) = (Str::from_value(all), 0) else { return Ok(all) };
    for part in strings {
        in_pieces(m, 0..part.len(), |_, piece| {
            let (start, count) = (piece.start, piece.len());
            target.copy_from(at + start, *part, start, count);
        })?;
        at += part.len();
    }
    Ok(all)
}

fn expect_all(m: &mut Machine, who: &str, items: &[Value]) -> Res<Paid<Vec<Str>>> {
    let mut strings = room(m, items.len())?;
    for (i, &v) in items.iter().enumerate() {
        strings.push(expect(m, who, i + 1, v)?);
    }
    Ok(strings)
}

/// The target of a mutator.
fn mutable(m: &mut Machine, who: &str, s: Str) -> Res<()> {
    if s.value().is_immutable() { Err(immutable(m, who, s.value())) } else { Ok(()) }
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(string? obj)`
    #[primitive(pure)]
    fn is_string(obj: Value) -> Res {
        Ok(Value::boolean(Str::from_value(obj).is_some()))
    }

    /// `(make-string k)`, `(make-string k char)`: `k` characters, spaces unless given.
    #[primitive(effect_free)]
    fn make_string(m: &mut Machine, k: usize, char: Option<char>) -> Res {
        let char = char.unwrap_or(' ');
        contents::charge(m, k, char > '\u{ff}')?;
        if k < STRETCH {
            return Ok(m.heap.make_string(k, char));
        }
        let string = m.heap.blank_string(k, char > '\u{ff}');
        if let Some(text) = Str::from_value(string) {
            in_pieces(m, 0..k, |_, piece| {
                text.fill(piece.start, std::iter::repeat_n(char, piece.len()));
            })?;
        }
        Ok(string)
    }

    /// `(string char …)`
    #[primitive(effect_free)]
    fn string(m: &mut Machine, who: Who, chars: Rest) -> Res {
        from_characters(m, who, &chars, false)
    }

    /// `(string-length string)`
    fn string_length(string: Str) -> Res {
        Ok(Value::fixnum(string.len() as i64))
    }

    /// `(string-ref string k)`: character `k`, in constant time.
    fn string_ref(m: &mut Machine, who: Who, string: Str, k: usize) -> Res {
        match string.get(k) {
            Some(c) => Ok(Value::char(c)),
            None => Err(bad_index(m, who, k, string.value(), string.len())),
        }
    }

    /// `(substring string start end)`: a fresh string of the characters from `start` up to, not including, `end`.
    #[primitive(effect_free)]
    fn substring(m: &mut Machine, who: Who, string: Str, start: usize, end: usize) -> Res {
        let range = bounds::range(m, who, string.len(), Some(start), Some(end))?;
        contents::substring(m, string, range)
    }

    /// `(string-append string …)`
    #[primitive(effect_free)]
    fn string_append(m: &mut Machine, who: Who, strings: Rest) -> Res {
        let all = expect_all(m, who, &strings)?;
        join(m, &all)
    }

    /// `(string->list string)`: a fresh list of its characters.
    #[primitive(effect_free)]
    fn string_to_list(m: &mut Machine, string: Str) -> Res {
        m.heap.reserve_many(string.len().saturating_mul(16))?;
        m.charge(string.len())?;
        let mut list = Value::NIL;
        in_pieces_backward(m, 0..string.len(), |m, piece| {
            list = piece.rev().filter_map(|i| string.get(i)).fold(list, |tail, c| m.heap.cons(Value::char(c), tail))
        })?;
        Ok(list)
    }

    /// `(list->string list)`
    #[primitive(effect_free)]
    fn list_to_string(m: &mut Machine, who: Who, list: Value) -> Res {
        let items = elements(m, who, 1, list)?;
        from_characters(m, who, &items, true)
    }

    /// `(string-copy string)`: a fresh, mutable copy.
    fn string_copy(m: &mut Machine, string: Str) -> Res {
        contents::substring(m, string, 0..string.len())
    }

    /// `(string-set! string k char)`
    #[primitive(name = "string-set!")]
    fn string_set(m: &mut Machine, who: Who, string: Str, k: usize, char: char) -> Res {
        mutable(m, who, string)?;
        if (char as u32) >= 256 && string.latin1().is_some() {
            contents::charge(m, string.len(), true)?;
        }
        if !string.set(&mut m.heap, k, char)? {
            return Err(bad_index(m, who, k, string.value(), string.len()));
        }
        Ok(Value::VOID)
    }

    /// `(string-fill! string char)`
    #[primitive(name = "string-fill!")]
    fn string_fill(m: &mut Machine, who: Who, string: Str, char: char) -> Res {
        mutable(m, who, string)?;
        contents::charge(m, string.len(), char > '\u{ff}')?;
        // The first one widens the text where that must be.
        string.set(&mut m.heap, 0, char)?;
        in_pieces(m, 0..string.len(), |m, piece| {
            // Nothing can fail once the text is wide enough.
            for i in piece {
                let _ = string.set(&mut m.heap, i, char);
            }
        })?;
        Ok(Value::VOID)
    }

    /// `(string-empty? string)`
    fn is_string_empty(string: Str) -> Res {
        Ok(Value::boolean(string.len() == 0))
    }

    /// `(empty-string? obj)`: whether any object is an empty string.
    fn is_empty_string(obj: Value) -> Res {
        Ok(Value::boolean(Str::from_value(obj).is_some_and(|s| s.len() == 0)))
    }

    /// `(nestring? obj)`: whether any object is a string that is not empty.
    fn is_nestring(obj: Value) -> Res {
        Ok(Value::boolean(Str::from_value(obj).is_some_and(|s| s.len() > 0)))
    }

    /// `(string!=? string …)`: whether no two are the same.
    #[primitive(name = "string!=?")]
    fn all_differ(m: &mut Machine, who: Who, string1: Str, strings: Rest) -> Res {
        let all = expect_all(m, who, &[&[string1.value()][..], &strings].concat())?;
        let mut sorted = room(m, all.len())?;
        sorted.extend(all.iter().map(|s| (0, s.value())));
        sort_texts(m, &mut sorted, 0)?;
        let mut distinct = all.len() > 1;
        for pair in sorted.windows(2) {
            if let [(_, a), (_, b)] = *pair {
                let (a, b) = (Str(a), Str(b));
                m.charge(a.len().min(b.len()) / 16 + 1)?;
                distinct &= !text::equal(a, b);
            }
        }
        Ok(Value::boolean(distinct))
    }

    /// `(string-max string …)`: the last in lexicographic order.
    fn string_max(m: &mut Machine, who: Who, string1: Str, strings: Rest) -> Res {
        extreme(m, who, string1, &strings, Ordering::Greater)
    }

    /// `(string-min string …)`: the first in lexicographic order.
    fn string_min(m: &mut Machine, who: Who, string1: Str, strings: Rest) -> Res {
        extreme(m, who, string1, &strings, Ordering::Less)
    }

    /// `(string-concatenate list)`: the strings of a list joined.
    fn string_concatenate(m: &mut Machine, who: Who, list: Value) -> Res {
        let items = elements(m, who, 1, list)?;
        let all = expect_all(m, who, &items)?;
        join(m, &all)
    }

    /// `(string-reverse-and-concatenate list)`: the strings of a list joined, the last first.
    fn string_reverse_and_concatenate(m: &mut Machine, who: Who, list: Value) -> Res {
        let items = elements(m, who, 1, list)?;
        let mut all = expect_all(m, who, &items)?;
        all.reverse();
        join(m, &all)
    }

    /// `(string-copy! source source-start target target-start count)`: the ranges may overlap.
    #[primitive(name = "string-copy!")]
    fn copy_into(
        m: &mut Machine,
        who: Who,
        source: Str,
        source_start: usize,
        target: Str,
        target_start: usize,
        count: usize,
    ) -> Res {
        mutable(m, who, target)?;
        let fits = |s: Str, start: usize| start.checked_add(count).is_some_and(|end| end <= s.len());
        if !fits(source, source_start) || !fits(target, target_start) {
            return Err(m.assertion(
                who,
                "the range reaches past the end of a string",
                &[
                    source.value(),
                    Value::fixnum(source_start as i64),
                    target.value(),
                    Value::fixnum(target_start as i64),
                    Value::fixnum(count as i64),
                ],
            ));
        }
        contents::charge(m, if source.latin1().is_some() { count } else { target.len() }, source.latin1().is_none())?;
        if source == target && source_start < target_start {
            in_pieces_backward(m, 0..count, |m, piece| {
                for i in piece.rev() {
                    source.get(source_start + i).map(|c| target.set(&mut m.heap, target_start + i, c));
                }
            })?;
        } else {
            // Characters beyond Latin-1 widen the target, for which the memory may not be there.
            let mut full = Ok(true);
            in_pieces(m, 0..count, |m, piece| {
                for i in piece {
                    if let (Ok(_), Some(c)) = (full, source.get(source_start + i)) {
                        full = target.set(&mut m.heap, target_start + i, c);
                    }
                }
            })?;
            full?;
        }
        Ok(Value::VOID)
    }
}

fn extreme(m: &mut Machine, who: &str, first: Str, rest: &[Value], side: Ordering) -> Res {
    let mut best = first;
    for (i, &v) in rest.iter().enumerate() {
        let s = expect(m, who, i + 2, v)?;
        m.charge(best.len().min(s.len()) / 16)?;
        if text::compare(s, best) == side {
            best = s;
        }
    }
    Ok(best.value())
}
