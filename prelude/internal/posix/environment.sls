#!r6rs
;;; The environment, also as a table: a family of (vicare posix).
(library (internal posix environment) (options (requires posix))
  (export
    ;; Defined here
    environ-table environ->table table->environ
    ;; Primitives
    getenv environ setenv unsetenv)
  (import (internal primitives) (only (rnrs base) map for-each) (only (rnrs lists) for-all)
    (only (rnrs hashtables) make-hashtable hashtable-set! hashtable-entries) (internal posix structs))

  ;; (environ->table alist): a new hashtable of names and values; later entries replace earlier ones.
  (define (environ->table environment)
    (define (entries? obj)
      (and (list? obj) (for-all (lambda (entry) (and (pair? entry) (string? (car entry)))) obj)))
    (expect-struct 'environ->table 1 environment entries? "a list of pairs of names and values")
    (let ([table (make-hashtable string-hash string=?)])
      (for-each (lambda (entry) (hashtable-set! table (car entry) (cdr entry))) environment)
      table))

  ;; (environ-table): all environment variables as a new hashtable.
  (define (environ-table) (environ->table (environ)))

  ;; (table->environ table): the list of names and values in a hashtable.
  (define (table->environ table)
    (expect-struct 'table->environ 1 table hashtable? "a hashtable")
    (call-with-values (lambda () (hashtable-entries table))
      (lambda (names texts) (map cons (vector->list names) (vector->list texts)))))
  )
