#!r6rs
;;; Parameters by Vicare's protocol: (p) is the value, (p v) sets it through the guard, (p v #f) sets it as it is.
;;;
;;; Primitives: %check-procedure
(library (vicar parameters)
  (export make-parameter parametrise parameterise parameterize)
  (import (vicar internal) (only (rnrs base) map for-each dynamic-wind))

  ;; The guard is not applied to the initial value.
  (define make-parameter
    (case-lambda
      [(value)
       (case-lambda
         [() value]
         [(new) (set! value new) (values)]
         [(new guard?) (set! value new) (values)])]
      [(value guard)
       (%check-procedure 'make-parameter 2 guard)
       (case-lambda
         [() value]
         [(new) (set! value (guard new)) (values)]
         [(new guard?) (set! value (if guard? (guard new) new)) (values)])]))

  (define-syntax parametrise
    (syntax-rules ()
      [(_ () body0 body ...) (let () body0 body ...)]
      [(_ ((parameter value) ...) body0 body ...)
       (call-with-parameters (list parameter ...) (list value ...) (lambda () body0 body ...))]))

  (define-syntax parameterize
    (syntax-rules ()
      [(_ bindings body0 body ...) (parametrise bindings body0 body ...)]))

  (define-syntax parameterise
    (syntax-rules ()
      [(_ bindings body0 body ...) (parametrise bindings body0 body ...)]))

  ;; The new values go through the guards once, inside: if one raises, the parameters are put back on the way out.
  (define (call-with-parameters parameters new thunk)
    (let ([outer (map (lambda (p) (p)) parameters)] [inner #f])
      (define (install vs)
        (for-each (lambda (p v) (p v #f)) parameters vs))
      (dynamic-wind
        (lambda () (if inner (install inner)))
        (lambda ()
          (for-each (lambda (p v) (p v)) parameters new)
          (thunk))
        (lambda ()
          (set! inner (map (lambda (p) (p)) parameters))
          (install outer)))))
  )
