#!r6rs
;;; Time of (vicare posix): clocks, dates, timers, and what waits until a time.
;;;
;;; Primitives: %clock-gettime %clock-getres %clock-settime %gettimeofday %times %getitimer %setitimer %localtime %gmtime
;;; %timelocal %timegm %strftime %strftime/string %timer-settime %timer-gettime %sem-timedwait %wrong-argument
(library (vicar posix time)
  (export
    clock-gettime clock-getres clock-settime gettimeofday
    times make-struct-tms struct-tms?
    struct-tms-tms_utime struct-tms-tms_stime struct-tms-tms_cutime struct-tms-tms_cstime
    set-struct-tms-tms_utime! set-struct-tms-tms_stime! set-struct-tms-tms_cutime! set-struct-tms-tms_cstime!
    localtime gmtime timelocal timegm strftime strftime/string
    make-struct-tm struct-tm?
    struct-tm-tm_sec struct-tm-tm_min struct-tm-tm_hour struct-tm-tm_mday struct-tm-tm_mon struct-tm-tm_year
    struct-tm-tm_wday struct-tm-tm_yday struct-tm-tm_isdst struct-tm-tm_gmtoff struct-tm-tm_zone
    set-struct-tm-tm_sec! set-struct-tm-tm_min! set-struct-tm-tm_hour! set-struct-tm-tm_mday! set-struct-tm-tm_mon!
    set-struct-tm-tm_year! set-struct-tm-tm_wday! set-struct-tm-tm_yday! set-struct-tm-tm_isdst!
    set-struct-tm-tm_gmtoff! set-struct-tm-tm_zone!
    setitimer getitimer make-struct-itimerval struct-itimerval?
    struct-itimerval-it_interval struct-itimerval-it_value
    set-struct-itimerval-it_interval! set-struct-itimerval-it_value!
    timer-settime timer-gettime make-struct-itimerspec struct-itimerspec?
    struct-itimerspec-it_interval struct-itimerspec-it_value
    set-struct-itimerspec-it_interval! set-struct-itimerspec-it_value!
    define-timer sem-timedwait expect-time)
  (import (vicar internal) (vicar posix structs))

  ;; Raises unless `time` is a struct-timespec of exact integers, the second of them part of a second.
  (define (expect-time who index time)
    (if (not (and (struct-timespec? time)
                  (exact-integer? (struct-timespec-tv_sec time))
                  (exact-integer? (struct-timespec-tv_nsec time))
                  (<= 0 (struct-timespec-tv_sec time))
                  (<= 0 (struct-timespec-tv_nsec time) 999999999)))
        (%wrong-argument who 'time index "a struct-timespec of seconds and nanoseconds" time)))

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

  (define-struct struct-tm make-struct-tm fill-struct-tm!
    (tm_sec tm_min tm_hour tm_mday tm_mon tm_year tm_wday tm_yday tm_isdst tm_gmtoff tm_zone))

  (define (fields-of who index tm)
    (expect-struct who index tm struct-tm? "a struct-tm")
    (list (struct-tm-tm_sec tm) (struct-tm-tm_min tm) (struct-tm-tm_hour tm) (struct-tm-tm_mday tm)
          (struct-tm-tm_mon tm) (struct-tm-tm_year tm) (struct-tm-tm_wday tm) (struct-tm-tm_yday tm)
          (struct-tm-tm_isdst tm) (struct-tm-tm_gmtoff tm) (struct-tm-tm_zone tm)))

  ;; (localtime time): the date of seconds since the Epoch, a struct-tm, in the system's zone. localtime(3)
  (define (localtime time)
    (call-with-values (lambda () (%localtime time)) make-struct-tm))

  ;; (gmtime time): the same in UTC. gmtime(3)
  (define (gmtime time)
    (call-with-values (lambda () (%gmtime time)) make-struct-tm))

  ;; (timelocal tm): seconds since the Epoch of a date in the system's zone. mktime(3)
  (define (timelocal tm) (%timelocal (fields-of 'timelocal 1 tm)))

  ;; (timegm tm): seconds since the Epoch of a date in UTC. timegm(3)
  (define (timegm tm) (%timegm (fields-of 'timegm 1 tm)))

  ;; (strftime template tm): the date as the template says, a bytevector. strftime(3)
  (define (strftime template tm) (%strftime template (fields-of 'strftime 2 tm)))

  ;; (strftime/string template tm): the same as a string.
  (define (strftime/string template tm) (%strftime/string template (fields-of 'strftime/string 2 tm)))

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

  (define-struct struct-itimerspec make-itimerspec fill-struct-itimerspec! (it_interval it_value))

  (define make-struct-itimerspec
    (case-lambda
      [() (make-itimerspec (make-struct-timespec 0 0) (make-struct-timespec 0 0))]
      [(interval value) (make-itimerspec interval value)]))

  (define (itimerspec? obj)
    (and (struct-itimerspec? obj)
         (timespec? (struct-itimerspec-it_interval obj))
         (timespec? (struct-itimerspec-it_value obj))))
  (define (timespec? obj)
    (and (struct-timespec? obj) (fixnum? (struct-timespec-tv_sec obj)) (fixnum? (struct-timespec-tv_nsec obj))))

  (define (expect-itimerspec who index obj)
    (if (not (itimerspec? obj))
        (%wrong-argument who 'itimerspec index "a struct-itimerspec of struct-timespecs with fixnums" obj)))

  (define (set-itimerspec! spec interval-sec interval-nsec sec nsec)
    (fill-struct-timespec! (struct-itimerspec-it_interval spec) interval-sec interval-nsec)
    (fill-struct-timespec! (struct-itimerspec-it_value spec) sec nsec)
    spec)

  ;; (define-timer settime primitive gettime primitive): procedures that set and read a timer, by primitives that take and
  ;; answer the parts of its setting.
  (define-syntax define-timer
    (syntax-rules ()
      [(_ settime set-parts gettime get-parts)
       (begin
         (define settime
           (case-lambda
             [(timer flags new) (settime timer flags new #f)]
             [(timer flags new old)
              (expect-itimerspec 'settime 3 new)
              (if old (expect-itimerspec 'settime 4 old))
              (let ([interval (struct-itimerspec-it_interval new)] [value (struct-itimerspec-it_value new)])
                (call-with-values
                  (lambda ()
                    (set-parts timer flags
                               (struct-timespec-tv_sec interval) (struct-timespec-tv_nsec interval)
                               (struct-timespec-tv_sec value) (struct-timespec-tv_nsec value)))
                  (lambda (interval-sec interval-nsec sec nsec)
                    (and old (set-itimerspec! old interval-sec interval-nsec sec nsec)))))]))
         (define gettime
           (case-lambda
             [(timer) (gettime timer (make-struct-itimerspec))]
             [(timer curr)
              (expect-itimerspec 'gettime 2 curr)
              (call-with-values (lambda () (get-parts timer))
                (lambda (interval-sec interval-nsec sec nsec)
                  (set-itimerspec! curr interval-sec interval-nsec sec nsec)))])))]))

  ;; (timer-settime timer-id flags new [old]): sets the timer; `flags` is 0 or TIMER_ABSTIME. `old`, a struct-itimerspec
  ;; or #f, gets the setting before and is returned. timer_settime(2). (timer-gettime timer-id [curr]): the interval and
  ;; what is left, in `curr` or a new struct-itimerspec. timer_gettime(2)
  (define-timer timer-settime %timer-settime timer-gettime %timer-gettime)

  ;; (sem-timedwait sem abs-timeout): like sem-wait until a time of CLOCK_REALTIME, a struct-timespec; #f when it comes
  ;; first. sem_timedwait(3)
  (define (sem-timedwait sem abs-timeout)
    (expect-time 'sem-timedwait 2 abs-timeout)
    (%sem-timedwait sem (struct-timespec-tv_sec abs-timeout) (struct-timespec-tv_nsec abs-timeout)))
  )
