//! Characters: R6RS 11.11, and those of `(rnrs unicode)` that take one.

use super::unicode;
use crate::eval::{Machine, Res, Rest};
use crate::heap::Value;
use crate::primitives;

/// Whether the arguments are characters of which each neighbours' pair, mapped, satisfies `holds`.
fn chain(
    m: &mut Machine,
    who: &str,
    first: char,
    rest: &[Value],
    map: fn(char) -> char,
    holds: fn(&char, &char) -> bool,
) -> Res {
    let mut all = true;
    let mut previous = map(first);
    for (i, &v) in rest.iter().enumerate() {
        let Some(c) = v.as_char() else {
            return Err(m.wrong_argument(who, "char", i + 2, "a character", v));
        };
        let c = map(c);
        all &= holds(&previous, &c);
        previous = c;
    }
    Ok(Value::boolean(all))
}

fn same(c: char) -> char {
    c
}

macro_rules! comparisons {
    ($table:ident $library:literal: $($name:literal $f:ident $map:path, $holds:path;)*) => {
        primitives! { pub $table in $library { $(
            /// `(char… char1 char …)`: whether the characters are in that order by their scalar values; the `-ci` forms
            /// compare them case-folded.
            $name [pure] fn $f(m, char1: char, chars: Rest<1>) { chain(m, $name, char1, &chars, $map, $holds) }
        )* } }
    };
}

comparisons! { ORDER "(rnrs base)":
    "char=?" eq same, char::eq;
    "char<?" lt same, char::lt;
    "char>?" gt same, char::gt;
    "char<=?" le same, char::le;
    "char>=?" ge same, char::ge;
}

comparisons! { FOLDED_ORDER "(rnrs unicode)":
    "char-ci=?" ci_eq unicode::foldcase, char::eq;
    "char-ci<?" ci_lt unicode::foldcase, char::lt;
    "char-ci>?" ci_gt unicode::foldcase, char::gt;
    "char-ci<=?" ci_le unicode::foldcase, char::le;
    "char-ci>=?" ci_ge unicode::foldcase, char::ge;
}

primitives! { pub BASE in "(rnrs base)" {
    /// `(char? obj)`
    "char?" [pure] fn is_char(_m, obj: Value) { Ok(Value::boolean(obj.is_char())) }
    /// `(char->integer char)`: its Unicode scalar value.
    "char->integer" [pure] fn char_to_integer(_m, char: char) { Ok(Value::fixnum(char as i64)) }
    /// `(integer->char sv)`: the character with that Unicode scalar value.
    "integer->char" [pure] fn integer_to_char(m, sv: Value) {
        match sv.as_fixnum().and_then(|n| u32::try_from(n).ok()).and_then(char::from_u32) {
            Some(c) => Ok(Value::char(c)),
            None => Err(m.wrong_argument("integer->char", "sv", 1, "a Unicode scalar value", sv)),
        }
    }
} }

primitives! { pub UNICODE in "(rnrs unicode)" {
    /// `(char-upcase char)`: by Unicode's simple case mapping.
    "char-upcase" [pure] fn upcase(_m, char: char) { Ok(Value::char(unicode::upcase(char))) }
    /// `(char-downcase char)`: by Unicode's simple case mapping.
    "char-downcase" [pure] fn downcase(_m, char: char) { Ok(Value::char(unicode::downcase(char))) }
    /// `(char-titlecase char)`: by Unicode's simple case mapping.
    "char-titlecase" [pure] fn titlecase(_m, char: char) { Ok(Value::char(unicode::titlecase(char))) }
    /// `(char-foldcase char)`: by Unicode's simple case folding.
    "char-foldcase" [pure] fn foldcase(_m, char: char) { Ok(Value::char(unicode::foldcase(char))) }
    /// `(char-alphabetic? char)`: has Unicode's property Alphabetic.
    "char-alphabetic?" [pure] fn is_alphabetic(_m, char: char) { Ok(Value::boolean(char.is_alphabetic())) }
    /// `(char-numeric? char)`: has Unicode's property Numeric.
    "char-numeric?" [pure] fn is_numeric(_m, char: char) { Ok(Value::boolean(char.is_numeric())) }
    /// `(char-whitespace? char)`: has Unicode's property White_Space.
    "char-whitespace?" [pure] fn is_whitespace(_m, char: char) { Ok(Value::boolean(char.is_whitespace())) }
    /// `(char-upper-case? char)`: has Unicode's property Uppercase.
    "char-upper-case?" [pure] fn is_upper(_m, char: char) { Ok(Value::boolean(char.is_uppercase())) }
    /// `(char-lower-case? char)`: has Unicode's property Lowercase.
    "char-lower-case?" [pure] fn is_lower(_m, char: char) { Ok(Value::boolean(char.is_lowercase())) }
    /// `(char-title-case? char)`: is a title case letter.
    "char-title-case?" [pure] fn is_title(_m, char: char) {
        Ok(Value::boolean(unicode::category_name(unicode::general_category(char)) == "Lt"))
    }
    /// `(char-general-category char)`: a symbol such as `Lu`.
    "char-general-category" [] fn category(m, char: char) {
        Ok(m.heap.symbol(unicode::category_name(unicode::general_category(char))))
    }
} }
