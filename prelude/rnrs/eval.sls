#!r6rs
;;; R6RS libraries chapter 16.
(library (rnrs eval)
  (export
    ;; Evaluation
    eval environment)
  (import (internal primitives)))
