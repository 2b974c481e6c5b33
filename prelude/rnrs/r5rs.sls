#!r6rs
;;; R6RS libraries chapter 19: promises; the arithmetic is primitives, the environments are the engine's.
;;;
;;; Primitives: %make-promise %promise-done? %promise-content %promise-done! %wrong-argument
(library (rnrs r5rs)
  (export delay force)
  (import (vicar internal))

  (define-syntax delay
    (syntax-rules ()
      [(_ expression) (%make-promise (lambda () expression))]))

  ;; The first value that is delivered stays: the expression may force the promise itself.
  (define (force promise)
    (if (not (promise? promise)) (%wrong-argument 'force 'promise 1 "a promise" promise))
    (if (%promise-done? promise)
        (%promise-content promise)
        (let ([value ((%promise-content promise))])
          (if (not (%promise-done? promise))
              (%promise-done! promise value))
          (%promise-content promise))))
  )
