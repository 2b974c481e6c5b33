//! Bodies, definitions, the top level, the prompt.

use super::*;

#[test]
fn internal_definitions() {
    check(&[
        (
            "(let ((x 5)) (define foo (lambda (y) (bar x y))) (define bar (lambda (a b) (+ (* a b) a))) (foo (+ x 3)))",
            "45",
        ),
        (
            "(let () (define even? (lambda (x) (or (= x 0) (odd? (- x 1))))) (define-syntax odd? (syntax-rules () ((odd? x) (not (even? x))))) (even? 10))",
            "#t",
        ),
        (
            "(let () (define-syntax bind-to-zero (syntax-rules () ((bind-to-zero id) (define id 0)))) (bind-to-zero x) x)",
            "0",
        ),
        ("(let () (begin (define a 1) (begin (define b 2))) (begin) (+ a b))", "3"),
        ("(let () (define (f . r) r) (define (g a . r) (list a r)) (list (f 1 2) (g 1 2)))", "((1 2) (1 (2)))"),
        ("(define x) x", "#!void"),
        ("(let () (define a (lambda () b)) (define b 2) (a))", "2"),
        ("(let () (define a b) (define b 2) a)", "raised \"letrec variable used too early\""),
        ("(let ((n 0)) (define (count!) (set! n (+ n 1)) n) (count!) (count!))", "2"),
        ("(define (f) (define x 1) (set! x 2) x) (f)", "2"),
        ("(when #t (let () (define z 1) z))", "1"),
    ]);
}

#[test]
fn programs_mix_definitions_and_expressions() {
    check(&[
        ("(define a 1) (set! a 2) (define b a) b", "2"),
        (
            "(define v (vector 0)) (vector-set! v 0 1) (define-syntax m (syntax-rules () ((_) (vector-ref v 0)))) (m)",
            "1",
        ),
        ("(define (f) (m)) (define-syntax m (syntax-rules () ((_) 'late))) (f)", "late"),
        ("(begin (define a 1)) (begin) (begin (define b 2) (+ a b))", "3"),
        (
            "(define-syntax def (syntax-rules () ((_ a b) (begin (define a 1) (set! a 5) (define b a))))) (def x y) y",
            "5",
        ),
    ]);
}

#[test]
fn core_language_of_forms() {
    for (text, expected) in [
        ("(lambda (x . y) x)", "(lambda (x.1 . y.2) x.1)"),
        ("(define (f x) x)", "(define g0 (lambda (x.1) x.1))"),
        ("(let ((a 1)) (if a a))", "(let ((a.1 1)) (if a.1 a.1 #!void))"),
        ("(or 1 2)", "(let ((t.1 1)) (if t.1 t.1 2))"),
        ("(let loop ((i 0)) (loop i))", "(letrec* ((loop.1 (lambda (i.2) (loop.1 i.2)))) (loop.1 0))"),
        ("(case 1 ((a 2) 3) (else 4))", "(let ((key.1 1)) (if (if (eq? key.1 'a) #t (eq? key.1 2)) 3 4))"),
        ("`(1 ,2)", "(list 1 2)"),
        ("(letrec ((f (lambda () f))) f)", "(letrec* ((f.1 (lambda () f.1))) f.1)"),
        (
            "(let-values (((a) 1) ((b c) 2)) a)",
            "(let ((a.1 1)) (call-with-values (lambda () 2) (lambda (b.2 c.3) a.1)))",
        ),
    ] {
        assert_eq!(expanded(text), expected, "{text}");
    }
}

#[test]
fn the_prompt() {
    assert_eq!(
        prompt(&[
            "(define x 1)",
            "x",
            "(define (f) x)",
            "(define x 2)",
            "(f)",
            "(define-syntax m (syntax-rules () ((_) (list x 'm))))",
            "(m)",
            "(define-syntax m (syntax-rules () ((_) 'again)))",
            "(m)",
            "(define list vector)",
            "(list 1)",
            "(define m 5)",
            "m",
            "(begin (define a 1) (define b 2) (+ a b))",
            "(library (foo) (export y) (import (rnrs)) (define y 7))",
            "(import (prefix (foo) foo:))",
            "foo:y",
            "(define (g) (h))",
            "(define (h) 'late)",
            "(define-syntax ten (lambda (s) #`(quote #,(datum->syntax #'here (* x 5)))))",
            "(ten)",
        ])
        .join(" "),
        "#!void 1 #!void #!void 2 #!void (2 m) #!void again #!void #(1) #!void 5 3 #!void #!void 7 #!void #!void #!void 10"
    );
}

#[test]
fn eval_environments() {
    let mut host = TestHost::new(&[]);
    let specs = host.source("specs", "((prefix (only (rnrs) car cons set! define) e:))", false);
    let specs = read(&mut host, &specs).expect("readable");
    let specs = object::list_elements(host.heap(), specs[0]).expect("a list");
    let environment = make_environment(&mut host, &specs, environment::Owner::Immutable);
    let environment = match environment {
        Ok(environment) => environment,
        Err(failure) => panic!("{}", failure_text(&mut host, failure)),
    };
    let mut eval = |text: &str| {
        let source = host.source("eval", text, false);
        let arena = Arena::new(host.heap().memory());
        let form = read(&mut host, &source).expect("readable")[0];
        let datum = object::strip(host.heap(), form).expect("there is room");
        match expand_eval(&mut host, &arena, environment, datum).and_then(|unit| host.run(&unit)) {
            Ok(v) => written(v),
            Err(Failure::Violation(v)) => {
                let kind = v.kind;
                format!("{} {kind:?}", v.into_diagnostic().message)
            }
            Err(failure) => failure_text(&mut host, failure),
        }
    };
    assert_eq!(eval("(e:car (e:cons 2 4))"), "2");
    assert_eq!(eval("(car 1)"), "unbound identifier `car` Unbound");
    assert_eq!(eval("(e:define x 1)"), "define: a definition cannot stand here: an expression is expected Syntax");
    assert_eq!(eval("(e:set! e:car 1)"), "set!: `e:car` is imported, so it cannot be assigned Assertion");
}

#[test]
fn a_variable_of_let_star_is_seen_behind_its_initialiser_only() {
    check(&[
        ("(let* ((x 1) (y x) (x (+ x y)) (z x)) (list x y z))", "(2 1 2)"),
        ("(let* ((x 1) (x (list x)) (x (list x))) x)", "((1))"),
        ("(let ((y 'outer)) (let* ((x y) (y 1)) (list x y)))", "(outer 1)"),
        ("(let ((y 'outer)) (let* ((f (lambda () y)) (y 1)) (f)))", "outer"),
        ("(let* ((x 1) (y (let-syntax ((m (syntax-rules () ((_) x)))) (let ((x 2)) (m)))) (x 3)) (list x y))", "(3 1)"),
        ("(let-syntax ((m (syntax-rules () ((_ v) (let* ((t 1) (v 2) (u (+ t v))) (list t v u)))))) (m t))", "(1 2 3)"),
        (
            "(let-syntax ((m (syntax-rules () ((_ v e) (let* ((t 1) (v 2) (t 3)) (list t v e)))))) (let* ((t 5)) (m x (list t x))))",
            "(3 2 (5 2))",
        ),
        ("(let* () (define x 1) x)", "1"),
        ("(let* ((x 1)) (define x 2) x)", "2"),
    ]);
}

#[test]
fn procedures_refer_to_what_later_forms_define() {
    let answers = prompt(&[
        "(define (ev? n) (if (= n 0) #t (od? (- n 1))))",
        "(define (od? n) (if (= n 0) #f (ev? (- n 1))))",
        "(ev? 7)",
        "(define (count!) (set! counter (+ counter 1)) counter)",
        "(define counter 5)",
        "(count!)",
        "(define-syntax m (syntax-rules () ((_ x) (helper x))))",
        "(define (use) (m 1))",
        "(define (helper x) (list 'helped x))",
        "(use)",
        "(define (a) (point-x (make-point 1)))",
        "(define-record-type point (fields x))",
        "(a)",
        "later",
        "(define later 1)",
        "later",
    ]);
    for (at, expected) in [(2, "#f"), (5, "6"), (9, "(helped 1)"), (12, "1"), (15, "1")] {
        assert_eq!(answers[at], expected, "form {at}");
    }
    // What is evaluated at once must be there.
    assert!(answers[13].contains("unbound identifier `later`"), "{}", answers[13]);
}

#[test]
fn what_a_text_may_define() {
    let mut host = TestHost::new(&[]);
    let text = "(f) (define (g) 1) (define ((h x) y) 1) (begin (define-syntax i 1)) (define-record-type p (fields q))
        (define-enumeration color (red) colors) (mine j 5) (display (k)) (eval '(define l 1)) (list m)";
    let source = host.source("text", text, false);
    let forms = read(&mut host, &source).expect("it can be read");
    let account = host.machine.heap.memory().clone();
    let ahead = Ahead::of(&forms, false, &account).expect("there is memory");
    let heap = &mut host.machine.heap;
    let mut may = |name: &str, place: usize| {
        let symbol = heap.symbol(name);
        crate::heap::View::from_value(symbol).is_some_and(|symbol| ahead.may_define(symbol, place))
    };
    for name in ["g", "h", "i", "p", "make-p", "p?", "p-q", "p-q-set!", "red", "colors", "color", "j", "l"] {
        assert!(may(name, 0), "{name}");
    }
    for name in ["f", "x", "mine", "p2", "make-q", "display", "nothing"] {
        assert!(!may(name, 0), "{name}");
    }
    assert!(!may("g", 1), "its definition is the form itself");
}

/// A text may be a circle, or mention the same parts in more places than anybody can visit.
#[test]
fn what_a_text_with_labels_may_define() {
    let twice = (1..64).map(|i| format!("#{i}=(#{0}# #{0}#) ", i - 1)).collect::<String>();
    let text = format!("'#90=(define a #90#) '#91=#((define b #91#) #91#) '(#0=(define c 1) {twice})");
    let mut host = TestHost::new(&[]);
    let source = host.source("text", &text, false);
    let forms = read(&mut host, &source).expect("it can be read");
    let account = host.machine.heap.memory().clone();
    let ahead = Ahead::of(&forms, true, &account).expect("there is memory");
    for (place, name) in ["a", "b", "c"].into_iter().enumerate().skip(1) {
        let symbol = host.machine.heap.symbol(name);
        let symbol = crate::heap::View::from_value(symbol).expect("a symbol");
        assert!(ahead.may_define(symbol, place - 1) && !ahead.may_define(symbol, place), "{name}");
    }
}
