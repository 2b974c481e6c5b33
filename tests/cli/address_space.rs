//! Programs under limits of the address space: what the system refuses, native stack too, is an error and no signal.

use std::process::{Command, Output, Stdio};

/// Fills what there is, and then does what needs native stack: the expander, the passes of the compiler, patterns and
/// templates, transformers in transformers.
const PROGRAMS: [&str; 3] = [
    "(import (rnrs) (rnrs eval))
     (define e (environment '(rnrs)))
     (define (nest n) (let loop ((i 0) (x 1)) (if (= i n) x (loop (+ i 1) (list '+ 1 x)))))
     (define form (nest 9000))
     (define keep '())
     (guard (c (#t #f)) (let loop () (set! keep (cons (make-bytevector 100000) keep)) (loop)))
     (display (eval form e))",
    "(import (rnrs) (rnrs eval))
     (define e (environment '(rnrs)))
     (define (nest n) (let loop ((i 0) (x 'x)) (if (= i n) x (loop (+ i 1) (list x)))))
     (define form (list 'let-syntax (list (list 'm (list 'syntax-rules '() (list (list '_ (nest 3000)) (list 'quote (nest 3000))))))
                        (list 'm (nest 3000))))
     (define keep '())
     (guard (c (#t #f)) (let loop () (set! keep (cons (make-bytevector 50000) keep)) (loop)))
     (display (pair? (eval form e)))",
    "(import (rnrs) (rnrs eval))
     (define e (environment '(rnrs)))
     (define form (let loop ((i 0)) (if (= i 60) 1
       (list 'let-syntax (list (list 'm (list 'lambda '(x) (list 'list (loop (+ i 1)))))) 2))))
     (define keep '())
     (guard (c (#t #f)) (let loop () (set! keep (cons (make-bytevector 20000) keep)) (loop)))
     (display (eval form e))",
];

#[test]
fn what_the_system_refuses_is_an_error() {
    if collects_always() {
        return;
    }
    let mut wrong = String::new();
    for (i, program) in PROGRAMS.iter().enumerate() {
        let mut refused = 0;
        for room in 0..16 {
            let kilobytes = 44_000 + i * 20 + room * 410;
            let limited = Command::new("sh")
                .args(["-c", &format!("ulimit -v {kilobytes}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_vicar")])
                .args(["--heap-limit", "4G", "-e", program])
                .stdin(Stdio::null())
                .output()
                .expect("a shell");
            let said = String::from_utf8_lossy(&limited.stderr);
            match limited.status.code() {
                Some(70) if said.contains("the heap limit") => refused += 1,
                // 71: not even the spare memory was enough.
                Some(0 | 71) => {}
                _ => wrong += &format!("program {i}, {kilobytes} KiB: {:?}, {said}\n", limited.status),
            }
        }
        assert!(refused > 8, "program {i} was refused memory {refused} times: it shows nothing");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// With a collection at every safepoint what fills the memory takes hours, and shows nothing more.
fn collects_always() -> bool {
    std::env::var_os("VICAR_GC_STRESS").is_some_and(|v| v == "1")
}

/// Runs a program with so many kilobytes of addresses, and limits of Vicar's own that it does not reach.
fn limited(kilobytes: usize, options: &[&str], program: &str) -> Output {
    Command::new("sh")
        .args(["-c", &format!("ulimit -v {kilobytes}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_vicar")])
        .args(["--heap-limit", "4G", "--stack-limit", "4G"])
        .args(options)
        .args(["-e", program])
        .stdin(Stdio::null())
        .output()
        .expect("a shell")
}

/// Calls that are nested too deeply, for one reason or the other: the program is told which, and goes on.
#[test]
fn a_program_goes_on_when_there_is_no_memory_for_its_stack() {
    if collects_always() {
        return;
    }
    const PROGRAM: &str = "(import (rnrs))
        (define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1)))))
        (define (tried n)
          (guard (c ((implementation-restriction-violation? c) (condition-message c))) (deep n)))
        (define (show x) (display x) (newline))
        (show (tried -1))
        (show (tried -1))
        (show (deep 1000))
        (show (dynamic-wind (lambda () #f) (lambda () (tried -1)) (lambda () (show (deep 100)))))
        (show (guard (c ((string? c) c))
                (with-exception-handler (lambda (c) (raise (string-append \"handled: \" (condition-message c))))
                  (lambda () (deep -1)))))";
    let system = "the system has no more memory: calls are nested too deeply";
    let limit = "the stack limit is exceeded: calls are nested too deeply";
    for (kilobytes, options, message) in [
        (60_000, &[][..], system),
        (100_000, &[], system),
        (161_000, &[], system),
        (400_000, &["--stack-limit", "1M"], limit),
    ] {
        let output = limited(kilobytes, options, PROGRAM);
        let expected = format!("{message}\n{message}\n1000\n100\n{message}\nhandled: {message}\n");
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(said, expected, "{kilobytes} KiB: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn a_message_says_what_has_no_room_for_the_stack() {
    if collects_always() {
        return;
    }
    const PROGRAM: &str = "(import (rnrs)) (define (deep n) (+ 1 (deep n))) (deep 1)";
    let system = limited(100_000, &[], PROGRAM);
    let said = String::from_utf8_lossy(&system.stderr);
    assert_eq!(system.status.code(), Some(70), "{said}");
    assert!(said.contains("the system has no more memory") && said.contains("ulimit -v"), "{said}");
    assert!(!said.contains("--stack-limit") && !said.contains("--heap-limit"), "{said}");
    let limit = limited(400_000, &["--stack-limit", "1M"], PROGRAM);
    let said = String::from_utf8_lossy(&limit.stderr);
    assert_eq!(limit.status.code(), Some(70), "{said}");
    assert!(said.contains("the stack limit is exceeded") && said.contains("--stack-limit"), "{said}");
}

/// What handling a condition needs when it happens for the first time, code of the prelude too, is there when nothing else is.
#[test]
fn a_program_that_takes_itself_all_memory_handles_the_condition() {
    if collects_always() {
        return;
    }
    let program = "(import (rnrs) (prefix (vicare posix) px.) (vicare platform constants))
        (px.setrlimit RLIMIT_AS (px.make-struct-rlimit 0 0))
        (display (guard (e (#t (condition? e))) (let loop ((l '())) (loop (cons (make-vector 100000 0) l)))))";
    let run = Command::new(env!("CARGO_BIN_EXE_vicar"))
        .args(["--heap-limit", "1G", "-e", program])
        .stdin(Stdio::null())
        .output()
        .expect("the program");
    assert_eq!((run.status.code(), &*run.stdout), (Some(0), &b"#t"[..]), "{run:?}");
}

/// A guard around what fills the memory is reached, each time anew: what it needs itself is put by, and garbage that was in
/// the way of a request is no reason to end the program.
#[test]
fn a_program_that_the_system_refuses_memory_handles_that_again_and_again() {
    if collects_always() {
        return;
    }
    let mut wrong = String::new();
    for (i, made) in ["(make-vector 300 0)", "(make-vector 1000 0)", "(make-vector 3000 0)"].iter().enumerate() {
        for (j, keeps) in
            ["(let loop ((l '())) (loop (cons MADE l)))", "(let loop () (set! kept (cons MADE kept)) (loop))"]
                .iter()
                .enumerate()
        {
            let program = format!(
                "(import (rnrs))
                 (define kept '())
                 (define (fill) (guard (c ((condition? c) (set! kept '()) 'caught)) {}))
                 (do ((i 0 (+ i 1))) ((= i 3)) (display (fill)))",
                keeps.replace("MADE", made)
            );
            for room in 0..4 {
                let kilobytes = 46_000 + i * 900 + j * 300 + room * 4_130;
                let run = limited(kilobytes, &[], &program);
                if (run.status.code(), &*run.stdout) != (Some(0), b"caughtcaughtcaught") {
                    wrong += &format!("{made} in {keeps}, {kilobytes} KiB: {run:?}\n");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// One that gives nothing up is ended, and not for want of the last byte.
#[test]
fn a_program_that_keeps_what_it_has_and_goes_on_is_ended() {
    if collects_always() {
        return;
    }
    for made in ["(cons 1 2)", "(make-vector 1000 0)", "(make-vector 3000 0)"] {
        let program = format!(
            "(import (rnrs))
             (define kept '())
             (define (fill) (guard (c (#t #f)) (let loop () (set! kept (cons {made} kept)) (loop))) (fill))
             (fill)"
        );
        for kilobytes in [50_000, 61_000, 72_000] {
            let run = limited(kilobytes, &["--timeout", "60"], &program);
            let said = String::from_utf8_lossy(&run.stderr);
            // What the system refuses in the end may be the heap's or the stack's.
            let told = said.contains("the heap limit") || said.contains("the system has no more memory");
            assert!(run.status.code() == Some(70) && told, "{made}, {kilobytes}: {run:?}");
        }
    }
}
