#!r6rs
;;; The names of the I/O condition types, for the three libraries that export them.
(library (vicar io-conditions)
  (export &i/o &i/o-read &i/o-write &i/o-invalid-position &i/o-filename &i/o-file-protection &i/o-file-is-read-only
          &i/o-file-already-exists &i/o-file-does-not-exist &i/o-port)
  (import (vicar internal) (vicar condition-types))

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
