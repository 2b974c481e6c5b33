#!r6rs
;;; Sessions, process groups, terminals: a family of (vicare posix).
(library (internal posix job) (options (requires posix))
  (export
    ctermid ctermid/string setsid getsid getpgrp setpgid tcgetpgrp tcsetpgrp tcgetsid)
  (import (internal primitives)))
