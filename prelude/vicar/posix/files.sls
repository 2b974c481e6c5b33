#!r6rs
;;; Files of (vicare posix): the structure that describes one, directory streams.
;;;
;;; Primitives: %stat %lstat %fstat %opendir %fdopendir %readdir %closedir %rewinddir %telldir %seekdir %wrong-argument
(library (vicar posix files)
  (export
    stat lstat fstat make-struct-stat struct-stat?
    struct-stat-st_mode struct-stat-st_ino struct-stat-st_dev struct-stat-st_nlink struct-stat-st_uid
    struct-stat-st_gid struct-stat-st_size struct-stat-st_atime struct-stat-st_atime_nsec struct-stat-st_mtime
    struct-stat-st_mtime_nsec struct-stat-st_ctime struct-stat-st_ctime_nsec struct-stat-st_blocks
    struct-stat-st_blksize
    opendir fdopendir readdir readdir/string closedir rewinddir telldir seekdir
    make-directory-stream directory-stream? directory-stream-pathname directory-stream-pointer directory-stream-fd
    directory-stream-closed?)
  (import (vicar internal) (vicar posix structs))

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

  ;; The pointer is what the system's calls get; it is checked there.
  (define-record-type (directory-stream make-directory-stream directory-stream?)
    (fields (immutable pathname directory-stream-pathname)
            (immutable pointer directory-stream-pointer)
            (immutable fd directory-stream-fd)
            (mutable closed? directory-stream-closed? set-directory-stream-closed?!)))

  ;; (opendir pathname): a stream of the directory's entries. A stream that is forgotten is closed by the collector.
  (define (opendir pathname)
    (make-directory-stream pathname (%opendir pathname) #f #f))

  ;; (fdopendir fd): the same from a descriptor, which closing the stream closes.
  (define (fdopendir fd)
    (make-directory-stream #f (%fdopendir fd) fd #f))

  (define (pointer-of who stream)
    (expect-struct who 1 stream directory-stream? "a directory stream")
    (if (directory-stream-closed? stream)
        (assertion-violation who "the directory stream is closed" stream))
    (directory-stream-pointer stream))

  (define (next who stream)
    (let ([entry (%readdir (pointer-of who stream))])
      (if (not entry)
          (set-directory-stream-closed?! stream #t))
      entry))

  ;; (readdir stream): the next entry's name, a bytevector; at the end the stream is closed, and #f.
  (define (readdir stream) (next 'readdir stream))

  ;; (readdir/string stream): the same as a string.
  (define (readdir/string stream)
    (let ([entry (next 'readdir/string stream)])
      (and entry (utf8->string entry))))

  ;; (closedir stream): closes it, if it is open.
  (define (closedir stream)
    (expect-struct 'closedir 1 stream directory-stream? "a directory stream")
    (if (not (directory-stream-closed? stream))
        (begin
          (%closedir (directory-stream-pointer stream))
          (set-directory-stream-closed?! stream #t))))

  ;; (rewinddir stream): back to the first entry.
  (define (rewinddir stream) (%rewinddir (pointer-of 'rewinddir stream)))

  ;; (telldir stream): a number for seekdir.
  (define (telldir stream) (%telldir (pointer-of 'telldir stream)))

  ;; (seekdir stream pos): back to where telldir answered `pos`.
  (define (seekdir stream pos) (%seekdir (pointer-of 'seekdir stream) pos))
  )
