#!r6rs
;;; The structures of (vicare posix): records with the names that Vicare gives their parts.
;;;
;;; Primitives: %wrong-argument
(library (internal posix structs) (options (requires posix))
  (export
    define-struct expect-struct expect-time
    make-struct-timeval struct-timeval? fill-struct-timeval!
    struct-timeval-tv_sec struct-timeval-tv_usec set-struct-timeval-tv_sec! set-struct-timeval-tv_usec!
    make-struct-timespec struct-timespec? fill-struct-timespec!
    struct-timespec-tv_sec struct-timespec-tv_nsec set-struct-timespec-tv_sec! set-struct-timespec-tv_nsec!)
  (import (internal primitives) (only (rnrs base) map))

  ;; (define-struct TYPE CONSTRUCTOR FILLER (FIELD ...)) defines a record type with mutable fields, its predicate TYPE?,
  ;; accessors TYPE-FIELD, mutators set-TYPE-FIELD!, and FILLER, which sets all fields and returns the structure.
  (define-syntax define-struct
    (lambda (stx)
      (define (join context . parts)
        (datum->syntax context
          (string->symbol
            (apply string-append
              (map (lambda (part) (if (string? part) part (symbol->string (syntax->datum part)))) parts)))))
      (syntax-case stx ()
        [(_ type constructor filler (field ...))
         (with-syntax ([predicate (join #'type #'type "?")]
                       [(accessor ...)
                        (map (lambda (f) (join #'type #'type "-" f)) #'(field ...))]
                       [(mutator ...)
                        (map (lambda (f) (join #'type "set-" #'type "-" f "!")) #'(field ...))])
           #'(begin
               (define-record-type (type constructor predicate)
                 (fields (mutable field accessor mutator) ...))
               (define (filler structure field ...)
                 (mutator structure field) ...
                 structure)))])))

  ;; Raises in the name of `who` unless the predicate holds.
  (define-syntax expect-struct
    (syntax-rules ()
      [(_ who index parameter predicate what)
       (if (not (predicate parameter))
           (%wrong-argument who 'parameter index what parameter))]))

  (define-struct struct-timeval make-struct-timeval fill-struct-timeval! (tv_sec tv_usec))
  (define-struct struct-timespec make-struct-timespec fill-struct-timespec! (tv_sec tv_nsec))

  ;; Raises unless `time` is a struct-timespec of exact integers, the second of them part of a second.
  (define (expect-time who index time)
    (if (not (and (struct-timespec? time)
                  (exact-integer? (struct-timespec-tv_sec time))
                  (exact-integer? (struct-timespec-tv_nsec time))
                  (<= 0 (struct-timespec-tv_sec time))
                  (<= 0 (struct-timespec-tv_nsec time) 999999999)))
        (%wrong-argument who 'time index "a struct-timespec of seconds and nanoseconds" time)))
  )
