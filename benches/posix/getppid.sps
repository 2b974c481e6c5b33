#!r6rs
;;; Three million times the cheapest of system calls.
(import (vicare) (prefix (vicare posix) px.))

(define (repeat n pid)
  (if (fx=? n 0)
      pid
      (repeat (fx- n 1) (px.getppid))))

(display (fx>? (repeat 3000000 0) 0))
(newline)
