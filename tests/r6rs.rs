//! The conformance programs of `tests/r6rs/`, each plainly and with a collection at every safepoint.
#![cfg(feature = "cli")]

mod programs;

use programs::{run, tests, vicar};
use std::collections::BTreeSet;
use std::process::Command;

/// Declares one module a program, with its modes as tests, and `LISTED`, the names of all files.
macro_rules! programs {
    ($($module:ident = $file:literal: $($mode:ident)+;)*) => {
        const LISTED: &[&str] = &[$($file),*];
        $(mod $module { $(#[test] fn $mode() { super::$mode($file) })+ })*
    };
}

programs! {
    argument_counts = "argument-counts.sps": plain stressed;
    base_binding = "base-binding.sps": plain stressed;
    base_booleans = "base-booleans.sps": plain stressed;
    base_pairs = "base-pairs.sps": plain stressed;
    base_strings = "base-strings.sps": plain stressed;
    base_symbols_chars = "base-symbols-chars.sps": plain stressed;
    base_syntax = "base-syntax.sps": plain stressed;
    base_vectors = "base-vectors.sps": plain stressed;
    // A collection at each of its safepoints takes half a minute.
    bitwise = "bitwise.sps": plain;
    bytevectors = "bytevectors.sps": plain stressed;
    composite = "composite.sps": plain stressed;
    conditions = "conditions.sps": plain stressed;
    continuations = "continuations.sps": plain stressed;
    control = "control.sps": plain stressed;
    enumerations = "enumerations.sps": plain stressed;
    eval = "eval.sps": plain stressed;
    exceptions = "exceptions.sps": plain stressed;
    fixnums = "fixnums.sps": plain stressed;
    flonums = "flonums.sps": plain stressed;
    graphs = "graphs.sps": plain stressed;
    hashtables = "hashtables.sps": plain stressed;
    hygiene = "hygiene.sps": plain stressed;
    io_custom = "io-custom.sps": plain stressed;
    io_ends_of_file = "io-ends-of-file.sps": plain stressed;
    io_ports = "io-ports.sps": plain stressed;
    io_simple = "io-simple.sps": plain stressed;
    // Collecting at every safepoint is quadratic in what is alive.
    large_data = "large-data.sps": plain;
    let_syntax = "let-syntax.sps": plain stressed;
    libraries = "libraries.sps": plain stressed;
    library_reference = "library-reference.sps": plain stressed;
    lists = "lists.sps": plain stressed;
    misuse = "misuse.sps": plain stressed;
    numbers_arithmetic = "numbers-arithmetic.sps": plain stressed;
    numbers_division = "numbers-division.sps": plain stressed;
    numbers_io = "numbers-io.sps": plain stressed;
    // A collection at each of its three million safepoints takes minutes.
    numbers_laws = "numbers-laws.sps": plain;
    numbers_predicates = "numbers-predicates.sps": plain stressed;
    numbers_transcendental = "numbers-transcendental.sps": plain stressed;
    programs_chapter = "programs.sps": plain stressed;
    r5rs = "r5rs.sps": plain stressed;
    reader_data = "reader-data.sps": plain stressed;
    reader_literals = "reader-literals.sps": plain stressed;
    records_procedural = "records-procedural.sps": plain stressed;
    records_syntactic = "records-syntactic.sps": plain stressed;
    sorting = "sorting.sps": plain stressed;
    syntax_case = "syntax-case.sps": plain stressed;
    syntax_rules = "syntax-rules.sps": plain stressed;
    syntax_templates = "syntax-templates.sps": plain stressed;
    syntax_violations = "syntax-violations.sps": plain stressed;
    // Three thousand frames do not fit: what is not a tail call fails there.
    tail_calls = "tail-calls.sps": plain stressed small_stack;
    unicode = "unicode.sps": plain stressed;
}

#[test]
fn every_program_is_listed() {
    let entries = std::fs::read_dir(tests().join("r6rs")).expect("the folder is in the repository");
    let present: BTreeSet<String> = entries
        .map(|entry| entry.expect("the folder can be read").file_name().into_string().expect("a plain name"))
        .filter(|name| name.ends_with(".sps"))
        .collect();
    let listed: BTreeSet<String> = LISTED.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(present, listed);
    let readme = std::fs::read_to_string(tests().join("r6rs/README.md")).expect("is there");
    for name in LISTED {
        assert!(readme.contains(&format!("`{name}`")), "tests/r6rs/README.md says nothing of {name}");
    }
}

fn plain(file: &str) {
    run("r6rs", file, "plain", &mut vicar());
}

/// A native stack of half a megabyte, too: what leaves frames on it at safepoints or slow paths fails.
fn stressed(file: &str) {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -s 512; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_vicar")]);
    run("r6rs", file, "stressed", command.env_remove("VICAR_LIBRARY_PATH").env("VICAR_GC_STRESS", "1"));
}

fn small_stack(file: &str) {
    run("r6rs", file, "small-stack", vicar().args(["--stack-limit", "64K"]));
}
