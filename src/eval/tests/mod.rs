//! Tests of the evaluator, through a small front end that makes core forms from data.

mod front;
mod language;

use front::Session;

/// Evaluates a program in one unit; the printed value of its last form, or what ended it.
fn run(text: &str) -> String {
    Session::new().run(text)
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(run(text), expected, "{text}");
}
