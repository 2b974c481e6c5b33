#!r6rs
;;; Mappings and shared memory objects: what a process writes another reads, and no mistake ends the process.
(import (except (vicare) parent) (prefix (vicare posix) px.) (vicare platform constants) (vicar-test))

(define page (px.sysconf _SC_PAGESIZE))
(define name (format "/vicar-test-shm.~a" (px.getpid)))

(define (errno-of thunk)
  (guard (e [(px.errno-condition? e) (px.condition-errno e)] [#t e]) (thunk)))

;; Whether the thunk raises a condition that names `who` and whose message contains `text`.
(define (refused who text thunk)
  (guard (e [(who-condition? e)
             (and (eq? (condition-who e) who) (contains? (condition-message e) text))])
    (thunk)
    #f))

(define (contains? text part)
  (let ([n (string-length part)])
    (let loop ([i 0])
      (and (<= (+ i n) (string-length text))
           (or (string=? (substring text i (+ i n)) part) (loop (+ i 1)))))))

(define (map-fd fd pages prot)
  (px.mmap #f (* pages page) prot MAP_SHARED fd 0))

(define (open-shared pages)
  (let ([fd (px.shm-open name (fxior O_CREAT O_EXCL O_RDWR) (fxior S_IRUSR S_IWUSR))])
    (px.shm-unlink name)
    (px.ftruncate fd (* pages page))
    fd))

;; A round trip through another process.
(let* ([fd (open-shared 1)] [p (map-fd fd 1 (fxior PROT_READ PROT_WRITE))])
  (px.close fd)
  (check (px.fork
           (lambda (pid)
             (let ([status (px.waitpid pid 0)])
               (list (px.WIFEXITED status) (px.WEXITSTATUS status) (pointer-ref-c-uint64 p 8)
                     (cstring->string (pointer-add p 16)))))
           (lambda ()
             (pointer-set-c-uint64! p 8 (- (expt 2 64) 1))
             (memory-copy p 16 (string->utf8 "from the child\x0;") 0 15)
             (exit 7)))
         => '(#t 7 18446744073709551615 "from the child"))
  (check (px.munmap p page) => (void))
  ;; Use after munmap.
  (check (refused 'pointer-ref-c-uint64 "dangling" (lambda () (pointer-ref-c-uint64 p 8))) => #t)
  (check (refused 'pointer-set-c-uint8! "dangling" (lambda () (pointer-set-c-uint8! p 0 1))) => #t)
  (check (refused 'munmap "dangling" (lambda () (px.munmap p page))) => #t)
  ;; The address may be mapped again: the old pointer still does not reach it.
  (let ([q (px.mmap #f page PROT_READ (fxior MAP_PRIVATE MAP_ANONYMOUS) 0 0)])
    (check (refused 'pointer-ref-c-uint8 "dangling" (lambda () (pointer-ref-c-uint8 p 0))) => #t)
    (px.munmap q page)))

;; Out of bounds, also where another mapping may be next to it.
(let* ([fd (open-shared 2)]
       [p (map-fd fd 1 (fxior PROT_READ PROT_WRITE))]
       [q (map-fd fd 2 (fxior PROT_READ PROT_WRITE))])
  (for-each
    (lambda (offset)
      (check (refused 'pointer-ref-c-uint64 "out of bounds" (lambda () (pointer-ref-c-uint64 p offset))) => #t)
      (check (refused 'pointer-set-c-uint64! "out of bounds" (lambda () (pointer-set-c-uint64! p offset 0))) => #t))
    (list page (- page 7) -1 (- page) (* 1000 page) (greatest-fixnum) (least-fixnum)))
  (check (refused 'array-ref-c-uint64 "out of bounds" (lambda () (array-ref-c-uint64 p (/ page 8)))) => #t)
  (check (array-ref-c-uint64 p (- (/ page 8) 1)) => 0)
  (check (refused 'memset "out of bounds" (lambda () (memset p 1 (+ page 1)))) => #t)
  (check (refused 'memcpy "out of bounds" (lambda () (memcpy p q (* 2 page)))) => #t)
  (check (pointer-ref-c-uint8 p 0) => 0)
  (check (refused 'munmap "one mapping" (lambda () (px.munmap p (* 3 page)))) => #t)
  ;; Both see the same object.
  (pointer-set-c-sint32! p 100 -5)
  (check (pointer-ref-c-sint32 q 100) => -5)
  (px.munmap p page)
  (check (pointer-ref-c-sint32 q 100) => -5)
  (px.munmap q (* 2 page))
  (px.close fd)
  ;; Double close.
  (check (errno-of (lambda () (px.close fd))) => EBADF))

;; Protection.
(let* ([fd (open-shared 1)] [p (map-fd fd 1 PROT_READ)] [q (map-fd fd 1 (fxior PROT_READ PROT_WRITE))])
  (check (refused 'pointer-set-c-uint8! "may not be written" (lambda () (pointer-set-c-uint8! p 0 1))) => #t)
  (check (refused 'read "may not be written" (lambda () (px.read fd p 10))) => #t)
  (check (pointer-ref-c-uint8 p 0) => 0)
  (pointer-set-c-uint8! q 0 1)
  (px.mprotect q page PROT_READ)
  (check (refused 'pointer-set-c-uint8! "may not be written" (lambda () (pointer-set-c-uint8! q 0 2))) => #t)
  (px.mprotect q page PROT_NONE)
  (check (refused 'pointer-ref-c-uint8 "may not be read" (lambda () (pointer-ref-c-uint8 q 0))) => #t)
  (px.mprotect q page (fxior PROT_READ PROT_WRITE))
  (pointer-set-c-uint8! q 0 3)
  (check (pointer-ref-c-uint8 p 0) => 3)
  (px.munmap p page)
  (px.munmap q page)
  (px.close fd))

;; The object behind a mapping is truncated by another process.
(let* ([fd (open-shared 3)] [p (map-fd fd 3 (fxior PROT_READ PROT_WRITE))])
  (check (px.fork (lambda (pid) (px.waitpid pid 0)) (lambda () (px.ftruncate fd page) (exit 0))) => 0)
  (check (refused 'pointer-ref-c-uint64 "truncated" (lambda () (pointer-ref-c-uint64 p page))) => #t)
  (check (refused 'pointer-ref-c-uint64 "truncated" (lambda () (pointer-ref-c-uint64 p (+ page 8)))) => #t)
  (check (refused 'pointer-set-c-uint64! "truncated" (lambda () (pointer-set-c-uint64! p (* 2 page) 0))) => #t)
  (check (refused 'sem-wait "truncated" (lambda () (px.sem-wait (pointer-add p (* 2 page))))) => #t)
  (pointer-set-c-uint64! p 0 5)
  (check (pointer-ref-c-uint64 p 0) => 5)
  (px.munmap p (* 3 page))
  (px.close fd))

;; What is not this program's is left alone.
(check-error assertion-violation? (px.munmap (integer->pointer (* 16 page)) page))
(check-error assertion-violation? (pointer-ref-c-uint8 (null-pointer) 0))
(check-error assertion-violation? (pointer-ref-c-uint8 (integer->pointer 64) 0))
(check-error assertion-violation? (px.sem-wait (null-pointer)))
(check-error assertion-violation? (px.sem-post (integer->pointer (* 16 page))))
(check (errno-of (lambda () (px.mmap #f 0 PROT_READ (fxior MAP_PRIVATE MAP_ANONYMOUS) 0 0))) => EINVAL)
;; Nobody gets the page of the null pointer, not even root.
(check (errno-of (lambda () (px.mmap #f page PROT_READ (fxior MAP_PRIVATE MAP_ANONYMOUS MAP_FIXED) -1 0))) => EINVAL)
(check (errno-of (lambda () (px.mmap (null-pointer) page PROT_READ (fxior MAP_PRIVATE MAP_ANONYMOUS MAP_FIXED) -1 0))) => EINVAL)
(check (errno-of (lambda () (px.mmap #f page PROT_READ MAP_SHARED 999 0))) => EBADF)
(check (errno-of (lambda () (px.shm-open "/no-such-object" O_RDWR 0))) => ENOENT)
(check (errno-of (lambda () (px.shm-unlink "/no-such-object"))) => ENOENT)

;; Growing and moving.
(let* ([p (px.mmap #f page (fxior PROT_READ PROT_WRITE) (fxior MAP_PRIVATE MAP_ANONYMOUS) 0 0)])
  (pointer-set-c-uint8! p 1 77)
  (let ([q (px.mremap p page (* 100 page) MREMAP_MAYMOVE)])
    (check (pointer-ref-c-uint8 q 1) => 77)
    (pointer-set-c-uint8! q (- (* 100 page) 1) 1)
    (px.madvise q (* 100 page) MADV_DONTNEED)
    (check (pointer-ref-c-uint8 q 1) => 0)
    (px.msync q page MS_ASYNC)
    (px.munmap (pointer-add q page) page)
    (check (pointer-ref-c-uint8 q (* 2 page)) => 0)
    (check-error assertion-violation? (pointer-ref-c-uint8 q page))
    (px.munmap q page)
    (px.munmap (pointer-add q (* 2 page)) (* 98 page))))

(report)
