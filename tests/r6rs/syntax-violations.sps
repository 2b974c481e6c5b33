#!r6rs
;;; Syntax violations: what 5.5 says must be detected, form by form. Through eval, since a
;;; violation in the file itself would keep it from running.
(import (rnrs base) (rnrs control) (rnrs exceptions) (rnrs conditions) (rnrs eval) (vicar-test))

(define everything
  (environment '(for (rnrs base) run expand) '(rnrs control) '(rnrs exceptions) '(rnrs conditions)
               '(rnrs records syntactic) '(for (rnrs syntax-case) run expand) '(rnrs mutable-pairs)))

(define-syntax violations
  (syntax-rules () ((_ form ...) (begin (check-error syntax-violation? (eval 'form everything)) ...))))
;; Where the report leaves the condition type open.
(define-syntax refused
  (syntax-rules () ((_ form ...) (begin (check-error violation? (eval 'form everything)) ...))))
;; A violation of syntax, and &undefined, which "describes unbound identifiers in the program".
(define-syntax unbound
  (syntax-rules ()
    ((_ form ...)
     (begin (check-error (lambda (e) (and (syntax-violation? e) (undefined-violation? e))) (eval 'form everything)) ...))))
;; The same form in a body, and as an expression in an operand, must behave alike.
(define-syntax in-body
  (syntax-rules () ((_ form ...) (begin (check-error syntax-violation? (eval '(let () form) everything)) ...))))

;;; 9.1
(violations () (1 . 2) (car . 1) (+ 1 . 2) ((lambda (x) x) . 5) #(1 2) (#(1 2)))
(unbound nowhere (nowhere) (nowhere 1 2) (car nowhere) (lambda () nowhere) (let ((x 1)) (set! nowhere x)) (set! nowhere 1))

;; What programs ask for an unbound identifier differs among systems: it is both.
(check-error (lambda (e) (and (undefined-violation? e) (syntax-violation? e))) (eval 'nowhere everything))
(check-error (lambda (e) (and (undefined-violation? e) (syntax-violation? e))) (eval '(set! nowhere 1) everything))

;;; quote, lambda, if, set!
(violations
  quote (quote) (quote a b) (quote . a)
  lambda (lambda) (lambda x) (lambda (x)) (lambda (x x) x) (lambda (x . x) x) (lambda (1) 1) (lambda ("a") 1)
  (lambda (x . 5) x) (lambda 5 1) (lambda (x) . 5) (lambda ((x)) x) (lambda (a b a) a)
  (lambda (x) (define y 1)) (lambda (x) (begin)) (lambda () (define x 1) (define y 2))
  if (if) (if 1) (if 1 2 3 4) (if . 1) (if 1 . 2)
  set! (set!) (set! car) (let ((x 1)) (set! x)) (let ((x 1)) (set! x 1 2)) (let ((x 1)) (set! (x) 1)) (set! 5 1)
  (set! "x" 1) (set! if 5) (set! car 5) (set! lambda 1))

;;; derived conditionals
(violations
  (cond) cond (cond . 1) (cond 1) (cond ()) (cond (else)) (cond (else 1) (#t 2)) (cond (1 =>)) (cond (1 => car cdr)) (cond (#f 1) . 2)
  else => (else 1) (=> 1)
  (case) case (case 1) (case 1 ((1))) (case 1 (1 2)) (case 1 (else)) (case 1 (else 1) ((1) 2)) (case 1 5) (case 1 ((1) . 2))
  and or (and . 1) (or . 1) (and 1 . 2) (or #f . 2)
  (when) (unless) when unless (when #t) (unless #f))

;;; binding
(violations
  let (let) (let 5) (let ()) (let ((x)) x) (let ((x 1 2)) x) (let (x) 1) (let ((x 1))) (let ((x 1) (x 2)) x) (let ((5 1)) 5)
  (let ((x 1) . 5) x) (let ((x . 1)) x) (let x) (let x ()) (let loop ((i 0) (i 1)) i) (let 5 () 1) (let ((x 1)) . 5)
  (let (("x" 1)) 1) (let* ((x 1)) (define y 1))
  let* (let*) (let* ()) (let* ((x)) x) (let* ((x 1) y) x) (let* 5 1)
  letrec (letrec) (letrec ()) (letrec ((x 1) (x 2)) x) (letrec ((x)) x)
  letrec* (letrec*) (letrec* ((x 1) (x 2)) x) (letrec* ((1 2)) 1)
  (let-values) (let-values ()) (let-values ((x)) 1) (let-values (((a a) (values 1 2))) a) (let-values (((a) 1) ((a) 2)) a)
  (let-values ((5 1)) 1) (let-values (((a . a) 1)) a)
  (let*-values) (let*-values (((a a) (values 1 2))) a) (let*-values ((a)) a)
  (do) (do ()) (do ((i 0 1 2)) (#t)) (do ((i)) (#t)) (do ((i 0)) ()) (do ((i 0) (i 1)) (#t)) (do 5 (#t)) (do ((5 0)) (#t))
  (case-lambda (x)) (case-lambda 5) (case-lambda ((x x) 1)) (case-lambda ((5) 1)) (case-lambda (() . 5)) case-lambda)

;;; definitions and bodies
(in-body
  (begin) (begin (define x 1)) (define) (define 5 1) (define x 1 2) (define (f)) (define (5) 1) (define (f x x) 1) (define "s" 1)
  (define (f . 5) 1) (define ((f) x) 1) (define-syntax) (define-syntax m) (define-syntax 5 1) (define-syntax m 1 2))
(violations
  (let () (define x 1) (define x 2) x)
  (let () (define x 1) (define-syntax x (syntax-rules ())) 5)
  (let () (define-syntax x (syntax-rules ())) (define x 1) 5)
  (let () (define (f) 1) (begin (define f 2)) f)
  (let () 1 (define x 2) x)
  (let () (display 1) (define x 2))
  (lambda () (define x 1) x (define y 2) y)
  (if (define x 1) 2 3) (list (define x 1)) (+ 1 (begin)) (begin) (list (begin)) (let ((x (define y 1))) x)
  (if #t (define-syntax m (syntax-rules ())) 1)
  ;; chapter 10: a definition must not change what precedes it; Chez lets it
  (let () (define define 17) (list define))
  (let-syntax ([def0 (syntax-rules () [(_ x) (define x 0)])]) (let ([z 3]) (def0 z) (define def0 list) (list z))))
;; A transformer that is none
(violations
  (let-syntax ((m (lambda (x) x) 2)) 1) (let-syntax ((m)) 1) (let-syntax ((5 (syntax-rules ()))) 1) (let-syntax 5 1)
  (let-syntax ((m (syntax-rules ())) (m (syntax-rules ()))) 1) (letrec-syntax ((m (syntax-rules ())) (m (syntax-rules ()))) 1)
  (let-syntax) (letrec-syntax) let-syntax)
(refused
  (let-syntax ((m (lambda (x) (values #'1 #'2)))) (m)) (let-syntax ((m (lambda (x) (values)))) (m))
  (let-syntax ((m 5)) 1) (let () (define-syntax m 5) (m)) (let () (define-syntax m "string") 1)
  (let-syntax ((m (syntax-rules () ((_ (a ...) (b ...)) '((a b) ...))))) (m (1 2) (3))))

;;; syntax-rules
(violations
  syntax-rules
  (let-syntax ((m (syntax-rules))) (m))
  (let-syntax ((m (syntax-rules 5))) (m))
  (let-syntax ((m (syntax-rules (5)))) (m))
  (let-syntax ((m (syntax-rules (...) ((_ a) 1)))) (m 1))
  (let-syntax ((m (syntax-rules (_) ((_ a) 1)))) (m 1))
  (let-syntax ((m (syntax-rules () (_ 1)))) (m 1))
  (let-syntax ((m (syntax-rules () ((_ a)))))  (m 1))
  (let-syntax ((m (syntax-rules () ((_ a) 1 2 3)))) (m 1))
  (let-syntax ((m (syntax-rules () ((_ a a) 1)))) (m 1 2))
  (let-syntax ((m (syntax-rules () ((_ a #(a)) 1)))) (m 1 #(2)))
  (let-syntax ((m (syntax-rules () ((_ a ... b ...) 1)))) (m 1 2))
  (let-syntax ((m (syntax-rules () ((_ a ...) '(a))))) (m 1 2))
  (let-syntax ((m (syntax-rules () ((_ a) '(a ...))))) (m 1))
  (let-syntax ((m (syntax-rules () ((_ (a ...) ...) '(a ...))))) (m (1) (2)))
  (let-syntax ((m (syntax-rules () ((_ a) '(... ... ...))))) (m 1))
  (let-syntax ((m (syntax-rules () ((_ a ...) '(... a ...))))) (m 1 2))
  (let-syntax ((m (syntax-rules () ((_ a) 'a)))) (m))
  (let-syntax ((m (syntax-rules () ((_ a) 'a)))) (m 1 2))
  (let-syntax ((m (syntax-rules () ((_ a) 'a)))) m)
  (let-syntax ((m (syntax-rules () ((_ a) 'a)))) (m . 1))
  (let-syntax ((m (syntax-rules () ((_ 5) 'a)))) (m 6))
  (let-syntax ((m (syntax-rules () ((_ (a b) ...) '((a b) ...))))) (m (1 2) (3)))
  (let-syntax ((m (syntax-rules () ((_) 1)))) (set! m 5))
  (let-syntax ((m (syntax-rules ()))) (m)))

;;; identifier-syntax, auxiliary keywords
(violations
  (let-syntax ((m (identifier-syntax 5))) (set! m 6))
  (let-syntax ((m (identifier-syntax (a b) ((set! 5 c) d)))) m)
  (let-syntax ((m (identifier-syntax))) m)
  _ ... unquote unquote-splicing (unquote 1) (unquote-splicing 1) (_ 1) (... 1)
  (quasiquote) (quasiquote 1 2) quasiquote
  (assert) (assert 1 2) assert
  guard (guard) (guard (e)) (guard (5 (#t 1)) 1) (guard e 1) (guard (e (#t 1)))
  (guard (e (else 1) (#t 2)) 1) (guard (e) 1) (guard (e . 1) 1) (guard (e 5) 1) (guard (e ()) 1) (guard (e (#t => car cdr)) 1)
  (guard (e (#t (define x 1) x)) 1) (guard (e (else (define x 1) x)) 1))

;;; syntax-case
(violations
  (syntax) (syntax 1 2) (syntax-case) (syntax-case 1) (syntax-case 1 (5) (a 1)) (syntax-case 1 (...) (a 1)) (syntax-case 1 (_) (a 1))
  (syntax-case 1 () (a)) (syntax-case 1 () (a 1 2 3)) (syntax-case 1 () ((a a) 1)) (syntax-case 1 () 5)
  (syntax-case 1 () (a a))                       ; a pattern variable outside of syntax
  (syntax-case '(1) () ((a ...) #'a)) (syntax-case '(1) () ((a) #'(a ...))) #'...
  (with-syntax) (with-syntax ((a)) 1) (with-syntax ((a 1) (a 2)) 1)
  (unsyntax 1) (unsyntax-splicing 1) (quasisyntax) (quasisyntax 1 2)
  (let () (define-syntax m (lambda (x) 'raw-symbol)) (m))
  (let-syntax ((m (lambda (x) (list 'list 1)))) (m))
  (let-syntax ((m (lambda (x) (syntax-violation #f "no" x)))) (m)))

;;; records
(in-body
  (define-record-type) (define-record-type 5) (define-record-type "r") (define-record-type (r)) (define-record-type (r make-r)) (define-record-type (r 5 r?))
  (define-record-type r 5) (define-record-type r (fields 5)) (define-record-type r (fields (5 a))) (define-record-type r (fields (mutable)))
  (define-record-type r (fields a) (fields b)) (define-record-type r (unknown-clause a)) (define-record-type r (parent)) (define-record-type r (parent 5))
  (define-record-type r (parent a b)) (define-record-type r (sealed)) (define-record-type r (sealed 5)) (define-record-type r (opaque 1))
  (define-record-type r (sealed #t) (sealed #f)) (define-record-type r (nongenerative 5)) (define-record-type r (protocol)) (define-record-type r (protocol 1 2))
  (define-record-type r (parent-rtd 1)) (define-record-type r (parent a) (parent-rtd 1 2)) (define-record-type r (parent no-such-record))
  (define-record-type r (fields (immutable a b c))) (define-record-type r (fields (mutable a b))))
(violations
  (let () (define-record-type r (fields a)) (define-record-type q (parent car)) 1)
  (let () (define-record-type r (fields a)) (define r-a 5) 1)
  (let () (define-record-type r (fields a a)) 1)
  (record-type-descriptor) (record-type-descriptor 5) (record-type-descriptor car) (record-constructor-descriptor no-such))
(check-error violation?
  (eval '(let ()
           (define-record-type a (fields v) (nongenerative vicar-conflict-1))
           (let () (define-record-type b (fields v w) (nongenerative vicar-conflict-1)) 1))
        everything))
(check-error violation? (eval '(let () (define-record-type s (sealed #t)) (define-record-type c (parent s)) 1) everything))
(violations
  (let () (define-condition-type) 1) (let () (define-condition-type &a &condition) 1) (let () (define-condition-type &a &condition make-a a? (x)) 1)
  (let () (define-condition-type 5 &condition make-a a?) 1))

;;; A violation carries the form.
(define (violation-of form) (guard (e ((syntax-violation? e) e)) (eval form everything)))
(check (let ((e (violation-of '(let ((x 1) (x 2)) x)))) (and (syntax-violation? e) (message-condition? e))) => #t)
(check (and (syntax-violation-form (violation-of '(if))) #t) => #t)

(report)
