//! The examples print what `examples/README.md` says, and the manual's listing as it is printed there is refused.
#![cfg(all(feature = "cli", feature = "posix"))]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The object that `shared-memory.sps` makes and removes.
const SHARED_OBJECT: &std::ffi::CStr = c"/vicare-posix-shm.test";

fn shared_object_exists() -> bool {
    // SAFETY: a live C string; the descriptor is closed by whom it is given to.
    unsafe {
        match libc::shm_open(SHARED_OBJECT.as_ptr(), libc::O_RDONLY, 0) {
            -1 => {
                assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::ENOENT));
                false
            }
            object => libc::close(object) == 0,
        }
    }
}

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
    assert!(!shared_object_exists(), "the object is left behind");

    // The manual forgot the parenthesis that closes `import`.
    let text = std::fs::read_to_string(example("shared-memory.sps")).expect("is there");
    let listing = text.replacen("        callet))\n", "        callet)\n", 1);
    assert_ne!(listing, text);
    let object = SHARED_OBJECT.to_str().expect("a plain name");
    assert!(text.contains(&format!("\"{object}\"")), "the example names its object otherwise");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("listing");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    std::fs::write(folder.join("listing.sps"), listing).expect("can be written");
    let output = vicar(Path::new("listing.sps"), &folder);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(70), "{message}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert!(message.contains("listing.sps:2:1"), "{message}");
    assert!(message.contains("(define shm.pathname"), "{message}");
    assert!(!shared_object_exists(), "something was executed");
}

#[test]
fn semaphore() {
    prints("semaphore.sps", "123\n");
}

#[test]
fn worker_pool() {
    prints("worker-pool.sps", "100 jobs, 4 workers; the longest game of 1 to 100 begins with 97: 118 steps\n");
}

#[test]
fn ring_buffer() {
    prints("ring-buffer.sps", "1000 numbers from 3 producers through 16 places: their sum is 500500\n");
}

#[test]
fn foreign_functions() {
    prints(
        "foreign-functions.sps",
        "cos(0) = 1.0\nsorted: (1 1 2 3 4 5 5 6 9)\nnot sorted: the comparison gave up\nopen: ENOENT\n",
    );
}

#[test]
fn pipeline() {
    prints("pipeline.sps", "APPLE\nCHERRY\nPEAR\nQUINCE\n");
}

#[test]
fn killed_holder() {
    prints("killed-holder.sps", "4 processes had the lock, 1 took it over from the dead one\n");
}

/// An example that runs beside the test; killed if it is still there at the end.
struct Running(Child);

impl Running {
    fn start(name: &str, arguments: &[&str], folder: &Path) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vicar"));
        command.arg(example(name)).args(arguments).current_dir(folder).stdout(Stdio::piped());
        Running(command.spawn().expect("was built with the tests"))
    }

    fn lines(&mut self) -> impl Iterator<Item = String> + use<> {
        let output = BufReader::new(self.0.stdout.take().expect("it is a pipe"));
        output.lines().map(|line| line.expect("it is text"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A fresh folder of the test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(pid: libc::pid_t, signal: libc::c_int) {
    // SAFETY: plain system call.
    assert_eq!(unsafe { libc::kill(pid, signal) }, 0, "{}", std::io::Error::last_os_error());
}

/// This process needs as many descriptors as the server.
fn allow_descriptors(count: u64) {
    let mut limits = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a live structure.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limits);
        limits.rlim_cur = limits.rlim_cur.max(count.min(limits.rlim_max));
        libc::setrlimit(libc::RLIMIT_NOFILE, &limits);
    }
}

#[test]
fn echo_server() {
    // With a collection at every safepoint the time grows with the square of the number.
    let stressed = std::env::var_os("VICAR_GC_STRESS").is_some();
    let (count, bytes) = if stressed { (50, 100_000u32) } else { (1000, 5_000_000) };
    allow_descriptors(count + 100);
    let free = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("there is a port").port();
    let mut server = Running::start("echo-server.sps", &[&free.to_string()], Path::new(env!("CARGO_TARGET_TMPDIR")));
    let mut lines = server.lines();
    assert_eq!(lines.next(), Some(format!("listening at port {free}")));

    let connect = |_| TcpStream::connect(("127.0.0.1", free)).expect("the server accepts");
    let mut connections: Vec<TcpStream> = (0..count).map(connect).collect();
    for (i, connection) in connections.iter_mut().enumerate() {
        connection.set_read_timeout(Some(Duration::from_secs(60))).expect("a duration");
        connection.write_all(format!("line {i}\n").as_bytes()).expect("it is open");
    }
    for (i, connection) in connections.iter_mut().enumerate() {
        let expected = format!("line {i}\n");
        let mut answer = vec![0; expected.len()];
        connection.read_exact(&mut answer).expect("the server answers");
        assert_eq!(String::from_utf8_lossy(&answer), expected);
    }
    // More than the kernel keeps for one who does not read.
    let mut writer = connections[0].try_clone().expect("a descriptor is left");
    let sent: Vec<u8> = (0..bytes).map(|i| (i % 251) as u8).collect();
    let mut received = vec![0; sent.len()];
    std::thread::scope(|scope| {
        scope.spawn(|| writer.write_all(&sent).expect("it is open"));
        connections[0].read_exact(&mut received).expect("the server answers");
    });
    assert!(received == sent);

    drop((writer, connections));
    signal(server.0.id() as libc::pid_t, libc::SIGTERM);
    assert!(lines.next().is_some_and(|line| line.starts_with("ended with ")));
    assert!(server.0.wait().expect("it is our child").success());
}

#[test]
fn daemon() {
    let folder = folder("daemon");
    let (pid_file, log_file) = (folder.join("daemon.pid"), folder.join("daemon.log"));
    let start = || Running::start("daemon.sps", &["."], &folder).0.wait().expect("it is our child");
    assert!(start().success());
    let text = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    wait_until("the daemon serves", || text(&log_file).contains("serves"));
    let pid: libc::pid_t = text(&pid_file).trim().parse().expect("a process id");
    assert!(text(&log_file).contains(&format!("process {pid} serves")));
    // A second one finds the pid file, and leaves it.
    assert!(start().success());
    wait_until("the second daemon gives up", || text(&log_file).contains("failed: "));
    assert_eq!(text(&pid_file).trim(), pid.to_string());
    for i in 1..=2 {
        signal(pid, libc::SIGUSR1);
        wait_until("the signal is logged", || text(&log_file).contains(&format!("signal number {i}")));
    }
    signal(pid, libc::SIGTERM);
    wait_until("the daemon ends", || !pid_file.exists());
    wait_until("the daemon says so", || text(&log_file).contains("removing the lock PID file"));
    assert!(text(&log_file).contains("ended after 2 signals"), "{}", text(&log_file));
}

#[test]
fn file_watcher() {
    let folder = folder("file-watcher");
    let file = folder.join("watched");
    std::fs::write(&file, "one").expect("can be written");
    let mut watcher = Running::start("file-watcher.sps", &["watched", "10"], &folder);
    let mut lines = watcher.lines();
    // It may not look at the file before it is written again.
    let mut text = "one".to_owned();
    let mut first = None;
    std::thread::scope(|scope| {
        let told = scope.spawn(|| lines.next());
        while !told.is_finished() {
            text.push('.');
            std::fs::write(&file, &text).expect("can be written");
            std::thread::sleep(Duration::from_millis(200));
        }
        first = told.join().expect("no panic");
    });
    assert!(first.is_some_and(|line| line.starts_with("size ")));
    std::fs::remove_file(&file).expect("is there");
    let last = lines.last();
    assert_eq!(last.as_deref(), Some("gone"));
    assert!(watcher.0.wait().expect("it is our child").success());
}
