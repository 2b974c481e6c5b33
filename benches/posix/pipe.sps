#!r6rs
;;; Blocks of 4 KB through a pipe, written and read back by one process.
(import (vicare) (prefix (vicare posix) px.))

(define block (make-bytevector 4096 7))

(define (repeat n in out bytes)
  (if (fx=? n 0)
      bytes
      (begin
        (px.write out block)
        (repeat (fx- n 1) in out (fx+ bytes (px.read in block))))))

(let-values (((in out) (px.pipe)))
  (display (repeat 400000 in out 0))
  (newline))
