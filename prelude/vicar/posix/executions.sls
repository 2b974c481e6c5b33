#!r6rs
;;; Programs that replace this one, and the ports that do not outlive that: (vicare posix).
;;;
;;; Primitives: %execv %execve %execl %execle %execvp %execlp %port-close-on-exec! %make-weak-hashtable
;;; %check-procedure %wrong-argument
(library (vicar posix executions)
  (export
    execv execve execl execle execvp execlp
    port-set-close-on-exec-mode! port-unset-close-on-exec-mode! port-in-close-on-exec-mode?
    close-ports-in-close-on-exec-mode flush-ports-in-close-on-exec-mode)
  (import (vicar internal) (only (rnrs base) vector-for-each) (only (rnrs hashtables) hashtable-keys)
    (vicar control) (vicar posix structs))

  ;; The ports that are closed before a program is executed. It does not keep them alive.
  (define ports (%make-weak-hashtable 'eq))

  (define (mark who port yes?)
    (expect-struct who 1 port port? "a port")
    (%port-close-on-exec! who port yes?))

  ;; (port-set-close-on-exec-mode! port): the port, of any kind, is closed before this process executes another program;
  ;; its descriptor, if it has one, is marked FD_CLOEXEC.
  (define (port-set-close-on-exec-mode! port)
    (mark 'port-set-close-on-exec-mode! port #t)
    (hashtable-set! ports port #t))

  ;; (port-unset-close-on-exec-mode! port): not any more.
  (define (port-unset-close-on-exec-mode! port)
    (mark 'port-unset-close-on-exec-mode! port #f)
    (hashtable-delete! ports port))

  ;; (port-in-close-on-exec-mode? port): whether it was set so.
  (define (port-in-close-on-exec-mode? port)
    (expect-struct 'port-in-close-on-exec-mode? 1 port port? "a port")
    (hashtable-contains? ports port))

  ;; Calls `proc` with every such port. What it raises is given to the handler; what that raises is dropped.
  (define (for-each-port proc handler)
    (vector-for-each
      (lambda (port)
        (with-blocked-exceptions
          (lambda ()
            (guard (e [#t (handler e)])
              (proc port)))))
      (hashtable-keys ports)))

  (define (ignore e) (void))

  ;; (close-ports-in-close-on-exec-mode [error-handler]): closes all of them; then there are none.
  (define close-ports-in-close-on-exec-mode
    (case-lambda
      [() (close-ports-in-close-on-exec-mode ignore)]
      [(error-handler)
       (%check-procedure 'close-ports-in-close-on-exec-mode 1 error-handler)
       (for-each-port close-port error-handler)
       (hashtable-clear! ports)]))

  ;; (flush-ports-in-close-on-exec-mode [error-handler]): flushes those that are open output ports.
  (define flush-ports-in-close-on-exec-mode
    (case-lambda
      [() (flush-ports-in-close-on-exec-mode ignore)]
      [(error-handler)
       (%check-procedure 'flush-ports-in-close-on-exec-mode 1 error-handler)
       (for-each-port
         (lambda (port) (if (open-output-port? port) (flush-output-port port)))
         error-handler)]))

  ;; Each replaces this process's program, and returns only by raising. Ports in close-on-exec mode are closed first,
  ;; also if then there is no such program; the standard ports are flushed.

  ;; (execv filename argv): `argv` is a list of strings, the name first. execve(2)
  (define (execv filename argv)
    (close-ports-in-close-on-exec-mode)
    (%execv filename argv))

  ;; (execve filename argv env): with a list of "NAME=value" as environment. execve(2)
  (define (execve filename argv env)
    (close-ports-in-close-on-exec-mode)
    (%execve filename argv env))

  ;; (execl filename arg0 arg ...): like execv.
  (define (execl filename . args)
    (close-ports-in-close-on-exec-mode)
    (apply %execl filename args))

  ;; (execle filename arg0 arg ... env): like execve; the last argument is the environment.
  (define (execle filename arg0 . args-and-env)
    (close-ports-in-close-on-exec-mode)
    (apply %execle filename arg0 args-and-env))

  ;; (execvp filename argv): like execv; a name without a slash is looked for in the directories of PATH. execvp(3)
  (define (execvp filename argv)
    (close-ports-in-close-on-exec-mode)
    (%execvp filename argv))

  ;; (execlp filename arg0 arg ...): like execvp.
  (define (execlp filename . args)
    (close-ports-in-close-on-exec-mode)
    (apply %execlp filename args))
  )
