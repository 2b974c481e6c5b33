#!r6rs
;;; Sets of descriptors: a family of (vicare posix).
(library (internal posix fdset) (options (requires posix))
  (export
    sizeof-fd-set make-fd-set-bytevector make-fd-set-pointer make-fd-set-memory-block FD_ZERO FD_SET FD_CLR FD_ISSET
    fd-set-inspection select-from-sets select-from-sets-array)
  (import (internal primitives)))
