#!r6rs
;;; A library whose name begins with a word of the import syntax.
(library (only words)
  (export words)
  (import (rnrs base))
  (define words '(only words)))
