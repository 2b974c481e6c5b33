#!r6rs
;;; A lock that survives the death of its holder. A semaphore does not know who holds it: when that process is killed, others
;;; would wait for ever. Here the holder leaves its pid beside the semaphore, and who has waited for long looks whether that
;;; process still lives.
;;;
;;;   vicar examples/killed-holder.sps
;;;
;;; What a process does between taking the semaphore and leaving its pid takes microseconds. When the word is 0 for two
;;; seconds, and nobody has had the lock meanwhile, the holder died there. (A process that is stopped just there for so long
;;; cannot be told from a dead one.)
(import (vicare)
  (prefix (vicare posix) px.)
  (vicare platform constants))

;; A page that the processes share, with the holder's pid and a counter that the lock protects.
(define page
  (px.mmap #f 4096 (fxior PROT_READ PROT_WRITE) (fxior MAP_SHARED MAP_ANONYMOUS) 0 0))
(define holder.offset 0)
(define turns.offset 8)
(define counter.offset 16)
(define (holder) (pointer-ref-c-sint64 page holder.offset))
(define (set-holder! pid) (pointer-set-c-sint64! page holder.offset pid))
;; How often the lock was taken: who has it counts.
(define (turns) (pointer-ref-c-sint64 page turns.offset))
(define (take-turn!)
  (pointer-set-c-sint64! page turns.offset (+ 1 (turns)))
  (set-holder! (px.getpid)))
(define (counter) (pointer-ref-c-sint64 page counter.offset))
(define (count!) (pointer-set-c-sint64! page counter.offset (+ 1 (counter))))

(define name (format "/vicar-killed-holder.~a" (px.getpid)))
(define lock (px.sem-open name (fxior O_CREAT O_EXCL) (fxior S_IRUSR S_IWUSR) 1))
(px.sem-unlink name)

;; One at a time looks after the dead: the kernel gives this lock back whatever happens to its holder.
(define recovery
  (let* ((path (format "/tmp/vicar-killed-holder.~a" (px.getpid)))
         (fd   (px.open path (fxior O_CREAT O_EXCL O_RDWR) (fxior S_IRUSR S_IWUSR))))
    (px.unlink path)
    fd))

(define (alive? pid)
  (guard (e ((and (px.errno-condition? e) (= ESRCH (px.condition-errno e))) #f))
    (px.kill pid 0)
    #t))

(define (in-milliseconds n)
  (let* ((now  (px.clock-gettime CLOCK_REALTIME (px.make-struct-timespec 0 0)))
         (nsec (+ (px.struct-timespec-tv_nsec now) (* 1000000 n))))
    (px.make-struct-timespec (+ (px.struct-timespec-tv_sec now) (div nsec 1000000000)) (mod nsec 1000000000))))

;; Takes the lock; #t if it was taken over from a process that is dead.
(define (acquire!)
  (let wait ((last-turns -1))
    (cond
      ((px.sem-timedwait lock (in-milliseconds 1000))
       (take-turn!)
       #f)
      ((take-over! last-turns) #t)
      (else (wait (if (zero? (holder)) (turns) -1))))))

;; Whoever takes over goes on with the semaphore as it is: taken, now by this process.
(define (take-over! last-turns)
  (px.lockf recovery F_LOCK 0)
  (unwind-protect
      (let ((pid (holder)))
        (and (if (zero? pid) (= (turns) last-turns) (not (alive? pid)))
             (begin (take-turn!) #t)))
    (px.lockf recovery F_ULOCK 0)))

(define (release!)
  (set-holder! 0)
  (px.sem-post lock))

;; A child that is killed while it has the lock.
(define victim
  (px.fork values
    (lambda ()
      (acquire!)
      (count!)
      (px.pause)
      (exit 0))))
(let wait () (unless (= (holder) victim) (px.nanosleep 0 1000000) (wait)))
(px.kill victim SIGKILL)
(px.waitpid victim 0)

;; Others that want it go on.
(define pids
  (map (lambda (i)
         (px.fork values
           (lambda ()
             (let ((took-over? (acquire!)))
               (count!)
               (release!)
               (exit (if took-over? 1 0))))))
    '(1 2 3)))
(define took-over
  (fold-left (lambda (sum pid) (+ sum (px.WEXITSTATUS (px.waitpid pid 0)))) 0 pids))

(printf "~a processes had the lock, ~a took it over from the dead one\n" (counter) took-over)
(px.sem-close lock)
