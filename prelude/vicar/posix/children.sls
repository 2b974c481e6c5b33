#!r6rs
;;; Child processes: fork, and children whose standard descriptors lead to the parent: (vicare posix).
;;;
;;; A child that runs a thunk is a program of its own: handlers, winders and continuations of the parent's program are not
;;; there for it. What it raises and nobody handles is told as an error of a program is, and ends the process.
;;;
;;; Primitives: dup2, close of (vicare posix); %fork %pipe %begin-child! %end-child! %check-procedure %wrong-argument
(library (vicar posix children)
  (export
    fork fork-with-fds fork-with-binary-ports fork-with-textual-ports
    after-fork/prepare-child-file-descriptors
    after-fork/prepare-child-binary-input/output-ports after-fork/prepare-child-textual-input/output-ports
    after-fork/prepare-parent-binary-input/output-ports after-fork/prepare-parent-textual-input/output-ports)
  (import (vicar internal) (only (vicar posix primitives) dup2 close file-descriptor?) (only (rnrs base) for-each map) (rnrs programs) (vicar control) (vicar objects)
    (vicar posix structs) (only (vicar posix failures) in-name-of))

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
  )
