#!r6rs
;;; R6RS libraries 11.3: two condition types; the procedures are primitives.
(library (rnrs arithmetic flonums)
  (export &no-infinities &no-nans)
  (import (vicar condition-types))

  (define-standard-condition-type &no-infinities)
  (define-standard-condition-type &no-nans)
  )
