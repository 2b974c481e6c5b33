#!r6rs
;;; The names of the condition types that Vicare adds, and the procedures that raise them.
;;;
;;; Primitives: %check-list
(library (internal vicare-conditions)
  (export
    ;; Defined here
    &errno &h_errno &i/o-eagain &out-of-memory-error &non-reinstatable &source-position
    &procedure-precondition-violation &procedure-argument-violation &procedure-signature-argument-violation
    &procedure-arguments-consistency-violation &procedure-postcondition-violation
    &procedure-signature-return-value-violation &expression-return-value-violation
    &failed-expression &one-based-return-value-index
    raise-non-continuable-standard-condition warning
    procedure-argument-violation procedure-signature-argument-violation
    procedure-signature-return-value-violation
    procedure-arguments-consistency-violation procedure-arguments-consistency-violation/failed-expression
    expression-return-value-violation non-reinstatable-violation
    ;; Conditions
    make-i/o-eagain i/o-eagain-error? make-errno-condition errno-condition? condition-errno make-h_errno-condition
    h_errno-condition? condition-h_errno make-out-of-memory-error out-of-memory-error?
    make-procedure-precondition-violation procedure-precondition-violation? make-procedure-argument-violation
    procedure-argument-violation? make-procedure-signature-argument-violation procedure-signature-argument-violation?
    procedure-signature-argument-violation.one-based-argument-index
    procedure-signature-argument-violation.failed-expression procedure-signature-argument-violation.offending-value
    make-procedure-arguments-consistency-violation procedure-arguments-consistency-violation?
    make-procedure-postcondition-violation procedure-postcondition-violation?
    make-procedure-signature-return-value-violation procedure-signature-return-value-violation?
    procedure-signature-return-value-violation.one-based-return-value-index
    procedure-signature-return-value-violation.failed-expression
    procedure-signature-return-value-violation.offending-value make-expression-return-value-violation
    expression-return-value-violation? make-failed-expression-condition failed-expression-condition?
    condition-failed-expression make-one-based-return-value-index-condition one-based-return-value-index-condition?
    condition-one-based-return-value-index make-non-reinstatable-violation non-reinstatable-violation?
    make-source-position-condition source-position-condition? source-position-port-id source-position-byte
    source-position-character source-position-line source-position-column)
  (import (internal primitives) (internal condition-types) (internal control))

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
