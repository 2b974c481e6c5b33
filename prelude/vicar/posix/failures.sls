#!r6rs
;;; What the libraries for daemons do with failures: log them, say more about them.
(library (vicar posix failures)
  (export refuse adding logging-failures message-of)
  (import (vicar internal) (vicar control))

  ;; Raises a condition of the given kind.
  (define (refuse who kind message . irritants)
    (raise (condition kind (make-who-condition who) (make-message-condition message)
                      (make-irritants-condition irritants))))

  ;; Runs the thunk; a condition that it raises gets a further component.
  (define (adding make-component thunk)
    (guard (e [(condition? e) (raise (condition e (make-component)))])
      (thunk)))

  (define (message-of e)
    (if (message-condition? e) (condition-message e) "an object that is no condition, or has no message, was raised"))

  ;; Runs the thunk; what it raises is logged where it was raised, then raised again.
  (define (logging-failures log template thunk)
    (with-exception-handler
      (lambda (e)
        (log template (message-of e))
        (raise-continuable e))
      thunk))
  )
