//! One case run with the real program, in a fresh folder.

use crate::table::{Case, Kind, unescape};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// No case may take longer: a message that does not come is a failure as well.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
    /// The exit status; after a signal 128 and its number, as shells say it.
    pub status: i32,
}

impl Outcome {
    /// What no input at all may lead to.
    pub fn unsound(&self) -> Option<String> {
        let words = ["panicked", "internal error", "RUST_BACKTRACE"];
        match words.iter().find(|w| self.stderr.contains(*w)) {
            Some(word) => Some(format!("says '{word}':\n{}", self.stderr)),
            None if self.status > 128 => Some(format!("ended by signal {}", self.status - 128)),
            None => None,
        }
    }
}

pub fn run(case: &Case) -> Outcome {
    let folder = Folder::new();
    let mut stdin = Vec::new();
    for section in &case.sections {
        match &section.kind {
            Kind::Main => folder.write("main.sps", section.body.as_bytes()),
            Kind::File(path) => folder.write(path, section.body.as_bytes()),
            Kind::Bytes(path) => folder.write(path, &unescape(&section.body)),
            Kind::Folder(path) => std::fs::create_dir_all(folder.path.join(path)).expect("can be made"),
            Kind::Stdin => stdin = section.body.clone().into_bytes(),
            Kind::Args(_) | Kind::Eval | Kind::Large => {}
        }
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_vicar"))
        .args(case.arguments())
        .current_dir(&folder.path)
        .env_remove("VICAR_LIBRARY_PATH")
        .env("NO_COLOR", "1")
        .env("HOME", &folder.path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program was built with the tests");
    let mut input = child.stdin.take().expect("was piped");
    // In threads, so that no side waits for another. A program that does not read its input is no error.
    let writer = std::thread::spawn(move || drop(input.write_all(&stdin)));
    let stdout = reader(child.stdout.take().expect("was piped"));
    let stderr = reader(child.stderr.take().expect("was piped"));
    let status = wait(&mut child);
    let _ = writer.join();
    let text = |reader: std::thread::JoinHandle<Vec<u8>>| {
        let bytes = reader.join().expect("only reads");
        String::from_utf8_lossy(&bytes).replace(folder.path.to_str().expect("a plain name"), "DIR")
    };
    Outcome { stdout: text(stdout), stderr: text(stderr), status }
}

fn reader(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        bytes
    })
}

fn wait(child: &mut Child) -> i32 {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("is our child") {
            return status.code().unwrap_or_else(|| {
                use std::os::unix::process::ExitStatusExt;
                128 + status.signal().unwrap_or(0)
            });
        }
        if Instant::now() > end {
            let _ = child.kill();
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A folder of its own, removed at the end.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new() -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("case-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("the target folder can be written");
        Folder { path }
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path.join(name);
        std::fs::create_dir_all(path.parent().expect("is below the folder")).expect("can be made");
        std::fs::write(path, bytes).expect("can be written");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
