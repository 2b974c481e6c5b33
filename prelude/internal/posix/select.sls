#!r6rs
;;; Waiting for descriptors: a family of (vicare posix).
(library (internal posix select) (options (requires posix))
  (export
    select select-fd select-fd-readable? select-fd-writable? select-fd-exceptional? select-port select-port-readable?
    select-port-writable? select-port-exceptional? poll)
  (import (internal primitives)))
