#!r6rs
;;; R6RS libraries chapter 13: tables with procedures of the program's own, and what takes procedures.
;;;
;;; A custom table is searched here: the hash is computed and the entries stored under it are compared by calls to the
;;; program's procedures. A search commits only if no entry came or went meanwhile, otherwise it is made again; so the
;;; procedures may do with the table what they like.
;;;
;;; Primitives: %make-hashtable %make-custom-hashtable %hashtable-kind %hashtable-hash-function %hashtable-equivalence-function
;;; %hashtable-entries %hashtable-stamp %hashtable-candidates %hashtable-insert! %hashtable-replace! %hashtable-remove!
;;; %check-procedure %wrong-argument
(library (rnrs hashtables)
  (export
    ;; Defined here
    make-hashtable hashtable-update! hashtable-entries
    hashtable-hash-function hashtable-equivalence-function
    ;; Hash tables
    make-eq-hashtable make-eqv-hashtable hashtable? hashtable-size hashtable-ref hashtable-set! hashtable-delete!
    hashtable-contains? hashtable-copy hashtable-clear! hashtable-keys hashtable-mutable? equal-hash string-hash
    string-ci-hash symbol-hash)
  (import (internal primitives))

  (define make-hashtable
    (case-lambda
      [(hash equivalence) (make-hashtable hash equivalence 0)]
      [(hash equivalence k)
       (%check-procedure 'make-hashtable 1 hash)
       (%check-procedure 'make-hashtable 2 equivalence)
       (cond
         [(and (eq? hash equal-hash) (eq? equivalence equal?)) (%make-hashtable 'equal hash equivalence k)]
         [(and (eq? hash string-hash) (or (eq? equivalence string=?) (eq? equivalence equal?)))
          (%make-hashtable 'string hash equivalence k)]
         [else
          (if (not (and (fixnum? k) (>= k 0))) (%wrong-argument 'make-hashtable 'k 3 "an index" k))
          (%make-custom-hashtable hash equivalence custom-ref custom-set! custom-delete! custom-contains? k)])]))

  ;; The first of the entries that is for the key, or #f.
  (define (search equivalence entries key)
    (and (pair? entries)
         (if (equivalence (caar entries) key)
             (car entries)
             (search equivalence (cdr entries) key))))

  (define (custom-find table key)
    (search (%hashtable-equivalence-function table) (%hashtable-candidates table ((%hashtable-hash-function table) key)) key))

  (define (custom-ref table key default)
    (let ([entry (custom-find table key)])
      (if entry (cdr entry) default)))

  (define (custom-contains? table key)
    (and (custom-find table key) #t))

  (define (custom-set! table key value)
    (let ([hash ((%hashtable-hash-function table) key)])
      (let retry ()
        (let* ([stamp (%hashtable-stamp table)]
               [entry (search (%hashtable-equivalence-function table) (%hashtable-candidates table hash) key)])
          (if (not (if entry
                       (%hashtable-replace! table stamp hash (car entry) value)
                       (%hashtable-insert! table stamp hash key value)))
              (retry))))))

  (define (custom-delete! table key)
    (let ([hash ((%hashtable-hash-function table) key)])
      (let retry ()
        (let* ([stamp (%hashtable-stamp table)]
               [entry (search (%hashtable-equivalence-function table) (%hashtable-candidates table hash) key)])
          (if (and entry (not (%hashtable-remove! table stamp hash (car entry))))
              (retry))))))

  (define (hashtable-update! table key proc default)
    (%check-procedure 'hashtable-update! 3 proc)
    (if (not (hashtable? table)) (%wrong-argument 'hashtable-update! 'hashtable 1 "a hashtable" table))
    (if (not (hashtable-mutable? table))
        (assertion-violation 'hashtable-update! "the hashtable is immutable" table))
    (hashtable-set! table key (proc (hashtable-ref table key default))))

  (define (hashtable-entries table)
    (let ([entries (%hashtable-entries table)])
      (values (car entries) (cdr entries))))

  (define (hashtable-hash-function table)
    (%hashtable-hash-function table))

  (define (hashtable-equivalence-function table)
    (let ([given (%hashtable-equivalence-function table)])
      (case (%hashtable-kind table)
        [(eq) eq?]
        [(eqv) eqv?]
        [else given])))
  )
