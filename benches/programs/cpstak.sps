#!r6rs
;;; Closures: Takeuchi's function in continuation-passing style.
(import (rnrs base) (rnrs io simple))

(define (tak x y z k)
  (if (not (< y x))
      (k z)
      (tak (- x 1) y z
        (lambda (a)
          (tak (- y 1) z x
            (lambda (b)
              (tak (- z 1) x y
                (lambda (c) (tak a b c k)))))))))

(define (repeat n sum)
  (if (= n 0) sum (repeat (- n 1) (+ sum (tak 18 12 6 (lambda (v) v))))))

(display (repeat 1200 0))
(newline)
