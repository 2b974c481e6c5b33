#!r6rs
;;; Recursion ten million calls deep, none of them a tail call.
(import (rnrs base) (rnrs io simple))

(define (deep n)
  (if (= n 0) 0 (+ 1 (deep (- n 1)))))

(define (repeat n sum)
  (if (= n 0) sum (repeat (- n 1) (+ sum (deep 10000000)))))

(display (repeat 3 0))
(newline)
