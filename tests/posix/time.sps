#!r6rs
;;; Clocks, dates, timers, message queues.
(import (except (vicare) parent) (prefix (vicare posix) px.) (vicare platform constants) (vicar-test))

(define (errno-of thunk)
  (guard (e [(px.errno-condition? e) (px.condition-errno e)] [#t e]) (thunk)))

(let ([t (px.make-struct-timespec 0 0)])
  (check (eq? t (px.clock-gettime CLOCK_REALTIME t)) => #t)
  (check (<= (abs (- (px.struct-timespec-tv_sec t) (px.time))) 1) => #t)
  (check (px.struct-timespec-tv_sec (px.clock-getres CLOCK_MONOTONIC t)) => 0)
  (check (errno-of (lambda () (px.clock-gettime 999 t))) => EINVAL)
  (check-error assertion-violation? (px.clock-gettime CLOCK_REALTIME 'now)))
(check-values (px.nanosleep 0 1000) => #f #f)
(check-error assertion-violation? (px.nanosleep 0 1000000000))
(check-error assertion-violation? (px.nanosleep -1 0))
(check (px.struct-tms? (px.times)) => #t)
(check (exact? (px.clock)) => #t)

(let ([tm (px.gmtime 951782400)])
  (check (list (px.struct-tm-tm_year tm) (px.struct-tm-tm_mon tm) (px.struct-tm-tm_mday tm)) => '(100 1 29))
  (check (px.timegm tm) => 951782400)
  (check (px.strftime/string "%Y-%m-%d" tm) => "2000-02-29")
  (check (px.strftime "" tm) => #vu8())
  (px.set-struct-tm-tm_year! tm 70)
  (px.set-struct-tm-tm_mon! tm 0)
  (px.set-struct-tm-tm_mday! tm 1)
  (check (px.timegm tm) => 0)
  (px.set-struct-tm-tm_mday! tm 'first)
  (check-error assertion-violation? (px.timegm tm)))
(check (px.timelocal (px.localtime 1000000000)) => 1000000000)

(let ([timer (px.timer-create CLOCK_REALTIME)] [spec (px.make-struct-itimerspec)])
  (check (px.timer-settime timer 0 (px.make-struct-itimerspec (px.make-struct-timespec 0 0)
                                                              (px.make-struct-timespec 1000 0)))
         => #f)
  (check (<= 990 (px.struct-timespec-tv_sec (px.struct-itimerspec-it_value (px.timer-gettime timer spec))) 1000) => #t)
  (px.timer-delete timer)
  (check (errno-of (lambda () (px.timer-gettime timer))) => EINVAL))
(check (px.struct-itimerval? (px.getitimer ITIMER_REAL)) => #t)
(check (px.alarm 0) => 0)

(let* ([name (format "/vicar-test-mq.~a" (px.getpid))]
       [mqd (guard (e [(and (px.errno-condition? e) (= ENOSYS (px.condition-errno e))) #f])
              (px.mq-open name (fxior O_CREAT O_EXCL O_RDWR O_NONBLOCK) #o600 (px.make-struct-mq-attr 0 2 8 0)))])
  (when mqd
    (px.mq-unlink name)
    (px.mq-send mqd (string->utf8 "low") 1)
    (px.mq-send mqd (string->utf8 "high") 2)
    (check (errno-of (lambda () (px.mq-send mqd (string->utf8 "more") 2))) => EAGAIN)
    (check (px.struct-mq-attr-mq_curmsgs (px.mq-getattr mqd)) => 2)
    (let ([buffer (make-bytevector 8)])
      (check-values (px.mq-receive mqd buffer) => 4 2)
      (check-values (px.mq-receive mqd buffer) => 3 1))
    (px.mq-close mqd)))

;; The zone that the program has set.
(let ([hour (lambda (zone) (px.setenv "TZ" zone) (utf8->string (px.strftime "%H %Z" (px.localtime 0))))])
  (check (map hour '("XXX-5" "UTC0" "YYY+3")) => '("05 XXX" "00 UTC" "21 YYY"))
  (px.setenv "TZ" "XXX-5")
  (check (px.timelocal (px.localtime 1000)) => 1000))

(report)
