#!r6rs
;;; The names of the condition types that Vicare adds, and the procedures that raise them.
;;;
;;; Primitives: %check-list
(library (vicar vicare-conditions)
  (export &errno &h_errno &i/o-eagain &out-of-memory-error &non-reinstatable &source-position
          &procedure-precondition-violation &procedure-argument-violation &procedure-signature-argument-violation
          &procedure-arguments-consistency-violation &procedure-postcondition-violation
          &procedure-signature-return-value-violation &expression-return-value-violation
          &failed-expression &one-based-return-value-index
          raise-non-continuable-standard-condition warning
          procedure-argument-violation procedure-signature-argument-violation
          procedure-signature-return-value-violation
          procedure-arguments-consistency-violation procedure-arguments-consistency-violation/failed-expression
          expression-return-value-violation non-reinstatable-violation)
  (import (vicar internal) (vicar condition-types) (vicar control))

  (define-standard-condition-type &errno code)
  (define-standard-condition-type &h_errno code)
  (define-standard-condition-type &i/o-eagain)
  (define-standard-condition-type &out-of-memory-error)
  (define-standard-condition-type &non-reinstatable)
  (define-standard-condition-type &source-position port-id byte character line column)
  (define-standard-condition-type &procedure-precondition-violation)
  (define-standard-condition-type &procedure-argument-violation)
  (define-standard-condition-type &procedure-signature-argument-violation
    one-based-argument-index failed-expression offending-value)
  (define-standard-condition-type &procedure-arguments-consistency-violation)
  (define-standard-condition-type &procedure-postcondition-violation)
  (define-standard-condition-type &procedure-signature-return-value-violation
    one-based-return-value-index failed-expression offending-value)
  (define-standard-condition-type &expression-return-value-violation)
  (define-standard-condition-type &failed-expression failed-expression)
  (define-standard-condition-type &one-based-return-value-index one-based-return-value-index)

  ;; Who (unless #f), message, the given conditions, irritants.
  (define (standard-condition who message irritants conditions)
    (%check-list 'raise-non-continuable-standard-condition 3 irritants)
    (let ([rest (append conditions (list (make-irritants-condition irritants)))])
      (apply condition
             (if who
                 (cons* (make-who-condition who) (make-message-condition message) rest)
                 (cons (make-message-condition message) rest)))))

  (define raise-non-continuable-standard-condition
    (case-lambda
      [(who message irritants) (raise (standard-condition who message irritants '()))]
      [(who message irritants c) (raise (standard-condition who message irritants (list c)))]))

  (define (warning who message . irritants)
    (raise-continuable (standard-condition who message irritants (list (make-warning)))))

  (define (violation c who message irritants)
    (raise (standard-condition who message irritants (list c))))

  (define (procedure-argument-violation who message . irritants)
    (violation (make-procedure-argument-violation) who message irritants))

  (define (procedure-signature-argument-violation who message index expression value)
    (violation (make-procedure-signature-argument-violation index expression value) who message (list value)))

  (define (procedure-signature-return-value-violation who message index expression value)
    (violation (make-procedure-signature-return-value-violation index expression value) who message (list value)))

  (define (procedure-arguments-consistency-violation who message . irritants)
    (violation (make-procedure-arguments-consistency-violation) who message irritants))

  (define (procedure-arguments-consistency-violation/failed-expression who message expression . irritants)
    (violation (condition (make-procedure-arguments-consistency-violation) (make-failed-expression-condition expression))
               who message irritants))

  (define (expression-return-value-violation who message index . irritants)
    (violation (condition (make-expression-return-value-violation) (make-one-based-return-value-index-condition index))
               who message irritants))

  (define (non-reinstatable-violation who message . irritants)
    (violation (make-non-reinstatable-violation) who message irritants))
  )
