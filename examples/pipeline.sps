#!r6rs
;;; Three processes in a pipeline, as the shell would make them of
;;;
;;;   printf '…' | tr a-z A-Z | sort
;;;
;;; The first is a procedure of this program, the others are programs; their parent prints what comes out.
(import (vicare)
  (prefix (vicare posix) px.)
  (vicare platform constants))

;; Descriptors that are to go to a program and no further: `exec` closes the rest.
(define (make-pipe)
  (let-values (((in out) (px.pipe)))
    (px.fd-set-close-on-exec-mode! in)
    (px.fd-set-close-on-exec-mode! out)
    (values in out)))

;; Starts `thunk` in a child with `in` and `out` as its standard input and output, and closes them here: a pipe ends when
;; the last process has closed it.
(define (start thunk in out)
  (px.fork
    (lambda (pid)
      (unless (= in 0) (px.close in))
      (px.close out)
      pid)
    (lambda ()
      (unless (= in 0) (px.dup2 in 0))
      (px.dup2 out 1)
      (guard (e ((px.errno-condition? e)
                 (fprintf (current-error-port) "~a\n" (condition-message e))
                 (exit 127)))
        (thunk))
      (exit 0))))

(define (pears-and-apples)
  (for-each (lambda (line) (px.write 1 (string->utf8 line)))
    '("pear\n" "apple\n" "quince\n" "cherry\n")))

(define-values (first-in first-out) (make-pipe))
(define-values (second-in second-out) (make-pipe))
(define-values (third-in third-out) (make-pipe))

(define pids
  (list
    (start pears-and-apples 0 first-out)
    (start (lambda () (px.execvp "tr" '("tr" "a-z" "A-Z"))) first-in second-out)
    (start (lambda () (px.execvp "sort" '("sort"))) second-in third-out)))

(let ((port (transcoded-port (make-binary-file-descriptor-input-port third-in "pipeline") (native-transcoder))))
  (display (get-string-all port))
  (close-port port))

(for-each
  (lambda (pid)
    (let ((status (px.waitpid pid 0)))
      (unless (and (px.WIFEXITED status) (zero? (px.WEXITSTATUS status)))
        (fprintf (current-error-port) "process ~a failed: status ~a\n" pid status)
        (exit 1))))
  pids)
