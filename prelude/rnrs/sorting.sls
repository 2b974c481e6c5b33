#!r6rs
;;; R6RS libraries chapter 4: a stable merge sort that changes nothing before it is done. Orders that the machine knows
;;; itself are left to it where they cannot fail: nobody can see the difference.
;;;
;;; Primitives: %check-procedure %check-list %check-vector %sort-natively!
(library (rnrs sorting)
  (export list-sort vector-sort vector-sort!)
  (import (internal primitives))

  (define (list-sort before? list)
    (%check-procedure 'list-sort 1 before?)
    (let* ([n (%check-list 'list-sort 2 list)] [v (list->vector list)])
      (if (%sort-natively! before? v)
          (vector->list v)
          (sort before? list n))))

  (define (vector-sort before? vector)
    (%check-procedure 'vector-sort 1 before?)
    (let* ([n (%check-vector 'vector-sort 2 vector)] [v (vector-copy vector)])
      (if (%sort-natively! before? v)
          v
          (list->vector (sort before? (vector->list vector) n)))))

  (define (vector-sort! before? vector)
    (%check-procedure 'vector-sort! 1 before?)
    (let ([n (%check-vector 'vector-sort! 2 vector)])
      (if (not (%sort-natively! before? vector))
          (let loop ([l (sort before? (vector->list vector) n)] [i 0])
            (if (pair? l)
                (begin (vector-set! vector i (car l)) (loop (cdr l) (+ i 1))))))))

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
