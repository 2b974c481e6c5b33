#!r6rs
;;; Addresses of sockets: a family of (vicare posix).
(library (internal posix address) (options (requires posix))
  (export
    network-port-number? make-sockaddr_un sockaddr_un.pathname sockaddr_un.pathname/string make-sockaddr_in
    make-sockaddr_in6 sockaddr_in.in_addr sockaddr_in.in_addr.number sockaddr_in.in_port sockaddr_in6.in6_addr
    sockaddr_in6.in6_port in6addr_loopback in6addr_any inet-aton inet-ntoa inet-ntoa/string inet-pton inet-ntop
    inet-ntop/string htonl htons ntohl ntohs)
  (import (internal primitives)))
