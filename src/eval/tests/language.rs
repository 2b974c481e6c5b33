//! The core language, form by form.

use super::{Session, check, run};

#[test]
fn constants_and_primitives() {
    check("42", "42");
    check("(+ 1 2)", "3");
    check("(car '(a b))", "a");
    check("(list 1 2 3 4 5 6)", "(1 2 3 4 5 6)");
    check("(if #f 1 2)", "2");
    check("(+ (* 3 4) (- 10 (car (cdr '(1 2)))))", "20");
}

#[test]
fn procedures() {
    check("((lambda (x y) (- x y)) 5 3)", "2");
    check("(define (f x) (* x x)) (f 7)", "49");
    check("(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (fib 20)", "6765");
    check("((lambda args args) 1 2 3)", "(1 2 3)");
    check("((lambda (a . rest) (list a rest)) 1 2 3)", "(1 (2 3))");
    check(
        "(define f (case-lambda ((a) (list 1 a)) ((a b) (list 2 a b)) ((a . r) (list 'n a r)))) (list (f 1) (f 1 2) (f 1 2 3))",
        "((1 1) (2 1 2) (n 1 (2 3)))",
    );
}
