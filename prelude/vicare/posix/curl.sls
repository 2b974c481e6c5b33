#!r6rs
;;; (vicare posix curl): the program curl(1).
;;;
;;; Primitives: %check-string
(library (vicare posix curl) (options (requires posix))
  (export
    curl)
  (import (internal primitives) (internal posix programs))

  ;; (curl url option ...): fetches: output and errors, each text or the end-of-file object. &error if curl fails.
  (define (curl url . options)
    (%check-string 'curl 1 url)
    (let-values ([(status out err)
                  (run-program "curl" (append '("curl" "--silent" "--show-error") options (list url)) '#vu8())])
      (check-exit 'curl status '(0))
      (values (text-or-eof out) (text-or-eof err))))
  )
