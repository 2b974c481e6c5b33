;;; sleep
(px.nanosleep 100000 0)
;;; sleep in a loop
(let loop () (px.nanosleep 0 1) (loop))
;;; select without descriptors
(px.select #f '() '() '() 100000 0)
;;; pipe that nobody writes
(call-with-values px.pipe (lambda (in out) (px.read in (make-bytevector 10) 10)))
;;; pipe that is full
(call-with-values px.pipe (lambda (in out) (let ((b (make-bytevector 100000 1))) (let loop () (px.write out b 100000) (loop)))))
;;; malloc without end
(let loop ((l '())) (loop (cons (malloc 1000000) l)))
;;; malloc of much
(malloc 1000000000000)
;;; malloc garbage
(let loop () (guarded-malloc 100000) (loop))
;;; mmap without end
(let loop ((l '())) (loop (cons (px.mmap #f 10000000 (fxior PROT_READ PROT_WRITE) (fxior MAP_PRIVATE MAP_ANONYMOUS) 0 0) l)))
;;; descriptors without end
(let loop ((l '())) (loop (cons (px.open "/dev/null" O_RDONLY 0) l)))
;;; long path
(px.open (make-string 10000000 #\a) O_RDONLY 0)
;;; long environment string
(px.setenv "VICAR_HOSTILE" (make-string 10000000 #\a) #t)
;;; memory read beyond
(define p (malloc 10)) (let loop ((i 0)) (guard (e (#t 1)) (pointer-ref-c-uint8 p i)) (loop (+ i 1)))
;;; wait for a child that sleeps
(let ((pid (px.fork (lambda (pid) pid) (lambda () (px.nanosleep 3 0) (exit 0))))) (px.waitpid pid 0))
;;; sockets without end
(let loop ((l '())) (loop (cons (px.socket PF_LOCAL SOCK_STREAM 0) l)))
;;; memory copied to a bytevector
(define p (malloc 10000000)) (let loop ((l '())) (loop (cons (memory-copy p 0 p 5000000 5000000) l)))
;;; strings from memory
(define p (malloc 5000000)) (let loop () (cstring->string p) (loop))
