;;; Vicare's procedures that check their arguments: a formal `{id predicate}` is refused unless the predicate holds, and
;;; `{name predicate ...}` in the place of the name checks what is returned. `{a b}` reads as `(brace a b)`.
(library (internal checked-lambda)
  (export define* lambda* case-define* case-lambda* named-lambda* named-case-lambda*)
  (import (internal primitives) (internal checked-formals) (internal vicare-conditions))

  ;; A clause ready for case-lambda, who being an identifier whose name is what conditions say.
  (define-syntax define*
    (lambda (stx)
      (syntax-case stx (brace)
        [(_ ((brace name return ...) . formals) body0 body ...)
         #`(define name #,(checked-lambda #'name #'formals #'(return ...) #'(body0 body ...)))]
        [(_ (name . formals) body0 body ...)
         #`(define name #,(checked-lambda #'name #'formals #'() #'(body0 body ...)))]
        [(_ name) #'(define name (void))]
        [(_ name expression)
         #'(define name
             (fluid-let-syntax ([__who__ (identifier-syntax 'name)])
               expression))])))

  (define-syntax lambda*
    (lambda (stx)
      (syntax-case stx ()
        [(_ formals body0 body ...)
         (let ([clause (checked-clause #'_ #'(formals body0 body ...))])
           #`(lambda . #,clause))])))

  (define-syntax named-lambda*
    (lambda (stx)
      (syntax-case stx ()
        [(_ name formals body0 body ...)
         (let ([clause (checked-clause #'name #'(formals body0 body ...))])
           #`(named-lambda name . #,clause))])))

  (define-syntax case-lambda*
    (lambda (stx)
      (syntax-case stx ()
        [(_ clause ...)
         #`(case-lambda . #,(checked-clauses #'_ #'(clause ...)))])))

  (define-syntax named-case-lambda*
    (lambda (stx)
      (syntax-case stx ()
        [(_ name clause ...)
         #`(named-case-lambda name . #,(checked-clauses #'name #'(clause ...)))])))

  (define-syntax case-define*
    (lambda (stx)
      (syntax-case stx ()
        [(_ name clause ...)
         #`(define name (case-lambda . #,(checked-clauses #'name #'(clause ...))))])))
  )
