#!r6rs
;;; Message queues: a family of (vicare posix).
;;;
;;; Primitives: %mq-getattr %mq-open %mq-setattr %mq-timedreceive %mq-timedsend
(library (internal posix mq) (options (requires posix))
  (export
    ;; Defined here
    mq-open mq-timedsend mq-timedreceive mq-getattr mq-setattr make-struct-mq-attr struct-mq-attr?
    struct-mq-attr-mq_flags struct-mq-attr-mq_maxmsg struct-mq-attr-mq_msgsize struct-mq-attr-mq_curmsgs
    set-struct-mq-attr-mq_flags! set-struct-mq-attr-mq_maxmsg! set-struct-mq-attr-mq_msgsize!
    set-struct-mq-attr-mq_curmsgs!
    ;; Primitives
    mq-close mq-unlink mq-send mq-receive)
  (import (internal primitives) (internal posix structs))

  (define-struct struct-mq-attr make-struct-mq-attr fill-struct-mq-attr! (mq_flags mq_maxmsg mq_msgsize mq_curmsgs))

  (define (expect-attr who index attr)
    (expect-struct who index attr struct-mq-attr? "a struct-mq-attr"))

  ;; (mq-open name oflag mode [attr]): a descriptor of the message queue, "/" and a name without more slashes. With
  ;; O_CREAT it is made if it is not there, for as many and as long messages as the struct-mq-attr says. mq_open(3)
  (define mq-open
    (case-lambda
      [(name oflag mode) (%mq-open name oflag mode -1 -1)]
      [(name oflag mode attr)
       (if attr
           (begin
             (expect-attr 'mq-open 4 attr)
             (%mq-open name oflag mode (struct-mq-attr-mq_maxmsg attr) (struct-mq-attr-mq_msgsize attr)))
           (%mq-open name oflag mode -1 -1))]))

  ;; (mq-timedsend mqd message priority epoch-timeout): like mq-send until a time, a struct-timespec; then raises
  ;; ETIMEDOUT. mq_timedsend(3)
  (define (mq-timedsend mqd message priority epoch-timeout)
    (expect-time 'mq-timedsend 4 epoch-timeout)
    (%mq-timedsend mqd message priority (struct-timespec-tv_sec epoch-timeout) (struct-timespec-tv_nsec epoch-timeout)))

  ;; (mq-timedreceive mqd message epoch-timeout): like mq-receive until a time, a struct-timespec; then raises ETIMEDOUT.
  ;; mq_timedreceive(3)
  (define (mq-timedreceive mqd message epoch-timeout)
    (expect-time 'mq-timedreceive 3 epoch-timeout)
    (%mq-timedreceive mqd message (struct-timespec-tv_sec epoch-timeout) (struct-timespec-tv_nsec epoch-timeout)))

  ;; (mq-getattr mqd [attr]): the queue's attributes, in the struct-mq-attr given or a new one. mq_getattr(3)
  (define mq-getattr
    (case-lambda
      [(mqd) (mq-getattr mqd (make-struct-mq-attr 0 0 0 0))]
      [(mqd attr)
       (expect-attr 'mq-getattr 2 attr)
       (call-with-values (lambda () (%mq-getattr mqd))
         (lambda (flags maxmsg msgsize curmsgs) (fill-struct-mq-attr! attr flags maxmsg msgsize curmsgs)))]))

  ;; (mq-setattr mqd new-attr [old-attr]): sets the flags (O_NONBLOCK alone); the attributes before, in the
  ;; struct-mq-attr given or a new one. mq_setattr(3)
  (define mq-setattr
    (case-lambda
      [(mqd new-attr) (mq-setattr mqd new-attr (make-struct-mq-attr 0 0 0 0))]
      [(mqd new-attr old-attr)
       (expect-attr 'mq-setattr 2 new-attr)
       (expect-attr 'mq-setattr 3 old-attr)
       (call-with-values (lambda () (%mq-setattr mqd (struct-mq-attr-mq_flags new-attr)))
         (lambda (flags maxmsg msgsize curmsgs) (fill-struct-mq-attr! old-attr flags maxmsg msgsize curmsgs)))]))
  )
