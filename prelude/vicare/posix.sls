#!r6rs
;;; (vicare posix): one family a file in prelude/internal/posix, each named as that of its primitives in src/posix.
(library (vicare posix) (options (requires posix))
  (export
    (import
      (internal posix address) (internal posix calendar) (internal posix control) (internal posix directory)
      (internal posix directory-stream) (internal posix environment) (internal posix errno) (internal posix fd)
      (internal posix fdset) (internal posix file) (internal posix job) (internal posix mmap) (internal posix mq)
      (internal posix netdb) (internal posix path) (internal posix process) (internal posix resource)
      (internal posix select) (internal posix sem) (internal posix shm) (internal posix signal)
      (internal posix socket) (internal posix stat) (internal posix sysconf) (internal posix time)
      (internal posix timer) (internal posix user) (internal posix validations) (internal posix features))
    ;; Connections: (internal posix connections)
    tcp-connect tcp-connect/binary tcp-connect.connect-proc
    ;; Structures that several families share: (internal posix structs)
    make-struct-timeval struct-timeval? struct-timeval-tv_sec struct-timeval-tv_usec set-struct-timeval-tv_sec!
    set-struct-timeval-tv_usec! make-struct-timespec struct-timespec? struct-timespec-tv_sec struct-timespec-tv_nsec
    set-struct-timespec-tv_sec! set-struct-timespec-tv_nsec!
    ;; Conditions
    &errno make-errno-condition errno-condition? condition-errno)
  (import
    (only (internal primitives) make-errno-condition errno-condition? condition-errno)
    (only (internal vicare-conditions) &errno) (internal posix structs) (internal posix connections)))
