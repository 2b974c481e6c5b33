//! The heap's limit holds for everything that a program makes the machine allocate: every hostile program runs under a limit,
//! and the allocator of this binary says what it has taken at most.

use crate::counting;
use crate::hostile::{Program, programs, sandbox};
use std::time::{Duration, Instant};
use vicar::{ErrorKind, Limits, Source};

const LIMIT: usize = 32 << 20;
/// The stack has a limit of its own, and counts here.
const STACK: usize = 1 << 20;
/// What may be taken beyond the limit: an overdraft for who gives something up, and garbage that is in the way.
const MARGIN: usize = 8 << 20;

/// Programs that are known to take a little more, and how much: what the compiler makes of hundreds of thousands of operands
/// of one call is not counted yet, and what a collection works with grows before it counts.
const MORE: &[(&str, usize)] = &[("eval of quasiquoted much", 2 << 20)];

/// Runs a program: answers what it took at most, beside what the machine holds at start.
fn peak(program: &Program) -> usize {
    let mut vm = sandbox();
    let limits = Limits::new().heap(LIMIT).stack(STACK).fuel(5_000_000);
    vm.set_limits(&limits.deadline(Instant::now() + Duration::from_secs(2)));
    let source = Source::new("hostile", program.text);
    let begin = counting::begin();
    let result = vm.start(&source).and_then(|run| run.finish().map(drop));
    if let Err(error) = &result {
        assert_ne!(error.kind(), ErrorKind::Internal, "{}: {error}", program.name);
    }
    usize::try_from(counting::peak() - begin).expect("the peak is not below the beginning")
}

/// Programs of one file.
fn check(file: &str) {
    // One of them alone, and what it takes.
    let only = std::env::var("VICAR_ONLY").ok();
    let (mut tried, mut over) = (0, Vec::new());
    for program in programs().filter(|p| p.file == file && only.as_ref().is_none_or(|part| p.name.contains(part))) {
        let peak = peak(&program);
        tried += 1;
        let more = MORE.iter().find(|(name, _)| *name == program.name).map_or(0, |known| known.1);
        if peak > LIMIT + MARGIN + more || only.is_some() {
            over.push(format!("{}: {} KiB", program.name, peak >> 10));
        }
    }
    assert!(tried > 0, "there are programs in {file}");
    assert!(over.is_empty(), "over the limit of {} KiB and {} more:\n{}", LIMIT >> 10, MARGIN >> 10, over.join("\n"));
}

#[test]
fn of_control() {
    check("control")
}

#[test]
fn of_macros() {
    check("macros")
}

#[test]
fn of_data() {
    check("memory")
}

#[test]
fn of_numbers() {
    check("numbers")
}

#[test]
fn of_text() {
    check("text")
}

#[test]
fn of_callbacks() {
    check("callbacks")
}

#[test]
fn of_expansion() {
    check("expansion")
}

#[test]
fn of_ports() {
    check("ports")
}

#[test]
fn of_values() {
    check("values")
}

#[test]
fn of_what_is_kept() {
    check("kept")
}

/// A machine that evaluates texts for ever keeps those to which its code refers.
#[test]
fn texts_that_nothing_refers_to_are_forgotten() {
    let mut vm = sandbox();
    vm.eval::<()>("(define (first x) (car x))").expect("a definition");
    let padding = ";".repeat(2000);
    let begin = counting::begin();
    for i in 0..20_000 {
        let sum: i64 = vm.eval(&format!("(+ {i} 1) {padding}")).expect("a sum");
        assert_eq!(sum, i + 1);
    }
    let taken = counting::peak() - begin;
    assert!(taken < 12 << 20, "{taken} bytes");
    let error = vm.eval::<()>("(first 5)").expect_err("5 is no pair");
    assert_eq!(error.location().as_deref(), Some("eval:1:19"), "{error}");
    // Macros do not need their text.
    vm.eval::<()>("(define-syntax second (syntax-rules () ((_ x) (car (cdr x)))))").expect("a definition");
    for i in 0..5_000 {
        vm.eval::<i64>(&format!("{i} {padding}")).expect("a number");
    }
    let error = vm.eval::<()>("(second '(1))").expect_err("() is no pair");
    assert!(error.message().contains("car: expected a pair"), "{error}");
}

/// Texts that code refers to are on the account, so that definitions fill the heap with what they keep.
#[test]
fn texts_of_definitions_are_on_the_account() {
    const LIMIT: usize = 16 << 20;
    let mut vm = sandbox();
    vm.set_limits(&Limits::new().heap(LIMIT));
    let padding = "x".repeat(200 << 10);
    let define = |i: usize| format!("(define (f{i} x) (car x)) ;{padding}");
    let begin = counting::begin();
    let error = (0..200).find_map(|i| vm.eval::<()>(&define(i)).err()).expect("40 MB do not fit");
    assert!(error.to_string().contains("memory"), "{error}");
    let taken = counting::peak() - begin;
    assert!(taken < (LIMIT + MARGIN) as isize, "{taken} bytes");
    // What is small is granted still.
    let error = vm.eval::<()>("(f1 5)").expect_err("5 is no pair");
    assert_eq!(error.location().as_deref(), Some("eval:1:16"), "{error}");
}

/// A name that is defined again keeps nothing of what it meant before, neither its text nor its place in tables.
#[test]
fn definitions_made_anew_take_no_more() {
    const TIMES: usize = 1_500;
    let define = |vm: &mut vicar::Vm, times: usize| {
        let padding = ";".repeat(4000);
        for i in 0..times {
            vm.eval::<()>(&format!("(define x {i}) (define (f y) (+ x y {i})) {padding}")).expect("definitions");
            vm.eval::<()>(&format!("(define-syntax m (syntax-rules () ((_) {i}))) {padding}")).expect("a macro");
            vm.eval::<()>(&format!("(eval '(begin (define a {i}) (define (b) a)) (interaction-environment))"))
                .expect("definitions");
            // These make variables whose names nothing else can mention.
            vm.eval::<()>(&format!("(define-record-type point (fields x (mutable y))) (hidden get {i})"))
                .expect("a record type and a variable");
        }
    };
    let mut vm = sandbox();
    vm.eval::<()>("(define-syntax hidden (syntax-rules () ((_ name v) (begin (define x v) (define (name) x)))))")
        .expect("a macro");
    vm.eval::<()>("(define-record-type point (fields x y)) (define p (make-point 7 8)) (define first point-x)")
        .expect("a record type");
    let begin = counting::begin();
    define(&mut vm, TIMES);
    let first = counting::peak() - begin;
    define(&mut vm, 2 * TIMES);
    let taken = counting::peak() - begin;
    assert!(taken < first + (1 << 20), "{first} bytes for {TIMES} definitions of each name, then {taken}");
    assert_eq!(vm.eval::<usize>("(f (m))").expect("a sum"), 3 * (2 * TIMES - 1));
    assert_eq!(vm.eval::<usize>("(get)").expect("a number"), 2 * TIMES - 1);
    // What is still in use of the first definition works, and what is defined now has all of its parts.
    assert_eq!(vm.eval::<usize>("(first p)").expect("a field"), 7);
    assert!(!vm.eval::<bool>("(point? p)").expect("a truth value"));
    let child = "(define-record-type child (parent point) (fields z)) (point-y (make-child 1 2 3))";
    assert_eq!(vm.eval::<usize>(child).expect("a field"), 2);
}
