#!r6rs
;;; The databases of the network: a family of (vicare posix).
;;;
;;; Primitives: %getaddrinfo %gethostbyaddr %gethostbyname %getnetbyaddr %getnetbyname %getprotobyname
;;; %getprotobynumber %getservbyname %getservbyport %host-entries %network-entries %protocol-entries %service-entries
(library (internal posix netdb) (options (requires posix))
  (export
    ;; Defined here
    gethostbyname gethostbyname2 gethostbyaddr host-entries getaddrinfo getprotobyname getprotobynumber
    protocol-entries getservbyname getservbyport service-entries getnetbyname getnetbyaddr network-entries
    make-struct-hostent struct-hostent? struct-hostent-h_name struct-hostent-h_aliases struct-hostent-h_addrtype
    struct-hostent-h_length struct-hostent-h_addr_list struct-hostent-h_addr make-struct-addrinfo struct-addrinfo?
    struct-addrinfo-ai_flags struct-addrinfo-ai_family struct-addrinfo-ai_socktype struct-addrinfo-ai_protocol
    struct-addrinfo-ai_addrlen struct-addrinfo-ai_addr struct-addrinfo-ai_canonname make-struct-protoent
    struct-protoent? struct-protoent-p_name struct-protoent-p_aliases struct-protoent-p_proto make-struct-servent
    struct-servent? struct-servent-s_name struct-servent-s_aliases struct-servent-s_port struct-servent-s_proto
    make-struct-netent struct-netent? struct-netent-n_name struct-netent-n_aliases struct-netent-n_addrtype
    struct-netent-n_net
    ;; Primitives
    gai-strerror)
  (import (internal primitives) (only (rnrs base) map) (internal posix structs)
    (only (internal posix failures) in-name-of))

  (define-struct struct-hostent make-struct-hostent fill-struct-hostent!
    (h_name h_aliases h_addrtype h_length h_addr_list h_addr))
  (define-struct struct-addrinfo make-struct-addrinfo fill-struct-addrinfo!
    (ai_flags ai_family ai_socktype ai_protocol ai_addrlen ai_addr ai_canonname))
  (define-struct struct-protoent make-struct-protoent fill-struct-protoent! (p_name p_aliases p_proto))
  (define-struct struct-servent make-struct-servent fill-struct-servent! (s_name s_aliases s_port s_proto))
  (define-struct struct-netent make-struct-netent fill-struct-netent! (n_name n_aliases n_addrtype n_net))

  (define (all constructor entries)
    (map (lambda (fields) (apply constructor fields)) entries))

  ;; (gethostbyname hostname): the host's IPv4 addresses, a struct-hostent. Failure raises &h_errno. gethostbyname(3)
  (define (gethostbyname hostname) (apply make-struct-hostent (%gethostbyname hostname 2)))

  ;; (gethostbyname2 hostname addrtype): those of AF_INET or AF_INET6.
  (define (gethostbyname2 hostname addrtype)
    (in-name-of 'gethostbyname2 (lambda () (apply make-struct-hostent (%gethostbyname hostname addrtype)))))

  ;; (gethostbyaddr addr): the host of an address of 4 or 16 bytes. gethostbyaddr(3)
  (define (gethostbyaddr addr) (apply make-struct-hostent (%gethostbyaddr addr)))

  ;; (host-entries): the hosts of /etc/hosts.
  (define (host-entries) (all make-struct-hostent (%host-entries)))

  ;; (getaddrinfo node service [hints]): the socket addresses of a host (text or #f) and a service (text or #f), a list
  ;; of struct-addrinfo. Of the hints, one of these or #f, the first four fields count. getaddrinfo(3)
  (define getaddrinfo
    (case-lambda
      [(node service) (getaddrinfo node service #f)]
      [(node service hints)
       (if hints (expect-struct 'getaddrinfo 3 hints struct-addrinfo? "a struct-addrinfo or #f"))
       (all make-struct-addrinfo
            (if hints
                (%getaddrinfo node service
                              (struct-addrinfo-ai_flags hints) (struct-addrinfo-ai_family hints)
                              (struct-addrinfo-ai_socktype hints) (struct-addrinfo-ai_protocol hints))
                (%getaddrinfo node service 0 0 0 0)))]))

  ;; (getprotobyname name): a protocol, a struct-protoent. getprotobyname(3)
  (define (getprotobyname name) (apply make-struct-protoent (%getprotobyname name)))

  ;; (getprotobynumber proto_num): the protocol of that number.
  (define (getprotobynumber proto_num) (apply make-struct-protoent (%getprotobynumber proto_num)))

  ;; (protocol-entries): all protocols.
  (define (protocol-entries) (all make-struct-protoent (%protocol-entries)))

  ;; (getservbyname name protocol): a service, a struct-servent. getservbyname(3)
  (define (getservbyname name protocol) (apply make-struct-servent (%getservbyname name protocol)))

  ;; (getservbyport port protocol): the service at that port.
  (define (getservbyport port protocol) (apply make-struct-servent (%getservbyport port protocol)))

  ;; (service-entries): all services.
  (define (service-entries) (all make-struct-servent (%service-entries)))

  ;; (getnetbyname name): a network, a struct-netent. getnetbyname(3)
  (define (getnetbyname name) (apply make-struct-netent (%getnetbyname name)))

  ;; (getnetbyaddr net type): the network of that number; `type` is AF_INET.
  (define (getnetbyaddr net type) (apply make-struct-netent (%getnetbyaddr net type)))

  ;; (network-entries): all networks.
  (define (network-entries) (all make-struct-netent (%network-entries)))
  )
