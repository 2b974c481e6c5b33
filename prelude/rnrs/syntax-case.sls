#!r6rs
;;; R6RS libraries chapter 12.
(library (rnrs syntax-case)
  (export
    ;; Syntax
    syntax-case syntax quasisyntax with-syntax
    ;; Auxiliary keywords
    ... _ unsyntax unsyntax-splicing
    ;; Syntax objects
    identifier? bound-identifier=? free-identifier=? syntax->datum datum->syntax generate-temporaries
    make-variable-transformer syntax-violation)
  (import (internal primitives)))
