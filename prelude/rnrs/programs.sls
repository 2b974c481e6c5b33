#!r6rs
;;; R6RS libraries chapter 10.
;;;
;;; Primitives: %exit, which ends the run with a status; what is buffered in ports is written by the host of the run.
(library (rnrs programs)
  (export
    ;; Defined here
    exit
    ;; Programs
    command-line)
  (import (internal primitives))

  (define exit
    (case-lambda
      [() (exit #t)]
      [(obj)
       (let ([hooks (exit-hooks)])
         (if (pair? hooks)
             (begin
               ;; Forgotten before it is called, so one that exits does not run again.
               (exit-hooks (cdr hooks))
               ((car hooks))
               (exit obj))
             (%exit obj)))]))
  )
