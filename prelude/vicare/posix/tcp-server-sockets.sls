#!r6rs
;;; (vicare posix tcp-server-sockets): sockets that listen, and ports on accepted connections; IPv4.
;;;
;;; Primitives: those on sockets of (vicare posix); %check-string %wrong-argument
(library (vicare posix tcp-server-sockets) (options (requires posix))
  (export
    make-master-sock close-master-sock make-server-sock-and-port close-server-port)
  (import (internal primitives) (only (internal posix failures) in-name-of) (internal control) (internal posix structs) (internal posix netdb) (vicare platform constants)
    (prefix (only (internal primitives) socket bind listen accept close setsockopt/int setsockopt/linger
                  fd-set-non-blocking-mode! network-port-number? inet-ntoa/string sockaddr_in.in_addr
                  sockaddr_in.in_port)
            px.))

  ;; (make-master-sock interface port max-pending): a non-blocking socket that listens at a port, 1 to 65535, of the
  ;; interface, a host's name. It can be read when a connection is pending.
  (define (make-master-sock interface port max-pending)
    (let ([who 'make-master-sock])
      (expect-struct who 1 interface string? "a host's name")
      (expect-struct who 2 port px.network-port-number? "a port number of 1 to 65535")
      (if (not (and (fixnum? max-pending) (>= max-pending 0)))
          (%wrong-argument who 'max-pending 3 "a fixnum of 0 and up" max-pending))
      (in-name-of who
        (lambda ()
          (let ([addresses (getaddrinfo interface (number->string port)
                             (make-struct-addrinfo 0 AF_INET SOCK_STREAM 0 0 #f #f))])
            (if (null? addresses)
                (error who "the interface has no address" interface))
            (let ([sock (px.socket AF_INET SOCK_STREAM 0)])
              (guard (e [#t (px.close sock) (raise e)])
                (px.fd-set-non-blocking-mode! sock)
                (px.setsockopt/linger sock #t 1)
                (px.setsockopt/int sock SOL_SOCKET SO_REUSEADDR #t)
                (px.bind sock (struct-addrinfo-ai_addr (car addresses)))
                (px.listen sock max-pending)
                sock)))))))

  (define (close-master-sock sock)
    (in-name-of 'close-master-sock (lambda () (px.close sock))))

  ;; (make-server-sock-and-port master-sock): takes a pending connection: its non-blocking socket, a binary port on it,
  ;; which closes it, and the peer's address.
  (define (make-server-sock-and-port master-sock)
    (let-values ([(sock address) (in-name-of 'make-server-sock-and-port (lambda () (px.accept master-sock)))])
      (if (not sock)
          (assertion-violation 'make-server-sock-and-port "no connection is pending" master-sock))
      (guard (e [#t (px.close sock) (raise e)])
        (px.fd-set-non-blocking-mode! sock)
        (let ([id (string-append (px.inet-ntoa/string (px.sockaddr_in.in_addr address)) ":"
                                 (number->string (px.sockaddr_in.in_port address)))])
          (values sock (make-binary-socket-input/output-port sock id) address)))))

  (define (close-server-port port)
    (in-name-of 'close-server-port (lambda () (close-port port))))
  )
