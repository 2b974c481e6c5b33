#!r6rs
;;; Bignums: digits of pi by a spigot over exact integers.
(import (rnrs base) (rnrs io simple))

;; Gibbons' unbounded spigot; the checksum takes the place of printing.
(define (digits n)
  (let loop ((q 1) (r 0) (t 1) (k 1) (m 3) (x 3) (count 0) (sum 0))
    (cond
      ((= count n) sum)
      ((< (+ (* 4 q) (- r t)) (* m t))
       (loop (* 10 q)
             (* 10 (- r (* m t)))
             t
             k
             (- (div (* 10 (+ (* 3 q) r)) t) (* 10 m))
             x
             (+ count 1)
             (mod (+ (* 31 sum) m) 1000003)))
      (else
       (loop (* q k)
             (* (+ (* 2 q) r) x)
             (* t x)
             (+ k 1)
             (div (+ (* q (+ (* 7 k) 2)) (* r x)) (* t x))
             (+ x 2)
             count
             sum)))))

(display (digits 3000))
(newline)
