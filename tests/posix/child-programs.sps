#!r6rs
;;; A child process that runs a thunk is a program of its own: whatever it raises, escapes to or closes, it never goes on in its
;;; parent's program.
(import (vicare) (prefix (vicare posix) px.) (vicare platform constants) (vicar-test))

(define me (px.getpid))
(define-values (strays stray) (px.pipe))

;; What a process other than this one does that comes here.
(define (only-the-parent)
  (if (not (= me (px.getpid)))
      (begin (px.write stray '#vu8(1)) (exit 99))))

(define (result-of status)
  (cond
    [(px.WIFEXITED status) (px.WEXITSTATUS status)]
    [else (list 'signal (px.WTERMSIG status))]))

;; All bytes until the end.
(define (drain fd)
  (let ([buffer (make-bytevector 4096)])
    (let loop ([parts '()])
      (let ([n (px.read fd buffer)])
        (if (zero? n)
            (begin (px.close fd) (utf8->string (bytevector-concatenate (reverse parts))))
            (loop (cons (subbytevector-u8 buffer 0 n) parts)))))))

;; Each way of making a child: a procedure of what the child does, that answers the child's result.
(define (by-fork thunk) (px.fork (lambda (pid) (result-of (px.waitpid pid 0))) thunk))
(define (by-fds thunk)
  (px.fork-with-fds
    (lambda (pid in out err)
      (px.close in) (drain out) (drain err)
      (result-of (px.waitpid pid 0)))
    thunk))
(define (by-ports fork)
  (lambda (thunk)
    (fork
      (lambda (pid in out err)
        (for-each close-port (list in out err))
        (result-of (px.waitpid pid 0)))
      thunk)))
(define ways (list by-fds (by-ports px.fork-with-binary-ports) (by-ports px.fork-with-textual-ports)))

;; Silences what children of plain fork have to say.
(define null (px.open "said" (fxior O_WRONLY O_CREAT) #o600))
(px.unlink "said")
(define (quietly fail) (lambda (k) (px.dup2 null 2) (fail k)))

;; Runs the child among handlers, winders and continuations of this program, none of which may run there.
(define (try make-child child)
  (let ([result
         (call/cc
           (lambda (k)
             (with-exception-handler
               (lambda (e) (only-the-parent) (k (list 'handler e)))
               (lambda ()
                 (guard (e [#t (only-the-parent) (list 'guard e)])
                   (dynamic-wind
                     void
                     (lambda () (make-child (lambda () (child k))))
                     only-the-parent))))))])
    (only-the-parent)
    result))

(define ways-to-fail
  (list
    (lambda (k) (error 'child "failed"))
    (lambda (k) (car 5))
    (lambda (k) (raise 'not-a-condition))
    (lambda (k) (raise (make-warning)))
    (lambda (k) (raise (make-message-condition "x")))
    (lambda (k) (k 'escaped))
    (lambda (k) (dynamic-wind void (lambda () (k 'escaped)) void))
    (lambda (k) (guard (e [(symbol? e) 'other]) (k 'escaped)))
    (lambda (k) (with-exception-handler (lambda (e) (k e)) (lambda () (raise 'x))))
    (lambda (k) (with-exception-handler (lambda (e) 'returns) (lambda () (raise 'x))))
    (lambda (k) (px.close 2) (error 'child "nobody hears this"))
    (lambda (k) (for-each px.close '(0 1 2)) (error 'child "nobody hears this"))
    (lambda (k) (close-port (current-error-port)) (error 'child "nobody hears this"))
    (lambda (k) (close-port (current-output-port)) (close-port (current-error-port)) (error 'child "nobody hears this"))
    (lambda (k)
      (px.setrlimit RLIMIT_FSIZE (px.make-struct-rlimit 0 0))
      (px.dup2 null 2)
      (error 'child "nobody hears this"))
    (lambda (k) (eval '(car 5) (environment '(rnrs))))
    (lambda (k) (eval '(unbound-variable) (environment '(rnrs))))))

(for-each
  (lambda (way)
    (for-each (lambda (fail) (check (try way fail) => 1)) ways-to-fail)
    ;; Returning ends it too.
    (check (try way (lambda (k) 'done)) => 0)
    ;; What is told of a warning needs a reader, as all output does.
    (check (try way (lambda (k) (px.dup2 null 2) (raise-continuable (make-warning)) 'done)) => 0)
    (check (try way (lambda (k) (values 1 2 3))) => 0)
    (check (try way (lambda (k) (exit 7))) => 7)
    ;; Its own handlers and continuations are whole.
    (check (try way (lambda (k) (exit (guard (e [#t (+ e 1)]) (raise 7))))) => 8)
    (check (try way (lambda (k) (exit (call/cc (lambda (k) (+ 1 (k 9))))))) => 9)
    (check (try way (lambda (k) (dynamic-wind void (lambda () (exit 10)) void))) => 10)
    (check (try way (lambda (k) (px.raise SIGKILL))) => (list 'signal SIGKILL)))
  ways)

(for-each (lambda (fail) (check (try by-fork (quietly fail)) => 70)) ways-to-fail)

;; A child of plain fork whose thunk returns goes on, with the handlers of its program.
(check (let ([pid (px.fork)])
         (if (zero? pid)
             (exit (guard (e [#t e]) (raise (px.fork (lambda (pid) (+ 1 (result-of (px.waitpid pid 0))))
                                                     (lambda () 3)))))
             (result-of (px.waitpid pid 0))))
       => 4)

;; What a child raises is told like the error of a program: with message, name and place.
(define (contains? text part)
  (let ([m (string-length text)] [n (string-length part)])
    (let loop ([i 0])
      (and (<= (+ i n) m) (or (string=? part (substring text i (+ i n))) (loop (+ i 1)))))))
(let ([text (px.fork-with-fds
              (lambda (pid in out err)
                (px.close in) (drain out)
                (let ([text (drain err)]) (px.waitpid pid 0) text))
              (lambda () (error 'the-child "what is wrong" 42)))])
  (for-each (lambda (part) (check (cons part (contains? text part)) => (cons part #t)))
    '("child-programs.sps:" "the-child" "what is wrong" "42")))

;; The pipes are for nobody else: programs that are executed do not get them, standard descriptors they never are.
(px.fork-with-fds
  (lambda (pid in out err)
    (check (map px.fd-in-close-on-exec-mode? (list in out err)) => '(#t #t #t))
    (for-each px.close (list in out err))
    (px.waitpid pid 0))
  (lambda () (exit 0)))
(for-each
  (lambda (closed)
    (check (by-fork
             (lambda ()
               (for-each px.close closed)
               (exit (px.fork-with-fds
                       (lambda (pid in out err)
                         (if (exists (lambda (fd) (< fd 3)) (list in out err)) (exit 50))
                         (px.write in "abc") (px.close in)
                         (let ([out (drain out)] [err (drain err)])
                           (+ (result-of (px.waitpid pid 0))
                              (if (and (string=? out "cba") (string=? err "!")) 0 60))))
                       (lambda ()
                         (let ([bytes (make-bytevector 3)])
                           (px.read 0 bytes)
                           (px.write 1 (u8-list->bytevector (reverse (bytevector->u8-list bytes))))
                           (px.write 2 "!")
                           (exit 5)))))))
           => 5))
  '((0) (1) (2) (0 1) (0 1 2)))

;; What the libraries block and ignore for themselves, programs that are executed do not.
(define (signals-of-a-program)
  (px.fork-with-fds
    (lambda (pid in out err)
      (px.close in) (drain err)
      (let ([text (drain out)]) (px.waitpid pid 0) text))
    (lambda () (px.execvp "grep" '("grep" "-E" "SigBlk|SigIgn" "/proc/self/status")))))
(define (signals-of-a-command)
  (px.fork-with-fds
    (lambda (pid in out err)
      (px.close in) (drain err)
      (let ([text (drain out)]) (px.waitpid pid 0) text))
    (lambda () (px.system "grep -E 'SigBlk|SigIgn' /proc/self/status") (exit 0))))
(let ([before (signals-of-a-program)] [command (signals-of-a-command)])
  (check (contains? before "SigIgn") => #t)
  (check (contains? command "SigBlk") => #t)
  (px.signal-bub-init)
  (check (signals-of-a-program) => before)
  (check (signals-of-a-command) => command)
  (px.signal-bub-final)
  (check (signals-of-a-program) => before)
  (check (signals-of-a-command) => command))

;; Nobody else came by.
(check (px.select-fd-readable? strays 0 0) => #f)
(report)
