#!r6rs
;;; An echo server under 100 clients at once, both a loop around poll: 1,000 messages of 64 bytes each.
(import (vicare) (prefix (vicare posix) px.) (vicare platform constants))

(define clients 100)
(define messages 1000)
(define size 64)

;; For `poll`: a descriptor, what is waited for, what has happened.
(define (entry fd) (vector fd POLLIN 0))
(define (fd-of entry) (vector-ref entry 0))
(define (ready? entry) (not (fxzero? (vector-ref entry 2))))

(define (close-entry entry)
  (px.close (fd-of entry))
  (vector-set! entry 0 -1))

;; Calls `handle` with each that is ready and its place until `open` of them are closed; it says how many it has closed.
(define (poll-loop fds open handle)
  (if (not (fxzero? open))
      (begin
        (px.poll fds -1)
        (let loop ((i 0) (open open))
          (cond
            ((fx=? i clients) (poll-loop fds open handle))
            ((ready? (vector-ref fds i)) (loop (fx+ i 1) (fx- open (handle (vector-ref fds i) i))))
            (else (loop (fx+ i 1) open)))))))

(define (serve master)
  (define buffer (make-bytevector 4096))
  (define fds
    (vector-map (lambda (_) (let-values (((fd address) (px.accept master))) (entry fd))) (make-vector clients)))
  (poll-loop fds clients
    (lambda (entry i)
      (let ((n (px.read (fd-of entry) buffer)))
        (if (fxzero? n)
            (begin (close-entry entry) 1)
            (begin (px.write (fd-of entry) buffer n) 0)))))
  (exit 0))

(define (run-clients address)
  (define message (make-bytevector size 7))
  (define buffer (make-bytevector size))
  (define left (make-vector clients messages))
  (define bytes 0)
  (define fds
    (vector-map
      (lambda (_)
        (let ((fd (px.socket PF_INET SOCK_STREAM 0)))
          (px.connect fd address)
          (entry fd)))
      (make-vector clients)))
  (vector-for-each (lambda (entry) (px.write (fd-of entry) message)) fds)
  (poll-loop fds clients
    (lambda (entry i)
      (set! bytes (fx+ bytes (px.read (fd-of entry) buffer)))
      (vector-set! left i (fx- (vector-ref left i) 1))
      (if (fxzero? (vector-ref left i))
          (begin (close-entry entry) 1)
          (begin (px.write (fd-of entry) message) 0))))
  bytes)

(let ((master (px.socket PF_INET SOCK_STREAM 0)))
  (px.bind master (px.make-sockaddr_in '#vu8(127 0 0 1) 0))
  (px.listen master clients)
  (let ((server (px.fork values (lambda () (serve master)))))
    (display (run-clients (px.getsockname master)))
    (newline)
    (px.waitpid server 0)))
