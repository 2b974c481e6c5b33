//! `cargo bench --bench compare`: whole processes of Vicar beside Chez Scheme, Guile, Lua and C.
//!
//! The programs of `benches/programs/`, `benches/libraries/` and `benches/posix/` run under every system that is installed, taking turns, so that a noisy
//! machine is noisy for all of them; medians are compared. Prints a Markdown table. Exits 1 if a program fails or
//! prints something else than it does under the other systems.

mod measure;
mod options;
mod systems;
mod table;

use measure::{Sample, run};
use options::Options;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use systems::System;
use table::{Row, Table};

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n\n{}", options::HELP);
            return ExitCode::from(64);
        }
    };
    let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
    let systems: Vec<System> = systems::installed().into_iter().filter(|s| options.wants_system(s.name)).collect();
    if systems.is_empty() {
        eprintln!("none of the systems asked for is installed");
        return ExitCode::FAILURE;
    }
    let mut sound = true;

    for (title, folder) in [("compute", "programs"), ("libraries", "libraries"), ("system", "posix")] {
        let systems: Vec<System> = systems.iter().filter(|s| s.takes_part_in(folder)).cloned().collect();
        let folder = benches.join(folder);
        let mut table = Table::new(title, &systems);
        for name in programs(&folder) {
            if options.wants_program(&name) && !systems.is_empty() {
                let row = compare(&name, &systems, &folder.join(&name), options.rounds);
                sound &= row.is_sound();
                table.rows.push(row);
            }
        }
        if !table.rows.is_empty() {
            println!("{table}");
        }
    }

    if options.wants_program("startup") {
        // Lua first: it is what the others are compared with here.
        let starters: Vec<System> = systems.iter().rev().filter(|s| s.starts_quickly()).cloned().collect();
        if starters.is_empty() {
            return if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        let mut startup = Table::new("start-up", &starters);
        let row = compare("line", &starters, &benches.join("startup/line"), options.rounds * 20);
        sound &= row.is_sound();
        startup.rows.push(row);
        print!("{}", startup.in_milliseconds());
    }
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The names of the Scheme programs in a folder, without suffix, sorted.
fn programs(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folders of benches/ are in the repository");
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_scheme = path.extension().is_some_and(|e| e == "sps");
            is_scheme.then(|| path.file_stem()?.to_str().map(str::to_owned)).flatten()
        })
        .collect();
    names.sort();
    names
}

/// Runs one program under all systems, in turns. A system without a version of the program gets an empty cell.
fn compare(name: &str, systems: &[System], stem: &Path, rounds: usize) -> Row {
    let files: Vec<Option<PathBuf>> = systems.iter().map(|s| s.file(stem)).collect();
    // Once for nothing: compiled files that a system keeps, and the file cache.
    let mut cells: Vec<Option<Result<Vec<Sample>, String>>> = systems
        .iter()
        .zip(&files)
        .map(|(system, file)| file.as_ref().map(|file| run(&mut system.command(file)).map(|_| Vec::new())))
        .collect();
    for round in 0..rounds {
        for ((system, file), cell) in systems.iter().zip(&files).zip(&mut cells) {
            let (Some(file), Some(Ok(samples))) = (file, cell.as_mut()) else { continue };
            match run(&mut system.command(file)) {
                Ok(sample) => samples.push(sample),
                Err(message) => *cell = Some(Err(message)),
            }
        }
        if rounds < 20 {
            eprintln!("{name}: round {} of {rounds}", round + 1);
        }
    }
    Row::new(name, systems, cells)
}
