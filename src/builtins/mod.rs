//! The primitives of the standard libraries, one file a library. Depends on `eval` and everything before it.

mod arithmetic;
mod bitwise;
mod bytevector_lists;
mod bytevector_numbers;
mod bytevector_text;
mod bytevectors;
mod characters;
mod checks;
#[allow(dead_code, reason = "the build script uses it")]
pub mod composite;
pub mod conditions;
mod control;
mod custom_ports;
pub mod driver;
mod encodings;
mod equal;
mod equivalence;
mod files;
mod fixnums;
mod flonums;
mod format;
mod hashtables;
mod input_ports;
mod io_simple;
mod keywords;
mod lists;
mod normal_forms;
mod numeric;
mod output_ports;
mod pairs;
pub mod ports;
mod pretty;
mod programs;
mod promises;
mod records;
mod sorting;
mod string_case;
mod strings;
mod symbols;
mod syntax_case;
pub mod system_text;
mod table;
mod text;
mod transcoders;
mod unicode;
mod vectors;
mod vicare_numbers;
mod vicare_ports;
mod weak;
pub mod work;

use crate::eval::Primitive;

/// Every table of this folder.
pub static TABLES: &[&[Primitive]] = &[
    arithmetic::primitives::TABLE,
    bitwise::primitives::TABLE,
    bytevector_lists::integers::TABLE,
    bytevector_lists::flonums::TABLE,
    bytevector_numbers::primitives::TABLE,
    bytevector_numbers::integers::TABLE,
    bytevector_numbers::floats::TABLE,
    bytevector_text::primitives::TABLE,
    bytevectors::primitives::TABLE,
    characters::primitives::TABLE,
    characters::order::TABLE,
    characters::folded_order::TABLE,
    checks::internal::TABLE,
    conditions::primitives::TABLE,
    conditions::internal::TABLE,
    conditions::standard::TABLE,
    conditions::flonums::TABLE,
    conditions::io::TABLE,
    conditions::ports::TABLE,
    conditions::vicare_types::TABLE,
    control::primitives::TABLE,
    control::internal::TABLE,
    custom_ports::primitives::TABLE,
    custom_ports::internal::TABLE,
    driver::primitives::TABLE,
    driver::internal::TABLE,
    encodings::primitives::TABLE,
    encodings::single_octet::TABLE,
    equivalence::primitives::TABLE,
    fixnums::primitives::TABLE,
    flonums::primitives::TABLE,
    hashtables::internal::TABLE,
    hashtables::primitives::TABLE,
    hashtables::typed::TABLE,
    input_ports::primitives::TABLE,
    io_simple::primitives::TABLE,
    io_simple::simple::TABLE,
    io_simple::internal::TABLE,
    keywords::primitives::TABLE,
    lists::primitives::TABLE,
    output_ports::primitives::TABLE,
    output_ports::internal::TABLE,
    pairs::primitives::TABLE,
    pairs::paths::TABLE,
    files::primitives::TABLE,
    format::primitives::TABLE,
    pretty::primitives::TABLE,
    programs::primitives::TABLE,
    promises::internal::TABLE,
    promises::primitives::TABLE,
    records::internal::TABLE,
    records::primitives::TABLE,
    sorting::internal::TABLE,
    string_case::primitives::TABLE,
    string_case::order::TABLE,
    strings::primitives::TABLE,
    strings::order::TABLE,
    symbols::primitives::TABLE,
    symbols::internal::TABLE,
    syntax_case::internal::TABLE,
    syntax_case::primitives::TABLE,
    transcoders::primitives::TABLE,
    vectors::primitives::TABLE,
    weak::primitives::TABLE,
    weak::internal::TABLE,
    vicare_numbers::primitives::TABLE,
    vicare_numbers::types::TABLE,
    vicare_numbers::properties::TABLE,
    vicare_ports::primitives::TABLE,
    vicare_ports::predicates::TABLE,
];

#[cfg(test)]
mod tests;
