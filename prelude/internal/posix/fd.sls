#!r6rs
;;; Descriptors: a family of (vicare posix).
(library (internal posix fd) (options (requires posix))
  (export
    file-descriptor? open close pread pwrite readv writev lseek ftruncate lockf pipe dup dup2
    fd-set-non-blocking-mode! fd-unset-non-blocking-mode! fd-in-non-blocking-mode? fd-set-close-on-exec-mode!
    fd-unset-close-on-exec-mode! fd-in-close-on-exec-mode? (rename (%posix:read read) (%posix:write write)
    (%posix:truncate truncate)))
  (import (internal primitives)))
