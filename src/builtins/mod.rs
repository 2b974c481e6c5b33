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
    arithmetic::TYPES,
    arithmetic::PROPERTIES,
    arithmetic::OPERATIONS,
    arithmetic::FUNCTIONS,
    arithmetic::TEXT,
    arithmetic::R5RS,
    bitwise::TABLE,
    bytevector_lists::INTEGERS,
    bytevector_lists::FLONUMS,
    bytevector_numbers::INTEGERS,
    bytevector_numbers::SIZED,
    bytevector_numbers::FLOATS,
    bytevector_text::TABLE,
    bytevectors::TABLE,
    bytevectors::VICARE,
    characters::ORDER,
    characters::FOLDED_ORDER,
    characters::BASE,
    characters::UNICODE,
    checks::TABLE,
    conditions::STANDARD,
    conditions::FLONUMS,
    conditions::IO,
    conditions::PORTS,
    conditions::VICARE_TYPES,
    conditions::BASE,
    conditions::TABLE,
    conditions::VICARE,
    conditions::INTERNAL,
    control::BASE,
    control::INTERNAL,
    custom_ports::POSITIONS,
    custom_ports::INTERNAL,
    driver::EVAL,
    driver::VICARE,
    driver::INTERNAL,
    encodings::SINGLE_OCTET,
    encodings::TABLE,
    equivalence::TABLE,
    equivalence::VICARE,
    fixnums::TABLE,
    fixnums::VICARE,
    flonums::TABLE,
    flonums::VICARE,
    hashtables::TABLE,
    hashtables::INTERNAL,
    hashtables::VICARE,
    hashtables::TYPED,
    input_ports::TABLE,
    io_simple::COMMON,
    io_simple::TABLE,
    io_simple::PORTS,
    io_simple::INTERNAL,
    keywords::TABLE,
    lists::BASE,
    lists::LISTS,
    lists::VICARE,
    output_ports::TABLE,
    output_ports::INTERNAL,
    pairs::TABLE,
    pairs::MUTABLE,
    pairs::PATHS,
    files::TABLE,
    format::TABLE,
    pretty::TABLE,
    programs::TABLE,
    programs::VICARE,
    promises::TABLE,
    promises::VICARE,
    records::PROCEDURAL,
    records::INSPECTION,
    records::INTERNAL,
    records::VICARE,
    sorting::TABLE,
    string_case::ORDER,
    string_case::TABLE,
    strings::ORDER,
    strings::BASE,
    strings::MUTABLE,
    strings::VICARE,
    symbols::TABLE,
    symbols::VICARE,
    symbols::INTERNAL,
    syntax_case::TABLE,
    syntax_case::INTERNAL,
    syntax_case::VICARE,
    transcoders::TABLE,
    vectors::BASE,
    vectors::VICARE,
    weak::TABLE,
    weak::INTERNAL,
    vicare_numbers::TABLE,
    vicare_numbers::TYPES,
    vicare_numbers::PROPERTIES,
    vicare_ports::PREDICATES,
    vicare_ports::TABLE,
];

#[cfg(test)]
mod tests;
