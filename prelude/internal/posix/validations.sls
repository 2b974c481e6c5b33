#!r6rs
;;; Validations of arguments that (vicare posix) adds to those of (vicare arguments validation).
(library (internal posix validations) (options (requires posix))
  (export
    file-descriptor.vicare-arguments-validation file-descriptor/false.vicare-arguments-validation
    network-port-number.vicare-arguments-validation network-port-number/false.vicare-arguments-validation)
  (import (except (internal primitives) file-descriptor?) (internal vicare-conditions) (internal argument-validation))

  ;; Not only those that fit into a set of `select`.
  (define (file-descriptor? obj) (and (fixnum? obj) (<= 0 obj)))

  (define-argument-validation (file-descriptor who obj)
    (file-descriptor? obj)
    (procedure-argument-violation who "expected a file descriptor as argument" obj))
  (define-argument-validation (file-descriptor/false who obj)
    (or (not obj) (file-descriptor? obj))
    (procedure-argument-violation who "expected false or a file descriptor as argument" obj))
  (define-argument-validation (network-port-number who obj)
    (network-port-number? obj)
    (procedure-argument-violation who "expected a network port number, 1 to 65535, as argument" obj))
  (define-argument-validation (network-port-number/false who obj)
    (or (not obj) (network-port-number? obj))
    (procedure-argument-violation who "expected false or a network port number, 1 to 65535, as argument" obj))
  )
