#!r6rs
;;; Compensations: releases that are pushed while a body runs and run, the last first, when it is left for good.
(library (internal compensations)
  (export with-compensations with-compensations/on-error compensate with-compensation-handler
          push-compensation push-compensation-thunk run-compensations)
  (import (internal primitives) (internal control) (internal parameters))

  ;; The stack of the innermost body: a procedure that answers its thunks and empties it, or pushes one.
  (define current-stack (make-parameter #f))

  (define (make-stack)
    (let ([thunks '()])
      (case-lambda
        [() (let ([all thunks]) (set! thunks '()) all)]
        [(thunk) (set! thunks (cons thunk thunks))])))

  (define (run-all thunks)
    (if (pair? thunks)
        (begin
          (with-blocked-exceptions (car thunks))
          (run-all (cdr thunks)))))

  (define (run-compensations)
    (let ([stack (current-stack)])
      (if stack (run-all (stack)))))

  (define (call-with-compensations wanted? body)
    (let ([stack (make-stack)])
      (with-unwind-protection
        (lambda (why) (if (wanted? why) (run-all (stack))))
        (lambda () (parametrise ([current-stack stack]) (body))))))

  (define-syntax with-compensations
    (syntax-rules ()
      [(_ body0 body ...)
       (call-with-compensations (lambda (why) #t) (lambda () body0 body ...))]))

  (define-syntax with-compensations/on-error
    (syntax-rules ()
      [(_ body0 body ...)
       (call-with-compensations (lambda (why) (eq? why 'exception)) (lambda () body0 body ...))]))

  (define (push-compensation-thunk thunk) (push 'push-compensation-thunk thunk))

  (define (push who thunk)
    (%check-procedure who 1 thunk)
    (let ([stack (current-stack)])
      (if (not stack)
          (assertion-violation who "there is no with-compensations around"))
      (stack thunk)))

  (define-syntax push-compensation
    (syntax-rules ()
      [(_ release0 release ...)
       (push-compensation-thunk (lambda () release0 release ...))]))

  (define (with-compensation-handler release-thunk alloc-thunk)
    (%check-procedure 'with-compensation-handler 2 alloc-thunk)
    (push 'with-compensation-handler release-thunk)
    (alloc-thunk))

  ;; Within the release, <> is the value that was allocated.
  (define-syntax compensate
    (syntax-rules (with)
      [(_ alloc (with release0 release ...))
       (let ([value alloc])
         (push-compensation-thunk
           (lambda ()
             (fluid-let-syntax ([<> (identifier-syntax value)])
               release0 release ...)))
         value)]
      [(_ alloc0 alloc1 more ...)
       (compensate-sequence (alloc0) alloc1 more ...)]))

  (define-syntax compensate-sequence
    (syntax-rules (with)
      [(_ (alloc ...) (with release0 release ...))
       (compensate (let () alloc ...) (with release0 release ...))]
      [(_ (alloc ...) alloc1 more ...)
       (compensate-sequence (alloc ... alloc1) more ...)]))
  )
