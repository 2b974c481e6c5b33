#!r6rs
;;; Custom ports, R6RS libraries 8.2.7, 8.2.10, 8.2.13: what calls the program's procedures. The primitives on ports call
;;; these when a buffer is empty or full, see src/io/custom.rs.
;;;
;;; A procedure that answers what it may not answer, raises, escapes, or closes or uses the port itself finds the port as
;;; the last completed step left it.
;;;
;;; Primitives: %make-custom-port %supply-port! %pending-output %drop-output! %unread-count %discard-input!
;;; %draining? %set-draining! %close-port %check-procedure %wrong-argument
(library (internal custom-ports)
  (export make-custom-binary-input-port make-custom-binary-output-port make-custom-binary-input/output-port
          make-custom-textual-input-port make-custom-textual-output-port make-custom-textual-input/output-port)
  (import (internal primitives) (internal control))

  ;; Elements that read! is asked for at once.
  (define size 4096)

  (define (check-count who port what n least most)
    (if (not (and (fixnum? n) (fx<=? least n) (fx<=? n most)))
        (assertion-violation who
          (string-append "expected " what " of the custom port to answer a number from " (number->string least)
                         " to " (number->string most))
          n port)))

  ;; Supplies input, then does the operation again that found none.
  (define (refiller read! make-buffer)
    (lambda (port who retry . arguments)
      (let* ([buffer (make-buffer size)] [n (read! buffer 0 size)])
        (check-count who port "read!" n 0 size)
        (%supply-port! who port buffer n)
        (apply retry arguments))))

  ;; Passes on all that waits. What is written meanwhile waits in turn, and comes at the end; so does what is there when
  ;; write! itself flushes or closes the port.
  (define (drainer write! length)
    (lambda (port who)
      (if (not (%draining? port))
          (dynamic-wind
            (lambda () (%set-draining! port #t))
            (lambda ()
              (let next ([pending (%pending-output port)])
                (let ([end (if pending (length pending) 0)])
                  (if (fx>? end 0)
                      (let loop ([start 0])
                        (if (fx<? start end)
                            (let* ([count (fx- end start)] [n (write! pending start count)])
                              (check-count who port "write!" n 1 count)
                              (%drop-output! port n)
                              (loop (fx+ start n)))
                            (next (%pending-output port))))))))
            (lambda () (%set-draining! port #f))))))

  (define (closer drain close)
    (lambda (port who)
      (drain port who)
      (%close-port port)
      (if close (close))
      (if #f #f)))

  ;; Where the program is, not where read! is.
  (define (teller drain get-position)
    (and get-position
         (lambda (port)
           (drain port 'port-position)
           (let ([position (get-position)] [unread (%unread-count port)])
             (if (and (fx>? unread 0) (number? position) (exact? position) (integer? position))
                 (- position unread)
                 position)))))

  (define (mover drain set-position!)
    (and set-position!
         (lambda (port position)
           (drain port 'set-port-position!)
           (%discard-input! port)
           (set-position! position)
           (if #f #f))))

  (define (check-optional who index obj)
    (if obj (%check-procedure who index obj)))

  (define (make who id textual? read! write! get-position set-position! close first)
    (if (not (string? id)) (%wrong-argument who 'id 1 "a string" id))
    (check-optional who first get-position)
    (check-optional who (fx+ first 1) set-position!)
    (check-optional who (fx+ first 2) close)
    (let ([drain (if write! (drainer write! (if textual? string-length bytevector-length)) (lambda (port who) #f))])
      (%make-custom-port id textual? (and read! #t) (and write! #t)
        (and read! (refiller read! (if textual? make-string make-bytevector)))
        drain
        (closer drain close)
        (teller drain get-position)
        (mover drain set-position!))))

  ;; The first two procedures are needed, so #f will not do for them; to `make` it means that the port has no such side.

  (define (make-custom-binary-input-port id read! get-position set-position! close)
    (%check-procedure 'make-custom-binary-input-port 2 read!)
    (make 'make-custom-binary-input-port id #f read! #f get-position set-position! close 3))

  (define (make-custom-textual-input-port id read! get-position set-position! close)
    (%check-procedure 'make-custom-textual-input-port 2 read!)
    (make 'make-custom-textual-input-port id #t read! #f get-position set-position! close 3))

  (define (make-custom-binary-output-port id write! get-position set-position! close)
    (%check-procedure 'make-custom-binary-output-port 2 write!)
    (make 'make-custom-binary-output-port id #f #f write! get-position set-position! close 3))

  (define (make-custom-textual-output-port id write! get-position set-position! close)
    (%check-procedure 'make-custom-textual-output-port 2 write!)
    (make 'make-custom-textual-output-port id #t #f write! get-position set-position! close 3))

  (define (make-custom-binary-input/output-port id read! write! get-position set-position! close)
    (%check-procedure 'make-custom-binary-input/output-port 2 read!)
    (%check-procedure 'make-custom-binary-input/output-port 3 write!)
    (make 'make-custom-binary-input/output-port id #f read! write! get-position set-position! close 4))

  (define (make-custom-textual-input/output-port id read! write! get-position set-position! close)
    (%check-procedure 'make-custom-textual-input/output-port 2 read!)
    (%check-procedure 'make-custom-textual-input/output-port 3 write!)
    (make 'make-custom-textual-input/output-port id #t read! write! get-position set-position! close 4))
  )
