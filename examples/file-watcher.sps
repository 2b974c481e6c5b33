#!r6rs
;;; Tells when a file changes, by asking for its state again and again. It ends when the file is removed.
;;;
;;;   vicar examples/file-watcher.sps FILE [milliseconds]
(import (vicare)
  (prefix (vicare posix) px.)
  (vicare platform constants))

(define-values (file milliseconds)
  (let ((arguments (cdr (command-line))))
    (cond
      ((null? arguments)
       (display "usage: vicar file-watcher.sps FILE [milliseconds]\n" (current-error-port))
       (exit 64))
      ((null? (cdr arguments)) (values (car arguments) 1000))
      (else (values (car arguments) (string->number (cadr arguments)))))))

;; The file's state: size, time of its last change in nanoseconds, mode. #f when there is no file.
(define (state)
  (guard (e ((and (px.errno-condition? e) (= ENOENT (px.condition-errno e))) #f))
    (let ((stat (px.stat file)))
      (list (px.struct-stat-st_size stat)
            (+ (* 1000000000 (px.struct-stat-st_mtime stat)) (px.struct-stat-st_mtime_nsec stat))
            (px.struct-stat-st_mode stat)))))

(define (say . words)
  (for-each display words)
  (newline)
  (flush-output-port (current-output-port)))

(define (sleep)
  (px.nanosleep (div milliseconds 1000) (* 1000000 (mod milliseconds 1000))))

(define (tell before after)
  (let ((same? (lambda (part) (= (part before) (part after)))))
    (cond
      ((not (same? car))    (say "size " (car before) " -> " (car after)))
      ((not (same? cadr))   (say "written"))
      ((not (same? caddr))  (say "mode " (number->string (caddr before) 8) " -> " (number->string (caddr after) 8))))))

(let watch ((before (state)))
  (cond
    ((not before) (say "gone"))
    (else
     (sleep)
     (let ((after (state)))
       (when after (tell before after))
       (watch after)))))
