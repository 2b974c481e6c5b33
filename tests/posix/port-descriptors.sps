#!r6rs
;;; Who closes a descriptor that a port or a directory stream has: once, and never somebody else's.
(import (vicare) (prefix (vicare posix) px.) (prefix (vicare glibc) gl.) (vicare platform constants) (vicar-test))

(define (open? fd) (guard (e [#t #f]) (px.fcntl fd F_GETFD 0) #t))
(define (contents) (call-with-input-file "file" get-string-all))
(call-with-output-file "file" (lambda (p) (display "text" p)))

(define (file) (px.open "file" O_RDWR 0))
(define makers
  (list
    (lambda () (open-file-input-port "file"))
    (lambda () (open-input-file "file"))
    (lambda () (open-file-output-port "file" (file-options no-fail)))
    (lambda () (open-file-input/output-port "file" (file-options no-fail)))
    (lambda () (transcoded-port (open-file-input-port "file") (native-transcoder)))
    (lambda () (make-binary-file-descriptor-input-port (file) "id"))
    (lambda () (make-textual-file-descriptor-output-port (file) "id" (native-transcoder)))
    (lambda () (make-binary-file-descriptor-input/output-port (file) "id"))
    (lambda () (make-textual-socket-input-port (px.socket PF_LOCAL SOCK_STREAM 0) "id" (native-transcoder)))))

;; After the port's descriptor was closed by its number, the next file gets the number, and keeps it.
(define (keeps-number close make)
  (let* ([port (make)] [fd (port-fd port)])
    (close fd)
    (let ([next (px.open "other" (fxior O_RDWR O_CREAT) #o600)])
      (let ([result (list (= next fd) (begin (close-port port) (open? next))
                          (begin (set! port #f) (collect) (collect) (open? next)))])
        (px.close next)
        result))))
(for-each (lambda (make) (check (keeps-number px.close make) => '(#t #t #t))) makers)
(for-each (lambda (make) (check (keeps-number px.mq-close make) => '(#t #t #t))) makers)
;; Also when the port is garbage at once.
(for-each
  (lambda (make)
    (check (let ([fd (port-fd (make))])
             (px.close fd)
             (let ([next (px.open "other" (fxior O_RDWR O_CREAT) #o600)])
               (collect) (collect)
               (let ([result (and (= next fd) (open? next))]) (px.close next) result)))
           => #t))
  makers)

;; The port is closed: what it does afterwards raises, what it held was written before.
(let ([port (open-file-output-port "file" (file-options no-fail) (buffer-mode block) (native-transcoder))])
  (display "held back" port)
  (px.close (port-fd port))
  (check (contents) => "held back")
  (check-error condition? (begin (display "more" port) (flush-output-port port)))
  (check (port-fd port) => #f)
  (close-port port))

;; dup2 over a port's descriptor is no different; the descriptor is the program's then.
(let* ([port (open-file-output-port "file" (file-options no-fail) (buffer-mode block) (native-transcoder))]
       [fd (port-fd port)] [null (px.open "other" (fxior O_RDWR O_CREAT) #o600)])
  (display "before" port)
  (px.dup2 fd fd)
  (check (port-fd port) => fd)
  (px.dup2 null fd)
  (check (contents) => "before")
  (check-error condition? (begin (display "more" port) (flush-output-port port)))
  (close-port port) (set! port #f) (collect)
  (check (open? fd) => #t)
  (px.close fd) (px.close null)
  (check (open? fd) => #f))
(let* ([port (open-file-input-port "file")] [fd (port-fd port)])
  (check-error px.errno-condition? (px.dup2 999 fd))
  (check (get-u8 port) => 98)
  (close-port port))

;; Two ports that own one descriptor: whichever is closed first closes it.
(define (pair)
  (let-values ([(a b) (px.socketpair PF_LOCAL SOCK_STREAM 0)])
    (px.close b)
    (list (make-binary-socket-input-port a "in") (make-binary-socket-output-port a "out"))))
(for-each
  (lambda (first second)
    (let* ([ports (pair)] [fd (port-fd (first ports))])
      (check (port-fd (second ports)) => fd)
      (close-port (first ports))
      (check (open? fd) => #f)
      (let ([next (px.open "other" (fxior O_RDWR O_CREAT) #o600)])
        (check next => fd)
        (check-error condition? (begin (put-u8 (cadr ports) 1) (flush-output-port (cadr ports))))
        (check-error condition? (get-u8 (car ports)))
        (guard (e [#t #f]) (close-port (second ports)))
        (set! ports #f) (collect) (collect)
        (check (open? next) => #t)
        (px.close next))))
  (list car cadr) (list cadr car))
(let* ([file (open-file-input-port "file")] [fd (port-fd file)] [other (make-binary-file-descriptor-input-port fd "other")])
  (close-port file)
  (let ([next (px.open "other" (fxior O_RDWR O_CREAT) #o600)])
    (check next => fd)
    (close-port other)
    (check (open? next) => #t)
    (px.close next)))

;; A port that does not own its descriptor leaves it alone.
(let* ([fd (file)] [port (make-binary-file-descriptor-input-port* fd "id")])
  (close-port port)
  (check (open? fd) => #t)
  (px.close fd))

;; A directory stream owns its descriptor as well.
(let* ([stream (px.opendir ".")] [fd (gl.dirfd stream)])
  (px.close fd)
  (let ([next (px.open "other" (fxior O_RDWR O_CREAT) #o600)])
    (check next => fd)
    (check-error condition? (px.readdir stream))
    (guard (e [#t #f]) (px.closedir stream))
    (set! stream #f) (collect)
    (check (open? next) => #t)
    (px.close next)))

;; Handles of C's structures lead nowhere.
(let ([stream (px.opendir ".")] [regex (gl.regcomp "a" 0)])
  (for-each
    (lambda (p)
      (check-error condition? (pointer-ref-c-uint8 p 0))
      (check-error condition? (pointer-set-c-uint64! p 0 0)))
    (list (px.directory-stream-pointer stream) regex))
  (check (vector? (gl.regexec regex "bab" 0)) => #t)
  (px.closedir stream))
(report)
