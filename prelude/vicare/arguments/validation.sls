#!r6rs
;;; (vicare arguments validation): checks of arguments by name, at the head of a procedure's body:
;;;
;;;   (with-arguments-validation (who) ((NAME object argument ...) ...) body ...)
;;;
;;; calls the procedure NAME.vicare-arguments-validation with `who` and the operands of each clause; #t for NAME checks
;;; nothing. (define-argument-validation (NAME who object argument ...) valid? violation) defines one.
;;;
;;; Primitives: predicates
(library (vicare arguments validation) (options (requires posix))
  (export
    define-argument-validation with-arguments-validation with-dangerous-arguments-validation arguments-validation-forms
    pair.vicare-arguments-validation list.vicare-arguments-validation boolean.vicare-arguments-validation
    number.vicare-arguments-validation fixnum.vicare-arguments-validation fixnum/false.vicare-arguments-validation
    positive-fixnum.vicare-arguments-validation negative-fixnum.vicare-arguments-validation
    non-positive-fixnum.vicare-arguments-validation non-negative-fixnum.vicare-arguments-validation
    non-zero-fixnum.vicare-arguments-validation non-positive-fixnum/false.vicare-arguments-validation
    non-negative-fixnum/false.vicare-arguments-validation non-zero-fixnum/false.vicare-arguments-validation
    fixnum-in-inclusive-range.vicare-arguments-validation fixnum-in-exclusive-range.vicare-arguments-validation
    even-fixnum.vicare-arguments-validation odd-fixnum.vicare-arguments-validation
    fixnum-index.vicare-arguments-validation exact-integer.vicare-arguments-validation
    exact-integer/false.vicare-arguments-validation positive-exact-integer.vicare-arguments-validation
    negative-exact-integer.vicare-arguments-validation non-positive-exact-integer.vicare-arguments-validation
    non-negative-exact-integer.vicare-arguments-validation
    exact-integer-in-inclusive-range.vicare-arguments-validation
    exact-integer-in-exclusive-range.vicare-arguments-validation even-exact-integer.vicare-arguments-validation
    odd-exact-integer.vicare-arguments-validation keyword.vicare-arguments-validation
    promise.vicare-arguments-validation false-or-promise.vicare-arguments-validation
    byte.vicare-arguments-validation false-or-byte.vicare-arguments-validation octet.vicare-arguments-validation
    false-or-octet.vicare-arguments-validation byte/octet.vicare-arguments-validation
    byte/octet/false.vicare-arguments-validation word-u8.vicare-arguments-validation
    word-u8/false.vicare-arguments-validation word-s8.vicare-arguments-validation
    word-s8/false.vicare-arguments-validation word-u16.vicare-arguments-validation
    word-u16/false.vicare-arguments-validation word-s16.vicare-arguments-validation
    word-s16/false.vicare-arguments-validation word-u32.vicare-arguments-validation
    word-u32/false.vicare-arguments-validation word-s32.vicare-arguments-validation
    word-s32/false.vicare-arguments-validation word-u64.vicare-arguments-validation
    word-u64/false.vicare-arguments-validation word-s64.vicare-arguments-validation
    word-s64/false.vicare-arguments-validation word-u128.vicare-arguments-validation
    word-u128/false.vicare-arguments-validation word-s128.vicare-arguments-validation
    word-s128/false.vicare-arguments-validation word-u256.vicare-arguments-validation
    word-u256/false.vicare-arguments-validation word-s256.vicare-arguments-validation
    word-s256/false.vicare-arguments-validation machine-word.vicare-arguments-validation
    machine-word/false.vicare-arguments-validation signed-int.vicare-arguments-validation
    signed-int/false.vicare-arguments-validation positive-signed-int.vicare-arguments-validation
    negative-signed-int.vicare-arguments-validation non-positive-signed-int.vicare-arguments-validation
    non-negative-signed-int.vicare-arguments-validation signed-int-in-inclusive-range.vicare-arguments-validation
    signed-int-in-exclusive-range.vicare-arguments-validation even-signed-int.vicare-arguments-validation
    odd-signed-int.vicare-arguments-validation unsigned-char.vicare-arguments-validation
    signed-char.vicare-arguments-validation unsigned-short.vicare-arguments-validation
    signed-short.vicare-arguments-validation unsigned-int.vicare-arguments-validation
    unsigned-long.vicare-arguments-validation signed-long.vicare-arguments-validation
    unsigned-long-long.vicare-arguments-validation signed-long-long.vicare-arguments-validation
    pointer-integer.vicare-arguments-validation size_t.vicare-arguments-validation
    ssize_t.vicare-arguments-validation off_t.vicare-arguments-validation ptrdiff_t.vicare-arguments-validation
    unsigned-char/false.vicare-arguments-validation signed-char/false.vicare-arguments-validation
    unsigned-short/false.vicare-arguments-validation signed-short/false.vicare-arguments-validation
    unsigned-int/false.vicare-arguments-validation unsigned-long/false.vicare-arguments-validation
    signed-long/false.vicare-arguments-validation unsigned-long-long/false.vicare-arguments-validation
    signed-long-long/false.vicare-arguments-validation pointer-integer/false.vicare-arguments-validation
    size_t/false.vicare-arguments-validation ssize_t/false.vicare-arguments-validation
    off_t/false.vicare-arguments-validation ptrdiff_t/false.vicare-arguments-validation
    string.vicare-arguments-validation string/false.vicare-arguments-validation
    non-empty-string.vicare-arguments-validation non-empty-string/false.vicare-arguments-validation
    index-for-string.vicare-arguments-validation one-off-index-for-string.vicare-arguments-validation
    index-and-count-for-string.vicare-arguments-validation start-and-end-for-string.vicare-arguments-validation
    start-and-past-for-string.vicare-arguments-validation list-of-strings.vicare-arguments-validation
    string-or-symbol.vicare-arguments-validation string-or-symbol-or-false.vicare-arguments-validation
    vector.vicare-arguments-validation vector/false.vicare-arguments-validation
    non-empty-vector.vicare-arguments-validation non-empty-vector/false.vicare-arguments-validation
    index-for-vector.vicare-arguments-validation index-and-count-for-vector.vicare-arguments-validation
    start-and-end-for-vector.vicare-arguments-validation start-and-past-for-vector.vicare-arguments-validation
    bytevector.vicare-arguments-validation bytevector/false.vicare-arguments-validation
    non-empty-bytevector.vicare-arguments-validation non-empty-bytevector/false.vicare-arguments-validation
    index-for-bytevector.vicare-arguments-validation index-and-count-for-bytevector.vicare-arguments-validation
    start-and-end-for-bytevector.vicare-arguments-validation
    start-and-past-for-bytevector.vicare-arguments-validation bytevector-length.vicare-arguments-validation
    list-of-bytevectors.vicare-arguments-validation file-pathname.vicare-arguments-validation
    file-string-pathname.vicare-arguments-validation file-bytevector-pathname.vicare-arguments-validation
    file-colon-search-path.vicare-arguments-validation file-string-colon-search-path.vicare-arguments-validation
    file-bytevector-colon-search-path.vicare-arguments-validation symbol.vicare-arguments-validation
    symbol/false.vicare-arguments-validation list-of-symbols.vicare-arguments-validation
    enum-set.vicare-arguments-validation enum-set/false.vicare-arguments-validation
    pointer.vicare-arguments-validation non-null-pointer.vicare-arguments-validation
    pointer/false.vicare-arguments-validation c-callback.vicare-arguments-validation
    c-callback/false.vicare-arguments-validation memory-block.vicare-arguments-validation
    memory-block/false.vicare-arguments-validation char.vicare-arguments-validation
    char/false.vicare-arguments-validation char-in-ascii-range.vicare-arguments-validation
    char-in-ascii-range/false.vicare-arguments-validation flonum.vicare-arguments-validation
    bignum.vicare-arguments-validation ratnum.vicare-arguments-validation real.vicare-arguments-validation
    real-exact.vicare-arguments-validation compnum.vicare-arguments-validation cflonum.vicare-arguments-validation
    complex.vicare-arguments-validation port.vicare-arguments-validation port/false.vicare-arguments-validation
    input-port.vicare-arguments-validation input-port/false.vicare-arguments-validation
    output-port.vicare-arguments-validation output-port/false.vicare-arguments-validation
    input/output-port.vicare-arguments-validation input/output-port/false.vicare-arguments-validation
    textual-port.vicare-arguments-validation textual-port/false.vicare-arguments-validation
    binary-port.vicare-arguments-validation binary-port/false.vicare-arguments-validation
    open-port.vicare-arguments-validation transcoder.vicare-arguments-validation
    transcoder/false.vicare-arguments-validation procedure.vicare-arguments-validation
    procedure/false.vicare-arguments-validation general-c-string.vicare-arguments-validation
    general-c-string/false.vicare-arguments-validation general-c-string*.vicare-arguments-validation
    general-c-string*/false.vicare-arguments-validation general-c-buffer.vicare-arguments-validation
    general-c-buffer/false.vicare-arguments-validation general-c-buffer*.vicare-arguments-validation
    general-c-buffer*/false.vicare-arguments-validation general-c-sticky-buffer.vicare-arguments-validation
    general-c-sticky-buffer/false.vicare-arguments-validation general-c-sticky-buffer*.vicare-arguments-validation
    general-c-sticky-buffer*/false.vicare-arguments-validation general-c-string.len.vicare-arguments-validation
    general-c-buffer.len.vicare-arguments-validation time.vicare-arguments-validation
    time/false.vicare-arguments-validation identifier.vicare-arguments-validation
    identifier/false.vicare-arguments-validation)
  (import (internal primitives) (rnrs lists) (for (only (rnrs base) map) expand) (internal vicare-conditions)
    (internal argument-validation) (internal posix buffers)
    (only (internal enumerations) enum-set?) (only (internal posix times) time?) (vicare arguments general-c-buffers)
    (for (internal arguments) expand))

  (define (refuse who what obj)
    (procedure-argument-violation who (string-append "expected " what " as argument") obj))

  ;; (define-validations (name valid? what) ...): for one object. (define-validations/false …): also NAME/false, which
  ;; accepts #f.
  (define-syntax define-validations
    (syntax-rules ()
      [(_ (name valid? what) ...)
       (begin
         (define-argument-validation (name who obj) (valid? obj) (refuse who what obj)) ...)]))

  (define-syntax define-validations/false
    (lambda (stx)
      (syntax-case stx ()
        [(_ (name valid? what) ...)
         (with-syntax ([(name/false ...) (map with-false #'(name ...))])
           #'(begin
               (define-validations (name valid? what) ...)
               (define-argument-validation (name/false who obj)
                 (or (not obj) (valid? obj))
                 (refuse who (string-append "false or " what) obj)) ...))])))

  ;; A procedure that accepts what `type?` does and lies between two numbers, both included.
  (define (between type? low high)
    (lambda (obj) (and (type? obj) (<= low obj high))))
  (define (both type? valid?)
    (lambda (obj) (and (type? obj) (valid? obj))))
  (define (list-of valid?)
    (lambda (obj) (and (list? obj) (for-all valid? obj))))
  (define (unsigned bits) (between exact-integer? 0 (- (expt 2 bits) 1)))
  (define (signed bits) (between exact-integer? (- (expt 2 (- bits 1))) (- (expt 2 (- bits 1)) 1)))

  (define int? (signed 32))
  (define (index? obj) (and (fixnum? obj) (<= 0 obj)))
  (define byte? (between fixnum? -128 127))
  (define octet? (between fixnum? 0 255))
  (define (non-empty-string? obj) (and (string? obj) (positive? (string-length obj))))
  (define (non-empty-bytevector? obj) (and (bytevector? obj) (positive? (bytevector-length obj))))
  ;; A name of the file system: not empty, without NUL.
  (define (string-pathname? obj) 
    (and (non-empty-string? obj) (for-all (lambda (c) (not (char=? c #\nul))) (string->list obj))))
  (define (bytevector-pathname? obj) (and (non-empty-bytevector? obj) (not (memv 0 (bytevector->u8-list obj)))))
  (define (pathname? obj) (or (string-pathname? obj) (bytevector-pathname? obj)))
  (define (string-search-path? obj) (and (string? obj) (or (string=? obj "") (string-pathname? obj))))
  (define (bytevector-search-path? obj)
    (and (bytevector? obj) (or (zero? (bytevector-length obj)) (bytevector-pathname? obj))))
  (define (search-path? obj) (or (string-search-path? obj) (bytevector-search-path? obj)))

  (define-validations
    (pair pair? "a pair")
    (list list? "a list")
    (boolean boolean? "a boolean")
    (number number? "a number")
    (positive-fixnum (both fixnum? positive?) "a positive fixnum")
    (negative-fixnum (both fixnum? negative?) "a negative fixnum")
    (even-fixnum (both fixnum? even?) "an even fixnum")
    (odd-fixnum (both fixnum? odd?) "an odd fixnum")
    (fixnum-index index? "an index: a fixnum that is not negative")
    (positive-exact-integer (both exact-integer? positive?) "a positive exact integer")
    (negative-exact-integer (both exact-integer? negative?) "a negative exact integer")
    (non-positive-exact-integer (both exact-integer? (lambda (n) (<= n 0))) "an exact integer that is not positive")
    (non-negative-exact-integer (both exact-integer? (lambda (n) (<= 0 n))) "an exact integer that is not negative")
    (even-exact-integer (both exact-integer? even?) "an even exact integer")
    (odd-exact-integer (both exact-integer? odd?) "an odd exact integer")
    (keyword keyword? "a keyword")
    (promise promise? "a promise")
    (false-or-promise (lambda (obj) (or (not obj) (promise? obj))) "false or a promise")
    (byte byte? "an exact integer of -128 to 127")
    (false-or-byte (lambda (obj) (or (not obj) (byte? obj))) "false or an exact integer of -128 to 127")
    (octet octet? "an exact integer of 0 to 255")
    (false-or-octet (lambda (obj) (or (not obj) (octet? obj))) "false or an exact integer of 0 to 255")
    (positive-signed-int (both int? positive?) "a positive C int")
    (negative-signed-int (both int? negative?) "a negative C int")
    (non-positive-signed-int (both int? (lambda (n) (<= n 0))) "a C int that is not positive")
    (non-negative-signed-int (both int? (lambda (n) (<= 0 n))) "a C int that is not negative")
    (even-signed-int (both int? even?) "an even C int")
    (odd-signed-int (both int? odd?) "an odd C int")
    (list-of-strings (list-of string?) "a list of strings")
    (string-or-symbol (lambda (obj) (or (string? obj) (symbol? obj))) "a string or symbol")
    (string-or-symbol-or-false (lambda (obj) (or (not obj) (string? obj) (symbol? obj))) "false, a string or a symbol")
    (bytevector-length index? "a bytevector's length")
    (list-of-bytevectors (list-of bytevector?) "a list of bytevectors")
    (file-pathname pathname? "a pathname: a string or bytevector without NUL that is not empty")
    (file-string-pathname string-pathname? "a pathname: a string without NUL that is not empty")
    (file-bytevector-pathname bytevector-pathname? "a pathname: a bytevector without NUL that is not empty")
    (file-colon-search-path search-path? "a search path: a string or bytevector without NUL")
    (file-string-colon-search-path string-search-path? "a search path: a string without NUL")
    (file-bytevector-colon-search-path bytevector-search-path? "a search path: a bytevector without NUL")
    (list-of-symbols (list-of symbol?) "a list of symbols")
    (non-null-pointer pointer-non-null? "a pointer that is not null")
    (flonum flonum? "a flonum")
    (bignum bignum? "a bignum")
    (ratnum ratnum? "a ratnum")
    (real real? "a real number")
    (real-exact (both real? exact?) "an exact real number")
    (compnum compnum? "an exact complex number, or one with an exact part")
    (cflonum cflonum? "a complex number of two flonums")
    (complex complex? "a complex number")
    (open-port (lambda (obj) (and (port? obj) (not (port-closed? obj)))) "an open port"))

  (define-validations/false
    (fixnum fixnum? "a fixnum")
    (non-positive-fixnum (both fixnum? (lambda (n) (<= n 0))) "a fixnum that is not positive")
    (non-negative-fixnum (both fixnum? (lambda (n) (<= 0 n))) "a fixnum that is not negative")
    (non-zero-fixnum (both fixnum? (lambda (n) (not (zero? n)))) "a fixnum that is not zero")
    (exact-integer exact-integer? "an exact integer")
    (byte/octet (between fixnum? -128 255) "an exact integer of -128 to 255")
    (word-u8 (unsigned 8) "an unsigned integer of 8 bits")
    (word-s8 (signed 8) "a signed integer of 8 bits")
    (word-u16 (unsigned 16) "an unsigned integer of 16 bits")
    (word-s16 (signed 16) "a signed integer of 16 bits")
    (word-u32 (unsigned 32) "an unsigned integer of 32 bits")
    (word-s32 (signed 32) "a signed integer of 32 bits")
    (word-u64 (unsigned 64) "an unsigned integer of 64 bits")
    (word-s64 (signed 64) "a signed integer of 64 bits")
    (word-u128 (unsigned 128) "an unsigned integer of 128 bits")
    (word-s128 (signed 128) "a signed integer of 128 bits")
    (word-u256 (unsigned 256) "an unsigned integer of 256 bits")
    (word-s256 (signed 256) "a signed integer of 256 bits")
    (machine-word (unsigned 64) "a machine word")
    (signed-int int? "a C int")
    (signed-char (signed 8) "a C signed char")
    (unsigned-char (unsigned 8) "a C unsigned char")
    (signed-short (signed 16) "a C short")
    (unsigned-short (unsigned 16) "a C unsigned short")
    (unsigned-int (unsigned 32) "a C unsigned int")
    (signed-long (signed 64) "a C long")
    (unsigned-long (unsigned 64) "a C unsigned long")
    (signed-long-long (signed 64) "a C long long")
    (unsigned-long-long (unsigned 64) "a C unsigned long long")
    (pointer-integer (unsigned 64) "an address as an exact integer")
    (size_t (unsigned 64) "a C size_t")
    (ssize_t (signed 64) "a C ssize_t")
    (off_t (signed 64) "a C off_t")
    (ptrdiff_t (signed 64) "a C ptrdiff_t")
    (string string? "a string")
    (non-empty-string non-empty-string? "a string that is not empty")
    (vector vector? "a vector")
    (non-empty-vector non-empty-vector? "a vector that is not empty")
    (bytevector bytevector? "a bytevector")
    (non-empty-bytevector non-empty-bytevector? "a bytevector that is not empty")
    (symbol symbol? "a symbol")
    (enum-set enum-set? "an enumeration set")
    (pointer pointer? "a pointer")
    (c-callback pointer? "a pointer to a callback")
    (memory-block memory-block? "a memory block")
    (char char? "a character")
    (char-in-ascii-range (lambda (obj) (and (char? obj) (char<=? obj #\x7f))) "an ASCII character")
    (port port? "a port")
    (input-port input-port? "an input port")
    (output-port output-port? "an output port")
    (input/output-port (both input-port? output-port?) "an input and output port")
    (textual-port (both port? textual-port?) "a textual port")
    (binary-port (both port? binary-port?) "a binary port")
    (transcoder transcoder? "a transcoder")
    (procedure procedure? "a procedure")
    (general-c-string general-c-string? "a string, a bytevector, a pointer or a memory block")
    (general-c-buffer general-c-buffer? "a bytevector, a pointer or a memory block")
    (general-c-sticky-buffer general-c-sticky-buffer? "a pointer or a memory block")
    (time time? "a time")
    (identifier identifier? "an identifier"))

  ;; Numbers in a range, that of the clause.
  (define-syntax define-range-validations
    (syntax-rules ()
      [(_ (inclusive exclusive valid? what) ...)
       (begin
         (define-argument-validation (inclusive who obj low high)
           (and (valid? obj) (<= low obj high))
           (procedure-argument-violation who
             (string-append "expected " what " in an inclusive range as argument") obj low high)) ...
         (define-argument-validation (exclusive who obj low high)
           (and (valid? obj) (< low obj high))
           (procedure-argument-violation who
             (string-append "expected " what " in an exclusive range as argument") obj low high)) ...)]))

  (define-range-validations
    (fixnum-in-inclusive-range fixnum-in-exclusive-range fixnum? "a fixnum")
    (exact-integer-in-inclusive-range exact-integer-in-exclusive-range exact-integer? "an exact integer")
    (signed-int-in-inclusive-range signed-int-in-exclusive-range int? "a C int"))

  ;; Places in a sequence: an index, a start with a count, a start with the last, a start with what comes behind the last.
  (define-syntax define-place-validations
    (syntax-rules ()
      [(_ length what index index-and-count start-and-end start-and-past)
       (begin
         (define-argument-validation (index who i sequence)
           (and (index? i) (< i (length sequence)))
           (procedure-arguments-consistency-violation who (string-append "the index is out of range of the " what) i sequence))
         (define-argument-validation (index-and-count who i count sequence)
           (and (index? i) (index? count) (<= (+ i count) (length sequence)))
           (procedure-arguments-consistency-violation who (string-append "index and count are out of range of the " what)
             i count sequence))
         (define-argument-validation (start-and-end who start end sequence)
           (and (index? start) (index? end) (<= start end) (< end (length sequence)))
           (procedure-arguments-consistency-violation who (string-append "start and end are out of range of the " what)
             start end sequence))
         (define-argument-validation (start-and-past who start past sequence)
           (and (index? start) (index? past) (<= start past (length sequence)))
           (procedure-arguments-consistency-violation who
             (string-append "start and past indexes are out of range of the " what) start past sequence)))]))

  (define-place-validations string-length "string"
    index-for-string index-and-count-for-string start-and-end-for-string start-and-past-for-string)
  (define-place-validations vector-length "vector"
    index-for-vector index-and-count-for-vector start-and-end-for-vector start-and-past-for-vector)
  (define-place-validations bytevector-length "bytevector"
    index-for-bytevector index-and-count-for-bytevector start-and-end-for-bytevector start-and-past-for-bytevector)

  (define-argument-validation (one-off-index-for-string who i string)
    (and (index? i) (<= i (string-length string)))
    (procedure-arguments-consistency-violation who "the index is out of range of the string, and not behind its end"
      i string))

  ;; Buffers of C with a length, which a pointer must have, and which may be #f for others.
  (define (measured? valid? obj length)
    (and (valid? obj) (length-for? obj length)))

  (define-syntax define-measured-validations
    (syntax-rules ()
      [(_ (name name/false valid? what) ...)
       (begin
         (define-argument-validation (name who obj length)
           (measured? valid? obj length)
           (procedure-arguments-consistency-violation who
             (string-append "expected " what " with its length as arguments") obj length)) ...
         (define-argument-validation (name/false who obj length)
           (or (not obj) (measured? valid? obj length))
           (procedure-arguments-consistency-violation who
             (string-append "expected false, or " what " with its length as arguments") obj length)) ...)]))

  (define-measured-validations
    (general-c-string* general-c-string*/false general-c-string? "a C string")
    (general-c-buffer* general-c-buffer*/false general-c-buffer? "a C buffer")
    (general-c-sticky-buffer* general-c-sticky-buffer*/false general-c-sticky-buffer? "a C buffer that does not move"))

  (define-argument-validation (general-c-string.len who length string)
    (measured? general-c-string? string length)
    (procedure-arguments-consistency-violation who "expected a C string with its length as arguments" length string))
  (define-argument-validation (general-c-buffer.len who length buffer)
    (measured? general-c-buffer? buffer length)
    (procedure-arguments-consistency-violation who "expected a C buffer with its length as arguments" length buffer))
  )
