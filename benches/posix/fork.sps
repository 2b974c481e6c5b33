#!r6rs
;;; Two thousand children that end at once.
(import (vicare) (prefix (vicare posix) px.))

(define (repeat n sum)
  (if (fx=? n 0)
      sum
      (let ((pid (px.fork)))
        (if (fx=? pid 0)
            (exit 3)
            (repeat (fx- n 1) (fx+ sum (px.WEXITSTATUS (px.waitpid pid 0))))))))

(display (repeat 2000 0))
(newline)
