;;; custom port that answers a negative count
(define p (make-custom-binary-input-port "p" (lambda (b i n) -1) #f #f #f)) (let loop () (guard (e (#t 1)) (get-u8 p)) (loop))
;;; custom port that answers no number
(define p (make-custom-textual-input-port "p" (lambda (s i n) (list s i n)) #f #f #f)) (let loop () (guard (e (#t 1)) (get-char p)) (loop))
;;; custom port that answers a huge number
(define p (make-custom-textual-input-port "p" (lambda (s i n) (expt 7 1000000)) #f #f #f)) (get-line p)
;;; custom port that reads itself
(define p (make-custom-textual-input-port "p" (lambda (s i n) (get-char p) 0) #f #f #f)) (get-char p)
;;; custom port that closes itself
(define p (make-custom-textual-input-port "p" (lambda (s i n) (close-port p) (string-set! s i #\a) 1) #f #f #f)) (let loop () (guard (e (#t 1)) (get-char p)) (loop))
;;; custom port whose close loops
(define p (make-custom-binary-output-port "p" (lambda (b i n) n) #f #f (lambda () (let loop () (loop))))) (close-port p)
;;; custom port whose close closes
(define p (make-custom-binary-output-port "p" (lambda (b i n) n) #f #f (lambda () (close-port p)))) (close-port p)
;;; custom port whose close raises
(let loop () (let ((p (make-custom-binary-output-port "p" (lambda (b i n) n) #f #f (lambda () (raise 'x))))) (guard (e (#t 1)) (close-port p))) (loop))
;;; custom port entered again
(define k #f) (define p (make-custom-textual-input-port "p" (lambda (s i n) (string-set! s i #\a) (call/cc (lambda (c) (set! k c) 1))) #f #f #f)) (get-char p) (k 1)
;;; custom port that escapes from reading
(define out #f) (define p (make-custom-textual-input-port "p" (lambda (s i n) (out 1)) #f #f #f)) (let loop () (call/cc (lambda (k) (set! out k) (get-string-n p 1000))) (loop))
;;; custom port that supplies one byte for a large read
(define p (make-custom-binary-input-port "p" (lambda (b i n) (bytevector-u8-set! b i 1) 1) #f #f #f)) (get-bytevector-n p 1000000)
;;; custom port that supplies one character for a long line
(define p (make-custom-textual-input-port "p" (lambda (s i n) (string-set! s i #\a) 1) #f #f #f)) (get-line p)
;;; custom port that supplies one character for a datum
(define p (make-custom-textual-input-port "p" (lambda (s i n) (string-set! s i #\() 1) #f #f #f)) (read p)
;;; custom port that supplies spaces for ever
(define p (make-custom-textual-input-port "p" (lambda (s i n) (string-set! s i #\space) 1) #f #f #f)) (read p)
;;; custom port that supplies a comment for ever
(define n 0) (define p (make-custom-textual-input-port "p" (lambda (s i c) (set! n (+ n 1)) (string-set! s i (if (= n 1) #\; #\a)) 1) #f #f #f)) (read p)
;;; custom port that keeps the buffer
(define all '()) (define p (make-custom-binary-input-port "p" (lambda (b i n) (set! all (cons b all)) n) #f #f #f)) (let loop () (get-u8 p) (loop))
;;; custom port that consumes one byte each time
(define p (make-custom-binary-output-port "p" (lambda (b i n) (min n 1)) #f #f #f)) (put-bytevector p (make-bytevector 1000000 1)) (flush-output-port p)
;;; custom port that consumes more than there is
(define p (make-custom-binary-output-port "p" (lambda (b i n) (+ n 1000000)) #f #f #f)) (let loop () (guard (e (#t 1)) (put-u8 p 1) (flush-output-port p)) (loop))
;;; custom port that writes to a string port that it reads
(define p (make-custom-textual-output-port "p" (lambda (s i n) (display "x" (current-output-port)) (flush-output-port p) n) #f #f #f)) (let loop () (put-string p "abc") (flush-output-port p) (loop))
;;; custom port with positions that lie
(define p (make-custom-binary-input-port "p" (lambda (b i n) 1) (lambda () (expt 7 100000)) (lambda (x) 1) #f)) (let loop () (guard (e (#t 1)) (set-port-position! p (port-position p))) (loop))
;;; custom port whose position raises
(define p (make-custom-binary-input-port "p" (lambda (b i n) 1) (lambda () (car 1)) (lambda (x) (car 1)) #f)) (let loop () (guard (e (#t 1)) (port-position p)) (loop))
;;; custom port under a transcoder under a transcoder
(define (wrap p) (transcoded-port p (native-transcoder))) (let loop ((l '())) (loop (cons (wrap (make-custom-binary-input-port "p" (lambda (b i n) 0) #f #f #f)) l)))
;;; custom port as standard output
(define p (make-custom-textual-output-port "p" (lambda (s i n) (display "again") n) #f #f #f)) (with-output-to-port p (lambda () (let loop () (display "x") (loop))))
;;; custom input and output port
(define p (make-custom-binary-input/output-port "p" (lambda (b i n) (bytevector-u8-set! b i 7) 1) (lambda (b i n) n) #f #f #f)) (let loop () (guard (e (#t 1)) (put-u8 p 1) (get-u8 p)) (loop))
;;; custom ports by the million
(let loop ((l '())) (loop (cons (make-custom-binary-input-port "p" (lambda (b i n) 0) #f #f #f) l)))
;;; custom port with a long name
(define s (make-string 3000000 #\a)) (define p (make-custom-binary-input-port s (lambda (b i n) (car 1)) #f #f #f)) (let loop ((l '())) (loop (cons (call-with-string-output-port (lambda (o) (write p o))) l)))
;;; end of file after end of file
(define n 0) (define p (make-custom-textual-input-port "p" (lambda (s i c) (set! n (+ n 1)) (if (odd? n) 0 (begin (string-set! s i #\a) 1))) #f #f #f)) (let loop () (get-string-all p) (port-eof? p) (lookahead-char p) (loop))
;;; peeking for ever
(define p (open-string-input-port "abc")) (let loop () (lookahead-char p) (peek-char p) (port-eof? p) (loop))
;;; write to a closed port
(define-values (p get) (open-string-output-port)) (close-port p) (let loop () (guard (e (#t 1)) (put-char p #\a)) (guard (e (#t 1)) (get)) (loop))
;;; string port that is taken for ever
(define-values (p get) (open-string-output-port)) (let loop () (put-string p "abcdefghijklmnop") (get) (loop))
;;; string port positions far away
(define-values (p get) (open-string-output-port)) (let loop ((n 1)) (guard (e (#t 1)) (set-port-position! p n) (put-char p #\a)) (loop (* n 2)))
;;; bytevector port positions far away
(define-values (p get) (open-bytevector-output-port)) (let loop ((n 1)) (guard (e (#t 1)) (set-port-position! p n) (put-u8 p 1)) (loop (* n 2)))
;;; bytevector port positions that are no numbers
(define p (open-bytevector-input-port (make-bytevector 1000 1))) (let loop () (for-each (lambda (x) (guard (e (#t 1)) (set-port-position! p x))) (list -1 1001 1/2 1.5 'a (expt 7 100))) (loop))
;;; get-bytevector-some of much
(define p (open-bytevector-input-port (make-bytevector 10000000 1))) (let loop ((l '())) (set-port-position! p 0) (loop (cons (get-bytevector-some p) l)))
;;; get-string-n! of borders
(define s (make-string 100000 #\a)) (define t (make-string 1000000 #\λ)) (let loop () (let ((p (open-string-input-port t))) (guard (e (#t 1)) (get-string-n! p s 0 100000) (get-string-n! p s 99999 2))) (loop))
;;; utf-16 without a partner
(define b (make-bytevector 2000000 #xd8)) (let loop () (get-string-all (open-bytevector-input-port b (make-transcoder (utf-16-codec)))) (loop))
;;; latin-1 with what it has not
(define s (make-string 1000000 #\λ)) (let loop () (string->bytevector s (make-transcoder (latin-1-codec) 'lf 'replace)) (loop))
;;; latin-1 that raises
(define s (make-string 100000 #\λ)) (let loop () (guard (e (#t 1)) (string->bytevector s (make-transcoder (latin-1-codec) 'lf 'raise))) (loop))
;;; line ends that multiply
(define s (make-string 1000000 #\newline)) (let loop ((l '())) (loop (cons (string->bytevector s (make-transcoder (utf-16-codec) 'crnel 'raise)) l)))
;;; bytevector->string of much
(define b (make-bytevector 3000000 13)) (let loop ((l '())) (loop (cons (bytevector->string b (make-transcoder (utf-8-codec) 'crlf 'ignore)) l)))
;;; utf32 of what is no character
(define b (make-bytevector 4000000 255)) (let loop ((l '())) (loop (cons (utf32->string b 'little) l)))
;;; utf16 of halves
(define b (make-bytevector 4000000 #xdc)) (let loop ((l '())) (loop (cons (utf16->string b 'big #t) l)))
;;; transcoders by the million
(let loop ((l '())) (loop (cons (make-transcoder (utf-8-codec) 'crlf 'raise) l)))
;;; call-with-port that escapes
(let loop () (call/cc (lambda (k) (call-with-port (open-string-input-port "abc") (lambda (p) (k p))))) (loop))
;;; with-output-to-string nested
(define (f) (with-output-to-string (lambda () (display "x") (display (f))))) (f)
;;; with-input-from-string for ever
(let loop () (with-input-from-string "(a b c)" (lambda () (read) (read))) (loop))
;;; read of a string that is quoted often
(read (open-string-input-port (apply string-append (vector->list (make-vector 300000 "`,@#'#`#,#,@")))))
;;; read of long characters
(define s (apply string-append (vector->list (make-vector 100000 "#\\x3bb #\\newline ")))) (let loop () (let ((p (open-string-input-port s))) (let again () (if (eof-object? (read p)) 1 (again)))) (loop))
;;; read of numbers of all kinds
(define s (apply string-append (vector->list (make-vector 20000 "1/3 #e1.5 1e300 -inf.0 1@2 #xff+i 1e-300|53 ")))) (let loop () (let ((p (open-string-input-port s))) (let again () (if (eof-object? (guard (e (#t 1)) (read p))) 1 (again)))) (loop))
;;; read of shared structure that is not there
(read (open-string-input-port (apply string-append (vector->list (make-vector 300000 "#0=(#0# ")))))
;;; read of strings with line continuations
(define s (string-append "\"" (apply string-append (vector->list (make-vector 500000 "a\\\n   "))) "\"")) (let loop ((l '())) (loop (cons (read (open-string-input-port s)) l)))
;;; read of datum comments nested
(read (open-string-input-port (apply string-append (vector->list (make-vector 200000 "#;(#;#; ")))))
;;; read of brackets that do not match
(read (open-string-input-port (string-append (make-string 500000 #\[) (make-string 500000 #\)))))
;;; read of dots
(read (open-string-input-port (string-append "(a" (make-string 1000000 #\.) ")")))
;;; read of a dotted list nested
(define s (string-append (apply string-append (vector->list (make-vector 300000 "(a . "))) "b" (make-string 300000 #\)))) (let loop () (read (open-string-input-port s)) (loop))
;;; write of a port that writes to itself
(define-values (p get) (open-string-output-port)) (let loop () (write (list p get (get)) p) (loop))
;;; write of a ring of vectors
(define vs (map (lambda (i) (make-vector 10 i)) '(1 2 3 4 5 6 7 8 9 10))) (for-each (lambda (v) (for-each (lambda (w i) (vector-set! v i w)) vs '(0 1 2 3 4 5 6 7 8 9))) vs) (let loop () (call-with-string-output-port (lambda (p) (write vs p) (display vs p))) (loop))
;;; write of a deep record
(define-record-type box (fields x)) (define d (let loop ((i 0) (b 1)) (if (= i 200000) b (loop (+ i 1) (make-box b))))) (let loop () (call-with-string-output-port (lambda (p) (write d p))) (loop))
;;; write of deep conditions
(define d (let loop ((i 0) (c 'x)) (if (= i 100000) c (loop (+ i 1) (condition (make-error) (make-irritants-condition (list c))))))) (let loop () (call-with-string-output-port (lambda (p) (write d p))) (loop))
;;; write of deep tables and promises
(define d (let loop ((i 0) (c 'x)) (if (= i 50000) c (loop (+ i 1) (let ((t (make-eqv-hashtable))) (hashtable-set! t c c) t))))) (let loop () (call-with-string-output-port (lambda (p) (write d p))) (loop))
;;; write of many small things
(let loop () (call-with-string-output-port (lambda (p) (for-each (lambda (x) (write x p)) (list car 1.5 #\a "a" 'a (current-output-port) (make-eqv-hashtable) (delay 1))))) (loop))
;;; print-condition of deep conditions
(define d (let loop ((i 0) (c 'x)) (if (= i 100000) c (loop (+ i 1) (condition (make-error) (make-irritants-condition (list c))))))) (let loop () (call-with-string-output-port (lambda (p) (print-condition d p))) (loop))
;;; pretty-print of circular data
(define l (list 1 2 3)) (set-cdr! (cddr l) l) (call-with-string-output-port (lambda (p) (pretty-print l p)))
;;; pretty-print of a wide tree
(define t (let loop ((i 0) (t 'x)) (if (= i 6) t (loop (+ i 1) (vector->list (make-vector 10 t)))))) (let loop () (call-with-string-output-port (lambda (p) (pretty-print t p))) (loop))
;;; pretty-print of long strings
(define s (make-string 3000000 #\")) (let loop ((l '())) (loop (cons (call-with-string-output-port (lambda (p) (pretty-print s p))) l)))
;;; format with many directives
(let loop ((n 1000)) (guard (e (#t 1)) (format (apply string-append (vector->list (make-vector n "~%~~"))))) (loop (* n 2)))
;;; format with odd directives
(let loop () (for-each (lambda (s) (guard (e (#t 1)) (format s 1 2 3))) '("~" "~q" "~99999999999999999999d" "~-5d" "~,,,d" "~b~x~o" "~100000a" "~s~s~s~s")) (loop))
;;; format of circular data
(define l (list 1 2 3)) (set-cdr! (cddr l) l) (let loop () (format "~a ~s" l l) (loop))
;;; files that are not granted
(let loop () (guard (e (#t 1)) (open-input-file "/etc/passwd")) (guard (e (#t 1)) (delete-file "/tmp/x")) (guard (e (#t 1)) (file-exists? "/")) (loop))
;;; long strings put
(define s (make-string 20000000 #\a)) (let loop () (put-string (current-output-port) s) (display s) (loop))
;;; long strings of Latin-1 put
(define s (make-string 20000000 #\é)) (let loop () (put-string (current-output-port) s 1 19000000) (display s) (loop))
;;; long wide strings put
(define s (make-string 6000000 #\λ)) (let loop () (put-string (current-output-port) s) (display s) (loop))
;;; long strings into ports in memory
(define s (make-string 3000000 #\λ)) (let loop () (call-with-string-output-port (lambda (p) (put-string p s) (display s p))) (loop))
;;; string ports that hold little
(let loop ((k '())) (call-with-values open-string-output-port (lambda (p get) (put-string p "abc") (loop (cons p k)))))
;;; long name of a port
(define p (make-custom-binary-input-port (make-string 14000000 #\a) (lambda (b start count) 0) #f #f #f)) (display p)
