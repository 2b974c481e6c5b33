#!r6rs
;;; The names of the I/O condition types, for the three libraries that export them.
(library (internal io-conditions)
  (export
    ;; Defined here
    &i/o &i/o-read &i/o-write &i/o-invalid-position &i/o-filename &i/o-file-protection &i/o-file-is-read-only
    &i/o-file-already-exists &i/o-file-does-not-exist &i/o-port
    ;; Conditions
    make-i/o-error i/o-error? make-i/o-read-error i/o-read-error? make-i/o-write-error i/o-write-error?
    make-i/o-invalid-position-error i/o-invalid-position-error? i/o-error-position make-i/o-filename-error
    i/o-filename-error? i/o-error-filename make-i/o-file-protection-error i/o-file-protection-error?
    make-i/o-file-is-read-only-error i/o-file-is-read-only-error? make-i/o-file-already-exists-error
    i/o-file-already-exists-error? make-i/o-file-does-not-exist-error i/o-file-does-not-exist-error?
    make-i/o-port-error i/o-port-error? i/o-error-port)
  (import (internal primitives) (internal condition-types))

  (define-standard-condition-type &i/o)
  (define-standard-condition-type &i/o-read)
  (define-standard-condition-type &i/o-write)
  (define-standard-condition-type &i/o-invalid-position position)
  (define-standard-condition-type &i/o-filename filename)
  (define-standard-condition-type &i/o-file-protection filename)
  (define-standard-condition-type &i/o-file-is-read-only filename)
  (define-standard-condition-type &i/o-file-already-exists filename)
  (define-standard-condition-type &i/o-file-does-not-exist filename)
  (define-standard-condition-type &i/o-port port)
  )
