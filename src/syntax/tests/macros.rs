//! `syntax-rules`, `identifier-syntax`, patterns and templates.

use super::*;

#[test]
fn core_forms() {
    check(&[
        ("42", "42"),
        ("'(1 . 2)", "(1 . 2)"),
        ("(let ((x 2) (y 3)) (* x y))", "6"),
        ("(let* ((x 2) (x (+ x 1))) x)", "3"),
        (
            "(letrec ((even? (lambda (n) (if (= n 0) #t (odd? (- n 1))))) (odd? (lambda (n) (if (= n 0) #f (even? (- n 1)))))) (even? 10))",
            "#t",
        ),
        (
            "(letrec* ((p (lambda (x) (+ 1 (q (- x 1))))) (q (lambda (y) (if (zero? y) 0 (+ 1 (p (- y 1)))))) (x (p 5)) (y x)) y)",
            "5",
        ),
        ("(let loop ((i 0) (l '())) (if (= i 3) l (loop (+ i 1) (cons i l))))", "(2 1 0)"),
        ("(do ((i 0 (+ i 1)) (l '() (cons i l))) ((= i 3) l))", "(2 1 0)"),
        ("(define (cadr* p) (car (cdr p))) (cond ((assv 'b '((a 1) (b 2))) => cadr*) (else 0))", "2"),
        ("(cond (#f 1) (2))", "2"),
        ("(cond (#f 1) (else 2 3))", "3"),
        ("(case (* 2 3) ((2 3 5 7) 'prime) ((1 4 6 8 9) 'composite))", "composite"),
        ("(case 'x ((a b) 1) (else => (lambda (v) v)))", "x"),
        ("(case \"a\" ((\"b\") 1) ((\"a\") 2) (else 3))", "2"),
        ("(case 1.0 ((1) 'exact) ((#(1) 1.0) 'inexact))", "inexact"),
        ("(case 9 ((0 1 2 3 4 5 6 7 8 9) 'digit) (else 'other))", "digit"),
        ("(and 1 2 'c '(f g))", "(f g)"),
        ("(and)", "#t"),
        ("(or #f #f 3)", "3"),
        ("(or)", "#f"),
        ("(when #t 1 2)", "2"),
        ("(unless #f 1 2)", "2"),
        ("(let-values (((a b) (values 1 2)) ((c d) (values 3 4))) (list a b c d))", "(1 2 3 4)"),
        ("(let-values (((a b . c) (values 1 2 3 4))) (list a b c))", "(1 2 (3 4))"),
        (
            "(let ((a 'a) (b 'b) (x 'x) (y 'y)) (let-values (((a b) (values x y)) ((x y) (values a b))) (list a b x y)))",
            "(x y a b)",
        ),
        (
            "(let ((a 'a) (b 'b) (x 'x) (y 'y)) (let*-values (((a b) (values x y)) ((x y) (values a b))) (list a b x y)))",
            "(x y x y)",
        ),
        ("(let-values ((all (values 1 2)) ((x) (values 3))) (list all x))", "((1 2) 3)"),
        ("(define x 1) (set! x (+ x 1)) x", "2"),
        ("(let ((x 1)) (set! x 5) x)", "5"),
        (
            "((case-lambda ((a) (list 'one a)) ((a b) (list 'two a b)) ((a . r) (list 'more a r))) 1 2 3)",
            "(more 1 (2 3))",
        ),
        ("(assert (= 1 1))", "#t"),
        ("(letrec ((a 1) (b (+ a 1))) b)", "raised \"letrec variable used too early\""),
        ("(letrec ((f (lambda () 1)) (x (f))) x)", "raised \"letrec variable used too early\""),
        ("(letrec ((f (lambda () x)) (x (list 1 2))) (f))", "(1 2)"),
    ]);
}

#[test]
fn quasiquotation() {
    check(&[
        ("`(list ,(+ 1 2) 4)", "(list 3 4)"),
        ("(let ((name 'a)) `(list ,name ',name))", "(list a 'a)"),
        ("`(a ,(+ 1 2) ,@(map (lambda (x) (* x x)) '(4 5 6)) b)", "(a 3 16 25 36 b)"),
        ("`(( foo ,(- 10 3)) ,@(cdr '(c)) . ,(car '(cons)))", "((foo 7) . cons)"),
        ("`#(10 5 ,(+ 1 1) ,@(map (lambda (x) x) '(16 9)) 8)", "#(10 5 2 16 9 8)"),
        ("(let ((name 'foo)) `((unquote name name name)))", "(foo foo foo)"),
        ("(let ((name '(foo))) `((unquote-splicing name name name)))", "(foo foo foo)"),
        ("(let ((q '((append x y) (sqrt 9)))) ``(foo ,,@q))", "`(foo (unquote (append x y) (sqrt 9)))"),
        ("`(a `(b ,(+ 1 2) ,(foo ,(+ 1 3) d) e) f)", "(a `(b ,(+ 1 2) ,(foo 4 d) e) f)"),
        ("(let ((name1 'x) (name2 'y)) `(a `(b ,,name1 ,',name2 d) e))", "(a `(b ,x ,'y d) e)"),
        ("`(1 . ,(+ 1 1))", "(1 . 2)"),
        ("`,(+ 1 1)", "2"),
        ("`(1 unquote (list 2))", "(1 2)"),
        ("`((1 2) ,(+ 1 2) ,4 ,'five 6)", "((1 2) 3 4 five 6)"),
        ("`#()", "#()"),
        ("`(,@'(1 2) . 3)", "(1 2 . 3)"),
        ("(let ((unquote list)) `(1 ,(+ 1 1)))", "(1 ,(+ 1 1))"),
    ]);
}

#[test]
fn patterns() {
    check(&[
        (
            "(define-syntax m (syntax-rules () ((_ (a b ...) ...) '((b ... a) ...)))) (m (1 2 3) (4) (5 6))",
            "((2 3 1) (4) (6 5))",
        ),
        ("(define-syntax m (syntax-rules () ((_ a ... z) '(z a ...)))) (m 1 2 3)", "(3 1 2)"),
        ("(define-syntax m (syntax-rules () ((_ a ... y z) '(z y a ...)))) (m 1 2)", "(2 1)"),
        ("(define-syntax m (syntax-rules () ((_ a b ... . c) '(a (b ...) c)))) (m 1 2 3 . 4)", "(1 (2 3) 4)"),
        ("(define-syntax m (syntax-rules () ((_ a b ... . c) '(a (b ...) c)))) (m 1 2 3)", "(1 (2 3) ())"),
        ("(define-syntax m (syntax-rules () ((_ a ... y . z) '((a ...) y z)))) (m 1 2 3 . 4)", "((1 2) 3 4)"),
        ("(define-syntax m (syntax-rules () ((_ #(a b ...)) '(a b ...)))) (m #(1 2 3))", "(1 2 3)"),
        ("(define-syntax m (syntax-rules () ((_ #(a ... z)) '#(z a ...)))) (m #(1 2 3))", "#(3 1 2)"),
        (
            "(define-syntax m (syntax-rules () ((_ (a (b c ...) ...) ...) '((a ...) (b ... ...) (((c ...) ...) ...) (c ... ... ...))))) (m (1 (2 3 4) (5)) (6) (7 (8 9)))",
            "((1 6 7) (2 5 8) (((3 4) ()) () ((9))) (3 4 9))",
        ),
        ("(define-syntax m (syntax-rules () ((_ x (y ...) ...) '((x y ...) ...)))) (m 0 (1 2) (3))", "((0 1 2) (0 3))"),
        ("(define-syntax m (syntax-rules () ((_ (x ...) (y ...)) '((x y) ...)))) (m (1 2) (3 4))", "((1 3) (2 4))"),
        (
            "(define-syntax m (syntax-rules () ((_ (a ...) ((b ...) ...)) '(((a b) ...) ...)))) (m (1 2) ((3 4) (5 6)))",
            "(((1 3) (2 4)) ((1 5) (2 6)))",
        ),
        (
            "(define-syntax m (syntax-rules () ((_ (a ...) ...) '((a ... (a ...)) ...)))) (m (1 2) (3))",
            "((1 2 (1 2)) (3 (3)))",
        ),
        ("(define-syntax m (syntax-rules () ((_ _ _ a) 'a))) (m 1 2 3)", "3"),
        (
            "(define-syntax m (syntax-rules () ((_ 1) 'one) ((_ \"s\") 'string) ((_ #\\a) 'char) ((_ #t) 'true) ((_ 1.5) 'flo) ((_ x) 'other))) (list (m 1) (m \"s\") (m #\\a) (m #t) (m 1.5) (m 2))",
            "(one string char true flo other)",
        ),
        (
            "(define-syntax m (syntax-rules () ((_ ()) 'nil) ((_ (a)) 'one) ((_ (a . b)) 'pair))) (list (m ()) (m (1)) (m (1 2)))",
            "(nil one pair)",
        ),
        (
            "(define-syntax m (syntax-rules (=>) ((_ a => b) '(a b)) ((_ a b c) 'no))) (list (m 1 => 2) (let ((=> 0)) (m 1 => 2)))",
            "((1 2) no)",
        ),
        (
            "(define-syntax be-like-begin (syntax-rules () ((_ name) (define-syntax name (syntax-rules () ((_ expr (... ...)) (begin expr (... ...)))))))) (be-like-begin sequence) (sequence 1 2 3 4)",
            "4",
        ),
        ("(define-syntax m (syntax-rules () ((_ a) '(a (... ...) (... (a ...)))))) (m 1)", "(1 ... (1 ...))"),
        ("(define-syntax m (syntax-rules () ((_ . x) 'x))) (m 1 . 2)", "(1 . 2)"),
        (
            "(define-syntax m (syntax-rules () ((_ (a . b) ...) '((b . a) ...)))) (m (1 . 2) (3 4))",
            "((2 . 1) ((4) . 3))",
        ),
        ("(define-syntax m (syntax-rules () ((_ (a b ...) ...) '#(#(a b ...) ...)))) (m (1 2) (3))", "#(#(1 2) #(3))"),
    ]);
}

#[test]
fn identifier_syntax() {
    check(&[
        ("(define p (cons 4 5)) (define-syntax p.car (identifier-syntax (car p))) p.car", "4"),
        ("(define p (list list 5)) (define-syntax p.car (identifier-syntax (car p))) (p.car 1 2)", "(1 2)"),
        (
            "(define p (cons 4 5)) (define-syntax p.car (identifier-syntax (_ (car p)) ((set! _ e) (set-car! p e)))) (set! p.car 15) (list p.car p)",
            "(15 (15 . 5))",
        ),
        (
            "(define v (vector 1 2)) (define-syntax m (identifier-syntax (_ v) ((set! _ (i e)) (vector-set! v i e)))) (set! m (1 9)) m",
            "#(1 9)",
        ),
        ("(define bar 7) (let-syntax ((foo (identifier-syntax bar))) (let ((bar 1)) (set! bar 2) foo))", "7"),
    ]);
}

#[test]
fn expressions_that_make_transformers() {
    check(&[
        ("(define-syntax m (lambda (x) ((syntax-rules () ((_ a) '(a a))) x))) (m 1)", "(1 1)"),
        (
            "(define-syntax m (if #t (syntax-rules () ((_ a) (let ((t 1)) (list t a)))) (syntax-rules ()))) (let ((t 2)) (m t))",
            "(1 2)",
        ),
        (
            "(define-syntax my-rules (syntax-rules () ((_ x y) (syntax-rules () ((_ . x) y))))) (define-syntax m (my-rules a 'a)) (m 1 2)",
            "(1 2)",
        ),
        (
            "(define x 1) (define-syntax m (let () (identifier-syntax (_ x) ((set! _ e) (set! x (+ e 100)))))) (set! m 5) m",
            "105",
        ),
    ]);
}

#[test]
fn recursive_macros() {
    check(&[
        (
            "(define-syntax my-or (syntax-rules () ((_) #f) ((_ e) e) ((_ e1 e2 ...) (let ((temp e1)) (if temp temp (my-or e2 ...)))))) (let ((temp 5)) (my-or #f temp))",
            "5",
        ),
        (
            "(define-syntax while (syntax-rules () ((_ c b ...) (let loop () (if c (begin b ... (loop)) #f))))) (define i 0) (while (< i 5) (set! i (+ i 1))) i",
            "5",
        ),
        (
            "(define-syntax my-let* (syntax-rules () ((_ () b ...) (let () b ...)) ((_ ((n v) . rest) b ...) (let ((n v)) (my-let* rest b ...))))) (my-let* ((a 1) (b (+ a 1)) (a (+ b 1))) (list a b))",
            "(3 2)",
        ),
        (
            "(letrec-syntax ((my-or (syntax-rules () ((_) #f) ((_ e) e) ((_ e1 e2 ...) (let ((temp e1)) (if temp temp (my-or e2 ...))))))) (let ((x #f) (y 7) (temp 8) (let odd?) (if even?)) (my-or x (let temp) (if y) y)))",
            "7",
        ),
    ]);
}

#[test]
fn the_case_of_vicare_extends_that_of_the_report() {
    let string = "(case (string #\\a) ((\"a\") 'found) (else 'not))";
    for (imports, expected) in [
        ("(rnrs)", "not"),
        ("(vicare)", "found"),
        ("(rnrs) (vicare)", "found"),
        ("(vicare) (only (rnrs) case)", "found"),
    ] {
        assert_eq!(run_with(&[], &format!("(import {imports}) {string}")), expected, "{imports}");
    }
    assert!(run_with(&[], "(import (rnrs)) (case 1 ((1) => list))").contains("`=>` has no meaning here"));
}

#[test]
fn loops_capture_nothing_unless_they_are_left() {
    assert_eq!(
        expanded("(do ((i 0 (+ i 1))) ((= i 3)) i)"),
        "(letrec* ((loop.1 (lambda (i.2) (if (= i.2 3) #!void (begin i.2 (loop.1 (+ i.2 1))))))) (loop.1 0))"
    );
}
