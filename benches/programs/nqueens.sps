#!r6rs
;;; Lists: all ways to place queens, boards as lists of columns.
(import (rnrs base) (rnrs io simple))

(define (safe? column distance placed)
  (or (null? placed)
      (let ((other (car placed)))
        (and (not (= other column))
             (not (= other (+ column distance)))
             (not (= other (- column distance)))
             (safe? column (+ distance 1) (cdr placed))))))

(define (columns n)
  (let loop ((i n) (l '()))
    (if (= i 0) l (loop (- i 1) (cons i l)))))

(define (count-ways n)
  (define all (columns n))
  (let place ((row 0) (placed '()))
    (if (= row n)
        1
        (let try ((candidates all) (sum 0))
          (cond ((null? candidates) sum)
                ((safe? (car candidates) 1 placed)
                 (try (cdr candidates)
                      (+ sum (place (+ row 1) (cons (car candidates) placed)))))
                (else (try (cdr candidates) sum)))))))

(display (count-ways 12))
(newline)
