#!r6rs
;;; A library whose name consists of words of the import syntax.
(library (for expand only)
  (export levels)
  (import (rnrs base))
  (define levels '(for expand only)))
