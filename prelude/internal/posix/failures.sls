#!r6rs
;;; What libraries do with failures of what they call: log them, say more about them, raise them in their own name.
(library (internal posix failures) (options (requires posix))
  (export
    refuse adding in-name-of logging-failures message-of)
  (import (internal primitives) (only (rnrs base) map) (internal control))

  ;; Raises a condition of the given kind.
  (define (refuse who kind message . irritants)
    (raise (condition kind (make-who-condition who) (make-message-condition message)
                      (make-irritants-condition irritants))))

  ;; Runs the thunk; a condition that it raises gets a further component.
  (define (adding make-component thunk)
    (guard (e [(condition? e) (raise (condition e (make-component)))])
      (thunk)))

  ;; Runs the thunk; a condition that it raises names `who`, not the procedure that the thunk calls.
  (define (in-name-of who thunk)
    (define (renamed component)
      (if (who-condition? component) (make-who-condition who) component))
    (with-exception-handler
      (lambda (e)
        (raise (if (condition? e) (apply condition (map renamed (simple-conditions e))) e)))
      thunk))

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
