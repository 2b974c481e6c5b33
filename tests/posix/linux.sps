#!r6rs
;;; (vicare linux): epoll, signals and timers as descriptors, watching files, Ethernet addresses, processes.
(import (vicare) (prefix (vicare posix) px.) (prefix (vicare linux) lx.) (vicare platform constants) (vicar-test))

(define (refused? e) (procedure-signature-argument-violation? e))
(define (inconsistent? e) (procedure-arguments-consistency-violation? e))
;; A predicate for the conditions of one error code.
(define (failing code) (lambda (e) (and (px.errno-condition? e) (= code (px.condition-errno e)))))
(define-syntax with-descriptor
  (syntax-rules ()
    [(_ (fd open) body ...) (let ([fd open]) (unwind-protect (begin body ...) (px.close fd)))]))
;; The value of an expression in a child, which writes it.
(define-syntax in-child
  (syntax-rules ()
    [(_ form ...)
     (let-values ([(in out) (px.pipe)])
       (let ([pid (px.fork)])
         (if (zero? pid)
             (begin
               (px.close in)
               (let ([text (call-with-string-output-port (lambda (port) (write (let () form ...) port)))])
                 (px.write out (string->utf8 text))
                 (exit 0)))
             (begin
               (px.close out)
               (let ([port (transcoded-port (make-binary-file-descriptor-input-port in "child") (native-transcoder))])
                 (let ([value (get-datum port)])
                   (close-port port)
                   (px.waitpid pid 0)
                   value))))))]))

(check (lx.cond-expand [(and) 1] [else 2]) => 1)

;; epoll.
(check (<= 12 (lx.epoll-event-size) 16) => #t)
(define events (lx.epoll-event-alloc 4))
(check (map (lambda (set ref value) (set events 1 value) (ref events 1))
            (list lx.epoll-event-set-events! lx.epoll-event-set-data-fd! lx.epoll-event-set-data-u32!
                  lx.epoll-event-set-data-u64!)
            (list lx.epoll-event-ref-events lx.epoll-event-ref-data-fd lx.epoll-event-ref-data-u32
                  lx.epoll-event-ref-data-u64)
            (list EPOLLIN 7 (- (expt 2 32) 1) (- (expt 2 64) 1)))
       => (list EPOLLIN 7 (- (expt 2 32) 1) (- (expt 2 64) 1)))
(lx.epoll-event-set-data-ptr! events 3 (integer->pointer 99))
(check (pointer->integer (lx.epoll-event-ref-data-ptr events 3)) => 99)
(check-error inconsistent? (lx.epoll-event-set-events! events 4 0))
(define (who-of thunk) (guard (e [(who-condition? e) (condition-who e)]) (thunk)))
(check (who-of (lambda () (lx.epoll-event-ref-data-u64 events 'a))) => 'epoll-event-ref-data-u64)
(check (who-of (lambda () (lx.epoll-event-set-events! events 1.5 1))) => 'epoll-event-set-events!)
(check (who-of (lambda () (lx.epoll-event-alloc -1))) => 'epoll-event-alloc)
(check-error refused? (lx.timerfd-settime 0 0 (lx.make-struct-itimerspec (lx.make-struct-timespec 0 'a) (lx.make-struct-timespec 0 0))))
(with-descriptor (set (lx.epoll-create 10))
  (let-values ([(in out) (px.pipe)])
    (lx.epoll-event-set-events! events 0 EPOLLIN)
    (lx.epoll-event-set-data-fd! events 0 in)
    (lx.epoll-ctl set EPOLL_CTL_ADD in events)
    (check-error (failing EEXIST) (lx.epoll-ctl set EPOLL_CTL_ADD in events))
    (check (lx.epoll-wait set events 4 0) => 0)
    (check (lx.epoll-wait set events 4 20) => 0)
    (px.write out '#vu8(1))
    (lx.epoll-event-set-data-fd! events 0 0)
    (check (lx.epoll-wait set events 4 -1) => 1)
    (check (lx.epoll-event-ref-data-fd events 0) => in)
    (check (lx.epoll-event-ref-events events 0) => EPOLLIN)
    (check-error inconsistent? (lx.epoll-wait set events 5 0))
    (check-error (failing EINVAL) (lx.epoll-wait set events 0 0))
    (check-error refused? (lx.epoll-wait set (make-bytevector 100) 1 0))
    (lx.epoll-ctl set EPOLL_CTL_DEL in)
    (check (lx.epoll-wait set events 4 0) => 0)
    (check-error (failing ENOENT) (lx.epoll-ctl set EPOLL_CTL_DEL in))
    (px.close in)
    (px.close out)))
(with-descriptor (set (lx.epoll-create1 EPOLL_CLOEXEC)) (check (px.fd-in-close-on-exec-mode? set) => #t))
(check-error (failing EINVAL) (lx.epoll-create 0))
(check-error (failing EBADF) (lx.epoll-wait 9999 events 1 0))

;; Timers.
(define (time-of spec)
  (list (lx.struct-timespec-tv_sec (lx.struct-itimerspec-it_interval spec))
        (lx.struct-timespec-tv_nsec (lx.struct-itimerspec-it_interval spec))
        (lx.struct-timespec-tv_sec (lx.struct-itimerspec-it_value spec))))
(with-descriptor (timer (lx.timerfd-create CLOCK_MONOTONIC TFD_NONBLOCK))
  (let ([spec (lx.make-struct-itimerspec)])
    (check (lx.struct-itimerspec? spec) => #t)
    (lx.set-struct-itimerspec-it_interval! spec (lx.make-struct-timespec 1 5))
    (lx.set-struct-itimerspec-it_value! spec (lx.make-struct-timespec 0 0))
    (lx.set-struct-timespec-tv_sec! (lx.struct-itimerspec-it_value spec) 100)
    (lx.set-struct-timespec-tv_nsec! (lx.struct-itimerspec-it_value spec) 0)
    (check (lx.struct-timespec? (lx.struct-itimerspec-it_value spec)) => #t)
    (check (lx.timerfd-read timer) => 0)
    (check (lx.timerfd-settime timer 0 spec) => #f)
    (let ([now (lx.timerfd-gettime timer)])
      (check (list (car (time-of now)) (cadr (time-of now))) => '(1 5))
      (check (<= 90 (caddr (time-of now)) 100) => #t)
      (check (eq? now (lx.timerfd-gettime timer now)) => #t))
    (let* ([soon (lx.make-struct-itimerspec (lx.make-struct-timespec 0 0) (lx.make-struct-timespec 0 1000000))]
           [old (lx.make-struct-itimerspec)])
      (check (eq? old (lx.timerfd-settime timer 0 soon old)) => #t)
      (check (car (time-of old)) => 1)))
  (px.select-fd-readable? timer 5 0)
  (check (lx.timerfd-read timer) => 1)
  (check-error refused? (lx.timerfd-settime timer 0 5))
  (check-error refused? (lx.timerfd-read -1)))
(check-error (failing EINVAL) (lx.timerfd-create 9999 0))

;; Signals.
(check (in-child
         (px.signal-bub-init)
         (let ([fd (lx.signalfd -1 (list SIGUSR1 SIGUSR2) SFD_NONBLOCK)])
           (let* ([before (lx.read-signalfd-siginfo fd)]
                  [me (px.getpid)]
                  [info (begin (px.kill me SIGUSR2) (lx.read-signalfd-siginfo fd))])
             (list before
                   (lx.struct-signalfd-siginfo? info)
                   (= SIGUSR2 (lx.struct-signalfd-siginfo-ssi_signo info))
                   (= me (lx.struct-signalfd-siginfo-ssi_pid info))
                   (= (px.getuid) (lx.struct-signalfd-siginfo-ssi_uid info))
                   (= fd (lx.signalfd fd (list SIGUSR1) 0))))))
       => '(#f #t #t #t #t #t))
(check-error refused? (lx.signalfd -1 '(5 one) 0))
(check-error refused? (lx.signalfd -1 '(5000) 0))
(define info (apply lx.make-struct-signalfd-siginfo (vector->list (make-vector 16 0))))
(check (map (lambda (set ref n) (set info n) (ref info))
            (list lx.set-struct-signalfd-siginfo-ssi_signo! lx.set-struct-signalfd-siginfo-ssi_errno!
                  lx.set-struct-signalfd-siginfo-ssi_code! lx.set-struct-signalfd-siginfo-ssi_pid!
                  lx.set-struct-signalfd-siginfo-ssi_uid! lx.set-struct-signalfd-siginfo-ssi_fd!
                  lx.set-struct-signalfd-siginfo-ssi_tid! lx.set-struct-signalfd-siginfo-ssi_band!
                  lx.set-struct-signalfd-siginfo-ssi_overrun! lx.set-struct-signalfd-siginfo-ssi_trapno!
                  lx.set-struct-signalfd-siginfo-ssi_status! lx.set-struct-signalfd-siginfo-ssi_int!
                  lx.set-struct-signalfd-siginfo-ssi_ptr! lx.set-struct-signalfd-siginfo-ssi_utime!
                  lx.set-struct-signalfd-siginfo-ssi_stime! lx.set-struct-signalfd-siginfo-ssi_addr!)
            (list lx.struct-signalfd-siginfo-ssi_signo lx.struct-signalfd-siginfo-ssi_errno
                  lx.struct-signalfd-siginfo-ssi_code lx.struct-signalfd-siginfo-ssi_pid
                  lx.struct-signalfd-siginfo-ssi_uid lx.struct-signalfd-siginfo-ssi_fd
                  lx.struct-signalfd-siginfo-ssi_tid lx.struct-signalfd-siginfo-ssi_band
                  lx.struct-signalfd-siginfo-ssi_overrun lx.struct-signalfd-siginfo-ssi_trapno
                  lx.struct-signalfd-siginfo-ssi_status lx.struct-signalfd-siginfo-ssi_int
                  lx.struct-signalfd-siginfo-ssi_ptr lx.struct-signalfd-siginfo-ssi_utime
                  lx.struct-signalfd-siginfo-ssi_stime lx.struct-signalfd-siginfo-ssi_addr)
            '(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16))
       => '(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16))

;; Watching.
(define folder (string-append "watched-" (number->string (px.getpid))))
(px.mkdir folder #o700)
(with-descriptor (fd (lx.inotify-init1 (fxior IN_NONBLOCK IN_CLOEXEC)))
  (let ([watch (lx.inotify-add-watch fd folder (fxior IN_CREATE IN_DELETE))]
        [long (string-append folder "/" (make-string 200 #\a))])
    (check (lx.inotify-read fd) => #f)
    (for-each (lambda (name) (close-port (open-file-output-port name))) (list (string-append folder "/b") long))
    (let ([first (lx.inotify-read fd)])
      (check (lx.struct-inotify-event? first) => #t)
      (check (lx.struct-inotify-event-wd first) => watch)
      (check (lx.struct-inotify-event-mask first) => IN_CREATE)
      (check (lx.struct-inotify-event-cookie first) => 0)
      (check (utf8->string (lx.struct-inotify-event-name first)) => "b")
      (check (<= 2 (lx.struct-inotify-event-len first) 16) => #t))
    (check (bytevector-length (lx.struct-inotify-event-name (lx.inotify-read fd))) => 200)
    (check (lx.inotify-read fd) => #f)
    (delete-file (string-append folder "/b"))
    (delete-file long)
    (check (lx.struct-inotify-event-mask (lx.inotify-read fd)) => IN_DELETE)
    (lx.inotify-read fd)
    (lx.inotify-rm-watch fd watch)
    (let ([last (lx.inotify-read fd)])
      (check (lx.struct-inotify-event-mask last) => IN_IGNORED)
      (check (lx.struct-inotify-event-name last) => #f))
    (check-error (failing EINVAL) (lx.inotify-rm-watch fd watch))))
(px.rmdir folder)
(with-descriptor (fd (lx.inotify-init))
  (check-error (failing ENOENT) (lx.inotify-add-watch fd "no-such-file" IN_CREATE)))
(let ([event (lx.make-struct-inotify-event 1 2 3 4 5)])
  (check (map (lambda (set ref n) (set event n) (ref event))
              (list lx.set-struct-inotify-event-wd! lx.set-struct-inotify-event-mask!
                    lx.set-struct-inotify-event-cookie! lx.set-struct-inotify-event-len!
                    lx.set-struct-inotify-event-name!)
              (list lx.struct-inotify-event-wd lx.struct-inotify-event-mask lx.struct-inotify-event-cookie
                    lx.struct-inotify-event-len lx.struct-inotify-event-name)
              '(6 7 8 9 10))
         => '(6 7 8 9 10)))

;; Ethernet.
(define address '#vu8(1 2 3 10 11 255))
(check (map utf8->string (list (lx.ether-ntoa address) (lx.ether-ntoa-r address))) => '("1:2:3:a:b:ff" "1:2:3:a:b:ff"))
(check (list (lx.ether-ntoa/string address) (lx.ether-ntoa-r/string address)) => '("1:2:3:a:b:ff" "1:2:3:a:b:ff"))
(check (lx.ether-aton "1:2:3:a:b:ff") => address)
(check (lx.ether-aton-r (string->utf8 "01:02:03:0A:0b:FF")) => address)
(check (map lx.ether-aton '("" "1:2:3:4:5" "1:2:3:4:5:6:7" "1:2:3:4:5:100" "1:2:3:4:5:g" "+1:2:3:4:5:6"))
       => '(#f #f #f #f #f #f))
(check-error refused? (lx.ether-ntoa '#vu8(1 2 3)))
(check (lx.ether-line "1:2:3:a:b:ff  host.example # of ours") => (cons address (string->utf8 "host.example")))
(check (lx.ether-line/string "1:2:3:a:b:ff host") => (cons address "host"))
(check (lx.ether-line "# nothing") => #f)
(check (lx.ether-ntohost '#vu8(9 9 9 9 9 9)) => #f)
(check (lx.ether-ntohost/string '#vu8(9 9 9 9 9 9)) => #f)
(check (lx.ether-hostton "no.such.host.example") => #f)

;; Processes.
(define (child-that thunk) (let ([pid (px.fork)]) (if (zero? pid) (begin (thunk) (exit 99)) pid)))
(let* ([pid (child-that (lambda () (exit 3)))] [info (lx.waitid P_PID pid WEXITED)])
  (check (lx.struct-siginfo_t? info) => #t)
  (check (lx.struct-siginfo_t-si_pid info) => pid)
  (check (lx.struct-siginfo_t-si_uid info) => (px.getuid))
  (check (lx.struct-siginfo_t-si_signo info) => SIGCHLD)
  (check (lx.struct-siginfo_t-si_status info) => 3)
  (check (lx.struct-siginfo_t-si_code info) => 1)
  (check-error (failing ECHILD) (lx.waitid P_PID pid WEXITED)))
(let ([pid (child-that px.pause)])
  (check (lx.waitid P_PID pid (fxior WEXITED WNOHANG)) => #f)
  (px.kill pid SIGSTOP)
  (px.waitpid pid WUNTRACED)
  (px.kill pid SIGCONT)
  (check (lx.WIFCONTINUED (px.waitpid pid WCONTINUED)) => #t)
  (px.kill pid SIGKILL)
  (check (lx.struct-siginfo_t-si_status (lx.waitid P_ALL 0 WEXITED)) => SIGKILL))
(check (lx.WIFCONTINUED 0) => #f)
(check (lx.struct-siginfo_t-si_code (lx.make-struct-siginfo_t 1 2 3 4 5)) => 5)
(check (in-child
         (let ([before (lx.prlimit 0 RLIMIT_NOFILE)] [new (lx.make-struct-rlimit 0 0)])
           (lx.set-struct-rlimit-rlim_cur! new 50)
           (lx.set-struct-rlimit-rlim_max! new (lx.struct-rlimit-rlim_max before))
           (let ([old (lx.prlimit (px.getpid) RLIMIT_NOFILE new)] [now (lx.make-struct-rlimit 0 0)])
             (list (lx.struct-rlimit? old)
                   (= (lx.struct-rlimit-rlim_cur old) (lx.struct-rlimit-rlim_cur before))
                   (eq? now (lx.prlimit 0 RLIMIT_NOFILE #f now))
                   (lx.struct-rlimit-rlim_cur now)
                   (exact? lx.RLIM_INFINITY)))))
       => '(#t #t #t 50 #t))
(check-error refused? (lx.prlimit 0 RLIMIT_NOFILE (lx.make-struct-rlimit 'a 'b)))
(check-error (failing EINVAL) (lx.prlimit 0 9999))
;; A daemon: the child goes on, in a session of its own, and the parent ends with 0.
(check (in-child
         (let-values ([(in out) (px.pipe)])
           (let ([pid (child-that
                        (lambda ()
                          (lx.daemon #t #t)
                          (px.write out (if (= (px.getsid (px.getpid)) (px.getsid (px.getppid))) "same" "own!"))
                          (exit 0)))]
                 [text (make-bytevector 4)])
             (px.close out)
             (let ([status (px.waitpid pid 0)])
               (px.read in text)
               (list (px.WEXITSTATUS status) (utf8->string text))))))
       => '(0 "own!"))

(report)
