//! Tests of the evaluator, through a small front end that makes core forms from data.

mod calls;
mod continuations;
mod errors;
mod families;
mod front;
mod language;
mod limits;

use front::Session;

/// Evaluates a program in one unit; the printed value of its last form, or what ended it.
fn run(text: &str) -> String {
    Session::new().run(text)
}

/// How large a test of size alone is made: a hundredth where every safepoint collects, for that takes time in proportion
/// to the square.
fn size(n: usize) -> usize {
    if std::env::var_os("VICAR_GC_STRESS").is_some() { n / 100 } else { n }
}

/// A program gives the same in all modes: as one unit and form by form, at once and in the smallest slices, and with a
/// collection at every safepoint. The work done is the same, too.
#[track_caller]
fn check(text: &str, expected: &str) {
    check_unit(text, expected);
    assert_eq!(Session::new().run_forms(text), expected, "form by form: {text}");
}

/// The same for programs whose continuations must not be cut at the ends of forms.
#[track_caller]
fn check_unit(text: &str, expected: &str) {
    let mut plain = Session::new();
    assert_eq!(plain.run(text), expected, "{text}");
    let consumed = plain.machine.fuel_consumed();
    let mut sliced = Session::new();
    sliced.slice = 1;
    assert_eq!(sliced.run(text), expected, "in slices: {text}");
    assert_eq!(sliced.machine.fuel_consumed(), consumed, "fuel in slices: {text}");
    let mut stressed = Session::new();
    stressed.machine.heap.set_stress(true);
    assert_eq!(stressed.run(text), expected, "under stress: {text}");
    assert_eq!(stressed.machine.fuel_consumed(), consumed, "fuel under stress: {text}");
}
