#!r6rs
;;; Semaphores: a family of (vicare posix).
;;;
;;; Primitives: %sem-timedwait
(library (internal posix sem) (options (requires posix))
  (export
    ;; Defined here
    sem-timedwait
    ;; Primitives
    sem-open sem-close sem-unlink sem-init sem-destroy sem-post sem-wait sem-trywait sem-getvalue sizeof-sem_t)
  (import (internal primitives) (internal posix structs))

  ;; (sem-timedwait sem abs-timeout): like sem-wait until a time of CLOCK_REALTIME, a struct-timespec; #f when it comes
  ;; first. sem_timedwait(3)
  (define (sem-timedwait sem abs-timeout)
    (expect-time 'sem-timedwait 2 abs-timeout)
    (%sem-timedwait sem (struct-timespec-tv_sec abs-timeout) (struct-timespec-tv_nsec abs-timeout)))
  )
