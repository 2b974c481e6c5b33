//! Sorting by an order that the machine knows itself: R6RS libraries chapter 4 where no procedure of the program's has to
//! be asked. `prelude/rnrs/sorting.sls` asks for this first, and sorts itself where the answer is no.

use crate::account::{Claim, Paid};
use crate::eval::{Machine, Res};
use crate::heap::{Procedure, Str, Value, Vector, View};
use crate::primitives::bounds;
use crate::primitives::work::{PIECE, in_pieces, look, room};
use std::ops::Range;
use vicar_macros::primitives;

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

/// An element behind a word that is ordered as the elements are.
pub(super) type Keyed = (u64, Value);

/// Elements that the standard library sorts at once. More are sorted by digits, where the run can be stopped on the way.
const FEW: usize = 1 << 12;

/// Sorts stably by the keys; `spare` is kept for the next time.
fn sort_keyed(m: &mut Machine, items: &mut [Keyed], spare: &mut Paid<Vec<Keyed>>) -> Res<()> {
    if items.len() <= FEW {
        items.sort_by_key(|item| item.0);
        return Ok(());
    }
    if spare.len() < items.len() {
        *spare = room(m, items.len())?;
        spare.resize(items.len(), (0, Value::FALSE));
    }
    let spare = &mut spare[..items.len()];
    let digit = |key: u64, place: usize| (key >> (8 * place)) as usize & 0xff;
    let mut counts = [[0usize; 256]; 8];
    for piece in items.chunks(PIECE) {
        for &(key, _) in piece {
            counts.iter_mut().enumerate().for_each(|(place, counts)| counts[digit(key, place)] += 1);
        }
        look(m)?;
    }
    let (mut from, mut to) = (&mut *items, spare);
    let mut elsewhere = false;
    for (place, counts) in counts.iter_mut().enumerate() {
        if counts.contains(&from.len()) {
            continue;
        }
        let mut before = 0;
        for count in counts.iter_mut() {
            before += std::mem::replace(count, before);
        }
        for piece in from.chunks(PIECE) {
            for &item in piece {
                let at = &mut counts[digit(item.0, place)];
                to[*at] = item;
                *at += 1;
            }
            look(m)?;
        }
        std::mem::swap(&mut from, &mut to);
        elsewhere = !elsewhere;
    }
    if elsewhere {
        to.copy_from_slice(from);
    }
    Ok(())
}

/// A number's or character's key. Zeros of both signs are equal, as `<` has it.
fn key(v: Value) -> u64 {
    const SIGN: u64 = 1 << 63;
    if let Some(n) = v.as_fixnum() {
        n as u64 ^ SIGN
    } else if let Some(c) = v.as_char() {
        c.into()
    } else {
        let bits = (v.as_flonum().unwrap_or(0.0) + 0.0).to_bits();
        if bits & SIGN == 0 { bits | SIGN } else { !bits }
    }
}

/// How the characters of texts are laid out in keys: so many of so many bits, each plus one, so that the end of a text,
/// which is zero, comes before them all.
#[derive(Clone, Copy)]
struct Layout {
    characters: usize,
    bits: usize,
}

impl Layout {
    const LATIN1: Layout = Layout { characters: 7, bits: 9 };
    const WIDE: Layout = Layout { characters: 3, bits: 21 };

    /// The key of a text from character `depth` on.
    fn key(self, s: Str, depth: usize) -> u64 {
        fn packed<C: Copy + Into<char>>(layout: Layout, text: &[C], depth: usize) -> u64 {
            let rest = text.get(depth..).unwrap_or(&[]);
            let shown = &rest[..rest.len().min(layout.characters)];
            let key = shown.iter().fold(0, |key, &c| key << layout.bits | (u64::from(c.into()) + 1));
            key << (layout.bits * (layout.characters - shown.len()))
        }
        match (s.latin1(), s.wide()) {
            (Some(text), _) => packed(self, text, depth),
            (_, Some(text)) => packed(self, text, depth),
            _ => 0,
        }
    }

    /// Whether texts with this key have more characters than it shows.
    fn goes_on(self, key: u64) -> bool {
        key & ((1 << self.bits) - 1) != 0
    }
}

/// How many characters two texts have in common from character `depth` on, counted up to `most`.
fn in_common(a: Str, b: Str, depth: usize, most: usize) -> usize {
    fn same<T: PartialEq>(a: &[T], b: &[T], depth: usize, most: usize) -> usize {
        let (a, b) = (a.get(depth..).unwrap_or(&[]), b.get(depth..).unwrap_or(&[]));
        a.iter().zip(b).take(most).take_while(|(x, y)| x == y).count()
    }
    match (a.latin1(), b.latin1(), a.wide(), b.wide()) {
        (Some(x), Some(y), ..) => same(x, y, depth, most),
        (.., Some(x), Some(y)) => same(x, y, depth, most),
        _ => {
            let both = (depth..a.len().min(b.len())).map(|i| (a.get(i), b.get(i)));
            both.take(most).take_while(|(x, y)| x == y).count()
        }
    }
}

/// Texts that agree in all characters before `depth`.
struct Group {
    texts: Range<usize>,
    depth: usize,
    /// How far to look for more that they all have in common.
    reach: usize,
}

/// The least reach of a group: about what one key holds. It doubles where all of it was in common, so that the work of
/// looking is in proportion to what the keys would have cost; never over a piece of work.
const REACH: usize = 8;

/// Sorts texts by a few characters, and those which agree in them by the next.
pub fn sort_texts(m: &mut Machine, items: &mut [Keyed], mask: u64) -> Res<()> {
    let text = |v: Value| Str::from_value(v);
    let narrow = items.iter().all(|&(_, v)| text(v).is_some_and(|s| s.latin1().is_some()));
    let layout = if narrow { Layout::LATIN1 } else { Layout::WIDE };
    let mut spare = room(m, 0)?;
    let mut claim = Claim::new(m.heap.memory());
    let mut groups = Vec::new();
    claim.push(&mut groups, Group { texts: 0..items.len(), depth: 0, reach: REACH })?;
    while let Some(Group { texts: Range { start, end }, mut depth, reach }) = groups.pop() {
        let group = &mut items[start..end];
        let mut common = reach;
        if let Some(first) = group.first().and_then(|item| text(item.1)) {
            for (i, &(_, v)) in group.iter().enumerate().skip(1) {
                common = text(v).map_or(0, |s| in_common(first, s, depth, common));
                if common == 0 {
                    break;
                }
                if i.is_multiple_of(64) {
                    look(m)?;
                }
            }
        }
        m.charge((common / 8 + 1).saturating_mul(group.len()) / 4)?;
        depth += common;
        let reach = if common == reach { PIECE.min(reach * 2) } else { REACH };
        for piece in group.chunks_mut(PIECE) {
            for (key, v) in piece {
                *key = text(*v).map_or(0, |s| layout.key(s, depth)) ^ mask;
            }
            look(m)?;
        }
        sort_keyed(m, group, &mut spare)?;
        let mut first = start;
        for i in start + 1..=end {
            if i.is_multiple_of(PIECE) {
                look(m)?;
            }
            let key = items[first].0;
            if i < end && items[i].0 == key {
                continue;
            }
            if i - first > 1 && layout.goes_on(key ^ mask) {
                let depth = depth + layout.characters;
                claim.push(&mut groups, Group { texts: first..i, depth, reach })?;
            }
            first = i;
        }
    }
    Ok(())
}

/// Sorts stably. What falls has its keys inverted.
fn sort(m: &mut Machine, items: &mut [Keyed], keys: Keys, falls: bool) -> Res<()> {
    let mask = if falls { u64::MAX } else { 0 };
    if keys == Keys::Strings {
        return sort_texts(m, items, mask);
    }
    for piece in items.chunks_mut(PIECE) {
        piece.iter_mut().for_each(|(k, v)| *k = key(*v) ^ mask);
        look(m)?;
    }
    let mut spare = room(m, 0)?;
    sort_keyed(m, items, &mut spare)
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%sort-natively! before? vector)`: sorts the vector, stably, and answers `#t`, if `before?` is an order of the
    /// standard's and the elements are of one kind for which it cannot fail; otherwise changes nothing and answers `#f`.
    #[primitive(name = "%sort-natively!")]
    fn sort_natively(m: &mut Machine, before: Procedure, vector: Vector) -> Res {
        let Some((kinds, falls)) = m.primitive_of(before.value()).and_then(|p| order(p.name)) else {
            return Ok(Value::FALSE);
        };
        if vector.value().is_immutable() {
            return Err(bounds::immutable(m, "vector-sort!", vector.value()));
        }
        let n = vector.len();
        m.charge(n / 4)?;
        let items = vector.as_slice();
        let Some(&keys) = kinds.iter().find(|keys| items.iter().all(|&v| keys.holds(v))) else {
            return Ok(Value::FALSE);
        };
        let mut sorted = room(m, n)?;
        m.charge((n / 4).saturating_mul(n.checked_ilog2().unwrap_or(0) as usize))?;
        sorted.extend(items.iter().map(|&v| (0, v)));
        sort(m, &mut sorted, keys, falls)?;
        in_pieces(m, 0..n, |_, piece| {
            piece.for_each(|i| {
                vector.set(i, sorted[i].1);
            })
        })?;
        Ok(Value::TRUE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the primitive does, with the places of the elements before.
    fn sorted(items: &[Value], keys: Keys, falls: bool) -> Vec<Value> {
        let mut m = Machine::new(&[]);
        let mut keyed: Vec<Keyed> = items.iter().map(|&v| (0, v)).collect();
        assert!(sort(&mut m, &mut keyed, keys, falls).is_ok());
        keyed.into_iter().map(|item| item.1).collect()
    }

    /// Texts that agree in the beginning, of any length, with characters from both ends of what a key has room for.
    fn texts() -> impl Strategy<Value = Vec<String>> {
        let character = prop_oneof![Just('a'), Just('b'), Just('\0'), Just('\u{ff}')];
        let wide = prop_oneof![Just('a'), Just('\u{100}'), Just('\u{ffff}'), Just('\u{10ffff}'), Just('\0')];
        let of = |c: BoxedStrategy<char>| prop::collection::vec(prop::collection::vec(c, 0..30), 0..30);
        (prop_oneof![of(character.boxed()), of(wide.boxed())], 0usize..40).prop_map(|(texts, common)| {
            texts.into_iter().map(|t| "x".repeat(common) + &t.into_iter().collect::<String>()).collect()
        })
    }

    proptest! {
        #[test]
        fn texts_are_ordered_by_scalar_values(texts in texts(), falls: bool) {
            let mut m = Machine::new(&[]);
            let values: Vec<Value> = texts.iter().map(|t| m.heap.string(t)).collect();
            let mut expected: Vec<Value> = values.clone();
            let order = |a: &Value, b: &Value| match (Str::from_value(*a), Str::from_value(*b)) {
                (Some(a), Some(b)) => a.to_string().cmp(&b.to_string()),
                _ => unreachable!("all are strings"),
            };
            expected.sort_by(|a, b| if falls { order(b, a) } else { order(a, b) });
            prop_assert_eq!(sorted(&values, Keys::Strings, falls), expected);
        }

        #[test]
        fn flonums_are_ordered_as_their_values(mut numbers: Vec<f64>, zeros in 0usize..4, falls: bool) {
            numbers.retain(|x| !x.is_nan());
            numbers.extend([0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY].into_iter().cycle().take(zeros));
            let mut m = Machine::new(&[]);
            let values: Vec<Value> = numbers.iter().map(|&x| m.heap.flonum(x)).collect();
            let mut expected = values.clone();
            let number = |v: &Value| v.as_flonum().unwrap_or(f64::NAN);
            expected.sort_by(|a, b| {
                let order = number(a).partial_cmp(&number(b)).expect("no NaN");
                if falls { order.reverse() } else { order }
            });
            prop_assert_eq!(sorted(&values, Keys::Flonums, falls), expected);
        }
    }

    #[test]
    fn many_numbers_with_equal_ones_among_them() {
        // Equal fixnums cannot be told apart: flonums of the same value can.
        let mut m = Machine::new(&[]);
        let fixnums: Vec<Value> = (0..20_000).map(|i| Value::fixnum(i * 7919 % 100_003 - 50_000)).collect();
        let flonums: Vec<Value> =
            (0..20_000i64).map(|i| m.heap.flonum((i * 7919 % 1_003 - 500) as f64 / 3.0)).collect();
        for falls in [false, true] {
            let mut expected = fixnums.clone();
            expected.sort_by_key(|v| v.as_fixnum().map(|n| if falls { -n } else { n }));
            assert!(sorted(&fixnums, Keys::Fixnums, falls) == expected);
            let mut expected = flonums.clone();
            let number = |v: &Value| v.as_flonum().unwrap_or(0.0) * if falls { -1.0 } else { 1.0 };
            expected.sort_by(|a, b| number(a).partial_cmp(&number(b)).expect("no NaN"));
            assert!(sorted(&flonums, Keys::Flonums, falls) == expected);
        }
    }

    #[test]
    fn long_beginnings_in_common_are_looked_at_once() {
        let mut m = Machine::new(&[]);
        let long = "x".repeat(200_000);
        let texts: Vec<Value> = (0..40).map(|i| m.heap.string(&format!("{long}{}", i * 7 % 40))).collect();
        let mut keyed: Vec<Keyed> = texts.iter().map(|&v| (0, v)).collect();
        // In proportion to the text.
        m.set_fuel(Some(40 * 200_000 / 16));
        assert!(sort(&mut m, &mut keyed, Keys::Strings, false).is_ok());
        let found: Vec<String> = keyed.iter().filter_map(|&(_, v)| Str::from_value(v)).map(|s| s.to_string()).collect();
        assert!(found.is_sorted() && found.len() == 40);
    }
}
