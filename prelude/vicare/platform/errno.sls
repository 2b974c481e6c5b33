#!r6rs
;;; (vicare platform errno): the error codes of the system, negative fixnums, #f for one that it lacks; and their names in
;;; programs: (errno-code NAME) is the code, (case-errno code ((NAME ...) body ...) ... [(else body ...)]) chooses by names.
(library (vicare platform errno) (options (requires posix))
  (export
    errno-code case-errno
    E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EADV EAFNOSUPPORT EAGAIN EALREADY EBADE EBADF EBADFD EBADMSG EBADR EBADRQC
    EBADSLT EBFONT EBUSY ECANCELED ECHILD ECHRNG ECOMM ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDEADLOCK
    EDESTADDRREQ EDOM EDOTDOT EDQUOT EEXIST EFAULT EFBIG EHOSTDOWN EHOSTUNREACH EIDRM EILSEQ EINPROGRESS EINTR
    EINVAL EIO EISCONN EISDIR EISNAM EKEYEXPIRED EKEYREJECTED EKEYREVOKED EL2HLT EL2NSYNC EL3HLT EL3RST ELIBACC
    ELIBBAD ELIBEXEC ELIBMAX ELIBSCN ELNRNG ELOOP EMEDIUMTYPE EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENAVAIL
    ENETDOWN ENETRESET ENETUNREACH ENFILE ENOANO ENOBUFS ENOCSI ENODATA ENODEV ENOENT ENOEXEC ENOKEY ENOLCK ENOLINK
    ENOMEDIUM ENOMEM ENOMSG ENONET ENOPKG ENOPROTOOPT ENOSPC ENOSR ENOSTR ENOSYS ENOTBLK ENOTCONN ENOTDIR ENOTEMPTY
    ENOTNAM ENOTRECOVERABLE ENOTSOCK ENOTTY ENOTUNIQ ENXIO EOPNOTSUPP EOVERFLOW EOWNERDEAD EPERM EPFNOSUPPORT EPIPE
    EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE EREMCHG EREMOTE EREMOTEIO ERESTART EROFS ESHUTDOWN ESOCKTNOSUPPORT
    ESPIPE ESRCH ESRMNT ESTALE ESTRPIPE ETIME ETIMEDOUT ETOOMANYREFS ETXTBSY EUCLEAN EUNATCH EUSERS EWOULDBLOCK
    EXDEV EXFULL)
  (import (internal primitives) (vicare platform constants) (for (internal posix errno-names) expand))

  (define-syntax errno-code
    (lambda (stx)
      (syntax-case stx ()
        [(_ name)
         (begin
           (check-errno-name 'errno-code stx #'name)
           (datum->syntax #'here (syntax->datum #'name)))])))

  (define-syntax case-errno
    (lambda (stx)
      (syntax-case stx ()
        [(_ code clause ...)
         #'(let ([t code]) (errno-clauses t clause ...))])))

  (define-syntax errno-clauses
    (lambda (stx)
      (syntax-case stx (else)
        [(_ t) #'(if #f #f)]
        [(_ t (else body0 body ...)) #'(begin body0 body ...)]
        [(_ t ((name ...) body0 body ...) clause ...)
         #'(if (or (eqv? t (errno-code name)) ...)
               (begin body0 body ...)
               (errno-clauses t clause ...))])))
  )
