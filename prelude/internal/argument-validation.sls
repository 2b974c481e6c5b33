#!r6rs
;;; The syntaxes of (vicare arguments validation), for libraries that do not need its validations.
(library (internal argument-validation)
  (export define-argument-validation with-arguments-validation with-dangerous-arguments-validation
    arguments-validation-forms)
  (import (internal primitives) (for (internal arguments) expand))

  (define-syntax define-argument-validation
    (lambda (stx)
      (syntax-case stx ()
        [(_ (name who obj argument ...) valid? violation)
         (identifier? #'name)
         (with-syntax ([validator (validator-name #'name)])
           #'(define (validator who obj argument ...)
               (if (not valid?) violation)))])))

  (define-syntax with-arguments-validation
    (lambda (stx)
      (syntax-case stx ()
        [(_ (who) (clause ...) body0 body ...)
         (with-syntax ([(check ...) (checks stx #'who #'(clause ...))])
           #'(let () check ... (let () body0 body ...)))])))

  ;; In Vicare the arguments of others are not looked at when it is built so; here always.
  (define-syntax with-dangerous-arguments-validation
    (syntax-rules ()
      [(_ (who) (clause ...) body0 body ...)
       (with-arguments-validation (who) (clause ...) body0 body ...)]))

  (define-syntax arguments-validation-forms
    (syntax-rules ()
      [(_ body ...) (begin (if #f #f) body ...)]))
  )
