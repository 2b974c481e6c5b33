#!r6rs
;;; What (vicare arguments validation) and (vicare arguments general-c-buffers) ask of the buffers that C gets.
(library (internal posix buffers) (options (requires posix))
  (export
    length-for?)
  (import (internal primitives))

  ;; Whether it is the length of a buffer of C: a number, which a pointer must have, and others may have.
  (define (length-for? buffer length)
    (or (and (not length) (not (pointer? buffer)))
        (and (exact-integer? length) (<= 0 length))))
  )
