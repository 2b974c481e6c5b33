//! The rows, by family.

use super::check;

#[test]
fn equivalence() {
    check(
        r#"
        (eq? 'a 'a) => #t
        (eqv? 1.5 1.5) => #t
        (eqv? 0.0 -0.0) => #f
        (eqv? "" "") => #f
        (equal? '(a #(1 "x") #vu8(1 2)) '(a #(1 "x") #vu8(1 2))) => #t
        (equal? '#(1 2) '#(1 2 3)) => #f
        (equal? "λ" "λ") => #t
        (equal? 1 1.0) => #f
        (not 3) => #f
        (boolean=? #t #t #f) => #f
        (boolean=? #t 1) => Assertion: boolean=?: expected a boolean as argument 2, `boolean`
        (neq? 'a 'b) => #t
        "#,
    )
}

#[test]
fn pairs_and_lists() {
    check(
        r#"
        (cons 1 2) => (1 . 2)
        (caddr '(1 2 3)) => 3
        (cddadr '(1 (2 3 4))) => (4)
        (cadr '(1)) => Assertion: cadr: expected a structure with that path as argument 1, `pair`
        (car '()) => Assertion: car: expected a pair as argument 1, `pair`
        (list? '(1 2)) => #t
        (list? '(1 . 2)) => #f
        (length '(1 2 3)) => 3
        (length '(1 . 2)) => Assertion: length: expected a proper list as argument 1, `list`
        (append) => ()
        (append '(1) '(2) '(3 4) 5) => (1 2 3 4 . 5)
        (append '(1) 2) => (1 . 2)
        (append '(1 . 2) '()) => Assertion: append: expected a proper list as argument 1, `list`
        (reverse '(1 (2 3) 4)) => (4 (2 3) 1)
        (list-tail '(a b c) 2) => (c)
        (list-tail '(a b c) 3) => ()
        (list-tail '(a b c) 4) => Assertion: list-tail: index 4 out of range, the list has 3 pairs
        (list-ref '(a b c) 1) => b
        (list-ref '(a b c) 3) => Assertion: list-ref: index 3 out of range, the list has 3 elements
        (list-ref '(a b c) -1) => Assertion: list-ref: expected an index as argument 2, `k`
        (memq 'c '(a b c d)) => (c d)
        (memq 'z '(a b)) => #f
        (memq 'z '(a . b)) => Assertion: memq: expected a proper list as argument 2, `list`
        (memv 1.5 '(1 1.5 2)) => (1.5 2)
        (member '(a) '(b (a) c)) => ((a) c)
        (assq 'b '((a . 1) (b . 2))) => (b . 2)
        (assv 2 '((1 . a) (2 . b))) => (2 . b)
        (assoc "b" '(("a" . 1) ("b" . 2))) => ("b" . 2)
        (assq 'b '(a)) => Assertion: assq: expected a list of pairs as argument 2, `alist`
        (remq 'a '(a b a c)) => (b c)
        (remove '(1) '((1) 2 (1))) => (2)
        (remv 1 '(1 2 1)) => (2)
        (cons* 1 2 '(3 4)) => (1 2 3 4)
        (cons* 1) => 1
        (make-list 2 'x) => (x x)
        (last-pair '(1 2 . 3)) => (2 . 3)
        (list-of-single-item? '(1)) => #t
        "#,
    )
}

#[test]
fn characters_and_strings() {
    check(
        r#"
        (char->integer #\λ) => 955
        (integer->char 955) => #\λ
        (integer->char 55296) => Assertion: integer->char: expected a Unicode scalar value as argument 1, `sv`
        (char<? #\a #\b #\c) => #t
        (char<? #\a #\c #\b) => #f
        (char<? #\a 1) => Assertion: char<?: expected a character as argument 2, `char`
        (char-ci=? #\A #\a) => #t
        (char-upcase #\ß) => #\ß
        (char-general-category #\a) => Ll
        (char-general-category #\space) => Zs
        (char-title-case? #\x01C5) => #t
        (make-string 3 #\λ) => "λλλ"
        (string #\a #\λ) => "aλ"
        (string #\a 1) => Assertion: string: expected a character as argument 2, `char`
        (string-length "aλb") => 3
        (string-ref "aλb" 1) => #\λ
        (string-ref "abc" 3) => Assertion: string-ref: index 3 out of range, the length is 3
        (string<? "a" "ab" "b") => #t
        (string=? "aλ" "aλ" "a") => #f
        (string>? "b" "a") => #t
        (string<? "z" "λ") => #t
        (substring "hello" 1 3) => "el"
        (substring "hello" 3 1) => Assertion: substring: start index out of range, at most 1 is possible
        (substring "hello" 1 9) => Assertion: substring: end index out of range, at most 5 is possible
        (string-append "a" "λ" "c") => "aλc"
        (string-append "a" 'b) => Assertion: string-append: expected a string as argument 2, `string`
        (string->list "aλ") => (#\a #\λ)
        (list->string '(#\a #\λ)) => "aλ"
        (list->string '(#\a 1)) => Assertion: list->string: expected a list of characters as argument 1, `list`
        (string-copy "λ") => "λ"
        (string-set! (freeze "abc") 0 #\x) => Assertion: string-set!: the object is immutable: a literal constant, or made from one
        (string-set! (symbol->string 'abc) 0 #\x) => Assertion: string-set!: the object is immutable: a literal constant, or made from one
        (string-set! "abc" 3 #\x) => Assertion: string-set!: index 3 out of range, the length is 3
        (string-upcase "Straße") => "STRASSE"
        (string-downcase "ΧΑΟΣ Σ") => "χαος σ"
        (string-titlecase "kNock KNoCK") => "Knock Knock"
        (string-foldcase "Straße") => "strasse"
        (string-ci=? "Straße" "STRASSE") => #t
        (string-ci<? "a" "B" "c") => #t
        (string-length (string-normalize-nfd "\xe9;")) => 2
        (string-length (string-normalize-nfc "e\x301;")) => 1
        (string->symbol "a b") => a\x20;b
        (symbol->string 'flying-fish) => "flying-fish"
        (symbol=? 'a 'a 'b) => #f
        (symbol<? 'a 'b) => #t
        (string-concatenate '("a" "b")) => "ab"
        (string-reverse-and-concatenate '("a" "b")) => "ba"
        (string!=? "a" "b" "a") => #f
        (string-max "a" "c" "b") => "c"
        "#,
    )
}

#[test]
fn vectors_and_bytevectors() {
    check(
        r#"
        (make-vector 2 'x) => #(x x)
        (vector-ref '#(1 2) 2) => Assertion: vector-ref: index 2 out of range, the length is 2
        (vector-set! (freeze (vector 1)) 0 1) => Assertion: vector-set!: the object is immutable: a literal constant, or made from one
        (vector->list '#(1 2 3)) => (1 2 3)
        (list->vector '(1 2)) => #(1 2)
        (list->vector '(1 . 2)) => Assertion: list->vector: expected a proper list as argument 1, `list`
        (subvector '#(1 2 3 4) 1 3) => #(2 3)
        (vector-append '#(1) '#() '#(2 3)) => #(1 2 3)
        (vector-resize '#(1 2) 3) => #(1 2 #f)
        (vectors-of-same-length? '#(1) '#(2) '#()) => #f
        (make-bytevector 2 -1) => #vu8(255 255)
        (make-bytevector 2 256) => Assertion: make-bytevector: expected a byte, -128 to 255 as argument 2, `fill`
        (bytevector-s8-ref #vu8(255) 0) => -1
        (bytevector-u8-ref #vu8(1) 1) => Assertion: bytevector-u8-ref: index 1 out of range, the length is 1
        (u8-list->bytevector '(1 2)) => #vu8(1 2)
        (u8-list->bytevector '(1 256)) => Assertion: u8-list->bytevector: expected a list of octets as argument 1, `list`
        (bytevector->u8-list #vu8(1 2)) => (1 2)
        (bytevector-append #vu8(1) #vu8(2)) => #vu8(1 2)
        (subbytevector-u8 #vu8(1 2 3) 1) => #vu8(2 3)
        (bytevector=? #vu8(1) #vu8(1)) => #t
        "#,
    )
}

#[test]
fn hashtables() {
    check(
        r#"
        (hashtable-ref (make-eqv-hashtable) 1 'none) => none
        (hashtable-size (make-eq-hashtable 10)) => 0
        (hashtable-ref 1 2 3) => Assertion: hashtable-ref: expected a hashtable as argument 1, `hashtable`
        (hashtable-set! (hashtable-copy (make-eq-hashtable)) 1 2) => Assertion: hashtable-set!: the hashtable is immutable
        (hashtable-clear! (hashtable-copy (make-eq-hashtable))) => Assertion: hashtable-clear!: the hashtable is immutable
        (hashtable-mutable? (hashtable-copy (make-eq-hashtable) #t)) => #t
        (hashtable-ref (%make-hashtable 'string 1 2) 'a 0) => Assertion: hashtable-ref: expected a string as argument 2, `key`
        (hashtable-keys (make-eq-hashtable)) => #()
        (eqv? (equal-hash '(1 "a")) (equal-hash '(1 "a"))) => #t
        (eqv? (string-ci-hash "Straße") (string-ci-hash "STRASSE")) => #t
        (symbol-hash "a") => Assertion: symbol-hash: expected a symbol as argument 1, `symbol`
        (%hashtable-candidates (make-eq-hashtable) 1.5) => Assertion: make-hashtable: the hash function returned something that is no exact integer
        "#,
    )
}

#[test]
fn records() {
    check(
        r#"
        (record-type-name (make-record-type-descriptor 'p #f #f #f #f '#())) => p
        (record-type-field-names (make-record-type-descriptor 'p #f #f #f #f '#((mutable x) (immutable y)))) => #(x y)
        (record-field-mutable? (make-record-type-descriptor 'p #f #f #f #f '#((mutable x) (immutable y))) 1) => #f
        (record-field-mutable? (make-record-type-descriptor 'p #f #f #f #f '#((mutable x))) 1) => Assertion: record-field-mutable?: field index out of range, the type has 1 fields of its own
        (make-record-type-descriptor 'q (make-record-type-descriptor 'p #f #f #t #f '#()) #f #f #f '#()) => Assertion: make-record-type-descriptor: the parent is sealed
        (make-record-type-descriptor 'q #f #f #f #f '#((x))) => Assertion: make-record-type-descriptor: expected a vector of (mutable name) or (immutable name) as argument 6, `fields`
        (eq? (make-record-type-descriptor 'p #f 'uid #f #f '#((mutable x))) (make-record-type-descriptor 'q #f 'uid #f #f '#((mutable x)))) => #t
        (eq? (make-record-type-descriptor 'p #f 'uid #f #f '#((mutable x))) (make-record-type-descriptor 'p #f 'uid #f #f '#((immutable x)))) => Assertion: make-record-type-descriptor: a different record type has this uid
        (record-type-generative? (make-record-type-descriptor 'p #f #f #f #f '#())) => #t
        (%record-ref (make-message-condition "hi") (%condition-type '&message) 0 'who) => "hi"
        (%record-ref 5 (%condition-type '&message) 0 'getter) => Assertion: getter: expected a record of type &message as argument 1, `record`
        (%record (%condition-type '&message)) => Assertion: record-constructor: wrong number of fields for a &message: expected 1, got 0
        (record? (make-warning)) => #t
        "#,
    )
}

#[test]
fn conditions() {
    check(
        r#"
        (condition-message (condition (make-error) (make-message-condition "m"))) => "m"
        (condition-message (make-error)) => Assertion: condition-message: expected a condition of type &message as argument 1, `condition`
        (error? (condition (make-warning) (make-i/o-file-does-not-exist-error "f"))) => #t
        (i/o-error-filename (make-i/o-file-does-not-exist-error "f")) => "f"
        (i/o-encoding-error-char (make-i/o-encoding-error 'port #\a)) => #\a
        (violation? (make-no-nans-violation)) => #t
        (length (simple-conditions (condition (condition (make-error) (make-warning)) (make-violation)))) => 3
        (condition? (condition)) => #t
        (simple-conditions (condition)) => ()
        (condition 1) => Assertion: condition: expected a condition as argument 1, `condition`
        (condition-irritants (make-irritants-condition '(1 2))) => (1 2)
        (error 'me "bad" 1 2) => Error: me: bad
        (error #f "bad") => Error: : bad
        (error 1 "bad") => Assertion: error: expected a string, a symbol or #f as argument 1, `who`
        (error 'me 'bad) => Assertion: error: expected a string as argument 2, `message`
        (assertion-violation "me" "bad") => Assertion: me: bad
        (%check-condition-type 'me (%condition-type '&who)) => #!void
        "#,
    )
}

#[test]
fn formatting() {
    check(
        r#"
        (format "~a ~s ~a" "x" "x" '(1 "y")) => "x \"x\" (1 y)"
        (format "~b ~o ~d ~x~~~%" 5 8 10 255) => "101 10 10 FF~\n"
        (format "~a") => Error: format: too few arguments: none is left for ~a
        (format "~a" 1 2) => Assertion: format: there are more arguments than directives
        (format "~q" 1) => Error: format: unknown directive ~q: there are ~a ~s ~b ~o ~d ~x ~% ~~
        (format "~") => Error: format: the template ends with a ~
        (format "~x" 1.5) => Error: format: ~x needs an exact number
        (format "~d" 'a) => Error: format: ~d needs a number
        (pretty-format '(a b)) => "(a b)\n"
        (pretty-format '(define (name-of-it argument) (if (test-of-some-kind? argument) (do-this-with argument) (otherwise)))) => "(define (name-of-it argument)\n  (if (test-of-some-kind? argument) (do-this-with argument) (otherwise)))\n"
        (%promise-content (%make-promise 5)) => 5
        (command-line) => ()
        "#,
    )
}

#[test]
fn bytevectors_as_memory() {
    check(
        r#"
        (bytevector-u16-ref #vu8(1 2) 0 'big) => 258
        (bytevector-s16-ref #vu8(255 254) 0 'big) => -2
        (bytevector-u16-native-ref #vu8(0 1 2 3) 1) => Assertion: bytevector-u16-native-ref: index 1 is not a multiple of 2
        (bytevector-u32-ref #vu8(1 2 3) 0 'big) => Assertion: bytevector-u32-ref: index 0 out of range for 4 octets, the length is 3
        (bytevector-u16-ref #vu8(1 2) 0 'middle) => Assertion: bytevector-u16-ref: expected the symbol big or little as argument 3, `endianness`
        (bytevector-u64-ref #vu8(255 255 255 255 255 255 255 255) 0 'big) => 18446744073709551615
        (bytevector-s64-ref #vu8(128 0 0 0 0 0 0 0) 0 'big) => -9223372036854775808
        (bytevector-uint-ref #vu8(1 0 0 0 0 0 0 0 0) 0 'big 9) => 18446744073709551616
        (bytevector-sint-ref #vu8(255 255 255 255 255 255 255 255 255) 0 'little 9) => -1
        (bytevector-u16-set! (make-bytevector 2) 0 65536 'big) => Assertion: bytevector-u16-set!: expected an unsigned exact integer of 16 bits as argument 3, `n`
        (bytevector-s16-set! (make-bytevector 2) 0 32768 'big) => Assertion: bytevector-s16-set!: expected a signed exact integer of 16 bits as argument 3, `n`
        (uint-list->bytevector '(1 258) 'big 2) => #vu8(0 1 1 2)
        (sint-list->bytevector '(-1 258) 'little 3) => #vu8(255 255 255 2 1 0)
        (bytevector->uint-list #vu8(0 1 1 2) 'big 2) => (1 258)
        (bytevector->sint-list #vu8(255 255 2 1) 'little 2) => (-1 258)
        (bytevector->uint-list #vu8(0 1 1) 'big 2) => Assertion: bytevector->uint-list: the length 3 is not a multiple of the size 2
        (uint-list->bytevector '(1) 'big 0) => Assertion: uint-list->bytevector: expected a positive number of octets as argument 3, `size`
        (bytevector-ieee-double-ref #vu8(63 248 0 0 0 0 0 0) 0 'big) => 1.5
        (bytevector-ieee-single-ref #vu8(0 0 192 63) 0 'little) => 1.5
        (bytevector->u16b-list #vu8(0 1 1 2)) => (1 258)
        (s32l-list->bytevector '(-1 258)) => #vu8(255 255 255 255 2 1 0 0)
        (s16n-list->bytevector '(32768)) => Assertion: s16n-list->bytevector: expected a list of exact integers of 16 bits as argument 1, `list`
        (bytevector->f8b-list #vu8(63 248 0 0 0 0 0 0)) => (1.5)
        (f4l-list->bytevector '(1.5 1)) => #vu8(0 0 192 63 0 0 128 63)
        (f4l-list->bytevector '(a)) => Assertion: f4l-list->bytevector: expected a list of real numbers as argument 1, `list`
        (string->utf8 "aλ") => #vu8(97 206 187)
        (utf8->string #vu8(97 206 187)) => "aλ"
        (utf8->string #vu8(97 255)) => "a\xFFFD;"
        (string->utf16 "a𝄞") => #vu8(0 97 216 52 221 30)
        (string->utf16 "a" 'little) => #vu8(97 0)
        (utf16->string #vu8(254 255 0 97) 'little) => "a"
        (string-length (utf16->string #vu8(254 255 0 97) 'big #t)) => 2
        (utf16->string #vu8(216 52 0 97) 'big) => "\xFFFD;a"
        (string->utf32 "λ") => #vu8(0 0 3 187)
        (utf32->string #vu8(187 3 0 0) 'little) => "λ"
        "#,
    )
}

#[test]
fn encodings_and_keywords() {
    check(
        r#"
        (string->ascii "abc") => #vu8(97 98 99)
        (string->ascii "é") => Assertion: string->ascii: there is something that is no ASCII character
        (string->latin1 "é") => #vu8(233)
        (latin1->string #vu8(233)) => "é"
        (bytevector->string-hex #vu8(10 255)) => "0AFF"
        (string-hex->bytevector "0aFF") => #vu8(10 255)
        (string-hex->bytevector "0a F") => #f
        (bytevector->string-base64 #vu8(1 2 3 4)) => "AQIDBA=="
        (string-base64->bytevector "AQIDBA==") => #vu8(1 2 3 4)
        (string-base64->bytevector "") => #vu8()
        (string-base64->bytevector "AQ=DBA==") => Assertion: string-base64->bytevector: there is something that is no base 64 text
        (uri-encode "a b/λ") => "a%20b%2F%CE%BB"
        (uri-decode "a%20b%2f%CE%BB") => "a b/λ"
        (uri-decode "%2") => Assertion: uri-decode: there is something that is no percent encoding
        (keyword=? (symbol->keyword 'a) (string->keyword "a")) => #t
        (keyword->string (symbol->keyword 'a)) => "a"
        (car (weak-cons 1 2)) => 1
        (weak-pair? (weak-cons 1 2)) => #t
        (weak-pair? (cons 1 2)) => #f
        "#,
    )
}
