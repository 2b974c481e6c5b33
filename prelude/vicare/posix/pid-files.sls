#!r6rs
;;; (vicare posix pid-files): a file with the id of this process, for a daemon's controllers.
;;;
;;; Primitives: getpid of (vicare posix); %check-procedure %check-string
(library (vicare posix pid-files) (options (requires posix))
  (export
    pid-pathname file-existence-procedure textual-contents-reading-procedure textual-contents-writing-procedure
    file-removal-procedure log-procedure
    create-pid-file remove-pid-file setup-compensated-pid-file-creation
    &pid-file-error make-pid-file-error-condition pid-file-error-condition?
    &pid-file-already-exists make-pid-file-already-exists-condition pid-file-already-exists-condition?
    &pid-file-creation make-pid-file-creation-condition pid-file-creation-condition?
    &pid-file-removal make-pid-file-removal-condition pid-file-removal-condition?
    &pid-file-missing make-pid-file-missing-condition pid-file-missing-condition?
    &pid-file-invalid-contents make-pid-file-invalid-contents-condition pid-file-invalid-contents-condition?)
  (import (except (internal primitives) log) (rnrs conditions) (rnrs io simple)
    (internal control) (internal parameters) (internal compensations)
    (internal posix failures))

  (define-condition-type &pid-file-error &error make-pid-file-error-condition pid-file-error-condition?)
  (define-condition-type &pid-file-already-exists &pid-file-error
    make-pid-file-already-exists-condition pid-file-already-exists-condition?)
  (define-condition-type &pid-file-creation &pid-file-error
    make-pid-file-creation-condition pid-file-creation-condition?)
  (define-condition-type &pid-file-removal &pid-file-error
    make-pid-file-removal-condition pid-file-removal-condition?)
  (define-condition-type &pid-file-missing &pid-file-error
    make-pid-file-missing-condition pid-file-missing-condition?)
  (define-condition-type &pid-file-invalid-contents &pid-file-error
    make-pid-file-invalid-contents-condition pid-file-invalid-contents-condition?)

  ;; (pid-pathname): a parameter, the file's name; while it is #f nothing is made nor removed. Absolute is best: a daemon
  ;; changes its directory.
  (define pid-pathname
    (make-parameter #f
      (lambda (name)
        (if name (%check-string 'pid-pathname 1 name))
        name)))

  (define (procedure-parameter who default)
    (make-parameter default
      (lambda (proc) (%check-procedure who 1 proc) proc)))

  ;; Parameters, how the file is handled: (exists? pathname), (read pathname), which answers a string, (write pathname
  ;; string), (remove pathname), and how a line is logged: (log template arg ...).
  (define file-existence-procedure (procedure-parameter 'file-existence-procedure file-exists?))
  (define textual-contents-reading-procedure
    (procedure-parameter 'textual-contents-reading-procedure
      (lambda (pathname)
        (call-with-input-file pathname
          (lambda (port)
            (let ([text (get-string-n port 32)])
              (if (eof-object? text) "" text)))))))
  (define textual-contents-writing-procedure
    (procedure-parameter 'textual-contents-writing-procedure
      (lambda (pathname text)
        (call-with-output-file pathname
          (lambda (port) (display text port))))))
  (define file-removal-procedure (procedure-parameter 'file-removal-procedure delete-file))
  (define log-procedure (procedure-parameter 'log-procedure (lambda (template . args) (void))))

  (define (log template . args) (apply (log-procedure) template args))

  (define (own-contents) (string-append (number->string (getpid)) "\n"))

  ;; (create-pid-file): makes the file; &pid-file-already-exists if there is one.
  (define (create-pid-file)
    (let ([pathname (pid-pathname)])
      (if pathname
          (logging-failures log "while creating the PID file: ~a"
            (lambda ()
              (if ((file-existence-procedure) pathname)
                  (refuse 'create-pid-file (make-pid-file-already-exists-condition)
                    "the PID file exists already" pathname))
              (log "creating the PID file ~a" pathname)
              (adding make-pid-file-creation-condition
                (lambda () ((textual-contents-writing-procedure) pathname (own-contents)))))))))

  ;; (remove-pid-file): removes the file, if it is this process's.
  (define (remove-pid-file)
    (let ([pathname (pid-pathname)])
      (if pathname
          (logging-failures log "while removing the PID file: ~a"
            (lambda ()
              (if (not ((file-existence-procedure) pathname))
                  (refuse 'remove-pid-file (make-pid-file-missing-condition)
                    "the PID file is missing" pathname))
              (adding make-pid-file-removal-condition
                (lambda ()
                  (if (not (equal? ((textual-contents-reading-procedure) pathname) (own-contents)))
                      (refuse 'remove-pid-file (make-pid-file-invalid-contents-condition)
                        "the PID file does not hold the id of this process" pathname))
                  (log "removing the PID file ~a" pathname)
                  ((file-removal-procedure) pathname))))))))

  ;; (setup-compensated-pid-file-creation): makes the file now, and removes it when the with-compensations around ends.
  (define (setup-compensated-pid-file-creation)
    (create-pid-file)
    (in-name-of 'setup-compensated-pid-file-creation (lambda () (push-compensation (remove-pid-file)))))
  )
