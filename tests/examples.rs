//! The examples print what `examples/README.md` says, and the manual's listing as it is printed there is refused.
#![cfg(feature = "posix")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The object that `shared-memory.sps` makes and removes.
const SHARED_OBJECT: &str = "/dev/shm/vicare-posix-shm.test";

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

fn vicar(file: &Path, folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vicar")).arg(file).current_dir(folder).output().expect("was built with the tests")
}

fn prints(name: &str, expected: &str) {
    let output = vicar(&example(name), Path::new(env!("CARGO_TARGET_TMPDIR")));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert!(output.status.success(), "{}", output.status);
}

/// One test for both, because they share the object's name.
#[test]
fn shared_memory_and_the_manuals_listing_of_it() {
    prints("shared-memory.sps", "123\n");
    assert!(!Path::new(SHARED_OBJECT).exists(), "the object is left behind");

    // The manual forgot the parenthesis that closes `import`.
    let text = std::fs::read_to_string(example("shared-memory.sps")).expect("is there");
    let listing = text.replacen("        callet))\n", "        callet)\n", 1);
    assert_ne!(listing, text);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("listing");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    std::fs::write(folder.join("listing.sps"), listing).expect("can be written");
    let output = vicar(Path::new("listing.sps"), &folder);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(70), "{message}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert!(message.contains("listing.sps:2:1"), "{message}");
    assert!(message.contains("(define shm.pathname"), "{message}");
    assert!(!Path::new(SHARED_OBJECT).exists(), "something was executed");
}

#[test]
fn semaphore() {
    prints("semaphore.sps", "123\n");
}
