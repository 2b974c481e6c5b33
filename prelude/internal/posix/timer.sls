#!r6rs
;;; Timers: a family of (vicare posix).
;;;
;;; Primitives: %timer-gettime %timer-settime
(library (internal posix timer) (options (requires posix))
  (export
    ;; Defined here
    timer-settime timer-gettime make-struct-itimerspec struct-itimerspec? struct-itimerspec-it_interval
    struct-itimerspec-it_value set-struct-itimerspec-it_interval! set-struct-itimerspec-it_value!
    ;; Primitives
    timer-create timer-delete timer-getoverrun)
  (import (internal primitives) (internal posix timer-settings))

  ;; (timer-settime timer-id flags new [old]): sets the timer; `flags` is 0 or TIMER_ABSTIME. `old`, a struct-itimerspec
  ;; or #f, gets the setting before and is returned. timer_settime(2). (timer-gettime timer-id [curr]): the interval and
  ;; what is left, in `curr` or a new struct-itimerspec. timer_gettime(2)
  (define-timer timer-settime %timer-settime timer-gettime %timer-gettime)
  )
