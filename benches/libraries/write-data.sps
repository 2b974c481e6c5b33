#!r6rs
;;; Writes a file of 20 MB of data with write.
(import (rnrs))

(define file "/tmp/vicar-bench-write-data.txt")

(define datum
  '((name "Ada Lovelace" year 1815 factor 3.1415926 #t #\a) (list of symbols and -17 numbers 1/3 6.02e23 #(1 2 3) "x\ny")))

(define (write-file n)
  (if (file-exists? file) (delete-file file))
  (let ((port (open-file-output-port file (file-options) (buffer-mode block) (make-transcoder (utf-8-codec)))))
    (do ((i 0 (+ i 1))) ((= i n) (close-port port))
      (write datum port)
      (put-char port #\newline))))

(write-file 180000)
(display (file-exists? file))
(newline)
(delete-file file)
