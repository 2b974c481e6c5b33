#!r6rs
;;; Many signals, while the receiver makes system calls and garbage: none is lost that the kernel has not merged with another.
(import (vicare) (prefix (vicare posix) px.) (prefix (vicare linux) lx.) (vicare platform constants) (vicar-test))

;; With a collection at every safepoint a hundredth of them takes as long.
(define count (if (px.getenv "VICAR_GC_STRESS") 500 100000))

;; Starts a child that runs `thunk`; its pid.
(define (start thunk)
  (px.fork values (lambda () (thunk) (exit 0))))

(define (receiving receive)
  (let-values ([(in out) (px.pipe)] [(parent) (px.getpid)])
    ;; Each is sent when the one before was seen, so there is never one to be merged with: a lost one would end the game.
    (let ([sender (start
                    (lambda ()
                      (px.close out)
                      (let ([byte (make-bytevector 1)])
                        (let loop ()
                          (when (= 1 (px.read in byte))
                            (px.kill parent SIGUSR1)
                            (loop))))))])
      (px.close in)
      (let loop ([seen 0])
        (px.write out '#vu8(1))
        (receive)
        (when (< (+ seen 1) count) (loop (+ seen 1))))
      (px.close out)
      (px.WEXITSTATUS (px.waitpid sender 0)))))

;; In a child, whose signals are its own.
(define (in-child thunk)
  (px.WEXITSTATUS (px.waitpid (start (lambda () (px.signal-bub-init) (exit (thunk)))) 0)))

(check (in-child
         (lambda ()
           (define-values (in out) (px.pipe))
           (define buffer (make-bytevector 100))
           (receiving
             (lambda ()
               (let wait ([garbage '()])
                 (px.write out buffer)
                 (px.read in (make-bytevector 100))
                 (px.signal-bub-acquire)
                 (unless (px.signal-bub-delivered? SIGUSR1)
                   (wait (if (> (length garbage) 50) '() (cons (make-vector 10 garbage) garbage)))))))))
       => 0)
(check (in-child (lambda () (receiving (lambda () (px.sigwaitinfo SIGUSR1))))) => 0)

;; Signals that the kernel queues: as many as were sent come out.
(define queued 40)
(check (in-child
         (lambda ()
           (let* ([fd (lx.signalfd -1 (list queued) 0)]
                  [parent (px.getpid)]
                  [sender (start
                            (lambda ()
                              (do ([i 0 (+ i 1)]) ((= i count))
                                (let retry () ; the queue is as long as a limit says
                                  (guard (e [(i/o-eagain-error? e) (px.nanosleep 0 100000) (retry)])
                                    (px.kill parent queued))))))]
                  [right (let loop ([seen 0])
                           (if (= seen count)
                               seen
                               (and (= queued (lx.struct-signalfd-siginfo-ssi_signo (lx.read-signalfd-siginfo fd)))
                                    (loop (+ seen 1)))))])
             (px.waitpid sender 0)
             (px.fd-set-non-blocking-mode! fd)
             (if (and (eqv? right count) (not (lx.read-signalfd-siginfo fd))) 0 1))))
       => 0)

(report)
