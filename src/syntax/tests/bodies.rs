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
        "#!void 1 #!void #!void 2 #!void (2 m) #!void again #!void #(1) #!void 5 3 #!void #!void 7 prompt:1:14: error: unbound identifier `h`\n   \
         |\n 1 | (define (g) (h))\n   |              ^\n #!void #!void 10"
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
        let datum = object::strip(host.heap(), form);
        match expand_eval(&mut host, &arena, environment, datum).and_then(|unit| host.run(&unit)) {
            Ok(v) => written(v),
            Err(Failure::Violation(v)) => format!("{} {:?}", v.diagnostic().message, v.kind),
            Err(failure) => failure_text(&mut host, failure),
        }
    };
    assert_eq!(eval("(e:car (e:cons 2 4))"), "2");
    assert_eq!(eval("(car 1)"), "unbound identifier `car` Unbound");
    assert_eq!(eval("(e:define x 1)"), "define: a definition cannot stand here: an expression is expected Syntax");
    assert_eq!(eval("(e:set! e:car 1)"), "set!: `e:car` is imported, so it cannot be assigned Assertion");
}
