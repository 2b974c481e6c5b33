#!r6rs
;;; Shared memory objects: a family of (vicare posix).
(library (internal posix shm) (options (requires posix))
  (export
    shm-open shm-unlink)
  (import (internal primitives)))
