//! Characters: R6RS 11.11, and those of `(rnrs unicode)` that take one.

use super::unicode;
use crate::eval::{Machine, Res, Rest, Who};
use crate::heap::Value;
use vicar_macros::primitives;

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
    ($table:ident: $($name:literal $f:ident $map:path, $holds:path;)*) => {
        #[primitives]
        pub mod $table {
            use super::*;

            $(
            /// `(char… char1 char …)`: whether the characters are in that order by their scalar values; the `-ci` forms
            /// compare them case-folded.
            #[primitive(name = $name, pure)]
            fn $f(m: &mut Machine, who: Who, char1: char, chars: Rest<1>) -> Res { chain(m, who, char1, &chars, $map, $holds) }
        )* }
    };
}

comparisons! { order:
    "char=?" eq same, char::eq;
    "char<?" lt same, char::lt;
    "char>?" gt same, char::gt;
    "char<=?" le same, char::le;
    "char>=?" ge same, char::ge;
}

comparisons! { folded_order:
    "char-ci=?" ci_eq unicode::foldcase, char::eq;
    "char-ci<?" ci_lt unicode::foldcase, char::lt;
    "char-ci>?" ci_gt unicode::foldcase, char::gt;
    "char-ci<=?" ci_le unicode::foldcase, char::le;
    "char-ci>=?" ci_ge unicode::foldcase, char::ge;
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(char? obj)`
    #[primitive(pure)]
    fn is_char(obj: Value) -> Res {
        Ok(Value::boolean(obj.is_char()))
    }

    /// `(char->integer char)`: its Unicode scalar value.
    #[primitive(pure)]
    fn char_to_integer(char: char) -> Res {
        Ok(Value::fixnum(char as i64))
    }

    /// `(integer->char sv)`: the character with that Unicode scalar value.
    #[primitive(pure)]
    fn integer_to_char(m: &mut Machine, who: Who, sv: Value) -> Res {
        match sv.as_fixnum().and_then(|n| u32::try_from(n).ok()).and_then(char::from_u32) {
            Some(c) => Ok(Value::char(c)),
            None => Err(m.wrong_argument(who, "sv", 1, "a Unicode scalar value", sv)),
        }
    }

    /// `(char-upcase char)`: by Unicode's simple case mapping.
    #[primitive(pure)]
    fn char_upcase(char: char) -> Res {
        Ok(Value::char(unicode::upcase(char)))
    }

    /// `(char-downcase char)`: by Unicode's simple case mapping.
    #[primitive(pure)]
    fn char_downcase(char: char) -> Res {
        Ok(Value::char(unicode::downcase(char)))
    }

    /// `(char-titlecase char)`: by Unicode's simple case mapping.
    #[primitive(pure)]
    fn char_titlecase(char: char) -> Res {
        Ok(Value::char(unicode::titlecase(char)))
    }

    /// `(char-foldcase char)`: by Unicode's simple case folding.
    #[primitive(pure)]
    fn char_foldcase(char: char) -> Res {
        Ok(Value::char(unicode::foldcase(char)))
    }

    /// `(char-alphabetic? char)`: has Unicode's property Alphabetic.
    #[primitive(pure)]
    fn is_char_alphabetic(char: char) -> Res {
        Ok(Value::boolean(char.is_alphabetic()))
    }

    /// `(char-numeric? char)`: has Unicode's property Numeric.
    #[primitive(pure)]
    fn is_char_numeric(char: char) -> Res {
        Ok(Value::boolean(char.is_numeric()))
    }

    /// `(char-whitespace? char)`: has Unicode's property White_Space.
    #[primitive(pure)]
    fn is_char_whitespace(char: char) -> Res {
        Ok(Value::boolean(char.is_whitespace()))
    }

    /// `(char-upper-case? char)`: has Unicode's property Uppercase.
    #[primitive(pure)]
    fn is_char_upper_case(char: char) -> Res {
        Ok(Value::boolean(char.is_uppercase()))
    }

    /// `(char-lower-case? char)`: has Unicode's property Lowercase.
    #[primitive(pure)]
    fn is_char_lower_case(char: char) -> Res {
        Ok(Value::boolean(char.is_lowercase()))
    }

    /// `(char-title-case? char)`: is a title case letter.
    #[primitive(pure)]
    fn is_char_title_case(char: char) -> Res {
        Ok(Value::boolean(unicode::category_name(unicode::general_category(char)) == "Lt"))
    }

    /// `(char-general-category char)`: a symbol such as `Lu`.
    fn char_general_category(m: &mut Machine, char: char) -> Res {
        Ok(m.heap.symbol(unicode::category_name(unicode::general_category(char))))
    }
}
