#!r6rs
;;; Functions of the C library, called from Scheme and calling back.
;;;
;;;   vicar examples/foreign-functions.sps
(import (vicare)
  (prefix (vicare posix) px.))

;; The program itself, with the libraries that it is linked to; (dlopen "libname.so") for another.
(define libc (dlopen))

;; A maker makes procedures for one signature: result type, argument types.
(define-syntax-rule (define-c (name result argument ...) symbol)
  (define name
    ((make-c-callout-maker 'result '(argument ...)) (dlsym libc symbol))))

(define-c (c-cos double double) "cos")
(define-c (c-qsort void pointer size_t size_t callback) "qsort")

(printf "cos(0) = ~a\n" (c-cos 0.0))

;; A callback is a pointer to C code that calls a procedure. It gets pointers to two of the items.
(define make-comparison
  (make-c-callback-maker 'signed-int '(pointer pointer)))

;; A sorted copy of a list of C ints.
(define (sort-integers numbers compare)
  (let ((count      (length numbers))
        (comparison (make-comparison
                      (lambda (a b)
                        (compare (pointer-ref-c-signed-int a 0)
                                 (pointer-ref-c-signed-int b 0))))))
    (with-local-storage (vector (* 4 count))
      (lambda (array)
        (unwind-protect
            (begin
              (vector-for-each
                (lambda (i n) (array-set-c-signed-int! array i n))
                (list->vector (iota count))
                (list->vector numbers))
              (c-qsort array count 4 comparison)
              (map (lambda (i) (array-ref-c-signed-int array i)) (iota count)))
          (free-c-callback comparison))))))

(define (iota count)
  (let loop ((i count) (indexes '()))
    (if (zero? i) indexes (loop (- i 1) (cons (- i 1) indexes)))))

(printf "sorted: ~a\n" (sort-integers '(3 1 4 1 5 9 2 6 5) -))

;; What a callback raises comes out of the call that led to it.
(guard (e ((error? e)
           (printf "not sorted: ~a\n" (condition-message e))))
  (sort-integers '(3 2 1)
    (lambda (a b) (error 'compare "the comparison gave up"))))

;; Functions that set errno: the result, and the code.
(let-values (((fd errno) (((make-c-callout-maker/with-errno 'signed-int '(pointer signed-int))
                           (dlsym libc "open"))
                          (string->guarded-cstring "/no/such/file") 0)))
  (printf "open: ~a\n" (px.errno->string errno)))
