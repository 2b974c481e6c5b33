#!r6rs
;;; (vicare posix sendmail): the program sendmail(8).
;;;
;;; Primitives: %check-bytevector
(library (vicare posix sendmail) (options (requires posix))
  (export
    sendmail)
  (import (internal primitives) (internal posix programs))

  ;; (sendmail message): sends a mail, a bytevector whose headers say to whom: the output as a string. &error if sendmail
  ;; fails.
  (define (sendmail message)
    (%check-bytevector 'sendmail 1 message)
    (let-values ([(status out err) (run-program "sendmail" '("sendmail" "-t" "-i" "-v") message)])
      (check-exit 'sendmail status '(0))
      (utf8->string out)))
  )
