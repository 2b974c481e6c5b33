//! Sorting by an order that the machine knows itself: R6RS libraries chapter 4 where no procedure of the program's has to
//! be asked. `prelude/rnrs/sorting.sls` asks for this first, and sorts itself where the answer is no.

use super::text;
use super::work::{PIECE, in_pieces, look, room};
use crate::eval::{Machine, Res};
use crate::heap::{Procedure, Str, Value, Vector, View};
use crate::primitives;
use std::cmp::Ordering;

/// What the elements must be, all of them, for an order of the standard's to be a total one that cannot fail.
#[derive(Clone, Copy, PartialEq)]
enum Keys {
    Fixnums,
    Flonums,
    Characters,
    Strings,
}

/// The kinds of keys that a primitive predicate orders, and whether it wants them to fall.
fn order(name: &str) -> Option<(&'static [Keys], bool)> {
    use Keys::*;
    Some(match name {
        "<" => (&[Fixnums, Flonums], false),
        ">" => (&[Fixnums, Flonums], true),
        "fx<?" => (&[Fixnums], false),
        "fx>?" => (&[Fixnums], true),
        "fl<?" => (&[Flonums], false),
        "fl>?" => (&[Flonums], true),
        "char<?" => (&[Characters], false),
        "char>?" => (&[Characters], true),
        "string<?" => (&[Strings], false),
        "string>?" => (&[Strings], true),
        _ => return None,
    })
}

impl Keys {
    /// NaNs are not ordered.
    fn holds(self, v: Value) -> bool {
        match self {
            Keys::Fixnums => v.is_fixnum(),
            Keys::Flonums => v.as_flonum().is_some_and(|x| !x.is_nan()),
            Keys::Characters => v.as_char().is_some(),
            Keys::Strings => Str::from_value(v).is_some(),
        }
    }
}

/// Elements with keys of one word that the standard library sorts at once, and texts.
const RUN: usize = 1 << 16;
const RUN_OF_TEXTS: usize = 1 << 13;
/// Characters behind their keys that two texts may have in common before comparing them is work that counts.
const SHORT: usize = 1 << 10;

/// Sorts stably, a key beside each element, so that comparing looks nowhere else: runs by the standard library, which are
/// merged here, where the run can be stopped between pieces.
fn sort_by_key<K: Copy>(
    m: &mut Machine,
    items: &mut [Value],
    run: usize,
    falls: bool,
    key: impl Fn(Value) -> K,
    compare: fn(&K, &K) -> Ordering,
) -> Res<()> {
    let order = |a: &(K, Value), b: &(K, Value)| if falls { compare(&b.0, &a.0) } else { compare(&a.0, &b.0) };
    let mut keyed = room(m, items.len())?;
    for piece in items.chunks(PIECE) {
        keyed.extend(piece.iter().map(|&v| (key(v), v)));
        look(m)?;
    }
    for part in keyed.chunks_mut(run) {
        part.sort_by(order);
        look(m)?;
    }
    merge_runs(m, &mut keyed, run, |_, a, b| Ok(order(a, b)))?;
    for (item, (_, v)) in items.iter_mut().zip(keyed) {
        *item = v;
    }
    Ok(())
}

/// Merges sorted runs of a length, the last one perhaps shorter, until all is one.
fn merge_runs<T: Copy>(
    m: &mut Machine,
    items: &mut [T],
    run: usize,
    mut order: impl FnMut(&mut Machine, &T, &T) -> Res<Ordering>,
) -> Res<()> {
    if items.len() <= run {
        return Ok(());
    }
    let mut longest = run;
    while longest.saturating_mul(2) < items.len() {
        longest *= 2;
    }
    let mut low = room(m, longest)?;
    let mut run = run;
    while run < items.len() {
        for pair in items.chunks_mut(run.saturating_mul(2)) {
            if pair.len() > run {
                merge(m, pair, run, &mut low, &mut order)?;
            }
        }
        run = run.saturating_mul(2);
    }
    Ok(())
}

/// Merges two sorted parts, the second of which begins at `middle`; `low` is for the first one meanwhile.
fn merge<T: Copy>(
    m: &mut Machine,
    items: &mut [T],
    middle: usize,
    low: &mut Vec<T>,
    order: &mut impl FnMut(&mut Machine, &T, &T) -> Res<Ordering>,
) -> Res<()> {
    if order(m, &items[middle - 1], &items[middle])?.is_le() {
        return Ok(());
    }
    low.clear();
    low.extend_from_slice(&items[..middle]);
    let (mut i, mut j, mut to) = (0, middle, 0usize);
    while i < low.len() && j < items.len() {
        if to.is_multiple_of(PIECE) {
            look(m)?;
        }
        // Without a branch: which side is next cannot be foreseen.
        let (left, right) = (low[i], items[j]);
        let from_right = order(m, &right, &left)?.is_lt();
        items[to] = if from_right { right } else { left };
        j += from_right as usize;
        i += !from_right as usize;
        to += 1;
    }
    items[to..to + low.len() - i].copy_from_slice(&low[i..]);
    Ok(())
}

/// Sorts texts some of which are long: every comparison is charged for what it may look at.
fn sort_long_texts(m: &mut Machine, items: &mut [Value], falls: bool) -> Res<()> {
    merge_runs(m, items, 1, |m, &a, &b| {
        let (Some(a), Some(b)) = (Str::from_value(a), Str::from_value(b)) else { return Ok(Ordering::Equal) };
        m.charge(a.len().min(b.len()) / 16)?;
        Ok(if falls { text::compare(b, a) } else { text::compare(a, b) })
    })
}

/// The first eight characters of a text in sixteen bits each, ordered like it as far as they go: what comes behind a
/// character that needs more does not count.
fn beginning(s: Str) -> u128 {
    let place = |i: usize, c: u64| u128::from(c) << (112 - 16 * i);
    if let Some(bytes) = s.latin1() {
        return bytes.iter().take(8).enumerate().fold(0, |key, (i, &b)| key | place(i, b.into()));
    }
    let mut key = 0;
    for (i, c) in s.chars().take(8).enumerate() {
        key |= place(i, (c as u64).min(0xffff));
        if c as u64 >= 0xffff {
            break;
        }
    }
    key
}

fn sort(m: &mut Machine, items: &mut [Value], keys: Keys, falls: bool) -> Res<()> {
    match keys {
        Keys::Fixnums => sort_by_key(m, items, RUN, falls, |v| v.as_fixnum().unwrap_or(0), Ord::cmp),
        // Zeros of both signs are equal, as `<` has it.
        Keys::Flonums => sort_by_key(
            m,
            items,
            RUN,
            falls,
            |v| v.as_flonum().unwrap_or(0.0),
            |a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal),
        ),
        Keys::Characters => sort_by_key(m, items, RUN, falls, |v| v.as_char().unwrap_or('\0'), Ord::cmp),
        Keys::Strings if items.iter().any(|&v| Str::from_value(v).is_some_and(|s| s.len() > SHORT)) => {
            sort_long_texts(m, items, falls)
        }
        Keys::Strings => sort_by_key(
            m,
            items,
            RUN_OF_TEXTS,
            falls,
            |v| (Str::from_value(v).map_or(0, beginning), v),
            |a, b| {
                a.0.cmp(&b.0).then_with(|| match (Str::from_value(a.1), Str::from_value(b.1)) {
                    (Some(a), Some(b)) => text::compare(a, b),
                    _ => Ordering::Equal,
                })
            },
        ),
    }
}

primitives! { pub TABLE in "(vicar internal)" {
    /// `(%sort-natively! before? vector)`: sorts the vector, stably, and answers `#t`, if `before?` is an order of the
    /// standard's and the elements are of one kind for which it cannot fail; otherwise changes nothing and answers `#f`.
    "%sort-natively!" [] fn sort_natively(m, before: Procedure, vector: Vector) {
        let Some((kinds, falls)) = m.primitive_of(before.value()).and_then(|p| order(p.name)) else {
            return Ok(Value::FALSE);
        };
        if vector.value().is_immutable() {
            return Err(text::immutable(m, "vector-sort!", vector.value()));
        }
        let n = vector.len();
        m.charge(n / 4)?;
        let items = vector.as_slice();
        let Some(&keys) = kinds.iter().find(|keys| items.iter().all(|&v| keys.holds(v))) else {
            return Ok(Value::FALSE);
        };
        let mut sorted = room(m, n)?;
        m.charge((n / 4).saturating_mul(n.checked_ilog2().unwrap_or(0) as usize))?;
        sorted.extend_from_slice(items);
        sort(m, &mut sorted, keys, falls)?;
        in_pieces(m, 0..n, |_, piece| piece.for_each(|i| { vector.set(i, sorted[i]); }))?;
        Ok(Value::TRUE)
    }
} }

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn merging_sorts_stably(keys in prop::collection::vec(0u8..20, 0..400), run in 1usize..70) {
            let mut m = Machine::new(&[]);
            let mut items: Vec<(u8, usize)> = keys.into_iter().enumerate().map(|(i, k)| (k, i)).collect();
            let mut expected = items.clone();
            expected.sort();
            items.chunks_mut(run).for_each(|chunk| chunk.sort());
            let merged = merge_runs(&mut m, &mut items, run, |_, a, b| Ok(a.0.cmp(&b.0)));
            prop_assert!(merged.is_ok());
            prop_assert_eq!(items, expected);
        }
    }

    #[test]
    fn long_vectors_and_long_texts() {
        let mut m = Machine::new(&[]);
        let mut numbers: Vec<Value> = (0..100_000).map(|i| Value::fixnum(i * 7919 % 100_003)).collect();
        let mut expected: Vec<i64> = numbers.iter().filter_map(|v| v.as_fixnum()).collect();
        for falls in [false, true] {
            expected.sort_by(|a, b| if falls { b.cmp(a) } else { a.cmp(b) });
            assert!(sort(&mut m, &mut numbers, Keys::Fixnums, falls).is_ok());
            assert!(numbers.iter().filter_map(|v| v.as_fixnum()).eq(expected.iter().copied()));
        }
        let long = "x".repeat(2000);
        let text = |i: usize| format!("{long}{}", i * 7 % 100);
        let mut texts: Vec<Value> = (0..100).map(|i| m.heap.string(&text(i))).collect();
        let mut expected: Vec<String> = (0..100).map(text).collect();
        expected.sort();
        assert!(sort(&mut m, &mut texts, Keys::Strings, false).is_ok());
        assert!(texts.iter().filter_map(|&v| Str::from_value(v)).map(|s| s.to_string()).eq(expected));
    }
}
