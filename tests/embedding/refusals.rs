//! The system may refuse memory at any request: each program here is run again and again, and the first request is refused,
//! then the second, and so on, once or from there on. The program ends with an error or without one, and the machine works
//! afterwards. The process may end only as the allocator with spare memory ends it, with a message and its status.
//!
//! Each program runs in a process of its own, because a refusal is news for every machine of the process.

use crate::counting::{refuse, refuse_nothing};
use crate::hostile::sandbox;
use std::process::{Command, Stdio};
use vicar::{Engine, Error, ErrorKind, Limits, Style, Vm};

/// Of a process that has used up its spare memory.
pub const STATUS: i32 = 71;
/// Tells a child what to do: `PROGRAM FIRST LAST`, LAST being 0 when only one request is refused at a time.
const CHILD: &str = "VICAR_TEST_REFUSALS";

/// Up to here every request is refused in its turn, then fewer and fewer.
const ALL: usize = if cfg!(debug_assertions) { 20 } else { 1000 };

type Program = fn(&mut Vm) -> Result<(), Error>;

const PROGRAMS: &[(&str, Program)] = &[
    ("reading", |vm| {
        vm.eval("(read (open-string-input-port \"(a #(b \\\"text λ\\\") #vu8(1 2 3) 12345678901234567890123 . #\\\\x41)\"))")
    }),
    ("expansion", |vm| {
        vm.eval(
            "(define-syntax swap! (syntax-rules () ((_ a b) (let ((t a)) (set! a b) (set! b t)))))
             (define-syntax many (lambda (x) (syntax-case x () ((_ (a b ...) ...) #'(list '(a ...) '(b ... ...))))))
             (define-record-type point (fields x (mutable y)))
             (let loop ((i 0) (j 1)) (swap! i j) (do ((k 0 (+ k 1))) ((= k 3) (many (1 2 3) (4) (5 6)))))",
        )
    }),
    ("evaluation", |vm| {
        vm.eval(
            "(define (f n) (if (= n 0) '() (cons (lambda (x) (* n x)) (f (- n 1)))))
             (for-each (lambda (p) (p 2)) (f 500))
             (eval '(let-values (((a . b) (apply values (vector->list (make-vector 300 1))))) (length b)) (environment '(rnrs)))
             (call/cc (lambda (k) (dynamic-wind (lambda () 1) (lambda () (k 2)) (lambda () 3))))",
        )
    }),
    ("printing", |vm| {
        vm.eval(
            "(define l (list 1 \"two\" #\\3 'four 5.5 (vector 6 7)))
             (set-cdr! (cdr l) l)
             (call-with-string-output-port (lambda (p) (write l p) (display (make-vector 2000 \"λ\") p)))",
        )
    }),
    ("large numbers", |vm| {
        vm.eval(
            "(define n (expt 7 3000))
             (string->number (number->string (* n (+ n 1))))
             (exact-integer-sqrt (quotient (* n n) (gcd n (expt 49 20))))
             (bitwise-and n (bitwise-arithmetic-shift n 100))",
        )
    }),
    ("strings", |vm| {
        vm.eval(
            "(define s (make-string 3000 #\\a))
             (string-set! s 10 #\\λ)
             (string-length (string-append s (string-upcase s) (list->string (string->list s))))
             (string->utf8 (string-normalize-nfd s))
             (string->symbol s)",
        )
    }),
    ("hashtables", |vm| {
        vm.eval(
            "(define t (make-equal-hashtable))
             (do ((i 0 (+ i 1))) ((= i 2000)) (hashtable-set! t (list i) i))
             (vector-length (hashtable-keys (hashtable-copy t)))",
        )
    }),
    ("ports", |vm| {
        vm.eval(
            "(define b (call-with-bytevector-output-port (lambda (p) (do ((i 0 (+ i 1))) ((= i 3000)) (put-u8 p 65)))))
             (get-string-all (transcoded-port (open-bytevector-input-port b) (make-transcoder (utf-8-codec))))
             (get-line (open-string-input-port (make-string 3000 #\\b)))",
        )
    }),
    ("sorting and lists", |vm| {
        vm.eval(
            "(define l (vector->list (make-vector 3000 1)))
             (list-sort < (append (reverse l) (map + l l)))
             (vector-sort (lambda (a b) (< a b)) (list->vector l))",
        )
    }),
    ("an error with a backtrace", |vm| {
        vm.eval("(define (f n) (if (= n 0) (error 'f \"it fails\" (make-vector 100 \"irritant\")) (+ 1 (f (- n 1))))) (f 30)")
    }),
    ("handlers", |vm| {
        vm.eval(
            "(do ((i 0 (+ i 1))) ((= i 20))
               (guard (e ((heap-limit? e) 1) (#t 2))
                 (with-exception-handler (lambda (e) (raise (list e e))) (lambda () (vector-ref (make-vector 1000) 1000)))))",
        )
    }),
    ("conversions", |vm| {
        let numbers = vm.make((0..1000).map(f64::from).collect::<Vec<f64>>())?;
        let texts: Vec<String> = vm.eval("(map number->string '(1 2 3 4 5 6 7 8))")?;
        let all = vm.make(texts)?;
        let list = vm.eval::<vicar::Handle>("list")?;
        vm.call::<vicar::Handle>(&list, (numbers, all)).map(drop)
    }),
    ("an engine", |_| {
        let engine = Engine::builder().procedure("(host)", "twice", |n: i64| n * 2).build()?;
        let mut vm = engine.vm_with(Limits::new().heap(64 << 20));
        vm.eval::<i64>("(import (rnrs) (host)) (twice 21)").map(drop)
    }),
];

/// In the child: runs a program with one request after the other refused.
fn run(instructions: &str) {
    let mut words = instructions.split(' ').map(|word| word.parse::<usize>().expect("numbers"));
    let mut next = || words.next().expect("three numbers");
    let (program, mut n, last) = (PROGRAMS[next()].1, next(), next());
    loop {
        let mut vm = sandbox();
        vm.eval::<()>("(import (rnrs) (rnrs mutable-pairs) (rnrs mutable-strings) (rnrs eval) (vicare))")
            .expect("they are there");
        vm.set_limits(&Limits::new().heap(64 << 20).fuel(50_000_000));
        eprintln!("{n}");
        refuse(n, if last == 0 { n + 1 } else { last });
        let result = program(&mut vm);
        let report = result.as_ref().err().map(|error| (error.kind(), error.report(Style::Plain)));
        let requests = refuse_nothing();
        if let Some((kind, report)) = &report {
            assert_ne!(*kind, ErrorKind::Internal, "{report}");
        }
        drop(result);
        // That memory is scarce may be told once more.
        let works = (0..3).any(|_| {
            vm.eval::<i64>("(import (rnrs)) (apply + (map (lambda (x) (* x x)) '(1 2 3)))").is_ok_and(|x| x == 14)
        });
        assert!(works, "the machine works after {report:?}");
        if requests < n {
            return;
        }
        n += 1 + n.saturating_sub(ALL) / 16;
    }
}

fn check(which: usize, last: usize) {
    let (name, _) = PROGRAMS[which];
    let mut first = 1;
    loop {
        let mut child = Command::new(std::env::current_exe().expect("it runs"));
        child.args(["refusals::any_request_for_memory_may_be_refused", "--exact", "--nocapture", "--test-threads=1"]);
        child.env(CHILD, format!("{which} {first} {last}"));
        let output = child.stdin(Stdio::null()).output().expect("it can be started");
        let text = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            return;
        }
        let n: usize = text.lines().rev().find_map(|line| line.parse().ok()).unwrap_or(0);
        let ended = output.status.code() == Some(STATUS) && n >= first;
        let end = text.lines().rev().take(30).collect::<Vec<_>>();
        let end = end.into_iter().rev().collect::<Vec<_>>().join("\n");
        assert!(ended, "{name}, request {n} refused, up to {last}: {}\n{end}", output.status);
        first = n + 1 + n.saturating_sub(ALL) / 16;
    }
}

#[test]
fn any_request_for_memory_may_be_refused() {
    if let Ok(instructions) = std::env::var(CHILD) {
        return run(&instructions);
    }
    for which in 0..PROGRAMS.len() {
        check(which, 0);
    }
}

#[test]
fn the_system_may_have_no_memory_any_more() {
    for which in 0..PROGRAMS.len() {
        check(which, usize::MAX);
    }
}
