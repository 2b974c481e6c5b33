//! What fails, where, and what is known about it.

use super::{Session, check, run};
use crate::eval::{FrameInfo, Origin, Outcome};

#[track_caller]
fn fails(text: &str, expected: &str) {
    check(text, &format!("raised {expected}"));
}

#[test]
fn wrong_arguments_in_every_operand_position() {
    let message = "expected a pair as argument 1, `pair`";
    for text in [
        "(car 1)",
        "(define (f x) (car x)) (f 1)",
        "(define (f x) (+ 1 (car x))) (f 1)",
        "(define (f x) (+ (car x) 1)) (f 1)",
        "(define (f x) (let ((y (car x))) y)) (f 1)",
        "(define (f x) (if (car x) 1 2)) (f 1)",
        "(define (f x) (if (null? (car x)) 1 2)) (f 1)",
        "(define (f x) (if (eq? (car x) 1) 1 2)) (f 1)",
        "(define (f x) (if (eq? 1 (car x)) 1 2)) (f 1)",
        "(define (f x) (if (= 1 (car x)) x 2)) (f 1)",
        "(define (f x) (g (car x))) (define (g x) x) (f 1)",
        "(define (f x) (+ 1 (g (car x)))) (define (g x) x) (f 1)",
        "(define (f x) (g 1 (car x))) (define (g x y) x) (f 1)",
        "(define (f x) (g (car x) 1 2)) (define (g x y z) x) (f 1)",
        "(define (f x) (g 1 2 3 (car x))) (define (g x y z u) x) (f 1)",
        "(define (f x) (g 1 2 3 (car x) 5)) (define (g x y z u v) x) (f 1)",
        "(define (f x) (+ 1 (g 1 2 3 (car x) 5))) (define (g x y z u v) x) (f 1)",
        "(define (f x g) (g (car x))) (f 1 list)",
        "(define (f x g) (g 1 2 3 4 5 (car x))) (f 1 list)",
        "(define (f x g) ((car x) 1)) (f 1 list)",
        "(define (f x) (list 1 2 3 4 5 (car x))) (f 1)",
        "(define (f x) (list (car x) 2)) (f 1)",
        "(define (f x) (vector-set! (vector 1) 0 (car x))) (f 1)",
        "(define (f x) (let loop ((i 0)) (if (= i 1) (loop (car x)) (loop (+ i 1))))) (f 1)",
        "(define (f x) (let ((y 1)) (set! y (car x)) y)) (f 1)",
        "(define (f x) (let ((y (car x))) (set! y 1) y)) (f 1)",
        "(define (f x) (+ 1 (if x (car x) 2))) (f 1)",
        "(define (f x) (+ 1 (if (car x) 1 2))) (f 1)",
        "(define y 1) (define (f x) (set! y (car x))) (f 1)",
        "(define (f x) (apply + (car x))) (f 1)",
        "(define (f x) (apply (car x) '(1))) (f 1)",
        "(define (f x) (call-with-values (lambda () (car x)) list)) (f 1)",
        "(define (f x) (values 1 (car x))) (f 1)",
        "(define (f x) (lambda () (car x))) ((f 1))",
    ] {
        fails(text, &format!("car: {message}"));
    }
}

#[test]
fn generic_operations_fail_with_their_own_name() {
    fails("(define (f x) (+ x 1)) (f 'a)", "+: expected a number as argument 1, `number`");
    fails("(define (f x) (- x 1)) (f 'a)", "-: expected a number as argument 1, `z`");
    fails("(define (f x) (if (< x 1) 1 2)) (f 'a)", "<: expected a real number as argument 1, `number`");
    fails("(define (f x) (vector-ref x 5)) (f (vector 1 2))", "vector-ref: index 5 out of range, the length is 2");
}

#[test]
fn arity() {
    fails("(define (f x) x) (f)", "f: wrong number of arguments: expected 1, but got 0");
    fails("(define (f x) x) (+ 1 (f 1 2))", "f: wrong number of arguments: expected 1, but got 2");
    fails("(define (f x y . z) x) (f 1)", "f: wrong number of arguments: expected at least 2, but got 1");
    fails(
        "(define f (case-lambda ((x) 1) ((x y z) 3))) (f 1 2)",
        "wrong number of arguments: an anonymous procedure takes 1 or 3, but got 2",
    );
    fails("((lambda (x) x))", "wrong number of arguments: an anonymous procedure takes 1, but got 0");
    fails("(car)", "car: wrong number of arguments: expected 1, but got 0");
    fails("(define (f g) (g 1 2)) (f car)", "car: wrong number of arguments: expected 1, but got 2");
    fails("(let ((f (lambda (x) x))) (f 1 2))", "wrong number of arguments: an anonymous procedure takes 1, but got 2");
    fails("(let loop ((i 0)) (loop))", "loop: wrong number of arguments: expected 1, but got 0");
}

#[test]
fn not_procedures() {
    let message = "attempt to call an object that is not a procedure";
    fails("(5)", message);
    fails("(define (f x) (x 1)) (f 5)", message);
    fails("(define (f x) (+ 1 (x 1 2 3 4 5 6))) (f 5)", message);
    fails("(define (f x) (apply x '(1))) (f 5)", message);
    fails("(call-with-values (lambda () 1) 5)", message);
    fails("(define x 5) (x)", message);
    fails("(define x 5) (define (f) (x 1)) (f)", message);
}

#[test]
fn variables_before_their_definition() {
    let message =
        |name: &str| format!("{name}: the variable is used before it is defined; its definition must come first");
    fails("x", &message("x"));
    fails("(define (f) (x)) (f)", &message("x"));
    fails("(define (f) x) (f)", &message("x"));
    fails("(define (f) (set! x 1)) (f)", &message("x"));
    fails("(define (f) (g)) (f) (define (g) 1)", &message("g"));
    fails("(define (f) (list g)) (f) (define (g) 1)", &message("g"));
    fails("(letrec ((a (+ b 1)) (b 2)) a)", &message("b"));
    fails("(letrec* ((a (f)) (f (lambda () 1))) a)", &message("f"));
    fails("(letrec* ((a (lambda () b)) (c (a)) (b 1)) c)", &message("b"));
    fails("(letrec ((a (begin (set! b 3) 1)) (b 2)) a)", &message("b"));
}

#[test]
fn failures_are_raised_where_they_happen() {
    check(
        "(with-exception-handler (lambda (c) 'ignored) (lambda () (+ 1 (raise-continuable 1))))",
        "raised handler-returned",
    );
    check(
        "(list (catch (lambda () (vector-ref (vector 1) 1))) (catch (lambda () (undefined-thing))))",
        "((caught \"index 1 out of range, the length is 1\") (caught \"the variable is used before it is defined; its definition must come first\"))",
    );
    check(
        "(define (f n) (if (= n 0) (car n) (+ 1 (f (- n 1))))) (catch (lambda () (f 100)))",
        "(caught \"expected a pair as argument 1, `pair`\")",
    );
    check(
        "(define (try n) (catch (lambda () (if (= n 0) (car 0) (begin (try (- n 1)) (car 0)))))) (try 10)",
        "(caught \"expected a pair as argument 1, `pair`\")",
    );
    check("(let loop ((i 0)) (if (< i 20) (begin (catch (lambda () (car i))) (loop (+ i 1))) i))", "20");
}

#[test]
fn backtraces() {
    let mut session = Session::new();
    let text = "(define (inner x) (+ 1 (car x))) (define (middle x) (* 2 (inner x))) (define (outer x) (list (middle x))) (outer 5)";
    let Outcome::Raised { backtrace, .. } = session.outcome(text) else { panic!("it raises") };
    let shown: Vec<(Option<&str>, &str)> = backtrace
        .iter()
        .map(|f| (f.procedure.as_deref(), text.get(f.span.start as usize..f.span.end as usize).unwrap_or("")))
        .collect();
    let expected = [(Some("inner"), "(car x)"), (Some("middle"), "(inner x)"), (Some("outer"), "(middle x)")];
    assert_eq!(shown, expected);
    let mut session = Session::new();
    session.run("(define (f n) (if (= n 0) (car 0) (+ 1 (f (- n 1)))))");
    // What it does not show, it counts: of very many about, and without a look at each.
    // With a collection at every safepoint a deep stack takes hours, and shows nothing more.
    if std::env::var_os("VICAR_GC_STRESS").is_some() {
        return;
    }
    for (depth, exact) in [(10_000, 1.0), (1_000_000, 0.95)] {
        let Outcome::Raised { backtrace, .. } = session.outcome(&format!("(f {depth})")) else { panic!("it raises") };
        assert!(backtrace.len() > 100 && backtrace.len() < 200);
        let (left_out, shown): (Vec<_>, Vec<_>) =
            backtrace.iter().partition(|f| matches!(f.origin, Origin::LeftOut(_)));
        assert!(shown[5..100].iter().all(|f| f.procedure.as_deref() == Some("f")));
        let [FrameInfo { origin: Origin::LeftOut(count), .. }] = left_out[..] else { panic!("{left_out:?}") };
        let frames = (count + shown.len()) as f64;
        assert!(frames > f64::from(depth) * exact && frames < f64::from(depth) / exact + 10.0, "{frames} of {depth}");
    }
    // The oldest are those below the recursion, however the stack was cut.
    session.run("(define (g n) (+ 1 (call/cc (lambda (k) (f n)))))");
    let Outcome::Raised { backtrace, .. } = session.outcome("(+ 1 (g 1000000))") else { panic!("it raises") };
    assert!(backtrace.iter().rev().take(3).any(|f| f.procedure.as_deref() == Some("g")), "{:?}", backtrace.last());
}

#[test]
fn the_machine_is_usable_after_a_failure() {
    let mut session = Session::new();
    for _ in 0..3 {
        assert_eq!(session.run("(car 1)"), "raised car: expected a pair as argument 1, `pair`");
        assert_eq!(session.run("(+ 1 1)"), "2");
        assert_eq!(session.run("(raise 'x)"), "raised x");
    }
    assert_eq!(run("(define (f) (raise 'y)) (+ 1 (f))"), "raised y");
}
