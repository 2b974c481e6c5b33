#!r6rs
;;; R6RS libraries chapter 17.
(library (rnrs mutable-pairs)
  (export
    ;; Pairs
    set-car! set-cdr!)
  (import (internal primitives)))
