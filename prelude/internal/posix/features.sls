#!r6rs
;;; The cond-expand of (vicare posix), whose features are the calls of the system that it wraps.
(library (internal posix features) (options (requires posix))
  (export
    cond-expand)
  (import (internal primitives) (only (rnrs lists) exists) (vicare language-extensions cond-expand)
    (prefix (internal posix address) px:) (prefix (internal posix calendar) px:) (prefix (internal posix control) px:)
    (prefix (internal posix directory) px:) (prefix (internal posix directory-stream) px:)
    (prefix (internal posix environment) px:) (prefix (internal posix errno) px:) (prefix (internal posix fd) px:)
    (prefix (internal posix fdset) px:) (prefix (internal posix file) px:) (prefix (internal posix job) px:)
    (prefix (internal posix mmap) px:) (prefix (internal posix mq) px:) (prefix (internal posix netdb) px:)
    (prefix (internal posix path) px:) (prefix (internal posix process) px:) (prefix (internal posix resource) px:)
    (prefix (internal posix select) px:) (prefix (internal posix sem) px:) (prefix (internal posix shm) px:)
    (prefix (internal posix signal) px:) (prefix (internal posix socket) px:) (prefix (internal posix stat) px:)
    (prefix (internal posix sysconf) px:) (prefix (internal posix time) px:) (prefix (internal posix timer) px:)
    (prefix (internal posix user) px:))

  ;; (cond-expand (requirement body ...) ...): SRFI 0; a call of the system is a feature, named as the program imports it.
  ;; All of them are there on Linux. The macros on a child's status are features in lower case.
  (define-cond-expand cond-expand
    (lambda (id)
      (or (and (memq (syntax->datum id)
                     '(wifexited wexitstatus wifsignaled wtermsig wcoredump wifstopped wstopsig))
               #t)
          (exists (lambda (known) (free-identifier=? id known))
            (list
              #'px:strerror #'px:getenv #'px:setenv #'px:unsetenv #'px:environ #'px:getpid #'px:getppid
              #'px:fork #'px:system #'px:execv #'px:execve #'px:execl #'px:execle #'px:execvp #'px:execlp
              #'px:waitpid #'px:wait #'px:WIFEXITED #'px:WEXITSTATUS #'px:WIFSIGNALED #'px:WTERMSIG
              #'px:WCOREDUMP #'px:WIFSTOPPED #'px:WSTOPSIG #'px:raise #'px:kill #'px:pause #'px:sigwaitinfo
              #'px:sigtimedwait #'px:stat #'px:lstat #'px:fstat #'px:access #'px:S_ISDIR #'px:S_ISCHR
              #'px:S_ISBLK #'px:S_ISREG #'px:S_ISLNK #'px:S_ISSOCK #'px:S_ISFIFO #'px:chown #'px:fchown
              #'px:chmod #'px:fchmod #'px:umask #'px:utime #'px:utimes #'px:lutimes #'px:futimes #'px:link
              #'px:symlink #'px:readlink #'px:realpath #'px:unlink #'px:remove #'px:rename #'px:mkdir #'px:rmdir
              #'px:getcwd #'px:chdir #'px:fchdir #'px:opendir #'px:fdopendir #'px:readdir #'px:closedir
              #'px:rewinddir #'px:telldir #'px:seekdir #'px:open #'px:close #'px:read #'px:pread #'px:write
              #'px:pwrite #'px:lseek #'px:readv #'px:writev #'px:select #'px:poll #'px:fcntl #'px:ioctl #'px:dup
              #'px:dup2 #'px:pipe #'px:mkfifo #'px:truncate #'px:ftruncate #'px:lockf #'px:FD_ZERO #'px:FD_SET
              #'px:FD_CLR #'px:FD_ISSET #'px:select-from-sets #'px:select-from-sets-array #'px:mmap #'px:munmap
              #'px:msync #'px:mremap #'px:madvise #'px:mprotect #'px:mlock #'px:munlock #'px:mlockall
              #'px:munlockall #'px:shm-open #'px:shm-unlink #'px:sem-open #'px:sem-close #'px:sem-unlink
              #'px:sem-init #'px:sem-destroy #'px:sem-post #'px:sem-wait #'px:sem-trywait #'px:sem-timedwait
              #'px:sem-getvalue #'px:mq-open #'px:mq-close #'px:mq-unlink #'px:mq-send #'px:mq-receive
              #'px:mq-timedsend #'px:mq-timedreceive #'px:mq-setattr #'px:mq-getattr #'px:timer-create
              #'px:timer-delete #'px:timer-settime #'px:timer-gettime #'px:timer-getoverrun #'px:clock-getres
              #'px:clock-getcpuclockid #'px:clock-gettime #'px:clock-settime #'px:inet-aton #'px:inet-ntoa
              #'px:inet-pton #'px:inet-ntop #'px:htonl #'px:htons #'px:ntohl #'px:ntohs #'px:gethostbyname
              #'px:gethostbyname2 #'px:gethostbyaddr #'px:getaddrinfo #'px:getprotobyname #'px:getprotobynumber
              #'px:getservbyname #'px:getservbyport #'px:socket #'px:shutdown #'px:socketpair #'px:connect
              #'px:listen #'px:accept #'px:bind #'px:getpeername #'px:getsockname #'px:send #'px:recv
              #'px:sendto #'px:recvfrom #'px:setsockopt #'px:getsockopt #'px:getnetbyname #'px:getnetbyaddr
              #'px:getuid #'px:getgid #'px:geteuid #'px:getegid #'px:getgroups #'px:seteuid #'px:setuid
              #'px:setegid #'px:setgid #'px:setreuid #'px:setregid #'px:getlogin #'px:getpwuid #'px:getpwnam
              #'px:getgrgid #'px:getgrnam #'px:ctermid #'px:setsid #'px:getsid #'px:getpgrp #'px:setpgid
              #'px:tcgetpgrp #'px:tcsetpgrp #'px:tcgetsid #'px:clock #'px:times #'px:time #'px:gettimeofday
              #'px:localtime #'px:gmtime #'px:timelocal #'px:timegm #'px:strftime #'px:setitimer #'px:getitimer
              #'px:alarm #'px:nanosleep #'px:getrlimit #'px:setrlimit #'px:getrusage #'px:sysconf #'px:pathconf
              #'px:fpathconf #'px:confstr)))))
  )
