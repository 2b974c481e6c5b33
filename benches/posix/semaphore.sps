#!r6rs
;;; Two processes wake each other by semaphores in shared memory.
(import (vicare) (prefix (vicare posix) px.) (vicare platform constants))

(define page
  (px.mmap #f 4096 (fxior PROT_READ PROT_WRITE) (fxior MAP_SHARED MAP_ANONYMOUS) 0 0))
(define ping (px.sem-init page #t 0))
(define pong (px.sem-init (pointer-add page 2048) #t 0))

(define (repeat n mine theirs)
  (if (fx>? n 0)
      (begin
        (px.sem-post theirs)
        (px.sem-wait mine)
        (repeat (fx- n 1) mine theirs))))

(px.fork
  (lambda (pid)
    (repeat 100000 ping pong)
    (px.waitpid pid 0)
    (display "done")
    (newline))
  (lambda ()
    (repeat 100000 pong ping)
    (exit 0)))
