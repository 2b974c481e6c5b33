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
    /// Whether the program named above makes an executable of the file, to be run in its place.
    compiles: bool,
}

/// The first of them that is installed is what the others are compared with.
const ALL: &[System] = &[
    System {
        name: "chez",
        title: "Chez",
        program: "chezscheme",
        arguments: &["--program"],
        suffix: "sps",
        compiles: false,
    },
    System { name: "c", title: "C", program: "cc", arguments: &["-O2", "-pthread"], suffix: "c", compiles: true },
    System {
        name: "vicar",
        title: "Vicar",
        program: env!("CARGO_BIN_EXE_vicar"),
        arguments: &[],
        suffix: "sps",
        compiles: false,
    },
    System { name: "guile", title: "Guile", program: "guile", arguments: &["--r6rs"], suffix: "sps", compiles: false },
    System { name: "lua", title: "Lua", program: "lua5.4", arguments: &[], suffix: "lua", compiles: false },
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

    /// Whether it is compared in a folder's programs: C where they are about the system, the others elsewhere.
    pub fn takes_part_in(&self, folder: &str) -> bool {
        self.name == "vicar" || (self.name == "c") == (folder == "posix")
    }

    /// Its version of a program, given the path without suffix; of a system that compiles, the executable, made anew.
    pub fn file(&self, stem: &Path) -> Option<PathBuf> {
        let file = stem.with_extension(self.suffix);
        if !self.compiles || !file.is_file() {
            return file.is_file().then_some(file);
        }
        let executable = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file.file_stem()?);
        // If that fails, running it will say so.
        let _ = std::fs::remove_file(&executable);
        let _ = Command::new(self.program).args(self.arguments).arg(file).arg("-o").arg(&executable).status();
        Some(executable)
    }

    /// What runs it.
    pub fn command(&self, file: &Path) -> Command {
        if self.compiles {
            return Command::new(file);
        }
        let mut command = Command::new(self.program);
        command.args(self.arguments).arg(file);
        command
    }
}
