//! The programs of `tests/posix/`: real processes, memory and sockets, each plainly and with a collection at every
//! safepoint.
#![cfg(feature = "posix")]

mod programs;

use programs::{run, tests, vicar};
use std::collections::BTreeSet;

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
    files = "files.sps";
    memory = "memory.sps";
    network = "network.sps";
    processes = "processes.sps";
    semaphores = "semaphores.sps";
    shared_memory = "shared-memory.sps";
    time = "time.sps";
}

#[test]
fn every_program_is_listed() {
    let entries = std::fs::read_dir(tests().join("posix")).expect("the folder is in the repository");
    let present: BTreeSet<String> = entries
        .map(|entry| entry.expect("the folder can be read").file_name().into_string().expect("a plain name"))
        .collect();
    assert_eq!(present, LISTED.iter().map(|&name| name.to_owned()).collect());
}
