#!r6rs
;;; Times as objects: (vicare). A time is a number of seconds and of nanoseconds below a second; an epoch time counts from
;;; the beginning of 1970.
;;;
;;; Primitives: %wrong-argument
(library (internal posix times) (options (requires posix))
  (export
    make-time time? time-seconds time-nanoseconds time-ratnum time-flonum time-gmt-offset
    current-time faraway-time make-epoch-time epoch-time? epoch-time-addition epoch-time-subtraction
    time-addition time-difference time=? time!=? time<? time<=? time>? time>=? time-min time-max
    date-string time time-it verbose-timer)
  (import (internal primitives) (only (rnrs lists) for-all) (internal parameters) (internal posix structs)
    (only (internal posix time) clock-gettime)
    (only (internal posix calendar) localtime strftime/string struct-tm-tm_gmtoff))

  (define-record-type (<time> new-time time?)
    (fields (immutable seconds time-seconds) (immutable nanoseconds time-nanoseconds)))
  (define-record-type (<epoch-time> new-epoch-time epoch-time?)
    (parent <time>))

  (define (integer-of who index n what)
    (if (not (and (integer? n) (exact? n)))
        (%wrong-argument who what index "an exact integer" n)))

  (define (normal make who sec nsec)
    (integer-of who 1 sec 'sec)
    (integer-of who 2 nsec 'nsec)
    (make (+ sec (div nsec 1000000000)) (mod nsec 1000000000)))

  ;; (make-time sec nsec): a time; nanoseconds beyond a second are carried.
  (define (make-time sec nsec) (normal new-time 'make-time sec nsec))

  ;; (make-epoch-time sec nsec): a time since the Epoch.
  (define (make-epoch-time sec nsec) (normal new-epoch-time 'make-epoch-time sec nsec))

  ;; (current-time): now, since the Epoch.
  (define (current-time)
    (let ([now (clock-gettime 0 (make-struct-timespec 0 0))])
      (new-epoch-time (struct-timespec-tv_sec now) (struct-timespec-tv_nsec now))))

  ;; (faraway-time): later than any clock will say.
  (define (faraway-time) (new-epoch-time (greatest-fixnum) 0))

  (define (check who index t)
    (expect-struct who index t time? "a time"))

  ;; (time-ratnum time), (time-flonum time): its seconds as one number.
  (define (time-ratnum t)
    (check 'time-ratnum 1 t)
    (+ (time-seconds t) (/ (time-nanoseconds t) 1000000000)))
  (define (time-flonum t)
    (check 'time-flonum 1 t)
    (inexact (time-ratnum t)))

  ;; (time-gmt-offset time): seconds that local time is ahead of universal time then.
  (define (time-gmt-offset t)
    (check 'time-gmt-offset 1 t)
    (struct-tm-tm_gmtoff (localtime (time-seconds t))))

  (define (combine who make op a b)
    (check who 1 a)
    (check who 2 b)
    (normal make who (op (time-seconds a) (time-seconds b)) (op (time-nanoseconds a) (time-nanoseconds b))))

  ;; Sums and differences. Of an epoch time and a time they are epoch times.
  (define (time-addition a b) (combine 'time-addition new-time + a b))
  (define (time-difference a b) (combine 'time-difference new-time - a b))
  (define (epoch-time-addition a b) (combine 'epoch-time-addition new-epoch-time + a b))
  (define (epoch-time-subtraction a b) (combine 'epoch-time-subtraction new-epoch-time - a b))

  (define (check-all who times)
    (let loop ([l times] [i 1])
      (if (pair? l)
          (begin
            (check who i (car l))
            (loop (cdr l) (+ i 1))))))

  (define-syntax define-order
    (syntax-rules ()
      [(_ name op)
       (define (name t . ts)
         (let ([all (cons t ts)])
           (check-all 'name all)
           (let loop ([l all])
             (or (null? (cdr l))
                 (and (op (time-ratnum (car l)) (time-ratnum (cadr l)))
                      (loop (cdr l)))))))]))
  (define-order time=? =)
  (define-order time<? <)
  (define-order time<=? <=)
  (define-order time>? >)
  (define-order time>=? >=)

  ;; (time!=? time ...): whether they are all different; of one there is no other to differ from.
  (define (time!=? t . ts)
    (let ([all (cons t ts)])
      (check-all 'time!=? all)
      (and (pair? ts)
           (let loop ([l all])
             (or (null? l)
                 (and (for-all (lambda (other) (not (time=? (car l) other))) (cdr l))
                      (loop (cdr l))))))))

  (define (best better? all)
    (let loop ([found (car all)] [l (cdr all)])
      (if (null? l)
          found
          (loop (if (better? (car l) found) (car l) found) (cdr l)))))
  (define (time-min t . ts)
    (check-all 'time-min (cons t ts))
    (best time<? (cons t ts)))
  (define (time-max t . ts)
    (check-all 'time-max (cons t ts))
    (best time>? (cons t ts)))

  ;; (date-string): the local date, as in 2026-11-26.
  (define (date-string)
    (strftime/string "%F" (localtime (time-seconds (current-time)))))

  ;; (verbose-timer): a parameter that Vicare has; here there is one way to print.
  (define verbose-timer (make-parameter #f))

  ;; (time-it what thunk): the values of the thunk; how long it took goes to the current error port.
  (define (time-it what thunk)
    (let ([start (current-time)])
      (call-with-values thunk
        (lambda results
          (fprintf (current-error-port) "~a: ~a s elapsed\n" what
            (time-flonum (time-difference (current-time) start)))
          (apply values results)))))

  ;; (time expression): the same for an expression.
  (define-syntax time
    (syntax-rules ()
      [(_ expression)
       (time-it 'expression (lambda () expression))]))
  )
