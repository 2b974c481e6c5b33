#!r6rs
;;; R6RS libraries chapter 14. An enumeration type has a universe, a list of symbols; a set of the type is a subset of the
;;; universe as an exact integer, bit i for symbol i.
;;;
;;; Primitives: %check-list
(library (internal enumerations)
  (export make-enumeration enum-set-universe enum-set-indexer enum-set-constructor enum-set->list
          enum-set-member? enum-set-subset? enum-set=? enum-set-union enum-set-intersection enum-set-difference
          enum-set-complement enum-set-projection define-enumeration
          enum-set?)
  (import (internal primitives) (only (rnrs base) for-each) (internal expansion))

  (define-record-type enumeration-type
    (sealed #t) (opaque #t)
    (fields symbols     ; in order, without duplicates
            indices))   ; an eq-hashtable from symbol to place

  (define-record-type (enum-set make-enum-set enum-set?)
    (sealed #t) (opaque #t)
    (fields type members))

  (define (check who index obj)
    (if (not (enum-set? obj))
        (%wrong-argument who 'enum-set index "an enumeration set" obj)))

  (define (check-symbols who symbols)
    (%check-list who 1 symbols)
    (for-each
      (lambda (s)
        (if (not (symbol? s)) (%wrong-argument who 'symbol-list 1 "a list of symbols" symbols)))
      symbols))

  (define (make-enumeration symbols)
    (check-symbols 'make-enumeration symbols)
    (let ([indices (make-eq-hashtable)])
      (let loop ([l symbols] [i 0] [kept '()])
        (cond
          [(null? l)
           (make-enum-set (make-enumeration-type (reverse kept) indices) (- (bitwise-arithmetic-shift-left 1 i) 1))]
          [(hashtable-contains? indices (car l)) (loop (cdr l) i kept)]
          [else
           (hashtable-set! indices (car l) i)
           (loop (cdr l) (+ i 1) (cons (car l) kept))]))))

  (define (all-members type)
    (- (bitwise-arithmetic-shift-left 1 (hashtable-size (enumeration-type-indices type))) 1))

  (define (index type symbol)
    (hashtable-ref (enumeration-type-indices type) symbol #f))

  (define (enum-set-universe set)
    (check 'enum-set-universe 1 set)
    (let ([type (enum-set-type set)])
      (make-enum-set type (all-members type))))

  (define (enum-set-indexer set)
    (check 'enum-set-indexer 1 set)
    (let ([type (enum-set-type set)])
      (lambda (symbol)
        (%check-symbol 'enum-set-indexer 1 symbol)
        (index type symbol))))

  (define (enum-set-constructor set)
    (check 'enum-set-constructor 1 set)
    (let ([type (enum-set-type set)])
      (lambda (symbols)
        (check-symbols 'enum-set-constructor symbols)
        (let loop ([l symbols] [members 0])
          (if (null? l)
              (make-enum-set type members)
              (let ([i (index type (car l))])
                (if (not i)
                    (assertion-violation 'enum-set-constructor "the symbol is not in the universe" (car l)))
                (loop (cdr l) (bitwise-ior members (bitwise-arithmetic-shift-left 1 i)))))))))

  (define (enum-set->list set)
    (check 'enum-set->list 1 set)
    (let ([members (enum-set-members set)])
      (let loop ([symbols (enumeration-type-symbols (enum-set-type set))] [i 0])
        (cond
          [(null? symbols) '()]
          [(bitwise-bit-set? members i) (cons (car symbols) (loop (cdr symbols) (+ i 1)))]
          [else (loop (cdr symbols) (+ i 1))]))))

  (define (enum-set-member? symbol set)
    (%check-symbol 'enum-set-member? 1 symbol)
    (check 'enum-set-member? 2 set)
    (let ([i (index (enum-set-type set) symbol)])
      (and i (bitwise-bit-set? (enum-set-members set) i))))

  ;; The members of `set` as bits of `type`, or #f if `type` lacks one.
  (define (members-in type set strict?)
    (if (eq? type (enum-set-type set))
        (enum-set-members set)
        (let loop ([l (enum-set->list set)] [members 0])
          (if (null? l)
              members
              (let ([i (index type (car l))])
                (cond
                  [i (loop (cdr l) (bitwise-ior members (bitwise-arithmetic-shift-left 1 i)))]
                  [strict? #f]
                  [else (loop (cdr l) members)]))))))

  (define (universe-subset? type1 type2)
    (or (eq? type1 type2)
        (let loop ([l (enumeration-type-symbols type1)])
          (or (null? l)
              (and (index type2 (car l)) (loop (cdr l)))))))

  (define (enum-set-subset? set1 set2)
    (check 'enum-set-subset? 1 set1)
    (check 'enum-set-subset? 2 set2)
    (let ([type (enum-set-type set2)])
      (and (universe-subset? (enum-set-type set1) type)
           (let ([members (members-in type set1 #t)])
             (= members (bitwise-and members (enum-set-members set2)))))))

  (define (enum-set=? set1 set2)
    (check 'enum-set=? 1 set1)
    (check 'enum-set=? 2 set2)
    (and (enum-set-subset? set1 set2) (enum-set-subset? set2 set1)))

  (define (combine who operation set1 set2)
    (check who 1 set1)
    (check who 2 set2)
    (let ([type (enum-set-type set1)])
      (if (not (eq? type (enum-set-type set2)))
          (assertion-violation who "the sets are not of one enumeration type" set1 set2))
      (make-enum-set type (operation (enum-set-members set1) (enum-set-members set2)))))

  (define (enum-set-union set1 set2)
    (combine 'enum-set-union bitwise-ior set1 set2))

  (define (enum-set-intersection set1 set2)
    (combine 'enum-set-intersection bitwise-and set1 set2))

  (define (enum-set-difference set1 set2)
    (combine 'enum-set-difference (lambda (a b) (bitwise-and a (bitwise-not b))) set1 set2))

  (define (enum-set-complement set)
    (check 'enum-set-complement 1 set)
    (let ([type (enum-set-type set)])
      (make-enum-set type (bitwise-xor (all-members type) (enum-set-members set)))))

  (define (enum-set-projection set1 set2)
    (check 'enum-set-projection 1 set1)
    (check 'enum-set-projection 2 set2)
    (let ([type (enum-set-type set2)])
      (make-enum-set type (members-in type set1 #f))))

  ;; (type-name symbol) and (constructor-syntax symbol ...) are checked when they are expanded.
  (define-syntax define-enumeration
    (lambda (stx)
      (syntax-case stx ()
        [(_ type-name (symbol ...) constructor-syntax)
         (and (identifier? #'type-name)
              (identifier? #'constructor-syntax)
              (all-identifiers? #'(symbol ...)))
         #'(begin
             (define universe (make-enumeration '(symbol ...)))
             (define construct (enum-set-constructor universe))
             (define-syntax type-name
               (lambda (use)
                 (syntax-case use ()
                   [(_ name)
                    (and (identifier? #'name) (memq (syntax->datum #'name) '(symbol ...)))
                    #''name]
                   [(_ name)
                    (identifier? #'name)
                    (syntax-violation 'type-name "the symbol is not in the enumeration" use #'name)])))
             (define-syntax constructor-syntax
               (lambda (use)
                 (syntax-case use ()
                   [(_ name (... ...))
                    (check-enumeration-names 'constructor-syntax use #'(name (... ...)) '(symbol ...))
                    #'(construct '(name (... ...)))]))))])))
  )
