#!r6rs
;;; R6RS libraries chapter 10.
;;;
;;; Primitives: %exit, which ends the run with a status; what is buffered in ports is written by the host of the run.
(library (rnrs programs)
  (export exit)
  (import (vicar internal) (vicar parameters))

  (define exit
    (case-lambda
      [() (exit #t)]
      [(obj)
       (run-exit-hooks)
       (%exit obj)]))
  )
