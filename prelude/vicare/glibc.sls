#!r6rs
;;; (vicare glibc): what of it is no primitive of src/posix/glibc.
;;;
;;; Primitives: %dirfd
(library (vicare glibc)
  (export cond-expand dirfd)
  (import (vicar internal) (only (vicar posix features) cond-expand)
    (only (vicar posix files) directory-stream? directory-stream-pointer) (only (vicar posix structs) expect-struct))

  ;; (dirfd stream): the descriptor of a directory stream. dirfd(3)
  (define (dirfd stream)
    (expect-struct 'dirfd 1 stream directory-stream? "a directory stream")
    (%dirfd (directory-stream-pointer stream)))
  )
