#!r6rs
;;; Deep and non-linear recursion: Ackermann's function.
(import (rnrs base) (rnrs io simple))

(define (ack m n)
  (cond ((= m 0) (+ n 1))
        ((= n 0) (ack (- m 1) 1))
        (else (ack (- m 1) (ack m (- n 1))))))

(define (repeat n sum)
  (if (= n 0) sum (repeat (- n 1) (+ sum (ack 3 9)))))

(display (repeat 16 0))
(newline)
