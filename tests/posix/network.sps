#!r6rs
;;; Sockets and addresses on this host.
(import (except (vicare) parent) (prefix (vicare posix) px.) (vicare platform constants) (vicar-test))

(define (errno-of thunk)
  (guard (e [(px.errno-condition? e) (px.condition-errno e)] [#t e]) (thunk)))

;; Addresses.
(let ([a (px.make-sockaddr_in #vu8(127 0 0 1) 80)])
  (check (px.sockaddr_in.in_addr a) => #vu8(127 0 0 1))
  (check (px.sockaddr_in.in_addr.number a) => #x7f000001)
  (check (px.sockaddr_in.in_port a) => 80)
  (check-error error? (px.sockaddr_in6.in6_port a)))
(let ([a (px.make-sockaddr_in6 (px.in6addr_loopback) 8080)])
  (check (px.sockaddr_in6.in6_addr a) => (px.in6addr_loopback))
  (check (px.sockaddr_in6.in6_port a) => 8080))
(check (px.inet-aton "127.1") => #vu8(127 0 0 1))
(check (px.inet-ntoa/string #vu8(1 2 3 4)) => "1.2.3.4")
(check (px.inet-pton AF_INET6 "::1") => (px.in6addr_loopback))
(check (px.inet-ntop/string AF_INET6 (px.in6addr_loopback)) => "::1")
(check-error error? (px.inet-pton AF_INET "1.2.3"))
(check (px.ntohl (px.htonl 123456789)) => 123456789)
(check (px.ntohs (px.htons 1234)) => 1234)

;; A pair.
(let-values ([(a b) (px.socketpair PF_LOCAL SOCK_STREAM 0)])
  (let ([buffer (make-bytevector 10 0)])
    (check (px.send a "ping" #f 0) => 4)
    (check (px.recv b buffer #f 0) => 4)
    (check (px.getsockopt/int a SOL_SOCKET SO_TYPE) => SOCK_STREAM)
    (px.shutdown a SHUT_WR)
    (check (px.recv b buffer #f 0) => 0)
    (px.close b)
    (check (errno-of (lambda () (px.send a "x" #f 0) (px.send a "x" #f 0))) => EPIPE)
    (px.close a)))

;; A server and a client process over TCP.
(let* ([server (px.socket PF_INET SOCK_STREAM 0)])
  (px.setsockopt/int server SOL_SOCKET SO_REUSEADDR #t)
  (px.bind server (px.make-sockaddr_in #vu8(127 0 0 1) 0))
  (px.listen server 5)
  (let ([address (px.getsockname server)])
    (px.fork
      (lambda (pid)
        (let-values ([(connection peer) (px.accept server)])
          (let ([buffer (make-bytevector 100 0)])
            (check (px.sockaddr_in.in_addr peer) => #vu8(127 0 0 1))
            (check (px.recv connection buffer #f 0) => 5)
            (px.send connection buffer 5 0)
            (px.close connection)
            (check (px.WEXITSTATUS (px.waitpid pid 0)) => 5))))
      (lambda ()
        (let ([client (px.socket PF_INET SOCK_STREAM 0)] [buffer (make-bytevector 100 0)])
          (px.connect client address)
          (px.send client "hello" #f 0)
          (exit (px.recv client buffer #f MSG_WAITALL)))))
    (px.fd-set-non-blocking-mode! server)
    (check-values (px.accept server) => #f #f)
    (px.close server)
    (let ([client (px.socket PF_INET SOCK_STREAM 0)])
      (check (errno-of (lambda () (px.connect client address))) => ECONNREFUSED)
      (px.close client))))

;; Datagrams.
(let ([a (px.socket PF_INET SOCK_DGRAM 0)] [b (px.socket PF_INET SOCK_DGRAM 0)])
  (px.bind a (px.make-sockaddr_in #vu8(127 0 0 1) 0))
  (check (px.sendto b "data" #f 0 (px.getsockname a)) => 4)
  (let-values ([(count from) (px.recvfrom a (make-bytevector 10) #f 0)])
    (check count => 4)
    (check (px.sockaddr_in.in_port from) => (px.sockaddr_in.in_port (px.getsockname b))))
  (px.close a)
  (px.close b))

;; Databases.
(check (px.struct-addrinfo-ai_addr
         (car (px.getaddrinfo "127.0.0.1" "80" (px.make-struct-addrinfo 0 AF_INET SOCK_STREAM 0 #f #f #f))))
       => (px.make-sockaddr_in #vu8(127 0 0 1) 80))
(check (px.struct-hostent-h_addr (px.gethostbyname "127.0.0.1")) => #vu8(127 0 0 1))
(check (string? (px.gai-strerror EAI_NONAME)) => #t)
(check-error error? (px.getprotobyname "no-such-protocol"))
(check-error error? (px.getservbyname "no-such-service" "tcp"))
(check (list? (px.protocol-entries)) => #t)

(report)
