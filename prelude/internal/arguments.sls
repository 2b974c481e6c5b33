#!r6rs
;;; Names and checks of (vicare arguments validation), for its macros.
(library (internal arguments)
  (export validator-name with-false checks)
  (import (internal primitives) (only (rnrs base) map))

  (define (renamed id suffix)
    (datum->syntax id (string->symbol (string-append (symbol->string (syntax->datum id)) suffix))))

  ;; The procedure that checks for the name of a validation.
  (define (validator-name id) (renamed id ".vicare-arguments-validation"))

  (define (with-false id) (renamed id "/false"))

  ;; The calls that a list of clauses stands for.
  (define (checks stx who clauses)
    (syntax-case clauses ()
      [() '()]
      [((#t . operands) . more) (checks stx who #'more)]
      [((name operand ...) . more)
       (identifier? #'name)
       (with-syntax ([validator (validator-name #'name)] [who who])
         (cons #'(validator who operand ...) (checks stx #'who #'more)))]
      [(clause . more)
       (syntax-violation 'with-arguments-validation "expected a clause: the name of a validation and its operands"
         stx #'clause)]))
  )
