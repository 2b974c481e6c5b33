#!r6rs
;;; R6RS libraries 8.3: what takes procedures.
;;;
;;; Primitives: %check-procedure %open-text-file
(library (rnrs io simple)
  (export
    ;; Defined here
    call-with-input-file call-with-output-file with-input-from-file with-output-to-file
    ;; Conditions
    make-i/o-error i/o-error? make-i/o-read-error i/o-read-error? make-i/o-write-error i/o-write-error?
    make-i/o-invalid-position-error i/o-invalid-position-error? i/o-error-position make-i/o-filename-error
    i/o-filename-error? i/o-error-filename make-i/o-file-protection-error i/o-file-protection-error?
    make-i/o-file-is-read-only-error i/o-file-is-read-only-error? make-i/o-file-already-exists-error
    i/o-file-already-exists-error? make-i/o-file-does-not-exist-error i/o-file-does-not-exist-error?
    make-i/o-port-error i/o-port-error? i/o-error-port
    ;; Ports
    eof-object eof-object? input-port? output-port? current-input-port current-output-port current-error-port
    open-input-file open-output-file close-input-port close-output-port read-char peek-char read write display newline
    write-char
    ;; Names of condition types
    &i/o &i/o-file-already-exists &i/o-file-does-not-exist &i/o-file-is-read-only &i/o-file-protection &i/o-filename
    &i/o-invalid-position &i/o-port &i/o-read &i/o-write)
  (import (internal primitives) (internal io-conditions) (internal parameters) (only (rnrs io ports) call-with-port))

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
