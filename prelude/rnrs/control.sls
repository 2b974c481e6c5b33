#!r6rs
;;; R6RS libraries chapter 5: control structures.
(library (rnrs control)
  (export
    ;; Syntax
    case-lambda when unless do)
  (import (internal primitives)))
