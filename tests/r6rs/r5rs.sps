#!r6rs
;;; (rnrs r5rs): library report chapter 19.
(import (rnrs base) (rnrs control) (rnrs r5rs) (rnrs eval) (rnrs exceptions) (rnrs conditions) (rnrs io ports)
        (vicar-test))

;;; Numbers.
(check (exact->inexact 1/2) => 0.5)
(check (inexact->exact 0.5) => 1/2)
(check (map quotient '(5 -5 5 -5) '(3 3 -3 -3)) => '(1 -1 -1 1))
(check (map remainder '(5 -5 5 -5) '(3 3 -3 -3)) => '(2 -2 2 -2))
(check (map modulo '(13 -13 13 -13) '(4 4 -4 -4)) => '(1 3 -3 -1))
(check (remainder -13 -4.0) => -1.0)
(check-error assertion-violation? (quotient 1 0))

;;; Promises.
(check (force (delay (+ 1 2))) => 3)
(check (let ((p (delay (+ 1 2)))) (list (force p) (force p))) => '(3 3))
(define a-stream (letrec ((next (lambda (n) (cons n (delay (next (+ n 1))))))) (next 0)))
(define (head stream) (car stream))
(define (tail stream) (force (cdr stream)))
(check (head (tail (tail a-stream))) => 2)
(define count 0)
(define x 5)
(define p (delay (begin (set! count (+ count 1)) (if (> count x) count (force p)))))
(check (force p) => 6)
(check (begin (set! x 10) (force p)) => 6)
(check (let ((n 0)) (let ((p (delay (begin (set! n (+ n 1)) n)))) (force p) (force p))) => 1)
(check-error assertion-violation? (force 5))

;;; Environments.
(check (eval '(let ((x 1)) (if (= x 1) (* 7 3) x)) (scheme-report-environment 5)) => 21)
(check (eval '(let loop ((i 0)) (if (< i 10) (loop (+ i 1)) i)) (scheme-report-environment 5)) => 10)
(check (eval '(do ((i 0 (+ i 1)) (l '() (cons i l))) ((= i 3) l)) (scheme-report-environment 5)) => '(2 1 0))
(check (eval '(force (delay (string-append "a" "b"))) (scheme-report-environment 5)) => "ab")
(check (eval '(let-syntax ((m (syntax-rules () ((_ x ...) (list x ...))))) (m 1 2)) (scheme-report-environment 5)) => '(1 2))
(check (eval '(eval '(car '(1 2)) (scheme-report-environment 5)) (scheme-report-environment 5)) => 1)
(check ((eval '(lambda (x) (cond (x => (lambda (y) y)) (else 'no))) (null-environment 5)) 3) => 3)
(check-error syntax-violation? (eval '(car '(1)) (null-environment 5)))
(check-error syntax-violation? (eval '(load "x") (scheme-report-environment 5)))
(check-error syntax-violation? (eval '(when #t 1) (scheme-report-environment 5)))
(check-error assertion-violation? (scheme-report-environment 4))
(check-error assertion-violation? (null-environment 6))

(report)
