#!r6rs
;;; (vicare ffi): pointers, memory and foreign functions, and shared objects whose failures are conditions.
;;;
;;; Primitives: those of src/memory and src/foreign
(library (vicare ffi) (options (requires posix))
  (export
    ;; Shared objects
    open-shared-object close-shared-object lookup-shared-object
    &shared-object-error make-shared-object-error shared-object-error?
    &shared-object-opening-error make-shared-object-opening-error shared-object-opening-error?
    condition-shared-object-opening-name
    &shared-object-closing-error make-shared-object-closing-error shared-object-closing-error?
    condition-shared-object-closing-so-handle
    &shared-object-lookup-error make-shared-object-lookup-error shared-object-lookup-error?
    condition-shared-object-lookup-so-handle condition-shared-object-lookup-foreign-symbol
    ;; Callbacks: pointers like others
    c-callback? false-or-c-callback? maybe-c-callback? pointer-hash
    ;; Error codes: (vicare platform errno), (vicare posix)
    errno-code case-errno strerror &errno make-errno-condition errno-condition? condition-errno
    &out-of-memory-error make-out-of-memory-error out-of-memory-error?
    ;; Primitives
    dlopen dlclose dlsym dlerror make-c-callout-maker make-c-callout-maker/with-errno make-c-callback-maker
    free-c-callback pointer? list-of-pointers? false-or-pointer? null-pointer set-pointer-null! pointer-null?
    pointer-non-null? pointer->integer integer->pointer pointer-clone pointer-and-offset? pointer-diff pointer-add
    pointer=? pointer!=? pointer<? pointer>? pointer<=? pointer>=? make-memory-block make-memory-block/guarded
    memory-block? memory-block?/non-null memory-block?/not-null memory-block-pointer memory-block-size
    memory-block-reset memory-block=? memory-block!=? malloc guarded-malloc realloc guarded-realloc calloc
    guarded-calloc free memcmp memcpy memmove memset memory-copy bytevector->memory bytevector->guarded-memory
    memory->bytevector with-local-storage argv-length argv->bytevectors argv->strings bytevectors->argv
    bytevectors->guarded-argv strings->argv strings->guarded-argv strlen strcmp strncmp strdup strndup
    guarded-strdup guarded-strndup cstring->bytevector cstring->string bytevector->cstring
    bytevector->guarded-cstring string->cstring string->guarded-cstring errno pointer-ref-c-uint8
    pointer-ref-c-sint8 pointer-ref-c-uint16 pointer-ref-c-sint16 pointer-ref-c-uint32 pointer-ref-c-sint32
    pointer-ref-c-uint64 pointer-ref-c-sint64 pointer-ref-c-signed-char pointer-ref-c-unsigned-char
    pointer-ref-c-signed-short pointer-ref-c-unsigned-short pointer-ref-c-signed-int pointer-ref-c-unsigned-int
    pointer-ref-c-signed-long pointer-ref-c-unsigned-long pointer-ref-c-signed-long-long
    pointer-ref-c-unsigned-long-long pointer-ref-c-float pointer-ref-c-double pointer-ref-c-double-complex
    pointer-ref-c-pointer pointer-ref-c-size_t pointer-ref-c-ssize_t pointer-ref-c-off_t pointer-ref-c-ptrdiff_t
    pointer-set-c-uint8! pointer-set-c-sint8! pointer-set-c-uint16! pointer-set-c-sint16! pointer-set-c-uint32!
    pointer-set-c-sint32! pointer-set-c-uint64! pointer-set-c-sint64! pointer-set-c-signed-char!
    pointer-set-c-unsigned-char! pointer-set-c-signed-short! pointer-set-c-unsigned-short! pointer-set-c-signed-int!
    pointer-set-c-unsigned-int! pointer-set-c-signed-long! pointer-set-c-unsigned-long!
    pointer-set-c-signed-long-long! pointer-set-c-unsigned-long-long! pointer-set-c-float! pointer-set-c-double!
    pointer-set-c-double-complex! pointer-set-c-pointer! pointer-set-c-size_t! pointer-set-c-ssize_t!
    pointer-set-c-off_t! pointer-set-c-ptrdiff_t! array-ref-c-uint8 array-ref-c-sint8 array-ref-c-uint16
    array-ref-c-sint16 array-ref-c-uint32 array-ref-c-sint32 array-ref-c-uint64 array-ref-c-sint64
    array-ref-c-signed-char array-ref-c-unsigned-char array-ref-c-signed-short array-ref-c-unsigned-short
    array-ref-c-signed-int array-ref-c-unsigned-int array-ref-c-signed-long array-ref-c-unsigned-long
    array-ref-c-signed-long-long array-ref-c-unsigned-long-long array-ref-c-float array-ref-c-double
    array-ref-c-double-complex array-ref-c-pointer array-ref-c-size_t array-ref-c-ssize_t array-ref-c-off_t
    array-ref-c-ptrdiff_t array-set-c-uint8! array-set-c-sint8! array-set-c-uint16! array-set-c-sint16!
    array-set-c-uint32! array-set-c-sint32! array-set-c-uint64! array-set-c-sint64! array-set-c-signed-char!
    array-set-c-unsigned-char! array-set-c-signed-short! array-set-c-unsigned-short! array-set-c-signed-int!
    array-set-c-unsigned-int! array-set-c-signed-long! array-set-c-unsigned-long! array-set-c-signed-long-long!
    array-set-c-unsigned-long-long! array-set-c-float! array-set-c-double! array-set-c-double-complex!
    array-set-c-pointer! array-set-c-size_t! array-set-c-ssize_t! array-set-c-off_t! array-set-c-ptrdiff_t!)
  (import (internal primitives) (rnrs conditions) (internal vicare-conditions)
    (only (internal posix vicare) with-local-storage) (only (internal posix failures) refuse in-name-of)
    (only (vicare platform errno) errno-code case-errno))

  (define-condition-type &shared-object-error &error make-shared-object-error shared-object-error?)
  (define-condition-type &shared-object-opening-error &shared-object-error
    make-shared-object-opening-error shared-object-opening-error?
    (name condition-shared-object-opening-name))
  (define-condition-type &shared-object-closing-error &shared-object-error
    make-shared-object-closing-error shared-object-closing-error?
    (so-handle condition-shared-object-closing-so-handle))
  (define-condition-type &shared-object-lookup-error &shared-object-error
    make-shared-object-lookup-error shared-object-lookup-error?
    (so-handle condition-shared-object-lookup-so-handle)
    (foreign-symbol condition-shared-object-lookup-foreign-symbol))

  ;; Raises what the dynamic linker says of its failure, and `kind`.
  (define (failed who kind . irritants)
    (apply refuse who kind (or (dlerror) "the dynamic linker does not say why") irritants))

  ;; (open-shared-object name): the handle of a shared object, a string or bytevector, resolved when it is used.
  (define (open-shared-object name)
    (or (in-name-of 'open-shared-object (lambda () (dlopen name #t #f)))
        (failed 'open-shared-object (make-shared-object-opening-error name) name)))

  ;; (close-shared-object so-handle): gives the handle back.
  (define (close-shared-object so-handle)
    (if (not (in-name-of 'close-shared-object (lambda () (dlclose so-handle))))
        (failed 'close-shared-object (make-shared-object-closing-error so-handle) so-handle)))

  ;; (lookup-shared-object so-handle foreign-symbol): a pointer to what the shared object calls so.
  (define (lookup-shared-object so-handle foreign-symbol)
    (or (in-name-of 'lookup-shared-object (lambda () (dlsym so-handle foreign-symbol)))
        (failed 'lookup-shared-object (make-shared-object-lookup-error so-handle foreign-symbol)
          so-handle foreign-symbol)))

  (define (c-callback? obj) (pointer? obj))
  (define (false-or-c-callback? obj) (or (not obj) (pointer? obj)))
  (define (maybe-c-callback? obj) (or (eqv? obj (if #f #f)) (pointer? obj)))

  ;; (pointer-hash pointer): an exact integer of 0 and up, the same for pointers to one address.
  (define (pointer-hash pointer)
    (if (not (pointer? pointer)) (%wrong-argument 'pointer-hash 'pointer 1 "a pointer" pointer))
    (bitwise-and (pointer->integer pointer) (greatest-fixnum)))
  )
