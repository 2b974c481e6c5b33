#!r6rs
;;; A TCP server that sends back what it gets, for a thousand connections at once, in one process.
;;;
;;;   vicar examples/echo-server.sps [port]        then: nc localhost 7007
;;;
;;; It ends at SIGTERM or SIGINT.
(import (vicare)
  (prefix (vicare posix) px.)
  (prefix (vicare posix simple-event-loop) sel.)
  (vicare posix tcp-server-sockets)
  (vicare platform constants))

(define port-number
  (if (pair? (cdr (command-line))) (string->number (cadr (command-line))) 7007))
(define max-connections 1000)
(define connections 0)

;; A connection is a descriptor. A process has as many as its limit says, which it may raise up to the hard one.
(define (allow-descriptors count)
  (let* ((limits (px.getrlimit RLIMIT_NOFILE))
         (hard   (px.struct-rlimit-rlim_max limits)))
    (when (< (px.struct-rlimit-rlim_cur limits) count)
      (px.setrlimit RLIMIT_NOFILE (px.make-struct-rlimit (min count hard) hard)))))

;; A registration is for one event: what is to go on registers itself again.
(define (accept-next master)
  (sel.readable master
    (lambda ()
      (guard (e ((px.errno-condition? e) #f)) ; who was to be accepted has gone
        (let-values (((sock port address) (make-server-sock-and-port master)))
          (set! connections (+ connections 1))
          (serve master sock port)))
      ;; While it is full, the kernel lets those wait who come.
      (when (< connections max-connections)
        (accept-next master)))))

(define (serve master sock port)
  (sel.readable sock
    (lambda ()
      (let ((bytes (receive sock)))
        (cond
          ((eof-object? bytes) (hang-up master port))
          ((not bytes) (serve master sock port))
          (else (send master sock port bytes 0)))))))

;; What has come: #f for nothing yet, the end-of-file object when the peer is gone.
(define buffer (make-bytevector 65536))
(define (receive sock)
  (guard (e ((i/o-eagain-error? e) #f)
            ((px.errno-condition? e) (eof-object)))
    (let ((n (px.read sock buffer)))
      (if (zero? n) (eof-object) (subbytevector-u8 buffer 0 n)))))

;; Sends the bytes from `start` on, as many at a time as the peer takes.
(define (send master sock port bytes start)
  (let ((n (guard (e ((i/o-eagain-error? e) 0)
                     ((px.errno-condition? e) #f))
             (px.write sock (subbytevector-u8 bytes start (bytevector-length bytes))))))
    (cond
      ((not n) (hang-up master port))
      ((= (+ start n) (bytevector-length bytes)) (serve master sock port))
      (else
       (sel.writable sock (lambda () (send master sock port bytes (+ start n))))))))

(define (hang-up master port)
  (close-server-port port)
  (set! connections (- connections 1))
  (when (= connections (- max-connections 1))
    (accept-next master)))

(allow-descriptors (+ max-connections 50))
(sel.initialise)
(let ((master (make-master-sock "localhost" port-number 1000)))
  (for-each (lambda (signal) (sel.receive-signal signal sel.leave-asap))
    (list SIGTERM SIGINT))
  (accept-next master)
  (printf "listening at port ~a\n" port-number)
  (flush-output-port (current-output-port))
  (sel.enter)
  (close-master-sock master)
  (printf "ended with ~a connections\n" connections))
(sel.finalise)
