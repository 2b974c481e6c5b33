//! Sorting by an order that the machine knows itself: R6RS libraries chapter 4 where no procedure of the program's has to
//! be asked. `prelude/rnrs/sorting.sls` asks for this first, and sorts itself where the answer is no.

use super::text;
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

/// A key beside its element, so that comparing looks nowhere else.
fn sort_by_key<K: Copy>(items: &mut [Value], falls: bool, key: impl Fn(Value) -> K, compare: fn(&K, &K) -> Ordering) {
    let mut keyed: Vec<(K, Value)> = items.iter().map(|&v| (key(v), v)).collect();
    if falls {
        keyed.sort_by(|a, b| compare(&b.0, &a.0));
    } else {
        keyed.sort_by(|a, b| compare(&a.0, &b.0));
    }
    for (item, (_, v)) in items.iter_mut().zip(keyed) {
        *item = v;
    }
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

fn sort(items: &mut [Value], keys: Keys, falls: bool) {
    match keys {
        Keys::Fixnums => sort_by_key(items, falls, |v| v.as_fixnum().unwrap_or(0), Ord::cmp),
        // Zeros of both signs are equal, as `<` has it.
        Keys::Flonums => sort_by_key(
            items,
            falls,
            |v| v.as_flonum().unwrap_or(0.0),
            |a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal),
        ),
        Keys::Characters => sort_by_key(items, falls, |v| v.as_char().unwrap_or('\0'), Ord::cmp),
        Keys::Strings => sort_by_key(
            items,
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
        m.charge((n / 4).saturating_mul(n.checked_ilog2().unwrap_or(0) as usize))?;
        // Elements with their keys, and as much for the sorting.
        m.heap.reserve(n.saturating_mul(48))?;
        let mut sorted = items.to_vec();
        sort(&mut sorted, keys, falls);
        for (i, v) in sorted.into_iter().enumerate() {
            vector.set(i, v);
        }
        Ok(Value::TRUE)
    }
} }
