#!r6rs
;;; (vicare posix mailx): the program mailx(1).
;;;
;;; Primitives: %check-bytevector
(library (vicare posix mailx) (options (requires posix))
  (export
    mailx)
  (import (internal primitives) (internal posix programs))

  ;; (mailx message): sends a mail, a bytevector whose headers say to whom: output and errors as strings. The user's own
  ;; settings are not read. &error if mailx fails.
  (define (mailx message)
    (%check-bytevector 'mailx 1 message)
    (let-values ([(status out err)
                  (run-program "env" '("env" "MAILRC=/dev/null" "mailx" "-t" "-n" "-v") message)])
      (check-exit 'mailx status '(0))
      (values (utf8->string out) (utf8->string err))))
  )
