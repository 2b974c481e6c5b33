//! What malformed programs are told: `errors.txt` has programs, each behind `===`, with their messages behind `---`.
//! `VICAR_REGENERATE=1 cargo test --lib syntax` writes the messages anew.

use super::*;

#[test]
fn messages() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/syntax/tests/errors.txt");
    let golden = include_str!("errors.txt");
    let mut now = String::new();
    for case in golden.split("=== ").skip(1) {
        let (program, _) = case.split_once("\n---\n").expect("a program and its message");
        let message = run_once(&[], &format!("(import (vicare))\n{program}"), false);
        now.push_str(&format!("=== {program}\n---\n{}\n", message.trim_end()));
    }
    if std::env::var_os("VICAR_REGENERATE").is_some() {
        std::fs::write(path, now).expect("the file of messages can be written");
    } else {
        for (new, old) in now.split("=== ").zip(golden.split("=== ")) {
            assert_eq!(new, old);
        }
    }
}

#[test]
fn cycles_show_the_chain() {
    let libraries = [
        ("(a)", "(library (a) (export) (import (b)))"),
        ("(b)", "(library (b) (export) (import (rnrs)\n  (c)))"),
        ("(c)", "(library (c) (export) (import (only (a))))"),
    ];
    assert_eq!(
        run_with(&libraries, "(import (a))"),
        "c.sls:1:37: error: import: libraries import each other in a circle: (a) imports (b) imports (c) imports (a)
   |
 1 | (library (c) (export) (import (only (a))))
   |                                     ^^^
  --> a.sls:1:31
   |
 1 | (library (a) (export) (import (b)))
   |                               --- (b) is imported here
  --> b.sls:2:3
   |
 2 |   (c)))
   |   --- (c) is imported here
"
    );
}

#[test]
fn libraries_that_are_wrong() {
    for (text, expected) in [
        (
            "(library (other) (export) (import (rnrs)))",
            "l.sls:1:10: error: library: this file should hold the library (l), not (other)",
        ),
        (
            "(library (l) (export x) (import (rnrs)))",
            "l.sls:1:22: error: export: `x` is exported, but neither defined nor imported",
        ),
        (
            "(library (l) (export x (rename (y x))) (import (rnrs)) (define x 1) (define y 2))",
            "l.sls:1:35: error: export: two different things are exported as `x`",
        ),
        (
            "(library (l) (export x) (import (rnrs)) (define x 1) (set! x 2))",
            "l.sls:1:60: error: set!: `x` is exported, so nothing may assign it",
        ),
        ("(library (l) (import (rnrs)))", "l.sls:1:14: error: library: expected the library's `export` clause"),
        ("(library (l) (export))", "l.sls:1:1: error: library: the library lacks its `import` clause"),
        ("(library)", "l.sls:1:1: error: library: the library has no name"),
        ("(library l (export) (import))", "l.sls:1:10: error: library: a library name is a list of identifiers"),
        ("(library (l 1) (export) (import))", "l.sls:1:13: error: library: a library name is made of identifiers"),
        (
            "(library (l (a)) (export) (import))",
            "l.sls:1:13: error: library: a version is a list of exact non-negative integers",
        ),
        (
            "(library (l (1 . 2)) (export) (import))",
            "l.sls:1:13: error: library: a version is a list of exact non-negative integers",
        ),
        ("(define x 1)", "l.sls:1:1: error: library: a library file holds a library form"),
        ("", "l.sls:1:1: error: the file of the library (l) is empty"),
        (
            "(library (l) (export) (import (rnrs))) (define x 1)",
            "l.sls:1:40: error: a library file holds one library form; this comes after it",
        ),
        (
            "(library (l) (export (all-from (rnrs))) (import (rnrs)))",
            "l.sls:1:22: error: export: an export is an identifier, (rename (name external-name) …) or (import import-spec …)",
        ),
        (
            "(library (l) (export) (import (rnrs)) 1 (define x 1))",
            "l.sls:1:41: error: library: in a library, definitions come before all expressions",
        ),
        ("(library (l) (export) (import (rnrs)) (car", "l.sls:1:39: error: this list is never closed"),
    ] {
        let message = run_with(&[("(l)", text)], "(import (l)) 1");
        assert_eq!(message.lines().next(), Some(expected), "{text}");
    }
}

#[test]
fn hidden_variables() {
    let libraries = [
        ("(h)", "(library (h) (export m s) (import (rnrs)) (define x 1) (define y 1) (set! x 2) (define-syntax dummy (syntax-rules ())) )"),
        ("(l)", "(library (l) (export get put) (import (rnrs)) (define x 1) (define (inc) (set! x (+ x 1)))
           (define-syntax get (syntax-rules () ((_) x))) (define y 1) (define-syntax put (syntax-rules () ((_ v) (set! y v)))))"),
    ];
    let first = |text: &str| run_with(&libraries[1..], text).lines().next().unwrap_or("").to_string();
    assert_eq!(
        first("(import (rnrs) (l)) (get)"),
        "test.sps:1:21: error: `x` is assigned in (l), which does not export it: a macro cannot refer to it"
    );
    assert_eq!(
        first("(import (rnrs) (l)) (put 1)"),
        "test.sps:1:21: error: set!: `y` is imported, so it cannot be assigned"
    );
}

#[test]
fn programs_that_do_not_begin_with_import() {
    for text in ["(display 1)", "", "5"] {
        let message = run_with(&[], text);
        assert!(message.contains("help: put this line in front: (import (vicare))"), "{message}");
    }
}
