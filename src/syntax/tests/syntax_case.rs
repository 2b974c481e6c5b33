//! `syntax-case` and the procedures around it.

use super::*;

#[test]
fn examples_of_the_report() {
    check(&[
        (
            "(define-syntax or2 (lambda (x) (syntax-case x () [(_) (syntax #f)] [(_ e) (syntax e)] [(_ e1 e2 e3 ...) (syntax (let ([t e1]) (if t t (or2 e2 e3 ...))))]))) (let ((t 5)) (or2 #f t))",
            "5",
        ),
        (
            "(define p (cons 4 5)) (define-syntax p.car (lambda (x) (syntax-case x () [(_ . rest) #'((car p) . rest)] [_ #'(car p)]))) p.car",
            "4",
        ),
        (
            "(define p (cons 4 5)) (define-syntax p.car (make-variable-transformer (lambda (x) (syntax-case x (set!) [(set! _ e) #'(set-car! p e)] [(_ . rest) #'((car p) . rest)] [_ #'(car p)])))) (set! p.car 15) (list p.car p)",
            "(15 (15 . 5))",
        ),
        (
            "(define-syntax rec (lambda (x) (syntax-case x () [(_ x e) (identifier? #'x) #'(letrec ([x e]) x)]))) (map (rec fact (lambda (n) (if (= n 0) 1 (* n (fact (- n 1)))))) '(1 2 3 4 5))",
            "(1 2 6 24 120)",
        ),
        (
            "(let ([fred 17]) (define-syntax a (lambda (x) (syntax-case x () [(_ id) #'(b id fred)]))) (define-syntax b (lambda (x) (syntax-case x () [(_ id1 id2) #`(list #,(free-identifier=? #'id1 #'id2) #,(bound-identifier=? #'id1 #'id2))]))) (a fred))",
            "(#t #f)",
        ),
        ("(let-syntax ([dolet (lambda (x) (syntax-case x () [(_ b) #'(let ([a 3] [b 4]) (+ a b))]))]) (dolet a))", "7"),
        (
            "(define-syntax loop (lambda (x) (syntax-case x () [(k e ...) (with-syntax ([break (datum->syntax #'k 'break)]) #'((lambda (break) e ...) (lambda (v) (list 'broken v))))]))) (let ((n 3)) (loop (break n)))",
            "(broken 3)",
        ),
        (
            "(define-syntax letrec2 (lambda (x) (syntax-case x () ((_ ((i e) ...) b1 b2 ...) (with-syntax (((t ...) (generate-temporaries #'(i ...)))) #'(let ((i #f) ...) (let ((t e) ...) (set! i t) ... (let () b1 b2 ...)))))))) (letrec2 ((f (lambda (n) (if (= n 0) 'done (g (- n 1))))) (g (lambda (n) (f n)))) (f 3))",
            "done",
        ),
        (
            "(define-syntax case2 (lambda (x) (syntax-case x () [(_ e c1 c2 ...) #`(let ([t e]) #,(let f ([c1 #'c1] [cmore #'(c2 ...)]) (if (null? cmore) (syntax-case c1 (else) [(else e1 e2 ...) #'(begin e1 e2 ...)] [((k ...) e1 e2 ...) #'(if (memv t '(k ...)) (begin e1 e2 ...))]) (syntax-case c1 () [((k ...) e1 e2 ...) #`(if (memv t '(k ...)) (begin e1 e2 ...) #,(f (car cmore) (cdr cmore)))]))))]))) (case2 3 ((1 2) 'low) ((3 4) 'mid) (else 'high))",
            "mid",
        ),
        (
            "(define-syntax cond2 (lambda (x) (syntax-case x () [(_ c1 c2 ...) (let f ([c1 #'c1] [c2* #'(c2 ...)]) (syntax-case c2* () [() (syntax-case c1 (else =>) [(else e1 e2 ...) #'(begin e1 e2 ...)] [(e0) #'e0] [(e0 => e1) #'(let ([t e0]) (if t (e1 t)))] [(e0 e1 e2 ...) #'(if e0 (begin e1 e2 ...))])] [(c2 c3 ...) (with-syntax ([rest (f #'c2 #'(c3 ...))]) (syntax-case c1 (=>) [(e0) #'(let ([t e0]) (if t t rest))] [(e0 => e1) #'(let ([t e0]) (if t (e1 t) rest))] [(e0 e1 e2 ...) #'(if e0 (begin e1 e2 ...) rest)]))]))]))) (let ((t 1)) (cond2 (#f t) ((assv 2 '((2 . b))) => cdr) (else 'no)))",
            "b",
        ),
        (
            "(define-syntax lisp-macro (lambda (x) (syntax-case x () [(kwd . rest) (datum->syntax #'kwd (cons 'list (syntax->datum #'rest)))]))) (let ((a 1)) (lisp-macro a a))",
            "(1 1)",
        ),
    ]);
}

#[test]
fn wrapped_and_unwrapped() {
    check(&[
        ("(define-syntax m (lambda (x) (syntax-case x () [(_ a b) (list #'list #'b #'a)]))) (m 1 2)", "(2 1)"),
        (
            "(define-syntax m (lambda (x) (syntax-case x () [(_ a ...) (cons #'list (reverse #'(a ...)))]))) (m 1 2 3)",
            "(3 2 1)",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () [(_ s) (if (string? #'s) #''string #''other)]))) (list (m \"a\") (m a))",
            "(string other)",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () [(_ v) (vector? (syntax->datum #'v)) #`(quote #,(vector-ref (syntax->datum #'v) 1))]))) (m #(a b c))",
            "b",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () [(_ (a b ...)) #'(quote #(a (b a) ...))]))) (m (1 2 3))",
            "#(1 (2 1) (3 1))",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case (list #'1 (cons #'2 #'3)) () [(a (b . c)) #''(a b c)]))) (m)",
            "(1 2 3)",
        ),
        ("(define-syntax m (lambda (x) #'5)) (list (m) (m 1) m)", "(5 5 5)"),
    ]);
}

#[test]
fn quasisyntax_nests() {
    check(&[
        (
            "(define-syntax m (lambda (x) (syntax-case x () [(_ a ...) #`(list #,@(map (lambda (e) #`(+ 1 #,e)) #'(a ...)))]))) (m 1 2 3)",
            "(2 3 4)",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () [(_ a ...) #`'(0 #,@#'(a ...) . end)]))) (m 1 2)",
            "(0 1 2 . end)",
        ),
        (
            "(define-syntax m (lambda (x) #`'(#,(+ 1 1) (unsyntax 3 4) (unsyntax-splicing '(5) '(6 7)))))  (m)",
            "(2 3 4 5 6 7)",
        ),
        ("(define-syntax m (lambda (x) #`'(1 . #,(+ 1 1)))) (m)", "(1 . 2)"),
        ("(define-syntax m (lambda (x) #`'(1 2 . #,(list 3 4)))) (m)", "(1 2 3 4)"),
        ("(define-syntax m (lambda (x) #`'#(1 #,@(list 2 3))))  (m)", "#(1 2 3)"),
        ("(define-syntax m (lambda (x) #`'#`(a #,(b #,(+ 1 2)))))  (m)", "#`(a #,(b 3))"),
    ]);
}

#[test]
fn datum_to_syntax_bends_scope() {
    check(&[
        (
            "(define-syntax aif (lambda (x) (syntax-case x () [(k c a b) (with-syntax ([it (datum->syntax #'k 'it)]) #'(let ([it c]) (if it a b)))]))) (aif (assv 2 '((1 a) (2 b))) (cdr it) 'none)",
            "(b)",
        ),
        // Inserted by another macro, the keyword's context is that macro's.
        (
            "(define-syntax aif (lambda (x) (syntax-case x () [(k c a b) (with-syntax ([it (datum->syntax #'k 'it)]) #'(let ([it c]) (if it a b)))]))) (define-syntax m (syntax-rules () ((_ e) (aif 1 e 0)))) (define it 'outer) (m it)",
            "outer",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () [(k n) (datum->syntax #'k (list 'define (syntax->datum #'n) 7))]))) (m foo) foo",
            "7",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () [(k n) (datum->syntax #'k (list 'define #'n 7))]))) (m foo) foo",
            "7",
        ),
        (
            "(define-syntax get (lambda (x) (syntax-case x () [(k) (datum->syntax #'k 'secret)]))) (let ((secret 3)) (get))",
            "3",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () [(k) (with-syntax ([(a b) (generate-temporaries '(1 2))]) #'(let ((a 1) (b 2)) (list a b)))]))) (m)",
            "(1 2)",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () [(k) (let ((ts (generate-temporaries '(1 2)))) #`'(#,(bound-identifier=? (car ts) (car (cdr ts))) #,(bound-identifier=? (car ts) (car ts))))]))) (m)",
            "(#f #t)",
        ),
    ]);
}

#[test]
fn phases() {
    check(&[
        // Macros of the same body are usable in transformers.
        ("(define-syntax two (syntax-rules () ((_) 2))) (define-syntax m (lambda (x) #`(list #,(two)))) (m)", "(2)"),
        (
            "(let () (define-syntax two (syntax-rules () ((_) 2))) (define-syntax m (lambda (x) #`(list #,(two)))) (m))",
            "(2)",
        ),
        // Transformers within transformers.
        (
            "(define-syntax m (lambda (x) (let-syntax ((k (lambda (y) (syntax-case y () ((_ a) #'(list a a)))))) (syntax-case x () ((_ e) #`(quote #,(datum->syntax #'e (k 1)))))))) (m z)",
            "(1 1)",
        ),
        (
            "(begin-for-syntax (define (helper s) #`(list #,s #,s))) (define-syntax m (lambda (x) (syntax-case x () ((_ a) (helper #'a))))) (m 1)",
            "(1 1)",
        ),
        (
            "(let () (begin-for-syntax (define n 0)) (define-syntax m (lambda (x) (set! n (+ n 1)) (datum->syntax #'here n))) (list (m) (m)))",
            "(1 2)",
        ),
    ]);
}

#[test]
fn fenders_and_failures() {
    check(&[
        (
            "(define-syntax m (lambda (x) (syntax-case x () ((_ a) (identifier? #'a) #''id) ((_ (a . b)) #''pair) ((_ a) (syntax-case #'a () (5 #''five) (_ #''other)))))) (list (m x) (m (1)) (m 5) (m 6))",
            "(id pair five other)",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () ((_ a) #'a)))) (m)",
            "raised m \"this form matches no pattern\" (m) #f",
        ),
        ("(define-syntax m (lambda (x) (syntax-violation 'me \"bad\" x #'sub))) (m 1)", "raised me \"bad\" (m 1) sub"),
        ("(define-syntax m (lambda (x) (syntax-violation #f \"bad\" x))) (m 1)", "raised m \"bad\" (m 1) #f"),
        (
            "(define-syntax m (lambda (x) (with-syntax (((a b) '(1))) #''(a b)))) (m)",
            "raised \"this form matches no pattern\" (1) #f",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () ((_ (a ...) (b ...)) #''((a b) ...))))) (m (1 2) (3))",
            "raised syntax \"variables under the same `...` stand for lists of different lengths\" #f #f",
        ),
    ]);
}
