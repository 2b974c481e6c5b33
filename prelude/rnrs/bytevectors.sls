#!r6rs
;;; R6RS libraries chapter 2: the one syntax; the procedures are primitives.
(library (rnrs bytevectors)
  (export endianness)
  (import (vicar internal))

  (define-syntax endianness
    (lambda (stx)
      (syntax-case stx ()
        [(_ name)
         (identifier? #'name)
         (case (syntax->datum #'name)
           [(big network) #''big]
           [(little) #''little]
           [(native) #'(native-endianness)]
           [else (syntax-violation 'endianness "expected big, little, network or native" stx #'name)])])))
  )
