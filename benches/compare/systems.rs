//! The systems that are compared: how each is started, and whether it is installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[derive(Clone)]
pub struct System {
    /// As in `--systems`.
    pub name: &'static str,
    pub title: &'static str,
    program: &'static str,
    /// What stands before the file on the command line.
    arguments: &'static [&'static str],
    /// The suffix of its programs.
    suffix: &'static str,
}

/// The first of them that is installed is what the others are compared with.
const ALL: &[System] = &[
    System { name: "chez", title: "Chez", program: "chezscheme", arguments: &["--program"], suffix: "sps" },
    System { name: "vicar", title: "Vicar", program: env!("CARGO_BIN_EXE_vicar"), arguments: &[], suffix: "sps" },
    System { name: "guile", title: "Guile", program: "guile", arguments: &["--r6rs"], suffix: "sps" },
    System { name: "lua", title: "Lua", program: "lua5.4", arguments: &[], suffix: "lua" },
];

pub fn installed() -> Vec<System> {
    ALL.iter().filter(|s| s.is_installed()).cloned().collect()
}

impl System {
    fn is_installed(&self) -> bool {
        let asked = if self.name == "lua" { "-v" } else { "--version" };
        Command::new(self.program)
            .arg(asked)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Whether it can run the script of `benches/startup/`, which imports Vicare's libraries, or its equivalent.
    pub fn starts_quickly(&self) -> bool {
        matches!(self.name, "vicar" | "lua")
    }

    /// Its version of a program, given the path without suffix.
    pub fn file(&self, stem: &Path) -> Option<PathBuf> {
        let file = stem.with_extension(self.suffix);
        file.is_file().then_some(file)
    }

    pub fn command(&self, file: &Path) -> Command {
        let mut command = Command::new(self.program);
        command.args(self.arguments).arg(file);
        command
    }
}
