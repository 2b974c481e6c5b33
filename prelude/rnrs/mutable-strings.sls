#!r6rs
;;; R6RS libraries chapter 18.
(library (rnrs mutable-strings)
  (export
    ;; Strings
    string-set! string-fill!)
  (import (internal primitives)))
