#!r6rs
;;; What Vicare adds for hashtables. Each procedure goes over the entries that the table has when it is called.
;;;
;;; Primitives: %hashtable-entries %make-weak-hashtable %check-procedure %check-symbol %check-list
(library (internal tables)
  (export hashtable-map-keys hashtable-map-entries hashtable-for-each-key hashtable-for-each-entry
          hashtable-for-all-keys hashtable-for-all-entries hashtable-exists-key hashtable-exists-entry
          hashtable-find-key hashtable-find-entry hashtable-fold-keys hashtable-fold-entries
          hashtable->alist alist->hashtable!
          putprop getprop remprop property-list)
  (import (internal primitives) (only (rnrs base) for-each) (only (rnrs lists) for-all remp) (only (rnrs sorting) list-sort))

  ;; Calls (step key value accumulator continue) for each entry; what does not call `continue` ends the walk.
  (define (walk who table proc nil step)
    (%check-procedure who 1 proc)
    (check-table who (if (memq who '(hashtable-fold-keys hashtable-fold-entries)) 3 2) table)
    (let* ([entries (%hashtable-entries table)] [keys (car entries)] [values (cdr entries)] [n (vector-length keys)])
      (let loop ([i 0] [acc nil])
        (if (= i n)
            acc
            (step (vector-ref keys i) (vector-ref values i) acc (lambda (acc) (loop (+ i 1) acc)))))))

  (define (empty-like table)
    (let ([copy (hashtable-copy table #t)])
      (hashtable-clear! copy)
      copy))

  (define (check-table who index table)
    (if (not (hashtable? table)) (%wrong-argument who 'hashtable index "a hashtable" table)))

  (define (hashtable-map-keys proc table)
    (%check-procedure 'hashtable-map-keys 1 proc)
    (check-table 'hashtable-map-keys 2 table)
    (walk 'hashtable-map-keys table proc (empty-like table)
      (lambda (key value new continue) (hashtable-set! new key (proc key)) (continue new))))

  (define (hashtable-map-entries proc table)
    (%check-procedure 'hashtable-map-entries 1 proc)
    (check-table 'hashtable-map-entries 2 table)
    (walk 'hashtable-map-entries table proc (empty-like table)
      (lambda (key value new continue) (hashtable-set! new key (proc key value)) (continue new))))

  (define (hashtable-for-each-key proc table)
    (walk 'hashtable-for-each-key table proc (void)
      (lambda (key value acc continue) (proc key) (continue acc))))

  (define (hashtable-for-each-entry proc table)
    (walk 'hashtable-for-each-entry table proc (void)
      (lambda (key value acc continue) (proc key value) (continue acc))))

  (define (hashtable-for-all-keys proc table)
    (walk 'hashtable-for-all-keys table proc #t
      (lambda (key value acc continue) (let ([v (proc key)]) (and v (continue v))))))

  (define (hashtable-for-all-entries proc table)
    (walk 'hashtable-for-all-entries table proc #t
      (lambda (key value acc continue) (let ([v (proc key value)]) (and v (continue v))))))

  (define (hashtable-exists-key proc table)
    (walk 'hashtable-exists-key table proc #f
      (lambda (key value acc continue) (or (proc key) (continue #f)))))

  (define (hashtable-exists-entry proc table)
    (walk 'hashtable-exists-entry table proc #f
      (lambda (key value acc continue) (or (proc key value) (continue #f)))))

  (define (hashtable-find-key proc table)
    (walk 'hashtable-find-key table proc #f
      (lambda (key value acc continue) (if (proc key) key (continue #f)))))

  (define (hashtable-find-entry proc table)
    (walk 'hashtable-find-entry table proc #f
      (lambda (key value acc continue) (if (proc key value) (cons key value) (continue #f)))))

  (define (hashtable-fold-keys combine nil table)
    (walk 'hashtable-fold-keys table combine nil
      (lambda (key value acc continue) (continue (combine key acc)))))

  (define (hashtable-fold-entries combine nil table)
    (walk 'hashtable-fold-entries table combine nil
      (lambda (key value acc continue) (continue (combine key value acc)))))

  (define hashtable->alist
    (case-lambda
      [(table)
       (check-table 'hashtable->alist 1 table)
       (reverse (hashtable-fold-entries (lambda (key value acc) (cons (cons key value) acc)) '() table))]
      [(table key<?)
       (check-table 'hashtable->alist 1 table)
       (%check-procedure 'hashtable->alist 2 key<?)
       (list-sort (lambda (a b) (key<? (car a) (car b))) (hashtable->alist table))]))

  (define (alist->hashtable! table alist)
    (if (not (and (hashtable? table) (hashtable-mutable? table)))
        (%wrong-argument 'alist->hashtable! 'hashtable 1 "a mutable hashtable" table))
    (%check-list 'alist->hashtable! 2 alist)
    (if (not (for-all pair? alist))
        (%wrong-argument 'alist->hashtable! 'alist 2 "a list of pairs" alist))
    (for-each (lambda (entry) (hashtable-set! table (car entry) (cdr entry))) alist)
    table)

  ;; -- properties of symbols: association lists in the order of creation. A generated symbol that is garbage nobody can ask
  ;; again, even if its own properties mention it; any other comes back as soon as somebody names it.

  (define of-generated (%make-weak-hashtable 'eq))
  (define of-others (make-eq-hashtable))

  (define (table-for symbol) (if (gensym? symbol) of-generated of-others))
  (define (properties symbol) (hashtable-ref (table-for symbol) symbol '()))

  (define (putprop symbol key value)
    (%check-symbol 'putprop 1 symbol)
    (%check-symbol 'putprop 2 key)
    (let* ([alist (properties symbol)] [entry (assq key alist)])
      (if entry
          (set-cdr! entry value)
          (hashtable-set! (table-for symbol) symbol (append alist (list (cons key value)))))))

  (define (getprop symbol key)
    (%check-symbol 'getprop 1 symbol)
    (%check-symbol 'getprop 2 key)
    (let ([entry (assq key (properties symbol))])
      (and entry (cdr entry))))

  (define (remprop symbol key)
    (%check-symbol 'remprop 1 symbol)
    (%check-symbol 'remprop 2 key)
    (let ([left (remp (lambda (entry) (eq? key (car entry))) (properties symbol))])
      (if (null? left)
          (hashtable-delete! (table-for symbol) symbol)
          (hashtable-set! (table-for symbol) symbol left))))

  (define (property-list symbol)
    (%check-symbol 'property-list 1 symbol)
    (let copy ([l (properties symbol)])
      (if (pair? l)
          (cons (cons (caar l) (cdar l)) (copy (cdr l)))
          '())))
  )
