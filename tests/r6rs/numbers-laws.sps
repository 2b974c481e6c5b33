#!r6rs
;;; Laws of arithmetic for all pairs out of numbers around the borders of representations: report 11.7.3.1, 11.7.4.3.
(import (rnrs base) (rnrs control) (rnrs lists) (vicar-test))

;;; Borders of representations. Each identity holds for every w.
(define widths '(8 28 29 30 31 32 53 59 60 61 62 63 64 128))
(define borders
  (append
    '(0 1 -1 2 -2 3 -3 10 -10)
    (apply append
           (map (lambda (w)
                  (let ((b (expt 2 w)))
                    (list b (- b 1) (+ b 1) (- b) (- 1 b) (- -1 b))))
                widths))))
(define (counterexamples holds?)
  (filter (lambda (pair) (not (holds? (car pair) (cdr pair))))
          (apply append
                 (map (lambda (a) (map (lambda (b) (cons a b)) borders)) borders))))
(check (counterexamples (lambda (a b) (= (- (+ a b) b) a))) => '())
(check (counterexamples (lambda (a b) (= (+ a b) (+ b a)))) => '())
(check (counterexamples (lambda (a b) (= (- a b) (- (- b a))))) => '())
(check (counterexamples (lambda (a b) (= (* a b) (* b a)))) => '())
(check (counterexamples (lambda (a b) (or (= b 0) (= (/ (* a b) b) a)))) => '())
(check (counterexamples (lambda (a b) (= (* (+ a b) (- a b)) (- (* a a) (* b b))))) => '())
(check (counterexamples (lambda (a b) (eq? (< a b) (negative? (- a b))))) => '())
(check (counterexamples (lambda (a b) (eq? (= a b) (zero? (- a b))))) => '())
(check (counterexamples
         (lambda (a b)
           (or (= b 0)
               (let ((q (div a b)) (r (mod a b)))
                 (and (= a (+ (* b q) r)) (<= 0 r) (< r (abs b)))))))
       => '())
(check (counterexamples
         (lambda (a b)
           (or (= b 0)
               (let ((q (div0 a b)) (r (mod0 a b)))
                 (and (= a (+ (* b q) r))
                      (<= (- (abs b)) (* 2 r))
                      (< (* 2 r) (abs b)))))))
       => '())
(check (counterexamples
         (lambda (a b)
           (let ((g (gcd a b)))
             (and (>= g 0)
                  (if (= g 0)
                      (and (= a 0) (= b 0))
                      (and (= 0 (mod a g)) (= 0 (mod b g))
                           (= (* g (lcm a b)) (abs (* a b)))))))))
       => '())
(check (counterexamples
         (lambda (a b) (eqv? a (string->number (number->string a)))))
       => '())
(check (counterexamples
         (lambda (a b) (eqv? a (string->number (number->string a 16) 16))))
       => '())
(check (filter (lambda (a) (not (eqv? (- (- a)) a))) borders) => '())
(check (filter (lambda (a) (not (= (abs a) (max a (- a))))) borders) => '())
(check (filter (lambda (a)
                 (or (negative? a)
                     (let-values (((s r) (exact-integer-sqrt a)))
                       (not (and (= a (+ (* s s) r)) (< a (* (+ s 1) (+ s 1))))))))
               (filter (lambda (a) (>= a 0)) borders))
       => '())

(report)
