//! Hygiene, by programs that capture where they should not.

use super::*;

#[test]
fn examples_of_the_report() {
    check(&[
        ("(let ((=> #f)) (cond (#t => 'ok)))", "ok"),
        (
            "(let-syntax ((when (syntax-rules () ((when test stmt1 stmt2 ...) (if test (begin stmt1 stmt2 ...)))))) (let ((if #t)) (when if (set! if 'now)) if))",
            "now",
        ),
        ("(let ((x 'outer)) (let-syntax ((m (syntax-rules () ((m) x)))) (let ((x 'inner)) (m))))", "outer"),
        ("(let () (let-syntax ((def (syntax-rules () ((def stuff ...) (define stuff ...))))) (def foo 42)) foo)", "42"),
        ("(let () (let-syntax ()) 5)", "5"),
        (
            "(let ((f (lambda (x) (+ x 1)))) (let-syntax ((f (syntax-rules () ((f x) x))) (g (syntax-rules () ((g x) (f x))))) (list (f 1) (g 1))))",
            "(1 2)",
        ),
        (
            "(let ((f (lambda (x) (+ x 1)))) (letrec-syntax ((f (syntax-rules () ((f x) x))) (g (syntax-rules () ((g x) (f x))))) (list (f 1) (g 1))))",
            "(1 1)",
        ),
        ("(let ((x 5)) (define lambda list) (lambda x x))", "(5 5)"),
        (
            "(let-syntax ((def0 (syntax-rules () ((_ x) (define x 0))))) (let ((z 3)) (define def0 list) (def0 z) (list z)))",
            "(3)",
        ),
        ("(let () (define-syntax foo (lambda (e) (let ((+ -)) (+ 1 2)))) (define + 2) (foo))", "-1"),
        (
            "((lambda (x) (define-syntax defun (syntax-rules () ((_ x a e) (define x (lambda a e))))) (defun even? (n) (or (= n 0) (odd? (- n 1)))) (define-syntax odd? (syntax-rules () ((_ n) (not (even? n))))) (odd? (if (odd? x) (* x x) x))) 3)",
            "#t",
        ),
    ]);
}

#[test]
fn inserted_bindings_capture_nothing() {
    check(&[
        (
            "(define-syntax swap! (syntax-rules () ((_ a b) (let ((tmp a)) (set! a b) (set! b tmp))))) (let ((tmp 1) (other 2)) (swap! tmp other) (list tmp other))",
            "(2 1)",
        ),
        (
            "(define-syntax m (syntax-rules () ((_ e) (let ((x 1) (list vector)) (list x e))))) (let ((x 2)) (m x))",
            "#(1 2)",
        ),
        (
            "(define-syntax my-let (syntax-rules () ((_ n v b) ((lambda (n) b) v)))) (my-let x 1 (my-let y 2 (list x y)))",
            "(1 2)",
        ),
        ("(define-syntax pair (syntax-rules () ((_ a) (let ((x 1)) (let ((a 2)) (list x a)))))) (pair x)", "(1 2)"),
        ("(define-syntax nest (syntax-rules () ((_ a e) (let ((x 1)) (let ((a 2)) (list x e)))))) (nest x x)", "(1 2)"),
        (
            "(define-syntax twice (syntax-rules () ((_ e) (let ((n 0)) (let ((f (lambda () (set! n (+ n 1)) e))) (f) (f) n))))) (let ((n 10)) (list (twice (set! n (+ n 1))) n))",
            "(2 12)",
        ),
        (
            "(define-syntax a (syntax-rules () ((_ x) (b x y)))) (define-syntax b (syntax-rules () ((_ x y) (let ((x 1) (y 2)) (list x y))))) (a y)",
            "(1 2)",
        ),
    ]);
}

#[test]
fn shadowed_keywords() {
    check(&[
        ("(let ((if list)) (if 1 2 3))", "(1 2 3)"),
        ("(let ((quote list)) '1)", "(1)"),
        ("(let ((else #f)) (cond (else 1) (#t 2)))", "2"),
        ("(let ((define list) (a 1)) (define a 2))", "(1 2)"),
        ("(let () (define let list) (let 1 2))", "(1 2)"),
        ("(define-syntax m (syntax-rules () ((_ e) (if e 'yes 'no)))) (let ((if list) (quote list)) (m #f))", "no"),
        (
            "(define-syntax m (syntax-rules (else) ((_ else) 'else) ((_ x) 'other))) (list (m else) (let ((else 1)) (m else)))",
            "(else other)",
        ),
        (
            "(define-syntax kw (syntax-rules () ((_ lit) (syntax-rules (lit) ((_ lit) 'yes) ((_ x) 'no))))) (define-syntax m (kw foo)) (list (m foo) (m bar) (let ((foo 1)) (m foo)))",
            "(yes no no)",
        ),
        ("(let ((... 1)) (list ...))", "(1)"),
        ("(let ((_ 1)) (list _))", "(1)"),
        ("(let ((begin list)) (begin 1 2))", "(1 2)"),
        ("(let () (define begin list) (begin 1 2))", "(1 2)"),
        (
            "(let ((list vector)) (let-syntax ((m (syntax-rules () ((_ x) (list x))))) (let ((list 0)) (m list))))",
            "#(0)",
        ),
    ]);
}

#[test]
fn macros_that_define() {
    check(&[
        (
            "(define-syntax def (syntax-rules () ((_ n v) (begin (define tmp v) (define n (+ tmp 1)))))) (def a 1) (def b 10) (define tmp 0) (list a b tmp)",
            "(2 11 0)",
        ),
        (
            "(let () (define-syntax def (syntax-rules () ((_ n v) (begin (define tmp v) (define n (lambda () tmp)))))) (def a 1) (def b 10) (define tmp 0) (list (a) (b) tmp))",
            "(1 10 0)",
        ),
        (
            "(define-syntax def-getter (syntax-rules () ((_ get v) (begin (define hidden v) (define-syntax get (syntax-rules () ((_) hidden))))))) (def-getter a 1) (def-getter b 2) (let ((hidden 3)) (list (a) (b) hidden))",
            "(1 2 3)",
        ),
        (
            "(define-syntax def-mac (syntax-rules () ((_ name arg body) (define-syntax name (syntax-rules () ((_ arg) body)))))) (def-mac sq x (* x x)) (sq 5)",
            "25",
        ),
        (
            "(define-syntax m (syntax-rules () ((_ x) (begin (define-syntax x (syntax-rules () ((_ y) (let ((z 1)) (list z y))))))))) (m foo) (let ((z 2)) (foo z))",
            "(1 2)",
        ),
        (
            "(define-syntax counter (syntax-rules () ((_ inc get) (begin (define n 0) (define (inc) (set! n (+ n 1))) (define (get) n))))) (counter i1 g1) (counter i2 g2) (i1) (i1) (i2) (list (g1) (g2))",
            "(2 1)",
        ),
        (
            "(define-syntax many (syntax-rules () ((_) (begin)) ((_ (n v) . rest) (begin (define n v) (many . rest))))) (many (a 1) (b (+ a 1)) (c (+ b 1))) (list a b c)",
            "(1 2 3)",
        ),
        // Each level of macro-defining macro adds a mark to what it inserts.
        (
            "(define-syntax a (syntax-rules () ((_ b v) (begin (define x v) (define-syntax b (syntax-rules () ((_ c w) (begin (define y w) (define-syntax c (syntax-rules () ((_) (list x y)))))))))))) (a b 1) (b c 2) (let ((x 8) (y 9)) (c))",
            "(1 2)",
        ),
    ]);
}

#[test]
fn definitions_shadow_the_macros_that_made_them() {
    check(&[
        ("(let ((x 1)) (define-syntax m (syntax-rules () ((_) x))) (let ((x 2)) (m)))", "1"),
        (
            "(define x 'top) (define-syntax m (syntax-rules () ((_) x))) (let ((x 'local)) (define y (m)) (list x y))",
            "(local top)",
        ),
        (
            "(let () (define x 1) (let () (define y x) (define-syntax x2 (syntax-rules () ((_) x))) (let ((x 5)) (list y (x2)))))",
            "(1 1)",
        ),
        (
            "(let ((a 1)) (let-syntax ((m (syntax-rules () ((_ b) (let ((a 2)) (let-syntax ((k (syntax-rules () ((_ c) (list a b c))))) (let ((a 3)) (k a)))))))) (m a)))",
            "(2 1 3)",
        ),
    ]);
}

#[test]
fn scopes_of_local_syntax() {
    check(&[
        (
            "(let ((y 1)) (let-syntax ((m (syntax-rules () ((_) 'm)))) (define z (m)) (define (f) (m))) (list y z (f)))",
            "(1 m m)",
        ),
        (
            "(let () (define (m) 'procedure) (let-syntax ((m (syntax-rules () ((_) 'macro)))) (define a (m))) (list a (m)))",
            "(macro procedure)",
        ),
        ("(let-syntax ((a (syntax-rules () ((_) 1)))) (define b (a))) b", "1"),
        (
            "(letrec-syntax ((even (syntax-rules () ((_) #t) ((_ x . r) (odd . r)))) (odd (syntax-rules () ((_) #f) ((_ x . r) (even . r))))) (list (even 1 2) (odd 1 2)))",
            "(#t #f)",
        ),
        (
            "(define-syntax ten (identifier-syntax 10)) (let-syntax ((m (syntax-rules () ((_ a) (+ a ten))))) (let ((ten 1)) (m ten)))",
            "11",
        ),
    ]);
    // A definition spliced out of the let-syntax is in the scope of the body, and so is the macro's x.
    assert_eq!(
        run("(let ((x 1)) (let-syntax ((m (syntax-rules () ((_) x)))) (define x 2)) (define (get) x) (get))"),
        "2"
    );
}

#[test]
fn generated_names_do_not_meet() {
    check(&[
        (
            "(define-syntax pairs (syntax-rules () ((_ () (n ...) e) (let ((n 1) ...) e)) ((_ (x . r) (n ...) e) (pairs r (n ... t) e)))) (pairs (1 2 3) () 'ok)",
            "ok",
        ),
        (
            "(define-syntax rev (syntax-rules () ((_ () (t ...) (v ...)) ((lambda (t ...) (list t ...)) v ...)) ((_ (x . r) (t ...) (v ...)) (rev r (tmp t ...) (x v ...))))) (rev (1 2 3) () ())",
            "(3 2 1)",
        ),
        (
            "(define-syntax my-letrec (syntax-rules () ((_ ((n v) ...) b) (my-letrec \"t\" (n ...) () ((n v) ...) b)) ((_ \"t\" () (t ...) ((n v) ...) b) (let ((n #f) ...) (let ((t v) ...) (set! n t) ... (let () b)))) ((_ \"t\" (x y ...) (t ...) bs b) (my-letrec \"t\" (y ...) (new t ...) bs b)))) (my-letrec ((f (lambda (n) (if (= n 0) 'done (g (- n 1))))) (g (lambda (n) (f n)))) (f 3))",
            "done",
        ),
    ]);
}

#[test]
fn fluid_keywords() {
    check(&[
        (
            "(define-fluid-syntax it (lambda (x) (syntax-violation #f \"no it\" x))) (define-syntax aif (syntax-rules () ((_ c a b) (let ((t c)) (if t (fluid-let-syntax ((it (identifier-syntax t))) a) b))))) (aif (assv 2 '((1 a) (2 b))) (cdr it) 'none)",
            "(b)",
        ),
        (
            "(define-fluid-syntax it (identifier-syntax 'outer)) (define-syntax m (syntax-rules () ((_) it))) (list (m) (fluid-let-syntax ((it (identifier-syntax 'inner))) (m)) it)",
            "(outer inner outer)",
        ),
        (
            "(define-syntax with-return (syntax-rules () ((_ b) (let ((k (lambda (v) (list 'returned v)))) (fluid-let-syntax ((return (syntax-rules () ((_ v) (k v))))) b))))) (let ((k 1)) (with-return (return k)))",
            "(returned 1)",
        ),
        (
            "(define-fluid-syntax it (identifier-syntax 'outer)) (fluid-let-syntax ((it (identifier-syntax 'a))) (define x it) (fluid-let-syntax ((it (identifier-syntax 'b))) (list x it)))",
            "(a b)",
        ),
        ("(define-syntax (m stx) (syntax-case stx () ((_ a) #'(list a 'm)))) (m 1)", "(1 m)"),
        ("(define-syntax (m stx) (syntax-case stx () ((_) #`'#,(datum->syntax #'here __who__)))) (m)", "m"),
    ]);
}

#[test]
fn aliases() {
    check(&[
        ("(define-alias my-if if) (my-if #t 1 2)", "1"),
        ("(define x 1) (define-alias y x) (set! y 2) x", "2"),
        (
            "(define-syntax m (syntax-rules (else) ((_ else) 1) ((_ x) 2))) (define-alias otherwise else) (list (m otherwise) (m other))",
            "(1 2)",
        ),
        (
            "(define-syntax m (lambda (x) (syntax-case x () ((_ a b) #`#,(free-identifier=? #'a #'b))))) (define-alias k car) (list (m k car) (m k cdr) (m car car) (m unbound unbound) (m unbound unbound2))",
            "(#t #f #t #t #f)",
        ),
    ]);
}
