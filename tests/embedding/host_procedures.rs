//! Rust functions that programs import and call.

use crate::{assert_usable, failure, machine_of};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use vicar::{Bytes, Engine, Error, ErrorKind, Handle, HostError, Limits, TailCall};

fn engine() -> Engine {
    Engine::builder()
        .procedure("(host)", "answer", || 42i64)
        .procedure("(host)", "join", |a: String, b: String| a + &b)
        .procedure("(host)", "sum", |ns: Vec<i64>| ns.iter().sum::<i64>())
        .procedure("(host)", "reverse-bytes", |b: Bytes| Bytes(b.0.into_iter().rev().collect()))
        .procedure("(host)", "maybe", |n: Option<i64>| n.map(|n| n + 1))
        .procedure("(host)", "half", |x: i64| if x % 2 == 0 { Ok(x / 2) } else { Err(format!("{x} is odd")) })
        .procedure("(host)", "parse", |s: String| s.parse::<i64>())
        .procedure("(host)", "fail", || Err::<(), _>(HostError { message: "it is so".into() }))
        .procedure("(host)", "panic", |n: i64| -> i64 { panic!("host bug {n}") })
        .procedure("(host)", "call-with", |procedure: Handle, x: Handle| TailCall { procedure, arguments: vec![x] })
        .procedure("(host)", "try-call", |procedure: Handle, go: bool| {
            if go { Ok(TailCall { procedure, arguments: vec![] }) } else { Err("not now") }
        })
        .procedure("(host)", "eight", |a: i64, b: i64, c: i64, d: i64, e: i64, f: i64, g: i64, h: i64| {
            vec![a, b, c, d, e, f, g, h]
        })
        .procedure("(host deep lib)", "other", || true)
        .build()
        .expect("the names are good")
}

#[test]
fn values_pass_by_their_types() -> Result<(), Error> {
    let vm = &mut machine_of(&engine(), Limits::new());
    vm.eval::<()>("(import (host))")?;
    assert_eq!(vm.eval::<i64>("(answer)")?, 42);
    assert_eq!(vm.eval::<String>("(join \"a\" \"λ\")")?, "aλ");
    assert_eq!(vm.eval::<i64>("(sum '(1 2 3))")?, 6);
    assert_eq!(vm.eval::<Bytes>("(reverse-bytes #vu8(1 2 3))")?, Bytes(vec![3, 2, 1]));
    assert_eq!(vm.eval::<Vec<Option<i64>>>("(map maybe '(1 #f))")?, [Some(2), None]);
    assert_eq!(vm.eval::<Vec<i64>>("(eight 1 2 3 4 5 6 7 8)")?, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(vm.eval::<Vec<i64>>("(apply map half '((2 4)))")?, [1, 2]);
    assert!(vm.eval::<bool>("(procedure? half)")?);
    Ok(())
}

#[test]
fn host_libraries_are_libraries() -> Result<(), Error> {
    let vm = &mut machine_of(&engine(), Limits::new());
    assert!(vm.eval::<bool>("(import (prefix (host deep lib) deep-)) (deep-other)")?);
    assert_eq!(vm.eval::<i64>("(import (rename (only (host) half) (half halve))) (halve 8)")?, 4);
    assert_eq!(failure(vm, "(answer)").kind(), ErrorKind::Syntax);
    assert_eq!(failure(vm, "(import (only (host) nothing))").kind(), ErrorKind::Syntax);
    assert_eq!(failure(vm, "(import (host shallow))").kind(), ErrorKind::Syntax);
    assert_eq!(vm.eval::<i64>("(eval '(half 6) (environment '(host)))")?, 3);
    // A library of a program may use it.
    let text = "(library (uses host) (export twice-half) (import (rnrs) (host))
                  (define (twice-half x) (half (half x))))
                (import (rnrs) (uses host)) (display (twice-half 8))";
    let output = crate::Captured::default();
    let mut fresh = engine().vm();
    fresh.set_output(output.clone());
    fresh.run_program(&vicar::Source::new("lib.sps", text))?;
    fresh.flush()?;
    assert_eq!(output.text(), "2");
    Ok(())
}

#[test]
fn wrong_calls_are_conditions() -> Result<(), Error> {
    let vm = &mut machine_of(&engine(), Limits::new());
    vm.eval::<()>("(import (host))")?;
    for (text, message) in [
        ("(half)", "half"),
        ("(half 1 2)", "half"),
        ("(half \"x\")", "half: expected an exact integer in the range of i64 as argument 1"),
        ("(half 2.0)", "half: expected"),
        ("(half (expt 2 64))", "half: expected"),
        ("(join \"a\" 'b)", "join: expected a string as argument 2"),
        ("(sum '(1 . 2))", "sum: expected a list"),
        ("(apply sum '())", "sum"),
    ] {
        let error = failure(vm, text);
        assert_eq!(error.kind(), ErrorKind::Raised, "{text}");
        assert!(error.is_condition("&assertion"), "{text}: {:?}", error.condition_types());
        assert!(error.to_string().contains(message), "{text}: {error}");
        assert!(!error.message().contains('`'), "parameters of a host procedure have no names: {error}");
    }
    Ok(())
}

#[test]
fn errors_of_the_host_are_conditions() -> Result<(), Error> {
    let vm = &mut machine_of(&engine(), Limits::new());
    vm.eval::<()>("(import (host))")?;
    let error = failure(vm, "(half 3)");
    assert_eq!((error.who(), error.message()), (Some("half"), "half: 3 is odd"));
    assert!(error.condition_types().iter().any(|t| t == "&error"));
    assert_eq!(failure(vm, "(parse \"x\")").message(), "parse: invalid digit found in string");
    assert_eq!(failure(vm, "(fail)").message(), "fail: it is so");
    let caught: String = vm.eval("(guard (e ((error? e) (condition-message e))) (half 5))")?;
    assert_eq!(caught, "5 is odd");
    Ok(())
}

#[test]
fn panics_of_the_host_are_contained() -> Result<(), Error> {
    let vm = &mut machine_of(&engine(), Limits::new());
    vm.eval::<()>("(import (host))")?;
    let error = failure(vm, "(+ 1 (panic 7))");
    assert_eq!(error.kind(), ErrorKind::Raised);
    assert_eq!(error.message(), "panic: the host procedure panicked: host bug 7");
    assert_eq!(vm.eval::<i64>("(guard (e (#t 1)) (panic 8))")?, 1);
    assert_usable(vm);
    Ok(())
}

/// A conversion of the host that panics, in both directions.
#[test]
fn panics_of_conversions_are_contained() -> Result<(), Error> {
    struct Bad;
    impl vicar::FromScheme for Bad {
        const WHAT: &'static str = "never";
        fn from_scheme<'s>(_: vicar::Ref<'s>, _: &mut vicar::Scope<'s>) -> Option<Bad> {
            panic!("from")
        }
    }
    impl vicar::IntoScheme for Bad {
        fn into_scheme<'s>(self, _: &mut vicar::Scope<'s>) -> vicar::Ref<'s> {
            panic!("into")
        }
    }
    let engine = Engine::builder()
        .procedure("(h)", "take", |_: Bad| 1i64)
        .procedure("(h)", "give", || Bad)
        .build()
        .expect("the names are good");
    let vm = &mut machine_of(&engine, Limits::new());
    vm.eval::<()>("(import (h))")?;
    assert!(failure(vm, "(take 1)").message().ends_with("panicked: from"));
    assert!(failure(vm, "(give)").message().ends_with("panicked: into"));
    assert_usable(vm);
    Ok(())
}

#[test]
fn a_host_procedure_answers_what_to_call_next() -> Result<(), Error> {
    let vm = &mut machine_of(&engine(), Limits::new().stack(1 << 20));
    vm.eval::<()>("(import (host))")?;
    assert_eq!(vm.eval::<i64>("(+ 1 (call-with (lambda (x) (* x 2)) 20))")?, 41);
    // It is a proper tail call, and continuations and handlers see through it.
    assert_eq!(vm.eval::<i64>("(let loop ((n 300000)) (if (= n 0) 7 (call-with loop (- n 1))))")?, 7);
    assert_eq!(vm.eval::<i64>("(call/cc (lambda (k) (+ 1 (call-with k 5))))")?, 5);
    assert_eq!(vm.eval::<i64>("(guard (e (#t e)) (call-with raise 9))")?, 9);
    assert_eq!(vm.eval::<i64>("(call-with-values (lambda () (call-with (lambda (x) (values x x)) 4)) +)")?, 8);
    assert_eq!(vm.eval::<i64>("(try-call (lambda () 3) #t)")?, 3);
    assert_eq!(failure(vm, "(try-call (lambda () 3) #f)").message(), "try-call: not now");
    assert!(failure(vm, "(call-with 5 5)").message().contains("not a procedure"));
    assert!(failure(vm, "(call-with (lambda () 1) 5)").kind() == ErrorKind::Raised);
    assert_usable(vm);
    Ok(())
}

#[test]
fn a_later_registration_replaces_an_earlier_one() -> Result<(), Error> {
    let engine = Engine::builder()
        .procedure("(h)", "f", || 1i64)
        .procedure("(h)", "f", || 2i64)
        .build()
        .expect("the names are good");
    assert_eq!(engine.vm().eval::<i64>("(import (h)) (f)")?, 2);
    Ok(())
}

/// The handles that host procedures get do not pile up.
#[test]
fn handles_are_reclaimed() -> Result<(), Error> {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let engine = Engine::builder()
        .procedure("(h)", "look", move |_: Handle| {
            count.fetch_add(1, Ordering::Relaxed);
        })
        .build()
        .expect("the names are good");
    let vm = &mut machine_of(&engine, Limits::new().heap(8 << 20));
    vm.eval::<()>("(import (h)) (do ((i 0 (+ i 1))) ((= i 20000)) (look (make-vector 1000 i)))")?;
    assert_eq!(calls.load(Ordering::Relaxed), 20000);
    Ok(())
}

/// A handle that a host keeps and gives to another machine.
#[test]
fn host_procedures_refuse_handles_of_other_machines() -> Result<(), Error> {
    let kept = Arc::new(std::sync::Mutex::new(None::<Handle>));
    let (put, get, call) = (kept.clone(), kept.clone(), kept);
    let engine = Engine::builder()
        .procedure("(h)", "put", move |x: Handle| *put.lock().unwrap_or_else(|e| e.into_inner()) = Some(x))
        .procedure("(h)", "get", move || get.lock().unwrap_or_else(|e| e.into_inner()).clone())
        .procedure("(h)", "call", move || {
            let kept = call.lock().unwrap_or_else(|e| e.into_inner()).clone();
            kept.map(|procedure| TailCall { procedure, arguments: vec![] }).ok_or("nothing is kept")
        })
        .build()
        .expect("the names are good");
    let (one, other) = (&mut machine_of(&engine, Limits::new()), &mut machine_of(&engine, Limits::new()));
    one.eval::<()>("(import (h)) (put (lambda () 1))")?;
    other.eval::<()>("(import (h))")?;
    assert_eq!(one.eval::<i64>("((get))")?, 1);
    assert_eq!(one.eval::<i64>("(call)")?, 1);
    assert!(failure(other, "(get)").message().contains("another machine"));
    assert!(failure(other, "(call)").message().contains("another machine"));
    Ok(())
}
