#!r6rs
;;; R6RS libraries 8.2: what takes procedures, and two condition types.
;;;
;;; Primitives: %open-string-output-port %extract-string %check-procedure
(library (rnrs io ports)
  (export &i/o-decoding &i/o-encoding
          call-with-port open-string-output-port call-with-string-output-port)
  (import (vicar internal) (vicar condition-types))

  (define-standard-condition-type &i/o-decoding port)
  (define-standard-condition-type &i/o-encoding port char)

  ;; Closes the port when the procedure returns, not when it is left otherwise.
  (define (call-with-port port proc)
    (%check-procedure 'call-with-port 2 proc)
    (call-with-values (lambda () (proc port))
      (case-lambda
        [(v) (close-port port) v]
        [vs (close-port port) (apply values vs)])))

  (define (open-string-output-port)
    (let ([port (%open-string-output-port)])
      (values port (lambda () (%extract-string port)))))

  (define (call-with-string-output-port proc)
    (%check-procedure 'call-with-string-output-port 1 proc)
    (let ([port (%open-string-output-port)])
      (proc port)
      (%extract-string port)))
  )
