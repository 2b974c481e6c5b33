#!r6rs
;;; Reads a file of 200 MB line by line.
(import (rnrs))

(define file "/tmp/vicar-bench-lines.txt")

(define block
  (let ((line "The quick brown fox jumps over the lazy dog, and then naps until noon.\n"))
    (call-with-string-output-port
      (lambda (port) (do ((i 0 (+ i 1))) ((= i 1000)) (put-string port line))))))

(define (open-out)
  (open-file-output-port file (file-options no-fail) (buffer-mode block) (make-transcoder (utf-8-codec))))

(let ((port (open-out)))
  (do ((i 0 (+ i 1))) ((= i 2816) (close-port port)) (put-string port block)))

(let ((port (open-file-input-port file (file-options) (buffer-mode block) (make-transcoder (utf-8-codec)))))
  (let loop ((lines 0) (characters 0))
    (let ((line (get-line port)))
      (if (eof-object? line)
          (begin (display (list lines characters)) (newline) (close-port port))
          (loop (+ lines 1) (+ characters (string-length line)))))))
(delete-file file)
