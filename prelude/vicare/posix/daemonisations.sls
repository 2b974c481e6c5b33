#!r6rs
;;; (vicare posix daemonisations): becoming a process in the background.
;;;
;;; Primitives: fork getppid setsid chdir umask open close dup2 signal-bub-init signal-bub-final of (vicare posix)
(library (vicare posix daemonisations) (options (requires posix))
  (export
    daemonise)
  (import (internal primitives) (only (rnrs base) for-each) (rnrs programs)
    (vicare platform constants)
    (prefix (only (internal posix process) fork) px.)
    (prefix (only (internal primitives) getppid setsid chdir umask open close dup2 signal-bub-init
                  signal-bub-final)
            px.))

  ;; (daemonise): goes on in a child that leads a session of its own, with / as directory, no umask, /dev/null as standard
  ;; descriptors, and all signals ignored; its process group. The parent exits with 0. A process whose parent is process 1
  ;; already stays what it is.
  (define (daemonise)
    (if (not (= 1 (px.getppid)))
        (begin
          (px.signal-bub-init)
          ;; What is to be done at the end, the child does.
          (let ([hooks (exit-hooks)])
            (if (zero? (px.fork))
                (exit-hooks hooks)
                (begin (exit-hooks '()) (exit 0))))
          (px.chdir "/")
          (px.umask 0)
          (let ([null (px.open "/dev/null" O_RDWR 0)])
            (for-each (lambda (fd) (px.dup2 null fd)) '(0 1 2))
            (if (> null 2) (px.close null)))
          (let ([group (px.setsid)])
            (px.signal-bub-final)
            group))))
  )
