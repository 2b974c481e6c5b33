#!r6rs
;;; R6RS libraries chapter 15: nearly all of the standard.
(library (rnrs)
  (export
    (import
      (rnrs base) (rnrs unicode) (rnrs bytevectors) (rnrs lists) (rnrs sorting) (rnrs control)
      (rnrs records syntactic) (rnrs records procedural) (rnrs records inspection) (rnrs exceptions) (rnrs conditions)
      (rnrs io ports) (rnrs io simple) (rnrs files) (rnrs programs) (rnrs arithmetic fixnums)
      (rnrs arithmetic flonums) (rnrs arithmetic bitwise) (rnrs syntax-case) (rnrs hashtables) (rnrs enums)))
  (import))
