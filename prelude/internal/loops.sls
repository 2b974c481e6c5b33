#!r6rs
;;; Vicare's loops, escapes and protections. Each rebinds fluid keywords (`break`, `continue`, `return`) around
;;; `unwinding-call/cc`, so that leaving runs the cleanups of `unwind-protect`. A loop whose body does not mention them
;;; captures nothing: `%with-escape` sees whether it does.
;;;
;;; Primitives: %condition-component; the form %with-escape
(library (internal loops)
  (export while until for do* dolist dotimes returnable
          unwind-protect with-unwind-handler try catch finally)
  (import (internal primitives) (internal control) (internal definitions))

  (define-auxiliary-syntaxes catch finally)

  ;; One turn: `(break)` calls `escape`, `(continue)` goes on behind it.
  (define-syntax turn
    (syntax-rules ()
      [(_ escape body ...)
       (%with-escape unwinding-call/cc next
         (fluid-let-syntax
             ([break (syntax-rules () [(_ v (... ...)) (escape v (... ...))])]
              [continue (syntax-rules () [(_) (next)])])
           (values)
           body ...))]))

  (define-syntax while
    (syntax-rules ()
      [(_ test body ...)
       (%with-escape unwinding-call/cc escape
         (let loop ()
           (if test
               (begin (turn escape body ...) (loop))
               (values))))]))

  (define-syntax until
    (syntax-rules ()
      [(_ test body ...) (while (not test) body ...)]))

  (define-syntax for
    (syntax-rules ()
      [(_ (init test increment) body ...)
       (%with-escape unwinding-call/cc escape
         init
         (let loop ()
           (if test
               (begin (turn escape body ...) increment (loop))
               (values))))]))

  (define-syntax do*
    (syntax-rules ()
      [(_ (binding ...) (test result ...) command ...)
       (%with-escape unwinding-call/cc escape
         (do*-bindings (binding ...) ()
           (test result ...)
           (turn escape command ...)))]))

  ;; Binds one after the other and gathers the assignments that make the next step.
  (define-syntax do*-bindings
    (syntax-rules ()
      [(_ ([v init step] more ...) (assignment ...) exit body)
       (let ([v init])
         (do*-bindings (more ...) (assignment ... (set! v step)) exit body))]
      [(_ ([v init] more ...) (assignment ...) exit body)
       (let ([v init])
         (do*-bindings (more ...) (assignment ...) exit body))]
      [(_ () (assignment ...) (test result ...) body)
       (let loop ()
         (if test
             (begin (values) result ...)
             (begin body assignment ... (loop))))]))

  (define-syntax dolist
    (syntax-rules ()
      [(_ (v list) body ...) (dolist (v list (values)) body ...)]
      [(_ (v list result) body ...)
       (%with-escape unwinding-call/cc escape
         (let loop ([l list])
           (if (pair? l)
               (begin
                 (let ([v (car l)]) (turn escape body ...))
                 (loop (cdr l)))
               (let ([v '()]) result))))]))

  (define-syntax dotimes
    (syntax-rules ()
      [(_ (v count) body ...) (dotimes (v count (values)) body ...)]
      [(_ (v count result) body ...)
       (%with-escape unwinding-call/cc escape
         (let ([n count])
           (let loop ([i 0])
             (if (< i n)
                 (begin
                   (let ([v i]) (turn escape body ...))
                   (loop (+ i 1)))
                 (let ([v i]) result)))))]))

  (define-syntax returnable
    (syntax-rules ()
      [(_ body0 body ...)
       (%with-escape unwinding-call/cc escape
         (fluid-let-syntax ([return (syntax-rules () [(_ v (... ...)) (escape v (... ...))])])
           body0 body ...))]))

  ;; -- protection

  (define-syntax unwind-protect
    (syntax-rules ()
      [(_ body cleanup0 cleanup ...)
       (with-unwind-protection
         (lambda (why) cleanup0 cleanup ...)
         (lambda () body))]))

  (define (with-unwind-handler handler thunk)
    (%check-procedure 'with-unwind-handler 1 handler)
    (%check-procedure 'with-unwind-handler 2 thunk)
    (with-unwind-protection handler thunk))

  (define-syntax try
    (syntax-rules (catch finally)
      [(_ body (catch variable clause ...) (finally cleanup0 cleanup ...))
       (with-unwind-protection
         (lambda (why) cleanup0 cleanup ...)
         (lambda () (try body (catch variable clause ...))))]
      [(_ body (catch variable clause ...))
       (call-with-guard
         (lambda () body)
         (lambda (variable commit decline) (try-clauses variable commit decline clause ...)))]
      [(_ body (finally cleanup0 cleanup ...))
       (with-unwind-protection
         (lambda (why) cleanup0 cleanup ...)
         (lambda () body))]))

  (define-syntax try-clauses
    (syntax-rules (else)
      [(_ variable commit decline) (decline)]
      [(_ variable commit decline (else e0 e ...)) (commit (lambda () e0 e ...))]
      [(_ variable commit decline (types e0 e ...) clause ...)
       (if (try-test variable types)
           (commit (lambda () e0 e ...))
           (try-clauses variable commit decline clause ...))]))

  (define-syntax try-test
    (syntax-rules (and or xor not)
      [(_ variable (and type ...)) (and (try-test variable type) ...)]
      [(_ variable (or type ...)) (or (try-test variable type) ...)]
      [(_ variable (xor type ...)) (xor (try-test variable type) ...)]
      [(_ variable (not type)) (not (try-test variable type))]
      [(_ variable (type)) (try-test variable type)]
      [(_ variable type) (and (%condition-component variable (record-type-descriptor type)) #t)]))
  )
