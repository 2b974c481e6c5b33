;;; Vicare's library: all of R6RS and what Vicare adds. Here is what of the latter is written in Scheme; primitives, forms
;;; of the expander and the libraries of R6RS are joined by `builtins/composite.rs`.
(library (vicare)
  (export
    ;; (vicar control)
    unwinding-call/cc with-unwind-protection with-blocked-exceptions with-current-dynamic-environment
    ;; (vicar parameters)
    make-parameter parametrise parameterise parameterize
    ;; (vicar definitions)
    define-syntax-rule define-values define-constant-values case-define
    define-constant define-inline-constant define-inline define-integrable define-auxiliary-syntaxes
    receive receive-and-return begin0 values->list xor set-cons! internal-body
    let-constants let*-constants letrec-constants letrec*-constants let*-syntax
    pre-incr! pre-decr! post-incr! post-decr! ++ -- with-implicits case-identifiers expand-time-expr
    ;; (vicar checked-lambda)
    define* lambda* case-define* case-lambda* named-lambda* named-case-lambda*
    ;; (vicar loops)
    while until for do* dolist dotimes returnable unwind-protect with-unwind-handler try catch finally
    ;; (vicar compensations)
    with-compensations with-compensations/on-error compensate with-compensation-handler
    push-compensation push-compensation-thunk run-compensations
    ;; (vicar coroutines)
    coroutine yield finish-coroutines concurrently monitor reset shift
    ;; (vicar sequences)
    for-each-in-order andmap ormap
    vector-for-all vector-exists vector-find vector-fold-left vector-fold-right
    sorted-vector-binary-search vector=? vector!=? make-queue-procs
    list-of-chars? list-of-strings? list-of-nestrings? list-of-symbols? list-of-fixnums? list-of-flonums?
    list-of-booleans? list-of-vectors? list-of-bytevectors? list-of-conditions? list-of-simple-conditions?
    ;; (vicar tables)
    hashtable-map-keys hashtable-map-entries hashtable-for-each-key hashtable-for-each-entry
    hashtable-for-all-keys hashtable-for-all-entries hashtable-exists-key hashtable-exists-entry
    hashtable-find-key hashtable-find-entry hashtable-fold-keys hashtable-fold-entries
    hashtable->alist alist->hashtable!
    putprop getprop remprop property-list
    ;; (vicar objects)
    always-true always-false false? true?
    expect-single-argument-and-return-it expect-single-argument-and-return-false
    expect-single-argument-and-return-true
    boolean!=? boolean<? boolean<=? boolean>? boolean>=? boolean-max boolean-min
    char!=? char-ci!=? chmax chmin symbol!=?
    with-input-from-string with-output-to-string with-output-to-port print-condition debug-print make-guardian
    ipair ipair? icar icdr sentinel sentinel? get-output-string
    ;; (vicar enumerations)
    enum-set?)
  (import
    (vicar control) (vicar parameters) (vicar definitions) (vicar checked-lambda) (vicar loops) (vicar compensations)
    (vicar coroutines) (vicar sequences) (vicar tables) (vicar objects) (only (vicar enumerations) enum-set?)))
