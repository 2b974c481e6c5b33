//! The programs of `tests/vicare/`, on what Vicare adds to R6RS, each plainly and with a collection at every safepoint.
#![cfg(feature = "cli")]

mod programs;

use programs::{run, tests, vicar};
use std::collections::BTreeSet;

macro_rules! programs {
    ($($module:ident = $file:literal;)*) => {
        const LISTED: &[&str] = &[$($file),*];
        $(mod $module {
            #[test]
            fn plain() {
                super::run("vicare", $file, "plain", &mut super::vicar())
            }
            #[test]
            fn stressed() {
                super::run("vicare", $file, "stressed", super::vicar().env("VICAR_GC_STRESS", "1"))
            }
        })*
    };
}

programs! {
    channels = "channels.sps";
    coroutines = "coroutines.sps";
    data = "data.sps";
    definitions = "definitions.sps";
    loops = "loops.sps";
    parameters = "parameters.sps";
    protection = "protection.sps";
    sources = "sources.sps";
    types = "types.sps";
}

#[test]
fn every_program_is_listed() {
    let entries = std::fs::read_dir(tests().join("vicare")).expect("the folder is in the repository");
    let present: BTreeSet<String> = entries
        .map(|entry| entry.expect("the folder can be read").file_name().into_string().expect("a plain name"))
        .collect();
    assert_eq!(present, LISTED.iter().map(|&name| name.to_owned()).collect());
}
