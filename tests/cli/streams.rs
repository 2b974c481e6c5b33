//! The program among others: pipes that close, output that is buffered, processes that it starts, what it finds in the
//! environment.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn vicar() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vicar"));
    command.env_remove("VICAR_LIBRARY_PATH").env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// Standard output of `vicar -e TEXT`, and its status.
fn eval(text: &str) -> (String, i32) {
    let Output { stdout, stderr, status } = vicar().args(["-e", text]).output().expect("was built with the tests");
    assert_eq!(String::from_utf8_lossy(&stderr), "");
    (String::from_utf8(stdout).expect("is UTF-8"), status.code().unwrap_or(-1))
}

/// A folder of its own with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    for (file, text) in files {
        let file = path.join(file);
        std::fs::create_dir_all(file.parent().expect("is in a folder")).expect("the target folder can be written");
        std::fs::write(file, text).expect("can be written");
    }
    path
}

#[test]
fn ends_by_the_signal_when_nobody_reads_its_output() {
    let mut child = vicar()
        .args(["-e", "(let loop () (display \"x\\n\") (loop))"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("was built with the tests");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("is piped")).read_line(&mut line).expect("it writes");
    assert_eq!(line, "x\n");
    // The reader is gone now.
    let status = child.wait().expect("is our child");
    assert_eq!(status.signal(), Some(libc::SIGPIPE), "{status}");
    let mut message = String::new();
    child.stderr.take().expect("is piped").read_to_string(&mut message).expect("is UTF-8");
    assert_eq!(message, "");
}

/// At a program's own descriptors a broken pipe is a condition like any other failure.
#[test]
fn a_broken_pipe_of_its_own_is_a_condition() {
    let text = "(let-values (((in out) (px.pipe)))
                  (px.close in)
                  (guard (e ((= (condition-errno e) EPIPE) (display \"caught\"))) (px.write out \"x\")))";
    assert_eq!(eval(text), ("caught".into(), 0));
}

#[test]
fn output_is_flushed_however_the_program_ends() {
    assert_eq!(eval("(display \"a\")"), ("a".into(), 0));
    assert_eq!(eval("(display \"a\") (exit 3) (display \"b\")"), ("a".into(), 3));
    assert_eq!(eval("(for-each (lambda (x) (display x) (when (= x 2) (exit #f))) '(1 2 3))"), ("12".into(), 1));
    assert_eq!(
        eval("(dynamic-wind (lambda () 1) (lambda () (display \"a\") (exit 5)) (lambda () (display \"b\")))").1,
        5
    );
    let output = vicar().args(["-e", "(display \"before\") (car 1)"]).output().expect("was built with the tests");
    assert_eq!((output.stdout.as_slice(), output.status.code()), (&b"before"[..], Some(70)));
}

/// Each text is printed once: neither lost nor doubled by the copy of the buffer that a child gets.
#[test]
fn a_childs_output_is_flushed_and_no_other() {
    for ends in ["(exit 0)", "0"] {
        let text = format!(
            "(display \"one \")
             (px.fork (lambda (pid) (px.waitpid pid 0) (display \"three\"))
                      (lambda () (display \"two \") {ends}))"
        );
        assert_eq!(eval(&text), ("one two three".into(), 0), "child ends by {ends}");
    }
    let text = "(display \"one \")
                (let ((pid (px.fork)))
                  (if (zero? pid) (begin (display \"two \") (exit 7))
                      (display (px.WEXITSTATUS (px.waitpid pid 0)))))";
    assert_eq!(eval(text), ("one two 7".into(), 0));
}

/// What is no status never looks like success.
#[test]
fn exit_statuses() {
    for (object, status) in [
        ("", 0),
        ("#t", 0),
        ("(if #f #f)", 0),
        ("0", 0),
        ("1", 1),
        ("255", 255),
        ("256", 255),
        ("512", 255),
        ("-1", 255),
        ("-256", 255),
        ("(expt 2 64)", 255),
        ("(- (expt 2 64))", 255),
        ("#f", 1),
        ("(quote a)", 1),
        ("(quote ())", 1),
        ("\"0\"", 1),
        ("0.0", 1),
        ("3.5", 1),
        ("1/2", 1),
        ("car", 1),
        ("(eof-object)", 1),
    ] {
        assert_eq!(eval(&format!("(display 1) (exit {object})")), ("1".into(), status), "(exit {object})");
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    for (option, starts) in
        [("--help", "Vicar, an R6RS Scheme"), ("-h", "Vicar,"), ("--version", "vicar 0."), ("-V", "vicar")]
    {
        let output = vicar().arg(option).output().expect("was built with the tests");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.starts_with(starts) && text.ends_with('\n'), "{option}: {text}");
        assert_eq!(output.stderr, b"");
    }
}

#[test]
fn libraries_are_found_by_option_and_by_environment() {
    let library = |value: &str| format!("(library (my lib) (export x) (import (rnrs)) (define x '{value}))");
    let files = [("a/my/lib.sls", library("a")), ("b/my/lib.sls", library("b"))];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = folder("library-path", &files);
    let run = |options: &[&str], environment: Option<&str>| {
        let mut command = vicar();
        command.args(options).args(["-e", "(import (my lib)) (display x)"]).current_dir(&folder);
        if let Some(path) = environment {
            command.env("VICAR_LIBRARY_PATH", path);
        }
        String::from_utf8(command.output().expect("was built with the tests").stdout).expect("is UTF-8")
    };
    assert_eq!(run(&["-L", "a"], None), "a");
    assert_eq!(run(&["--library-path=b", "-L", "a"], None), "b");
    assert_eq!(run(&[], Some("nowhere:b:a")), "b");
    assert_eq!(run(&["-L", "a"], Some("b")), "a");
    assert_eq!(run(&[], None), "");
    let _ = std::fs::remove_dir_all(folder);
}

#[test]
fn text_comes_by_a_pipe() {
    for arguments in [&[][..], &["-"]] {
        let mut child = vicar()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("was built with the tests");
        child
            .stdin
            .take()
            .expect("is piped")
            .write_all(b"(define x 20)\n(display (+ x 1))\n(exit 4)")
            .expect("it reads");
        let output = child.wait_with_output().expect("is our child");
        assert_eq!((output.stdout.as_slice(), output.status.code()), (&b"21"[..], Some(4)));
    }
}

/// Nothing is printed that was not displayed, and `-e` ends the options.
#[test]
fn what_follows_the_program_is_the_programs() {
    let output = vicar().args(["-e", "(write (cdr (command-line)))", "--help", "-e", "x"]).output().expect("was built");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "(\"--help\" \"-e\" \"x\")");
}

#[test]
fn endless_data_meet_the_limits() {
    // What stands between data takes no memory.
    for (limit, complaint, all) in [
        ("--fuel=1000000", "the fuel limit is used up", &["(", "a", " ", ";"][..]),
        ("--heap-limit=16M", "the heap limit leaves no memory", &["(", "a"]),
    ] {
        for endless in all {
            let mut child = vicar()
                .args([limit, "-e", "(read)"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("was built with the tests");
            let mut stdin = child.stdin.take().expect("is piped");
            // Until nobody reads any more.
            while stdin.write_all(endless.repeat(4096).as_bytes()).is_ok() {}
            let output = child.wait_with_output().expect("is our child");
            let text = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(70), "{limit} {endless}: {text}");
            assert!(text.contains(complaint), "{limit} {endless}: {text}");
        }
    }
}

/// Where fuel ends depends on what each step is worth, so this is no case of a table: it ends, in the program's own loop.
#[test]
fn fuel_ends_a_loop_that_handles_everything() {
    let program = "(import (rnrs base) (rnrs exceptions)) (let loop () (guard (e (#t 1)) (raise 1)) (loop))";
    let output = vicar().args(["--fuel", "1000000", "-e", program]).output().expect("was built with the tests");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(70), "{said}");
    let first = said.lines().next().unwrap_or("");
    assert!(first.starts_with("-e:1:") && first.ends_with("error: the fuel limit is used up"), "{said}");
}
