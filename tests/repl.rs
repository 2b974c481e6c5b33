//! The prompt on a real pseudo-terminal: what a person types, and what is seen.
#![cfg(all(feature = "cli", target_os = "linux"))]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long something may let wait for itself.
const PATIENCE: Duration = Duration::from_secs(30);

const CONTROL_C: &str = "\x03";
const CONTROL_D: &str = "\x04";
const TAB: &str = "\t";
const UP: &str = "\x1b[A";
const ENTER: &str = "\r";

/// A vicar on a terminal of its own.
struct Session {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// What came from the screen and was not looked at yet, without escape sequences.
    unread: String,
    child: Child,
}

impl Session {
    fn begin(home: &Path) -> Session {
        Session::begin_with(home, &[])
    }

    fn begin_with(home: &Path, arguments: &[&str]) -> Session {
        Session::begin_on("xterm", home, arguments)
    }

    /// On a terminal of that kind.
    fn begin_on(terminal: &str, home: &Path, arguments: &[&str]) -> Session {
        let (mut ours, mut theirs) = (-1, -1);
        let size = libc::winsize { ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: the two descriptors are written to variables of ours; the other pointers are null or valid.
        let opened = unsafe { libc::openpty(&mut ours, &mut theirs, std::ptr::null_mut(), std::ptr::null(), &size) };
        assert_eq!(opened, 0, "no pseudo-terminal: {}", std::io::Error::last_os_error());
        // SAFETY: fresh descriptors that nobody else owns.
        let (ours, theirs) = unsafe { (OwnedFd::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) };
        // SAFETY: a descriptor of ours; otherwise the child would hold its own keyboard open.
        unsafe { libc::fcntl(ours.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) };
        let mut command = Command::new(env!("CARGO_BIN_EXE_vicar"));
        let copy = |fd: &OwnedFd| fd.try_clone().expect("descriptors are left");
        command
            .args(arguments)
            .env("HOME", home)
            .env("TERM", terminal)
            .env("NO_COLOR", "1")
            .env_remove("XDG_STATE_HOME")
            .stdin(copy(&theirs))
            .stdout(copy(&theirs))
            .stderr(theirs);
        // SAFETY: system calls only, which may be made between `fork` and `exec`.
        unsafe {
            command.pre_exec(|| {
                libc::setsid();
                libc::ioctl(0, libc::TIOCSCTTY, 0);
                // A shell starts background jobs with these ignored; whoever sits at a terminal finds them as usual.
                for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGHUP] {
                    libc::signal(signal, libc::SIG_DFL);
                }
                Ok(())
            });
        }
        let child = command.spawn().expect("the program was built with the tests");
        drop(command);
        let keyboard = File::from(ours);
        let mut glass = keyboard.try_clone().expect("descriptors are left");
        let (sender, screen) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = glass.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        let mut session = Session { keyboard, screen, unread: String::new(), child };
        if arguments.is_empty() {
            session.sees("Vicar");
            session.sees("> ");
        }
        session
    }

    fn types(&mut self, keys: &str) {
        self.types_bytes(keys.as_bytes());
    }

    fn types_bytes(&mut self, keys: &[u8]) {
        self.keyboard.write_all(keys).expect("the terminal is open");
    }

    /// Waits until `text` is seen; answers what was seen before it.
    #[track_caller]
    fn sees(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(i) = self.unread.find(text) {
                let before = self.unread[..i].to_owned();
                self.unread.drain(..i + text.len());
                return before;
            }
            match self.screen.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.unread.push_str(&without_escapes(&String::from_utf8_lossy(&bytes))),
                Err(why) => panic!("{text:?} is not seen ({why}), but {:?}", self.unread),
            }
        }
    }

    /// Types a line, and waits for its answer and the next prompt; what is seen between the two.
    #[track_caller]
    fn asks(&mut self, line: &str) -> String {
        self.types(line);
        self.types(ENTER);
        // What was typed is echoed, then comes a new line, the answer, and the prompt.
        self.sees("\n");
        let answer = self.sees("\n\r> ");
        answer.replace('\r', "").trim_end_matches('\n').to_owned()
    }

    /// The exit status, when the program ends.
    #[track_caller]
    fn ends(&mut self) -> i32 {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status.code().unwrap_or(-1);
            }
            assert!(Instant::now() < end, "it does not end; on the screen: {:?}", self.unread);
            match self.screen.recv_timeout(Duration::from_millis(10)) {
                Ok(bytes) => self.unread.push_str(&without_escapes(&String::from_utf8_lossy(&bytes))),
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(Duration::from_millis(10)),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A terminal's control sequences, which move the cursor and colour, are not text.
fn without_escapes(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\x1b' {
            out.push(c);
        } else if chars.next() == Some('[') {
            chars.by_ref().find(|c| ('@'..='~').contains(c));
        }
    }
    out
}

/// A home of its own, with no history yet.
fn home() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("home-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).expect("the target folder can be written");
    path
}

#[test]
fn values_are_written_and_definitions_stay() {
    let mut s = Session::begin(&home());
    assert_eq!(s.asks("(+ 1 2)"), "3");
    assert_eq!(s.asks("(list \"a\" #\\b 'c 1.5)"), "(\"a\" #\\b c 1.5)");
    assert_eq!(s.asks("(values 1 2)"), "1\n2");
    s.types("(define (square x) (* x x))\r");
    s.sees("> ");
    assert_eq!(s.asks("(square 12)"), "144");
    assert_eq!(s.asks("(display \"out\") 5"), "out\n5");
    assert_eq!(s.asks("1 2 3"), "1\n2\n3");
    assert_eq!(s.asks("(exact? (px.getpid))"), "#t");
    s.types(CONTROL_D);
    assert_eq!(s.ends(), 0);
}

#[test]
fn input_of_many_lines_ends_when_its_datum_does() {
    let mut s = Session::begin(&home());
    s.types("(let ((x 1)\r");
    s.types("      (y 2))\r");
    s.types("  (list x y \"(\" ; a comment with (\r");
    s.types("  #\\( ))\r");
    s.sees("(1 2 \"(\" #\\()");
    s.sees("> ");
    assert_eq!(s.asks("'done"), "done");
}

#[test]
fn errors_end_nothing() {
    let mut s = Session::begin(&home());
    for (line, message) in [
        ("(car 5)", "car"),
        ("(frobnicate)", "unbound identifier"),
        (")", "error"),
        ("(if)", "error"),
        ("#\\nonsense", "error"),
        ("(raise 'x)", "x"),
        ("(error 'who \"what\" 1 2)", "who: what"),
        ("(let loop ((n 0)) (+ 1 (loop (make-vector 1000000000000 0))))", "memory"),
        ("(import (no such))", "no such"),
    ] {
        let answer = s.asks(line);
        assert!(answer.contains(message), "{line}: {answer}");
    }
    assert_eq!(s.asks("(+ 40 2)"), "42");
}

#[test]
fn control_c_stops_what_runs_and_clears_what_is_typed() {
    let mut s = Session::begin(&home());
    s.types("(define n 0) (begin (display \"running\") (newline) (let loop () (set! n (+ n 1)) (loop)))\r");
    s.sees("running\r\n");
    std::thread::sleep(Duration::from_millis(200));
    s.types(CONTROL_C);
    s.sees("interrupted");
    s.sees("> ");
    assert_eq!(s.asks("(> n 0)"), "#t");
    // A system call that waits is interrupted, too.
    s.types("(begin (display \"sleeping\") (newline) (px.nanosleep 600 0))\r");
    s.sees("sleeping\r\n");
    std::thread::sleep(Duration::from_millis(200));
    s.types(CONTROL_C);
    s.sees("> ");
    s.types("(this is not meant");
    s.types(CONTROL_C);
    s.sees("> ");
    assert_eq!(s.asks("'there"), "there");
}

#[test]
fn names_are_completed() {
    let mut s = Session::begin(&home());
    s.types("(define a-name-of-mine 17)\r");
    s.sees("> ");
    s.types("(+ a-name-of");
    s.types(TAB);
    s.sees("a-name-of-mine");
    s.types(" 1)\r");
    s.sees("\n18");
    s.sees("> ");
    s.types("(call-with-current-cont");
    s.types(TAB);
    s.types(" (lambda (k) 'completed))\r");
    s.sees("\ncompleted");
}

#[test]
fn history_is_kept_between_sessions() {
    let home = home();
    let mut s = Session::begin(&home);
    assert_eq!(s.asks("(* 6 7)"), "42");
    s.types(UP);
    s.types(ENTER);
    s.sees("\n42");
    s.sees("> ");
    s.types(CONTROL_D);
    assert_eq!(s.ends(), 0);
    assert!(home.join(".local/state/vicar/history").exists());
    let mut s = Session::begin(&home);
    s.types(UP);
    s.types(ENTER);
    s.sees("\n42");
}

#[test]
fn exit_gives_its_status() {
    for (line, status) in [("(exit 3)", 3), ("(exit)", 0), ("(exit #f)", 1)] {
        let mut s = Session::begin(&home());
        s.types(line);
        s.types(ENTER);
        assert_eq!(s.ends(), status, "{line}");
    }
    // What was printed before is seen.
    let mut s = Session::begin(&home());
    s.types("(begin (display \"last words\") (exit 4))\r");
    s.sees("\nlast words");
    assert_eq!(s.ends(), 4);
}

/// Without a cursor to move, as in an editor's window.
#[test]
fn a_terminal_without_editing_has_a_prompt() {
    let mut s = Session::begin_on("dumb", &home(), &[]);
    s.types("(define x\r");
    s.types("  41) (+ x 1)\r");
    s.sees("\n42");
    s.sees("> ");
    // Control-C drops the line, and ends nothing.
    s.types("(this is not meant");
    s.sees("meant");
    s.types(CONTROL_C);
    s.sees("leaves.\r\n> ");
    s.types("(+ x 2)\r");
    s.sees("\n43");
    s.sees("> ");
    // Nor do bytes that are not text.
    s.types_bytes(b"\"caf\xE9\"\r");
    s.sees("not UTF-8");
    s.sees("> ");
    s.types("(begin (display \"running\") (newline) (let loop () (loop)))\r");
    s.sees("running\r\n");
    std::thread::sleep(Duration::from_millis(200));
    s.types(CONTROL_C);
    s.sees("interrupted");
    s.sees("> ");
    s.types("(+ x 3)\r");
    s.sees("\n44");
    s.sees("> ");
    s.types(CONTROL_D);
    assert_eq!(s.ends(), 0);
}

#[test]
fn bytes_that_are_not_text_end_nothing() {
    let mut s = Session::begin(&home());
    s.types_bytes(b"(display \xFF");
    s.sees("not UTF-8");
    s.sees("> ");
    s.types(CONTROL_C);
    s.sees("> ");
    assert_eq!(s.asks("'there"), "there");
}

/// A child ends where it would come back to the prompt; there is never a second prompt.
#[test]
fn a_child_of_the_prompt_is_no_prompt() {
    for terminal in ["xterm", "dumb"] {
        let mut s = Session::begin_on(terminal, &home(), &[]);
        s.types("(define me (px.getpid))\r");
        s.sees("\n");
        s.sees("> ");
        for (child, status) in [("'done", 0), ("(car 5)", 70), ("(exit 3)", 3), ("(exit #f)", 1)] {
            let line = format!(
                "(define pid (px.fork)) (if (zero? pid) {child} (list 'status (px.WEXITSTATUS (px.waitpid pid 0))))\r"
            );
            s.types(&line);
            s.sees(&format!("\n(status {status})"));
            s.sees("> ");
            s.types("(list 'still (= me (px.getpid)))\r");
            s.sees("\n(still #t)");
            s.sees("> ");
        }
        s.types(CONTROL_D);
        assert_eq!(s.ends(), 0);
    }
}

/// What a program leaves without the end of its line is neither wiped by the prompt nor continued by an answer or a message.
#[test]
fn what_is_displayed_without_a_newline_stays() {
    for terminal in ["xterm", "dumb"] {
        let mut s = Session::begin_on(terminal, &home(), &[]);
        for (line, answer) in [
            ("(display \"shown\")", "\nshown\r\n"),
            ("(begin (display \"a line\") (newline))", "\na line\r\n"),
            ("(begin (display \"shown\") 'value)", "\nshown\r\nvalue\r\n"),
            ("(display \"noted\" (current-error-port))", "\nnoted\r\n"),
            ("(begin (display \"before\") (raise 'it))", "\nbefore\r\nprompt"),
            ("'(nothing)", "\n(nothing)\r\n"),
        ] {
            s.types(line);
            s.types(ENTER);
            s.sees(answer);
            if !answer.ends_with("prompt") {
                assert_eq!(s.sees("> ").trim_start_matches('\r'), "", "{line}");
            }
        }
    }
    let mut s = Session::begin_with(&home(), &["-e", "(display \"before\") (raise 'it)"]);
    s.sees("before\r\n-e:1:");
}

/// Signals that end the process while a line is typed: the terminal is as it was, and the line's history is there.
#[test]
fn a_signal_at_the_prompt_leaves_the_terminal_as_it_was() {
    let modes = |s: &Session| {
        // SAFETY: a structure of plain numbers, live while it is filled.
        unsafe {
            let mut state: libc::termios = std::mem::zeroed();
            assert_eq!(libc::tcgetattr(s.keyboard.as_raw_fd(), &raw mut state), 0);
            (state.c_iflag, state.c_oflag, state.c_lflag)
        }
    };
    for signal in [libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT] {
        let home = home();
        let mut s = Session::begin(&home);
        assert_eq!(s.asks("'typed"), "typed");
        s.types("(unfinished");
        s.sees("(unfinished");
        assert_eq!(modes(&s).2 & libc::ICANON, 0, "the editor reads keys");
        // SAFETY: a signal to our child, which has not been waited for.
        unsafe { libc::kill(s.child.id() as i32, signal) };
        assert_eq!(s.ends(), -1);
        assert_eq!(s.child.try_wait().ok().flatten().and_then(|status| status.signal()), Some(signal));
        let canonical = libc::ICANON | libc::ECHO | libc::ISIG;
        assert_eq!(modes(&s).2 & canonical, canonical, "signal {signal}");
        assert_ne!(modes(&s).0 & libc::ICRNL, 0, "signal {signal}");
        assert_ne!(modes(&s).1 & libc::OPOST, 0, "signal {signal}");
        let history = std::fs::read_to_string(home.join(".local/state/vicar/history")).expect("it was written");
        assert!(history.contains("'typed"), "{history}");
    }
}

#[test]
fn a_program_on_a_terminal_is_no_prompt() {
    let mut s = Session::begin_with(&home(), &["-e", "(display (+ 1 2))"]);
    s.sees("3");
    assert_eq!(s.ends(), 0);
    // Control-C ends a program as it ends others.
    let mut s = Session::begin_with(
        &home(),
        &["-e", "(begin (display \"on\") (newline) (flush-output-port (current-output-port)) (let loop () (loop)))"],
    );
    s.sees("on");
    s.types(CONTROL_C);
    assert_eq!(s.ends(), -1);
}
