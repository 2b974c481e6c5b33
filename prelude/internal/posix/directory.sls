#!r6rs
;;; Directories: a family of (vicare posix).
(library (internal posix directory) (options (requires posix))
  (export
    mkdir mkdir/parents rmdir getcwd getcwd/string chdir fchdir)
  (import (internal primitives)))
