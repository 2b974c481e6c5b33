#!r6rs
;;; Parameters by Vicare's protocol: (p) is the value, (p v) sets it through the guard, (p v #f) sets it as it is.
;;;
;;; Primitives: %check-procedure %winders %set-winders! %make-parameter %set-parameter! %save-parameters %leave-parameters!
(library (internal parameters)
  (export make-parameter make-named-parameter parametrise parameterise parameterize)
  (import (internal primitives) (only (rnrs base) map for-each dynamic-wind) (only (rnrs lists) partition))

  ;; The guard is not applied to the initial value.
  (define make-parameter
    (case-lambda
      [(value) (%make-parameter value #f #f)]
      [(value guard)
       (%check-procedure 'make-parameter 2 guard)
       (make-named-parameter #f value guard)]))

  ;; One whose name conditions tell.
  (define (make-named-parameter name value guard)
    (%make-parameter value
      (lambda (parameter new)
        (%set-parameter! parameter (guard new))
        (values))
      name))

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

  ;; The new values go through the guards once, inside: if one raises, the parameters are put back on the way out. What a
  ;; continuation enters again has the values with which it was left.
  (define (call-with-parameters parameters new thunk)
    (define (run)
      (for-each (lambda (p v) (p v)) parameters new)
      (thunk))
    (let ([saved (%save-parameters parameters)])
      (if saved
          (call-with-saved saved run)
          (call-with-values (lambda () (partition (lambda (p) (%save-parameters (list p))) parameters))
            (lambda (own others)
              (call-with-saved (%save-parameters own)
                (lambda () (call-with-others others run))))))))

  ;; Calls `thunk`; afterwards the saved parameters have their values again. Should the run end inside, the machine sees to
  ;; that.
  (define (call-with-saved saved thunk)
    (let ([inside (cons (vector saved #f #f #f #f) (%winders))])
      (%set-winders! inside)
      (call-with-values thunk
        (case-lambda
          [(v) (%leave-parameters! inside) v]
          [vs (%leave-parameters! inside) (apply values vs)]))))

  ;; The same for procedures of the program's own that follow the protocol.
  (define (call-with-others parameters thunk)
    (let ([elsewhere (map (lambda (p) (p)) parameters)] [entered? #f])
      (define (exchange)
        (let ([here (map (lambda (p) (p)) parameters)])
          (for-each (lambda (p v) (p v #f)) parameters elsewhere)
          (set! elsewhere here)))
      (dynamic-wind
        (lambda () (if entered? (exchange) (set! entered? #t)))
        thunk
        exchange)))
  )
