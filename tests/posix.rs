//! The programs of `tests/posix/`: real processes, memory and sockets, each plainly and with a collection at every
//! safepoint.
#![cfg(all(feature = "cli", feature = "posix"))]

#[path = "posix/coverage.rs"]
mod coverage;
mod programs;

use programs::{run, tests, vicar};
use std::collections::{BTreeMap, BTreeSet};

macro_rules! programs {
    ($($module:ident = $file:literal;)*) => {
        const LISTED: &[&str] = &[$($file),*];
        $(mod $module {
            #[test]
            fn plain() {
                super::run("posix", $file, "plain", &mut super::vicar())
            }
            #[test]
            fn stressed() {
                super::run("posix", $file, "stressed", super::vicar().env("VICAR_GC_STRESS", "1"))
            }
        })*
    };
}

programs! {
    daemons = "daemons.sps";
    effects = "effects.sps";
    event_loop = "event-loop.sps";
    c_types = "c-types.sps";
    checks = "checks.sps";
    child_programs = "child-programs.sps";
    children = "children.sps";
    descriptors = "descriptors.sps";
    faults = "faults.sps";
    file_status = "file-status.sps";
    files = "files.sps";
    foreign = "foreign.sps";
    glibc = "glibc.sps";
    identities = "identities.sps";
    linux = "linux.sps";
    memory = "memory.sps";
    network = "network.sps";
    pointers = "pointers.sps";
    port_descriptors = "port-descriptors.sps";
    ports = "ports.sps";
    processes = "processes.sps";
    semaphores = "semaphores.sps";
    shared_memory = "shared-memory.sps";
    signal_storm = "signal-storm.sps";
    structures = "structures.sps";
    time = "time.sps";
    validations = "validations.sps";
}

/// The programs of the folder.
fn present() -> BTreeSet<String> {
    let entries = std::fs::read_dir(tests().join("posix")).expect("the folder is in the repository");
    entries
        .map(|entry| entry.expect("the folder can be read").file_name().into_string().expect("a plain name"))
        .filter(|name| name.ends_with(".sps"))
        .collect()
}

/// So many calls take two minutes with a collection at each safepoint.
const ONLY_PLAINLY: [&str; 2] = ["bad-arguments.sps", "own-names.sps"];

#[test]
fn bad_arguments() {
    run("posix", ONLY_PLAINLY[0], "plain", &mut vicar())
}

#[test]
fn own_names() {
    run("posix", ONLY_PLAINLY[1], "plain", &mut vicar())
}

#[test]
fn every_program_is_listed() {
    assert_eq!(present(), LISTED.iter().chain(&ONLY_PLAINLY).map(|&name| name.to_owned()).collect());
}

/// The rows of `names.tsv`: libraries with their names.
fn names() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(tests().join("posix/names.tsv")).expect("the table is in the repository");
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (library, name) = line.split_once('\t').expect("two columns");
        names.entry(library.to_owned()).or_default().push(name.to_owned());
    }
    names
}

#[test]
fn every_name_is_exported() {
    let names = names();
    // So many names there are: a lost row would not be missed.
    let counts = ["(vicare platform constants)", "(vicare posix)", "(vicare)"].map(|library| names[library].len());
    assert_eq!(counts, [1222, 568, 185]);
    for (library, names) in names {
        let program = std::env::temp_dir().join(format!("vicar-names-{}.sps", std::process::id()));
        std::fs::write(&program, format!("(import (only {library} {}))", names.join(" "))).expect("room for a file");
        let output = vicar().arg(&program).output().expect("the program starts");
        std::fs::remove_file(&program).expect("it was there");
        assert!(output.status.success(), "{library}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn every_name_is_checked() {
    let mut checked = BTreeSet::new();
    for name in present() {
        let text = std::fs::read_to_string(tests().join("posix").join(name)).expect("it is in the folder");
        checked.extend(coverage::checked(&text));
    }
    let names = names();
    let unchecked: Vec<String> =
        [("(vicare posix)", "px."), ("(vicare)", ""), ("(vicare linux)", "lx."), ("(vicare glibc)", "gl.")]
            .iter()
            .flat_map(|(library, prefix)| names[*library].iter().map(move |name| format!("{prefix}{name}")))
            .filter(|name| !checked.contains(name))
            .collect();
    assert!(unchecked.is_empty(), "no check of tests/posix depends on {unchecked:?}");
}
