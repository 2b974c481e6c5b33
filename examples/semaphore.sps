#!r6rs
;;; A child process writes an integer into shared memory, its parent prints it.
;;; As shared-memory.sps, but nobody sleeps: a POSIX semaphore inside the shared
;;; memory says when the integer is there.
(import (vicare)
  (prefix (vicare posix) px.)
  (vicare platform constants)
  (only (vicare language-extensions syntaxes)
        unwind-protect
        callet))

(define shm.pathname
  (format "/vicar-semaphore.~a" (px.getpid)))
(define shm.dim
  (px.sysconf _SC_PAGESIZE))

;; The semaphore comes first in the page, the integer behind it.
(define value.offset
  (px.sizeof-sem_t))

;; The mapping outlives both the name and the descriptor, so they go at once:
;; nothing is left behind, however the processes end.
(define (map-shared-page)
  (let ((shm.fd (callet px.shm-open shm.pathname
                        (oflags (fxior O_CREAT O_EXCL O_RDWR))
                        (mode   (fxior S_IRUSR S_IWUSR)))))
    (unwind-protect
        (begin
          (px.shm-unlink shm.pathname)
          (px.ftruncate shm.fd shm.dim)
          (callet px.mmap
                  (address #f)
                  (size    shm.dim)
                  (prot    (fxior PROT_READ PROT_WRITE))
                  (flags   MAP_SHARED)
                  (fd      shm.fd)
                  (offset  0)))
      (px.close shm.fd))))

(define page (map-shared-page))

;; #t: shared between processes; 0: nothing is there yet.
(define written (px.sem-init page #t 0))

(define (parent child-pid)
  (px.sem-wait written)
  (let ((value (pointer-ref-c-signed-int page value.offset)))
    (px.waitpid child-pid 0)
    (px.sem-destroy written)
    (px.munmap page shm.dim)
    value))

(define (child)
  (pointer-set-c-signed-int! page value.offset 123)
  (px.sem-post written)
  (exit 0))

(display (px.fork parent child))
(newline)
