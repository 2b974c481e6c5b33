#!r6rs
;;; R6RS libraries chapter 7: the names of the standard condition types, and what takes or makes procedures.
;;; Constructors, predicates and accessors of the standard types are primitives.
;;;
;;; Primitives: %condition-type %condition-component %check-condition-type %check-procedure %wrong-argument
(library (rnrs conditions)
  (export
    ;; Defined here
    &condition &message &warning &serious &error &violation &assertion &irritants &who
    &non-continuable &implementation-restriction &lexical &syntax &undefined
    condition-predicate condition-accessor define-condition-type
    ;; Conditions
    make-message-condition message-condition? condition-message make-warning warning? make-serious-condition
    serious-condition? make-error error? make-violation violation? make-assertion-violation assertion-violation?
    make-irritants-condition irritants-condition? condition-irritants make-who-condition who-condition? condition-who
    make-non-continuable-violation non-continuable-violation? make-implementation-restriction-violation
    implementation-restriction-violation? make-lexical-violation lexical-violation? make-syntax-violation
    syntax-violation? syntax-violation-form syntax-violation-subform make-undefined-violation undefined-violation?
    condition simple-conditions condition?)
  (import (internal primitives) (internal condition-types))

  (define-standard-condition-type &condition)
  (define-standard-condition-type &message message)
  (define-standard-condition-type &warning)
  (define-standard-condition-type &serious)
  (define-standard-condition-type &error)
  (define-standard-condition-type &violation)
  (define-standard-condition-type &assertion)
  (define-standard-condition-type &irritants irritants)
  (define-standard-condition-type &who who)
  (define-standard-condition-type &non-continuable)
  (define-standard-condition-type &implementation-restriction)
  (define-standard-condition-type &lexical)
  (define-standard-condition-type &syntax form subform)
  (define-standard-condition-type &undefined)

  (define (condition-predicate rtd)
    (%check-condition-type 'condition-predicate rtd)
    (lambda (obj) (and (%condition-component obj rtd) #t)))

  (define (condition-accessor rtd proc)
    (%check-condition-type 'condition-accessor rtd)
    (%check-procedure 'condition-accessor 2 proc)
    (lambda (condition)
      (let ([component (%condition-component condition rtd)])
        (if component
            (proc component)
            (%wrong-argument (record-type-name rtd) 'condition 1 "a condition of this type" condition)))))

  (define-syntax define-condition-type
    (syntax-rules ()
      [(_ name supertype constructor predicate (field accessor) ...)
       (define-condition-type/named name supertype constructor predicate ((field accessor) ...) ())]))

  ;; Gives every field a name for its accessor on simple conditions.
  (define-syntax define-condition-type/named
    (syntax-rules ()
      [(_ name supertype constructor predicate ((field accessor) . more) (done ...))
       (define-condition-type/named name supertype constructor predicate more (done ... (field accessor of-simple)))]
      [(_ name supertype constructor predicate () ((field accessor of-simple) ...))
       (begin
         (define-record-type (name constructor simple?)
           (parent supertype)
           (fields (immutable field of-simple) ...))
         (define (predicate obj)
           (and (%condition-component obj (record-type-descriptor name)) #t))
         (define-condition-accessor accessor name of-simple) ...)]))

  (define-syntax define-condition-accessor
    (syntax-rules ()
      [(_ accessor name of-simple)
       (define (accessor condition)
         (let ([component (%condition-component condition (record-type-descriptor name))])
           (if component
               (of-simple component)
               (%wrong-argument 'accessor 'condition 1 "a condition of the accessor's type" condition))))]))
  )
