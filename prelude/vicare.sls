;;; Vicare's library: all of R6RS and what Vicare adds.
(library (vicare)
  (export
    (import
      (except (rnrs) case) (rnrs mutable-pairs) (rnrs mutable-strings) (rnrs eval) (rnrs r5rs)
      (internal vicare-conditions))
    ;; (internal control)
    unwinding-call/cc with-unwind-protection with-blocked-exceptions with-current-dynamic-environment
    ;; (internal parameters)
    make-parameter parametrise parameterise parameterize
    ;; (internal definitions)
    define-syntax-rule define-values define-constant-values case-define
    define-constant define-inline-constant define-inline define-integrable define-auxiliary-syntaxes
    receive receive-and-return begin0 values->list xor set-cons! internal-body
    let-constants let*-constants letrec-constants letrec*-constants let*-syntax
    pre-incr! pre-decr! post-incr! post-decr! ++ -- with-implicits case-identifiers expand-time-expr
    ;; (internal checked-lambda)
    define* lambda* case-define* case-lambda* named-lambda* named-case-lambda*
    ;; (internal loops)
    while until for do* dolist dotimes returnable unwind-protect with-unwind-handler try catch finally
    ;; (internal compensations)
    with-compensations with-compensations/on-error compensate with-compensation-handler
    push-compensation push-compensation-thunk run-compensations
    ;; (internal coroutines)
    coroutine yield finish-coroutines concurrently monitor reset shift
    ;; (internal sequences)
    for-each-in-order andmap ormap
    vector-for-all vector-exists vector-find vector-fold-left vector-fold-right
    sorted-vector-binary-search vector=? vector!=? make-queue-procs
    list-of-chars? list-of-strings? list-of-nestrings? list-of-symbols? list-of-fixnums? list-of-flonums?
    list-of-booleans? list-of-vectors? list-of-bytevectors? list-of-conditions? list-of-simple-conditions?
    ;; (internal tables)
    hashtable-map-keys hashtable-map-entries hashtable-for-each-key hashtable-for-each-entry
    hashtable-for-all-keys hashtable-for-all-entries hashtable-exists-key hashtable-exists-entry
    hashtable-find-key hashtable-find-entry hashtable-fold-keys hashtable-fold-entries
    hashtable->alist alist->hashtable!
    putprop getprop remprop property-list
    ;; (internal objects)
    always-true always-false false? true?
    expect-single-argument-and-return-it expect-single-argument-and-return-false
    expect-single-argument-and-return-true
    boolean!=? boolean<? boolean<=? boolean>? boolean>=? boolean-max boolean-min
    char!=? char-ci!=? chmax chmin symbol!=?
    with-input-from-string with-output-to-string with-output-to-port print-condition debug-print make-guardian
    ipair ipair? icar icdr sentinel sentinel? get-output-string
    ;; (internal enumerations)
    enum-set?
    ;; Syntax
    named-lambda named-case-lambda fluid-let-syntax __file__ __line__ define-fluid-syntax define-alias
    begin-for-syntax include import library export (rename (%vicare:case case))
    ;; Fluid keywords
    __who__ __synner__ return break continue with brace <> this
    ;; Bytevectors and lists of numbers
    bytevector->u16l-list u16l-list->bytevector bytevector->u16b-list u16b-list->bytevector bytevector->u16n-list
    u16n-list->bytevector bytevector->u32l-list u32l-list->bytevector bytevector->u32b-list u32b-list->bytevector
    bytevector->u32n-list u32n-list->bytevector bytevector->u64l-list u64l-list->bytevector bytevector->u64b-list
    u64b-list->bytevector bytevector->u64n-list u64n-list->bytevector bytevector->s16l-list s16l-list->bytevector
    bytevector->s16b-list s16b-list->bytevector bytevector->s16n-list s16n-list->bytevector bytevector->s32l-list
    s32l-list->bytevector bytevector->s32b-list s32b-list->bytevector bytevector->s32n-list s32n-list->bytevector
    bytevector->s64l-list s64l-list->bytevector bytevector->s64b-list s64b-list->bytevector bytevector->s64n-list
    s64n-list->bytevector bytevector->f4l-list f4l-list->bytevector bytevector->f4b-list f4b-list->bytevector
    bytevector->f4n-list f4n-list->bytevector bytevector->f8l-list f8l-list->bytevector bytevector->f8b-list
    f8b-list->bytevector bytevector->f8n-list f8n-list->bytevector
    ;; Bytevectors
    bytevector->s8-list s8-list->bytevector bytevector-append bytevector-concatenate
    bytevector-reverse-and-concatenate subbytevector-u8 subbytevector-u8/count subbytevector-s8 subbytevector-s8/count
    bytevector-empty? empty-bytevector? nebytevector?
    ;; Conditions
    simple-condition? compound-condition? condition-and-rtd?
    ;; Evaluation
    interaction-environment
    ;; Encodings
    string->ascii ascii->string ascii-encoded-string? ascii-encoded-bytevector? string->latin1 latin1->string
    latin1-encoded-string? latin1-encoded-bytevector? string->octets octets->string octets-encoded-string?
    octets-encoded-bytevector? bytevector->hex hex->bytevector bytevector->string-hex string-hex->bytevector
    bytevector->base64 base64->bytevector bytevector->string-base64 string-base64->bytevector uri-encode uri-decode
    percent-encode percent-decode
    ;; Equivalence
    neq? void void-object? bwp-object bwp-object? would-block-object would-block-object? immediate?
    ;; Fixnums
    fx!=? fx= fx!= fx< fx<= fx> fx>= fxnonnegative? fxnonpositive? fxadd1 fxsub1 fxabs fxsign fxquotient fxremainder
    fxmodulo fxsll fxsra fixnum->string fixnum->char char->fixnum fixnum-in-character-range?
    ;; Flonums
    fl!=? flnonnegative? flnonpositive? flzero?/positive flzero?/negative flsquare flcube flcbrt flhypot flexpm1
    fllog1p flsinh flcosh fltanh flasinh flacosh flatanh flonum->string string->flonum flonum->bytevector
    bytevector->flonum flonum-bytes flonum-parts
    ;; Hash tables
    mutable-hashtable? hashtable-eq? hashtable-eqv? hashtable-equiv? object-hash bytevector-hash number-hash
    fixnum-hash bignum-hash ratnum-hash compnum-hash cflonum-hash flonum-hash exact-integer-hash char-hash
    boolean-hash void-hash eof-object-hash would-block-hash
    ;; Keywords
    keyword? keyword=? symbol->keyword keyword->symbol string->keyword keyword->string keyword-hash
    ;; Lists
    make-list last-pair circular-list? list-of-single-item?
    ;; Formatted text
    format printf fprintf
    ;; Pretty printing
    pretty-print pretty-format
    ;; Programs
    command-line-arguments exit-hooks
    ;; Promises
    promise?
    ;; Records
    record-constructor-descriptor? rcd-rtd rcd-parent-rcd record-object? record-and-rtd? record-type-all-field-names
    record-ref record=?
    ;; Strings
    string-empty? empty-string? nestring? string!=? string-max string-min string-concatenate
    string-reverse-and-concatenate string-copy!
    ;; Symbols
    symbol<? symbol<=? symbol>? symbol>=? symbol-max symbol-min gensym gensym? string-or-symbol->string
    string-or-symbol->symbol
    ;; Syntax objects
    syntax-parameter-value
    ;; Vectors
    vector-empty? empty-vector? non-empty-vector? nevector? vector-copy subvector vector-append vector-copy!
    vector-resize vector-reset! vectors-of-same-length?
    ;; Weak pairs
    weak-cons weak-pair? collect
    ;; Numbers
    != add1 sub1 square cube cbrt factorial sign non-negative? non-positive? quotient+remainder complex-conjugate sinh
    cosh tanh asinh acosh atanh sll sra least-positive-bignum greatest-negative-bignum bignum->bytevector
    bytevector->bignum random exact-integer? positive-exact-integer? negative-exact-integer?
    non-negative-exact-integer? non-positive-exact-integer? zero-exact-integer? positive-fixnum? negative-fixnum?
    non-negative-fixnum? non-positive-fixnum? zero-fixnum? non-zero-fixnum? byte-fixnum? zero-byte-fixnum?
    positive-byte-fixnum? negative-byte-fixnum? octet-fixnum? zero-octet-fixnum? positive-octet-fixnum? bignum?
    positive-bignum? negative-bignum? non-negative-bignum? non-positive-bignum? ratnum? positive-ratnum?
    negative-ratnum? non-negative-ratnum? non-positive-ratnum? positive-flonum? negative-flonum? non-negative-flonum?
    non-positive-flonum? zero-flonum? positive-zero-flonum? negative-zero-flonum? compnum? exact-compnum?
    inexact-compnum? non-zero-inexact-compnum? zero-compnum? non-zero-compnum? cflonum? zero-cflonum?
    non-zero-cflonum? bignum-even? bignum-odd? bignum-positive? bignum-negative? bignum-non-negative?
    bignum-non-positive? ratnum-positive? ratnum-negative? ratnum-non-negative? ratnum-non-positive?
    ;; Ports
    input/output-port? input-only-port? output-only-port? binary-input-port? binary-output-port?
    binary-input/output-port? binary-input-only-port? binary-output-only-port? textual-input-port?
    textual-output-port? textual-input/output-port? textual-input-only-port? textual-output-only-port? open-port?
    open-input-port? open-output-port? open-input/output-port? open-binary-port? open-binary-input-port?
    open-binary-output-port? open-binary-input/output-port? open-textual-port? open-textual-input-port?
    open-textual-output-port? open-textual-input/output-port? console-input-port console-output-port
    console-error-port port-id transcoder? port-closed? closed-port? set-port-buffer-mode! reset-input-port!
    reset-output-port! get-string-some read-line
    (cond-expand
      (posix
        (import (internal posix vicare) (internal posix times))
        ;; Pointers
        pointer? false-or-pointer? list-of-pointers? null-pointer pointer-null? pointer-non-null? set-pointer-null!
        pointer->integer integer->pointer pointer-clone pointer-add pointer-diff pointer-and-offset? pointer=?
        pointer<? pointer>? pointer<=? pointer>=? pointer!=? pointer-min pointer-max
        ;; Memory blocks
        memory-block? memory-block?/non-null memory-block?/not-null make-memory-block make-memory-block/guarded
        null-memory-block memory-block-pointer memory-block-size memory-block-reset memory-block=? memory-block!=?
        ;; Memory
        malloc guarded-malloc calloc guarded-calloc realloc guarded-realloc free
        ;; Memory and bytevectors
        memcpy memmove memset memcmp memory-copy memory->bytevector bytevector->memory bytevector->guarded-memory
        ;; Strings of C
        strlen strcmp strncmp strdup guarded-strdup strndup guarded-strndup cstring->bytevector cstring->string
        cstring16->bytevector cstring16n->string cstring16le->string cstring16be->string bytevector->cstring
        bytevector->guarded-cstring string->cstring string->guarded-cstring
        ;; Arrays of strings of C
        argv-length argv->bytevectors argv->strings bytevectors->argv bytevectors->guarded-argv strings->argv
        strings->guarded-argv
        ;; Memory by the types of C
        pointer-ref-c-uint8 pointer-set-c-uint8! array-ref-c-uint8 array-set-c-uint8! pointer-ref-c-sint8
        pointer-set-c-sint8! array-ref-c-sint8 array-set-c-sint8! pointer-ref-c-uint16 pointer-set-c-uint16!
        array-ref-c-uint16 array-set-c-uint16! pointer-ref-c-sint16 pointer-set-c-sint16! array-ref-c-sint16
        array-set-c-sint16! pointer-ref-c-uint32 pointer-set-c-uint32! array-ref-c-uint32 array-set-c-uint32!
        pointer-ref-c-sint32 pointer-set-c-sint32! array-ref-c-sint32 array-set-c-sint32! pointer-ref-c-uint64
        pointer-set-c-uint64! array-ref-c-uint64 array-set-c-uint64! pointer-ref-c-sint64 pointer-set-c-sint64!
        array-ref-c-sint64 array-set-c-sint64! pointer-ref-c-signed-char pointer-set-c-signed-char!
        array-ref-c-signed-char array-set-c-signed-char! pointer-ref-c-unsigned-char pointer-set-c-unsigned-char!
        array-ref-c-unsigned-char array-set-c-unsigned-char! pointer-ref-c-signed-short pointer-set-c-signed-short!
        array-ref-c-signed-short array-set-c-signed-short! pointer-ref-c-unsigned-short pointer-set-c-unsigned-short!
        array-ref-c-unsigned-short array-set-c-unsigned-short! pointer-ref-c-signed-int pointer-set-c-signed-int!
        array-ref-c-signed-int array-set-c-signed-int! pointer-ref-c-unsigned-int pointer-set-c-unsigned-int!
        array-ref-c-unsigned-int array-set-c-unsigned-int! pointer-ref-c-signed-long pointer-set-c-signed-long!
        array-ref-c-signed-long array-set-c-signed-long! pointer-ref-c-unsigned-long pointer-set-c-unsigned-long!
        array-ref-c-unsigned-long array-set-c-unsigned-long! pointer-ref-c-signed-long-long
        pointer-set-c-signed-long-long! array-ref-c-signed-long-long array-set-c-signed-long-long!
        pointer-ref-c-unsigned-long-long pointer-set-c-unsigned-long-long! array-ref-c-unsigned-long-long
        array-set-c-unsigned-long-long! pointer-ref-c-size_t pointer-set-c-size_t! array-ref-c-size_t
        array-set-c-size_t! pointer-ref-c-ssize_t pointer-set-c-ssize_t! array-ref-c-ssize_t array-set-c-ssize_t!
        pointer-ref-c-off_t pointer-set-c-off_t! array-ref-c-off_t array-set-c-off_t! pointer-ref-c-ptrdiff_t
        pointer-set-c-ptrdiff_t! array-ref-c-ptrdiff_t array-set-c-ptrdiff_t! pointer-ref-c-float pointer-set-c-float!
        array-ref-c-float array-set-c-float! pointer-ref-c-double pointer-set-c-double! array-ref-c-double
        array-set-c-double! pointer-ref-c-double-complex pointer-set-c-double-complex! array-ref-c-double-complex
        array-set-c-double-complex! pointer-ref-c-pointer pointer-set-c-pointer! array-ref-c-pointer
        array-set-c-pointer!
        ;; The environment
        getenv environ
        ;; Error codes
        strerror
        ;; Ports on descriptors
        make-binary-file-descriptor-input-port make-textual-file-descriptor-input-port
        make-binary-file-descriptor-input-port* make-textual-file-descriptor-input-port*
        make-binary-file-descriptor-output-port make-textual-file-descriptor-output-port
        make-binary-file-descriptor-output-port* make-textual-file-descriptor-output-port*
        make-binary-file-descriptor-input/output-port make-textual-file-descriptor-input/output-port
        make-binary-file-descriptor-input/output-port* make-textual-file-descriptor-input/output-port*
        make-binary-socket-input-port make-textual-socket-input-port make-binary-socket-input-port*
        make-textual-socket-input-port* make-binary-socket-output-port make-textual-socket-output-port
        make-binary-socket-output-port* make-textual-socket-output-port* make-binary-socket-input/output-port
        make-textual-socket-input/output-port make-binary-socket-input/output-port*
        make-textual-socket-input/output-port* port-fd port-set-non-blocking-mode! port-unset-non-blocking-mode!
        port-in-non-blocking-mode?
        ;; Shared objects
        dlopen dlclose dlsym dlerror
        ;; Foreign functions
        make-c-callout-maker make-c-callout-maker/with-errno errno
        ;; Callbacks
        make-c-callback-maker free-c-callback)))
  (import (internal primitives)
    (internal control) (internal parameters) (internal definitions) (internal checked-lambda) (internal loops) (internal compensations)
    (internal coroutines) (internal sequences) (internal tables) (internal objects) (only (internal enumerations) enum-set?)))
