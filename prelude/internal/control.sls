#!r6rs
;;; Continuations, winders, exceptions, and their meeting in guard and unwind-protect.
;;;
;;; Primitives: %call/cc %winders %set-winders! %handlers %set-handlers! %leave-parameters! %enter-parameters! %uncaught %warn
;;; %check-procedure
;;;
;;;   (%call/cc f)       calls f with a procedure that reinstates the stack, the winders and the handlers as they are now,
;;;                      and returns its arguments from here. It runs nothing on the way.
;;;   (%winders), (%handlers), (%set-…! list)
;;;                      the two registers of the machine that make the dynamic environment.
;;;   (%uncaught obj)    ends the run: no handler is left.
;;;   (%warn obj)        tells a condition that stops nothing, and for which no handler is left.
;;;
;;; The list of winders, innermost first, has a vector for every dynamic-wind and every unwind-protect that is active:
;;;
;;;   #(before after handlers cleanup over?)
;;;
;;; Handlers are those of the place where it was established: its thunks run with them. A dynamic-wind has thunks in
;;; `before` and `after` and no `cleanup`. An unwind-protect has a `cleanup`, which accepts the reason; it is run at most
;;; once, and then `over?` is true and the body cannot be entered again. A parametrise has a vector in `before` and #f
;;; elsewhere: see (internal parameters).
(library (internal control)
  (export call/cc call-with-current-continuation dynamic-wind
          with-exception-handler raise raise-continuable
          call-with-guard guard
          unwinding-call/cc with-unwind-protection with-blocked-exceptions with-current-dynamic-environment)
  (import (internal primitives))

  ;; -- winders

  (define (make-winder before after cleanup)
    (vector before after (%handlers) cleanup #f))

  (define (winder-cleanup w) (vector-ref w 3))

  ;; Leaves the innermost winder, `ws` being the list that it heads. Without a reason a cleanup stays pending.
  (define (leave ws reason)
    (let ([w (car ws)])
      (cond
        [(winder-cleanup w)
         (%set-winders! (cdr ws))
         (if reason (clean-up w reason))]
        [(vector-ref w 1) =>
         (lambda (after)
           (%set-winders! (cdr ws))
           (%set-handlers! (vector-ref w 2))
           (after))]
        [else (%leave-parameters! ws)])))

  ;; Runs the cleanup, once; nothing that it raises gets out.
  (define (clean-up w reason)
    (if (not (vector-ref w 4))
        (begin
          (vector-set! w 4 #t)
          (%set-handlers! (vector-ref w 2))
          (with-blocked-exceptions (lambda () ((winder-cleanup w) reason))))))

  (define (enter ws)
    (let ([w (car ws)])
      (if (vector? (vector-ref w 0))
          (%enter-parameters! ws)
          (begin
            (%set-handlers! (vector-ref w 2))
            (if (winder-cleanup w)
                (if (vector-ref w 4)
                    (raise (condition (make-non-reinstatable-violation)
                                      (make-who-condition 'unwind-protect)
                                      (make-message-condition "the body was left for good and cannot be entered again")
                                      (make-irritants-condition '()))))
                ((vector-ref w 0)))
            (%set-winders! ws)))))

  ;; The longest common tail of two lists.
  (define (common-tail a b)
    (let ([m (length a)] [n (length b)])
      (let loop ([a (if (> m n) (list-tail a (- m n)) a)]
                 [b (if (> n m) (list-tail b (- n m)) b)])
        (if (eq? a b) a (loop (cdr a) (cdr b))))))

  ;; Makes `to` the list of winders: leaves and enters what lies between.
  (define (rewind to reason)
    (let ([from (%winders)])
      (if (not (eq? from to))
          (let ([shared (common-tail from to)])
            (let out ([ws from])
              (if (not (eq? ws shared))
                  (begin (leave ws reason) (out (cdr ws)))))
            (let in ([ws to])
              (if (not (eq? ws shared))
                  (begin (in (cdr ws)) (enter ws))))))))

  (define (cleanup-between? inner outer)
    (and (not (eq? inner outer))
         (or (winder-cleanup (car inner))
             (cleanup-between? (cdr inner) outer))))

  ;; -- continuations

  (define (escape-procedure k ws reason)
    (case-lambda
      [(v) (rewind ws reason) (k v)]
      [vs (rewind ws reason) (apply k vs)]))

  (define (call/cc procedure)
    (%check-procedure 'call/cc 1 procedure)
    (%call/cc (lambda (k) (procedure (escape-procedure k (%winders) #f)))))

  (define (call-with-current-continuation procedure)
    (%check-procedure 'call-with-current-continuation 1 procedure)
    (call/cc procedure))

  ;; The continuation runs the cleanups of the bodies that it leaves.
  (define (unwinding-call/cc procedure)
    (%check-procedure 'unwinding-call/cc 1 procedure)
    (%call/cc (lambda (k) (procedure (escape-procedure k (%winders) 'escape)))))

  (define (dynamic-wind before thunk after)
    (%check-procedure 'dynamic-wind 1 before)
    (%check-procedure 'dynamic-wind 2 thunk)
    (%check-procedure 'dynamic-wind 3 after)
    (before)
    (let ([ws (%winders)])
      (%set-winders! (cons (make-winder before after #f) ws))
      (call-with-values thunk
        (case-lambda
          [(v) (%set-winders! ws) (after) v]
          [vs (%set-winders! ws) (after) (apply values vs)]))))

  ;; -- exceptions

  (define (with-exception-handler handler thunk)
    (%check-procedure 'with-exception-handler 1 handler)
    (%check-procedure 'with-exception-handler 2 thunk)
    (let ([handlers (%handlers)])
      (%set-handlers! (cons handler handlers))
      (call-with-values thunk
        (case-lambda
          [(v) (%set-handlers! handlers) v]
          [vs (%set-handlers! handlers) (apply values vs)]))))

  (define (raise obj)
    (let ([handlers (%handlers)])
      (if (null? handlers)
          (%uncaught obj)
          (begin
            (%set-handlers! (cdr handlers))
            ((car handlers) obj)
            (%set-handlers! (cdr handlers))
            (raise (condition (make-non-continuable-violation)
                              (make-who-condition 'raise)
                              (make-message-condition "the handler of a non-continuable exception returned")
                              (make-irritants-condition (list obj))))))))

  (define (raise-continuable obj)
    (let ([handlers (%handlers)])
      (if (null? handlers)
          (if (and (condition? obj) (not (serious-condition? obj)))
              (%warn obj)
              (%uncaught obj))
          (begin
            (%set-handlers! (cdr handlers))
            (call-with-values (lambda () ((car handlers) obj))
              (case-lambda
                [(v) (%set-handlers! handlers) v]
                [vs (%set-handlers! handlers) (apply values vs)]))))))

  ;; What guard expands to. When `body` raises, `clauses` is called in the dynamic environment of this call with
  ;; - the object,
  ;; - `commit`: calls a thunk in tail position, after running the cleanups of the bodies that are left for good;
  ;; - `decline`: goes back to where the object was raised and raises it from there again.
  (define (call-with-guard body clauses)
    ((%call/cc
       (lambda (leave-guard)
         (let ([handlers (%handlers)] [winders (%winders)])
           (define (handler obj)
             ((%call/cc
                (lambda (return-to-raise)
                  (let ([inner (%winders)])
                    (define (commit thunk)
                      (if (cleanup-between? inner winders)
                          (begin
                            (rewind inner #f)
                            (return-to-raise
                              (lambda ()
                                (rewind winders 'exception)
                                (leave-guard thunk))))
                          (thunk)))
                    (define (decline)
                      (rewind inner #f)
                      (return-to-raise (lambda () (raise-continuable obj))))
                    (rewind winders #f)
                    (leave-guard (lambda () (clauses obj commit decline))))))))
           (%set-handlers! (cons handler handlers))
           (call-with-values body
             (case-lambda
               [(v) (%set-handlers! handlers) (lambda () v)]
               [vs (%set-handlers! handlers) (lambda () (apply values vs))])))))))

  (define-syntax guard
    (syntax-rules ()
      [(_ (variable clause0 clause ...) body0 body ...)
       (call-with-guard
         (lambda () body0 body ...)
         (lambda (variable commit decline) (guard-clauses commit decline clause0 clause ...)))]))

  ;; The expressions of a clause are those of a clause of cond: no definitions.
  (define-syntax guard-clauses
    (syntax-rules (else =>)
      [(_ commit decline) (decline)]
      [(_ commit decline (else e0 e ...)) (commit (lambda () (cond (else e0 e ...))))]
      [(_ commit decline (test => receiver) clause ...)
       (let ([t test])
         (if t
             (commit (lambda () (receiver t)))
             (guard-clauses commit decline clause ...)))]
      [(_ commit decline (test) clause ...)
       (let ([t test])
         (if t
             (commit (lambda () t))
             (guard-clauses commit decline clause ...)))]
      [(_ commit decline (test e0 e ...) clause ...)
       (if test
           (commit (lambda () (cond (else e0 e ...))))
           (guard-clauses commit decline clause ...))]))

  ;; -- what unwind-protect expands to

  (define (with-unwind-protection cleanup thunk)
    (%check-procedure 'with-unwind-protection 1 cleanup)
    (%check-procedure 'with-unwind-protection 2 thunk)
    (let* ([ws (%winders)] [handlers (%handlers)] [w (make-winder #f #f cleanup)])
      (define (finish)
        (%set-winders! ws)
        (clean-up w 'return)
        (%set-handlers! handlers))
      (%set-winders! (cons w ws))
      (call-with-values thunk
        (case-lambda
          [(v) (finish) v]
          [vs (finish) (apply values vs)]))))

  ;; The values of `thunk`, or, if it raises anything, what `make-values` makes of the object.
  (define with-blocked-exceptions
    (case-lambda
      [(thunk) (with-blocked-exceptions values thunk)]
      [(make-values thunk)
       (%check-procedure 'with-blocked-exceptions 1 make-values)
       (%check-procedure 'with-blocked-exceptions 2 thunk)
       (call-with-guard thunk
         (lambda (obj commit decline) (commit (lambda () (make-values obj)))))]))

  ;; A thunk that calls `thunk` in the dynamic environment of this call; if it raises anything, the result is what
  ;; `make-values` makes of the object.
  (define (with-current-dynamic-environment make-values thunk)
    (%check-procedure 'with-current-dynamic-environment 1 make-values)
    (%check-procedure 'with-current-dynamic-environment 2 thunk)
    ((call/cc
       (lambda (here)
         (lambda ()
           (lambda ()
             ((call/cc
                (lambda (there)
                  (here
                    (lambda ()
                      (call-with-values (lambda () (with-blocked-exceptions make-values thunk))
                        (lambda vs (there (lambda () (apply values vs))))))))))))))))
  )
