#!r6rs
;;; Every procedure of names.tsv with arguments that make no sense, in every number, chosen one after the other and by chance:
;;; what comes out is a value or a condition that names the procedure; no process is killed, none hangs, no descriptor is left
;;; open. With VICAR_DEEP=n in the environment, n times as many by chance.
(import (vicare) (prefix (vicare posix) px.) (vicare platform constants) (vicar-test))

;; Those that would do just what they are for: wait, sleep, make processes, signal everybody; and those that are told in whose
;; name to raise.
(define left-out
  '(px.file-descriptor.vicare-arguments-validation px.file-descriptor/false.vicare-arguments-validation
    px.network-port-number.vicare-arguments-validation px.network-port-number/false.vicare-arguments-validation
    buffers.assert-general-c-string-and-length buffers.assert-general-c-buffer-and-length
    px.pause px.nanosleep px.alarm px.kill px.fork px.fork-with-fds px.fork-with-binary-ports
    px.fork-with-textual-ports px.sigwaitinfo px.sigtimedwait lx.daemon))

;; Libraries with their prefixes.
(define prefixes
  '(("(vicare posix)" . "px.") ("(vicare)" . "") ("(vicare linux)" . "lx.") ("(vicare glibc)" . "gl.")
    ("(vicare ffi)" . "ffi.") ("(vicare arguments general-c-buffers)" . "buffers.")))

(define (names)
  (let* ([program (car (command-line))]
         [folder (call-with-values (lambda () (px.split-pathname-root-and-tail program)) (lambda (root tail) root))])
    (call-with-input-file (string-append folder "/names.tsv")
      (lambda (port)
        (let loop ([names '()])
          (let ([line (get-line port)])
            (if (eof-object? line)
                (reverse names)
                (let* ([tab (let find ([i 0]) (if (char=? #\tab (string-ref line i)) i
                                                  (if (= (+ i 1) (string-length line)) #f (find (+ i 1)))))]
                       [prefix (and tab (assoc (substring line 0 tab) prefixes))])
                  (loop (if prefix
                            (cons (string->symbol
                                    (string-append (cdr prefix) (substring line (+ tab 1) (string-length line))))
                                  names)
                            names))))))))))

(define surroundings
  (environment '(vicare) '(prefix (vicare posix) px.) '(prefix (vicare linux) lx.) '(prefix (vicare glibc) gl.)
    '(prefix (vicare ffi) ffi.) '(prefix (vicare arguments general-c-buffers) buffers.)))

;; The procedure of that name, or #f for a syntax.
(define (procedure-of name)
  (guard (e [(syntax-violation? e) #f])
    (let ([value (eval name surroundings)])
      (and (procedure? value) value))))

(define dangling (let ([p (malloc 8)]) (let ([q (pointer-clone p)]) (free p) q)))
(define closed-port (let ([p (open-string-input-port "x")]) (close-port p) p))
(define values-to-try
  (list #f 'symbol "" "a\x0;b" #vu8() '#vu8(65 0 66) -1 999 (expt 10 30) (- (expt 2 63)) 1.5 +nan.0 1/2 #\a '() '(1 . 2)
        '#() (null-pointer) dangling (integer->pointer 16) (null-memory-block) closed-port (list 1 "x") (eof-object)))

;; A procedure that raises in its own name.
(define own (lambda x (car x)))

;; Nastier ones, for tuples made by chance: some are what a call could work with.
(define block (malloc 64))
(define circular (let ([l (list 1 2 3)]) (set-cdr! (cddr l) l) l))
(define nasty
  (list->vector
    (append values-to-try
      (list 0 1 2 -2 64 4096 (greatest-fixnum) (least-fixnum) (- (expt 2 64) 1) (expt 2 64) (- (expt 2 31)) (expt 2 31)
            (make-string 100000 #\x) (make-bytevector 100000 65) (make-bytevector 8 255) (make-bytevector 0) "x" "." "no/such"
            "\xffff;\x10ffff;" circular '(1 2 . 3) (list) (vector (vector 0 1 0)) (make-vector 5 -1) block (pointer-clone block)
            (integer->pointer (- (expt 2 64) 1)) (integer->pointer (expt 2 47)) (make-memory-block block 64)
            (make-memory-block (pointer-clone dangling) 1000) (dlopen) car own (current-input-port) (void)
            -0.0 -inf.0 1e300 #t 'O_RDWR (make-eq-hashtable) (make-bytevector 16 0)))))

;; A generator of our own: the same tuples everywhere.
(define (next-random seed) (mod (+ (* seed 1103515245) 12345) 2147483648))

;; Those that wait for what a tuple asks for, or end the process with the signal that it names.
(define not-by-chance
  '(px.poll px.select px.select-fd px.select-fd-readable? px.select-fd-writable? px.select-fd-exceptional? px.raise
    px.sem-wait px.sem-timedwait px.select-port px.select-port-readable? px.select-port-writable?
    px.select-port-exceptional? px.select-from-sets px.select-from-sets-array lx.epoll-wait))

(define rounds
  (let ([deep (px.getenv "VICAR_DEEP")])
    (* 30 (or (and deep (string->number deep)) 1))))

;; What a call that fails leaves open shows as the lowest free descriptor; #f when there is none to look with.
(define (lowest-free null) (guard (e [#t #f]) (let ([fd (px.dup null)]) (px.close fd) fd)))

(define (try-by-chance f null seed)
  (let loop ([n rounds] [seed seed])
    (and (positive? n)
         (let tuple ([left (div (next-random seed) 65536)] [seed (next-random seed)] [arguments '()])
           (if (positive? (mod left 7))
               (tuple (- left 1) (next-random seed)
                      (cons (vector-ref nasty (mod (div (next-random seed) 512) (vector-length nasty))) arguments))
               (let ([before (lowest-free null)])
                 (or (complaint f arguments
                       (lambda (e)
                         (and before (let ([now (lowest-free null)]) (and now (not (= before now))))
                              'left-open)))
                     (loop (- n 1) seed))))))))

(define (rotated list n)
  (let loop ([n n] [list list])
    (if (zero? n) list (loop (- n 1) (append (cdr list) (cons (car list) '()))))))
(define (take list n) (if (zero? n) '() (cons (car list) (take (cdr list) (- n 1)))))

;; The procedure under test, as conditions are to name it; #f for those that a test makes.
(define culprit #f)

(define (begins-with? text beginning)
  (let ([n (string-length beginning)])
    (and (<= n (string-length text)) (string=? beginning (substring text 0 n)))))

;; What is called has no name to tell.
(define (nameless? e)
  (and (message-condition? e)
       (or (begins-with? (condition-message e) "wrong number of arguments: an anonymous procedure")
           (begins-with? (condition-message e) "attempt to call an object that is not a procedure"))))

;; #f, or what is wrong with what came out. `more` are questions about what was raised.
(define (complaint f arguments . more)
  (call/cc
    (lambda (k)
      (with-exception-handler
        (lambda (e)
          (k (cond
               [(not (and (condition? e) (or (who-condition? e) (nameless? e)) (message-condition? e) (irritants-condition? e)
                          (not (zero? (string-length (condition-message e))))))
                (list arguments e)]
               [(not (or (not culprit) (memq car arguments) (memq own arguments)
                         (and (who-condition? e) (eq? culprit (condition-who e)))))
                (list 'who (and (who-condition? e) (condition-who e)) (condition-message e))]
               [else (exists (lambda (also) (also e)) more)])))
        (lambda () (apply f arguments) #f)))))

(define (try-all f)
  (let loop ([count 0])
    (and (<= count 6)
         (or (exists (lambda (v) (complaint f (make-list count v))) values-to-try)
             (exists (lambda (i) (complaint f (take (rotated values-to-try (* 5 i)) count))) '(0 1 2 3 4))
             (loop (+ count 1))))))

;; Those that answer a descriptor, or something with one, also for no arguments.
(define makers
  '(px.pipe px.dup px.socket px.socketpair px.shm-open px.mq-open lx.epoll-create lx.epoll-create1 lx.timerfd-create
    lx.signalfd lx.inotify-init lx.inotify-init1))

(define (descriptors)
  (let ([stream (px.opendir "/proc/self/fd")])
    (let loop ([n 0]) (if (px.readdir stream) (loop (+ n 1)) n))))

;; In a process of its own, that is killed when it hangs: what waitpid says, 0 if all is well.
(define (status-of name who f)
  (let ([pid (px.fork)])
    (if (zero? pid)
        (begin
          (px.alarm 60)
          (set! culprit who)
          ;; What takes all memory, or fills the disk, fails.
          (px.setrlimit RLIMIT_AS (px.make-struct-rlimit (expt 2 33) (expt 2 33)))
          (px.setrlimit RLIMIT_FSIZE (px.make-struct-rlimit (expt 2 20) (expt 2 20)))
          (let ([null (px.open "nothing" (fxior O_RDWR O_CREAT) #o600)])
            (for-each (lambda (fd) (px.dup2 null fd)) '(0 1)))
          (let* ([before (descriptors)]
                 [wrong (or (try-all f)
                            (and (not (memq name makers))
                                 (begin (collect) (not (= before (descriptors))))
                                 'leaks)
                            (and who (not (memq name not-by-chance))
                                 (try-by-chance f (px.fcntl 0 F_DUPFD 50) 1)))])
            (if wrong (begin (write (list name wrong) (current-error-port)) (newline (current-error-port))))
            (exit (if wrong 1 0))))
        (px.waitpid pid 0))))

;; The test can fail.
(check (status-of 'raises #f (lambda arguments (if (= 3 (length arguments)) (raise 'nothing)))) => 256)
(check (status-of 'leaks #f (lambda arguments (if (memv 999 arguments) (px.pipe)))) => 256)
(check (status-of 'ends #f (lambda arguments (if (memv 999 arguments) (px.raise SIGKILL)))) => SIGKILL)

;; The name without its library's prefix.
(define (plain name)
  (let ([text (symbol->string name)])
    (or (exists
          (lambda (entry)
            (let ([n (string-length (cdr entry))])
              (and (< 0 n (string-length text)) (string=? (cdr entry) (substring text 0 n))
                   (string->symbol (substring text n (string-length text))))))
          prefixes)
        name)))

(define tried 0)
(for-each
  (lambda (name)
    (let ([f (procedure-of name)])
      (if (and f (not (memq name left-out)))
          (begin
            (set! tried (+ tried 1))
            (check (cons name (status-of name (plain name) f)) => (cons name 0))))))
  (names))
(check (> tried 950) => #t)
(report)
