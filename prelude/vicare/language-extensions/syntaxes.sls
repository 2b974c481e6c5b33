#!r6rs
;;; Vicare's further syntaxes. `callet` names arguments for the reader of a call; the names mean nothing to the procedure.
(library (vicare language-extensions syntaxes)
  (export callet callet* unwind-protect with-unwind-protection
          let-inline let*-inline debug-assert with-pathnames with-bytevectors with-bytevectors/or-false)
  (import (internal primitives) (only (rnrs bytevectors) string->utf8) (internal loops) (internal control) (internal expansion))

  ;; (callet f arg ... (key expression) ...): the arguments in the order written.
  (define-syntax callet
    (lambda (stx)
      (syntax-case stx ()
        [(_ procedure argument ...)
         (with-syntax ([(argument ...) (call-arguments #'(argument ...))])
           #'(procedure argument ...))])))

  ;; The same; each key is bound to its value for the expressions behind it.
  (define-syntax callet*
    (lambda (stx)
      (syntax-case stx ()
        [(_ procedure argument ...)
         (let loop ([rest #'(argument ...)] [done '()])
           (syntax-case rest ()
             [() #`(procedure . #,(reverse done))]
             [([key expression] . more)
              (all-keyed? rest)
              #`(let ([key expression]) #,(loop #'more (cons #'key done)))]
             [(argument . more)
              (with-syntax ([(t) (generate-temporaries '(argument))])
                #`(let ([t argument]) #,(loop #'more (cons #'t done))))]))])))

  (define-syntax let-inline
    (syntax-rules ()
      [(_ ([id e] ...) body0 body ...)
       (let-syntax ([id (identifier-syntax e)] ...)
         (let () body0 body ...))]))

  (define-syntax let*-inline
    (syntax-rules ()
      [(_ () body0 body ...) (let () body0 body ...)]
      [(_ (binding more ...) body0 body ...)
       (let-inline (binding) (let*-inline (more ...) body0 body ...))]))

  ;; (with-pathnames ((variable pathname) ...) body ...): strings as the bytevectors that the system knows; bytevectors as
  ;; they are.
  (define-syntax with-pathnames
    (syntax-rules ()
      [(_ ([id e] ...) body0 body ...)
       (let ([id (bytes e)] ...) body0 body ...)]))

  ;; The same for other texts; and where one may be #f.
  (define-syntax with-bytevectors
    (syntax-rules ()
      [(_ bindings body0 body ...) (with-pathnames bindings body0 body ...)]))
  (define-syntax with-bytevectors/or-false
    (syntax-rules ()
      [(_ bindings body0 body ...) (with-pathnames bindings body0 body ...)]))

  (define (bytes obj) (if (string? obj) (string->utf8 obj) obj))

  (define-syntax debug-assert
    (syntax-rules ()
      [(_ e) (assert e)]))
  )
