#!r6rs
;;; Sorts a million fixnums and a million flonums, as lists and vectors, with the standard procedures.
(import (rnrs))

(define (next x) (mod (+ (* x 1103515245) 12345) 2147483648))

(define (numbers n make)
  (let loop ((i 0) (x 42) (l '()))
    (if (= i n) l (loop (+ i 1) (next x) (cons (make x) l)))))

(define fixnums (numbers 1000000 (lambda (x) x)))
(define flonums (list->vector (numbers 1000000 (lambda (x) (/ (inexact x) 3.0)))))

(display (list-ref (list-sort < fixnums) 500000))
(newline)
(vector-sort! < flonums)
(display (vector-ref flonums 500000))
(newline)
