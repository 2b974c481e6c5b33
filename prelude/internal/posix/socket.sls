#!r6rs
;;; Sockets: a family of (vicare posix).
(library (internal posix socket) (options (requires posix))
  (export
    socket socketpair shutdown bind listen accept connect getpeername getsockname send sendto recv recvfrom setsockopt
    getsockopt setsockopt/int getsockopt/int setsockopt/size_t getsockopt/size_t setsockopt/linger getsockopt/linger)
  (import (internal primitives)))
