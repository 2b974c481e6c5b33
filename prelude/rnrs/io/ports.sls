#!r6rs
;;; R6RS libraries 8.2: what takes procedures, and two condition types.
;;;
;;; Primitives: %open-string-output-port %extract-string %open-bytevector-output-port %extract-bytevector %open-file
;;; %check-procedure %wrong-argument
(library (rnrs io ports)
  (export
    ;; Defined here
    &i/o-decoding &i/o-encoding
    call-with-port open-string-output-port call-with-string-output-port
    open-bytevector-output-port call-with-bytevector-output-port
    file-options buffer-mode eol-style error-handling-mode
    open-file-input-port open-file-output-port open-file-input/output-port
    make-custom-binary-input-port make-custom-binary-output-port make-custom-binary-input/output-port
    make-custom-textual-input-port make-custom-textual-output-port make-custom-textual-input/output-port
    ;; Conditions
    make-i/o-error i/o-error? make-i/o-read-error i/o-read-error? make-i/o-write-error i/o-write-error?
    make-i/o-invalid-position-error i/o-invalid-position-error? i/o-error-position make-i/o-filename-error
    i/o-filename-error? i/o-error-filename make-i/o-file-protection-error i/o-file-protection-error?
    make-i/o-file-is-read-only-error i/o-file-is-read-only-error? make-i/o-file-already-exists-error
    i/o-file-already-exists-error? make-i/o-file-does-not-exist-error i/o-file-does-not-exist-error?
    make-i/o-port-error i/o-port-error? i/o-error-port make-i/o-decoding-error i/o-decoding-error?
    make-i/o-encoding-error i/o-encoding-error? i/o-encoding-error-char
    ;; Custom ports
    port-has-port-position? port-position port-has-set-port-position!? set-port-position!
    ;; Input
    textual-port? binary-port? port-transcoder transcoded-port port-eof? open-bytevector-input-port
    standard-input-port get-u8 lookahead-u8 get-bytevector-n get-bytevector-n! get-bytevector-some get-bytevector-all
    get-char lookahead-char get-string-n get-string-n! get-string-all get-line get-datum
    ;; Ports
    eof-object eof-object? input-port? output-port? current-input-port current-output-port current-error-port port?
    close-port flush-output-port open-string-input-port
    ;; Output
    output-port-buffer-mode standard-output-port standard-error-port put-u8 put-bytevector put-char put-string
    put-datum
    ;; Transcoders
    latin-1-codec utf-8-codec utf-16-codec native-eol-style buffer-mode? make-transcoder native-transcoder
    transcoder-codec transcoder-eol-style transcoder-error-handling-mode bytevector->string string->bytevector
    ;; Names of condition types
    &i/o &i/o-file-already-exists &i/o-file-does-not-exist &i/o-file-is-read-only &i/o-file-protection &i/o-filename
    &i/o-invalid-position &i/o-port &i/o-read &i/o-write)
  (import (internal primitives) (internal io-conditions) (internal condition-types) (internal enumerations) (internal expansion)
          (internal custom-ports))

  (define-standard-condition-type &i/o-decoding port)
  (define-standard-condition-type &i/o-encoding port char)

  ;; Closes the port when the procedure returns, not when it is left otherwise.
  (define (call-with-port port proc)
    (%check-procedure 'call-with-port 2 proc)
    (if (not (port? port)) (%wrong-argument 'call-with-port 'port 1 "a port" port))
    (call-with-values (lambda () (proc port))
      (case-lambda
        [(v) (close-port port) v]
        [vs (close-port port) (apply values vs)])))

  (define (open-string-output-port)
    (let ([port (%open-string-output-port)])
      (values port (lambda () (%extract-string port)))))

  (define (call-with-string-output-port proc)
    (%check-procedure 'call-with-string-output-port 1 proc)
    (let ([port (%open-string-output-port)])
      (proc port)
      (%extract-string port)))

  (define open-bytevector-output-port
    (case-lambda
      [() (open-bytevector-output-port #f)]
      [(maybe-transcoder)
       (let ([port (%open-bytevector-output-port 'open-bytevector-output-port 1 maybe-transcoder)])
         (values port (lambda () (%extract-bytevector port))))]))

  (define call-with-bytevector-output-port
    (case-lambda
      [(proc) (call-with-bytevector-output-port proc #f)]
      [(proc maybe-transcoder)
       (%check-procedure 'call-with-bytevector-output-port 1 proc)
       (let ([port (%open-bytevector-output-port 'call-with-bytevector-output-port 2 maybe-transcoder)])
         (proc port)
         (%extract-bytevector port))]))

  (define-enumeration file-option (no-create no-fail no-truncate) file-options)

  ;; The forms whose value is the symbol in them, which must be one of a few.
  (define-syntax define-symbol-syntax
    (syntax-rules ()
      [(_ name symbol ...)
       (define-syntax name
         (lambda (stx)
           (syntax-case stx ()
             [(_ s)
              (and (identifier? #'s) (memq (syntax->datum #'s) '(symbol ...)))
              #'(quote s)])))]))

  (define-symbol-syntax buffer-mode none line block)
  (define-symbol-syntax eol-style lf cr crlf nel crnel ls none)
  (define-symbol-syntax error-handling-mode ignore raise replace)

  (define default-options (file-options))

  (define (open-file who filename input? output? options mode transcoder)
    (if (not (enum-set? options))
        (%wrong-argument who 'file-options 2 "file options" options))
    (%open-file who filename input? output?
                (enum-set-member? 'no-create options)
                (enum-set-member? 'no-fail options)
                (enum-set-member? 'no-truncate options)
                mode transcoder))

  (define open-file-input-port
    (case-lambda
      [(filename) (open-file-input-port filename default-options 'block #f)]
      [(filename options) (open-file-input-port filename options 'block #f)]
      [(filename options mode) (open-file-input-port filename options mode #f)]
      [(filename options mode transcoder) (open-file 'open-file-input-port filename #t #f options mode transcoder)]))

  (define open-file-output-port
    (case-lambda
      [(filename) (open-file-output-port filename default-options 'block #f)]
      [(filename options) (open-file-output-port filename options 'block #f)]
      [(filename options mode) (open-file-output-port filename options mode #f)]
      [(filename options mode transcoder) (open-file 'open-file-output-port filename #f #t options mode transcoder)]))

  (define open-file-input/output-port
    (case-lambda
      [(filename) (open-file-input/output-port filename default-options 'block #f)]
      [(filename options) (open-file-input/output-port filename options 'block #f)]
      [(filename options mode) (open-file-input/output-port filename options mode #f)]
      [(filename options mode transcoder) (open-file 'open-file-input/output-port filename #t #t options mode transcoder)]))
  )
