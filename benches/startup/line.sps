#!r6rs
;;; The shortest useful script: what it costs to start, print a line and end.
(import (vicare)
        (prefix (vicare posix) px.)
        (vicare platform constants))

(display "hello")
(newline)
