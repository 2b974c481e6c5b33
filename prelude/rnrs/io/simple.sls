#!r6rs
;;; R6RS libraries 8.3: what takes procedures.
;;;
;;; Primitives: %check-procedure %open-text-file
(library (rnrs io simple)
  (export call-with-input-file call-with-output-file with-input-from-file with-output-to-file)
  (import (vicar internal) (vicar parameters) (only (rnrs io ports) call-with-port))

  (define (call-with-input-file filename proc)
    (%check-procedure 'call-with-input-file 2 proc)
    (call-with-port (%open-text-file 'call-with-input-file filename #f) proc))

  (define (call-with-output-file filename proc)
    (%check-procedure 'call-with-output-file 2 proc)
    (call-with-port (%open-text-file 'call-with-output-file filename #t) proc))

  (define (with-input-from-file filename thunk)
    (%check-procedure 'with-input-from-file 2 thunk)
    (call-with-port (%open-text-file 'with-input-from-file filename #f)
      (lambda (port) (parametrise ([current-input-port port]) (thunk)))))

  (define (with-output-to-file filename thunk)
    (%check-procedure 'with-output-to-file 2 thunk)
    (call-with-port (%open-text-file 'with-output-to-file filename #t)
      (lambda (port) (parametrise ([current-output-port port]) (thunk)))))
  )
