#!r6rs
;;; Status of files: a family of (vicare posix).
;;;
;;; Primitives: %fstat %lstat %stat
(library (internal posix stat) (options (requires posix))
  (export
    ;; Defined here
    stat lstat fstat make-struct-stat struct-stat? struct-stat-st_mode struct-stat-st_ino struct-stat-st_dev
    struct-stat-st_nlink struct-stat-st_uid struct-stat-st_gid struct-stat-st_size struct-stat-st_atime
    struct-stat-st_atime_nsec struct-stat-st_mtime struct-stat-st_mtime_nsec struct-stat-st_ctime
    struct-stat-st_ctime_nsec struct-stat-st_blocks struct-stat-st_blksize
    ;; Primitives
    file-is-directory? file-is-char-device? file-is-block-device? file-is-regular-file? file-is-symbolic-link?
    file-is-socket? file-is-fifo? file-is-message-queue? file-is-semaphore? file-is-shared-memory? S_ISDIR S_ISCHR
    S_ISBLK S_ISREG S_ISLNK S_ISSOCK S_ISFIFO access file-readable? file-writable? file-executable? file-size
    file-atime file-mtime file-ctime)
  (import (internal primitives) (internal posix structs))

  (define-struct struct-stat make-struct-stat fill-struct-stat!
    (st_mode st_ino st_dev st_nlink st_uid st_gid st_size st_atime st_atime_nsec st_mtime st_mtime_nsec
     st_ctime st_ctime_nsec st_blocks st_blksize))

  ;; (stat pathname): what the system knows of the file, a struct-stat. stat(2)
  (define (stat pathname)
    (call-with-values (lambda () (%stat pathname)) make-struct-stat))

  ;; (lstat pathname): the same of a symbolic link itself.
  (define (lstat pathname)
    (call-with-values (lambda () (%lstat pathname)) make-struct-stat))

  ;; (fstat fd): the same of an open file.
  (define (fstat fd)
    (call-with-values (lambda () (%fstat fd)) make-struct-stat))
  )
