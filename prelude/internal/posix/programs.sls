#!r6rs
;;; Running a program for what it writes: (vicare posix find) and its kin.
;;;
;;; Primitives: read write close poll waitpid and others of (vicare posix)
(library (internal posix programs) (options (requires posix))
  (export
    run-program text-or-eof check-exit)
  (import (internal primitives) (internal control) (vicare platform constants) (only (internal posix process) fork-with-fds execvp)
    (prefix (rename (only (internal primitives) %posix:read %posix:write close poll waitpid WIFEXITED WEXITSTATUS
                          fd-set-non-blocking-mode!)
                    (%posix:read read) (%posix:write write))
            px.))

  (define chunk 65536)

  ;; Appends what can be read to `parts`, newest first; #f instead of the descriptor at the end, which closes it.
  (define (take fd parts)
    (let* ([buffer (make-bytevector chunk)] [n (px.read fd buffer)])
      (if (zero? n)
          (begin (px.close fd) (values #f parts))
          (values fd (cons (subbytevector-u8 buffer 0 n) parts)))))

  ;; Writes some of `input` from place `at` on; #f instead of the descriptor when all is written or nobody reads.
  (define (give fd input at)
    (let ([n (guard (e [(and (errno-condition? e) (eqv? (condition-errno e) EPIPE)) #f])
               (px.write fd (subbytevector-u8 input at (min (bytevector-length input) (+ at chunk)))))])
      (if (and n (< (+ at n) (bytevector-length input)))
          (values fd (+ at n))
          (begin (px.close fd) (values #f at)))))

  ;; Moves bytes both ways until the program has closed its ends: what it wrote on each descriptor.
  (define (converse to-stdin from-stdout from-stderr input)
    (px.fd-set-non-blocking-mode! to-stdin)
    (let loop ([in (if (zero? (bytevector-length input)) (begin (px.close to-stdin) #f) to-stdin)]
               [at 0] [out from-stdout] [outs '()] [err from-stderr] [errs '()])
      (if (or out err)
          (let ([fds (vector (vector (or in -1) POLLOUT 0) (vector (or out -1) POLLIN 0) (vector (or err -1) POLLIN 0))])
            (px.poll fds -1)
            (let ([ready? (lambda (i) (not (zero? (vector-ref (vector-ref fds i) 2))))])
              (let*-values ([(in at) (if (and in (ready? 0)) (give in input at) (values in at))]
                            [(out outs) (if (and out (ready? 1)) (take out outs) (values out outs))]
                            [(err errs) (if (and err (ready? 2)) (take err errs) (values err errs))])
                (loop in at out outs err errs))))
          (begin
            (if in (px.close in))
            (values (bytevector-concatenate (reverse outs)) (bytevector-concatenate (reverse errs)))))))

  ;; Runs the program, found in PATH, with a list of arguments, its name first, and a bytevector on its standard input: the
  ;; status, as waitpid answers it, and bytevectors of its output and errors.
  (define (run-program program arguments input)
    (fork-with-fds
      (lambda (pid to-stdin from-stdout from-stderr)
        (let-values ([(out err) (converse to-stdin from-stdout from-stderr input)])
          (values (px.waitpid pid 0) out err)))
      (lambda () (execvp program arguments))))

  ;; The text, or the end-of-file object if there is none.
  (define (text-or-eof bytes)
    (if (zero? (bytevector-length bytes)) (eof-object) (utf8->string bytes)))

  ;; &error unless the program exited, with one of the codes, or any if they are #f.
  (define (check-exit who status codes)
    (if (not (and (px.WIFEXITED status) (or (not codes) (memv (px.WEXITSTATUS status) codes))))
        (error who "the program failed" status)))
  )
