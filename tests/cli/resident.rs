//! What the process really takes under a heap limit: the limit, the stack and a little more, also where memory was freed.

use std::process::{Command, Stdio};

const MIB: usize = 1 << 10;

/// Doubles what is made until the limit refuses it, again and again; then says by how much, in KiB, the most that the process had has
/// grown.
fn program(work: &str) -> String {
    format!(
        "(import (rnrs) (vicare))
         (define (peak)
           (call-with-input-file \"/proc/self/status\"
             (lambda (p)
               (let loop ((line (get-line p)))
                 (if (string=? (substring line 0 6) \"VmHWM:\")
                     (string->number (list->string (filter char-numeric? (string->list line))))
                     (loop (get-line p)))))))
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
