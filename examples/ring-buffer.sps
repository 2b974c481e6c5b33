#!r6rs
;;; A ring buffer in shared memory: several processes put numbers in, one takes them out. Two semaphores count the free and
;;; the filled places, a third lets one producer in at a time.
;;;
;;;   vicar examples/ring-buffer.sps
(import (vicare)
  (prefix (vicare posix) px.)
  (vicare platform constants))

(define places 16)
(define producers '(1 2 3))
(define numbers 1000)

;; The memory is anonymous: children inherit the mapping. In it, one behind the other: the semaphores, the place where
;; producers go on, the ring.
(define sem.size (px.sizeof-sem_t))
(define next.offset (* 3 sem.size))
(define ring.offset (+ next.offset 8))
(define size (+ ring.offset (* 8 places)))

(define memory
  (px.mmap #f size (fxior PROT_READ PROT_WRITE) (fxior MAP_SHARED MAP_ANONYMOUS) 0 0))

(define free   (px.sem-init memory #t places))
(define filled (px.sem-init (pointer-add memory sem.size) #t 0))
(define door   (px.sem-init (pointer-add memory (* 2 sem.size)) #t 1))

(define (place i) (+ ring.offset (* 8 (mod i places))))

(define (put! n)
  (px.sem-wait free)
  (px.sem-wait door)
  (let ((i (pointer-ref-c-uint64 memory next.offset)))
    (pointer-set-c-uint64! memory (place i) n)
    (pointer-set-c-uint64! memory next.offset (+ i 1)))
  (px.sem-post door)
  (px.sem-post filled))

;; There is one consumer, so it keeps its place for itself.
(define (take! i)
  (px.sem-wait filled)
  (let ((n (pointer-ref-c-uint64 memory (place i))))
    (px.sem-post free)
    n))

;; Producer 1 puts 1, 4, 7 and so on, producer 2 puts 2, 5, 8 …
(define pids
  (map (lambda (p)
         (px.fork values
           (lambda ()
             (do ((n p (+ n (length producers)))) ((> n numbers)) (put! n))
             (exit 0))))
    producers))

(define sum
  (do ((i 0 (+ i 1)) (sum 0 (+ sum (take! i)))) ((= i numbers) sum)))
(for-each (lambda (pid) (px.waitpid pid 0)) pids)
(for-each px.sem-destroy (list free filled door))
(px.munmap memory size)

(printf "~a numbers from ~a producers through ~a places: their sum is ~a\n"
        numbers (length producers) places sum)
