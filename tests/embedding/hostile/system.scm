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
(let loop ((l '())) (loop (cons (px.open "." O_RDONLY 0) l)))
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
;;; argv of one large bytevector
(let ((b (make-bytevector 1000000 65))) (bytevectors->argv (vector->list (make-vector 2000 b))))
;;; argv kept
(let loop ((l '())) (loop (cons (strings->argv '("a" "b" "c")) l)))
;;; guarded argv garbage
(let loop () (strings->guarded-argv (list (make-string 100000 #\a))) (loop))
;;; argv read of one string many times
(let* ((s (string->cstring (make-string 1000000 #\a))) (v (malloc 80008))) (let loop ((i 0)) (when (< i 10000) (pointer-set-c-pointer! v (* 8 i) s) (loop (+ i 1)))) (argv->strings v))
;;; execve with much
(px.execve "/bin/true" (vector->list (make-vector 100000 (make-string 100000 #\a))) '())
;;; execve with much environment
(px.execve "/bin/true" '("true") (vector->list (make-vector 1000000 "A=B")))
;;; execvp along a long PATH
(px.setenv "PATH" (apply string-append (vector->list (make-vector 30000 "/nowhere/a/b/c/d/e/f/g/:"))) #t) (let loop () (guard (e (#t 0)) (px.execvp "vicar-nothing" '("x"))) (loop))
;;; execl with many
(apply px.execl "/bin/true" (vector->list (make-vector 500000 "a")))
;;; malloc of small blocks kept
(let loop ((l '())) (loop (cons (malloc 1) l)))
;;; malloc of small blocks lost
(let loop () (malloc 1) (loop))
;;; malloc of nothing
(let loop () (malloc 0) (loop))
;;; guarded-malloc of small blocks kept
(let loop ((l '())) (loop (cons (guarded-malloc 1) l)))
;;; guarded garbage small
(let loop () (guarded-malloc 1) (loop))
;;; guarded garbage large
(let loop () (guarded-malloc 12000000) (loop))
;;; calloc many
(let loop () (calloc 1000 1000) (loop))
;;; realloc grows
(let loop ((p (malloc 10)) (n 10)) (loop (realloc p n) (* n 2)))
;;; realloc many times
(let ((p (malloc 10))) (let loop ((n 1)) (realloc p (+ 1 (mod (* n 7919) 1000000))) (loop (+ n 1))))
;;; strdup without end
(let ((s (string->cstring (make-string 100000 #\a)))) (let loop ((l '())) (loop (cons (strdup s) l))))
;;; strndup
(let ((s (string->cstring (make-string 100000 #\a)))) (let loop () (guarded-strndup s 99999) (loop)))
;;; strcmp in a loop
(let ((s (string->cstring (make-string 10000000 #\a)))) (let loop () (strcmp s s) (loop)))
;;; strlen in a loop
(let ((s (string->cstring (make-string 10000000 #\a)))) (let loop () (strlen s) (loop)))
;;; memset in a loop
(let ((p (malloc 20000000))) (let loop () (memset p 1 20000000) (loop)))
;;; memmove in a loop
(let* ((p (malloc 20000000)) (q (pointer-add p 1))) (let loop () (memmove q p 19999999) (loop)))
;;; memcmp in a loop
(let ((p (malloc 20000000))) (let loop () (memcmp p p 20000000) (loop)))
;;; memory-copy within a bytevector
(let ((b (make-bytevector 20000000))) (let loop () (memory-copy b 1 b 0 19999999) (loop)))
;;; memory->bytevector kept
(let ((p (malloc 1000000))) (let loop ((l '())) (loop (cons (memory->bytevector p 1000000) l))))
;;; bytevector->memory kept
(let ((b (make-bytevector 1000000))) (let loop ((l '())) (loop (cons (call-with-values (lambda () (bytevector->memory b)) list) l))))
;;; mmap of a gigabyte written
(let ((p (px.mmap #f 1000000000 (fxior PROT_READ PROT_WRITE) (fxior MAP_PRIVATE MAP_ANONYMOUS) 0 0))) (memset p 1 1000000000))
;;; mmap of a sparse file private
(let* ((fd (let ((name (string-append "/tmp/vicar-zeros-" (number->string (px.getpid))))) (let ((fd (px.open name (fxior O_RDWR O_CREAT O_EXCL) #o600))) (px.unlink name) (px.ftruncate fd 1000000000) fd))) (p (px.mmap #f 1000000000 (fxior PROT_READ PROT_WRITE) MAP_PRIVATE fd 0))) (memset p 1 1000000000))
;;; mmap read then write
(let* ((fd (let ((name (string-append "/tmp/vicar-zeros-" (number->string (px.getpid))))) (let ((fd (px.open name (fxior O_RDWR O_CREAT O_EXCL) #o600))) (px.unlink name) (px.ftruncate fd 1000000000) fd))) (p (px.mmap #f 1000000000 PROT_READ MAP_PRIVATE fd 0))) (px.mprotect p 1000000000 (fxior PROT_READ PROT_WRITE)) (memset p 1 1000000000))
;;; mmap of pages without end
(let loop ((l '())) (loop (cons (px.mmap #f 4096 PROT_READ (fxior MAP_PRIVATE MAP_ANONYMOUS) 0 0) l)))
;;; mmap cut in pieces
(let ((p (px.mmap #f 20000000 (fxior PROT_READ PROT_WRITE) (fxior MAP_PRIVATE MAP_ANONYMOUS) 0 0))) (let loop ((i 0)) (px.mprotect (pointer-add p (* 8192 i)) 4096 PROT_READ) (loop (mod (+ i 1) 2400))))
;;; mremap grows
(let loop ((p (px.mmap #f 4096 PROT_READ (fxior MAP_PRIVATE MAP_ANONYMOUS) 0 0)) (n 4096)) (loop (px.mremap p n (* 2 n) MREMAP_MAYMOVE) (* 2 n)))
;;; dangling pointer among many blocks
(let ((p (malloc 10))) (free (pointer-clone p)) (let loop ((i 0) (l '())) (if (< i 60000) (loop (+ i 1) (cons (malloc 1) l)) (let again () (guard (e (#t 0)) (pointer-ref-c-uint8 p 0)) (again)))))
;;; out of bounds among many blocks
(let ((p (malloc 10))) (let loop ((i 0) (l '())) (if (< i 60000) (loop (+ i 1) (cons (malloc 1) l)) (let again () (guard (e (#t 0)) (pointer-ref-c-uint8 p 100)) (again)))))
;;; setenv of one name
(let loop ((i 0)) (px.setenv "VICAR_X" (number->string i) #t) (loop (+ i 1)))
;;; setenv of one name, long
(let ((s (make-string 900000 #\a))) (let loop ((i 0)) (string-set! s 0 (integer->char (+ 33 (mod i 90)))) (px.setenv "VICAR_X" s #t) (loop (+ i 1))))
;;; setenv of many names
(let loop ((i 0)) (px.setenv (string-append "V" (number->string i)) "x" #t) (loop (+ i 1)))
;;; setenv and unsetenv
(let loop ((i 0)) (px.setenv (string-append "V" (number->string i)) "x" #t) (px.unsetenv (string-append "V" (number->string i))) (loop (+ i 1)))
;;; environ in a loop
(let loop ((i 0)) (when (< i 3000) (px.setenv (string-append "V" (number->string i)) "x" #t) (loop (+ i 1)))) (let loop ((l '())) (loop (cons (px.environ) l)))
;;; getenv of a long value kept
(px.setenv "VICAR_X" (make-string 900000 #\a) #t) (let loop ((l '())) (loop (cons (px.getenv "VICAR_X") l)))
;;; regcomp/disown
(import (prefix (vicare glibc) gl.)) (let loop () (gl.regcomp/disown "([a-z]+)-[0-9]*" REG_EXTENDED) (loop))
;;; regcomp/disown of much
(import (prefix (vicare glibc) gl.)) (let loop () (gl.regcomp/disown "(a*){1000}" REG_EXTENDED) (loop))
;;; regcomp garbage
(import (prefix (vicare glibc) gl.)) (let loop () (gl.regcomp "([a-z]+)-[0-9]*" REG_EXTENDED) (loop))
;;; regcomp slow
(import (prefix (vicare glibc) gl.)) (gl.regcomp "(a*){2000}" REG_EXTENDED)
;;; regcomp large
(import (prefix (vicare glibc) gl.)) (gl.regcomp "((a?){200}){40}" REG_EXTENDED)
;;; regexec with back-references
(import (prefix (vicare glibc) gl.)) (gl.regexec (gl.regcomp "^(a*)*\\1\\1*b" REG_EXTENDED) (make-string 300 #\a) 0)
;;; regexec with back-references on much
(import (prefix (vicare glibc) gl.)) (gl.regexec (gl.regcomp "(.*)(.*)\\1\\2x" REG_EXTENDED) (make-string 1000000 #\a) 0)
;;; regexec on much
(import (prefix (vicare glibc) gl.)) (let ((r (gl.regcomp "(a|b)*c" REG_EXTENDED)) (s (make-string 1000000 #\a))) (let loop () (gl.regexec r s 0) (loop)))
;;; regexec learns states
(import (prefix (vicare glibc) gl.)) (let ((r (gl.regcomp ".*a.........." REG_EXTENDED))) (let loop ((i 0)) (gl.regexec r (number->string (* i 7919 104729 1299709) 2) 0) (loop (+ i 1))))
;;; regexec of little in a loop
(import (prefix (vicare glibc) gl.)) (let ((r (gl.regcomp "[a-z]+x" REG_EXTENDED)) (s (make-string 1000 #\a))) (let loop () (gl.regexec r s 0) (loop)))
;;; regexec that begins a match everywhere
(import (prefix (vicare glibc) gl.)) (let ((r (gl.regcomp "[a-z]+x" REG_EXTENDED)) (s (make-string 29000 #\a))) (let loop () (gl.regexec r s 0) (loop)))
;;; fnmatch with stars
(import (prefix (vicare glibc) gl.)) (gl.fnmatch "*a*a*a*a*a*a*a*a*a*a*b" (make-string 1000000 #\a) 0)
;;; fnmatch extended
(import (prefix (vicare glibc) gl.)) (gl.fnmatch "*(*(*(a)*(a))*(*(a)))b" (make-string 40 #\a) 32)
;;; fnmatch in a loop
(import (prefix (vicare glibc) gl.)) (let loop () (gl.fnmatch "*a*b" (make-string 200 #\a) 0) (loop))
;;; glob of everything
(import (prefix (vicare glibc) gl.)) (gl.glob "/*/*/*/*/*/*/*" 0)
;;; glob kept
(import (prefix (vicare glibc) gl.)) (let loop ((l '())) (loop (cons (gl.glob "/usr/bin/*" 0) l)))
;;; wordexp that sleeps
(import (prefix (vicare glibc) gl.)) (gl.wordexp "$(sleep 100)" 0)
;;; wordexp without end
(import (prefix (vicare glibc) gl.)) (gl.wordexp "$(yes)" 0)
;;; wordexp of many words
(import (prefix (vicare glibc) gl.)) (gl.wordexp "$(seq 1 3000000)" 0)
;;; wordexp in the background
(import (prefix (vicare glibc) gl.)) (gl.wordexp "$(sleep 100 & sleep 100 & wait)" 0)
;;; opendir kept
(let loop ((l '())) (loop (cons (px.opendir "/") l)))
;;; opendir garbage
(let loop () (px.opendir "/") (loop))
;;; callbacks kept
(let ((m (make-c-callback-maker 'signed-int '(signed-int)))) (let loop ((l '())) (loop (cons (m (lambda (x) x)) l))))
;;; callbacks made and freed
(let ((m (make-c-callback-maker 'signed-int '(signed-int)))) (let loop () (free-c-callback (m (lambda (x) x))) (loop)))
;;; callbacks of many signatures
(let loop ((types '(signed-int))) (let ((m (make-c-callback-maker 'signed-int types))) (let again ((i 0)) (when (< i 100) (m (lambda x 1)) (again (+ i 1))))) (loop (if (= (length types) 100) (map (lambda (t) 'double) types) (cons (if (eq? (car types) 'signed-int) 'pointer 'signed-int) types))))
;;; signatures without end
(let loop ((i 0)) (make-c-callout-maker 'void (let bits ((i i) (l '(signed-int))) (if (= i 0) l (bits (div i 2) (cons (if (even? i) 'double 'signed-char) l))))) (loop (+ i 1)))
;;; callouts kept
(let* ((f (dlsym (dlopen) "getpid")) (m (make-c-callout-maker 'signed-int '()))) (let loop ((l '())) (loop (cons (m f) l))))
;;; callouts of every address
(let* ((f (dlsym (dlopen) "getpid")) (m (make-c-callout-maker 'signed-int '()))) (let loop ((i 0)) (m (pointer-add f i)) (loop (+ i 1))))
;;; dlopen in a loop
(let loop ((l '())) (loop (cons (dlopen "libm.so.6") l)))
;;; dlsym of long names
(let ((h (dlopen))) (let loop () (dlsym h (make-string 1000000 #\a)) (loop)))
;;; C function with a literal
(let* ((f (dlsym (dlopen) "strlen")) (g ((make-c-callout-maker 'size_t '(pointer)) f))) (let loop () (g (make-bytevector 10 0)) (loop)))
;;; cstring without an end
(let ((p (malloc 1000000))) (memset p 65 1000000) (let loop () (guard (e (#t 0)) (cstring->string p)) (loop)))
;;; cstring16 of much
(let ((p (malloc 10000000))) (memset p 65 9999998) (let loop ((l '())) (loop (cons (cstring16n->string p) l))))
;;; cstring of much kept
(let ((p (string->cstring (make-string 1000000 #\a)))) (let loop ((l '())) (loop (cons (cstring->string p) l))))
;;; read from a sparse file
(let ((fd (let ((name (string-append "/tmp/vicar-zeros-" (number->string (px.getpid))))) (let ((fd (px.open name (fxior O_RDWR O_CREAT O_EXCL) #o600))) (px.unlink name) (px.ftruncate fd 20000000) fd))) (b (make-bytevector 20000000))) (let loop () (px.lseek fd 0 SEEK_SET) (px.read fd b 20000000) (loop)))
;;; write a long string
(let ((fd (let ((name (string-append "/tmp/vicar-zeros-" (number->string (px.getpid))))) (let ((fd (px.open name (fxior O_RDWR O_CREAT O_EXCL) #o600))) (px.unlink name) (px.ftruncate fd 0) fd))) (s (make-string 20000000 #\a))) (let loop () (px.lseek fd 0 SEEK_SET) (px.write fd s) (loop)))
;;; readv of many parts
(let ((fd (let ((name (string-append "/tmp/vicar-zeros-" (number->string (px.getpid))))) (let ((fd (px.open name (fxior O_RDWR O_CREAT O_EXCL) #o600))) (px.unlink name) (px.ftruncate fd 20000000) fd))) (l (vector->list (make-vector 1000000 (make-bytevector 10))))) (let loop () (guard (e (#t 0)) (px.lseek fd 0 SEEK_SET) (px.readv fd l)) (loop)))
;;; writev of the same much
(let ((l (vector->list (make-vector 1000 (make-bytevector 10000000))))) (call-with-values px.pipe (lambda (in out) (px.writev out l))))
;;; long pathnames
(let ((s (make-string 20000000 #\é))) (let loop () (guard (e (#t 0)) (px.open s O_RDONLY 0)) (loop)))
;;; lists of long pathnames
(px.list-of-pathnames? (vector->list (make-vector 100000 (make-string 1000000 #\a))))
;;; split a long path
(let ((s (make-bytevector 20000000 58))) (let loop () (px.split-search-path-bytevector s) (loop)))
;;; split a path of many parts
(let ((s (apply bytevector-append (vector->list (make-vector 1000 (string->utf8 (apply string-append (vector->list (make-vector 5000 "a:"))))))))) (px.split-search-path-bytevector s))
;;; search along a long list
(px.search-file-in-list-path "nothing" (vector->list (make-vector 1000000 "/nowhere")))
;;; pointers compared
(let ((l (vector->list (make-vector 500000 (null-pointer))))) (let loop () (apply pointer=? l) (loop)))
;;; pointers kept
(let loop ((l '())) (loop (cons (integer->pointer 10) l)))
;;; memory blocks guarded twice
(let ((p (malloc 10))) (let loop ((l '())) (loop (cons (make-memory-block/guarded p 10) l))))
;;; local storage in a loop
(let loop () (with-local-storage '#(100000 100000) (lambda (a b) 0)) (loop))
;;; local storage of many
(with-local-storage (make-vector 1000000 1) (lambda x 0))
;;; local storage nested
(let loop () (with-local-storage '#(1000) (lambda (a) (loop) 0)))
;;; semaphores without end
(let loop ((i 0)) (let ((n (string-append "/vicar-h-" (number->string i)))) (px.sem-open n (fxior O_CREAT O_RDWR) #o600 0) (px.sem-unlink n) (loop (+ i 1))))
;;; shm without end
(let loop ((i 0)) (let ((n (string-append "/vicar-h-" (number->string i)))) (px.shm-open n (fxior O_CREAT O_RDWR) #o600) (px.shm-unlink n) (loop (+ i 1))))
;;; timers without end
(let loop ((l '())) (loop (cons (px.timer-create CLOCK_MONOTONIC) l)))
;;; errors of calls
(let loop () (guard (e (#t 0)) (px.open "/nowhere/at/all" O_RDONLY 0)) (loop))
;;; stat in a loop
(let loop () (px.stat "/") (loop))
;;; realpath kept
(let loop ((l '())) (loop (cons (px.realpath/string "/usr/bin/../bin") l)))
;;; getpwnam long
(let loop () (guard (e (#t 0)) (px.getpwnam (make-string 1000000 #\a))) (loop))
;;; user entries kept
(let loop ((l '())) (loop (cons (px.user-entries) l)))
;;; service entries kept
(let loop ((l '())) (loop (cons (px.service-entries) l)))
;;; strftime in a loop
(let ((t (px.localtime (px.time)))) (let loop ((l '())) (loop (cons (px.strftime/string "%A %B %c %D %Z" t) l))))
;;; getaddrinfo
(let loop () (guard (e (#t 0)) (px.getaddrinfo "localhost" "80" #f)) (loop))
;;; fork and exit
(let loop ((i 0)) (when (< i 20) (px.waitpid (px.fork (lambda (pid) pid) (lambda () (exit 0))) 0) (loop (+ i 1))))
;;; fork that fills its memory
(px.waitpid (px.fork (lambda (pid) pid) (lambda () (let loop ((l '())) (loop (cons (malloc 100000) l))))) 0)
;;; system that sleeps
(px.system "exec sleep 10")
;;; sockets full
(call-with-values (lambda () (px.socketpair PF_LOCAL SOCK_STREAM 0)) (lambda (a b) (let loop () (px.send a (make-bytevector 100000) #f 0) (loop))))
;;; select in a loop
(let loop () (px.select #f '() '() '() 0 1) (loop))
;;; poll a pipe
(call-with-values px.pipe (lambda (in out) (let loop () (px.select #f (list in) '() '() 0 1000) (loop))))
;;; mq without end
(let loop ((i 0)) (let ((n (string-append "/vicar-h-" (number->string i)))) (px.mq-open n (fxior O_CREAT O_RDWR) #o600) (px.mq-unlink n) (loop (+ i 1))))
;;; fd sets
(let loop ((l '())) (loop (cons (px.make-fd-set-pointer 10) l)))
;;; files that are made and removed
(let ((name (string-append "/tmp/vicar-" (number->string (px.getpid))))) (let loop () (call-with-output-file name (lambda (p) (display 1 p))) (delete-file name) (loop)))
;;; files that are looked for
(let loop () (file-exists? "/usr/bin") (loop))
;;; commands without end
(let loop () (px.system "true") (loop))
;;; long name of a date's zone
(px.strftime "%Z" (px.make-struct-tm 0 0 0 1 1 100 0 0 #f 0 (make-bytevector 28000000 90)))
;;; path of a long local address
(let ((b (make-bytevector 14000000 1))) (bytevector-u8-set! b 1 0) (px.sockaddr_un.pathname b))
