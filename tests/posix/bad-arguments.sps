#!r6rs
;;; Every procedure of names.tsv with arguments that make no sense, in every number: what comes out is a value or a
;;; condition that names the procedure; no process is killed, none hangs, no descriptor is left open.
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

(define (rotated list n)
  (let loop ([n n] [list list])
    (if (zero? n) list (loop (- n 1) (append (cdr list) (cons (car list) '()))))))
(define (take list n) (if (zero? n) '() (cons (car list) (take (cdr list) (- n 1)))))

;; #f, or what is wrong with what came out.
(define (complaint f arguments)
  (call/cc
    (lambda (k)
      (with-exception-handler
        (lambda (e)
          (k (and (not (and (condition? e) (who-condition? e) (message-condition? e) (irritants-condition? e)
                            (not (zero? (string-length (condition-message e))))))
                  (list arguments e))))
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
(define (status-of name f)
  (let ([pid (px.fork)])
    (if (zero? pid)
        (begin
          (px.alarm 20)
          (let ([null (px.open "/dev/null" O_RDWR 0)])
            (for-each (lambda (fd) (px.dup2 null fd)) '(0 1)))
          (let* ([before (descriptors)]
                 [wrong (or (try-all f)
                            (and (not (memq name makers))
                                 (begin (collect) (not (= before (descriptors))))
                                 'leaks))])
            (if wrong (begin (write (list name wrong) (current-error-port)) (newline (current-error-port))))
            (exit (if wrong 1 0))))
        (px.waitpid pid 0))))

;; The test can fail.
(check (status-of 'raises (lambda arguments (if (= 3 (length arguments)) (raise 'nothing)))) => 256)
(check (status-of 'leaks (lambda arguments (if (memv 999 arguments) (px.pipe)))) => 256)
(check (status-of 'ends (lambda arguments (if (memv 999 arguments) (px.raise SIGKILL)))) => SIGKILL)

(define tried 0)
(for-each
  (lambda (name)
    (let ([f (procedure-of name)])
      (if (and f (not (memq name left-out)))
          (begin
            (set! tried (+ tried 1))
            (check (cons name (status-of name f)) => (cons name 0))))))
  (names))
(check (> tried 950) => #t)
(report)
