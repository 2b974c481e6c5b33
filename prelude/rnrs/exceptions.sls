#!r6rs
;;; R6RS libraries 7.1.
(library (rnrs exceptions)
  (export
    with-exception-handler raise raise-continuable guard
    ;; Auxiliary keywords
    else =>)
  (import (internal primitives) (internal control)))
