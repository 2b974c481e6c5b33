//! Running the test programs that report by themselves: `(vicar-test)` of `tests/lib`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The program under test, free of what the surroundings say.
pub fn vicar() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vicar"));
    command.env_remove("VICAR_LIBRARY_PATH").env_remove("VICAR_GC_STRESS");
    command
}

/// Runs the program `tests/KIND/FILE` in a folder of its own, where it may write files; fails with what it printed.
pub fn run(kind: &str, file: &str, mode: &str, command: &mut Command) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{kind}-{file}.{mode}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let output = command
        .arg("-L")
        .arg(tests().join("lib"))
        .arg(tests().join(kind).join(file))
        .current_dir(&folder)
        .output()
        .expect("the program was built with the tests");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{file}, {mode}: {}\n{stdout}{stderr}", output.status);
    // Ending early, or checking nothing, is no success.
    let passed = stdout.lines().last().and_then(|line| line.strip_suffix(" passed, 0 failed"));
    let passed: u32 = passed.and_then(|n| n.parse().ok()).unwrap_or(0);
    assert!(passed > 0, "{file}, {mode}: no report at the end\n{stdout}{stderr}");
    let _ = std::fs::remove_dir_all(&folder);
}

/// The folder of all tests.
pub fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}
