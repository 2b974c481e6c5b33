#!r6rs
;;; Ports that are connected to a service of a host: (vicare posix).
;;;
;;; Primitives: socket, connect, close of (vicare posix); %check-procedure %wrong-argument
(library (internal posix connections) (options (requires posix))
  (export
    tcp-connect tcp-connect/binary tcp-connect.connect-proc)
  (import (internal primitives) (internal control) (internal parameters) (internal posix structs)
    (only (internal posix netdb) getaddrinfo make-struct-addrinfo struct-addrinfo-ai_addr)
    (only (internal posix failures) in-name-of))

  ;; (tcp-connect.connect-proc): a parameter, what connects: (proc sock sockaddr).
  (define tcp-connect.connect-proc
    (make-named-parameter 'tcp-connect.connect-proc (lambda (sock sockaddr) (connect sock sockaddr))
      (lambda (proc) (%check-procedure 'tcp-connect.connect-proc 1 proc) proc)))

  (define (service-text who service)
    (cond
      [(string? service) service]
      [(and (fixnum? service) (<= 1 service 65535)) (number->string service)]
      [else (%wrong-argument who 'service 2 "a service's name or a port number of 1 to 65535" service)]))

  ;; AF_INET, SOCK_STREAM as the system numbers them.
  (define hints (make-struct-addrinfo 0 2 1 0 0 #f #f))

  ;; Failures that another address of the host may not have: EADDRNOTAVAIL, ETIMEDOUT, ECONNREFUSED, ENETUNREACH and,
  ;; beyond Vicare's, EHOSTUNREACH.
  (define (try-next? e)
    (and (errno-condition? e) (memv (condition-errno e) '(-99 -110 -111 -101 -113))))

  ;; A connected socket. Each address gets a socket of its own: after a failure the state of one is unspecified.
  (define (connected-socket who hostname service log)
    (let loop ([addresses (in-name-of who (lambda () (getaddrinfo hostname service hints)))])
      (if (null? addresses)
          (raise (condition (make-error) (make-who-condition who)
                            (make-message-condition "no address of the host could be connected to")
                            (make-irritants-condition (list hostname service)))))
      (let ([sockaddr (struct-addrinfo-ai_addr (car addresses))])
        (log 'attempt hostname service sockaddr)
        (let ([sock (in-name-of who (lambda () (socket 2 1 0)))])
          (if (guard (e [#t (close sock)
                            (log 'fail hostname service sockaddr)
                            (if (try-next? e) #f (raise e))])
                ((tcp-connect.connect-proc) sock sockaddr)
                #t)
              (begin
                (guard (e [#t (close sock) (raise e)])
                  (log 'success hostname service sockaddr))
                sock)
              (loop (cdr addresses)))))))

  (define (open-connection who hostname service log make-port)
    (expect-struct who 1 hostname string? "a host's name")
    (%check-procedure who 3 log)
    (let* ([service (service-text who service)]
           [sock (connected-socket who hostname service log)]
           [port (make-port sock (string-append hostname ":" service))])
      (set-port-buffer-mode! port 'line)
      port))

  (define (ignore action hostname service sockaddr) (void))

  ;; (tcp-connect hostname service [log-proc]): a textual input/output port, UTF-8, line buffered, connected to the service
  ;; (its name or port number) of the host over IPv4; closing it closes the socket. The log procedure is called with the
  ;; symbol attempt, success or fail, the host, the service as text and the address. &error if no address answers.
  (define tcp-connect
    (case-lambda
      [(hostname service) (tcp-connect hostname service ignore)]
      [(hostname service log-proc)
       (open-connection 'tcp-connect hostname service log-proc
         (lambda (sock id)
           (make-textual-socket-input/output-port sock id (make-transcoder (utf-8-codec) 'none))))]))

  ;; (tcp-connect/binary hostname service [log-proc]): a binary one.
  (define tcp-connect/binary
    (case-lambda
      [(hostname service) (tcp-connect/binary hostname service ignore)]
      [(hostname service log-proc)
       (open-connection 'tcp-connect/binary hostname service log-proc make-binary-socket-input/output-port)]))
  )
