#!r6rs
;;; Hygiene puzzles: report 9.2, 11.18 to 11.19; library report 12.1.
(import (rnrs base) (rnrs control) (rnrs lists) (rnrs exceptions) (rnrs conditions)
        (rnrs records syntactic) (vicar-test))

;;; Introduced bindings do not capture what the user wrote.
(define-syntax my-or2 (syntax-rules () ((_ a b) (let ((t a)) (if t t b)))))
(check (let ((t 5)) (my-or2 #f t)) => 5)
(check (let ((if list) (t 5)) (my-or2 #f t)) => 5)
(check (let ((let list) (t 5)) (my-or2 #f t)) => 5)
(define-syntax bind-x (syntax-rules () ((_ e) (let ((x 'inner)) e))))
(check (let ((x 'outer)) (bind-x x)) => 'outer)
(define-syntax bind-given (syntax-rules () ((_ x e) (let ((x 'inner)) e))))
(check (let ((x 'outer)) (bind-given x x)) => 'inner)
(define-syntax bind-both (syntax-rules () ((_ y e) (let ((x 'macro)) (let ((y 'user)) (list x e))))))
(check (bind-both x x) => '(macro user))
(define-syntax lambda-tmp (syntax-rules () ((_ a) (lambda (tmp) (list a tmp)))))
(check (let ((tmp 1)) ((lambda-tmp tmp) 2)) => '(1 2))
(check (let ((tmp 1)) ((lambda-tmp ((lambda-tmp tmp) 2)) 3)) => '((1 2) 3))
(define-syntax tmp-nest
  (syntax-rules () ((_ () e) e) ((_ (a . r) e) (let ((tmp 'a)) (tmp-nest r (cons tmp e))))))
(check (tmp-nest (1 2 3) '()) => '(3 2 1))
(define-syntax do-times
  (syntax-rules () ((_ n body ...) (let loop ((i 0)) (if (< i n) (begin body ... (loop (+ i 1))))))))
(check (let ((i 10) (loop 1)) (do-times 3 (set! i (+ i loop))) i) => 13)
(define-syntax define-getter (syntax-rules () ((_ name e) (begin (define value e) (define (name) value)))))
(check (let () (define value 'mine) (define-getter get 'yours) (list value (get))) => '(mine yours))
(check (let () (define-getter g1 1) (define-getter g2 2) (list (g1) (g2))) => '(1 2))

;;; Introduced references mean what they mean where the macro stands.
(define secret 'global)
(define-syntax get-secret (syntax-rules () ((_) secret)))
(check (let ((secret 'local)) (get-secret)) => 'global)
(check (let ((secret 'local)) (let-syntax ((m (syntax-rules () ((_) (list secret (get-secret)))))) (let ((secret 'innermost)) (m))))
       => '(local global))
(define-syntax my-if (syntax-rules () ((_ c a b) (cond (c a) (else b)))))
(check (let ((cond list) (else #f)) (my-if #f 1 2)) => 2)
(check (let ((else #f)) (my-if #f 1 else)) => #f)
(define-syntax my-list-of (syntax-rules () ((_ a ...) (list a ...))))
(check (let ((list vector)) (my-list-of 1 2)) => '(1 2))
(check (let () (define list vector) (my-list-of 1 2)) => '(1 2))
(define-syntax quoting (syntax-rules () ((_ a) 'a)))
(check (let ((quote -)) (quoting x)) => 'x)
(define-syntax set-secret! (syntax-rules () ((_ v) (set! secret v))))
(check (let ((secret 'local)) (set-secret! 'changed) (list secret (get-secret))) => '(local changed))
(check (let ((x 1))
         (let-syntax ((get (syntax-rules () ((_) x))) (put! (syntax-rules () ((_ v) (set! x v)))))
           (let ((x 2)) (put! 10) (list x (get))))) => '(2 10))

;;; A macro that takes a name and one that invents the same name
(define-syntax with-name (syntax-rules () ((_ n v body) (let ((n v)) (let ((tmp 'inner)) body)))))
(check (with-name tmp 'outer tmp) => 'outer)
(define-syntax pass-on (syntax-rules () ((_ body) (with-name tmp 'passed (list tmp body)))))
(check (let ((tmp 'user)) (pass-on tmp)) => '(passed user))
(define-syntax m1 (syntax-rules () ((_ x) (m2 x y))))
(define-syntax m2 (syntax-rules () ((_ a b) (let ((a 1) (b 2)) (list a b)))))
(check (m1 y) => '(1 2))
(check (let ((y 5)) (m1 y)) => '(1 2))
(define-syntax m3 (syntax-rules () ((_ a) (let ((x 1)) (let ((a 2)) (list x a))))))
(check (m3 x) => '(1 2))
(define-syntax m4 (syntax-rules () ((_ (f a ...) e) (lambda (f a ... tmp) (list f a ... tmp e)))))
(check ((m4 (tmp x) tmp) 1 2 3) => '(1 2 3 1))

;;; Shadowed keywords
(check (let ((if (lambda (a b c) (list a b c)))) (if 1 2 3)) => '(1 2 3))
(check (let ((define list)) (define 1 2)) => '(1 2))
(check (let () (define if list) (if 1 2 3)) => '(1 2 3))
(check (let ((quote list)) '5) => '(5))
(check (let-syntax ((if (syntax-rules () ((_ a) 'shadowed)))) (if 1)) => 'shadowed)
(check (let-syntax ((foo (syntax-rules () ((_) 'macro)))) (let ((foo (lambda () 'procedure))) (foo))) => 'procedure)
(check (let ((foo (lambda () 'procedure))) (let-syntax ((foo (syntax-rules () ((_) 'macro)))) (foo))) => 'macro)
(check (let-syntax ((foo (syntax-rules () ((_) 'outer)))) (let-syntax ((foo (syntax-rules () ((_) (list 'inner (foo)))))) (foo)))
       => '(inner outer))
(check (let ((x 1)) (let-syntax ((x (syntax-rules () ((_) 2)))) (x))) => 2)
(check (let ((unquote 5)) `(1 ,unquote)) => '(1 ,unquote))
(check (let ((... 1)) (let-syntax ((m (syntax-rules () ((_ a) 'a)))) (m 5))) => 5)
(check (let ((_ 5)) (let-syntax ((m (syntax-rules () ((k a) 'a)))) (list _ (m 1)))) => '(5 1))

;;; Literals compare by binding
(define-syntax has-else (syntax-rules (else) ((_ else) 'keyword) ((_ x) 'other)))
(check (has-else else) => 'keyword)
(check (let ((else 1)) (has-else else)) => 'other)
(define-syntax unbound-literal (syntax-rules (nowhere-bound) ((_ nowhere-bound) 'literal) ((_ x) 'other)))
(check (unbound-literal nowhere-bound) => 'literal)
(check (let ((nowhere-bound 1)) (unbound-literal nowhere-bound)) => 'other)
(define-syntax call-has-else (syntax-rules () ((_) (has-else else)) ((_ x) (let ((x 1)) (has-else else)))))
(check (call-has-else) => 'keyword)
(check (call-has-else else) => 'keyword)
(define-syntax call-has (syntax-rules () ((_ x) (let ((x 1)) (has-else x)))))
(check (call-has else) => 'other)
(check (let ((f (lambda (=>) (cond (#t => 5))))) (f 1)) => 5)
(define-syntax arrow (syntax-rules (=>) ((_ a => b) (list 'arrow a b)) ((_ a b c) (list a b c))))
(check (list (arrow 1 => 2) (let ((=> 9)) (arrow 1 => 2))) => '((arrow 1 2) (1 9 2)))
;; A literal bound where the macro is defined
(check (let ((lit 1))
         (let-syntax ((m (syntax-rules (lit) ((_ lit) 'same) ((_ x) 'other))))
           (list (m lit) (let ((lit 2)) (m lit))))) => '(same other))

;;; Pattern variables shadow, and are shadowed
(check (let ((a 'outer)) (let-syntax ((m (syntax-rules () ((_ b) (let ((a 'inner)) (list a b)))))) (m a))) => '(inner outer))
(define-syntax inner-macro (syntax-rules () ((_ x) (let-syntax ((m (syntax-rules () ((_ y) (list x y))))) (m 2)))))
(check (inner-macro 1) => '(1 2))
(define-syntax same-pattern-name (syntax-rules () ((_ x) (let-syntax ((m (syntax-rules () ((_ y) '(y x))))) (m (a b))))))
(check (same-pattern-name (c d)) => '((a b) (c d)))

;;; Macros defining macros: marks of two steps
(define-syntax define-adder (syntax-rules () ((_ name n) (define-syntax name (syntax-rules () ((_ x) (let ((n* n)) (+ n* x))))))))
(define-adder add5 5)
(check (let ((n* 100)) (add5 n*)) => 105)
(define-syntax make-macro-with (syntax-rules () ((_ name var) (define-syntax name (syntax-rules () ((_ e) (let ((var 'bound)) e)))))))
(make-macro-with with-z z)
(check (let ((z 'user)) (with-z z)) => 'user)
(define-syntax make-capturing
  (syntax-rules () ((_ name var body) (define-syntax name (syntax-rules () ((_) (let ((var 'bound)) body)))))))
(make-capturing capture z (list z z))
(check (capture) => '(bound bound))
(define-syntax nested-define
  (syntax-rules () ((_ m v) (begin (define x v) (define-syntax m (syntax-rules () ((_ x2) (list x x2))))))))
(nested-define nd1 'first) (nested-define nd2 'second)
(define x 'top)
(check (list (nd1 x) (nd2 x)) => '((first top) (second top)))
;; A generated temporary defined at top level is not visible by its name.
(define-syntax def-hidden (syntax-rules () ((_ getter v) (begin (define hidden v) (define (getter) hidden)))))
(def-hidden get-hidden 5)
(check (let ((hidden 'mine)) (list hidden (get-hidden))) => '(mine 5))

;;; Recursion: each expansion step has its own names
(define-syntax my-let-values1
  (syntax-rules ()
    ((_ () args e body) (call-with-values (lambda () e) (lambda args body)))
    ((_ (v . r) (a ...) e body) (my-let-values1 r (a ... tmp) e (let ((v tmp)) body)))))
(check (my-let-values1 (a b c) () (values 1 2 3) (list a b c)) => '(1 2 3))
(define-syntax accumulate-tmps
  (syntax-rules () ((_ () (t ...) vs) (let ((t vs) ...) (list t ...))) ((_ (x . r) (t ...) vs) (accumulate-tmps r (t ... tmp) vs))))
(check (accumulate-tmps (1 2 3) () 'v) => '(v v v))
(define-syntax my-rotate!
  (syntax-rules () ((_ a) (begin)) ((_ a b ...) (rotate-help (a b ...) (a) (b ...) ))))
(define-syntax rotate-help
  (syntax-rules () ((_ (a b ...) (c ...) ()) (let ((tmp a)) (rotate-set (b ...) a tmp)))
                   ((_ all (c ...) (d . r)) (rotate-help all (c ... d) r))))
(define-syntax rotate-set (syntax-rules () ((_ () a tmp) (set! a tmp)) ((_ (b . r) a tmp) (begin (set! a b) (rotate-set r b tmp)))))
(check (let ((tmp 1) (other 2) (third 3)) (my-rotate! tmp other third) (list tmp other third)) => '(2 3 1))

;;; Internal definitions and marks
(check (let ()
         (define-syntax def-and-use (syntax-rules () ((_ n e) (begin (define n e) (define unrelated 'macro)))))
         (define unrelated 'user)
         (def-and-use a 1)
         (list a unrelated)) => '(1 user))
(check (let ((x 'outer))
         (define-syntax def-x (syntax-rules () ((_ v) (define x v))))
         (def-x 'inner)
         x) => 'outer)
(check (let ((x 'outer))
         (define-syntax def-given (syntax-rules () ((_ n v) (define n v))))
         (def-given x 'inner)
         x) => 'inner)
(check (let ()
         (define-syntax use-later (syntax-rules () ((_) later)))
         (define (f) (use-later))
         (define later 'defined)
         (f)) => 'defined)
;; The body's own definition wins also over a use that the macro carries from outside.
(check (let ((y 'outer))
         (define-syntax get-y (syntax-rules () ((_) y)))
         (let () (define y 'inner) (list y (get-y)))) => '(inner outer))

;;; Records and named let through macros
(define-syntax define-box (syntax-rules () ((_ make get) (define-record-type (box make is-box?) (fields (immutable v get))))))
(define-box make-a get-a) (define-box make-b get-b)
(check (list (get-a (make-a 1)) (get-b (make-b 2))) => '(1 2))
(check-error assertion-violation? (get-a (make-b 1)))
(define-syntax loop-with (syntax-rules () ((_ (v i) test step body) (let loop ((v i) (acc '())) (if test (reverse acc) (loop step (cons body acc)))))))
(check (let ((acc 7)) (loop-with (n 0) (= n 3) (+ n 1) (* acc n))) => '(0 7 14))

;;; Identifier macros and hygiene
(define counter 0)
(define-syntax tick (identifier-syntax (begin (set! counter (+ counter 1)) counter)))
(check (let ((counter 100)) (let* ((a tick) (b tick)) (list a b counter))) => '(1 2 100))
(define-syntax alias (identifier-syntax (_ counter) ((set! _ e) (set! counter e))))
(check (let ((counter 'local)) (set! alias 42) (list counter alias)) => '(local 42))

;;; Puzzles with swapped roles
(define-syntax kw (syntax-rules () ((_ kw) (let ((kw 1)) kw))))
(check (kw x) => 1)
(check (kw kw) => 1)
(define-syntax jabberwocky
  (syntax-rules ()
    ((_ hatter) (begin (define march-hare 42) (define-syntax hatter (syntax-rules () ((_) march-hare)))))))
(jabberwocky mad-hatter)
(check (mad-hatter) => 42)
(check (let ((march-hare 1)) (mad-hatter)) => 42)
(define-syntax ffoo (syntax-rules () ((_ ff) (begin (define (ff x) (gg x)) (define (gg x) (* x x))))))
(check (let () (define (gg x) (+ x 1)) (ffoo ff) (list (ff 10) (gg 10))) => '(100 11))
(check (let ((x 1)) (letrec-syntax ((foo (syntax-rules () ((_ y) (bar y)))) (bar (syntax-rules () ((_ z) (let ((x 2)) (list x z)))))) (foo x))) => '(2 1))
(check (let ((a 1)) (letrec-syntax ((foo (syntax-rules () ((_ b) (bar a b)))) (bar (syntax-rules () ((_ c d) (cons c (let ((c 3)) (list d c 'c))))))) (let ((a 2)) (foo a))))
       => '(1 2 3 a))

(report)
