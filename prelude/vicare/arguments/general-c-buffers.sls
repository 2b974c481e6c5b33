#!r6rs
;;; (vicare arguments general-c-buffers): what C takes as text and memory: strings, bytevectors, pointers with a length,
;;; memory blocks.
;;;
;;; Primitives: predicates
(library (vicare arguments general-c-buffers) (options (requires posix))
  (export
    general-c-string? general-c-buffer? general-c-sticky-buffer?
    assert-general-c-string-and-length assert-general-c-buffer-and-length general-c-buffer-len
    with-general-c-strings with-general-c-strings/false with-general-c-pathnames with-general-c-pathnames/false
    string-to-bytevector)
  (import (internal primitives) (rnrs bytevectors) (internal vicare-conditions)
    (internal posix buffers) (only (internal definitions) define-auxiliary-syntaxes))

  (define-auxiliary-syntaxes string-to-bytevector)

  ;; Memory that does not move: a pointer or a memory block.
  (define (general-c-sticky-buffer? obj) (or (pointer? obj) (memory-block? obj)))
  (define (general-c-buffer? obj) (or (bytevector? obj) (general-c-sticky-buffer? obj)))
  (define (general-c-string? obj) (or (string? obj) (general-c-buffer? obj)))

  (define (check who obj length valid? what)
    (if (not (valid? obj))
        (procedure-argument-violation who (string-append "expected " what " as argument") obj))
    (if (not (length-for? obj length))
        (procedure-arguments-consistency-violation who "a pointer needs a length; others may have one" obj length)))

  ;; (assert-general-c-string-and-length who string length): raises unless these describe text for C.
  (define (assert-general-c-string-and-length who string length)
    (check who string length general-c-string? "a string, a bytevector, a pointer or a memory block"))

  ;; (assert-general-c-buffer-and-length who buffer length): the same for memory.
  (define (assert-general-c-buffer-and-length who buffer length)
    (check who buffer length general-c-buffer? "a bytevector, a pointer or a memory block"))

  ;; (general-c-buffer-len buffer length): its bytes: a bytevector's and a memory block's own, else `length`.
  (define (general-c-buffer-len buffer length)
    (cond
      [(bytevector? buffer) (bytevector-length buffer)]
      [(memory-block? buffer) (memory-block-size buffer)]
      [else length]))

  (define (converted to-bytevector obj) (if (string? obj) (to-bytevector obj) obj))

  ;; (with-general-c-strings ((variable expression) ...) [(string-to-bytevector procedure)] body ...): strings as the
  ;; bytevectors that `procedure`, string->utf8 by default, makes of them; other C strings as they are.
  (define-syntax with-general-c-strings
    (syntax-rules (string-to-bytevector)
      [(_ ((variable expression) ...) (string-to-bytevector procedure) body0 body ...)
       (let ([variable (converted procedure expression)] ...) body0 body ...)]
      [(_ ((variable expression) ...) body0 body ...)
       (let ([variable (converted string->utf8 expression)] ...) body0 body ...)]))

  ;; The same; #f stays as it is, as everything does that is no string.
  (define-syntax with-general-c-strings/false
    (syntax-rules ()
      [(_ bindings body0 body ...) (with-general-c-strings bindings body0 body ...)]))

  ;; The same for pathnames, which are UTF-8.
  (define-syntax with-general-c-pathnames
    (syntax-rules ()
      [(_ bindings body0 body ...) (with-general-c-strings bindings (string-to-bytevector string->utf8) body0 body ...)]))
  (define-syntax with-general-c-pathnames/false
    (syntax-rules ()
      [(_ bindings body0 body ...) (with-general-c-pathnames bindings body0 body ...)]))
  )
