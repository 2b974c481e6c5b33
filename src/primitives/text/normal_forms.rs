//! Unicode's normal forms (Standard Annex 15), over texts of any length. Depends on the crate's tables.
//!
//! The crate's iterators keep all marks that follow one starter and sort them at once, however many there are; here the
//! work goes on in pieces and marks are put into order by counting.

use crate::account::Paid;
use crate::eval::{Machine, Res};
use crate::heap::Str;
use crate::primitives::work::{PIECE, look, room};
use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical, decompose_compatible};

/// Which normal form.
#[derive(Copy, Clone)]
pub struct Form {
    /// Compatibility decomposition, rather than canonical.
    pub compatible: bool,
    /// Composed again.
    pub composed: bool,
}

/// Most characters that one character decomposes into.
const LONGEST: usize = 18;

/// The characters of a string in a normal form.
pub fn normalize(m: &mut Machine, s: Str, form: Form) -> Res<Paid<Vec<char>>> {
    let mut chars = decompose(m, s, form.compatible)?;
    order(m, &mut chars)?;
    if form.composed {
        compose_all(m, &mut chars)?;
    }
    Ok(chars)
}

fn decompose(m: &mut Machine, s: Str, compatible: bool) -> Res<Paid<Vec<char>>> {
    let mut out: Paid<Vec<char>> = room(m, s.len())?;
    for (i, c) in s.chars().enumerate() {
        if i.is_multiple_of(PIECE) {
            look(m)?;
        }
        out.grow(LONGEST)?;
        let push = |c| out.push(c);
        if compatible { decompose_compatible(c, push) } else { decompose_canonical(c, push) }
    }
    Ok(out)
}

/// Puts each stretch of marks (characters whose combining class is not 0) into the order of their classes, stably.
fn order(m: &mut Machine, chars: &mut [char]) -> Res<()> {
    let mut at = 0;
    while at < chars.len() {
        if at.is_multiple_of(PIECE) {
            look(m)?;
        }
        if canonical_combining_class(chars[at]) == 0 {
            at += 1;
            continue;
        }
        let start = at;
        let mut sorted = true;
        let mut last = 0;
        while let Some(class) = chars.get(at).map(|&c| canonical_combining_class(c)).filter(|&class| class != 0) {
            sorted &= last <= class;
            last = class;
            at += 1;
            if at.is_multiple_of(PIECE) {
                look(m)?;
            }
        }
        if !sorted {
            order_marks(m, &mut chars[start..at])?;
        }
    }
    Ok(())
}

fn order_marks(m: &mut Machine, marks: &mut [char]) -> Res<()> {
    if marks.len() <= 64 {
        marks.sort_by_key(|&c| canonical_combining_class(c));
        return Ok(());
    }
    let mut places = [0usize; 257];
    for (i, &c) in marks.iter().enumerate() {
        places[canonical_combining_class(c) as usize + 1] += 1;
        if i.is_multiple_of(PIECE) {
            look(m)?;
        }
    }
    for class in 1..places.len() {
        places[class] += places[class - 1];
    }
    let mut sorted = room(m, marks.len())?;
    sorted.resize(marks.len(), '\0');
    for (i, &c) in marks.iter().enumerate() {
        let place = &mut places[canonical_combining_class(c) as usize];
        sorted[*place] = c;
        *place += 1;
        if i.is_multiple_of(PIECE) {
            look(m)?;
        }
    }
    marks.copy_from_slice(&sorted);
    Ok(())
}

/// Composes what stands in order: each character with the last starter before it, unless one of its class or a higher one,
/// or a starter, stands between them.
fn compose_all(m: &mut Machine, chars: &mut Vec<char>) -> Res<()> {
    let mut starter: Option<usize> = None;
    // The class of the last character that was kept behind the starter.
    let mut last_class = None;
    let mut kept = 0;
    for i in 0..chars.len() {
        if i.is_multiple_of(PIECE) {
            look(m)?;
        }
        let c = chars[i];
        let class = canonical_combining_class(c);
        let reaches = match last_class {
            None => true,
            Some(last) => last < class,
        };
        if let Some(s) = starter.filter(|_| reaches)
            && let Some(composed) = compose(chars[s], c)
        {
            chars[s] = composed;
            continue;
        }
        if class == 0 {
            (starter, last_class) = (Some(kept), None);
        } else {
            last_class = Some(class);
        }
        chars[kept] = c;
        kept += 1;
    }
    chars.truncate(kept);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::View;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn check(text: &str) {
        let mut m = Machine::new(&[]);
        let s = m.heap.string(text);
        let s = Str::from_value(s).expect("a string");
        let mut form = |compatible, composed| {
            normalize(&mut m, s, Form { compatible, composed })
                .expect("nothing stops it")
                .into_iter()
                .collect::<String>()
        };
        assert_eq!(form(false, false), text.nfd().collect::<String>());
        assert_eq!(form(true, false), text.nfkd().collect::<String>());
        assert_eq!(form(false, true), text.nfc().collect::<String>());
        assert_eq!(form(true, true), text.nfkc().collect::<String>());
    }

    fn character() -> impl Strategy<Value = char> {
        prop_oneof![
            4 => prop::char::range('\u{300}', '\u{36f}'),
            2 => prop::char::range('a', 'z'),
            2 => prop::char::range('\u{c0}', '\u{24f}'),
            2 => prop::char::range('\u{1100}', '\u{11ff}'),
            1 => prop::char::range('\u{ac00}', '\u{d7a3}'),
            1 => prop::char::range('\u{900}', '\u{dff}'),
            1 => prop::char::range('\u{f900}', '\u{ffef}'),
            1 => any::<char>(),
        ]
    }

    proptest! {
        #[test]
        fn agrees_with_the_crate(text in prop::collection::vec(character(), 0..60)) {
            check(&text.into_iter().collect::<String>());
        }
    }

    #[test]
    fn every_character_alone_and_behind_another() {
        let all: String = (0..0x3000).chain(0xf900..0xffff).filter_map(char::from_u32).collect();
        check(&all);
        check(&all.chars().flat_map(|c| ['a', c]).collect::<String>());
    }

    #[test]
    fn many_marks() {
        let marks: String = (0..40_000).filter_map(|i| char::from_u32(0x300 + i * 7 % 0x70)).collect();
        check(&format!("e{marks}o{marks}"));
    }
}
