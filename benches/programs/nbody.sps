#!r6rs
;;; Flonums in vectors: five bodies under gravitation.
(import (rnrs base) (rnrs control) (rnrs io simple))

;; A body is #(x y z vx vy vz mass).
(define (make-bodies)
  (vector
    (vector 0.0 0.0 0.0 0.0 0.0 0.0 40.0)
    (vector 4.8 -1.1 -0.1 0.6 2.8 -0.02 0.038)
    (vector 8.3 4.1 -0.4 -1.0 1.8 0.008 0.011)
    (vector 12.8 -15.1 -0.2 1.1 0.8 -0.01 0.0017)
    (vector 15.3 -25.9 0.2 0.9 0.6 -0.03 0.002)))

(define (attract! a b dt)
  (let* ((dx (- (vector-ref a 0) (vector-ref b 0)))
         (dy (- (vector-ref a 1) (vector-ref b 1)))
         (dz (- (vector-ref a 2) (vector-ref b 2)))
         (d2 (+ (* dx dx) (* dy dy) (* dz dz)))
         (f (/ dt (* d2 (sqrt d2))))
         (fa (* f (vector-ref b 6)))
         (fb (* f (vector-ref a 6))))
    (vector-set! a 3 (- (vector-ref a 3) (* dx fa)))
    (vector-set! a 4 (- (vector-ref a 4) (* dy fa)))
    (vector-set! a 5 (- (vector-ref a 5) (* dz fa)))
    (vector-set! b 3 (+ (vector-ref b 3) (* dx fb)))
    (vector-set! b 4 (+ (vector-ref b 4) (* dy fb)))
    (vector-set! b 5 (+ (vector-ref b 5) (* dz fb)))))

(define (move! a dt)
  (vector-set! a 0 (+ (vector-ref a 0) (* dt (vector-ref a 3))))
  (vector-set! a 1 (+ (vector-ref a 1) (* dt (vector-ref a 4))))
  (vector-set! a 2 (+ (vector-ref a 2) (* dt (vector-ref a 5)))))

(define (advance! bodies dt)
  (do ((i 0 (+ i 1))) ((= i 5))
    (do ((j (+ i 1) (+ j 1))) ((= j 5))
      (attract! (vector-ref bodies i) (vector-ref bodies j) dt)))
  (do ((i 0 (+ i 1))) ((= i 5))
    (move! (vector-ref bodies i) dt)))

(define (run steps)
  (let ((bodies (make-bodies)))
    (do ((i 0 (+ i 1))) ((= i steps))
      (advance! bodies 0.001))
    (let ((a (vector-ref bodies 1)))
      (round (* 1000.0 (+ (vector-ref a 0) (vector-ref a 1)))))))

(display (run 250000))
(newline)
