//! Programs under limits of the address space: what the system refuses, native stack too, is an error and no signal.

use std::process::{Command, Stdio};

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
    // With a collection at every safepoint this takes too long, and shows nothing more.
    if std::env::var_os("VICAR_GC_STRESS").is_some_and(|v| v == "1") {
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
