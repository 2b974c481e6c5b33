#!r6rs
;;; What the timers of (vicare posix) and of (vicare linux) have in common.
;;;
;;; Primitives: %wrong-argument
(library (internal posix timer-settings) (options (requires posix))
  (export
    define-timer make-struct-itimerspec struct-itimerspec? struct-itimerspec-it_interval struct-itimerspec-it_value
    set-struct-itimerspec-it_interval! set-struct-itimerspec-it_value!)
  (import (internal primitives) (internal posix structs))

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
  )
