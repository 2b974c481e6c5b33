#!r6rs
;;; Lexical syntax as it stands in a program: report 4.2, 4.3.
(import (rnrs base) (rnrs exceptions) (rnrs conditions) (vicar-test))

;;; comments
(check (+ 1 ; to the end of the line ) (
          2) => 3)
(check '(1 #| block |# 2) => '(1 2))
(check '(1 #| outer #| inner |# still outer |# 2) => '(1 2))
(check '(1 #|||# 2 #| | |# 3 #| # |# 4) => '(1 2 3 4))
(check '(1 #;2 3) => '(1 3))
(check '(1 #; 2 3) => '(1 3))
(check '(1 #;(a (b) "c)" #\)) 3) => '(1 3))
(check '(1 #;#;2 3 4) => '(1 4))
(check '(#;1) => '())
(check '(1 . #;2 3) => '(1 . 3))
(check '(1 . 2 #;3) => '(1 . 2))
(check '(1 #;'a `,b) => '(1 `,b))
(check '(1 #;#!r6rs 2 3) => '(1 3))
(check '(1 #;#|x|#2 3) => '(1 3))
(check '(1 #; ; comment
              2 3) => '(1 3))
(check '#(1 #;2 3 #;4) => '#(1 3))
(check '#vu8(1 #;2 3) => '#vu8(1 3))
(check '(a #!r6rs b) => '(a b))
(check '(a;comment
         b) => '(a b))
(check (let ((x 1)) #;(set! x 2) x) => 1)

;;; identifiers
(check (symbol->string 'lambda) => "lambda")
(check (map symbol->string '(q list->vector <= soup + V17a a34kTMNs ->- ... - -> ->x
                             the-word-recursion-has-many-meanings))
       => '("q" "list->vector" "<=" "soup" "+" "V17a" "a34kTMNs" "->-" "..." "-" "->" "->x"
            "the-word-recursion-has-many-meanings"))
(check (map symbol->string '(!a $b %c &d *e /f :g <h =i >j ?k ^l _m ~n a+b a-b a.b a@b))
       => '("!a" "$b" "%c" "&d" "*e" "/f" ":g" "<h" "=i" ">j" "?k" "^l" "_m" "~n" "a+b" "a-b"
            "a.b" "a@b"))
(check (eq? 'Foo 'foo) => #f)
(check (eq? 'H\x65;llo 'Hello) => #t)
(check (eq? '\x3BB; 'λ) => #t)
(check (eq? '\x3bb; 'λ) => #t)
(check (symbol->string 'a\x20;b) => "a b")
(check (symbol->string '\x31;x) => "1x")
(check (symbol->string '\x28;) => "(")
(check (string-length (symbol->string '\x1F600;)) => 1)
(check (symbol->string 'été) => "été")
(check (symbol->string '日本) => "日本")
(check (let ((λ 5) (x\x79; 6)) (+ λ xy)) => 11)
(check (let ((\x61; 1)) a) => 1)
(check (symbol->string 'x²) => "x²") ; category No
(check (symbol->string 'a→b) => "a→b") ; category Sm

;;; booleans
(check (list #t #f #T #F) => (list #t #f (not #f) (not #t)))

;;; characters
(check (map char->integer '(#\a #\A #\( #\  #\nul #\alarm #\backspace #\tab #\linefeed #\newline
                            #\vtab #\page #\return #\esc #\space #\delete))
       => '(97 65 40 32 0 7 8 9 10 10 11 12 13 27 32 127))
(check (map char->integer '(#\xFF #\x03BB #\x00006587 #\λ #\xA #\xff #\x000000001 #\x10FFFF #\x #\x0))
       => '(#xFF #x3BB #x6587 #x3BB 10 #xFF 1 #x10FFFF 120 0))
(check '(#\x ff) => (list #\x 'ff))
(check '#(#\x(ff)) => (vector #\x '(ff)))
(check '(#\((x)) => (list #\( '(x)))
(check '(#\) #\[ #\] #\; #\" #\' #\# #\\) => (map integer->char '(41 91 93 59 34 39 35 92)))
(check '(#\a"b") => (list #\a "b"))
(check '(#\a;comment
         1) => (list #\a 1))
(check (char->integer #\😀) => #x1F600)

;;; strings
(check "abc" => (string #\a #\b #\c))
(check "\x41;bc" => "Abc")
(check "\x41; bc" => "A bc")
(check "\x41bc;" => (string (integer->char #x41BC)))
(check "\x00000041;" => "A")
(check (string-length "\x0010FFFF;") => 1)
(check "\x000000001;" => (string (integer->char 1)))
(check (map char->integer (string->list "\a\b\t\n\v\f\r\"\\")) => '(7 8 9 10 11 12 13 34 92))
(check "A
bc" => "A\nbc")
(check "one \
        line" => "one line")
(check "one \   
        line" => "one line")
(check "a\
b" => "ab")
(check "λ" => "\x03bb;")
(check (string-length "tab	in") => 6)
(check "\\x41;" => (string #\\ #\x #\4 #\1 #\;))
(check '("a""b") => (list "a" "b"))
(check "#| not a comment |# ; neither" => (string-append "#| not a comm" "ent |# ; neither"))

;;; numbers
(check '(1 -1 +1 1.5 .5 5. -.5 1e3 1/2 #xff #b101 #o17 #e1.5 #i1/2 1+2i +i -i +inf.0 -inf.0)
       => (list 1 -1 1 1.5 0.5 5.0 -0.5 1000.0 (/ 1 2) 255 5 15 (/ 3 2) 0.5
                (make-rectangular 1 2) (make-rectangular 0 1) (make-rectangular 0 -1)
                (/ 1.0 0.0) (/ -1.0 0.0)))
(check (nan? +nan.0) => #t)
(check #e28.000 => #x1c)
(check 123456789012345678901234567890 => (+ (* 1234567890 (expt 10 20)) 12345678901234567890))
(check #x-FF => -255)
(check #E#XfF => 255)
(check #X#eFf => 255)
(check 1.5|53 => 1.5)
(check 3.14F0 => 3.14)
(check -0.0 => (- 0.0))
(check '(1"a") => (list 1 "a"))
(check '(1(2)3) => (list 1 (list 2) 3))
(check '(+ - ... +5 -5 ->) => (list (string->symbol "+") (string->symbol "-") (string->symbol "...") 5 -5 (string->symbol "->")))

;;; compound data
(check '(8 13) => '( 08 13 ))
(check '(8 . (13 . ())) => '(8 13))
(check '(a . b) => (cons 'a 'b))
(check '(a b . c) => (cons 'a (cons 'b 'c)))
(check '[a b] => '(a b))
(check '[a . b] => '(a . b))
(check '(a [b (c [d])]) => '(a (b (c (d)))))
(check '(()()) => (list '() '()))
(check (vector-length '#(0 (2 2 2 2) "Anna")) => 3)
(check '#() => (vector))
(check '#(a #(b)) => (vector 'a (vector 'b)))
(check #vu8(#xff #b1 #e1e2 0) => '#vu8(255 1 100 0))
(check (equal? #vu8(1) #vu8(2)) => #f)

;;; abbreviations
(check ''a => '(quote a))
(check '`a => '(quasiquote a))
(check ',a => '(unquote a))
(check ',@a => '(unquote-splicing a))
(check '#'a => '(syntax a))
(check '#`a => '(quasisyntax a))
(check '#,a => '(unsyntax a))
(check '#,@a => '(unsyntax-splicing a))
(check '' a => '(quote a))
(check '(1 'a ,b ,@c `d) => '(1 (quote a) (unquote b) (unquote-splicing c) (quasiquote d)))
(check '(a . 'b) => '(a quote b))
(check ''() => '(quote ()))
(check '#('a) => (vector '(quote a)))

;;; The names of the report stay ordinary symbols in data.
(check '(if else => ... _ quote define lambda) =>
       (map string->symbol '("if" "else" "=>" "..." "_" "quote" "define" "lambda")))

;;; A long line, a wide list
(check (length '(1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 10 1 2 3 4 5 6 7 8 9 10)) => 100)

(report)
