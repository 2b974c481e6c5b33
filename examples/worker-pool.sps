#!r6rs
;;; A pool of worker processes. One message queue hands out the jobs, each to the worker that is free; another collects the
;;; answers. Here a job is a number, and the answer the number of steps that it takes to reach 1 in Collatz's game.
;;;
;;;   vicar examples/worker-pool.sps
(import (vicare)
  (prefix (vicare posix) px.)
  (vicare platform constants))

(define workers 4)
(define jobs 100)
(define message-size 64)

;; The queues' names go at once: the descriptors are enough, and nothing is left behind.
(define (make-queue kind)
  (let* ((name  (format "/vicar-~a.~a" kind (px.getpid)))
         (queue (px.mq-open name (fxior O_CREAT O_EXCL O_RDWR) (fxior S_IRUSR S_IWUSR)
                            (px.make-struct-mq-attr 0 10 message-size 0))))
    (px.mq-unlink name)
    queue))

(define todo (make-queue "jobs"))
(define done (make-queue "answers"))

;; Messages are datums, written and read.
(define (send queue datum)
  (px.mq-send queue (string->utf8 (format "~s" datum)) 0))

(define (receive queue)
  (let ((buffer (make-bytevector message-size)))
    (let-values (((size priority) (px.mq-receive queue buffer)))
      (read (open-string-input-port (utf8->string (subbytevector-u8 buffer 0 size)))))))

(define (steps n)
  (let next ((n n) (count 0))
    (cond ((= n 1) count)
          ((even? n) (next (div n 2) (+ count 1)))
          (else (next (+ 1 (* 3 n)) (+ count 1))))))

(define (work)
  (let ((job (receive todo)))
    (unless (eq? job 'stop)
      (send done (list job (steps job)))
      (work))))

(define pids
  (map (lambda (i) (px.fork values (lambda () (work) (exit 0))))
    (make-list workers)))

;; Another process hands out the jobs, because both queues are short: who only sends, or only receives, may wait.
(define feeder
  (px.fork values
    (lambda ()
      (do ((job 1 (+ job 1))) ((> job jobs)) (send todo job))
      (for-each (lambda (pid) (send todo 'stop)) pids)
      (exit 0))))

(define answers
  (let collect ((answers '()))
    (if (= (length answers) jobs) answers (collect (cons (receive done) answers)))))
(for-each (lambda (pid) (px.waitpid pid 0)) (cons feeder pids))

(let ((longest (fold-left (lambda (a b) (if (> (cadr a) (cadr b)) a b)) (car answers) (cdr answers))))
  (printf "~a jobs, ~a workers; the longest game of 1 to ~a begins with ~a: ~a steps\n"
          (length answers) workers jobs (car longest) (cadr longest)))
