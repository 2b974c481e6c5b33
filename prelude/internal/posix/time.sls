#!r6rs
;;; Clocks and interval timers: a family of (vicare posix).
;;;
;;; Primitives: %clock-getres %clock-gettime %clock-settime %getitimer %gettimeofday %setitimer %times %wrong-argument
(library (internal posix time) (options (requires posix))
  (export
    ;; Defined here
    clock-gettime clock-getres clock-settime gettimeofday times make-struct-tms struct-tms? struct-tms-tms_utime
    struct-tms-tms_stime struct-tms-tms_cutime struct-tms-tms_cstime set-struct-tms-tms_utime!
    set-struct-tms-tms_stime! set-struct-tms-tms_cutime! set-struct-tms-tms_cstime! setitimer getitimer
    make-struct-itimerval struct-itimerval? struct-itimerval-it_interval struct-itimerval-it_value
    set-struct-itimerval-it_interval! set-struct-itimerval-it_value!
    ;; Primitives
    nanosleep clock alarm clock-getcpuclockid (rename (%posix:time time)))
  (import (internal primitives) (internal posix structs))

  ;; (clock-gettime clock-id time): sets the struct-timespec to the clock's time and returns it. clock_gettime(2)
  (define (clock-gettime clock-id time)
    (expect-struct 'clock-gettime 2 time struct-timespec? "a struct-timespec")
    (call-with-values (lambda () (%clock-gettime clock-id))
      (lambda (sec nsec) (fill-struct-timespec! time sec nsec))))

  ;; (clock-getres clock-id time): sets the struct-timespec to the clock's step and returns it. clock_getres(2)
  (define (clock-getres clock-id time)
    (expect-struct 'clock-getres 2 time struct-timespec? "a struct-timespec")
    (call-with-values (lambda () (%clock-getres clock-id))
      (lambda (sec nsec) (fill-struct-timespec! time sec nsec))))

  ;; (clock-settime clock-id time): sets the clock, and returns the struct-timespec. clock_settime(2)
  (define (clock-settime clock-id time)
    (expect-time 'clock-settime 2 time)
    (%clock-settime clock-id (struct-timespec-tv_sec time) (struct-timespec-tv_nsec time))
    time)

  ;; (gettimeofday): the time since the Epoch, a struct-timeval. gettimeofday(2)
  (define (gettimeofday)
    (call-with-values %gettimeofday make-struct-timeval))

  (define-struct struct-tms make-struct-tms fill-struct-tms! (tms_utime tms_stime tms_cutime tms_cstime))

  ;; (times): the processor time of this process and of its children that were waited for, in ticks. times(2)
  (define (times)
    (call-with-values %times make-struct-tms))

  (define-struct struct-itimerval make-itimerval fill-struct-itimerval! (it_interval it_value))

  (define make-struct-itimerval
    (case-lambda
      [() (make-itimerval (make-struct-timeval 0 0) (make-struct-timeval 0 0))]
      [(interval value) (make-itimerval interval value)]))

  (define (timeval? obj)
    (and (struct-timeval? obj)
         (fixnum? (struct-timeval-tv_sec obj))
         (fixnum? (struct-timeval-tv_usec obj))
         (<= 0 (struct-timeval-tv_sec obj))
         (<= 0 (struct-timeval-tv_usec obj) 999999)))

  ;; (setitimer which itimerval): sets the interval timer `ITIMER_...`. setitimer(2)
  (define (setitimer which itimerval)
    (if (not (and (struct-itimerval? itimerval)
                  (timeval? (struct-itimerval-it_interval itimerval))
                  (timeval? (struct-itimerval-it_value itimerval))))
        (%wrong-argument 'setitimer 'itimerval 2 "a struct-itimerval of struct-timevals" itimerval))
    (let ([interval (struct-itimerval-it_interval itimerval)] [value (struct-itimerval-it_value itimerval)])
      (%setitimer which (struct-timeval-tv_sec interval) (struct-timeval-tv_usec interval)
                  (struct-timeval-tv_sec value) (struct-timeval-tv_usec value))))

  ;; (getitimer which): the timer's interval and what is left, a struct-itimerval. getitimer(2)
  (define (getitimer which)
    (call-with-values (lambda () (%getitimer which))
      (lambda (interval-sec interval-usec sec usec)
        (make-itimerval (make-struct-timeval interval-sec interval-usec) (make-struct-timeval sec usec)))))
  )
