#!r6rs
;;; Processes: fork in its forms, status, exec, the environment, signals, limits, users.
(import (except (vicare) parent) (prefix (vicare posix) px.) (vicare platform constants) (vicar-test))

(define (errno-of thunk)
  (guard (e [(px.errno-condition? e) (px.condition-errno e)] [#t e]) (thunk)))

(define (status-of child)
  (let ([pid (px.fork)])
    (if (zero? pid)
        (begin (child) (exit 0))
        (px.waitpid pid 0))))

;; fork
(check (px.fork (lambda (pid) (px.waitpid pid 0) 'parent) (lambda () (exit 1))) => 'parent)
(check-error assertion-violation? (px.fork (lambda (pid) pid)))
(check-error assertion-violation? (px.fork 1 2))
(check (let ([me (px.getpid)])
         (px.WEXITSTATUS (status-of (lambda () (exit (if (= me (px.getppid)) 5 6))))))
       => 5)

;; What the parent wrote before is written once.
(let ([file "out"])
  (let ([pid (px.fork)])
    (if (zero? pid)
        (let ([fd (px.open file (fxior O_CREAT O_WRONLY O_TRUNC) #o600)])
          (px.dup2 fd 1)
          (display "once ")
          (px.fork (lambda (pid) (px.waitpid pid 0)) (lambda () (display "child ") (exit 0)))
          (display "parent")
          (exit 0))
        (px.waitpid pid 0)))
  (check (call-with-input-file file (lambda (port) (list (read port) (read port) (read port))))
         => '(once child parent)))

;; Status.
(let ([status (status-of (lambda () (exit 42)))])
  (check (px.WIFEXITED status) => #t)
  (check (px.WEXITSTATUS status) => 42)
  (check (px.WIFSIGNALED status) => #f)
  (check (px.WIFSTOPPED status) => #f))
(let ([status (status-of (lambda () (px.kill (px.getpid) SIGKILL)))])
  (check (px.WIFEXITED status) => #f)
  (check (px.WIFSIGNALED status) => #t)
  (check (px.WTERMSIG status) => SIGKILL)
  (check (px.WCOREDUMP status) => #f))
(check (errno-of (lambda () (px.waitpid -1 WNOHANG))) => ECHILD)
(check (errno-of (lambda () (px.kill 1073741824 0))) => ESRCH)
(check (px.kill (px.getpid) 0) => (void))

;; exec, system.
(px.setenv "VICAR_TEST" "3" #t)
(check (px.getenv "VICAR_TEST") => "3")
(px.setenv "VICAR_TEST" "4" #f)
(check (getenv "VICAR_TEST") => "3")
(check (px.WEXITSTATUS (status-of (lambda () (px.execv "/bin/sh" '("sh" "-c" "exit $VICAR_TEST"))))) => 3)
(check (px.WEXITSTATUS (status-of (lambda () (px.execlp "sh" "sh" "-c" "exit 9")))) => 9)
(check (px.WEXITSTATUS (status-of (lambda () (px.execle "/bin/sh" "sh" "-c" "exit $A" '("A=8"))))) => 8)
(check (px.WEXITSTATUS (px.system "exit $VICAR_TEST")) => 3)
(check (px.unsetenv "VICAR_TEST") => #t)
(check (px.getenv "VICAR_TEST") => #f)
(check (errno-of (lambda () (px.execv "/nowhere" '("x")))) => ENOENT)
(check (errno-of (lambda () (px.execvp "no-such-program-anywhere" '("x")))) => ENOENT)
(check-error error? (px.setenv "A=B" "1"))
(check (string? (cdr (assoc "PATH" (px.environ)))) => #t)
(check (hashtable-ref (px.environ-table) "PATH" #f) => (px.getenv "PATH"))
(check (hashtable-ref (px.environ->table '(("a" . "1") ("a" . "2"))) "a" #f) => "2")
(check (px.table->environ (px.environ->table '(("a" . "1")))) => '(("a" . "1")))

;; Signals.
(check (px.WEXITSTATUS
         (status-of
           (lambda ()
             (px.signal-bub-init)
             (px.raise SIGUSR1)
             (px.kill (px.getpid) SIGUSR2)
             (let-values ([(signo info) (px.sigwaitinfo SIGUSR2)])
               (px.signal-bub-acquire)
               (exit (if (and (= signo SIGUSR2)
                              (= (px.struct-siginfo_t-si_pid info) (px.getpid))
                              (px.signal-bub-delivered? SIGUSR1)
                              (not (px.signal-bub-delivered? SIGUSR1))
                              (null? (px.signal-bub-all-delivered)))
                         11
                         12))))))
       => 11)
(check (px.interprocess-signal->string SIGINT) => "SIGINT")
(check (px.interprocess-signal->string 0) => #f)

;; Calls that signals interrupt go on: a timer that ticks every 2 ms.
(check (px.WEXITSTATUS
         (status-of
           (lambda ()
             (px.signal-bub-init)
             (px.setitimer ITIMER_REAL
               (px.make-struct-itimerval (px.make-struct-timeval 0 2000) (px.make-struct-timeval 0 2000)))
             (px.signal-bub-acquire)
             (let ([before (px.clock-gettime CLOCK_MONOTONIC (px.make-struct-timespec 0 0))])
               (px.nanosleep 0 50000000)
               (let ([after (px.clock-gettime CLOCK_MONOTONIC (px.make-struct-timespec 0 0))])
                 (exit (if (>= (- (+ (* 1000000000 (px.struct-timespec-tv_sec after)) (px.struct-timespec-tv_nsec after))
                                  (+ (* 1000000000 (px.struct-timespec-tv_sec before))
                                     (px.struct-timespec-tv_nsec before)))
                               50000000)
                           1
                           2)))))))
       => 1)

;; Limits, use, users.
(let ([limit (px.getrlimit RLIMIT_NOFILE)])
  (check (<= 0 (px.struct-rlimit-rlim_cur limit) (px.struct-rlimit-rlim_max limit)) => #t)
  (px.setrlimit RLIMIT_CORE (px.make-struct-rlimit 0 (px.struct-rlimit-rlim_max (px.getrlimit RLIMIT_CORE))))
  (check (px.struct-rlimit-rlim_cur (px.getrlimit RLIMIT_CORE)) => 0))
(check (errno-of (lambda () (px.getrlimit 9999))) => EINVAL)
(check (px.struct-timeval? (px.struct-rusage-ru_utime (px.getrusage RUSAGE_SELF))) => #t)
(check (px.struct-passwd-pw_name (px.getpwuid 0)) => (string->utf8 "root"))
(check (px.struct-passwd-pw_uid (px.getpwnam "root")) => 0)
(check (px.getpwnam "no such user") => #f)
(check (px.struct-group-gr_gid (px.getgrgid 0)) => 0)
(check (for-all px.struct-passwd? (px.user-entries)) => #t)
(check (px.getuid) => (px.geteuid))
(check (list? (px.getgroups)) => #t)
(check (px.getsid 0) => (px.getsid (px.getpid)))
(check (px.getpgrp) => (px.getpgrp))
(check (errno-of (lambda () (px.tcgetpgrp (px.open "/dev/null" O_RDONLY 0)))) => ENOTTY)

(report)
