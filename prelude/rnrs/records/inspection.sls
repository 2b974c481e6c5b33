#!r6rs
;;; R6RS libraries 6.4: what records say about themselves.
(library (rnrs records inspection)
  (export
    ;; Records
    record? record-rtd record-type-name record-type-parent record-type-uid record-type-generative? record-type-sealed?
    record-type-opaque? record-type-field-names record-field-mutable?)
  (import (internal primitives)))
