#!r6rs
;;; Configuration of the system: a family of (vicare posix).
(library (internal posix sysconf) (options (requires posix))
  (export
    sysconf pathconf fpathconf confstr confstr/string)
  (import (internal primitives)))
