#!r6rs
;;; (vicare posix find): the program find(1).
(library (vicare posix find) (options (requires posix))
  (export
    find)
  (import (internal primitives) (internal posix programs))

  ;; (find option ...): runs find with the options: its status, as waitpid answers it, its output and its errors, each text
  ;; or the end-of-file object. Whatever it exits with is accepted.
  (define (find . options)
    (let-values ([(status out err) (run-program "find" (cons "find" options) '#vu8())])
      (check-exit 'find status #f)
      (values status (text-or-eof out) (text-or-eof err))))
  )
