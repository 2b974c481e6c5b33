#!r6rs
;;; Copies 100 MB, twenty times.
(import (vicare))

(define size 100000000)
(define source (malloc size))
(define target (malloc size))
(memset source 7 size)

(define (repeat n)
  (if (fx>? n 0)
      (begin
        (memcpy target source size)
        (repeat (fx- n 1)))))

(repeat 20)
(display (pointer-ref-c-uint8 target (- size 1)))
(newline)
