#!r6rs
;;; The codes of host look-ups by name: syntaxes of (vicare platform constants).
(library (internal posix host-errors) (options (requires posix))
  (export
    h_errno-code case-h_errno)
  (import (internal primitives) (for (internal posix host-error-names) expand))

  ;; (h_errno-code NAME): the code, a negative fixnum, as condition-h_errno answers it.
  (define-syntax h_errno-code
    (lambda (stx)
      (syntax-case stx ()
        [(_ name) (datum->syntax #'here (host-error-code stx #'name))])))

  ;; (case-h_errno code ((NAME ...) body ...) ... (else body ...)): case on codes by their names.
  (define-syntax case-h_errno
    (lambda (stx)
      (syntax-case stx (else)
        [(_ code clause ...)
         (let loop ([clauses #'(clause ...)] [done '()])
           (syntax-case clauses (else)
             [() #`(case code . #,(reverse done))]
             [((else body0 body ...)) (loop #'() (cons #'(else body0 body ...) done))]
             [(((name ...) body0 body ...) . more)
              (loop #'more
                    (cons #`(#,(host-error-codes stx #'(name ...)) body0 body ...) done))]))])))
  )
