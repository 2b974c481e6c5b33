#!r6rs
;;; Reading data and refusing malformed text: report 4.2, 4.3; get-datum, library report 8.2.9.
(import (rnrs base) (rnrs control) (rnrs exceptions) (rnrs conditions)
        (rnrs io simple)
        (only (rnrs io ports) open-string-input-port i/o-read-error?)
        (vicar-test))

;; #!r6rs turns the extensions off that a port may have.
(define (open text) (open-string-input-port (string-append "#!r6rs " text)))
(define (read-string text) (read (open text)))
(define (read-all text)
  (let ((port (open text)))
    (let loop ((acc '()))
      (let ((datum (read port)))
        (if (eof-object? datum) (reverse acc) (loop (cons datum acc)))))))
(define (lexical? e) (and (lexical-violation? e) (i/o-read-error? e)))

;;; Data
(define-syntax reads
  (syntax-rules ()
    ((_ (text datum ...) ...) (begin (check (read-all text) => (list datum ...)) ...))))
(reads
  ("") ("   ") ("; only a comment") ("#| block |#") ("#;x") ("\n\t\f\v\r")
  ("a" 'a) ("a b" 'a 'b) ("(a) b" '(a) 'b) ("()" '()) ("( )" '()) ("[]" '())
  ("#t#f" #t #f) ("#t #f" #t #f) ("#T" #t)
  ("(a . b)" '(a . b)) ("(a .(b))" '(a b)) ("(a . (b . (c)))" '(a b c))
  ("(a.b)" (list 'a.b)) ("(a . b)c" '(a . b) 'c)
  ("#(1 2)" '#(1 2)) ("#vu8(0 255)" '#vu8(0 255)) ("#vu8()" '#vu8())
  ("'a" ''a) ("`(a ,b ,@c)" '`(a ,b ,@c)) ("#'a #`a #,a #,@a" '#'a '#`a '#,a '#,@a)
  ("'#;a b" ''b) ("' a" ''a) ("'()" ''())
  ("\"a\\x41;b\"" "aAb") ("\"\"" "") ("\"a\nb\"" "a\nb")
  ("\"a\r\nb\"" "a\nb") ("\"a\rb\"" "a\nb") ("\"a\x85;b\"" "a\nb") ("\"a\x2028;b\"" "a\nb") ("\"a\r\x85;b\"" "a\nb")
  ("\"a\\\r\n  b\"" "ab") ("\"a\\ \t\n \tb\"" "ab")
  ("#\\a" #\a) ("#\\space" #\space) ("#\\x" #\x) ("#\\x41" #\A) ("#\\x 41" #\x 41)
  ("#\\alarm x" (integer->char 7) 'x) ("#\\((x)" #\( '(x)) ("#\\x(ff)" #\x '(ff))
  ("#\\λ" #\λ) ("#\\x000000001" (integer->char 1))
  ("#!r6rs a" 'a) ("a #!r6rs" 'a) ("(a #!r6rs b)" '(a b))
  ;; the paragraph separator ends a comment too; not so in Chez
  ("; c\nb" 'b) ("; c\rb" 'b) ("; c\x85;b" 'b) ("; c\x2028;b" 'b) ("; c\x2029;b" 'b)
  ("a\xa0;b" 'a 'b) ("a\x2003;b" 'a 'b) ("a\x3000;b" 'a 'b) ("a\x85;b" 'a 'b)
  ("#|a #|b|# c|#d" 'd) ("#;(a b)c" 'c) ("#; #;a b c" 'c) ("(#;a)" '()) ("(a #;b . c)" '(a . c))
  ("(a . b #;c)" '(a . b)) ("(a . #;b c)" '(a . c))
  ("1 -1 +1 .5 1. -.5e1" 1 -1 1 0.5 1.0 -5.0)
  ("+ - ... -> ->x" '+ '- '... '-> '->x)
  ("1(2)3\"4\"5" 1 '(2) 3 "4" 5) ("a(b)c" 'a '(b) 'c) ("a;b\nc" 'a 'c) ("a\"b\"" 'a "b")
  ;; # is a delimiter; Chez does not take it for one
  ("1#|b|#2" 1 2) ("a#;b c" 'a 'c) ("a#t" 'a #t) ("1#(2)" 1 '#(2)) ("#\\a#\\b" #\a #\b)
  ("\\x41;bc" 'Abc) ("a\\x20;b" (string->symbol "a b")) ("\\x3BB;" 'λ)
  ("1/2 -1/2 1e2 #xff #e1.5" 1/2 -1/2 100.0 255 3/2)
  ("λ été 日本" 'λ 'été '日本)
  ("(quote a)" ''a) ("(1 . (2 . 3))" '(1 2 . 3)) ("((a . b) . (c . d))" '((a . b) c . d))
  ("#(a #(b) (c))" '#(a #(b) (c))))

;;; The port points exactly past the datum.
(check (let ((p (open "(a b)c")))
         (read p) (read-char p)) => #\c)
(check (let ((p (open "\"a\" x")))
         (read p) (list (read-char p) (read-char p))) => '(#\space #\x))
(check (let ((p (open "abc def")))
         (read p) (peek-char p)) => #\space)
(check (let ((p (open "a(b)")))
         (read p) (peek-char p)) => #\()
(check (eof-object? (read-string "#| all |# ; comment")) => #t)

;;; Malformed
(define-syntax refuses
  (syntax-rules ()
    ((_ text ...) (begin (check-error lexical? (read-string text)) ...))))
(refuses
  ;; unbalanced
  "(" "(a" "[a" "((a)" "#(" "#(a" "#vu8(" "#vu8(1" "(a . b" "(a ." "'" "`" "," ",@" "#'" "#`" "#," "#,@" "#;"
  ")" "]" "(a]" "[a)" "(a (b] c)" "#(1]" "'" "(')" "(quote . ')"
  ;; dots
  "." "(.)" "(. a)" "(a . )" "(a . b c)" "(a . . b)" "(. )" "#(a . b)" "#(. a)" "'." "(a . #;b)" "#vu8(1 . 2)"
  ".." "(.. a)" "...." "(a .. b)"
  ;; strings; Chez reads \x; as a NUL
  "\"abc" "\"" "\"\\" "\"\\q\"" "\"\\x\"" "\"\\x;\"" "\"\\x41\"" "\"\\x41bx;\"" "\"\\xg;\"" "\"\\xD800;\"" "\"\\xDFFF;\""
  "\"\\x110000;\"" "\"\\x00110000;\"" "\"\\A\"" "\"\\ x\"" "\"\\'\"" "\"\\0\"" "\"\\e\""
  ;; characters
  "#\\" "#\\xyz" "#\\λx" "#\\alarmx" "#\\Alarm" "#\\SPACE" "#\\Space" "#\\alert" "#\\x0001z" "#\\xD800" "#\\x110000"
  "#\\x00110000" "#\\nu" "#\\aa" "#\\(x" "#\\spacex" "#\\nul1" "#\\escape" "#\\rubout" "#\\null"
  ;; booleans and other #
  "#" "#a" "#tt" "#true" "#false" "#f1" "#T1" "#5" "#<foo>" "# (1)" "#vu9(1)" "#vu8" "#vu8 (1)" "#v(1)" "#&a" "#%a" "#:a" "#{a}"
  ;; bytevectors
  "#vu8(256)" "#vu8(-1)" "#vu8(1.0)" "#vu8(a)" "#vu8((1))" "#vu8(1/2)" "#vu8(\"1\")"
  ;; comments
  "#|" "#| a" "#| #| |#" "|#" "#|a|"
  ;; numbers and identifiers
  "1a" "1+" "+1a" "-a" "+a" "--" "++" "-." "+." "1.2.3" "1/0" "1/" "1e" "#b2" "#xg" "#e" "#x" "#d" "#e#e1" "#xx1" "1+2" "1+i2"
  ".a" ".5a"
  "5x" "1_0" "@a" "a\\" "a\\x" "a\\x;" "a\\xg;" "a\\q" "\\a" "a\\xD800;" "\\x110000;" "{" "}" "{a}" "a{b" "|a|" "a|b|" "|"
  "1/2/3" "#i#e1" "1@2i" "+inf.0x" "-inf" "+nan")

;;; The violation comes where the text is read, the text before it is fine.
(check (let ((p (open "ok )")))
         (let* ((first (read p)) (second (guard (e ((lexical? e) 'refused)) (read p))))
           (list first second))) => '(ok refused))

(report)
