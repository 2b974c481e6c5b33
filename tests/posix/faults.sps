#!r6rs
;;; What the world does to a program: full disks, no descriptors left, interruptions, peers and files that go away.
(import (vicare) (prefix (vicare posix) px.) (vicare platform constants) (vicar-test))

(define (errno-of thunk)
  (guard (e [(px.errno-condition? e) (px.condition-errno e)] [#t e]) (thunk)))
(define (in-child thunk)
  (let ([pid (px.fork)])
    (if (zero? pid)
        (exit (guard (e [(px.errno-condition? e) (- (px.condition-errno e))] [#t 200]) (if (thunk) 0 201)))
        (px.WEXITSTATUS (px.waitpid pid 0)))))
(define (milliseconds n) (px.nanosleep 0 (* n 1000000)))

;; A file that may not grow as a full disk, below a descriptor and below a port, which keeps what it could not write and can be
;; closed.
(define (with-full-disk thunk)
  (let ([limit (px.getrlimit RLIMIT_FSIZE)])
    (dynamic-wind
      (lambda () (px.setrlimit RLIMIT_FSIZE (px.make-struct-rlimit 0 (px.struct-rlimit-rlim_max limit))))
      thunk
      (lambda () (px.setrlimit RLIMIT_FSIZE limit)))))
(define (file . rest) (apply open-file-output-port "full" (file-options no-fail) rest))
(with-full-disk
  (lambda ()
    (let ([fd (px.open "full" (fxior O_WRONLY O_CREAT) #o600)])
      (check (errno-of (lambda () (px.write fd "x"))) => EFBIG)
      (check (errno-of (lambda () (px.writev fd '(#vu8(1))))) => EFBIG)
      (px.close fd))
    (let ([port (file)])
      (put-u8 port 1)
      (check-error i/o-write-error? (flush-output-port port))
      (check-error i/o-write-error? (flush-output-port port))
      (check-error i/o-write-error? (close-port port))
      (check (port-closed? port) => #t)
      (check (close-port port) => (void)))
    ;; The port is still open afterwards, with output: to leave it so would be an error of the whole program.
    (let ([port (file (buffer-mode block) (native-transcoder))])
      (check-error i/o-write-error? (call-with-port port (lambda (port) (display (make-string 100000 #\a) port))))
      (check-error i/o-write-error? (close-port port)))))
(px.unlink "full")

;; A file that may not grow: an error, not a signal.
(check (in-child
         (lambda ()
           (px.setrlimit RLIMIT_FSIZE (px.make-struct-rlimit 4 4))
           (let ([fd (px.open "small" (fxior O_WRONLY O_CREAT O_TRUNC) #o600)])
             (and (= 4 (px.write fd '#vu8(1 2 3 4 5 6)))
                  (eqv? EFBIG (errno-of (lambda () (px.write fd '#vu8(5)))))
                  (eqv? EFBIG (errno-of (lambda () (px.ftruncate fd 5))))))))
       => 0)
(check (px.file-size "small") => 4)
(px.unlink "small")

(close-port (open-file-output-port "empty"))
;; No descriptor left: of whatever kind, and the ports go on when there are some again.
(check (in-child
         (lambda ()
           (let ([limit (px.getrlimit RLIMIT_NOFILE)] [free (let ([fd (px.dup 0)]) (px.close fd) fd)])
             (px.setrlimit RLIMIT_NOFILE (px.make-struct-rlimit free (px.struct-rlimit-rlim_max limit)))
             (let ([refused
                    (map errno-of
                         (list (lambda () (px.open "/" O_RDONLY 0)) (lambda () (px.dup 0)) px.pipe
                               (lambda () (px.socket AF_LOCAL SOCK_STREAM 0))
                               (lambda () (px.socketpair AF_LOCAL SOCK_STREAM 0))
                               (lambda () (px.opendir "/"))
                               (lambda () (px.shm-open "/vicar-faults" (fxior O_CREAT O_RDWR) #o600))
                               (lambda () (px.fork-with-fds list list))))]
                   [port (errno-of (lambda () (open-file-input-port "empty")))])
               (px.setrlimit RLIMIT_NOFILE limit)
               (and (equal? refused (make-list 8 EMFILE))
                    (eqv? port EMFILE)
                    (eof-object? (get-u8 (open-file-input-port "empty"))))))))
       => 0)

;; Stopped and continued while it waits: the waits go on.
(let-values ([(in out) (px.pipe)])
  (let ([me (px.getpid)])
    (px.fork
      (lambda (pid)
        (let ([started (px.gettimeofday)] [byte (make-bytevector 1)])
          (check (px.select-fd-readable? in 30 0) => #t)
          (check (px.read in byte) => 1)
          (check (px.read in byte) => 1)
          (let ([port (make-textual-file-descriptor-input-port in "in" (native-transcoder))])
            (check (get-line port) => "line")
            (check (read port) => 'datum)
            (close-port port))
          (check (px.WEXITSTATUS (px.waitpid pid 0)) => 0)))
      (lambda ()
        (px.close in)
        (for-each
          (lambda (bytes)
            (milliseconds 20)
            (px.kill me SIGSTOP)
            (milliseconds 20)
            (px.kill me SIGCONT)
            (milliseconds 20)
            (px.write out bytes))
          (list "a" "b" "li" "ne\nda" "tum "))
        (exit 0))))
  (px.close out))
(let ([sem (px.sem-init (malloc (px.sizeof-sem_t)) #f)] [me (px.getpid)])
  (px.fork
    (lambda (pid)
      (check-values (px.nanosleep 0 100000000) => #f #f)
      (let ([now (px.clock-gettime CLOCK_REALTIME (px.make-struct-timespec 0 0))])
        (check (px.sem-timedwait sem (px.make-struct-timespec (+ 1 (px.struct-timespec-tv_sec now)) 0)) => #f))
      (check (px.WEXITSTATUS (px.waitpid pid 0)) => 0))
    (lambda ()
      (do ([i 0 (+ i 1)]) ((= i 5))
        (milliseconds 15)
        (px.kill me SIGSTOP)
        (milliseconds 5)
        (px.kill me SIGCONT))
      (exit 0))))

;; A peer that is gone.
(let-values ([(a b) (px.socketpair AF_LOCAL SOCK_STREAM 0)])
  (px.close b)
  (check (errno-of (lambda () (px.send a '#vu8(1) #f 0))) => EPIPE)
  (check (errno-of (lambda () (px.write a "x"))) => EPIPE)
  (check (px.read a (make-bytevector 1)) => 0)
  (px.close a))
(let ([listener (px.socket AF_INET SOCK_STREAM 0)] [client (px.socket AF_INET SOCK_STREAM 0)])
  (px.bind listener (px.make-sockaddr_in '#vu8(127 0 0 1) 0))
  (px.listen listener 1)
  (px.connect client (px.getsockname listener))
  (let-values ([(server address) (px.accept listener)])
    (px.send client '#vu8(1 2 3) #f 0)
    (px.select-fd-readable? server 5 0)
    ;; Closed with something unread: the connection is reset.
    (px.close server)
    (px.select-fd-readable? client 5 0)
    (check (errno-of (lambda () (px.recv client (make-bytevector 1) #f 0))) => ECONNRESET)
    (let ([port (make-binary-socket-input/output-port* client "client")])
      (check-error i/o-write-error? (begin (put-u8 port 1) (flush-output-port port)))
      (guard (e [#t #f]) (close-port port))))
  (px.close client)
  (px.close listener))

;; A child that is killed, and one that was never there.
(let ([pid (px.fork)])
  (if (zero? pid)
      (begin (px.pause) (exit 0))
      (begin
        (px.kill pid SIGKILL)
        (let ([status (px.waitpid pid 0)])
          (check (list (px.WIFEXITED status) (px.WIFSIGNALED status) (= SIGKILL (px.WTERMSIG status))) => '(#f #t #t)))
        (check (errno-of (lambda () (px.waitpid pid 0))) => ECHILD)
        (check (errno-of (lambda () (px.kill pid SIGTERM))) => ESRCH))))

;; A mapped file that becomes shorter: a condition where it is read, also inside of copies; the rest is still there.
(let ([fd (px.open "mapped" (fxior O_RDWR O_CREAT O_TRUNC) #o600)] [page (px.sysconf _SC_PAGESIZE)])
  (px.ftruncate fd (* 2 page))
  (let ([p (px.mmap #f (* 2 page) (fxior PROT_READ PROT_WRITE) MAP_SHARED fd 0)])
    (pointer-set-c-uint8! p 0 7)
    (pointer-set-c-uint8! p page 8)
    (px.ftruncate fd page)
    (check-error condition? (pointer-ref-c-uint8 p page))
    (check-error condition? (pointer-set-c-uint8! p (* 2 (- page 1)) 1))
    (check-error condition? (memory->bytevector p (* 2 page)))
    (check-error condition? (memset p 0 (* 2 page)))
    ;; The kernel writes what is there.
    (check (px.write fd p (* 2 page)) => page)
    (check-error px.errno-condition? (px.write fd (pointer-add p page) page))
    (check-one-of (pointer-ref-c-uint8 p 0) => 0 7)
    (px.munmap p (* 2 page)))
  (px.close fd)
  (px.unlink "mapped"))

(report)
