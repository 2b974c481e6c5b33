//! Case, comparison without case, and normal forms of strings: `(rnrs unicode)`.

use super::strings::expect;
use super::text::{self, Text};
use super::unicode;
use crate::eval::{Machine, Res, Rest};
use crate::heap::{Str, Value};
use crate::primitives;
use std::cmp::Ordering;
use unicode_normalization::UnicodeNormalization;

/// The full case folding of a string.
pub fn folded(s: Str) -> Vec<char> {
    let mut out = Vec::with_capacity(s.len());
    s.chars().for_each(|c| unicode::push_folded(c, &mut out));
    out
}

fn chain(m: &mut Machine, who: &str, first: Str, rest: &[Value], holds: fn(Ordering) -> bool) -> Res {
    let mut all = true;
    text::charge(m, first.len().saturating_mul(8))?;
    let mut previous = folded(first);
    for (i, &v) in rest.iter().enumerate() {
        let s = expect(m, who, i + 2, v)?;
        text::charge(m, s.len().saturating_mul(8))?;
        let next = folded(s);
        all &= holds(previous.cmp(&next));
        previous = next;
    }
    Ok(Value::boolean(all))
}

macro_rules! comparisons {
    ($($name:literal $f:ident $holds:path;)*) => {
        primitives! { pub ORDER in "(rnrs unicode)" { $(
            /// `(string-ci… string1 string …)`: whether the case-folded strings are in that order.
            $name [] fn $f(m, string1: Str, strings: Rest<1>) { chain(m, $name, string1, &strings, $holds) }
        )* } }
    };
}

comparisons! {
    "string-ci=?" is_eq Ordering::is_eq;
    "string-ci<?" is_lt Ordering::is_lt;
    "string-ci>?" is_gt Ordering::is_gt;
    "string-ci<=?" is_le Ordering::is_le;
    "string-ci>=?" is_ge Ordering::is_ge;
}

/// A string made from all characters of `s` at once.
fn convert(m: &mut Machine, s: Str, f: impl FnOnce(&[char], &mut Text)) -> Res {
    text::charge(m, s.len().saturating_mul(8))?;
    let chars: Vec<char> = s.chars().collect();
    let mut out = Text::with_capacity(chars.len());
    f(&chars, &mut out);
    Ok(out.finish(&mut m.heap))
}

primitives! { pub TABLE in "(rnrs unicode)" {
    /// `(string-upcase string)`: by Unicode's full case mapping.
    "string-upcase" [] fn upcase(m, string: Str) {
        convert(m, string, |chars, out| out.extend(chars.iter().flat_map(|c| c.to_uppercase())))
    }
    /// `(string-downcase string)`: by Unicode's full case mapping; knows the final sigma.
    "string-downcase" [] fn downcase(m, string: Str) {
        convert(m, string, |chars, out| (0..chars.len()).for_each(|i| unicode::push_lower(chars, i, out)))
    }
    /// `(string-titlecase string)`: each word begins with a title case letter and goes on in lower case.
    "string-titlecase" [] fn titlecase(m, string: Str) { convert(m, string, unicode::push_title_text) }
    /// `(string-foldcase string)`: by Unicode's full case folding.
    "string-foldcase" [] fn foldcase(m, string: Str) {
        convert(m, string, |chars, out| chars.iter().for_each(|&c| unicode::push_folded(c, out)))
    }
    /// `(string-normalize-nfd string)`: canonical decomposition.
    "string-normalize-nfd" [] fn nfd(m, string: Str) { convert(m, string, |chars, out| out.extend(chars.iter().copied().nfd())) }
    /// `(string-normalize-nfkd string)`: compatibility decomposition.
    "string-normalize-nfkd" [] fn nfkd(m, string: Str) { convert(m, string, |chars, out| out.extend(chars.iter().copied().nfkd())) }
    /// `(string-normalize-nfc string)`: canonical decomposition, then composition.
    "string-normalize-nfc" [] fn nfc(m, string: Str) { convert(m, string, |chars, out| out.extend(chars.iter().copied().nfc())) }
    /// `(string-normalize-nfkc string)`: compatibility decomposition, then composition.
    "string-normalize-nfkc" [] fn nfkc(m, string: Str) { convert(m, string, |chars, out| out.extend(chars.iter().copied().nfkc())) }
} }
