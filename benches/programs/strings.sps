#!r6rs
;;; Strings: numbers written, appended, taken apart again.
(import (rnrs base) (rnrs control) (rnrs lists) (rnrs io simple))

(define (line i)
  (string-append "row " (number->string i) ": " (number->string (* i i)) "\n"))

(define (lines n)
  (let loop ((i n) (acc '()))
    (if (= i 0) (apply string-append acc) (loop (- i 1) (cons (line i) acc)))))

(define (checksum text)
  (let ((end (string-length text)))
    (let loop ((i 0) (sum 0))
      (if (= i end)
          sum
          (loop (+ i 1)
                (mod (+ (* 31 sum) (char->integer (string-ref text i))) 1000003))))))

(define (words text)
  (let ((end (string-length text)))
    (let loop ((i 0) (start 0) (n 0))
      (cond ((= i end) n)
            ((memv (string-ref text i) '(#\space #\newline))
             (loop (+ i 1) (+ i 1) (+ n (string-length (substring text start i)))))
            (else (loop (+ i 1) start n))))))

(define (repeat n sum)
  (if (= n 0)
      sum
      (let ((text (lines 20000)))
        (repeat (- n 1) (+ sum (checksum text) (words text))))))

(display (repeat 20 0))
(newline)
