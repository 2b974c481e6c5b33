#!r6rs
;;; UTF-8: bytevectors to strings and back, and through a textual port, character by character.
(import (rnrs))

(define text
  (call-with-string-output-port
    (lambda (port)
      (do ((i 0 (+ i 1))) ((= i 100000))
        (put-string port "naïve café, 日本語 λ, plain ASCII for the most part ")))))

(define (repeat n)
  (let loop ((i 0) (sum 0))
    (if (= i n)
        sum
        (loop (+ i 1) (+ sum (string-length (utf8->string (string->utf8 text))))))))

(define (characters)
  (let ((port (open-bytevector-input-port (string->utf8 text) (make-transcoder (utf-8-codec)))))
    (let loop ((n 0))
      (let ((c (get-char port)))
        (if (eof-object? c) n (loop (if (char=? c #\a) (+ n 1) n)))))))

(display (list (repeat 20) (characters)))
(newline)
