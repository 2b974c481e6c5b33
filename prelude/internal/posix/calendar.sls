#!r6rs
;;; Dates: a family of (vicare posix).
;;;
;;; Primitives: %gmtime %localtime %strftime %strftime/string %timegm %timelocal
(library (internal posix calendar) (options (requires posix))
  (export
    localtime gmtime timelocal timegm strftime strftime/string make-struct-tm struct-tm? struct-tm-tm_sec
    struct-tm-tm_min struct-tm-tm_hour struct-tm-tm_mday struct-tm-tm_mon struct-tm-tm_year struct-tm-tm_wday
    struct-tm-tm_yday struct-tm-tm_isdst struct-tm-tm_gmtoff struct-tm-tm_zone set-struct-tm-tm_sec!
    set-struct-tm-tm_min! set-struct-tm-tm_hour! set-struct-tm-tm_mday! set-struct-tm-tm_mon! set-struct-tm-tm_year!
    set-struct-tm-tm_wday! set-struct-tm-tm_yday! set-struct-tm-tm_isdst! set-struct-tm-tm_gmtoff!
    set-struct-tm-tm_zone!)
  (import (internal primitives) (internal posix structs))

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
  )
