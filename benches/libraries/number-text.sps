#!r6rs
;;; number->string and string->number of a million flonums and a million integers.
(import (rnrs))

(define (next x) (mod (+ (* x 1103515245) 12345) 2147483648))

(define (flonums n)
  (let loop ((i 0) (x 42) (sum 0.0))
    (if (= i n)
        sum
        (let* ((f (/ (inexact x) 12345.678)) (back (string->number (number->string f))))
          (if (not (= f back)) (error 'flonums "differs" f back))
          (loop (+ i 1) (next x) (+ sum back))))))

(define (integers n)
  (let loop ((i 0) (x 42) (sum 0))
    (if (= i n)
        sum
        (let ((back (string->number (number->string (* x 1000003)))))
          (loop (+ i 1) (next x) (+ sum back))))))



(display (list (exact (floor (flonums 1000000))) (integers 1000000)))
(newline)
