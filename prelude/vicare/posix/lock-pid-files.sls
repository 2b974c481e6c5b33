#!r6rs
;;; (vicare posix lock-pid-files): a file with the id of this process that is made, and locked, while a thunk runs.
;;;
;;; Primitives: open close write lockf unlink getpid of (vicare posix); %check-procedure %check-string
(library (vicare posix lock-pid-files) (options (requires posix))
  (export
    with-lock-pid-file
    &lock-pid-file-error make-lock-pid-file-error-condition lock-pid-file-error-condition?
    &lock-pid-file-creation make-lock-pid-file-creation-condition lock-pid-file-creation-condition?
    &lock-pid-file-locking make-lock-pid-file-locking-condition lock-pid-file-locking-condition?
    &lock-pid-file-removal make-lock-pid-file-removal-condition lock-pid-file-removal-condition?)
  (import (internal primitives) (rnrs conditions) (internal control) (internal posix failures) (vicare platform constants)
    (prefix (rename (only (internal primitives) open close %posix:write lockf unlink getpid) (%posix:write write)) px.))

  (define-condition-type &lock-pid-file-error &error
    make-lock-pid-file-error-condition lock-pid-file-error-condition?)
  (define-condition-type &lock-pid-file-creation &lock-pid-file-error
    make-lock-pid-file-creation-condition lock-pid-file-creation-condition?)
  (define-condition-type &lock-pid-file-locking &lock-pid-file-error
    make-lock-pid-file-locking-condition lock-pid-file-locking-condition?)
  (define-condition-type &lock-pid-file-removal &lock-pid-file-error
    make-lock-pid-file-removal-condition lock-pid-file-removal-condition?)

  ;; A step that may fail in its own way.
  (define (step log template make-component thunk)
    (logging-failures log template
      (lambda () (adding make-component thunk))))

  ;; (with-lock-pid-file pathname log thunk): the values of the thunk, which runs while this process holds the file. `log`
  ;; is called with a template and arguments, as format is.
  (define (with-lock-pid-file pathname log thunk)
    (%check-string 'with-lock-pid-file 1 pathname)
    (if (string=? pathname "")
        (%wrong-argument 'with-lock-pid-file 'pathname 1 "a string that is not empty" pathname))
    (%check-procedure 'with-lock-pid-file 2 log)
    (%check-procedure 'with-lock-pid-file 3 thunk)
    (log "creating the lock PID file ~a" pathname)
    (let ([fd (step log "while creating the lock PID file: ~a" make-lock-pid-file-creation-condition
                (lambda () (px.open pathname (bitwise-ior O_CREAT O_EXCL O_WRONLY) #o600)))])
      (define (remove)
        (step log "while removing the lock PID file: ~a" make-lock-pid-file-removal-condition
          (lambda ()
            (px.close fd)
            (log "removing the lock PID file ~a" pathname)
            (px.unlink pathname))))
      (call-with-values
        (lambda ()
          (guard (e [#t (remove) (raise e)])
            (step log "while locking the lock PID file: ~a" make-lock-pid-file-locking-condition
              (lambda ()
                (px.lockf fd F_TLOCK 0)
                (px.write fd (string->utf8 (string-append (number->string (px.getpid)) "\n")))))
            (thunk)))
        (lambda results
          (remove)
          (apply values results)))))
  )
