#!r6rs
;;; How the prelude names the condition types that Rust knows.
;;;
;;; Primitives: %condition-type; the form %define-record-name
(library (internal condition-types)
  (export define-standard-condition-type)
  (import (internal primitives))

  ;; Binds the name as `define-record-type` would. The fields are those of all ancestors and its own.
  (define-syntax define-standard-condition-type
    (syntax-rules ()
      [(_ name field ...)
       (begin
         (define rtd (%condition-type 'name))
         (define rcd (make-record-constructor-descriptor rtd #f #f))
         (%define-record-name name rtd rcd (field ...)))]))
  )
