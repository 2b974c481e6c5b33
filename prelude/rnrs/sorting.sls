#!r6rs
;;; R6RS libraries chapter 4: a stable merge sort that changes nothing before it is done.
;;;
;;; Primitives: %check-procedure %check-list %check-vector
(library (rnrs sorting)
  (export list-sort vector-sort vector-sort!)
  (import (vicar internal))

  (define (list-sort before? list)
    (%check-procedure 'list-sort 1 before?)
    (sort before? list (%check-list 'list-sort 2 list)))

  (define (vector-sort before? vector)
    (%check-procedure 'vector-sort 1 before?)
    (let ([n (%check-vector 'vector-sort 2 vector)])
      (list->vector (sort before? (vector->list vector) n))))

  (define (vector-sort! before? vector)
    (%check-procedure 'vector-sort! 1 before?)
    (let ([n (%check-vector 'vector-sort! 2 vector)])
      (let loop ([l (sort before? (vector->list vector) n)] [i 0])
        (if (pair? l)
            (begin (vector-set! vector i (car l)) (loop (cdr l) (+ i 1)))))))

  ;; The first n elements of l, sorted.
  (define (sort before? l n)
    (if (< n 2)
        (if (= n 0) '() (list (car l)))
        (let ([half (fxarithmetic-shift-right n 1)])
          (merge before? (sort before? l half) (sort before? (list-tail l half) (- n half))))))

  ;; Of elements that are equivalent, those of a come first.
  (define (merge before? a b)
    (if (before? (car b) (car a))
        (cons (car b) (if (null? (cdr b)) a (merge before? a (cdr b))))
        (cons (car a) (if (null? (cdr a)) b (merge before? (cdr a) b)))))
  )
