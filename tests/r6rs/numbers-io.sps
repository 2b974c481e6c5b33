#!r6rs
;;; number->string and string->number: report 4.2.8, 11.7.4.4.
(import (rnrs base) (rnrs control) (rnrs lists) (rnrs exceptions) (rnrs conditions) (vicar-test))

;;; The examples
(check (string->number "100") => 100)
(check (string->number "100" 16) => 256)
(check (string->number "1e2") => 100.0)
(check (string->number "0/0") => #f)
(check (string->number "+inf.0") => +inf.0)
(check (string->number "-inf.0") => -inf.0)
(check (string->number "+nan.0") => +nan.0)
(check (string->number "#o177") => 127)
(check (string->number "#o177" 16) => 127)

;;; Valid
(define-syntax reads
  (syntax-rules ()
    ((_ (text value) ...) (begin (check (string->number text) => value) ...))))
(reads
  ("0" 0) ("-0" 0) ("+5" 5) ("-5" -5) ("007" 7)
  ("1/2" 1/2) ("-6/4" -3/2) ("+6/3" 2) ("0/5" 0)
  ("1.5" 1.5) (".5" 0.5) ("5." 5.0) ("-.5" -0.5) ("+.5" 0.5) ("00.5" 0.5)
  ("1e3" 1000.0) ("1E3" 1000.0) ("1e+3" 1000.0) ("1e-3" 0.001) (".5e1" 5.0) ("5.e1" 50.0)
  ("1s3" 1000.0) ("1f3" 1000.0) ("1d3" 1000.0) ("1l3" 1000.0) ("1S3" 1000.0) ("1D-3" 0.001)
  ("-0.0" -0.0) ("0.0" 0.0) ("-0e5" -0.0)
  ("#b101" 5) ("#B101" 5) ("#b-101" -5) ("#b1/10" 1/2) ("#o17" 15) ("#d19" 19) ("#xff" 255)
  ("#xFF" 255) ("#Xab" 171) ("#x-1F/2" -31/2) ("#xe" 14) ("#x1e3" 483)
  ("#e1.5" 3/2) ("#E1.5" 3/2) ("#e1e3" 1000) ("#e1e-3" 1/1000) ("#e.125" 1/8) ("#e-1.25" -5/4)
  ("#i5" 5.0) ("#i1/2" 0.5) ("#I1" 1.0)
  ("#e#x10" 16) ("#x#e10" 16) ("#i#x10" 16.0) ("#x#i10" 16.0) ("#b#i101" 5.0) ("#e#d1.5" 3/2) ("#d#e1.5" 3/2)
  ("#e1.5e2" 150) ("#e1e20" 100000000000000000000)
  ("1e400" +inf.0) ("-1e400" -inf.0) ("1e-400" 0.0) ("-1e-400" -0.0)
  ("123456789012345678901234567890" 123456789012345678901234567890)
  ("1/123456789012345678901234567890" 1/123456789012345678901234567890)
  ("-inf.0" -inf.0) ("-nan.0" +nan.0) ("+INF.0" +inf.0) ("+NaN.0" +nan.0)
  ("i" #f)
  ("+i" +i) ("-i" -i) ("+1i" +i) ("1+i" 1+i) ("1-i" 1-i) ("1+2i" 1+2i) ("1-2I" 1-2i)
  ("1/2-3/4i" 1/2-3/4i) ("+2i" +2i) ("-2.5i" -2.5i) ("1.0+2.0i" 1.0+2.0i) ("1.5+2i" 1.5+2.0i)
  ("+inf.0i" +inf.0i) ("1+inf.0i" 1.0+inf.0i) ("+inf.0-nan.0i" +inf.0+nan.0i)
  ("-inf.0-inf.0i" -inf.0-inf.0i) ("1e2+1e3i" 100.0+1000.0i) ("#x1+ai" 1+10i) ("#e1.5+.5i" 3/2+1/2i)
  ("#i1+2i" 1.0+2.0i) ("3+0i" 3) ("0+i" +i)
  ("2@0" 2) ("1|53" 1.0) ("1.1|53" 1.1) ("1.5e2|20" 150.0) ("1.1|53+2|53i" 1.1+2.0i)
  ("#e1.2|60" 6/5))

(check-one-of (string->number "#i-0") => 0.0 -0.0)

;;; Not valid
(define-syntax rejects
  (syntax-rules ()
    ((_ text ...) (begin (check (string->number text) => #f) ...))))
(rejects
  "" "a" "+" "-" "..."
  "--1" "+-1" "1+" "1-" "1 2" " 1" "1 " "1.2.3" "1e" "e1" "1e+" "1e1.5" ".e1" "." "+." "-."
  "1/" "/2" "1/2/3" "1/2.0" "1.0/2" "1/-2" "1/0" "-5/0" "1e1/2"
  "#" "#b" "#e" "#x" "#b2" "#o8" "#xg" "#b1.5" "#o1e3" "#b1e1" "#x1.5" "#e#e1" "#x#x1" "#x#b1" "#e#i1" "#e#x#e1"
  "1i" "1+2" "1+2j" "i+1" "1+2i3" "+ii" "1+i+i" "1i+2" "1++i" "1@" "@1" "1@2@3" "1@2i"
  "inf.0" "nan.0" "+inf" "+inf.00" "inf" "+nan.1" "+inf.0.0" "+infinity"
  "1_000" "1,000" "0x10" "1f" "12a" "1|" "|5" "1|a" "1|5.0" "1||5" "١"
  "#t" "#\\a" "()" "#i#" "1\n" "+5+" "#e+nan.0x")

;;; radix argument
(check (string->number "ff" 16) => 255)
(check (string->number "FF" 16) => 255)
(check (string->number "101" 2) => 5)
(check (string->number "17" 8) => 15)
(check (string->number "19" 10) => 19)
(check (string->number "19" 8) => #f)
(check (string->number "#d19" 8) => 19)
(check (string->number "1.5" 16) => #f)
(check (string->number "1e2" 16) => 482)
(check (string->number "-a/b" 16) => -10/11)
(check (string->number "1+ai" 16) => 1+10i)
(check (string->number "#e10" 2) => 2)
(check-error assertion-violation? (string->number 5))
(check-error assertion-violation? (string->number 'a))
(check-error assertion-violation? (string->number))

;;; number->string of exact numbers
(check (number->string 0) => "0")
(check (number->string -12) => "-12")
(check-one-of (number->string 255 16) => "ff" "FF")
(check (number->string -255 2) => "-11111111")
(check (number->string 8 8) => "10")
(check (number->string 1/2) => "1/2")
(check (number->string -3/4) => "-3/4")
(check (number->string 10/16 16) => "5/8")
(check (number->string (expt 10 25)) => "10000000000000000000000000")
(check (number->string (- (expt 2 64)) 16) => "-10000000000000000")
(check (number->string 1+2i) => "1+2i")
(check-one-of (number->string -i) => "-i" "-1i" "0-i" "0-1i")
(check-one-of (number->string +2i) => "+2i" "0+2i")
(check (number->string 1/2-3/4i) => "1/2-3/4i")
(check-error assertion-violation? (number->string 'a))
(check-error assertion-violation? (number->string "1"))
(check-error assertion-violation? (number->string 10 'a))
(check-error assertion-violation? (number->string))

;;; number->string of flonums: contains a point (Chez writes 1e21), fewest digits, reads back.
(check (number->string 0.0) => "0.0")
(check (number->string -0.0) => "-0.0")
(check (number->string 1.0) => "1.0")
(check (number->string -1.5) => "-1.5")
(check (number->string 0.1) => "0.1")
(check (number->string 0.30000000000000004) => "0.30000000000000004")
(check (number->string 3.141592653589793) => "3.141592653589793")
(check (number->string 100.0) => "100.0")
(check (number->string 123456.789) => "123456.789")
(check (number->string +inf.0) => "+inf.0")
(check (number->string -inf.0) => "-inf.0")
(check (number->string +nan.0) => "+nan.0")
(check (number->string 1.0+2.0i) => "1.0+2.0i")
(check (number->string 1.5-0.5i) => "1.5-0.5i")
(check (number->string 1.0+inf.0i) => "1.0+inf.0i")

(define flonums
  (list 0.0 -0.0 1.0 -1.0 0.1 0.2 0.3 0.3333333333333333 5e-324 2.2250738585072014e-308
        2.225073858507201e-308 1.7976931348623157e308 1e21 1e22 1e23 123456789012345680000.0
        1e-5 1e-6 1e-7 1e-10 9007199254740992.0 9007199254740993.0 4503599627370497.5
        5e-5 0.5 1e100 1.1e-100 8.41e21 2.0e-3 9.5367431640625e-7 6.02214076e23
        1.2345678901234567e-300 4.9406564584124654e-324 0.000123 12345.678e90))
(define (has-point? s)
  (let ((l (string->list s))) (and (memv #\. l) #t)))
(check (filter (lambda (x) (not (eqv? x (string->number (number->string x))))) flonums) => '())
(check (filter (lambda (x) (not (has-point? (number->string x)))) flonums) => '())
;; Count the significant digits.
(define (digits s)
  (let loop ((l (string->list s)) (acc '()))
    (if (or (null? l) (memv (car l) '(#\e #\|)))
        (let strip ((d (reverse (let strip ((d acc)) (if (and (pair? d) (eqv? (car d) #\0)) (strip (cdr d)) d)))))
          (if (and (pair? d) (eqv? (car d) #\0)) (strip (cdr d)) (length d)))
        (loop (cdr l) (if (char<=? #\0 (car l) #\9) (cons (car l) acc) acc)))))
(check (map (lambda (x) (digits (number->string x)))
            '(0.1 0.3 1e23 5e-324 9007199254740993.0 1.7976931348623157e308 2.2250738585072014e-308 1e22 100.0 5e-5))
       => '(1 1 1 1 16 17 17 1 1 1))

;; Powers of two and their neighbours, and pseudo-random flonums
(define (round-trips? x) (eqv? x (string->number (number->string x))))
(check (let loop ((x 1.0) (n 0)) (cond ((= n 1023) #t) ((round-trips? x) (loop (* x 2.0) (+ n 1))) (else x))) => #t)
(check (let loop ((x 1.0) (n 0)) (cond ((= n 1074) #t) ((round-trips? x) (loop (/ x 2.0) (+ n 1))) (else x))) => #t)
(define seed 12345)
(define (random-bits!)
  (set! seed (mod (+ (* seed 6364136223846793005) 1442695040888963407) (expt 2 64)))
  (div seed 2048))
(define (random-flonum!)
  (let ((m (random-bits!)) (e (- (mod (random-bits!) 2000) 1000)))
    (* (inexact m) (inexact (expt 2 (- (min e 900) 53))))))
(check (do ((i 0 (+ i 1)) (bad '() (let ((x (random-flonum!))) (if (round-trips? x) bad (cons x bad)))))
           ((= i 2000) bad)) => '())
;; Correct rounding when reading
(check (string->number "9007199254740993") => 9007199254740993)
(check (string->number "9007199254740993.0") => 9007199254740992.0)
(check (string->number "9007199254740993.00000000000000000000001") => 9007199254740994.0)
(check (string->number "2.2250738585072012e-308") => 2.2250738585072014e-308)
(check (string->number "1.00000000000000011102230246251565") => 1.0)
(check (string->number "1.00000000000000011102230246251566") => 1.0000000000000002)
(check (string->number "2.4703282292062327e-324") => 0.0)
(check (string->number "2.4703282292062328e-324") => 5e-324)
(check (string->number "179769313486231580793728971405301e276") => 1.7976931348623157e308)
(check (string->number "1.7976931348623159e308") => +inf.0)
(check (string->number (string-append "0." (make-string 400 #\0) "1e401")) => 1.0)
(check (string->number (string-append "1" (make-string 400 #\0) "e-400")) => 1.0)
(check (string->number "#e1.0000000000000000000000001") => 10000000000000000000000001/10000000000000000000000000)

;; Every radix reads back what it wrote.
(define exacts (list 0 1 -1 35 (expt 2 29) (expt 2 61) (- (expt 2 63)) (expt 3 100) -1/3 22/7 (/ (expt 2 70) (expt 3 40)) 1+2i -1/2+5/3i))
(check (filter (lambda (x)
                 (not (for-all (lambda (radix) (eqv? x (string->number (number->string x radix) radix))) '(2 8 10 16))))
               exacts) => '())
;; Precision: an explicit mantissa width
(check (number->string 1.1 10 53) => "1.1|53")
(check (string->number (number->string 0.3 10 60)) => 0.3)

(report)
