#!r6rs
;;; Memory maps: a family of (vicare posix).
(library (internal posix mmap) (options (requires posix))
  (export
    mmap munmap mprotect mremap msync madvise mlock munlock mlockall munlockall)
  (import (internal primitives)))
