//! Case, comparison without case, and normal forms of strings: `(rnrs unicode)`.

use super::contents;
use super::normal_forms::{Form, normalize};
use super::strings::expect;
use super::unicode;
use crate::account::Paid;
use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::text::Text;
use crate::heap::{Str, Value};
use crate::primitives::work::{PIECE, in_pieces, look, room};
use std::cmp::Ordering;
use vicar_macros::primitives;

/// The full case folding of a string.
pub fn folded(m: &mut Machine, s: Str) -> Res<Paid<Vec<char>>> {
    let mut chars: Paid<Vec<char>> = room(m, s.len())?;
    m.charge(s.len() + 1)?;
    for (i, c) in s.chars().enumerate() {
        if i.is_multiple_of(PIECE) {
            look(m)?;
        }
        // A character folds to at most three.
        chars.grow(3)?;
        unicode::push_folded(c, &mut *chars);
    }
    Ok(chars)
}

fn chain(m: &mut Machine, who: &str, first: Str, rest: &[Value], holds: fn(Ordering) -> bool) -> Res {
    let mut all = true;
    let mut previous = folded(m, first)?;
    for (i, &v) in rest.iter().enumerate() {
        let s = expect(m, who, i + 2, v)?;
        let next = folded(m, s)?;
        all &= holds(previous.cmp(&next));
        previous = next;
    }
    Ok(Value::boolean(all))
}

string_comparisons! { "`(string-ci… string1 string …)`: whether the case-folded strings are in that order.":
    "string-ci=?" is_eq Ordering::is_eq;
    "string-ci<?" is_lt Ordering::is_lt;
    "string-ci>?" is_gt Ordering::is_gt;
    "string-ci<=?" is_le Ordering::is_le;
    "string-ci>=?" is_ge Ordering::is_ge;
}

/// Work and memory for making a string of `s` by way of its characters, each of which may become a few.
fn charge(m: &mut Machine, s: Str) -> Res<()> {
    m.heap.reserve_many(s.len().saturating_mul(32))?;
    m.charge(s.len() + 1)
}

/// A string made from the characters of `s`, of which `f` appends what one becomes.
fn convert(m: &mut Machine, s: Str, mut f: impl FnMut(&[char], usize, &mut Text)) -> Res {
    charge(m, s)?;
    let mut chars = room(m, s.len())?;
    chars.extend(s.chars());
    let mut out = Text::with_capacity(chars.len());
    in_pieces(m, 0..chars.len(), |_, piece| piece.for_each(|i| f(&chars, i, &mut out)))?;
    Ok(out.finish(&mut m.heap))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(string-upcase string)`: by Unicode's full case mapping.
    fn string_upcase(m: &mut Machine, string: Str) -> Res {
        convert(m, string, |chars, i, out| out.extend(chars[i].to_uppercase()))
    }

    /// `(string-downcase string)`: by Unicode's full case mapping; knows the final sigma.
    fn string_downcase(m: &mut Machine, string: Str) -> Res {
        convert(m, string, unicode::push_lower)
    }

    /// `(string-titlecase string)`: each word begins with a title case letter and goes on in lower case.
    fn string_titlecase(m: &mut Machine, string: Str) -> Res {
        let mut in_word = false;
        convert(m, string, |chars, i, out| unicode::push_title(chars, i, &mut in_word, out))
    }

    /// `(string-foldcase string)`: by Unicode's full case folding.
    fn string_foldcase(m: &mut Machine, string: Str) -> Res {
        convert(m, string, |chars, i, out| unicode::push_folded(chars[i], out))
    }

    /// `(string-normalize-nfd string)`: canonical decomposition.
    fn string_normalize_nfd(m: &mut Machine, string: Str) -> Res {
        normal(m, string, false, false)
    }

    /// `(string-normalize-nfkd string)`: compatibility decomposition.
    fn string_normalize_nfkd(m: &mut Machine, string: Str) -> Res {
        normal(m, string, true, false)
    }

    /// `(string-normalize-nfc string)`: canonical decomposition, then composition.
    fn string_normalize_nfc(m: &mut Machine, string: Str) -> Res {
        normal(m, string, false, true)
    }

    /// `(string-normalize-nfkc string)`: compatibility decomposition, then composition.
    fn string_normalize_nfkc(m: &mut Machine, string: Str) -> Res {
        normal(m, string, true, true)
    }
}

/// A fresh string in a normal form.
fn normal(m: &mut Machine, s: Str, compatible: bool, composed: bool) -> Res {
    charge(m, s)?;
    if s.latin1().is_some_and(<[u8]>::is_ascii) {
        return contents::substring(m, s, 0..s.len());
    }
    let chars = normalize(m, s, Form { compatible, composed })?;
    m.heap.reserve(chars.len().saturating_mul(4))?;
    Ok(m.heap.string_from_chars(&chars))
}
