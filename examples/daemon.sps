#!r6rs
;;; A daemon with a pid file and a log file. It counts how often it gets SIGUSR1, and ends at SIGTERM.
;;;
;;;   vicar examples/daemon.sps FOLDER             FOLDER/daemon.pid, FOLDER/daemon.log
;;;   kill -USR1 $(cat FOLDER/daemon.pid)
;;;   kill $(cat FOLDER/daemon.pid)
(import (except (vicare) log)
  (prefix (vicare posix) px.)
  (prefix (vicare posix simple-event-loop) sel.)
  (vicare posix daemonisations)
  (vicare posix lock-pid-files)
  (vicare posix log-files)
  (vicare platform constants))

(define folder
  (if (pair? (cdr (command-line)))
      (px.realpath/string (cadr (command-line)))
      (begin
        (display "usage: vicar daemon.sps FOLDER\n" (current-error-port))
        (exit 64))))
(define (in-folder name) (string-append folder "/" name))

(define count 0)
(define (count-signals)
  (sel.receive-signal SIGUSR1
    (lambda ()
      (set! count (+ count 1))
      (log "signal number ~a" count)
      (count-signals))))

(define (serve)
  (sel.initialise)
  (count-signals)
  (sel.receive-signal SIGTERM sel.leave-asap)
  (log "process ~a serves" (px.getpid))
  (sel.enter)
  (log "ended after ~a signals" count)
  (sel.finalise))

;; The parent ends here; what is below runs in the background, in the root directory, without a terminal.
(daemonise)
(parametrise ((logging-enabled? #t)
              (log-pathname (in-folder "daemon.log"))
              (log-prefix "*** daemon: "))
  (with-compensations
    (setup-compensated-log-file-creation)
    (with-logging-handler
        (condition-message "failed: ~a")
      ;; The file is locked as long as the daemon lives: a second one cannot start.
      (with-lock-pid-file (in-folder "daemon.pid") log serve))))
