#!r6rs
;;; Calls and fixnum arithmetic: doubly recursive Fibonacci.
(import (rnrs base) (rnrs io simple))

(define (fib n)
  (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))

(display (fib 38))
(newline)
