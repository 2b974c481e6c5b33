#!r6rs
;;; R6RS libraries chapter 9: the file system.
(library (rnrs files)
  (export
    ;; Conditions
    make-i/o-error i/o-error? make-i/o-read-error i/o-read-error? make-i/o-write-error i/o-write-error?
    make-i/o-invalid-position-error i/o-invalid-position-error? i/o-error-position make-i/o-filename-error
    i/o-filename-error? i/o-error-filename make-i/o-file-protection-error i/o-file-protection-error?
    make-i/o-file-is-read-only-error i/o-file-is-read-only-error? make-i/o-file-already-exists-error
    i/o-file-already-exists-error? make-i/o-file-does-not-exist-error i/o-file-does-not-exist-error?
    make-i/o-port-error i/o-port-error? i/o-error-port
    ;; Files
    file-exists? delete-file
    ;; Names of condition types
    &i/o &i/o-file-already-exists &i/o-file-does-not-exist &i/o-file-is-read-only &i/o-file-protection &i/o-filename
    &i/o-invalid-position &i/o-port &i/o-read &i/o-write)
  (import (internal primitives) (internal io-conditions)))
