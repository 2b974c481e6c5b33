#!r6rs
;;; R6RS libraries 6.2: records by definition.
(library (rnrs records syntactic)
  (export
    ;; Syntax
    record-type-descriptor record-constructor-descriptor define-record-type
    ;; Auxiliary keywords
    fields mutable immutable parent parent-rtd protocol sealed opaque nongenerative)
  (import (internal primitives)))
