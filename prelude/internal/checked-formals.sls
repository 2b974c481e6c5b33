;;; What the macros of `(internal checked-lambda)` call while they expand.
(library (internal checked-formals)
  (export checked-lambda checked-clause checked-clauses)
  (import (internal primitives) (internal checks) (only (rnrs base) map))

  (define (brace? id)
    (and (identifier? id) (free-identifier=? id #'brace)))

  (define (underscore? id)
    (and (identifier? id) (free-identifier=? id #'_)))

  ;; A lambda expression.
  (define (checked-lambda who formals returns body)
    #`(lambda . #,(clause who formals returns body)))

  (define (checked-clauses who clauses)
    (syntax-case clauses ()
      [() '()]
      [(c . more) (cons (checked-clause who #'c) (checked-clauses who #'more))]))

  ;; (formals body ...), where formals may begin with {_ predicate ...}.
  (define (checked-clause who c)
    (syntax-case c ()
      [(((b u return ...) . formals) body0 body ...)
       (and (brace? #'b) (underscore? #'u))
       (clause who #'formals #'(return ...) #'(body0 body ...))]
      [(formals body0 body ...)
       (clause who #'formals #'() #'(body0 body ...))]))

  (define (clause who formals returns body)
    (with-syntax ([formals (plain formals)]
                  [(check ...) (checks who formals 1)]
                  [body (checked-body who returns body)])
      #'(formals check ... body)))

  ;; The formals without their predicates.
  (define (plain formals)
    (syntax-case formals ()
      [() '()]
      [(b id predicate) (brace? #'b) #'id]
      [((b id predicate) . more) (brace? #'b) (cons #'id (plain #'more))]
      [(id . more) (cons #'id (plain #'more))]
      [rest #'rest]))

  ;; Expressions that check the arguments from the given index on.
  (define (checks who formals index)
    (syntax-case formals ()
      [() '()]
      [(b id predicate)
       (brace? #'b)
       (list #`(check-arguments '#,who #,index id 'predicate (lambda (x) #,(test #'predicate #'x))))]
      [((b id predicate) . more)
       (brace? #'b)
       (cons #`(if (not #,(test #'predicate #'id)) (bad-argument '#,who #,index 'predicate id))
             (checks who #'more (+ index 1)))]
      [(id . more) (checks who #'more (+ index 1))]
      [rest '()]))

  ;; An expression that says whether the predicate holds for the variable.
  (define (test predicate id)
    (define (all predicates)
      (syntax-case predicates ()
        [() '()]
        [(p . more) (cons (test #'p id) (all #'more))]))
    (syntax-case predicate (and or xor not)
      [(and p ...) #`(and . #,(all #'(p ...)))]
      [(or p ...) #`(or . #,(all #'(p ...)))]
      [(xor p ...) #`(exactly-one? . #,(all #'(p ...)))]
      [(not p) #`(not #,(test #'p id))]
      [p #`(p #,id)]))

  ;; The body; with predicates for what it returns, one for each value.
  (define (checked-body who returns body)
    (with-syntax ([who who] [(body ...) body])
      (with-syntax ([run #'(fluid-let-syntax ([__who__ (identifier-syntax 'who)]) body ...)])
        (syntax-case returns ()
          [() #'run]
          [(p ...)
           (with-syntax ([(v ...) (generate-temporaries #'(p ...))])
             (with-syntax ([(check ...) (return-checks #'who #'(v ...) #'(p ...) 1)])
               #'(call-with-values (lambda () run)
                   (lambda (v ...) check ... (values v ...)))))]))))

  (define (return-checks who variables predicates index)
    (syntax-case variables ()
      [() '()]
      [(v . more)
       (syntax-case predicates ()
         [(p . others)
          (cons #`(if (not #,(test #'p #'v)) (bad-return-value '#,who #,index 'p v))
                (return-checks who #'more #'others (+ index 1)))])]))
  )
