//! Characters, strings, symbols and their relatives: R6RS 11.10 to 11.12, libraries chapter 1, and what `(vicare)` adds.

/// A module `order` with the comparisons of any number of strings, each by the file's own `chain`.
macro_rules! string_comparisons {
    ($text:literal: $($name:literal $f:ident $holds:path;)*) => {
        #[primitives]
        pub mod order {
            use super::*;

            $(
            #[doc = $text]
            #[primitive(name = $name)]
            fn $f(m: &mut Machine, who: Who, string1: Str, strings: Rest<1>) -> Res {
                chain(m, who, string1, &strings, $holds)
            }
            )*
        }
    };
}

pub mod case;
pub mod characters;
pub mod contents;
pub mod encodings;
pub mod keywords;
pub mod normal_forms;
pub mod strings;
pub mod symbols;
pub mod unicode;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    characters::procedures::TABLE,
    characters::order::TABLE,
    characters::folded_order::TABLE,
    encodings::procedures::TABLE,
    encodings::single_octet::TABLE,
    keywords::procedures::TABLE,
    case::procedures::TABLE,
    case::order::TABLE,
    strings::procedures::TABLE,
    strings::order::TABLE,
    symbols::procedures::TABLE,
    symbols::internal::TABLE,
];
