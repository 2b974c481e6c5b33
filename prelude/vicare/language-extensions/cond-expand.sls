#!r6rs
;;; Definition of syntaxes in the manner of SRFI 0, each with features of its own.
(library (vicare language-extensions cond-expand)
  (export define-cond-expand)
  (import (internal primitives) (for (internal features) expand))

  ;; (define-cond-expand NAME feature?) defines (NAME (requirement body ...) ...): what it expands to is the body of the
  ;; first clause whose requirement holds, which is a feature, or (and r ...), (or r ...), (not r), or else. `feature?` is an
  ;; expression for expansion time, a procedure that says of an identifier whether it names a feature; beside these there
  ;; are the features of every implementation on this system.
  (define-syntax define-cond-expand
    (syntax-rules ()
      [(_ name feature?)
       (define-syntax name
         (lambda (stx)
           (cond-expand-clause stx feature?)))]))
  )
