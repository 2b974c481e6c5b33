#!r6rs
;;; Processes of (vicare posix): the environment as table, signals' information, limits, users.
;;;
;;; Primitives: %sigwaitinfo %sigtimedwait %getrlimit %setrlimit %getrusage %getpwuid %getpwnam %getgrgid %getgrnam
;;; %user-entries %group-entries %wrong-argument
(library (vicar posix processes)
  (export
    environ-table environ->table table->environ
    sigwaitinfo sigtimedwait make-struct-siginfo_t struct-siginfo_t?
    struct-siginfo_t-si_signo struct-siginfo_t-si_errno struct-siginfo_t-si_code struct-siginfo_t-si_trapno
    struct-siginfo_t-si_pid struct-siginfo_t-si_uid struct-siginfo_t-si_status struct-siginfo_t-si_utime
    struct-siginfo_t-si_stime struct-siginfo_t-si_value.sival_int struct-siginfo_t-si_value.sival_ptr
    struct-siginfo_t-si_int struct-siginfo_t-si_ptr struct-siginfo_t-si_overrun struct-siginfo_t-si_timerid
    struct-siginfo_t-si_addr struct-siginfo_t-si_band struct-siginfo_t-si_fd struct-siginfo_t-si_addr_lsb
    set-struct-siginfo_t-si_signo! set-struct-siginfo_t-si_errno! set-struct-siginfo_t-si_code!
    set-struct-siginfo_t-si_trapno! set-struct-siginfo_t-si_pid! set-struct-siginfo_t-si_uid!
    set-struct-siginfo_t-si_status! set-struct-siginfo_t-si_utime! set-struct-siginfo_t-si_stime!
    set-struct-siginfo_t-si_value.sival_int! set-struct-siginfo_t-si_value.sival_ptr! set-struct-siginfo_t-si_int!
    set-struct-siginfo_t-si_ptr! set-struct-siginfo_t-si_overrun! set-struct-siginfo_t-si_timerid!
    set-struct-siginfo_t-si_addr! set-struct-siginfo_t-si_band! set-struct-siginfo_t-si_fd!
    set-struct-siginfo_t-si_addr_lsb!
    getrlimit setrlimit RLIM_INFINITY make-struct-rlimit struct-rlimit?
    struct-rlimit-rlim_cur struct-rlimit-rlim_max set-struct-rlimit-rlim_cur! set-struct-rlimit-rlim_max!
    getrusage make-struct-rusage struct-rusage?
    struct-rusage-ru_utime struct-rusage-ru_stime struct-rusage-ru_maxrss struct-rusage-ru_ixrss
    struct-rusage-ru_idrss struct-rusage-ru_isrss struct-rusage-ru_minflt struct-rusage-ru_majflt
    struct-rusage-ru_nswap struct-rusage-ru_inblock struct-rusage-ru_oublock struct-rusage-ru_msgsnd
    struct-rusage-ru_msgrcv struct-rusage-ru_nsignals struct-rusage-ru_nvcsw struct-rusage-ru_nivcsw
    set-struct-rusage-ru_utime! set-struct-rusage-ru_stime! set-struct-rusage-ru_maxrss! set-struct-rusage-ru_ixrss!
    set-struct-rusage-ru_idrss! set-struct-rusage-ru_isrss! set-struct-rusage-ru_minflt! set-struct-rusage-ru_majflt!
    set-struct-rusage-ru_nswap! set-struct-rusage-ru_inblock! set-struct-rusage-ru_oublock!
    set-struct-rusage-ru_msgsnd! set-struct-rusage-ru_msgrcv! set-struct-rusage-ru_nsignals!
    set-struct-rusage-ru_nvcsw! set-struct-rusage-ru_nivcsw!
    getpwuid getpwnam user-entries make-struct-passwd struct-passwd?
    struct-passwd-pw_name struct-passwd-pw_passwd struct-passwd-pw_uid struct-passwd-pw_gid struct-passwd-pw_gecos
    struct-passwd-pw_dir struct-passwd-pw_shell
    getgrgid getgrnam group-entries make-struct-group struct-group?
    struct-group-gr_name struct-group-gr_gid struct-group-gr_mem)
  (import (vicar internal) (only (rnrs base) map for-each) (only (rnrs lists) for-all) (only (rnrs hashtables) make-hashtable hashtable-set! hashtable-entries)
    (vicar posix structs) (vicar posix time))

  ;; (environ->table alist): a new hashtable of names and values; later entries replace earlier ones.
  (define (environ->table environment)
    (define (entries? obj)
      (and (list? obj) (for-all (lambda (entry) (and (pair? entry) (string? (car entry)))) obj)))
    (expect-struct 'environ->table 1 environment entries? "a list of pairs of names and values")
    (let ([table (make-hashtable string-hash string=?)])
      (for-each (lambda (entry) (hashtable-set! table (car entry) (cdr entry))) environment)
      table))

  ;; (environ-table): all environment variables as a new hashtable.
  (define (environ-table) (environ->table (environ)))

  ;; (table->environ table): the list of names and values in a hashtable.
  (define (table->environ table)
    (expect-struct 'table->environ 1 table hashtable? "a hashtable")
    (call-with-values (lambda () (hashtable-entries table))
      (lambda (names texts) (map cons (vector->list names) (vector->list texts)))))

  (define-struct struct-siginfo_t make-siginfo fill-struct-siginfo_t!
    (si_signo si_errno si_code si_trapno si_pid si_uid si_status si_utime si_stime si_value.sival_int
     si_value.sival_ptr si_int si_ptr si_overrun si_timerid si_addr si_band si_fd si_addr_lsb))

  (define make-struct-siginfo_t
    (case-lambda
      [() (make-siginfo #f #f #f #f #f #f #f #f #f #f #f #f #f #f #f #f #f #f #f)]
      [(signo errno code trapno pid uid status utime stime value-int value-ptr int ptr overrun timerid addr band fd
        addr_lsb)
       (make-siginfo signo errno code trapno pid uid status utime stime value-int value-ptr int ptr overrun timerid
                     addr band fd addr_lsb)]))

  ;; (sigwaitinfo signo [siginfo]): waits for a signal that is blocked; two values, its number and what is known of it,
  ;; in the structure given or a new one. sigwaitinfo(2)
  (define sigwaitinfo
    (case-lambda
      [(signo) (sigwaitinfo signo (make-struct-siginfo_t))]
      [(signo siginfo)
       (expect-struct 'sigwaitinfo 2 siginfo struct-siginfo_t? "a struct-siginfo_t")
       (let ([fields (%sigwaitinfo signo)])
         (apply fill-struct-siginfo_t! siginfo fields)
         (values (car fields) siginfo))]))

  ;; (sigtimedwait signo [siginfo] timeout): the same for at most that time, a struct-timespec; then raises EAGAIN.
  ;; sigtimedwait(2)
  (define sigtimedwait
    (case-lambda
      [(signo timeout) (sigtimedwait signo (make-struct-siginfo_t) timeout)]
      [(signo siginfo timeout)
       (expect-struct 'sigtimedwait 2 siginfo struct-siginfo_t? "a struct-siginfo_t")
       (expect-time 'sigtimedwait 3 timeout)
       (let ([fields (%sigtimedwait signo (struct-timespec-tv_sec timeout) (struct-timespec-tv_nsec timeout))])
         (apply fill-struct-siginfo_t! siginfo fields)
         (values (car fields) siginfo))]))

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

  (define-struct struct-passwd make-struct-passwd fill-struct-passwd!
    (pw_name pw_passwd pw_uid pw_gid pw_gecos pw_dir pw_shell))

  (define (passwd fields) (and fields (apply make-struct-passwd fields)))

  ;; (getpwuid uid): the user, a struct-passwd, or #f. getpwuid(3)
  (define (getpwuid uid) (passwd (%getpwuid uid)))

  ;; (getpwnam name): the user of that name. getpwnam(3)
  (define (getpwnam name) (passwd (%getpwnam name)))

  ;; (user-entries): all users. getpwent(3)
  (define (user-entries) (map passwd (%user-entries)))

  (define-struct struct-group make-struct-group fill-struct-group! (gr_name gr_gid gr_mem))

  (define (group fields) (and fields (apply make-struct-group fields)))

  ;; (getgrgid gid): the group, a struct-group, or #f. getgrgid(3)
  (define (getgrgid gid) (group (%getgrgid gid)))

  ;; (getgrnam name): the group of that name. getgrnam(3)
  (define (getgrnam name) (group (%getgrnam name)))

  ;; (group-entries): all groups. getgrent(3)
  (define (group-entries) (map group (%group-entries)))
  )
