#!r6rs
;;; (vicare glibc): what of it is no primitive of src/posix/glibc.
;;;
;;; Primitives: %dirfd
(library (vicare glibc) (options (requires posix))
  (export
    ;; Defined here
    cond-expand dirfd
    ;; Words and names
    if-nametoindex if-indextoname if-nameindex bindresvport bindresvport6 IN_CLASSA IN_CLASSB IN_CLASSC IN_CLASSD
    IN_MULTICAST IN_EXPERIMENTAL IN_BADCLASS IN6_IS_ADDR_UNSPECIFIED IN6_IS_ADDR_LOOPBACK IN6_IS_ADDR_LINKLOCAL
    IN6_IS_ADDR_SITELOCAL IN6_IS_ADDR_V4MAPPED IN6_IS_ADDR_V4COMPAT IN6_IS_ADDR_MULTICAST IN6_IS_ADDR_MC_NODELOCAL
    IN6_IS_ADDR_MC_LINKLOCAL IN6_IS_ADDR_MC_SITELOCAL IN6_IS_ADDR_MC_ORGLOCAL IN6_IS_ADDR_MC_GLOBAL IN6_ARE_ADDR_EQUAL
    ;; Files
    mkstemp mkdtemp sync fsync fdatasync clearenv
    ;; Functions of C
    csin ccos ctan casin cacos catan csinh ccosh ctanh casinh cacosh catanh cexp clog clog10 csqrt erf erfc tgamma j0
    j1 y0 y1 cpow lgamma jn yn rand srand (rename (%glibc:sinh sinh) (%glibc:cosh cosh) (%glibc:tanh tanh)
    (%glibc:asinh asinh) (%glibc:acosh acosh) (%glibc:atanh atanh))
    ;; Patterns
    fnmatch glob glob/string wordexp wordexp/string
    ;; Regular expressions
    regcomp regcomp/disown regexec regfree)
  (import (internal primitives) (only (internal posix features) cond-expand)
    (only (internal posix directory-stream) directory-stream? directory-stream-pointer) (only (internal posix structs) expect-struct))

  ;; (dirfd stream): the descriptor of a directory stream. dirfd(3)
  (define (dirfd stream)
    (expect-struct 'dirfd 1 stream directory-stream? "a directory stream")
    (%dirfd (directory-stream-pointer stream)))
  )
