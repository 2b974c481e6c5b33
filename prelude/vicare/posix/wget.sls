#!r6rs
;;; (vicare posix wget): the program wget(1).
;;;
;;; Primitives: %check-string
(library (vicare posix wget) (options (requires posix))
  (export
    wget)
  (import (internal primitives) (internal posix programs))

  ;; (wget url option ...): fetches: output and errors, each text or the end-of-file object. &error if wget fails.
  (define (wget url . options)
    (%check-string 'wget 1 url)
    (let-values ([(status out err) (run-program "wget" (append '("wget") options (list url)) '#vu8())])
      (check-exit 'wget status '(0))
      (values (text-or-eof out) (text-or-eof err))))
  )
