#!r6rs
;;; Limits and use of resources: a family of (vicare posix).
;;;
;;; Primitives: %getrlimit %getrusage %setrlimit
(library (internal posix resource) (options (requires posix))
  (export
    getrlimit setrlimit RLIM_INFINITY make-struct-rlimit struct-rlimit? struct-rlimit-rlim_cur struct-rlimit-rlim_max
    set-struct-rlimit-rlim_cur! set-struct-rlimit-rlim_max! getrusage make-struct-rusage struct-rusage?
    struct-rusage-ru_utime struct-rusage-ru_stime struct-rusage-ru_maxrss struct-rusage-ru_ixrss
    struct-rusage-ru_idrss struct-rusage-ru_isrss struct-rusage-ru_minflt struct-rusage-ru_majflt
    struct-rusage-ru_nswap struct-rusage-ru_inblock struct-rusage-ru_oublock struct-rusage-ru_msgsnd
    struct-rusage-ru_msgrcv struct-rusage-ru_nsignals struct-rusage-ru_nvcsw struct-rusage-ru_nivcsw
    set-struct-rusage-ru_utime! set-struct-rusage-ru_stime! set-struct-rusage-ru_maxrss! set-struct-rusage-ru_ixrss!
    set-struct-rusage-ru_idrss! set-struct-rusage-ru_isrss! set-struct-rusage-ru_minflt! set-struct-rusage-ru_majflt!
    set-struct-rusage-ru_nswap! set-struct-rusage-ru_inblock! set-struct-rusage-ru_oublock!
    set-struct-rusage-ru_msgsnd! set-struct-rusage-ru_msgrcv! set-struct-rusage-ru_nsignals!
    set-struct-rusage-ru_nvcsw! set-struct-rusage-ru_nivcsw!)
  (import (internal primitives) (internal posix structs))

  (define-syntax RLIM_INFINITY (identifier-syntax 18446744073709551615))

  (define-struct struct-rlimit make-rlimit fill-struct-rlimit! (rlim_cur rlim_max))

  (define make-struct-rlimit
    (case-lambda
      [() (make-rlimit 0 0)]
      [(cur max) (make-rlimit cur max)]))

  ;; (getrlimit resource [rlimit]): the limits of `RLIMIT_...`, in the struct-rlimit given or a new one. getrlimit(2)
  (define getrlimit
    (case-lambda
      [(resource) (getrlimit resource (make-struct-rlimit))]
      [(resource rlimit)
       (expect-struct 'getrlimit 2 rlimit struct-rlimit? "a struct-rlimit")
       (call-with-values (lambda () (%getrlimit resource))
         (lambda (cur max) (fill-struct-rlimit! rlimit cur max)))]))

  ;; (setrlimit resource rlimit): sets the limits of `RLIMIT_...`. setrlimit(2)
  (define (setrlimit resource rlimit)
    (expect-struct 'setrlimit 2 rlimit struct-rlimit? "a struct-rlimit")
    (%setrlimit resource (struct-rlimit-rlim_cur rlimit) (struct-rlimit-rlim_max rlimit)))

  (define-struct struct-rusage make-rusage fill-struct-rusage!
    (ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap ru_inblock ru_oublock
     ru_msgsnd ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw))

  (define make-struct-rusage
    (case-lambda
      [()
       (make-rusage (make-struct-timeval 0 0) (make-struct-timeval 0 0) #f #f #f #f #f #f #f #f #f #f #f #f #f #f)]
      [(utime stime maxrss ixrss idrss isrss minflt majflt nswap inblock oublock msgsnd msgrcv nsignals nvcsw nivcsw)
       (make-rusage utime stime maxrss ixrss idrss isrss minflt majflt nswap inblock oublock msgsnd msgrcv nsignals
                    nvcsw nivcsw)]))

  ;; (getrusage processes [rusage]): what this process (RUSAGE_SELF) or its children used, in the struct-rusage given or
  ;; a new one. getrusage(2)
  (define getrusage
    (case-lambda
      [(processes) (getrusage processes (make-struct-rusage))]
      [(processes rusage)
       (expect-struct 'getrusage 2 rusage struct-rusage? "a struct-rusage")
       (call-with-values (lambda () (%getrusage processes))
         (lambda (user-sec user-usec system-sec system-usec . rest)
           (apply fill-struct-rusage! rusage
                  (make-struct-timeval user-sec user-usec)
                  (make-struct-timeval system-sec system-usec)
                  rest)))]))
  )
