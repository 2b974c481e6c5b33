#!r6rs
;;; Files by name: a family of (vicare posix).
(library (internal posix file) (options (requires posix))
  (export
    chown fchown chmod fchmod umask getumask utime utimes lutimes futimes link symlink readlink readlink/string
    realpath realpath/string unlink rename mkfifo (rename (%posix:remove remove)))
  (import (internal primitives)))
