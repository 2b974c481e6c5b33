#!r6rs
;;; Continuations: trees walked by generators that re-enter each other.
(import (rnrs base) (rnrs control) (rnrs io simple))

(define (make-tree depth n)
  (if (= depth 0) n (cons (make-tree (- depth 1) (* 2 n)) (make-tree (- depth 1) (+ 1 (* 2 n))))))

;; A procedure that answers the leaves one by one, then #f.
(define (make-generator tree)
  (define return #f)
  (define (resume)
    (let walk ((t tree))
      (if (pair? t)
          (begin (walk (car t)) (walk (cdr t)))
          (call/cc
            (lambda (k)
              (set! resume (lambda () (k #f)))
              (return t)))))
    (return #f))
  (lambda ()
    (call/cc
      (lambda (k)
        (set! return k)
        (resume)))))

(define (sum-of-products a b)
  (let ((next-a (make-generator a)) (next-b (make-generator b)))
    (let loop ((sum 0))
      (let ((x (next-a)))
        (if x
            (loop (mod (+ sum (* x (next-b))) 1000003))
            sum)))))

(define (repeat n sum)
  (if (= n 0)
      sum
      (repeat (- n 1) (+ sum (sum-of-products (make-tree 16 1) (make-tree 16 n))))))

(display (repeat 30 0))
(newline)
