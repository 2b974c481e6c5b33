#!r6rs
;;; What the procedures of `(internal checked-lambda)` call when they run.
(library (internal checks)
  (export check-arguments bad-argument bad-return-value exactly-one?)
  (import (internal primitives) (internal vicare-conditions))

  (define (bad-argument who index predicate value)
    (procedure-signature-argument-violation who "failed argument validation" index predicate value))

  (define (bad-return-value who index predicate value)
    (procedure-signature-return-value-violation who "failed return value validation" index predicate value))

  ;; Checks each of the rest arguments, the first of which is argument `index`.
  (define (check-arguments who index values predicate holds?)
    (let loop ([l values] [i index])
      (if (pair? l)
          (begin
            (if (not (holds? (car l))) (bad-argument who i predicate (car l)))
            (loop (cdr l) (+ i 1))))))

  (define (exactly-one? . values)
    (let loop ([l values] [found #f])
      (cond
        [(null? l) found]
        [(not (car l)) (loop (cdr l) found)]
        [found #f]
        [else (loop (cdr l) (car l))])))
  )
