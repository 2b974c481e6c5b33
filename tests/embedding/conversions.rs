//! Values between Rust and Scheme, both ways.

use crate::machine;
use std::fmt::Debug;
use vicar::{Bytes, ErrorKind, FromScheme, Handle, IntoScheme, Limits, Ref, Scope, Vm};

/// Rust's value is Scheme's, and comes back the same.
#[track_caller]
fn same<T: IntoScheme + FromScheme + Clone + PartialEq + Debug>(vm: &mut Vm, rust: T, scheme: &str) {
    let evaluated: T = vm.eval(scheme).expect(scheme);
    assert_eq!(evaluated, rust, "{scheme} as a Rust value");
    let made = vm.make(rust.clone()).expect("it belongs to no machine");
    let is_equal: Handle = vm.eval("equal?").expect("it is there");
    let expected: Handle = vm.eval(scheme).expect(scheme);
    assert!(vm.call::<bool>(&is_equal, (made.clone(), expected)).expect("equal? answers"), "{rust:?} as {scheme}");
    assert_eq!(vm.get::<T>(&made).expect("it is one"), rust);
}

#[test]
fn every_type_goes_both_ways() {
    let vm = &mut machine(Limits::new());
    same(vm, true, "#t");
    same(vm, 'λ', "#\\λ");
    same(vm, 0i8, "0");
    same(vm, i8::MIN, "-128");
    same(vm, u8::MAX, "255");
    same(vm, i16::MIN, "-32768");
    same(vm, u32::MAX, "4294967295");
    same(vm, i64::MIN, "(- (expt 2 63))");
    same(vm, i64::MAX, "(- (expt 2 63) 1)");
    same(vm, u64::MAX, "(- (expt 2 64) 1)");
    same(vm, usize::MAX, "(- (expt 2 64) 1)");
    same(vm, 1i64 << 60, "(expt 2 60)");
    same(vm, 1.5f64, "1.5");
    same(vm, f64::MIN_POSITIVE / 4.0, "(/ 2.2250738585072014e-308 4.0)");
    same(vm, f64::INFINITY, "+inf.0");
    same(vm, String::from("ünï\u{1F600}\0"), "\"ünï\\x1F600;\\x0;\"");
    same(vm, String::new(), "\"\"");
    same(vm, Bytes(vec![0, 255, 7]), "#vu8(0 255 7)");
    same(vm, vec![1i64, 2, 3], "'(1 2 3)");
    same(vm, Vec::<i64>::new(), "'()");
    same(vm, vec![vec![String::from("a")], vec![]], "'((\"a\") ())");
    same(vm, Some(5i64), "5");
    same(vm, None::<i64>, "#f");
}

#[test]
fn what_does_not_fit_is_an_error_with_the_value_in_it() {
    let vm = &mut machine(Limits::new());
    type Refused = fn(&mut Vm, &str) -> vicar::Error;
    let cases: &[(&str, Refused)] = &[
        ("256", |vm, t| vm.eval::<u8>(t).unwrap_err()),
        ("-1", |vm, t| vm.eval::<u64>(t).unwrap_err()),
        ("(expt 2 64)", |vm, t| vm.eval::<u64>(t).unwrap_err()),
        ("(expt 10 1000)", |vm, t| vm.eval::<i64>(t).unwrap_err()),
        ("1.0", |vm, t| vm.eval::<i64>(t).unwrap_err()),
        ("1/2", |vm, t| vm.eval::<i64>(t).unwrap_err()),
        ("\"x\"", |vm, t| vm.eval::<f64>(t).unwrap_err()),
        ("1+2i", |vm, t| vm.eval::<f64>(t).unwrap_err()),
        ("'x", |vm, t| vm.eval::<String>(t).unwrap_err()),
        ("0", |vm, t| vm.eval::<bool>(t).unwrap_err()),
        ("'(1 . 2)", |vm, t| vm.eval::<Vec<i64>>(t).unwrap_err()),
        ("'(1 x)", |vm, t| vm.eval::<Vec<i64>>(t).unwrap_err()),
        ("'#(1 2)", |vm, t| vm.eval::<Bytes>(t).unwrap_err()),
        ("(let ((x (list 1 2 3))) (set-cdr! (cddr x) x) x)", |vm, t| vm.eval::<Vec<i64>>(t).unwrap_err()),
        ("(let ((x (list 1 2 3))) (set-cdr! (cddr x) (cdr x)) x)", |vm, t| vm.eval::<Vec<i64>>(t).unwrap_err()),
        ("(let ((x (list 1))) (set-cdr! x x) x)", |vm, t| vm.eval::<Vec<i64>>(t).unwrap_err()),
        ("(values 1 2)", |vm, t| vm.eval::<String>(t).unwrap_err()),
    ];
    for (text, eval) in cases {
        let error = eval(vm, text);
        assert_eq!(error.kind(), ErrorKind::Conversion, "{text}: {error}");
        assert!(error.message().starts_with("expected "), "{text}: {error}");
    }
    assert_eq!(
        vm.eval::<u8>("(+ 200 100)").unwrap_err().message(),
        "expected an exact integer in the range of u8, got 300"
    );
}

/// A host's own type.
#[derive(Clone, Debug, PartialEq)]
struct Point {
    x: i64,
    y: i64,
}

impl FromScheme for Point {
    const WHAT: &'static str = "a point (x . y)";
    fn from_scheme<'s>(value: Ref<'s>, scope: &mut Scope<'s>) -> Option<Point> {
        let (x, y) = value.as_pair()?;
        Some(Point { x: i64::from_scheme(x, scope)?, y: i64::from_scheme(y, scope)? })
    }
}

impl IntoScheme for Point {
    fn into_scheme<'s>(self, scope: &mut Scope<'s>) -> Ref<'s> {
        let (x, y) = (self.x.into_scheme(scope), self.y.into_scheme(scope));
        scope.cons(x, y)
    }
}

#[test]
fn a_hosts_own_types() {
    let vm = &mut machine(Limits::new());
    same(vm, Point { x: 1, y: -2 }, "'(1 . -2)");
    same(vm, vec![Point { x: 0, y: 0 }], "'((0 . 0))");
    let error = vm.eval::<Point>("'(1 2)").unwrap_err();
    assert_eq!(error.message(), "expected a point (x . y), got (1 2)");
}

#[test]
fn handles_keep_values_and_are_written() {
    let vm = &mut machine(Limits::new());
    let list: Handle = vm.eval("(list 1 \"two\" #\\3 'four)").expect("a list");
    // Garbage enough for many collections.
    vm.eval::<()>("(let loop ((i 0)) (if (< i 300000) (begin (list i i i) (loop (+ i 1)))))").expect("it ends");
    assert_eq!(vm.write(&list, 100), "(1 \"two\" #\\3 four)");
    assert!(vm.write(&list, 5).len() <= 5 + "…".len());
    let first: Handle = vm.eval("car").expect("it is there");
    assert_eq!(vm.call::<i64>(&first, (list,)).expect("a number"), 1);
}

#[test]
fn handles_of_another_machine_are_refused() {
    let (one, other) = (&mut machine(Limits::new()), &mut machine(Limits::new()));
    let foreign: Handle = one.eval("car").expect("it is there");
    let own: Handle = other.eval("list").expect("it is there");
    for error in [
        other.get::<i64>(&foreign).unwrap_err(),
        other.call::<i64>(&foreign, ()).unwrap_err(),
        other.call::<Handle>(&own, (foreign.clone(),)).unwrap_err(),
        other.call::<Handle>(&own, (vec![Some(foreign.clone())],)).unwrap_err(),
        other.make(foreign.clone()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Conversion);
        assert!(error.message().contains("another machine"), "{error}");
    }
    assert_eq!(other.write(&foreign, 100), "");
    // Also after its machine is gone.
    drop(std::mem::replace(one, machine(Limits::new())));
    assert_eq!(one.get::<i64>(&foreign).unwrap_err().kind(), ErrorKind::Conversion);
}
