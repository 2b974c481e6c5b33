#!r6rs
;;; Texts of error codes: a family of (vicare posix).
(library (internal posix errno) (options (requires posix))
  (export
    errno->string h_errno->string h_strerror interprocess-signal->string strerror)
  (import (internal primitives)))
