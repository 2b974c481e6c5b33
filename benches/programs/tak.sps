#!r6rs
;;; Calls with three arguments: Takeuchi's function.
(import (rnrs base) (rnrs io simple))

(define (tak x y z)
  (if (not (< y x))
      z
      (tak (tak (- x 1) y z) (tak (- y 1) z x) (tak (- z 1) x y))))

(define (repeat n sum)
  (if (= n 0) sum (repeat (- n 1) (+ sum (tak 18 12 6)))))

(display (repeat 2400 0))
(newline)
