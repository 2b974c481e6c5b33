//! The `vicar` program from outside: tables of cases with what they print, see `tests/cli/README.md`.
#![cfg(feature = "cli")]

mod address_space;
mod descriptors;
mod operands;
mod process;
mod resident;
mod streams;
mod table;

use process::Outcome;
use std::path::{Path, PathBuf};
use table::Case;

#[test]
fn bad_input() {
    let checked = check_folder("bad-input", |outcome| {
        if outcome.status == 0 {
            return Err("ends with status 0, though its input is bad".to_owned());
        }
        Ok(())
    });
    assert!(checked >= 150, "only {checked} cases of bad input: has a table been lost?");
}

#[test]
fn runs() {
    let checked = check_folder("runs", |_| Ok(()));
    assert!(checked >= 40, "only {checked} cases of runs: has a table been lost?");
}

/// Checks, or with `VICAR_UPDATE_SNAPSHOTS=1` rewrites, all tables of a folder; answers the number of cases.
fn check_folder(folder: &str, sound: impl Fn(&Outcome) -> Result<(), String>) -> usize {
    let update = std::env::var_os("VICAR_UPDATE_SNAPSHOTS").is_some_and(|v| v == "1");
    let stressed = std::env::var_os("VICAR_GC_STRESS").is_some_and(|v| v == "1");
    let mut checked = 0;
    let mut complaints = Vec::new();
    for path in tables(folder) {
        let text = std::fs::read_to_string(&path).expect("a table is UTF-8");
        let mut table = table::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for case in &mut table.cases {
            checked += 1;
            if stressed && case.is_large() {
                continue;
            }
            let outcome = process::run(case);
            let mut wrong = sound(&outcome).err().into_iter().collect::<Vec<_>>();
            wrong.extend(outcome.unsound());
            if update {
                case.expect(&outcome);
            } else {
                wrong.extend(differences(case, &outcome));
            }
            for what in wrong {
                complaints.push(format!("{}, {}: {what}", path.file_name().unwrap().display(), case.name));
            }
        }
        if update {
            std::fs::write(&path, table.to_string()).expect("the table can be written");
        }
    }
    assert!(
        complaints.is_empty(),
        "{} complaints; if the messages are meant to be so, set VICAR_UPDATE_SNAPSHOTS=1\n\n{}",
        complaints.len(),
        complaints.join("\n\n")
    );
    checked
}

fn tables(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli").join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder of tables is in the repository")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    paths.sort();
    paths
}

fn differences(case: &Case, outcome: &Outcome) -> Vec<String> {
    let mut found = Vec::new();
    if case.exit != outcome.status {
        found.push(format!("exit status {}, expected {}", outcome.status, case.exit));
    }
    for (name, expected, got) in
        [("standard error", &case.stderr, &outcome.stderr), ("standard output", &case.stdout, &outcome.stdout)]
    {
        if expected != got {
            found.push(format!("{name}\n  expected:\n{}\n  got:\n{}", indent(expected), indent(got)));
        }
    }
    found
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}
