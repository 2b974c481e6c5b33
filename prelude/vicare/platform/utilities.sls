#!r6rs
;;; (vicare platform utilities): names of codes, as symbols.
;;;
;;; Primitives: errno->string interprocess-signal->string of (vicare posix)
(library (vicare platform utilities) (options (requires posix))
  (export
    errno-code->symbol posix-signal->symbol)
  (import (internal primitives) (only (internal posix failures) in-name-of))

  (define (symbol name) (and name (string->symbol name)))

  ;; (errno-code->symbol code): the name of an error code, a negative fixnum, or #f.
  (define (errno-code->symbol code)
    (in-name-of 'errno-code->symbol (lambda () (symbol (errno->string code)))))

  ;; (posix-signal->symbol signum): the name of a signal, or #f.
  (define (posix-signal->symbol signum)
    (in-name-of 'posix-signal->symbol (lambda () (symbol (interprocess-signal->string signum)))))
  )
