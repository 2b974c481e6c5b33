//! `define-record-type`.

use super::*;

#[test]
fn examples_of_the_report() {
    let points = "(define-record-type (point make-point point?) (fields (immutable x point-x) (mutable y point-y set-point-y!)) (nongenerative point-4893d957))
      (define-record-type (cpoint make-cpoint cpoint?) (parent point) (protocol (lambda (n) (lambda (x y c) ((n x y) (color->rgb c))))) (fields (mutable rgb cpoint-rgb cpoint-rgb-set!)))
      (define (color->rgb c) (cons 'rgb c))
      (define p1 (make-point 1 2))";
    for (expression, expected) in [
        ("(point? p1)", "#t"),
        ("(point? (vector))", "#f"),
        ("(cpoint? p1)", "#f"),
        ("(list (point-x p1) (point-y p1))", "(1 2)"),
        ("(begin (set-point-y! p1 17) (point-y p1))", "17"),
        ("(eq? (record-rtd p1) (record-type-descriptor point))", "#t"),
    ] {
        assert_eq!(run(&format!("{points} {expression}")), expected, "{expression}");
    }
    check(&[
        (
            "(define-record-type (ex1 make-ex1 ex1?) (protocol (lambda (p) (lambda a (p a)))) (fields (immutable f ex1-f))) (ex1-f (make-ex1 1 2 3))",
            "(1 2 3)",
        ),
        (
            "(define-record-type (ex2 make-ex2 ex2?) (protocol (lambda (p) (lambda (a . b) (p a b)))) (fields (immutable a ex2-a) (immutable b ex2-b))) (define r (make-ex2 1 2 3)) (list (ex2-a r) (ex2-b r))",
            "(1 (2 3))",
        ),
    ]);
}

#[test]
fn implicit_names_and_parents() {
    check(&[
        (
            "(define-record-type point (fields x (mutable y))) (define p (make-point 1 2)) (point-y-set! p 5) (list (point-x p) (point-y p) (point? p))",
            "(1 5 #t)",
        ),
        (
            "(define-record-type a (fields x)) (define-record-type b (parent a) (fields x z)) (define r (make-b 1 2 3)) (list (a-x r) (b-x r) (b-z r) (a? r) (b? (make-a 1)))",
            "(1 2 3 #t #f)",
        ),
        ("(define-record-type empty) (empty? (make-empty))", "#t"),
        ("(let () (define-record-type t (fields v)) (define r (make-t 1)) (t-v r))", "1"),
        ("(define (f x) (define-record-type r (fields v)) (if x r? (make-r 1))) ((f #t) (f #f))", "#f"),
        ("(define-record-type a (fields x) (sealed #f) (opaque #t)) (record? (make-a 1))", "#f"),
        ("(define-record-type a (fields (mutable v get put!))) (define r (make-a 1)) (put! r 2) (get r)", "2"),
        (
            "(define-record-type a (fields x)) (define rtd (record-type-descriptor a)) (define-record-type b (parent-rtd rtd (record-constructor-descriptor a)) (fields y)) (define r (apply make-b '(1 2))) (list (a-x r) (b-y r))",
            "(1 2)",
        ),
    ]);
}

#[test]
fn hygiene_of_records() {
    check(&[
        // The names are those of the record's name, wherever that comes from.
        (
            "(define-syntax def (syntax-rules () ((_ name) (define-record-type name (fields v))))) (def point) (point-v (make-point 3))",
            "3",
        ),
        (
            "(define-syntax def (syntax-rules () ((_ get) (begin (define-record-type hidden (fields v)) (define (get x) (hidden-v (make-hidden x))))))) (def a) (def b) (list (a 1) (b 2))",
            "(1 2)",
        ),
        ("(let ((mutable 1)) (define-record-type t (fields v)) (t-v (make-t mutable)))", "1"),
        ("(let ((lambda list) (quote vector)) (define-record-type t (fields v)) (t-v (make-t 4)))", "4"),
    ]);
}

#[test]
fn procedures_are_checks_and_loads() {
    assert_eq!(
        expanded("(define-record-type p (fields (mutable a)))"),
        "(begin (define g0 (make-record-type-descriptor 'p #f #f #f #f '#((mutable a)))) \
         (define g1 (make-record-constructor-descriptor g0 #f #f)) \
         (define g2 (lambda (a.1) (%record g0 a.1))) \
         (define g3 (lambda (obj.2) (%record-is? obj.2 g0))) \
         (define g4 (lambda (record.3) (%record-ref record.3 g0 0 'p-a))) \
         (define g5 (lambda (record.4 value.5) (%record-set! record.4 g0 0 value.5 'p-a-set!))))"
    );
}
