#!r6rs
;;; (vicare posix log-files): lines with dates, on the error port or appended to a file.
;;;
;;; Primitives: %wrong-argument
(library (vicare posix log-files) (options (requires posix))
  (export
    logging-enabled? log-port log-prefix log-pathname
    open-logging close-logging setup-compensated-log-file-creation
    log log-condition-message with-logging-handler)
  (import (except (internal primitives) log) (rnrs io ports) (rnrs io simple) (internal control) (internal parameters)
    (internal compensations) (internal posix failures) (rename (only (internal primitives) %posix:time) (%posix:time time)) (vicare platform constants)
    (only (internal posix calendar) localtime strftime/string))

  (define (parameter who default accepts? what)
    (make-parameter default
      (lambda (value)
        (if (not (accepts? value)) (%wrong-argument who 'value 1 what value))
        value)))

  ;; (logging-enabled?): a parameter, whether anything is logged; at first it is not.
  (define logging-enabled? (make-parameter #f (lambda (yes?) (and yes? #t))))

  ;; (log-port): a parameter, the textual output port that log writes to; until it is set, the current error port.
  (define port-or-false
    (parameter 'log-port #f
      (lambda (port) (and (port? port) (output-port? port) (textual-port? port)))
      "a textual output port"))
  (define log-port
    (case-lambda
      [() (or (port-or-false) (current-error-port))]
      [(port) (port-or-false port)]
      [(port guard?) (port-or-false port guard?)]))

  ;; (log-prefix): a parameter, text before each line.
  (define log-prefix (parameter 'log-prefix "" string? "a string"))

  ;; (log-pathname): a parameter, the file for open-logging; "-" stands for the current error port, #f for none.
  (define log-pathname
    (parameter 'log-pathname "-"
      (lambda (name) (or (not name) (and (string? name) (not (string=? name "")))))
      "a string that is not empty, or #f"))

  (define (on-error-port? pathname) (string=? pathname "-"))

  ;; (open-logging): takes the file into use, if logging is enabled; what is in it already stays.
  (define (open-logging)
    (let ([pathname (log-pathname)])
      (if (and (logging-enabled?) pathname)
          (log-port
            (if (on-error-port? pathname)
                (current-error-port)
                ;; Every line goes to the end, whoever else writes.
                (let ([port (make-textual-file-descriptor-output-port
                              (open pathname (fxior O_WRONLY O_CREAT O_APPEND) (fxior S_IRUSR S_IWUSR S_IRGRP S_IROTH))
                              pathname (native-transcoder))])
                  (set-port-buffer-mode! port 'line)
                  port))))))

  ;; (close-logging): closes the file.
  (define (close-logging)
    (let ([pathname (log-pathname)] [port (log-port)])
      (if (and pathname (not (on-error-port? pathname)) (not (eq? port (console-error-port)))
               (not (eq? port (current-error-port))))
          (close-port port))))

  ;; (setup-compensated-log-file-creation): opens now, and closes when the with-compensations around ends.
  (define (setup-compensated-log-file-creation)
    (open-logging)
    (in-name-of 'setup-compensated-log-file-creation (lambda () (push-compensation (close-logging)))))

  ;; (log template arg ...): writes a line: the prefix, the local date, what format makes of the rest.
  (define (log template . args)
    (if (logging-enabled?)
        (let ([port (log-port)])
          (display (log-prefix) port)
          (display (strftime/string "%FT%T%Z: " (localtime (time))) port)
          (display (apply format template args) port)
          (newline port)
          (flush-output-port port))))

  ;; (log-condition-message template condition): logs the template with the condition's message, and who raised it.
  (define (log-condition-message template e)
    (log template
      (string-append (message-of e)
        (if (and (who-condition? e) (condition-who e))
            (format " (who=~a)" (condition-who e))
            ""))))

  ;; (with-logging-handler (condition-message template) body ...): logs what the body raises, then raises it again.
  (define-syntax with-logging-handler
    (syntax-rules (condition-message)
      [(_ (condition-message template) body0 body ...)
       (with-exception-handler
         (lambda (e)
           (log-condition-message template e)
           (raise-continuable e))
         (lambda () body0 body ...))]))
  )
