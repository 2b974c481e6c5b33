#!r6rs
;;; Sorts a million strings.
(import (rnrs))

(define (next x) (mod (+ (* x 1103515245) 12345) 2147483648))

(define strings
  (let ((v (make-vector 1000000)))
    (let loop ((i 0) (x 42))
      (if (= i 1000000)
          v
          (begin (vector-set! v i (string-append "key-" (number->string x 16)))
                 (loop (+ i 1) (next x)))))))

(display (string? (vector-ref (vector-sort string<? strings) 500000)))
(newline)
