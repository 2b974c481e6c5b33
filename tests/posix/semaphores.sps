#!r6rs
;;; Semaphores between processes, named and in shared memory.
(import (except (vicare) parent) (prefix (vicare posix) px.) (vicare platform constants) (vicar-test))

(define page (px.sysconf _SC_PAGESIZE))
(define (errno-of thunk)
  (guard (e [(px.errno-condition? e) (px.condition-errno e)] [#t e]) (thunk)))

;; A ball that two processes pass 500 times through anonymous shared memory.
(let* ([p (px.mmap #f page (fxior PROT_READ PROT_WRITE) (fxior MAP_SHARED MAP_ANONYMOUS) 0 0)]
       [ping (px.sem-init p #t 0)]
       [pong (px.sem-init (pointer-add p (px.sizeof-sem_t)) #t 0)]
       [count (pointer-add p 100)])
  (define (play mine yours)
    (do ([i 0 (+ i 1)]) ((= i 500))
      (px.sem-post yours)
      (px.sem-wait mine)
      (pointer-set-c-uint32! count 0 (+ 1 (pointer-ref-c-uint32 count 0)))))
  (check (px.fork
           (lambda (pid) (play ping pong) (px.waitpid pid 0))
           (lambda () (play pong ping) (exit 0)))
         => 0)
  (check (<= 500 (pointer-ref-c-uint32 count 0) 1000) => #t)
  (check (px.sem-getvalue ping) => 0)
  (check (px.sem-trywait ping) => #f)
  (px.sem-post ping)
  (check (px.sem-trywait ping) => #t)
  (check (px.sem-timedwait ping (px.make-struct-timespec 0 0)) => #f)
  (px.sem-destroy ping)
  (px.sem-destroy pong)
  (px.munmap p page)
  (check-error assertion-violation? (px.sem-wait ping)))

;; A named one.
(let* ([name (format "/vicar-test-sem.~a" (px.getpid))]
       [sem (px.sem-open name (fxior O_CREAT O_EXCL) (fxior S_IRUSR S_IWUSR) 1)])
  (check (errno-of (lambda () (px.sem-open name (fxior O_CREAT O_EXCL) 0 1))) => EEXIST)
  (check (px.fork
           (lambda (pid) (let ([status (px.waitpid pid 0)]) (px.WEXITSTATUS status)))
           (lambda ()
             (let ([sem (px.sem-open name 0 0)])
               (px.sem-wait sem)
               (px.sem-close sem)
               (exit 3))))
         => 3)
  (check (px.sem-getvalue sem) => 0)
  (px.sem-unlink name)
  (check (errno-of (lambda () (px.sem-unlink name))) => ENOENT)
  (px.sem-close sem)
  (check-error assertion-violation? (px.sem-close sem))
  (check-error assertion-violation? (px.sem-post sem)))

(check-error assertion-violation? (px.sem-timedwait (malloc 32) 5))
(check (errno-of (lambda () (px.sem-init (malloc 32) #f 4294967295))) => EINVAL)
(check-error assertion-violation? (px.sem-init (malloc 31) #f 1))

;; A holder that is killed leaves it taken; waiting with a time gets over that.
(let* ([p (px.mmap #f page (fxior PROT_READ PROT_WRITE) (fxior MAP_SHARED MAP_ANONYMOUS) 0 0)]
       [sem (px.sem-init p #t 1)]
       [ready (px.sem-init (pointer-add p 64) #t 0)])
  (px.fork
    (lambda (pid)
      (px.sem-wait ready)
      (px.kill pid SIGKILL)
      (check (px.WTERMSIG (px.waitpid pid 0)) => SIGKILL)
      (check (px.sem-timedwait sem (px.make-struct-timespec (px.time) 0)) => #f))
    (lambda ()
      (px.sem-wait sem)
      (px.sem-post ready)
      (px.pause)))
  (px.munmap p page))

(report)
