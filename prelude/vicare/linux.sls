#!r6rs
;;; (vicare linux): what of it is written in Scheme: the structures, and what fills them. The calls are primitives, in
;;; src/posix/linux.
;;;
;;; Primitives: %epoll-event-data-offset %timerfd-settime %timerfd-gettime %read-signalfd-siginfo %inotify-read %waitid
;;; %prlimit %wrong-argument, pointers
(library (vicare linux) (options (requires posix))
  (export
    cond-expand
    ;; Processes
    waitid make-struct-siginfo_t struct-siginfo_t? struct-siginfo_t-si_pid struct-siginfo_t-si_uid
    struct-siginfo_t-si_signo struct-siginfo_t-si_status struct-siginfo_t-si_code
    prlimit make-struct-rlimit struct-rlimit? struct-rlimit-rlim_cur struct-rlimit-rlim_max
    set-struct-rlimit-rlim_cur! set-struct-rlimit-rlim_max! RLIM_INFINITY
    ;; epoll
    epoll-event-alloc epoll-event-set-events! epoll-event-ref-events
    epoll-event-set-data-ptr! epoll-event-ref-data-ptr epoll-event-set-data-fd! epoll-event-ref-data-fd
    epoll-event-set-data-u32! epoll-event-ref-data-u32 epoll-event-set-data-u64! epoll-event-ref-data-u64
    ;; signalfd
    read-signalfd-siginfo make-struct-signalfd-siginfo struct-signalfd-siginfo?
    struct-signalfd-siginfo-ssi_signo struct-signalfd-siginfo-ssi_errno struct-signalfd-siginfo-ssi_code
    struct-signalfd-siginfo-ssi_pid struct-signalfd-siginfo-ssi_uid struct-signalfd-siginfo-ssi_fd
    struct-signalfd-siginfo-ssi_tid struct-signalfd-siginfo-ssi_band struct-signalfd-siginfo-ssi_overrun
    struct-signalfd-siginfo-ssi_trapno struct-signalfd-siginfo-ssi_status struct-signalfd-siginfo-ssi_int
    struct-signalfd-siginfo-ssi_ptr struct-signalfd-siginfo-ssi_utime struct-signalfd-siginfo-ssi_stime
    struct-signalfd-siginfo-ssi_addr
    set-struct-signalfd-siginfo-ssi_signo! set-struct-signalfd-siginfo-ssi_errno!
    set-struct-signalfd-siginfo-ssi_code! set-struct-signalfd-siginfo-ssi_pid! set-struct-signalfd-siginfo-ssi_uid!
    set-struct-signalfd-siginfo-ssi_fd! set-struct-signalfd-siginfo-ssi_tid! set-struct-signalfd-siginfo-ssi_band!
    set-struct-signalfd-siginfo-ssi_overrun! set-struct-signalfd-siginfo-ssi_trapno!
    set-struct-signalfd-siginfo-ssi_status! set-struct-signalfd-siginfo-ssi_int!
    set-struct-signalfd-siginfo-ssi_ptr! set-struct-signalfd-siginfo-ssi_utime!
    set-struct-signalfd-siginfo-ssi_stime! set-struct-signalfd-siginfo-ssi_addr!
    ;; timerfd
    timerfd-settime timerfd-gettime make-struct-timespec struct-timespec? struct-timespec-tv_sec
    struct-timespec-tv_nsec set-struct-timespec-tv_sec! set-struct-timespec-tv_nsec! make-struct-itimerspec
    struct-itimerspec? struct-itimerspec-it_interval struct-itimerspec-it_value
    set-struct-itimerspec-it_interval! set-struct-itimerspec-it_value!
    ;; inotify
    inotify-read make-struct-inotify-event struct-inotify-event? struct-inotify-event-wd struct-inotify-event-mask
    struct-inotify-event-cookie struct-inotify-event-len struct-inotify-event-name set-struct-inotify-event-wd!
    set-struct-inotify-event-mask! set-struct-inotify-event-cookie! set-struct-inotify-event-len!
    set-struct-inotify-event-name!
    ;; epoll
    epoll-create epoll-create1 epoll-ctl epoll-wait epoll-event-size
    ;; Ethernet
    ether-ntoa ether-ntoa-r ether-ntoa/string ether-ntoa-r/string ether-aton ether-aton-r ether-ntohost
    ether-ntohost/string ether-hostton ether-line ether-line/string
    ;; inotify
    inotify-init inotify-init1 inotify-add-watch inotify-rm-watch
    ;; Processes
    WIFCONTINUED daemon
    ;; signalfd
    signalfd
    ;; timerfd
    timerfd-create timerfd-read)
  (import (internal primitives) (internal posix structs) (internal posix timer-settings)
    (only (internal posix features) cond-expand)
    (only (internal posix resource)
      make-struct-rlimit struct-rlimit? struct-rlimit-rlim_cur struct-rlimit-rlim_max
      set-struct-rlimit-rlim_cur! set-struct-rlimit-rlim_max! RLIM_INFINITY))

  ;; Not (vicare posix)'s structure of that name, which has all of the fields.
  (define-record-type (struct-siginfo_t make-struct-siginfo_t struct-siginfo_t?)
    (fields (immutable si_pid struct-siginfo_t-si_pid)
            (immutable si_uid struct-siginfo_t-si_uid)
            (immutable si_signo struct-siginfo_t-si_signo)
            (immutable si_status struct-siginfo_t-si_status)
            (immutable si_code struct-siginfo_t-si_code)))

  ;; (waitid idtype id options): waits for a child by P_PID, P_PGID or P_ALL, for WEXITED, WSTOPPED or WCONTINUED; #f with
  ;; WNOHANG when nothing has changed. waitid(2)
  (define (waitid idtype id options)
    (let ([fields (%waitid idtype id options)])
      (and fields (apply make-struct-siginfo_t fields))))

  ;; (prlimit pid resource [new [old]]): the limits of a process before, in `old` or a new struct-rlimit; set to those of
  ;; `new` unless it is #f. prlimit(2)
  (define prlimit
    (case-lambda
      [(pid resource) (prlimit pid resource #f)]
      [(pid resource new) (prlimit pid resource new (make-struct-rlimit 0 0))]
      [(pid resource new old)
       (if new (expect-struct 'prlimit 3 new struct-rlimit? "a struct-rlimit or #f"))
       (expect-struct 'prlimit 4 old struct-rlimit? "a struct-rlimit")
       (call-with-values
         (lambda ()
           (if new
               (%prlimit pid resource (struct-rlimit-rlim_cur new) (struct-rlimit-rlim_max new))
               (%prlimit pid resource #f #f)))
         (lambda (soft hard)
           (set-struct-rlimit-rlim_cur! old soft)
           (set-struct-rlimit-rlim_max! old hard)
           old))]))

  ;; (epoll-event-alloc count): room for so many events, freed when the pointer is garbage.
  (define (epoll-event-alloc count)
    (expect-struct 'epoll-event-alloc 1 count index? "a fixnum of 0 and up")
    (guarded-calloc count (epoll-event-size)))

  (define (index? obj) (and (fixnum? obj) (<= 0 obj)))

  ;; (define-event-part ref set! access store! at): what lies `at` bytes behind the beginning of an event.
  (define-syntax define-event-part
    (syntax-rules ()
      [(_ ref set access store! at)
       (begin
         (define (ref events index)
           (check-event 'ref events index)
           (access events (+ at (* index (epoll-event-size)))))
         (define (set events index value)
           (check-event 'set events index)
           (store! events (+ at (* index (epoll-event-size))) value)))]))
  (define (check-event who events index)
    (expect-struct who 1 events pointer? "a pointer to events")
    (expect-struct who 2 index index? "an index: a fixnum of 0 and up"))

  ;; (epoll-event-ref-events events index), (epoll-event-set-events! events index value): the set of what happens; and the
  ;; data, which are one of these.
  (define-event-part epoll-event-ref-events epoll-event-set-events! pointer-ref-c-uint32 pointer-set-c-uint32! 0)
  (define-event-part epoll-event-ref-data-ptr epoll-event-set-data-ptr!
    pointer-ref-c-pointer pointer-set-c-pointer! (%epoll-event-data-offset))
  (define-event-part epoll-event-ref-data-fd epoll-event-set-data-fd!
    pointer-ref-c-signed-int pointer-set-c-signed-int! (%epoll-event-data-offset))
  (define-event-part epoll-event-ref-data-u32 epoll-event-set-data-u32!
    pointer-ref-c-uint32 pointer-set-c-uint32! (%epoll-event-data-offset))
  (define-event-part epoll-event-ref-data-u64 epoll-event-set-data-u64!
    pointer-ref-c-uint64 pointer-set-c-uint64! (%epoll-event-data-offset))

  (define-struct struct-signalfd-siginfo make-struct-signalfd-siginfo fill-struct-signalfd-siginfo!
    (ssi_signo ssi_errno ssi_code ssi_pid ssi_uid ssi_fd ssi_tid ssi_band ssi_overrun ssi_trapno ssi_status ssi_int
     ssi_ptr ssi_utime ssi_stime ssi_addr))

  ;; (read-signalfd-siginfo fd): the next signal, a struct-signalfd-siginfo; #f when there is none and the descriptor does
  ;; not wait.
  (define (read-signalfd-siginfo fd)
    (let ([fields (%read-signalfd-siginfo fd)])
      (and fields (apply make-struct-signalfd-siginfo fields))))

  ;; (timerfd-settime fd flags new [old]): sets the timer; flags are 0 or TFD_TIMER_ABSTIME. `old`, a struct-itimerspec,
  ;; gets the setting before and is returned. timerfd_settime(2). (timerfd-gettime fd [curr]): the interval and what is
  ;; left, in `curr` or a new struct-itimerspec. timerfd_gettime(2)
  (define-timer timerfd-settime %timerfd-settime timerfd-gettime %timerfd-gettime)

  (define-struct struct-inotify-event make-struct-inotify-event fill-struct-inotify-event! (wd mask cookie len name))

  ;; (inotify-read fd): the next event, a struct-inotify-event whose name is a bytevector or #f; #f when there is none and
  ;; the descriptor does not wait.
  (define (inotify-read fd)
    (let ([fields (%inotify-read fd)])
      (and fields (apply make-struct-inotify-event fields))))
  )
