#!r6rs
;;; The vocabulary of the test programs: portable R6RS, so that every file of
;;; tests/r6rs/ runs under any R6RS system.
;;;
;;;   (check expr => expected)            values are the same, see same?
;;;   (check-values expr => expected ...) the same for any number of values
;;;   (check-approx expr => expected)     numbers within a relative 1e-12
;;;   (check-one-of expr => expected ...) where the report leaves a choice
;;;   (check-error predicate expr)        expr raises something the predicate accepts
;;;   (check-write expr => "text")        what write prints
;;;   (report)                            N passed, M failed; exit 1 after a failure
;;;
;;; An exception inside a check is the failure of that check and stops nothing.
;;; A failure prints at once, so that it is seen even if a later check kills
;;; the process.
(library (vicar-test)
  (export check check-values check-approx check-one-of check-error check-write
          report same? =>)
  (import (rnrs base) (rnrs control) (rnrs exceptions) (rnrs conditions)
          (rnrs io simple) (rnrs programs) (rnrs records inspection)
          (only (rnrs io ports) call-with-string-output-port))

  (define passed 0)
  (define failed 0)

  (define-syntax check
    (syntax-rules (=>)
      ((_ expr => expected)
       (run-check 'expr (lambda () expr) (lambda () expected) same?))))

  (define-syntax check-values
    (syntax-rules (=>)
      ((_ expr => expected ...)
       (run-check 'expr
                  (lambda () (call-with-values (lambda () expr) list))
                  (lambda () (list expected ...))
                  same?))))

  (define-syntax check-approx
    (syntax-rules (=>)
      ((_ expr => expected)
       (run-check 'expr (lambda () expr) (lambda () expected) near?))))

  (define-syntax check-one-of
    (syntax-rules (=>)
      ((_ expr => expected ...)
       (run-check 'expr (lambda () expr) (lambda () (list expected ...))
                  among?))))

  (define-syntax check-write
    (syntax-rules (=>)
      ((_ expr => expected)
       (run-check 'expr (lambda () (written expr)) (lambda () expected)
                  same?))))

  (define-syntax check-error
    (syntax-rules ()
      ((_ predicate expr)
       (run-error-check 'expr 'predicate predicate (lambda () expr)))))

  ;; An outcome is (raised? . value).
  (define (outcome-of thunk)
    (guard (e (#t (cons #t e)))
      (cons #f (thunk))))
  (define outcome-raised? car)
  (define outcome-value cdr)

  (define (run-check source thunk expected-thunk same-enough?)
    (let ((got (outcome-of thunk))
          (expected (outcome-of expected-thunk)))
      (cond
        ((outcome-raised? expected)
         (fail source "an expected value, whose own computation raised"
               (outcome-value expected) #t))
        ((and (not (outcome-raised? got))
              (same-enough? (outcome-value got) (outcome-value expected)))
         (set! passed (+ passed 1)))
        (else
         (fail source (written (outcome-value expected))
               (outcome-value got) (outcome-raised? got))))))

  (define (run-error-check source predicate-source predicate thunk)
    (let ((got (outcome-of
                 (lambda () (call-with-values thunk list)))))
      (if (and (outcome-raised? got) (predicate (outcome-value got)))
          (set! passed (+ passed 1))
          (fail source
                (string-append "an exception that satisfies "
                               (written predicate-source))
                (outcome-value got) (outcome-raised? got)))))

  (define (fail source expected got raised?)
    (set! failed (+ failed 1))
    (display "FAILED   ") (write source) (newline)
    (display "expected ") (display expected) (newline)
    (display "got      ")
    (if raised? (show-raised got) (display (written got)))
    (newline))

  (define (written obj)
    (call-with-string-output-port (lambda (port) (write obj port))))

  (define (show-raised obj)
    (display "exception ")
    (cond
      ((condition? obj)
       (for-each
         (lambda (c)
           (display (record-type-name (record-rtd c)))
           (display " "))
         (simple-conditions obj))
       (when (who-condition? obj)
         (write (condition-who obj)) (display ": "))
       (when (message-condition? obj)
         (display (condition-message obj)) (display " "))
       (when (irritants-condition? obj)
         (display (written (condition-irritants obj)))))
      (else (display (written obj)))))

  ;; equal?, but a NaN is the same as a NaN whatever eqv? says of them.
  (define (same? a b)
    (cond
      ((pair? a)
       (and (pair? b) (same? (car a) (car b)) (same? (cdr a) (cdr b))))
      ((vector? a)
       (and (vector? b)
            (= (vector-length a) (vector-length b))
            (let loop ((i 0))
              (or (= i (vector-length a))
                  (and (same? (vector-ref a i) (vector-ref b i))
                       (loop (+ i 1)))))))
      ((number? a) (and (number? b) (same-number? a b)))
      (else (equal? a b))))

  (define (same-number? a b)
    (cond
      ((and (real? a) (real? b)) (same-real? a b))
      ((or (real? a) (real? b)) #f)
      (else (and (same-real? (real-part a) (real-part b))
                 (same-real? (imag-part a) (imag-part b))))))

  (define (same-real? a b)
    (or (eqv? a b)
        (and (inexact? a) (inexact? b) (nan? a) (nan? b))))

  (define (near? a b)
    (and (number? a) (number? b)
         (if (and (real? a) (real? b))
             (near-real? a b)
             (and (near-real? (real-part a) (real-part b))
                  (near-real? (imag-part a) (imag-part b))))))

  (define (near-real? a b)
    (or (same-number? (inexact a) (inexact b))
        (<= (abs (- a b)) (* 1e-12 (max 1.0 (abs a) (abs b))))))

  (define (among? obj choices)
    (and (pair? choices)
         (or (same? obj (car choices)) (among? obj (cdr choices)))))

  (define (report)
    (display passed) (display " passed, ")
    (display failed) (display " failed")
    (newline)
    (exit (if (= failed 0) 0 1))))
