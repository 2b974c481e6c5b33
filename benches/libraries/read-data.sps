#!r6rs
;;; Reads a file of 20 MB of data with get-datum. Nearly all of the time is the reader's: the file is written as text.
(import (rnrs))

(define file "/tmp/vicar-bench-read-data.txt")

(define text
  "((name \"Ada Lovelace\" year 1815 factor 3.1415926 #t #\\a) (list of symbols and -17 numbers 1/3 6.02e23 #(1 2 3) \"x\\ny\"))\n")

(define (write-file lines)
  (if (file-exists? file) (delete-file file))
  (let ((port (open-file-output-port file (file-options) (buffer-mode block) (make-transcoder (utf-8-codec)))))
    (do ((i 0 (+ i 1))) ((= i lines) (close-port port))
      (put-string port text))))

(define (count datum)
  (cond ((pair? datum) (+ (count (car datum)) (count (cdr datum))))
        ((null? datum) 0)
        (else 1)))

(define (read-file)
  (let ((port (open-file-input-port file (file-options) (buffer-mode block) (make-transcoder (utf-8-codec)))))
    (let loop ((n 0))
      (let ((datum (get-datum port)))
        (if (eof-object? datum)
            (begin (close-port port) n)
            (loop (+ n (count datum))))))))

(write-file (div 20000000 (string-length text)))
(display (read-file))
(newline)
(delete-file file)
