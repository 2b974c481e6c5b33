;;; read of open parentheses
(read (open-string-input-port (make-string 2000000 #\()))
;;; read of nested lists
(define s (string-append (make-string 500000 #\() (make-string 500000 #\)))) (let loop () (read (open-string-input-port s)) (loop))
;;; read of a long list
(define s (string-append "(" (apply string-append (vector->list (make-vector 300000 "1 "))) ")")) (let loop ((all '())) (loop (cons (read (open-string-input-port s)) all)))
;;; read of a long symbol
(define s (make-string 3000000 #\a)) (let loop () (read (open-string-input-port s)) (loop))
;;; read of a long string
(define s (string-append "\"" (make-string 3000000 #\a) "\"")) (let loop ((all '())) (loop (cons (read (open-string-input-port s)) all)))
;;; read of an unterminated string
(read (open-string-input-port (string-append "\"" (make-string 3000000 #\a))))
;;; read of a long comment
(define s (string-append "#|" (make-string 3000000 #\a) "|# 1")) (let loop () (read (open-string-input-port s)) (loop))
;;; read of nested comments
(read (open-string-input-port (apply string-append (vector->list (make-vector 500000 "#|")))))
;;; read of datum comments
(read (open-string-input-port (apply string-append (vector->list (make-vector 500000 "#;")))))
;;; read of quotes
(read (open-string-input-port (make-string 1000000 #\')))
;;; read of a long number
(read (open-string-input-port (make-string 3000000 #\7)))
;;; read of a number with a huge exponent
(read (open-string-input-port "#e1e1000000000"))
;;; read of vectors
(define s (apply string-append (vector->list (make-vector 500000 "#(")))) (read (open-string-input-port s))
;;; read of a bytevector
(define s (string-append "#vu8(" (apply string-append (vector->list (make-vector 500000 "255 "))) ")")) (let loop ((all '())) (loop (cons (read (open-string-input-port s)) all)))
;;; read of long lines with an error
(read (open-string-input-port (string-append (make-string 3000000 #\space) ")")))
;;; read errors in a loop
(define s (make-string 10000 #\))) (let loop () (guard (e (#t 1)) (read (open-string-input-port s))) (loop))
;;; get-datum without end
(define p (open-string-input-port (apply string-append (vector->list (make-vector 300000 "(a b) "))))) (let loop ((all '())) (let ((x (get-datum p))) (loop (cons x all))))
;;; get-line of a long line
(define s (make-string 3000000 #\a)) (let loop ((all '())) (loop (cons (get-line (open-string-input-port s)) all)))
;;; get-string-all
(define s (make-string 3000000 #\a)) (let loop ((all '())) (loop (cons (get-string-all (open-string-input-port s)) all)))
;;; get-string-n of a huge count
(get-string-n (open-string-input-port "abc") 1000000000000)
;;; get-bytevector-n of a huge count
(get-bytevector-n (open-bytevector-input-port (make-bytevector 10 1)) 1000000000000)
;;; characters one by one
(define s (make-string 1000000 #\a)) (let loop () (let ((p (open-string-input-port s))) (let again () (if (eof-object? (get-char p)) 1 (again)))) (loop))
;;; transcoded text
(define b (make-bytevector 3000000 200)) (let loop ((all '())) (loop (cons (get-string-all (open-bytevector-input-port b (make-transcoder (utf-8-codec)))) all)))
;;; transcoded text with errors
(define b (make-bytevector 3000000 200)) (let loop () (let ((p (open-bytevector-input-port b (make-transcoder (utf-8-codec) 'none 'raise)))) (let again () (guard (e (#t 1)) (get-char p)) (if (port-eof? p) 1 (again)))) (loop))
;;; custom port that supplies nothing
(define p (make-custom-textual-input-port "p" (lambda (s i n) 0) #f #f #f)) (let loop () (get-char p) (loop))
;;; custom port that supplies for ever
(define p (make-custom-textual-input-port "p" (lambda (s i n) (string-set! s i #\a) 1) #f #f #f)) (get-string-all p)
;;; custom port that lies about its count
(define p (make-custom-binary-input-port "p" (lambda (b i n) 1000000000) #f #f #f)) (get-bytevector-all p)
;;; custom port that loops
(define p (make-custom-binary-input-port "p" (lambda (b i n) (let loop () (loop))) #f #f #f)) (get-u8 p)
;;; custom port that raises
(define p (make-custom-binary-output-port "p" (lambda (b i n) (raise 'x)) #f #f #f)) (let loop () (guard (e (#t 1)) (put-u8 p 1) (flush-output-port p)) (loop))
;;; custom port that escapes
(define p (make-custom-binary-output-port "p" (lambda (b i n) 0) #f #f #f)) (put-bytevector p (make-bytevector 100000 1)) (flush-output-port p)
;;; custom port that writes to itself
(define p (make-custom-textual-output-port "p" (lambda (s i n) (put-string p "abc") n) #f #f #f)) (put-string p (make-string 100000 #\a)) (flush-output-port p)
;;; string ports kept
(let loop ((l '())) (let ((p (open-string-input-port "abc"))) (loop (cons p l))))
;;; output ports kept
(let loop ((l '())) (call-with-values open-string-output-port (lambda (p get) (put-string p "abc") (loop (cons p l)))))
;;; output without end
(let loop () (display "abcdefgh") (loop))
;;; output of much
(define s (make-string 10000000 #\a)) (let loop () (display s) (loop))
;;; error output without end
(let loop () (display "abcdefgh" (current-error-port)) (loop))
;;; input that ends
(let loop () (read-char) (loop))
;;; eval of long text
(define s (apply string-append (vector->list (make-vector 100000 "(+ 1 2) ")))) (let loop () (let ((p (open-string-input-port s))) (let again ((x (read p))) (if (eof-object? x) 1 (begin (eval x (environment '(rnrs))) (again (read p)))))) (loop))
;;; position of ports
(define p (open-string-input-port (make-string 1000000 #\λ))) (let loop ((i 0)) (set-port-position! p (mod i 1000000)) (get-char p) (loop (+ i 1)))
;;; symbol with bars
(read (open-string-input-port (string-append "|" (make-string 3000000 #\a))))
;;; character names
(read (open-string-input-port (string-append "#\\" (make-string 3000000 #\a))))
;;; hex escapes
(read (open-string-input-port (string-append "\"\\x" (make-string 3000000 #\1) ";\"")))
;;; booleans and other hash syntax
(read (open-string-input-port (make-string 1000000 #\#)))
;;; printing strings with escapes
(define s (make-string 1000000 #\x7)) (let loop ((all '())) (loop (cons (call-with-string-output-port (lambda (p) (write s p))) all)))
;;; printing symbols with escapes
(define s (string->symbol (make-string 500000 #\space))) (let loop ((all '())) (loop (cons (call-with-string-output-port (lambda (p) (write s p))) all)))
;;; string->symbol->string
(let loop ((n 10) (l '())) (loop (* n 2) (cons (symbol->string (string->symbol (make-string n #\a))) l)))
;;; message that is long
(error 'x (make-string 5000000 #\a))
;;; who that is long
(error (string->symbol (make-string 5000000 #\a)) "x")
;;; irritants that are many
(apply error 'x "y" (vector->list (make-vector 1000000 1)))
;;; irritant that is circular
(define l (list 1 2)) (set-cdr! (cdr l) l) (error 'x "y" l)
;;; irritants that are a circular list
(define l (list 1 2)) (set-cdr! (cdr l) l) (raise (condition (make-error) (make-irritants-condition l)))
;;; condition with an odd message
(raise (condition (make-message-condition (make-vector 1000000 'abc)) (make-who-condition (make-vector 1000000 'abc))))
;;; long keyword
(keyword->string (string->keyword (make-string 14000000 #\a)))
;;; long text as Latin-1
(string->latin1 (make-string 15000000 #\a))
;;; long Latin-1 as text
(latin1->string (make-bytevector 15000000 65))
;;; long percent encoding
(uri-encode (make-bytevector 6400000 0))
