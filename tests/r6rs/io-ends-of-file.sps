#!r6rs
;;; (rnrs io ports), (rnrs io simple): a port is a sequence of bytes or characters punctuated by end-of-file objects
;;; (library report 8.2.7). Each is there once: looking ahead does not take it, nor does reading what comes before it.
(import (rnrs base) (rnrs control) (rnrs io ports) (rnrs io simple) (rnrs bytevectors) (rnrs files) (rnrs lists) (rnrs exceptions)
        (rnrs conditions) (rnrs mutable-strings) (vicar-test))

;; Ports whose procedure supplies the given pieces, one at a time; an empty one is an end of file, and so is what follows.
(define (supplier pieces length copy!)
  (lambda (buffer start count)
    (if (null? pieces)
        0
        (let ((piece (car pieces)))
          (set! pieces (cdr pieces))
          (copy! piece buffer start)
          (length piece)))))
(define (binary . pieces)
  (make-custom-binary-input-port "binary"
    (supplier pieces bytevector-length
      (lambda (piece buffer start) (bytevector-copy! piece 0 buffer start (bytevector-length piece))))
    #f #f #f))
(define (copy-text! piece buffer start)
  (let loop ((i 0))
    (if (< i (string-length piece))
        (begin (string-set! buffer (+ start i) (string-ref piece i)) (loop (+ i 1))))))
(define (textual . pieces)
  (make-custom-textual-input-port "textual" (supplier pieces string-length copy-text!) #f #f #f))
(define (both . pieces)
  (make-custom-textual-input/output-port "both" (supplier pieces string-length copy-text!)
    (lambda (text start count) count) #f #f #f))
(define (decoded . texts)
  (transcoded-port (apply binary (map string->utf8 texts)) (make-transcoder (utf-8-codec) 'lf 'replace)))

;; What the operations answer, one after the other; an end of file is the symbol.
(define (answers port . operations)
  (map (lambda (x) (if (eof-object? x) 'eof x))
       (let loop ((rest operations))
         (if (null? rest) '() (let ((x ((car rest) port))) (cons x (loop (cdr rest))))))))
(define (n count) (lambda (port) (get-bytevector-n port count)))
(define (n! count) (lambda (port) (get-bytevector-n! port (make-bytevector count) 0 count)))
(define (s count) (lambda (port) (get-string-n port count)))
(define (s! count) (lambda (port) (get-string-n! port (make-string count) 0 count)))

;;; Bytes.
(define (b) (binary #vu8(1) #vu8() #vu8(2 3) #vu8() #vu8() #vu8(4)))
(check (answers (b) get-u8 lookahead-u8 lookahead-u8 port-eof? get-u8 get-u8 get-u8 get-u8 get-u8 get-u8 get-u8)
       => '(1 eof eof #t eof 2 3 eof eof 4 eof))
(check (answers (b) get-u8 port-eof? port-eof? get-u8 port-eof? get-u8) => '(1 #t #t eof #f 2))
(check (answers (b) (n 9) (n 9) (n 9) (n 9) (n 9) (n 9) (n 9))
       => '(#vu8(1) eof #vu8(2 3) eof eof #vu8(4) eof))
(check (answers (b) (n! 9) (n! 9) (n! 9) (n! 9) (n! 9) (n! 9) (n! 9)) => '(1 eof 2 eof eof 1 eof))
(check (answers (b) (n 1) (n 1) (n 1) (n 1) (n 1) (n 1)) => '(#vu8(1) eof #vu8(2) #vu8(3) eof eof))
(check (answers (b) get-bytevector-some get-bytevector-some get-bytevector-some get-bytevector-some
                get-bytevector-some get-bytevector-some get-bytevector-some)
       => '(#vu8(1) eof #vu8(2 3) eof eof #vu8(4) eof))
(check (answers (b) get-bytevector-all get-bytevector-all get-bytevector-all get-bytevector-all
                get-bytevector-all get-bytevector-all get-bytevector-all)
       => '(#vu8(1) eof #vu8(2 3) eof eof #vu8(4) eof))
;; Nothing asked for is nothing taken.
(check (answers (b) get-u8 (n 0) lookahead-u8 (n 0) get-u8 get-u8) => '(1 #vu8() eof #vu8() eof 2))
;; In memory the end stays the end.
(check (answers (open-bytevector-input-port #vu8(1)) (n 9) lookahead-u8 get-u8 port-eof? get-u8) => '(#vu8(1) eof eof #t eof))

;;; Characters, as the procedure supplies them, decoded, and of a port in both directions.
(for-each
  (lambda (make)
    (define (t) (make "a" "" "bc" "" "" "d\n" "e" "" "f"))
    (check (answers (t) get-char lookahead-char lookahead-char port-eof? get-char get-char get-char get-char get-char get-char)
           => '(#\a eof eof #t eof #\b #\c eof eof #\d))
    (check (answers (t) read-char peek-char peek-char port-eof? read-char read-char) => '(#\a eof eof #t eof #\b))
    (check (answers (t) (s 9) (s 9) (s 9) (s 9) (s 9) (s 9) (s 9) (s 9)) => '("a" eof "bc" eof eof "d\ne" eof "f"))
    (check (answers (t) (s! 9) (s! 9) (s! 9) (s! 9) (s! 9) (s! 9) (s! 9)) => '(1 eof 2 eof eof 3 eof))
    (check (answers (t) get-string-all get-string-all get-string-all get-string-all get-string-all get-string-all
                    get-string-all get-string-all get-string-all)
           => '("a" eof "bc" eof eof "d\ne" eof "f" eof))
    (check (answers (t) get-line get-line get-line get-line get-line get-line get-line get-line get-line get-line)
           => '("a" eof "bc" eof eof "d" "e" eof "f" eof))
    ;; The end of file that ends a datum is still there behind it.
    (check (answers (t) get-datum lookahead-char get-datum get-datum get-datum get-datum get-datum get-datum)
           => '(a eof eof bc eof eof d e))
    (check (answers (t) read read read read) => '(a eof bc eof)))
  (list textual decoded both))

;; An end of file after a linefeed, and one in the middle of an atmosphere.
(check (answers (textual "a\n" "" "b") get-line get-line get-line get-line) => '("a" eof "b" eof))
(check (answers (textual " ; comment" "" "\nx") get-datum get-datum get-datum) => '(eof x eof))

;; Half a datum is an error, and the end of file comes next.
(let ((port (textual "(1 2" "" "(3)")))
  (check-error lexical-violation? (get-datum port))
  (check (answers port get-char get-datum get-datum) => '(eof (3) eof)))

;; Half a character: what is there is an error of encoding, then comes the end of file.
(let ((port (transcoded-port (binary #vu8(97 #xE2 #x82) #vu8() #vu8(98)) (make-transcoder (utf-8-codec) 'lf 'raise))))
  (check (answers port get-char) => '(#\a))
  (check-error i/o-decoding-error? (get-char port))
  (check (answers port lookahead-char get-char get-char) => '(eof eof #\b)))
(check (answers (transcoded-port (binary #vu8(#xE2 #x82) #vu8() #vu8(98)) (make-transcoder (utf-8-codec) 'lf 'replace))
                get-char get-char get-char)
       => '(#\xFFFD eof #\b))
(check (answers (transcoded-port (binary #vu8(#xE2 #x82) #vu8() #vu8(98)) (make-transcoder (utf-8-codec) 'lf 'ignore))
                lookahead-char get-char get-char)
       => '(eof eof #\b))
;; A carriage return before an end of file.
(check (answers (transcoded-port (binary #vu8(97 13) #vu8() #vu8(10 98)) (make-transcoder (utf-8-codec) 'crlf 'replace))
                get-char get-char get-char get-char)
       => '(#\a #\newline eof #\newline))
;; The mark that says the byte order of UTF-16.
(check (answers (transcoded-port (binary #vu8() #vu8(#xFF #xFE 97 0)) (make-transcoder (utf-16-codec) 'lf 'replace))
                lookahead-char get-char get-char)
       => '(eof eof #\a))

;; A port that becomes textual takes the end of file along.
(let ((port (b)))
  (check (answers port get-u8 lookahead-u8) => '(1 eof))
  (check (answers (transcoded-port port (native-transcoder)) lookahead-char get-char get-char) => '(eof eof #\x2)))

;; Going elsewhere forgets it.
(let* ((at 0)
       (port (make-custom-binary-input-port "positions"
               (lambda (bv start count)
                 (if (>= at 3) 0 (begin (bytevector-u8-set! bv start at) (set! at (+ at 1)) 1)))
               (lambda () at) (lambda (position) (set! at position)) #f)))
  (check (answers port get-bytevector-all lookahead-u8) => '(#vu8(0 1 2) eof))
  (set-port-position! port 1)
  (check (answers port get-u8 get-u8 get-u8) => '(1 2 eof)))

;;; A file that grows while it is read.
(define file "/tmp/vicar-test-io-ends-of-file")
(define (append-bytes bytes)
  (call-with-port (open-file-output-port file (file-options no-fail no-truncate))
    (lambda (port)
      (set-port-position! port (call-with-port (open-file-input-port file) (lambda (in) (length (bytevector->u8-list (let ((all (get-bytevector-all in))) (if (eof-object? all) #vu8() all)))))))
      (put-bytevector port bytes))))
(if (file-exists? file) (delete-file file))
(call-with-port (open-file-output-port file) (lambda (port) (put-bytevector port #vu8(1 2))))
(let ((port (open-file-input-port file)))
  (check (answers port (n 5) lookahead-u8) => '(#vu8(1 2) eof))
  (append-bytes #vu8(3 4))
  (check (answers port lookahead-u8 get-u8 get-u8 get-bytevector-all get-u8) => '(eof eof 3 #vu8(4) eof))
  (append-bytes #vu8(5))
  (check (answers port get-bytevector-all get-bytevector-all) => '(#vu8(5) eof))
  (close-port port))
(delete-file file)

(report)
