#!r6rs
;;; R6RS libraries 6.3: what makes procedures.
;;;
;;; Primitives: %record %record-is? %record-ref %record-set! %record-field-index %record-type-total-fields %rcd-protocol
;;; %symbol-append %check-rtd
(library (rnrs records procedural)
  (export
    ;; Defined here
    record-constructor record-predicate record-accessor record-mutator
    ;; Records
    make-record-type-descriptor record-type-descriptor? make-record-constructor-descriptor)
  (import (internal primitives))

  (define (record-predicate rtd)
    (%check-rtd 'record-predicate 1 rtd)
    (lambda (obj) (%record-is? obj rtd)))

  (define (record-accessor rtd k)
    (%check-rtd 'record-accessor 1 rtd)
    (let ([i (%record-field-index rtd k 'record-accessor)]
          [who (%symbol-append (record-type-name rtd) "-" (vector-ref (record-type-field-names rtd) k))])
      (lambda (record) (%record-ref record rtd i who))))

  (define (record-mutator rtd k)
    (%check-rtd 'record-mutator 1 rtd)
    (let ([i (%record-field-index rtd k 'record-mutator)]
          [who (%symbol-append (record-type-name rtd) "-" (vector-ref (record-type-field-names rtd) k) "-set!")])
      (if (not (record-field-mutable? rtd k))
          (assertion-violation 'record-mutator "the field is immutable" rtd k))
      (lambda (record value) (%record-set! record rtd i value who))))

  (define (record-constructor rcd)
    (let ([protocol (%rcd-protocol rcd)] [rtd (rcd-rtd rcd)])
      (cond
        [(not protocol) (plain-constructor rtd)]
        [(record-type-parent rtd)
         (protocol (extender rcd (lambda (fields) (apply %record rtd fields))))]
        [else (protocol (plain-constructor rtd))])))

  ;; Takes all fields, the oldest ancestor's first.
  (define (plain-constructor rtd)
    (case (%record-type-total-fields rtd)
      [(0) (lambda () (%record rtd))]
      [(1) (lambda (a) (%record rtd a))]
      [(2) (lambda (a b) (%record rtd a b))]
      [(3) (lambda (a b c) (%record rtd a b c))]
      [(4) (lambda (a b c d) (%record rtd a b c d))]
      [else (lambda fields (apply %record rtd fields))]))

  ;; What the protocol of an extending type is called with: takes what the parent's constructor takes, and returns a
  ;; procedure that takes the type's own fields and passes the list of all fields to `make`.
  (define (extender rcd make)
    (let ([rtd (rcd-rtd rcd)] [parent-rcd (rcd-parent-rcd rcd)])
      (let ([parent-rtd (record-type-parent rtd)] [own (vector-length (record-type-field-names rtd))])
        (lambda parent-arguments
          (lambda fields
            (check-count rtd own fields)
            (apply (constructor-into parent-rtd parent-rcd (lambda (inherited) (make (append inherited fields))))
                   parent-arguments))))))

  ;; A constructor that passes the list of all fields of the type to `make`.
  (define (constructor-into rtd rcd make)
    (let ([protocol (and rcd (%rcd-protocol rcd))] [total (%record-type-total-fields rtd)])
      (cond
        [(and protocol (record-type-parent rtd)) (protocol (extender rcd make))]
        [protocol (protocol (lambda fields (check-count rtd total fields) (make fields)))]
        [else (lambda fields (check-count rtd total fields) (make fields))])))

  (define (check-count rtd expected fields)
    (if (not (= (length fields) expected))
        (assertion-violation (record-type-name rtd) "wrong number of fields" (list 'expected expected) fields)))
  )
