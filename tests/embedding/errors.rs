//! Errors as data.

use crate::{Captured, assert_usable, failure, machine};
use vicar::{Engine, Error, ErrorKind, Limits, Source, Style};

#[test]
fn a_raised_condition_tells_everything() -> Result<(), Error> {
    let vm = &mut machine(Limits::new());
    let error = failure(vm, "(define (f x)\n  (+ 1 (error 'f \"it is bad\" x \"two\")))\n(f 'one)");
    assert_eq!(error.kind(), ErrorKind::Raised);
    assert_eq!(error.who(), Some("f"));
    assert_eq!(error.message(), "f: it is bad");
    assert_eq!(error.irritants(), ["one", "\"two\""]);
    for name in ["&error", "&who", "&message", "&irritants"] {
        assert!(error.condition_types().iter().any(|t| t == name), "{name} in {:?}", error.condition_types());
    }
    assert_eq!(error.location().as_deref(), Some("eval:2:8"));
    assert!(error.backtrace().iter().any(|f| f.procedure.as_deref() == Some("f")), "{:?}", error.backtrace());
    assert!(error.report(Style::Plain).contains("eval:2:8: error: f: it is bad"), "{}", error.report(Style::Plain));
    // The object itself.
    let object = error.object().expect("one was raised").clone();
    let message: vicar::Handle = vm.eval("condition-message")?;
    assert_eq!(vm.call::<String>(&message, (object,))?, "it is bad");
    Ok(())
}

#[test]
fn anything_can_be_raised() {
    let vm = &mut machine(Limits::new());
    let error = failure(vm, "(raise (list 1 2))");
    assert_eq!(error.kind(), ErrorKind::Raised);
    assert!(error.message().contains("(1 2)"), "{error}");
    assert_eq!(vm.get::<Vec<i64>>(error.object().expect("the list")).expect("numbers"), [1, 2]);
    // Data without end are shown cut.
    let error = failure(vm, "(raise (let ((x (list 1))) (set-cdr! x x) x))");
    assert!(error.message().len() < 2000);
    let error = failure(vm, "(error 'x \"y\" (make-vector 100000 'z))");
    assert!(error.report(Style::Plain).len() < 4000);
}

#[test]
fn each_kind_is_told_apart_and_has_its_place() {
    let vm = &mut machine(Limits::new());
    for (text, kind, place) in [
        ("(car '()", ErrorKind::Read, "eval:1:1"),
        ("\n  (display \"", ErrorKind::Read, "eval:2:12"),
        ("#\\nonsense", ErrorKind::Read, "eval:1:1"),
        ("(let ((x 1))\n  (frobnicate x))", ErrorKind::Syntax, "eval:2:4"),
        ("(if)", ErrorKind::Syntax, "eval:1:1"),
        ("(import (no such library))", ErrorKind::Syntax, "eval:1:9"),
        ("(car 5)", ErrorKind::Raised, "eval:1:1"),
        ("(vector-ref (vector 1 2) 2)", ErrorKind::Raised, "eval:1:1"),
        ("(5 5)", ErrorKind::Raised, "eval:1:1"),
    ] {
        let error = failure(vm, text);
        assert_eq!(error.kind(), kind, "{text}: {error}");
        assert_eq!(error.location().as_deref(), Some(place), "{text}: {error}");
        assert!(!error.span().is_none());
        assert!(error.report(Style::Plain).contains('^'), "no caret: {}", error.report(Style::Plain));
        assert_usable(vm);
    }
}

#[test]
fn errors_in_macros_point_at_the_users_text() {
    let vm = &mut machine(Limits::new());
    let text = "(define-syntax pick\n  (syntax-rules ()\n    ((_ x) (unknown-thing x))))\n\n(list\n  (pick 1))";
    let error = failure(vm, text);
    assert_eq!(error.kind(), ErrorKind::Syntax);
    assert!(error.message().contains("unknown-thing"), "{error}");
    assert!(error.report(Style::Plain).contains("eval:6:3"), "{}", error.report(Style::Plain));

    let error = failure(vm, "(define-syntax two (syntax-rules () ((_ a b) a)))\n  (two 1)");
    assert_eq!((error.kind(), error.location().as_deref()), (ErrorKind::Syntax, Some("eval:2:3")), "{error}");

    let error = failure(vm, "(define-syntax boom (lambda (x) (car 7)))\n(boom)");
    assert!(error.to_string().contains("car"), "{error}");
    let error = failure(vm, "(define-syntax own (lambda (x) (syntax-violation 'own \"not so\" x)))\n (own 1 2)");
    assert_eq!(error.location().as_deref(), Some("eval:2:2"), "{error}");
    assert!(error.message().contains("not so"), "{error}");
    assert_usable(vm);
}

#[test]
fn exit_ends_the_run_and_not_the_machine() -> Result<(), Error> {
    let vm = &mut machine(Limits::new());
    for (text, status) in [
        ("(exit)", 0),
        ("(exit #t)", 0),
        ("(exit 7)", 7),
        ("(exit #f)", 1),
        ("(exit 256)", 255),
        ("(begin (display \"\") (map (lambda (x) (exit x)) '(3 4)))", 3),
        ("(dynamic-wind (lambda () 1) (lambda () (exit 5)) (lambda () 2))", 5),
        ("(guard (e (#t 1)) (exit 9))", 9),
        ("(with-exception-handler (lambda (e) (exit 4)) (lambda () (car 1)))", 4),
    ] {
        assert_eq!(failure(vm, text).kind(), ErrorKind::Exit(status), "{text}");
        assert_usable(vm);
    }
    Ok(())
}

#[test]
fn output_is_captured() -> Result<(), Error> {
    let (out, err) = (Captured::default(), Captured::default());
    let mut vm = Engine::new().vm();
    vm.set_output(out.clone());
    vm.set_error_output(err.clone());
    vm.set_input(&b"(some datum) rest"[..]);
    vm.eval::<()>(
        "(import (rnrs)) (display \"to out λ\") (newline) (display (cdr (read)))
         (display \"to err\" (current-error-port))",
    )?;
    vm.flush()?;
    assert_eq!((out.text().as_str(), err.text().as_str()), ("to out λ\n(datum)", "to err"));
    // A writer that fails is a condition of the program, or an error of `flush`.
    struct Broken;
    impl std::io::Write for Broken {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("broken"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::Error::other("broken"))
        }
    }
    vm.set_output(Broken);
    let result = vm.eval::<()>("(display \"x\") (flush-output-port (current-output-port))").and_then(|()| vm.flush());
    assert!(result.is_err_and(|e| matches!(e.kind(), ErrorKind::Io | ErrorKind::Raised)));
    Ok(())
}

#[test]
fn sources_that_are_no_programs() {
    let mut vm = Engine::new().vm();
    assert_eq!(Source::read("/nonexistent/file.sps").unwrap_err().kind(), ErrorKind::Io);
    assert_eq!(Source::from_bytes("bytes", vec![b'(', 0xff]).unwrap_err().kind(), ErrorKind::Read);
    let error = vm.run_program(&Source::new("p.sps", "(display 1)")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Syntax);
    assert!(error.report(Style::Plain).contains("(import"), "{}", error.report(Style::Plain));
    assert!(vm.run_program(&Source::new("empty.sps", "")).is_err());
    assert_usable(&mut vm);
}
