#!r6rs
;;; R6RS chapter 11: what takes procedures.
;;;
;;; Primitives: %check-procedure %check-list %check-vector %check-string %different-lengths
(library (rnrs base)
  (export
    ;; Defined here
    map for-each vector-map vector-for-each string-for-each
    call/cc call-with-current-continuation dynamic-wind
    ;; Syntax
    quote lambda if set! cond case and or let let* letrec letrec* let-values let*-values quasiquote assert
    syntax-rules identifier-syntax begin let-syntax letrec-syntax define define-syntax
    ;; Auxiliary keywords
    else => ... _ unquote unquote-splicing
    ;; Numbers
    number? complex? real? rational? integer? real-valued? rational-valued? integer-valued? exact? inexact? exact
    inexact = < > <= >= zero? positive? negative? odd? even? finite? infinite? nan? max min + * - / abs div mod
    div-and-mod div0 mod0 div0-and-mod0 gcd lcm numerator denominator floor ceiling truncate round rationalize exp log
    sin cos tan asin acos atan sqrt exact-integer-sqrt expt make-rectangular make-polar real-part imag-part magnitude
    angle number->string string->number
    ;; Characters
    char=? char<? char>? char<=? char>=? char? char->integer integer->char
    ;; Conditions
    error assertion-violation
    ;; Control
    values call-with-values apply
    ;; Equivalence
    eq? eqv? equal? not boolean? boolean=? procedure?
    ;; Lists
    list? length append reverse list-tail list-ref
    ;; Pairs
    cons car cdr pair? null? list caar cadr cdar cddr caaar caadr cadar caddr cdaar cdadr cddar cdddr caaaar caaadr
    caadar caaddr cadaar cadadr caddar cadddr cdaaar cdaadr cdadar cdaddr cddaar cddadr cdddar cddddr
    ;; Strings
    string=? string<? string>? string<=? string>=? string? make-string string string-length string-ref substring
    string-append string->list list->string string-copy
    ;; Symbols
    symbol? symbol->string string->symbol symbol=?
    ;; Vectors
    vector? make-vector vector vector-length vector-ref vector-set! vector->list list->vector vector-fill!)
  (import (internal primitives) (internal control))

  ;; Elements are taken from the head on. The rest of the list is mapped after the procedure has returned, so a
  ;; continuation captured in it makes a new result when it is entered again.
  (define map
    (case-lambda
      [(f list)
       (%check-procedure 'map 1 f)
       (%check-list 'map 2 list)
       ;; Not a call of map1: this shows in backtraces as what it is.
       (let loop ([l list])
         (if (pair? l)
             (let ([v (f (car l))])
               (cons v (loop (cdr l))))
             '()))]
      [(f list1 list2)
       (%check-procedure 'map 1 f)
       (if (not (= (%check-list 'map 2 list1) (%check-list 'map 3 list2)))
           (%different-lengths 'map list1 list2))
       (let loop ([a list1] [b list2])
         (if (and (pair? a) (pair? b))
             (let ([v (f (car a) (car b))])
               (cons v (loop (cdr a) (cdr b))))
             '()))]
      [(f list1 . lists)
       (%check-procedure 'map 1 f)
       (check-lists 'map list1 lists)
       (let loop ([ls (cons list1 lists)])
         (if (all-pairs? ls)
             (let ([v (apply f (map1 car ls))])
               (cons v (loop (map1 cdr ls))))
             '()))]))

  (define (map1 f list)
    (if (pair? list)
        (let ([v (f (car list))])
          (cons v (map1 f (cdr list))))
        '()))

  (define (all-pairs? ls)
    (or (null? ls)
        (and (pair? (car ls)) (all-pairs? (cdr ls)))))

  (define (check-lists who list1 lists)
    (let ([n (%check-list who 2 list1)])
      (let loop ([ls lists] [i 3])
        (if (pair? ls)
            (begin
              (if (not (= n (%check-list who i (car ls))))
                  (apply %different-lengths who list1 lists))
              (loop (cdr ls) (+ i 1)))))))

  (define for-each
    (case-lambda
      [(f list)
       (%check-procedure 'for-each 1 f)
       (%check-list 'for-each 2 list)
       (let loop ([l list])
         (if (pair? l)
             (begin (f (car l)) (loop (cdr l)))))]
      [(f list1 list2)
       (%check-procedure 'for-each 1 f)
       (if (not (= (%check-list 'for-each 2 list1) (%check-list 'for-each 3 list2)))
           (%different-lengths 'for-each list1 list2))
       (let loop ([a list1] [b list2])
         (if (and (pair? a) (pair? b))
             (begin (f (car a) (car b)) (loop (cdr a) (cdr b)))))]
      [(f list1 . lists)
       (%check-procedure 'for-each 1 f)
       (check-lists 'for-each list1 lists)
       (let loop ([ls (cons list1 lists)])
         (if (all-pairs? ls)
             (begin (apply f (map1 car ls)) (loop (map1 cdr ls)))))]))

  ;; The lengths of sequences that must be of one length.
  (define (check-same-length who check first rest)
    (let ([n (check who 2 first)])
      (let loop ([l rest] [i 3])
        (if (pair? l)
            (begin
              (if (not (= n (check who i (car l))))
                  (apply %different-lengths who first rest))
              (loop (cdr l) (+ i 1)))))
      n))

  (define (refs ref sequences i)
    (map1 (lambda (s) (ref s i)) sequences))

  (define vector-map
    (case-lambda
      [(f vector)
       (%check-procedure 'vector-map 1 f)
       (let ([n (%check-vector 'vector-map 2 vector)])
         (list->vector
           (let loop ([i 0])
             (if (= i n)
                 '()
                 (let ([v (f (vector-ref vector i))])
                   (cons v (loop (+ i 1))))))))]
      [(f vector1 . vectors)
       (%check-procedure 'vector-map 1 f)
       (let ([n (check-same-length 'vector-map %check-vector vector1 vectors)] [all (cons vector1 vectors)])
         (list->vector
           (let loop ([i 0])
             (if (= i n)
                 '()
                 (let ([v (apply f (refs vector-ref all i))])
                   (cons v (loop (+ i 1))))))))]))

  (define vector-for-each
    (case-lambda
      [(f vector)
       (%check-procedure 'vector-for-each 1 f)
       (let ([n (%check-vector 'vector-for-each 2 vector)])
         (let loop ([i 0])
           (if (< i n)
               (begin (f (vector-ref vector i)) (loop (+ i 1))))))]
      [(f vector1 . vectors)
       (%check-procedure 'vector-for-each 1 f)
       (let ([n (check-same-length 'vector-for-each %check-vector vector1 vectors)] [all (cons vector1 vectors)])
         (let loop ([i 0])
           (if (< i n)
               (begin (apply f (refs vector-ref all i)) (loop (+ i 1))))))]))

  (define string-for-each
    (case-lambda
      [(f string)
       (%check-procedure 'string-for-each 1 f)
       (let ([n (%check-string 'string-for-each 2 string)])
         (let loop ([i 0])
           (if (< i n)
               (begin (f (string-ref string i)) (loop (+ i 1))))))]
      [(f string1 . strings)
       (%check-procedure 'string-for-each 1 f)
       (let ([n (check-same-length 'string-for-each %check-string string1 strings)] [all (cons string1 strings)])
         (let loop ([i 0])
           (if (< i n)
               (begin (apply f (refs string-ref all i)) (loop (+ i 1))))))]))
  )
