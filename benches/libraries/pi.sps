#!r6rs
;;; 10,000 digits of pi by Machin's formula and by Chudnovsky's with binary splitting, ten times the latter.
(import (rnrs))

(define (arctan-inverse x unity)
  (let loop ((sum (div unity x)) (term (div unity x)) (n 3) (sign -1))
    (let ((term (div term (* x x))))
      (if (= term 0)
          sum
          (loop (+ sum (* sign (div term n))) term (+ n 2) (- sign))))))

(define (machin digits)
  (let ((unity (expt 10 (+ digits 10))))
    (div (* 4 (- (* 4 (arctan-inverse 5 unity)) (arctan-inverse 239 unity))) (expt 10 10))))

(define (split a b k)
  (if (= (+ a 1) b)
      (let* ((p (if (= a 0) 1 (* (- (* 6 a) 5) (- (* 2 a) 1) (- (* 6 a) 1))))
             (q (if (= a 0) 1 (* 10939058860032000 a a a)))
             (t (* p (+ 13591409 (* 545140134 a)))))
        (k p q (if (odd? a) (- t) t)))
      (let ((m (div (+ a b) 2)))
        (split a m
          (lambda (p1 q1 t1)
            (split m b
              (lambda (p2 q2 t2)
                (k (* p1 p2) (* q1 q2) (+ (* q2 t1) (* p1 t2))))))))))

(define (chudnovsky digits)
  (split 0 (+ 2 (div digits 14))
    (lambda (p q t)
      (let-values (((root rest) (exact-integer-sqrt (* 10005 (expt 10 (* 2 (+ digits 10)))))))
        (div (div (* q 426880 root) t) (expt 10 10))))))

(define digits 10000)
(define a (machin digits))
(define b (do ((i 1 (+ i 1)) (b 0 (chudnovsky digits))) ((> i 10) b)))
(display (= a b))
(display (mod a 10000000000))
(newline)
