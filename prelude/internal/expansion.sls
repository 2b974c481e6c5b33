#!r6rs
;;; What macros of the prelude call while they expand: a library of its own, for a macro cannot call what its own library
;;; defines before that library is there.
(library (internal expansion)
  (export all-identifiers? check-enumeration-names call-arguments all-keyed?)
  (import (internal primitives))

  (define (all-identifiers? ids)
    (syntax-case ids ()
      [() #t]
      [(id . more) (and (identifier? #'id) (all-identifiers? #'more))]))

  ;; True, or a syntax violation.
  (define (check-enumeration-names who use names symbols)
    (syntax-case names ()
      [() #t]
      [(name . more)
       (begin
         (if (not (and (identifier? #'name) (memq (syntax->datum #'name) symbols)))
             (syntax-violation who "the symbol is not in the enumeration" use #'name))
         (check-enumeration-names who use #'more symbols))]))

  ;; The expressions of arguments of which the last ones have keys.
  (define (call-arguments arguments)
    (syntax-case arguments ()
      [() '()]
      [([key expression] . more)
       (all-keyed? arguments)
       (cons #'expression (call-arguments #'more))]
      [(argument . more)
       (cons #'argument (call-arguments #'more))]))

  (define (all-keyed? arguments)
    (syntax-case arguments ()
      [() #t]
      [([key expression] . more) (and (identifier? #'key) (all-keyed? #'more))]
      [_ #f]))
  )
