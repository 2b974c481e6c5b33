#!r6rs
;;; Signals: a family of (vicare posix).
;;;
;;; Primitives: %sigtimedwait %sigwaitinfo
(library (internal posix signal) (options (requires posix))
  (export
    ;; Defined here
    sigwaitinfo sigtimedwait make-struct-siginfo_t struct-siginfo_t? struct-siginfo_t-si_signo
    struct-siginfo_t-si_errno struct-siginfo_t-si_code struct-siginfo_t-si_trapno struct-siginfo_t-si_pid
    struct-siginfo_t-si_uid struct-siginfo_t-si_status struct-siginfo_t-si_utime struct-siginfo_t-si_stime
    struct-siginfo_t-si_value.sival_int struct-siginfo_t-si_value.sival_ptr struct-siginfo_t-si_int
    struct-siginfo_t-si_ptr struct-siginfo_t-si_overrun struct-siginfo_t-si_timerid struct-siginfo_t-si_addr
    struct-siginfo_t-si_band struct-siginfo_t-si_fd struct-siginfo_t-si_addr_lsb set-struct-siginfo_t-si_signo!
    set-struct-siginfo_t-si_errno! set-struct-siginfo_t-si_code! set-struct-siginfo_t-si_trapno!
    set-struct-siginfo_t-si_pid! set-struct-siginfo_t-si_uid! set-struct-siginfo_t-si_status!
    set-struct-siginfo_t-si_utime! set-struct-siginfo_t-si_stime! set-struct-siginfo_t-si_value.sival_int!
    set-struct-siginfo_t-si_value.sival_ptr! set-struct-siginfo_t-si_int! set-struct-siginfo_t-si_ptr!
    set-struct-siginfo_t-si_overrun! set-struct-siginfo_t-si_timerid! set-struct-siginfo_t-si_addr!
    set-struct-siginfo_t-si_band! set-struct-siginfo_t-si_fd! set-struct-siginfo_t-si_addr_lsb!
    ;; Primitives
    pause signal-bub-init signal-bub-final signal-bub-acquire signal-bub-delivered? signal-bub-all-delivered
    (rename (%posix:raise raise)))
  (import (internal primitives) (internal posix structs))

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
  )
