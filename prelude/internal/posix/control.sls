#!r6rs
;;; Control of descriptors: a family of (vicare posix).
(library (internal posix control) (options (requires posix))
  (export
    fcntl ioctl)
  (import (internal primitives)))
