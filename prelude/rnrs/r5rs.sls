#!r6rs
;;; R6RS libraries chapter 19: promises, environments; the arithmetic is primitives.
;;;
;;; Primitives: %make-promise %promise-done? %promise-content %promise-done! %wrong-argument
(library (rnrs r5rs)
  (export
    ;; Defined here
    delay force null-environment scheme-report-environment
    ;; Numbers
    exact->inexact inexact->exact quotient remainder modulo)
  (import (internal primitives))

  (define-syntax delay
    (syntax-rules ()
      [(_ expression) (%make-promise (lambda () expression))]))

  ;; The first value that is delivered stays: the expression may force the promise itself.
  (define (force promise)
    (if (not (promise? promise)) (%wrong-argument 'force 'promise 1 "a promise" promise))
    (if (%promise-done? promise)
        (%promise-content promise)
        (let ([value ((%promise-content promise))])
          (if (not (%promise-done? promise))
              (%promise-done! promise value))
          (%promise-content promise))))

  ;; The keywords of the fifth report.
  (define keywords
    '((only (rnrs base)
            quote lambda if set! cond case and or let let* letrec begin quasiquote unquote unquote-splicing
            define define-syntax let-syntax letrec-syntax syntax-rules => ... else _)
      (only (rnrs control) do)
      (only (rnrs r5rs) delay)))

  ;; Its procedures, but load, interaction-environment, transcript-on, transcript-off, char-ready?.
  (define procedures
    '((only (rnrs base)
            eqv? eq? equal? number? complex? real? rational? integer? = < > <= >= zero? positive? negative? odd? even?
            max min + * - / abs gcd lcm numerator denominator floor ceiling truncate round rationalize exp log sin cos
            tan asin acos atan sqrt expt make-rectangular make-polar real-part imag-part magnitude angle number->string
            string->number not boolean? pair? cons car cdr caar cadr cdar cddr caaar caadr cadar caddr cdaar cdadr cddar
            cdddr caaaar caaadr caadar caaddr cadaar cadadr caddar cadddr cdaaar cdaadr cdadar cdaddr cddaar cddadr
            cdddar cddddr null? list? list length append reverse list-tail list-ref symbol? symbol->string
            string->symbol char? char=? char<? char>? char<=? char>=? char->integer integer->char string? make-string
            string string-length string-ref string=? string<? string>? string<=? string>=? substring string-append
            string->list list->string string-copy vector? make-vector vector vector-length vector-ref vector-set!
            vector->list list->vector vector-fill! procedure? apply map for-each call-with-current-continuation values
            call-with-values dynamic-wind)
      (only (rnrs unicode)
            char-ci=? char-ci<? char-ci>? char-ci<=? char-ci>=? char-alphabetic? char-numeric? char-whitespace?
            char-upper-case? char-lower-case? char-upcase char-downcase string-ci=? string-ci<? string-ci>?
            string-ci<=? string-ci>=?)
      (only (rnrs lists) memq memv member assq assv assoc)
      (only (rnrs mutable-pairs) set-car! set-cdr!)
      (only (rnrs mutable-strings) string-set! string-fill!)
      (only (rnrs r5rs)
            exact->inexact inexact->exact quotient remainder modulo force null-environment scheme-report-environment)
      (only (rnrs eval) eval)
      (only (rnrs io simple)
            call-with-input-file call-with-output-file input-port? output-port? current-input-port
            current-output-port with-input-from-file with-output-to-file open-input-file open-output-file
            close-input-port close-output-port read read-char peek-char eof-object? write display newline
            write-char)))

  (define (check-version who n)
    (if (not (eqv? n 5)) (%wrong-argument who 'n 1 "the number 5" n)))

  (define (null-environment n)
    (check-version 'null-environment n)
    (apply environment keywords))

  (define (scheme-report-environment n)
    (check-version 'scheme-report-environment n)
    (apply environment (append keywords procedures)))
  )
