#!r6rs
;;; What (vicare) itself exports of POSIX and of raw memory, beside rows of src/posix and src/memory.
;;;
;;; Primitives: %local-storage %free-local-storage %check-procedure
(library (internal posix vicare) (options (requires posix))
  (export
    with-local-storage)
  (import (internal primitives) (only (rnrs base) dynamic-wind))

  ;; (with-local-storage lengths proc): the value of `proc` applied to as many pointers as the vector has lengths, each to
  ;; that many bytes, one after the other. They are freed when control leaves the call.
  (define (with-local-storage lengths proc)
    (%check-procedure 'with-local-storage 2 proc)
    (let ([pointers (%local-storage lengths)])
      (dynamic-wind
        void
        (lambda () (apply proc (cdr pointers)))
        (lambda () (%free-local-storage (car pointers))))))
  )
