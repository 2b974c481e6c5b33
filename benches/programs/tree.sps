#!r6rs
;;; Allocation: binary trees built, counted and dropped, beside one that stays.
(import (rnrs base) (rnrs io simple))

(define (make depth)
  (if (= depth 0)
      (vector #f #f)
      (vector (make (- depth 1)) (make (- depth 1)))))

(define (count node)
  (if (vector-ref node 0)
      (+ 1 (count (vector-ref node 0)) (count (vector-ref node 1)))
      1))

(define (many depth times sum)
  (if (= times 0) sum (many depth (- times 1) (+ sum (count (make depth))))))

(define (run max-depth)
  (let ((long-lived (make max-depth)))
    (let loop ((depth 4) (sum 0))
      (if (> depth max-depth)
          (+ sum (count long-lived))
          (loop (+ depth 2)
                (+ sum (many depth (expt 2 (- (+ max-depth 4) depth)) 0)))))))

(display (run 18))
(newline)
