#!r6rs
;;; Foreign functions: shared objects, callouts, callbacks.
(import (vicare) (prefix (vicare posix) px.) (prefix (vicare ffi) ffi.) (vicare platform constants) (vicar-test))

(define (inconsistent? e) (procedure-arguments-consistency-violation? e))
(define (refused? e) (procedure-signature-argument-violation? e))
(define (argument? e) (procedure-argument-violation? e))
(define program (dlopen))

;; A procedure of the C function `name`.
(define (callout result arguments name)
  ((make-c-callout-maker result arguments) (dlsym program name)))

;; Shared objects.
(check (pointer? program) => #t)
(check (pointer? (dlsym program "strlen")) => #t)
(check (pointer=? (dlsym program "strlen") (dlsym (null-pointer) "strlen")) => #t)
(check (dlsym program "no_such_function") => #f)
(check (string? (dlerror)) => #t)
(check (dlerror) => #f)
(check (dlopen "libno-such-object.so") => #f)
(check (string? (dlerror)) => #t)
(check (dlopen (string->utf8 "libno-such-object.so") #t #t) => #f)
(check-error refused? (dlopen 5))
(check-error refused? (dlopen "with\x0;nul"))
(check-error refused? (dlsym 5 "strlen"))
(check-error refused? (dlsym program 'strlen))
(check (dlsym (integer->pointer 4096) "strlen") => #f)
(check (dlclose (integer->pointer 4096)) => #f)
(check (dlerror) => "the pointer is not the handle of an open shared object")
(let ([again (dlopen)] [strlen (callout 'size_t '(pointer) "strlen")])
  (check (dlclose again) => #t)
  (check (strlen '#vu8(65 0)) => 1))
(let ([object (dlopen "libc.so.6")])
  (check (dlclose object) => #t)
  (check (dlclose object) => #f)
  (check (dlsym object "strlen") => #f))

;; Integers of every type, there and back: a callback that answers its argument.
(define (echo type value)
  (let* ([callback ((make-c-callback-maker type (list type)) values)]
         [answer (((make-c-callout-maker type (list type)) callback) value)])
    (free-c-callback callback)
    answer))
(for-each
  (lambda (type bits)
    (let ([most (- (expt 2 bits) 1)])
      (check (map (lambda (n) (echo type n)) (list 0 1 most)) => (list 0 1 most))
      (check-error inconsistent? (echo type -1))
      (check-error inconsistent? (echo type (+ most 1)))
      (check-error inconsistent? (echo type 1.0))))
  '(unsigned-char unsigned-short unsigned-int unsigned-long unsigned-long-long uint8_t uint16_t uint32_t uint64_t size_t)
  '(8 16 32 64 64 8 16 32 64 64))
(for-each
  (lambda (type bits)
    (let ([most (- (expt 2 (- bits 1)) 1)])
      (check (map (lambda (n) (echo type n)) (list 0 -1 most (- -1 most))) => (list 0 -1 most (- -1 most)))
      (check-error inconsistent? (echo type (+ most 1)))
      (check-error inconsistent? (echo type (- -2 most)))
      (check-error inconsistent? (echo type #\a))))
  '(signed-char signed-short signed-int signed-long signed-long-long int8_t int16_t int32_t int64_t ssize_t off_t
    ptrdiff_t)
  '(8 16 32 64 64 8 16 32 64 64 64 64))
(check (map (lambda (x) (echo 'double x)) '(0.0 1.5 -inf.0 1e300)) => '(0.0 1.5 -inf.0 1e300))
(check (map (lambda (x) (echo 'float x)) '(0.0 1.5 -inf.0 16777217.0)) => '(0.0 1.5 -inf.0 16777216.0))
(check-error inconsistent? (echo 'double 1))
(check-error inconsistent? (echo 'float 1))
(check (pointer->integer (echo 'pointer (integer->pointer 77))) => 77)
(check (pointer->integer (echo 'callback (integer->pointer 77))) => 77)
(check-error inconsistent? (echo 'pointer 77))

;; Several arguments of mixed types, more than registers hold.
(let* ([types '(double signed-char unsigned-short float int64_t pointer uint8_t double double signed-int uint64_t
                double signed-short double float)]
       [arguments (list 1.5 -3 65535 2.25 (- (expt 2 63)) (integer->pointer 5) 255 -0.5 1e10 -7 (- (expt 2 64) 1)
                        3.0 -300 4.0 0.125)]
       [seen #f]
       [callback ((make-c-callback-maker 'void types) (lambda all (set! seen all)))])
  (check (eq? (apply ((make-c-callout-maker 'void types) callback) arguments) (if #f #f)) => #t)
  (check (map (lambda (v) (if (pointer? v) (pointer->integer v) v)) seen)
         => (map (lambda (v) (if (pointer? v) (pointer->integer v) v)) arguments)))

;; Functions of the C library.
(define strlen (callout 'size_t '(pointer) "strlen"))
(check (strlen (string->guarded-cstring "hello")) => 5)
(check (strlen '#vu8(104 105 0)) => 2)
(check ((callout 'double '(double double) "pow") 2.0 10.0) => 1024.0)
(check ((callout 'signed-int '() "getpid")) => (px.getpid))
(check ((callout 'signed-int '(void) "getpid")) => (px.getpid))
(check (cstring->string ((callout 'pointer '(pointer signed-int) "strchr") (string->guarded-cstring "a-b") 45)) => "-b")
;; A bytevector is passed where it lies, a literal as a copy.
(let ([bytes (make-bytevector 4 0)] [literal '#vu8(0 0 0 0)] [memset (callout 'pointer '(pointer signed-int size_t) "memset")])
  (memset bytes 7 3)
  (memset literal 7 3)
  (check bytes => '#vu8(7 7 7 0))
  (check literal => '#vu8(0 0 0 0)))

;; Makers.
(check (eq? (make-c-callout-maker 'void '(double pointer)) (make-c-callout-maker 'void '(double pointer))) => #t)
(check (eq? (make-c-callout-maker 'void '()) (make-c-callout-maker 'void '(void))) => #t)
(check (eq? (make-c-callout-maker 'void '()) (make-c-callout-maker/with-errno 'void '())) => #f)
(check (eq? (make-c-callback-maker 'void '(double)) (make-c-callback-maker 'void '(double))) => #t)
(check-error argument? (make-c-callout-maker 'integer '()))
(check-error argument? (make-c-callout-maker "void" '()))
(check-error argument? (make-c-callout-maker 'void '(void double)))
(check-error argument? (make-c-callback-maker 'void '(double voids)))
(check-error argument? (make-c-callout-maker/with-errno 'voids '()))
(check-error refused? (make-c-callout-maker 'void 'double))
(check-error refused? ((make-c-callout-maker 'void '()) 5))
(check-error inconsistent? ((make-c-callout-maker 'void '()) (null-pointer)))
(check-error inconsistent? ((make-c-callout-maker 'void '()) (integer->pointer 4096)))
(check-error inconsistent? (let ([data (guarded-malloc 8)]) ((make-c-callout-maker 'void '()) data)))
(check-error refused? ((make-c-callback-maker 'void '()) 5))
(check (guard (e [(assertion-violation? e) (condition-who e)]) (strlen)) => 'strlen)
(check-error assertion-violation? (strlen '#vu8(0) 1))

;; Dangling pointers do not reach C.
(let* ([block (malloc 8)] [copy (pointer-clone block)])
  (free block)
  (check-error inconsistent? (strlen copy)))

;; errno.
(let ([open (make-c-callout-maker/with-errno 'signed-int '(pointer signed-int))])
  (check-values ((open (dlsym program "open")) (string->utf8 "/no/such/file\x0;") 0) => -1 ENOENT)
  (check (errno) => ENOENT)
  (check-values (((make-c-callout-maker/with-errno 'signed-int '()) (dlsym program "getpid"))) => (px.getpid) 0)
  (check (errno) => 0))
(errno EINTR)
(check (errno) => EINTR)
(errno #f)
(check (errno) => 0)
(errno #t)
(check (errno) => EFAULT)
(check-error refused? (errno "EINTR"))

;; Callbacks.
(define qsort (callout 'void '(pointer size_t size_t callback) "qsort"))
(define comparer (make-c-callback-maker 'signed-int '(pointer pointer)))
(define (int p) (pointer-ref-c-signed-int p 0))
(define numbers (guarded-malloc 40))
(define (shuffle) (do ([i 0 (+ i 1)]) ((= i 10)) (array-set-c-signed-int! numbers i (mod (* i 7) 10))))
(define (read-numbers) (map (lambda (i) (array-ref-c-signed-int numbers i)) '(0 1 2 3 4 5 6 7 8 9)))
(define (sort-by procedure)
  (shuffle)
  (let ([callback (comparer procedure)])
    (unwind-protect
        (qsort numbers 10 4 callback)
      (free-c-callback callback))))
(sort-by (lambda (a b) (- (int a) (int b))))
(check (read-numbers) => '(0 1 2 3 4 5 6 7 8 9))
(sort-by (lambda (a b) (- (int b) (int a))))
(check (read-numbers) => '(9 8 7 6 5 4 3 2 1 0))
;; Allocating, collecting, sorting inside of it.
(sort-by
  (lambda (a b)
    (let ([sorted (list-sort < (map (lambda (n) (* n n)) (vector->list (make-vector 100 (int a)))))])
      (- (int a) (int b) (- (length sorted) 100)))))
(check (read-numbers) => '(0 1 2 3 4 5 6 7 8 9))
;; What is raised comes out of the callout, with what was around it, and no other callback runs.
(let ([calls 0])
  (check (guard (e [(eq? e 'no) 'caught])
           (sort-by (lambda (a b) (set! calls (+ calls 1)) (raise 'no))))
         => 'caught)
  (check calls => 1))
(check (with-exception-handler
         (lambda (e) 'unused)
         (lambda () (guard (e [#t (condition-message e)]) (sort-by (lambda (a b) (error 'compare "odd" (int a)))))))
       => "odd")
(check (let ([trace '()])
         (dynamic-wind
           (lambda () (set! trace (cons 'in trace)))
           (lambda () (guard (e [#t 'ignored]) (sort-by (lambda (a b) (raise 5)))))
           (lambda () (set! trace (cons 'out trace))))
         trace)
       => '(out in))
;; No continuation leaves it, or enters it again.
(check-error non-reinstatable-violation? (call/cc (lambda (k) (sort-by (lambda (a b) (k 1))))))
(let ([inside #f])
  (sort-by (lambda (a b) (call/cc (lambda (k) (set! inside k))) 0))
  (check-error non-reinstatable-violation? (inside 0)))
;; Continuations, handlers and deep recursion of its own are its own.
(sort-by
  (lambda (a b)
    (let deep ([n 1000]) (if (zero? n) 0 (+ 1 (deep (- n 1)))))
    (call/cc (lambda (k) (with-exception-handler (lambda (e) (k (- (int a) (int b)))) (lambda () (raise 'e)))))))
(check (read-numbers) => '(0 1 2 3 4 5 6 7 8 9))
;; A wrong number of arguments, a wrong value.
(check-error assertion-violation? (sort-by (lambda (a) 0)))
(check (guard (e [(assertion-violation? e) (condition-who e)]) (sort-by (lambda (a b) 'less))) => 'callback)
(check-error assertion-violation? (sort-by (lambda (a b) (values 1 2))))
(check-error assertion-violation? (sort-by (lambda (a b) (eval 0 (environment '(rnrs))))))
;; A callback that calls C that calls back; too deep a nest ends the run, not the process.
(define (nested n)
  (if (zero? n)
      0
      (let ([callback ((make-c-callback-maker 'signed-int '(signed-int)) (lambda (n) (+ 1 (nested (- n 1)))))])
        (unwind-protect
            (((make-c-callout-maker 'signed-int '(signed-int)) callback) n)
          (free-c-callback callback)))))
(check (nested 50) => 50)
;; Freed.
(let ([callback (comparer (lambda (a b) (error 'never "called")))])
  (free-c-callback callback)
  (shuffle)
  (qsort numbers 10 4 callback)
  (check (length (read-numbers)) => 10)
  (check-error assertion-violation? (free-c-callback callback)))
(check-error assertion-violation? (free-c-callback (null-pointer)))
(check-error refused? (free-c-callback 5))
;; Freed while it runs.
(let ([callback #f] [calls 0])
  (set! callback
    (comparer (lambda (a b) (when (zero? calls) (free-c-callback callback)) (set! calls (+ calls 1)) 1)))
  (shuffle)
  (qsort numbers 10 4 callback)
  (check calls => 1))
;; The end of the program.
(check (let ([pid (px.fork)])
         (if (zero? pid)
             (sort-by (lambda (a b) (exit 7)))
             (px.WEXITSTATUS (px.waitpid pid 0))))
       => 7)

;; (vicare ffi)
(define handle (ffi.open-shared-object "libc.so.6"))
(check (pointer? (ffi.lookup-shared-object handle "strlen")) => #t)
(check (guard (e [(ffi.shared-object-lookup-error? e)
                  (list (ffi.condition-shared-object-lookup-foreign-symbol e)
                        (pointer=? handle (ffi.condition-shared-object-lookup-so-handle e))
                        (ffi.shared-object-error? e) (error? e))])
         (ffi.lookup-shared-object handle "no_such_function"))
       => '("no_such_function" #t #t #t))
(check (guard (e [(ffi.shared-object-opening-error? e) (ffi.condition-shared-object-opening-name e)])
         (ffi.open-shared-object "libno-such-object.so"))
       => "libno-such-object.so")
(ffi.close-shared-object handle)
(check (guard (e [(ffi.shared-object-closing-error? e) (pointer=? handle (ffi.condition-shared-object-closing-so-handle e))])
         (ffi.close-shared-object handle))
       => #t)
(check (map ffi.c-callback? (list (null-pointer) #f 5)) => '(#t #f #f))
(check (map ffi.false-or-c-callback? (list (null-pointer) #f 5)) => '(#t #t #f))
(check (map ffi.maybe-c-callback? (list (null-pointer) (if #f #f) 5)) => '(#t #t #f))
(check (= (ffi.pointer-hash (integer->pointer 5)) (ffi.pointer-hash (integer->pointer 5))) => #t)
(check (map (lambda (make is?) (is? make))
            (list (ffi.make-shared-object-error) (ffi.make-shared-object-opening-error "a")
                  (ffi.make-shared-object-closing-error handle) (ffi.make-shared-object-lookup-error handle "a"))
            (list ffi.shared-object-error? ffi.shared-object-opening-error? ffi.shared-object-closing-error?
                  ffi.shared-object-lookup-error?))
       => '(#t #t #t #t))
(check (ffi.errno-code ENOENT) => ENOENT)
(check (ffi.case-errno ENOENT [(EPERM EINTR) 1] [(EBADF ENOENT) 2] [else 3]) => 2)
(check (ffi.case-errno EAGAIN [(EPERM) 1] [else 3]) => 3)

(report)
