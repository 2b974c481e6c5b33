#!r6rs
;;; A loop over flonums: points of the Mandelbrot set on a grid.
(import (rnrs base) (rnrs io simple))

(define limit 200)

(define (steps cr ci)
  (let loop ((zr 0.0) (zi 0.0) (n 0))
    (if (= n limit)
        n
        (let ((zr2 (* zr zr)) (zi2 (* zi zi)))
          (if (> (+ zr2 zi2) 4.0)
              n
              (loop (+ (- zr2 zi2) cr) (+ (* 2.0 (* zr zi)) ci) (+ n 1)))))))

(define (row y size sum)
  (let ((ci (- (/ (* 2.0 (inexact y)) (inexact size)) 1.0)))
    (let loop ((x 0) (sum sum))
      (if (= x size)
          sum
          (loop (+ x 1)
                (+ sum (steps (- (/ (* 3.0 (inexact x)) (inexact size)) 2.0) ci)))))))

(define (grid size)
  (let loop ((y 0) (sum 0))
    (if (= y size) sum (loop (+ y 1) (row y size sum)))))

(display (grid 600))
(newline)
