#!r6rs
;;; (vicare posix): what of it is written in Scheme. Most of it are primitives, one file a family in src/posix.
(library (vicare posix)
  (export
    ;; Syntax: (vicar posix features)
    cond-expand
    ;; Validations of arguments: (vicar posix validations)
    file-descriptor.vicare-arguments-validation file-descriptor/false.vicare-arguments-validation
    network-port-number.vicare-arguments-validation network-port-number/false.vicare-arguments-validation
    ;; Conditions
    &errno make-errno-condition errno-condition? condition-errno
    ;; Structures that several families share: (vicar posix structs)
    make-struct-timeval struct-timeval? struct-timeval-tv_sec struct-timeval-tv_usec set-struct-timeval-tv_sec!
    set-struct-timeval-tv_usec! make-struct-timespec struct-timespec? struct-timespec-tv_sec struct-timespec-tv_nsec
    set-struct-timespec-tv_sec! set-struct-timespec-tv_nsec!
    ;; Files and directory streams: (vicar posix files)
    stat lstat fstat make-struct-stat struct-stat? struct-stat-st_mode struct-stat-st_ino struct-stat-st_dev
    struct-stat-st_nlink struct-stat-st_uid struct-stat-st_gid struct-stat-st_size struct-stat-st_atime
    struct-stat-st_atime_nsec struct-stat-st_mtime struct-stat-st_mtime_nsec struct-stat-st_ctime
    struct-stat-st_ctime_nsec struct-stat-st_blocks struct-stat-st_blksize opendir fdopendir readdir readdir/string
    closedir rewinddir telldir seekdir make-directory-stream directory-stream? directory-stream-pathname
    directory-stream-pointer directory-stream-fd directory-stream-closed?
    ;; Time: (vicar posix time)
    clock-gettime clock-getres clock-settime gettimeofday times make-struct-tms struct-tms? struct-tms-tms_utime
    struct-tms-tms_stime struct-tms-tms_cutime struct-tms-tms_cstime set-struct-tms-tms_utime!
    set-struct-tms-tms_stime! set-struct-tms-tms_cutime! set-struct-tms-tms_cstime! localtime gmtime timelocal timegm
    strftime strftime/string make-struct-tm struct-tm? struct-tm-tm_sec struct-tm-tm_min struct-tm-tm_hour
    struct-tm-tm_mday struct-tm-tm_mon struct-tm-tm_year struct-tm-tm_wday struct-tm-tm_yday struct-tm-tm_isdst
    struct-tm-tm_gmtoff struct-tm-tm_zone set-struct-tm-tm_sec! set-struct-tm-tm_min! set-struct-tm-tm_hour!
    set-struct-tm-tm_mday! set-struct-tm-tm_mon! set-struct-tm-tm_year! set-struct-tm-tm_wday! set-struct-tm-tm_yday!
    set-struct-tm-tm_isdst! set-struct-tm-tm_gmtoff! set-struct-tm-tm_zone! setitimer getitimer make-struct-itimerval
    struct-itimerval? struct-itimerval-it_interval struct-itimerval-it_value set-struct-itimerval-it_interval!
    set-struct-itimerval-it_value! timer-settime timer-gettime make-struct-itimerspec struct-itimerspec?
    struct-itimerspec-it_interval struct-itimerspec-it_value set-struct-itimerspec-it_interval!
    set-struct-itimerspec-it_value! sem-timedwait
    ;; Processes, signals, limits, users: (vicar posix processes)
    environ-table environ->table table->environ sigwaitinfo sigtimedwait make-struct-siginfo_t struct-siginfo_t?
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
    set-struct-siginfo_t-si_addr_lsb! getrlimit setrlimit RLIM_INFINITY make-struct-rlimit struct-rlimit?
    struct-rlimit-rlim_cur struct-rlimit-rlim_max set-struct-rlimit-rlim_cur! set-struct-rlimit-rlim_max! getrusage
    make-struct-rusage struct-rusage? struct-rusage-ru_utime struct-rusage-ru_stime struct-rusage-ru_maxrss
    struct-rusage-ru_ixrss struct-rusage-ru_idrss struct-rusage-ru_isrss struct-rusage-ru_minflt
    struct-rusage-ru_majflt struct-rusage-ru_nswap struct-rusage-ru_inblock struct-rusage-ru_oublock
    struct-rusage-ru_msgsnd struct-rusage-ru_msgrcv struct-rusage-ru_nsignals struct-rusage-ru_nvcsw
    struct-rusage-ru_nivcsw set-struct-rusage-ru_utime! set-struct-rusage-ru_stime! set-struct-rusage-ru_maxrss!
    set-struct-rusage-ru_ixrss! set-struct-rusage-ru_idrss! set-struct-rusage-ru_isrss! set-struct-rusage-ru_minflt!
    set-struct-rusage-ru_majflt! set-struct-rusage-ru_nswap! set-struct-rusage-ru_inblock!
    set-struct-rusage-ru_oublock! set-struct-rusage-ru_msgsnd! set-struct-rusage-ru_msgrcv!
    set-struct-rusage-ru_nsignals! set-struct-rusage-ru_nvcsw! set-struct-rusage-ru_nivcsw! getpwuid getpwnam
    user-entries make-struct-passwd struct-passwd? struct-passwd-pw_name struct-passwd-pw_passwd struct-passwd-pw_uid
    struct-passwd-pw_gid struct-passwd-pw_gecos struct-passwd-pw_dir struct-passwd-pw_shell getgrgid getgrnam
    group-entries make-struct-group struct-group? struct-group-gr_name struct-group-gr_gid struct-group-gr_mem
    ;; Message queues: (vicar posix queues)
    mq-open mq-timedsend mq-timedreceive mq-getattr mq-setattr make-struct-mq-attr struct-mq-attr?
    struct-mq-attr-mq_flags struct-mq-attr-mq_maxmsg struct-mq-attr-mq_msgsize struct-mq-attr-mq_curmsgs
    set-struct-mq-attr-mq_flags! set-struct-mq-attr-mq_maxmsg! set-struct-mq-attr-mq_msgsize!
    set-struct-mq-attr-mq_curmsgs!
    ;; Databases of the network: (vicar posix network)
    gethostbyname gethostbyname2 gethostbyaddr host-entries getaddrinfo getprotobyname getprotobynumber
    protocol-entries getservbyname getservbyport service-entries getnetbyname getnetbyaddr network-entries
    make-struct-hostent struct-hostent? struct-hostent-h_name struct-hostent-h_aliases struct-hostent-h_addrtype
    struct-hostent-h_length struct-hostent-h_addr_list struct-hostent-h_addr make-struct-addrinfo struct-addrinfo?
    struct-addrinfo-ai_flags struct-addrinfo-ai_family struct-addrinfo-ai_socktype struct-addrinfo-ai_protocol
    struct-addrinfo-ai_addrlen struct-addrinfo-ai_addr struct-addrinfo-ai_canonname make-struct-protoent
    struct-protoent? struct-protoent-p_name struct-protoent-p_aliases struct-protoent-p_proto make-struct-servent
    struct-servent? struct-servent-s_name struct-servent-s_aliases struct-servent-s_port struct-servent-s_proto
    make-struct-netent struct-netent? struct-netent-n_name struct-netent-n_aliases struct-netent-n_addrtype
    struct-netent-n_net
    ;; Programs that replace this one: (vicar posix executions)
    execv execve execl execle execvp execlp port-set-close-on-exec-mode! port-unset-close-on-exec-mode!
    port-in-close-on-exec-mode? close-ports-in-close-on-exec-mode flush-ports-in-close-on-exec-mode
    ;; Children: (vicar posix children)
    fork fork-with-fds fork-with-binary-ports fork-with-textual-ports after-fork/prepare-child-file-descriptors
    after-fork/prepare-child-binary-input/output-ports after-fork/prepare-child-textual-input/output-ports
    after-fork/prepare-parent-binary-input/output-ports after-fork/prepare-parent-textual-input/output-ports
    ;; Connections: (vicar posix connections)
    tcp-connect tcp-connect/binary tcp-connect.connect-proc)
  (import
    (only (vicar internal) make-errno-condition errno-condition? condition-errno)
    (only (vicar vicare-conditions) &errno)
    (vicar posix structs) (vicar posix files) (vicar posix time) (vicar posix processes) (vicar posix queues)
    (vicar posix network) (vicar posix executions) (vicar posix children) (vicar posix connections) (vicar posix features)
    (vicar posix validations)))
