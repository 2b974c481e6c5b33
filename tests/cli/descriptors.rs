//! Standard descriptors that are closed, full, non-blocking, endless, or somebody else's: what the program says then, and
//! its exit status. The tests that wait for a time limit take half a second each.

use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

fn vicar() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vicar"));
    command.env_remove("VICAR_LIBRARY_PATH").env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// Runs `$VICAR` as a line of the shell says.
fn shell(line: &str) -> Output {
    Command::new("sh")
        .args(["-c", line])
        .env("VICAR", env!("CARGO_BIN_EXE_vicar"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("there is a shell")
}

/// Where a process may write no byte to any file, and the error of trying to: as on a disk that is full.
const FULL: &str = "ulimit -f 0; ";
const FULL_REASON: &str = "File too large";

/// A file of this process's own.
fn file(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a program prints that says how a file is seen: its descriptor is none of the first three.
const FIRST_FILE: &str = "(let ((fd (px.open \"/\" O_RDONLY 0))) (exit (if (> fd 2) 7 8)))";

#[test]
fn writing_to_a_standard_output_that_is_closed_or_full_is_an_error() {
    let programs = [
        // At the end, by hand, in the middle, by one large piece, on a binary port, by a child.
        "(display \"x\")",
        "(display \"x\") (exit 0)",
        "(display \"x\") (flush-output-port (current-output-port))",
        "(do ((i 0 (+ i 1))) ((= i 10000)) (display \"0123456789\"))",
        "(display (make-string 100000 #\\x))",
        "(write (make-vector 100000 1))",
        "(put-bytevector (standard-output-port) #vu8(1))",
        "(put-char (current-output-port) #\\x) (flush-output-port (current-output-port))",
        "(printf \"~a\" 5)",
        "(parametrise ((current-error-port (current-output-port))) (display \"x\" (current-error-port)))",
        "(let ((pid (px.fork))) (if (zero? pid) (display \"x\") (exit (px.WEXITSTATUS (px.waitpid pid 0)))))",
    ];
    let file = file("full");
    let to_file = format!("> '{}'", file.display());
    for (before, target, reason) in [("", ">&-", "Bad file descriptor"), (FULL, to_file.as_str(), FULL_REASON)] {
        for program in programs {
            let output = shell(&format!("{before}exec \"$VICAR\" -e '{program}' {target}"));
            let message = text(&output.stderr);
            assert_eq!(output.status.code(), Some(74), "{target} {program}: {message}");
            assert!(message.contains(reason), "{target} {program}: {message}");
        }
    }
    // One who handles it goes on. A status of the program's own stays, and what was lost is said; nothing lost is no error.
    let handled =
        "(guard (e ((i/o-write-error? e) (exit 3))) (display \"x\") (flush-output-port (current-output-port)))";
    let lost = format!("error: cannot write standard output: {FULL_REASON}\n");
    for (program, status, message) in [
        (handled, 3, lost.as_str()),
        ("(display 1) (exit 5)", 5, &lost),
        ("(display 1) (exit #f)", 1, &lost),
        ("(+ 1 1)", 0, ""),
        ("(exit 5)", 5, ""),
    ] {
        let output = shell(&format!("{FULL}exec \"$VICAR\" -e '{program}' {to_file}"));
        assert_eq!((text(&output.stderr).as_str(), output.status.code()), (message, Some(status)), "{program}");
    }
    // What ended the program is said first.
    let output = shell(&format!("{FULL}exec \"$VICAR\" -e '(display 1) (raise 2)' {to_file}"));
    let message = text(&output.stderr);
    assert!(message.starts_with("-e:1:13: error: ") && message.ends_with(&lost), "{message}");
    assert_eq!(output.status.code(), Some(70));
    let _ = std::fs::remove_file(file);
    for option in ["--help", "--version"] {
        let output = shell(&format!("exec \"$VICAR\" {option} >&-"));
        assert_eq!(output.status.code(), Some(74), "{option}: {}", text(&output.stderr));
    }
}

/// The program's own files never become its standard descriptors, whichever of these are missing.
#[test]
fn closed_standard_descriptors_are_not_given_to_files() {
    for closed in 0..8 {
        let redirections: String =
            [(1, " <&-"), (2, " >&-"), (4, " 2>&-")].iter().filter(|(bit, _)| closed & bit != 0).map(|c| c.1).collect();
        let output = shell(&format!("exec \"$VICAR\" -e '{FIRST_FILE}'{redirections}"));
        assert_eq!(output.status.code(), Some(7), "{redirections}: {}", text(&output.stderr));
    }
    let read = "(guard (e ((i/o-read-error? e) (exit 9))) (get-line (current-input-port)))";
    assert_eq!(shell(&format!("exec \"$VICAR\" -e '{read}' <&-")).status.code(), Some(9));
    let output = shell("exec \"$VICAR\" - <&-");
    assert_eq!(text(&output.stderr), "error: cannot read standard input: Bad file descriptor\n");
    assert_eq!(output.status.code(), Some(66));
    // A message that nobody gets is in the status; what the program itself writes there is an error.
    assert_eq!(shell("exec \"$VICAR\" -e '(car 5)' 2>&-").status.code(), Some(70));
    assert_eq!(shell("exec \"$VICAR\" -e '(display 5 (current-error-port))' 2>&-").status.code(), Some(74));
}

/// Files that the program has left open are written out at its end, and it is an error if they cannot be.
#[test]
fn output_on_a_file_left_open_is_not_lost_silently() {
    let file = file("left-open");
    let name = file.display();
    let open = format!("(open-file-output-port \"{name}\" (file-options no-fail))");
    for (end, status) in [("", 74), ("(exit 5)", 5)] {
        let output = shell(&format!("{FULL}exec \"$VICAR\" -e '(define p {open}) (put-u8 p 1) {end}'"));
        assert_eq!(text(&output.stderr), format!("error: cannot write {name}: {FULL_REASON}\n"));
        assert_eq!(output.status.code(), Some(status));
    }
    let _ = std::fs::remove_file(file);
}

/// A pipe, both of its ends close-on-exec.
fn pipe() -> (OwnedFd, OwnedFd) {
    let mut ends = [0; 2];
    // SAFETY: an array of two; the descriptors are fresh.
    unsafe {
        assert_eq!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC), 0);
        (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1]))
    }
}

fn make_non_blocking(end: &OwnedFd) {
    // SAFETY: plain system calls on a descriptor of ours.
    unsafe {
        let flags = libc::fcntl(end.as_raw_fd(), libc::F_GETFL);
        assert_eq!(libc::fcntl(end.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK), 0);
    }
}

#[test]
fn standard_descriptors_that_others_made_non_blocking_are_waited_for() {
    // Output, at the end and on the way there, and messages.
    for program in [
        "(do ((i 0 (+ i 1))) ((= i 30000)) (display \"0123456789\\n\"))",
        "(put-bytevector (standard-output-port) (make-bytevector 330000 65))",
        "(set-port-buffer-mode! (current-output-port) 'none) (display (make-string 330000 #\\x))",
        "(begin (display (make-string 330000 #\\x)) (exit 0))",
    ] {
        let (from, to) = pipe();
        make_non_blocking(&to);
        let mut child = vicar().args(["-e", program]).stdout(to).spawn().expect("was built with the tests");
        std::thread::sleep(Duration::from_millis(100));
        let mut all = Vec::new();
        std::fs::File::from(from).read_to_end(&mut all).expect("it writes");
        assert_eq!((all.len(), child.wait().expect("is our child").code()), (330_000, Some(0)), "{program}");
    }
    // Input: lines, data, the program itself.
    for (arguments, program) in [
        (
            &["-e", "(write (list (get-line (current-input-port)) (get-line (current-input-port))))"][..],
            ["one\n", "two\n"],
        ),
        (&["-e", "(write (list (symbol->string (read)) (symbol->string (read))))"], ["on", "e two "]),
        (&["-"], ["(write '(\"one\"", " \"two\"))"]),
    ] {
        let (from, to) = pipe();
        make_non_blocking(&from);
        let child =
            vicar().args(arguments).stdin(from).stdout(Stdio::piped()).spawn().expect("was built with the tests");
        let mut to = std::fs::File::from(to);
        for part in program {
            std::thread::sleep(Duration::from_millis(100));
            to.write_all(part.as_bytes()).expect("it reads");
        }
        drop(to);
        let output = child.wait_with_output().expect("is our child");
        assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("(\"one\" \"two\")", Some(0)));
    }
}

/// How long something took that is to end half a second after its start, and how it ended.
fn within_limit(command: &mut Command) -> (ExitStatus, String) {
    let begin = Instant::now();
    let mut child = command.stderr(Stdio::piped()).spawn().expect("was built with the tests");
    let mut message = String::new();
    child.stderr.take().expect("is piped").read_to_string(&mut message).expect("is UTF-8");
    let status = child.wait().expect("is our child");
    // Without the limit it would take for ever; on a busy machine much takes long.
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    (status, message)
}

#[test]
fn waiting_for_others_ends_with_the_time_limit() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fifo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let fifo = folder.join("fifo");
    let name = std::ffi::CString::new(fifo.as_os_str().as_bytes()).expect("has no NUL");
    // SAFETY: a live C string.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    let fifo = fifo.to_str().expect("a plain name");
    let cases = [
        format!("(open-file-input-port \"{fifo}\")"),
        format!("(open-file-output-port \"{fifo}\" (file-options no-fail))"),
        format!("(call-with-input-file \"{fifo}\" read)"),
        // Both sides are this process: nobody ever writes, nobody ever reads.
        format!("(get-u8 (open-file-input/output-port \"{fifo}\" (file-options no-fail no-truncate)))"),
        format!(
            "(let ((p (open-file-input/output-port \"{fifo}\" (file-options no-fail no-truncate))))
               (put-bytevector p (make-bytevector 1000000 1)))"
        ),
    ];
    for program in &cases {
        let (status, message) = within_limit(vicar().args(["--timeout", "0.5", "-e", program]));
        assert!(message.contains("the deadline has passed"), "{program}: {message}");
        assert_eq!(status.code(), Some(70), "{program}");
    }
    // The program itself comes from there, or never comes.
    let (status, message) = within_limit(vicar().args(["--timeout", "0.5", fifo]));
    assert_eq!((status.code(), message), (Some(66), format!("error: cannot read {fifo}: timed out\n")));
    let (silent, _kept) = pipe();
    let (status, message) = within_limit(vicar().args(["--timeout", "0.5", "-"]).stdin(silent));
    assert_eq!((status.code(), message.as_str()), (Some(66), "error: cannot read standard input: timed out\n"));
    let _ = std::fs::remove_dir_all(folder);
}

/// What has no end is no program, no library, and no part of one; finding that out keeps to the limits.
#[test]
fn texts_without_end_are_read_within_the_limits() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("endless-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let place = |name: &str| folder.join(name).to_str().expect("a plain name").to_owned();
    std::os::unix::fs::symlink("/dev/urandom", place("endless.sls")).expect("the folder is new");
    std::os::unix::fs::symlink("/dev/zero", place("zeros.sls")).expect("the folder is new");
    let silent = std::ffi::CString::new(place("silent.sls")).expect("has no NUL");
    // SAFETY: a live C string.
    assert_eq!(unsafe { libc::mkfifo(silent.as_ptr(), 0o600) }, 0);
    let path = place("");
    let full = "the heap limit leaves no memory for this";
    let late = "the deadline has passed";
    for (limit, program, expected) in [
        ("--timeout=0.5", "(import (endless))".to_owned(), late),
        ("--timeout=0.5", "(import (silent))".to_owned(), late),
        ("--timeout=0.5", format!("(include \"{path}silent.sls\")"), late),
        ("--heap-limit=16M", "(import (endless))".to_owned(), full),
        ("--heap-limit=16M", format!("(include \"{path}endless.sls\")"), full),
        ("--fuel=2000000", "(import (endless))".to_owned(), "the fuel limit is used up"),
        ("--heap-limit=16M", "(import (zeros))".to_owned(), "cannot begin a datum"),
    ] {
        let (status, message) = within_limit(vicar().args([limit, "-L", &path, "-e", &program]));
        assert!(message.contains(expected), "{limit} {program}: {message}");
        assert_eq!(status.code(), Some(70), "{limit} {program}");
    }
    let (status, message) = within_limit(vicar().args(["--timeout", "0.5", "/dev/urandom"]));
    assert_eq!((status.code(), message.as_str()), (Some(66), "error: cannot read /dev/urandom: timed out\n"));
    // What somebody writes into a FIFO is read.
    let writer = std::thread::spawn({
        let name = place("silent.sls");
        move || std::fs::write(name, "(library (silent) (export x) (import (rnrs)) (define x 5))")
    });
    let output = vicar().args(["-L", &path, "-e", "(import (silent)) (display x)"]).output();
    assert_eq!(text(&output.expect("was built with the tests").stdout), "5");
    writer.join().expect("does not panic").expect("somebody reads");
    let _ = std::fs::remove_dir_all(folder);
}

/// What a full pipe does not take is lost after the deadline; the program does not hang for it.
#[test]
fn a_full_pipe_at_the_end_holds_nobody_up() {
    for program in ["(display (make-string 15000 #\\x)) (let loop () (loop))", "(display (make-string 15000 #\\x))"] {
        for non_blocking in [false, true] {
            let (_from, to) = pipe();
            make_non_blocking(&to);
            let mut to = std::fs::File::from(to);
            while to.write(&[b'x'; 4096]).is_ok() {}
            let to = OwnedFd::from(to);
            if !non_blocking {
                // SAFETY: plain system call on a descriptor of ours.
                assert_eq!(unsafe { libc::fcntl(to.as_raw_fd(), libc::F_SETFL, 0) }, 0);
            }
            let (status, message) = within_limit(vicar().args(["--timeout", "0.5", "-e", program]).stdout(to));
            assert!(matches!(status.code(), Some(70 | 74)), "{program}: {status}: {message}");
        }
    }
}

/// What the program has printed is there, whatever limit ends it.
#[test]
fn what_was_printed_before_a_limit_is_not_lost() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kept-{}", std::process::id()));
    let name = file.to_str().expect("a plain name");
    let begin = format!(
        "(define p (open-file-output-port \"{name}\" (file-options no-fail))) (put-bytevector p #vu8(65 66)) (display \"before\")"
    );
    for (limit, end) in [
        ("--fuel=2000000", "(let loop () (loop))"),
        ("--heap-limit=16M", "(let loop ((l '())) (loop (cons (make-vector 10000 l) l)))"),
        ("--stack-limit=64K", "(let loop () (+ 1 (loop)))"),
        ("--timeout=0.5", "(let loop () (loop))"),
        ("--timeout=0.5", "(px.nanosleep 100 0)"),
    ] {
        let output = vicar().args([limit, "-e", &format!("{begin} {end}")]).output().expect("was built with the tests");
        assert_eq!(output.status.code(), Some(70), "{limit}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "before", "{limit}");
        assert_eq!(std::fs::read(&file).expect("it was made"), b"AB", "{limit}");
    }
    let _ = std::fs::remove_file(file);
}

/// Not even where the system has no memory left. Whether the process ends for it depends on how the program was built, and
/// on luck; the tests of `account` end one on purpose.
#[test]
fn what_was_printed_before_the_last_memory_is_not_lost() {
    // With a collection at every safepoint each of these takes all of its time.
    if std::env::var_os("VICAR_GC_STRESS").is_some_and(|v| v == "1") {
        return;
    }
    let program = "(display \"before\")
                   (let loop ((ports (list 1)))
                     (guard (e (#t (loop ports)))
                       (loop (cons (open-bytevector-input-port (make-bytevector 100 1)) ports))))";
    let run = |kilobytes| shell(&format!("ulimit -v {kilobytes}; exec \"$VICAR\" --timeout 5 -e '{program}'"));
    // With less, the system cannot even load the program.
    let enough = (14_000..).step_by(1000).find(|&kilobytes| run(kilobytes).status.code() == Some(70));
    let mut displayed = 0;
    for kilobytes in (enough.expect("more and more")..).step_by(250).take(60) {
        let output = run(kilobytes);
        let message = text(&output.stderr);
        assert!(matches!(output.status.code(), Some(70 | 71)), "{kilobytes}: {}: {message}", output.status);
        if output.status.code() == Some(71) {
            assert_eq!(message, "vicar: the system has no more memory\n");
        }
        // Now and then there is not even a machine: an error without a place, before the program begins.
        if !message.starts_with("error:") {
            assert_eq!(text(&output.stdout), "before", "{kilobytes}: {message}");
            displayed += 1;
        }
    }
    assert!(displayed > 50, "it began {displayed} times");
}

/// One who ignores SIGPIPE and starts the program wants the error.
#[test]
fn a_reader_that_is_gone_is_an_error_where_the_signal_is_ignored() {
    for (ignored, code, signal) in [(false, None, Some(libc::SIGPIPE)), (true, Some(74), None)] {
        let (from, to) = pipe();
        drop(from);
        let mut command = vicar();
        command.args(["-e", "(display \"x\")"]).stdout(to).stderr(Stdio::piped());
        let action = if ignored { libc::SIG_IGN } else { libc::SIG_DFL };
        // SAFETY: a system call that may be made between `fork` and `exec`.
        unsafe {
            command.pre_exec(move || {
                libc::signal(libc::SIGPIPE, action);
                Ok(())
            });
        }
        let output = command.output().expect("was built with the tests");
        assert_eq!((output.status.code(), output.status.signal()), (code, signal));
        let message = if ignored { "error: cannot write standard output: Broken pipe\n" } else { "" };
        assert_eq!(text(&output.stderr), message);
    }
}

/// Programs that are endless, no files, or not to be read.
#[test]
fn programs_that_cannot_be_read() {
    // As good as endless, and takes no room.
    let zeros = file("zeros");
    std::fs::File::create(&zeros).and_then(|file| file.set_len(1 << 40)).expect("the file system has files with holes");
    let zero = || std::fs::File::open(&zeros).expect("was made");
    for output in [
        vicar().arg(&zeros).output(),
        vicar().stdin(zero()).output(),
        vicar().args(["--heap-limit", "16M", "-"]).stdin(zero()).output(),
    ] {
        let output = output.expect("was built with the tests");
        assert_eq!(output.status.code(), Some(70), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("the character NUL (U+0000) cannot begin a datum"));
    }
    let _ = std::fs::remove_file(&zeros);
    // Endless, and text.
    let mut child = vicar()
        .args(["--heap-limit", "16M", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("was built with the tests");
    let mut stdin = child.stdin.take().expect("is piped");
    while stdin.write_all(&[b' '; 65536]).is_ok() {}
    let output = child.wait_with_output().expect("is our child");
    assert_eq!(
        text(&output.stderr),
        "error: cannot read standard input: it takes more than half of the heap limit of 16777216 bytes\n\
         \x20 = help: to change it, use vicar's option `--heap-limit` or the host's `Limits`\n"
    );
    assert_eq!(output.status.code(), Some(66));
}

/// Arguments, names of files and values of variables are bytes; none is lost.
#[test]
fn what_is_not_utf_8_comes_and_goes_as_it_is() {
    let bytes = std::ffi::OsStr::from_bytes(b"caf\xE9");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("names-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    let file = folder.join(bytes);
    std::fs::write(&file, "(import (rnrs)) (write (command-line)) (write (file-exists? (car (command-line))))")
        .expect("can be written");
    let output = vicar().current_dir(&folder).arg(bytes).arg(bytes).output().expect("was built with the tests");
    assert_eq!(text(&output.stdout), "(\"caf\\x10FFE9;\" \"caf\\x10FFE9;\")#t");
    let output = vicar()
        .current_dir(&folder)
        .env("NAME", bytes)
        .args([
            "-e",
            "(display (call-with-input-file (px.getenv \"NAME\") get-line)) (px.system \"printf %s \\\"$NAME\\\"\")",
        ])
        .output()
        .expect("was built with the tests");
    assert!(output.stdout.ends_with(b"caf\xE9"), "{} {}", text(&output.stdout), text(&output.stderr));
    let _ = std::fs::remove_dir_all(folder);
}
