#!r6rs
;;; Directory streams: a family of (vicare posix).
;;;
;;; Primitives: %closedir %fdopendir %opendir %readdir %rewinddir %seekdir %telldir
(library (internal posix directory-stream) (options (requires posix))
  (export
    opendir fdopendir readdir readdir/string closedir rewinddir telldir seekdir make-directory-stream
    directory-stream? directory-stream-pathname directory-stream-pointer directory-stream-fd directory-stream-closed?)
  (import (internal primitives) (internal posix structs))

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
