#!r6rs
;;; Processes of (vicare posix): children, and programs that replace this one.
;;;
;;; A child that runs a thunk is a program of its own: handlers, winders and continuations of the parent's program are not
;;; there for it. What it raises and nobody handles is told as an error of a program is, and ends the process.
;;;
;;; Primitives: %begin-child! %check-procedure %end-child! %execl %execle %execlp %execv %execve %execvp %fork
;;; %make-weak-hashtable %pipe %port-close-on-exec!
(library (internal posix process) (options (requires posix))
  (export
    ;; Defined here
    fork fork-with-fds fork-with-binary-ports fork-with-textual-ports after-fork/prepare-child-file-descriptors
    after-fork/prepare-child-binary-input/output-ports after-fork/prepare-child-textual-input/output-ports
    after-fork/prepare-parent-binary-input/output-ports after-fork/prepare-parent-textual-input/output-ports execv
    execve execl execle execvp execlp port-set-close-on-exec-mode! port-unset-close-on-exec-mode!
    port-in-close-on-exec-mode? close-ports-in-close-on-exec-mode flush-ports-in-close-on-exec-mode
    ;; Primitives
    getpid getppid system waitpid wait WIFEXITED WEXITSTATUS WIFSIGNALED WTERMSIG WCOREDUMP WIFSTOPPED WSTOPSIG kill)
  (import (internal primitives) (only (rnrs base) for-each map vector-for-each)
    (only (rnrs hashtables) hashtable-keys) (rnrs programs) (internal control) (internal objects)
    (internal posix structs) (only (internal posix failures) in-name-of))

  ;; (after-fork/prepare-child-file-descriptors stdin stdout stderr): makes the three descriptors the standard ones.
  (define (after-fork/prepare-child-file-descriptors stdin stdout stderr)
    (let ([who 'after-fork/prepare-child-file-descriptors])
      (define (other-descriptor? fd) (and (file-descriptor? fd) (> fd 2)))
      (define what "a file descriptor above the standard ones")
      (expect-struct who 1 stdin other-descriptor? what)
      (expect-struct who 2 stdout other-descriptor? what)
      (expect-struct who 3 stderr other-descriptor? what)
      (in-name-of who
        (lambda ()
          (for-each
            (lambda (fd standard)
              (dup2 fd standard)
              (close fd))
            (list stdin stdout stderr)
            '(0 1 2))))))

  ;; (after-fork/prepare-child-binary-input/output-ports): new binary ports on descriptors 0, 1 and 2.
  (define (after-fork/prepare-child-binary-input/output-ports)
    (values (standard-input-port) (standard-output-port) (standard-error-port)))

  ;; (after-fork/prepare-child-textual-input/output-ports): makes the console's ports anew on descriptors 0, 1 and 2. The
  ;; current ports stay what they are.
  (define (after-fork/prepare-child-textual-input/output-ports)
    (console-input-port (make-textual-file-descriptor-input-port* 0 "stdin" (native-transcoder)))
    (console-output-port (make-textual-file-descriptor-output-port* 1 "stdout" (native-transcoder)))
    (console-error-port (make-textual-file-descriptor-output-port* 2 "stderr" (native-transcoder)))
    (set-port-buffer-mode! (console-error-port) 'none))

  ;; (after-fork/prepare-parent-binary-input/output-ports to-stdin from-stdout from-stderr): binary ports on the parent's
  ;; ends; closing one closes the descriptor.
  (define (after-fork/prepare-parent-binary-input/output-ports to-stdin from-stdout from-stderr)
    (in-name-of 'after-fork/prepare-parent-binary-input/output-ports
      (lambda ()
        (values (make-binary-file-descriptor-output-port to-stdin "child-stdin")
                (make-binary-file-descriptor-input-port from-stdout "child-stdout")
                (make-binary-file-descriptor-input-port from-stderr "child-stderr")))))

  ;; (after-fork/prepare-parent-textual-input/output-ports to-stdin from-stdout from-stderr): textual ones.
  (define (after-fork/prepare-parent-textual-input/output-ports to-stdin from-stdout from-stderr)
    (in-name-of 'after-fork/prepare-parent-textual-input/output-ports
      (lambda ()
        (values (make-textual-file-descriptor-output-port to-stdin "child-stdin" (native-transcoder))
                (make-textual-file-descriptor-input-port from-stdout "child-stdout" (native-transcoder))
                (make-textual-file-descriptor-input-port from-stderr "child-stderr" (native-transcoder))))))

  ;; Runs the thunk of a child process, whose status is `status` if it fails; what it returns.
  (define (run-child thunk status)
    (let ([parents (%begin-child! status)])
      (call-with-values thunk
        (case-lambda
          [(v) (%end-child! parents) v]
          [vs (%end-child! parents) (apply values vs)]))))

  ;; (fork): makes a child process; its id, in the child 0. (fork parent-proc child-thunk): the value of (parent-proc pid); in
  ;; the child that of (child-thunk), which usually ends by exit, and with status 70 when it fails. The ports are flushed
  ;; before. fork(2)
  (define fork
    (case-lambda
      [() (%fork 'fork)]
      [(parent-proc child-thunk)
       (%check-procedure 'fork 1 parent-proc)
       (%check-procedure 'fork 2 child-thunk)
       (let ([pid (%fork 'fork)])
         (if (zero? pid)
             (run-child child-thunk 70)
             (parent-proc pid)))]))

  ;; Three pipes, which no program that is executed gets: a list of the child's ends and one of the parent's. If one cannot be
  ;; had, none is left open.
  (define (open-pipes who)
    (let loop ([made '()] [reader? '(#t #f #f)])
      (if (null? reader?)
          (let ([made (reverse made)])
            (values (map car made) (map cdr made)))
          (call-with-values
            (lambda ()
              (guard (e [#t (close-pairs made) (raise e)])
                (%pipe who)))
            (lambda (in out)
              (loop (cons (if (car reader?) (cons in out) (cons out in)) made) (cdr reader?)))))))

  (define (close-pairs pairs)
    (for-each (lambda (pair) (close (car pair)) (close (cdr pair))) pairs))

  ;; A child with its standard descriptors at the ends of three pipes. The parent goes on in (parent pid fd fd fd); the
  ;; child in (child), after which it ends: with status 0, or 1 when it fails.
  (define (fork-with-pipes who parent-proc child-thunk parent child)
    (%check-procedure who 1 parent-proc)
    (%check-procedure who 2 child-thunk)
    (call-with-values (lambda () (open-pipes who))
      (lambda (childs parents)
        (let ([pid (guard (e [#t (for-each close childs) (for-each close parents) (raise e)])
                     (%fork who))])
          (if (zero? pid)
              (begin
                (run-child
                  (lambda ()
                    (for-each close parents)
                    (apply after-fork/prepare-child-file-descriptors childs)
                    (child))
                  1)
                (exit 0))
              (begin
                (for-each close childs)
                (apply parent pid parents)))))))

  ;; (fork-with-fds parent-proc child-thunk): a child process; here (parent-proc pid to-stdin from-stdout from-stderr),
  ;; with descriptors that lead to its standard ones; there (child-thunk). The process ends with the thunk: status 0 when it
  ;; returns, 1 when it fails.
  (define (fork-with-fds parent-proc child-thunk)
    (fork-with-pipes 'fork-with-fds parent-proc child-thunk
      parent-proc child-thunk))

  ;; (fork-with-binary-ports parent-proc child-thunk): the same with binary ports.
  (define (fork-with-binary-ports parent-proc child-thunk)
    (fork-with-pipes 'fork-with-binary-ports parent-proc child-thunk
      (lambda (pid . fds)
        (call-with-values (lambda () (apply after-fork/prepare-parent-binary-input/output-ports fds))
          (lambda (to-stdin from-stdout from-stderr) (parent-proc pid to-stdin from-stdout from-stderr))))
      child-thunk))

  ;; (fork-with-textual-ports parent-proc child-thunk): the same with textual ports; the child's console ports are new.
  (define (fork-with-textual-ports parent-proc child-thunk)
    (fork-with-pipes 'fork-with-textual-ports parent-proc child-thunk
      (lambda (pid . fds)
        (call-with-values (lambda () (apply after-fork/prepare-parent-textual-input/output-ports fds))
          (lambda (to-stdin from-stdout from-stderr) (parent-proc pid to-stdin from-stdout from-stderr))))
      (lambda ()
        (after-fork/prepare-child-textual-input/output-ports)
        (current-input-port (console-input-port))
        (current-output-port (console-output-port))
        (current-error-port (console-error-port))
        (child-thunk))))

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
