#!r6rs
;;; Names and codes of failed host look-ups, netdb.h negated: what (internal posix host-errors) expands with.
(library (internal posix host-error-names) (options (requires posix))
  (export
    host-error-code host-error-codes)
  (import (internal primitives))

  (define codes
    '((HOST_NOT_FOUND . -1) (TRY_AGAIN . -2) (NO_RECOVERY . -3) (NO_ADDRESS . -4) (NO_DATA . -4)))

  ;; The code of an identifier; others are a syntax violation of `use`.
  (define (host-error-code use name)
    (let ([entry (and (identifier? name) (assq (syntax->datum name) codes))])
      (if entry
          (cdr entry)
          (syntax-violation 'h_errno-code
            "not one of HOST_NOT_FOUND, TRY_AGAIN, NO_RECOVERY, NO_ADDRESS and NO_DATA" use name))))

  (define (host-error-codes use names)
    (syntax-case names ()
      [() '()]
      [(name . more) (cons (host-error-code use #'name) (host-error-codes use #'more))]))
  )
