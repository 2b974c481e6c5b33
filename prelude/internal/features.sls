#!r6rs
;;; What the syntaxes that `define-cond-expand` defines do when they expand.
(library (internal features)
  (export cond-expand-clause)
  (import (internal primitives))

  ;; Features whatever the library.
  (define common-features
    '(r6rs vicare vicar posix unix linux full-unicode exact-closed exact-complex ratios
      srfi-0 srfi-2 srfi-6 srfi-8 srfi-11 srfi-16 srfi-23 srfi-39 srfi-62))

  (define (holds? use requirement feature?)
    (let every-or-some ([requirement requirement])
      (define (all? rest)
        (syntax-case rest ()
          [() #t]
          [(r . more) (and (every-or-some #'r) (all? #'more))]))
      (define (any? rest)
        (syntax-case rest ()
          [() #f]
          [(r . more) (or (every-or-some #'r) (any? #'more))]))
      (syntax-case requirement ()
        [(operator . rest)
         (identifier? #'operator)
         (case (syntax->datum #'operator)
           [(and) (all? #'rest)]
           [(or) (any? #'rest)]
           [(not)
            (syntax-case #'rest ()
              [(r) (not (every-or-some #'r))]
              [_ (syntax-violation 'cond-expand "`not` takes one requirement" use requirement)])]
           [else (syntax-violation 'cond-expand "expected and, or, not" use requirement)])]
        [id
         (identifier? #'id)
         (or (and (memq (syntax->datum #'id) common-features) #t)
             (feature? #'id))]
        [_ (syntax-violation 'cond-expand "expected a feature, or a list with and, or, not" use requirement)])))

  ;; The body of the first clause that holds. If there is none, the form is in error: it would silently be nothing.
  (define (cond-expand-clause use feature?)
    (syntax-case use ()
      [(_ clause ...)
       (let loop ([clauses #'(clause ...)])
         (syntax-case clauses ()
           [() (syntax-violation 'cond-expand "no clause holds" use)]
           [((requirement body ...) . more)
            (if (or (and (identifier? #'requirement) (eq? (syntax->datum #'requirement) 'else))
                    (holds? use #'requirement feature?))
                #'(begin body ...)
                (loop #'more))]
           [(bad . more) (syntax-violation 'cond-expand "expected (requirement body ...)" use #'bad)]))]))
  )
