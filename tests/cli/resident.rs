//! What the process really takes under a heap limit: the limit, the stack and a little more, also where memory was freed.

use std::process::{Command, Stdio};

const MIB: usize = 1 << 10;

/// Defines a procedure for the most memory, in KiB, that the process had.
const PEAK: &str = "(define (peak)
  (call-with-input-file \"/proc/self/status\"
    (lambda (p)
      (let loop ((line (get-line p)))
        (if (string=? (substring line 0 6) \"VmHWM:\")
            (string->number (list->string (filter char-numeric? (string->list line))))
            (loop (get-line p)))))))";

/// Doubles what is made until the limit refuses it, again and again; then says by how much, in KiB, the most that the process had has
/// grown.
fn program(work: &str) -> String {
    format!(
        "(import (rnrs) (vicare))
         {PEAK}
         (define before (peak))
         (do ((i 0 (+ i 1))) ((= i 3))
           (let loop ((n 1000))
             (when (guard (e (#t #f)) {work} #t) (loop (+ n (div n 2) i)))))
         (display (- (peak) before))"
    )
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn freed_memory_is_given_back() {
    for work in ["(vector->list (make-vector n 1))", "(string-append (make-string n #\\a) (make-string n #\\x3bb))"] {
        let run = Command::new(env!("CARGO_BIN_EXE_vicar"))
            .args(["--heap-limit", "32M", "--stack-limit", "8M", "--timeout", "60", "-e", &program(work)])
            .stdin(Stdio::null())
            .output()
            .expect("the program");
        let printed = String::from_utf8_lossy(&run.stdout);
        let peak: usize = printed.trim().parse().unwrap_or_else(|_| panic!("{work}: {printed}{run:?}"));
        assert!(peak < (32 + 8 + 8) * MIB, "{work}: {peak} KiB");
    }
}

/// Free memory between objects of two kilobytes is of no use for objects of eight, and C's allocator cannot give it back: it counts,
/// so the limit refuses the larger ones before they take so much more.
#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn memory_that_the_allocator_cannot_give_back_counts() {
    // About sizes alone, and many thousand safepoints.
    if std::env::var_os("VICAR_GC_STRESS").is_some_and(|v| v == "1") {
        return;
    }
    let program = "(define (fill n size)
          (let loop ((i 0) (all '())) (if (= i n) all (loop (+ i 1) (cons (make-bytevector size 1) all)))))
        (define (every-fourth all) (if (null? all) '() (cons (car all) (every-fourth (list-tail all 4)))))
        (define kept (every-fourth (fill 24000 2000)))
        (define large '())
        (define told
          (guard (e (#t (condition-message e)))
            (do ((i 0 (+ i 1))) ((= i 8000)) (set! large (cons (make-bytevector 8000 1) large)))))
        (display told)
        (newline)";
    // Given up, they make room for others of their size.
    let again = "(set! large '()) (collect) (set! large (fill 100 8000)) (display (length large))";
    let run = Command::new(env!("CARGO_BIN_EXE_vicar"))
        .args(["--heap-limit", "64M", "--timeout", "60", "-e"])
        .arg(format!("{program} {again} (newline) {PEAK} (display (peak))"))
        .stdin(Stdio::null())
        .output()
        .expect("the program");
    let printed = String::from_utf8_lossy(&run.stdout);
    let lines: Vec<&str> = printed.lines().collect();
    let ["the heap limit leaves no memory for this", "100", peak] = lines[..] else { panic!("{printed}{run:?}") };
    let peak: usize = peak.parse().unwrap_or_else(|_| panic!("{peak}"));
    assert!(peak < (64 + 8 + 16) * MIB, "{peak} KiB");
}
