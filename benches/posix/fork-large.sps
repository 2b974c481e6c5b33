#!r6rs
;;; Two hundred children of a process with a heap of 100 MB.
(import (vicare) (prefix (vicare posix) px.))

(define (repeat n sum)
  (if (fx=? n 0)
      sum
      (let ((pid (px.fork)))
        (if (fx=? pid 0)
            (exit 3)
            (repeat (fx- n 1) (fx+ sum (px.WEXITSTATUS (px.waitpid pid 0))))))))

(define heap (make-vector 12500000 'x))
(display (repeat 200 0))
(newline)
(display (vector-ref heap 5))
(newline)
