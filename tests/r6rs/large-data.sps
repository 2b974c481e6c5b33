#!r6rs
;;; Large and deep data: length, depth and recursion are bounded by memory only.
;;; Apart from the other files because collecting at every safepoint is
;;; quadratic in the size of what is alive.
(import (rnrs base) (rnrs control) (rnrs lists) (rnrs sorting) (rnrs exceptions)
        (rnrs conditions) (rnrs mutable-strings) (rnrs io simple) (rnrs eval)
        (only (rnrs io ports) open-string-input-port i/o-read-error? call-with-string-output-port)
        (vicar-test))

;;; equal? deep in the car and in the cdr
(define (nested n) (let loop ((i 0) (x '())) (if (= i n) x (loop (+ i 1) (list x)))))
(define (chain n) (let loop ((i 0) (x '())) (if (= i n) x (loop (+ i 1) (cons i x)))))
(check (equal? (nested 200000) (nested 200000)) => #t)
(check (equal? (nested 200000) (nested 200001)) => #f)
(check (equal? (chain 200000) (chain 200000)) => #t)

;;; Lists
(define (count n) (let loop ((i n) (l '())) (if (= i 0) l (loop (- i 1) (cons i l)))))
(define long (count 300000))
(check (length (map (lambda (x) (+ x 1)) long)) => 300000)
(check (car (reverse long)) => 300000)
(check (apply + long) => 45000150000)
(check (length (append long long)) => 600000)
(check (let ((sum 0)) (for-each (lambda (x) (set! sum (+ sum x))) long) sum)
       => 45000150000)
(check (apply max long) => 300000)
(check (length (apply list long)) => 300000)
(check (list-ref long 299999) => 300000)

;;; Strings
(check (string-length (apply string-append (map (lambda (x) "0123456789")
                                                (vector->list (make-vector 10000 0)))))
       => 100000)
(check (let ((s (make-string 1000000 #\a)))
         (string-set! s 999999 #\λ)
         (list (string-ref s 999998) (string-ref s 999999))) => '(#\a #\λ))

;;; Vectors
(check (let ((v (make-vector 1000000 1)))
         (vector-set! v 999999 5)
         (+ (vector-ref v 0) (vector-ref v 999999))) => 6)
(check (apply + (vector->list (make-vector 100000 2))) => 200000)
(check (vector-length (vector-map (lambda (x) (+ x 1)) (make-vector 100000 0))) => 100000)
;; A large vector of young objects survives collection of its neighbours.
(check (let ((v (make-vector 1000 #f)))
         (do ((i 0 (+ i 1))) ((= i 1000)) (vector-set! v i (list i)))
         (do ((i 0 (+ i 1))) ((= i 100000)) (list i i i))
         (let loop ((i 0) (sum 0))
           (if (= i 1000) sum (loop (+ i 1) (+ sum (car (vector-ref v i)))))))
       => 499500)

;;; (rnrs lists)
(define listed (count 200000))
(check (fold-left + 0 listed) => 20000100000)
(check (fold-right + 0 listed) => 20000100000)
(check (length (filter even? listed)) => 100000)
(check (for-all positive? listed) => #t)
(check (memv 200000 listed) => '(200000))
(check (length (fold-right cons '() listed)) => 200000)

;;; (rnrs sorting)
(check (equal? (list-sort < (reverse listed)) listed) => #t)

;;; Reading
(define (lexical? e) (and (lexical-violation? e) (i/o-read-error? e)))
(define (read-string text) (read (open-string-input-port (string-append "#!r6rs " text))))
(define (repeated n text)
  (let ((out (make-vector n text))) (apply string-append (vector->list out))))
(define (depth datum) (let loop ((d datum) (n 0)) (if (pair? d) (loop (car d) (+ n 1)) n)))
(check (depth (read-string (string-append (repeated 100000 "(") (repeated 100000 ")")))) => 99999)
(check-error lexical? (read-string (repeated 100000 "(")))
(check (length (read-string (string-append "(" (repeated 100000 "x ") ")"))) => 100000)
(check (let loop ((d (read-string (string-append (repeated 10000 "'") "x"))) (n 0))
         (if (pair? d) (loop (cadr d) (+ n 1)) n)) => 10000)
(check (vector? (read-string (string-append (repeated 10000 "#(") (repeated 10000 ")")))) => #t)
(check (read-string (string-append (repeated 10000 "#|") (repeated 10000 "|#") "x")) => 'x)
(check (read-string (string-append (repeated 1000 "#;") (repeated 1000 "x ") "y")) => 'y)
(check (string-length (read-string (string-append "\"" (repeated 100000 "a") "\""))) => 100000)
(check (string-length (symbol->string (read-string (repeated 100000 "a")))) => 100000)
(check (read-string (string-append (repeated 2000 "9") " x")) => (- (expt 10 2000) 1))

;;; Recursion, and escaping from its bottom
(define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1)))))
(check (deep 20000) => 20000)
(define (deep-escape n k) (if (= n 0) (k 'bottom) (+ 1 (deep-escape (- n 1) k))))
(check (call/cc (lambda (k) (deep-escape 500000 k))) => 'bottom)
(define (deep-winds n)
  (if (= n 0) 0 (+ 1 (dynamic-wind values (lambda () (deep-winds (- n 1))) values))))
(check (deep-winds 10000) => 10000)

;;; Writing
(define (written obj) (call-with-string-output-port (lambda (p) (write obj p))))
(check (string-length (written (nested 100000))) => 200002)
(check (string-length (written (make-vector 100000 1))) => 200002)
(check (string-length (written (count 1000))) => 3894)

;;; Code: long chains, deep nesting, many of everything, and procedures that would grow beyond all bounds if their calls were
;;; replaced by their bodies
(define here (environment '(rnrs base)))
(define (repeat n make x) (let loop ((i 0) (x x)) (if (= i n) x (loop (+ i 1) (make i x)))))
(define (name prefix i) (string->symbol (string-append prefix (number->string i))))
(define (names prefix n) (map (lambda (i) (name prefix i)) (count n)))
(check ((eval `(lambda (f) (if (or ,@(map (lambda (i) '(f)) (count 5000))) 1 2)) here) (lambda () #f)) => 2)
(check ((eval `(lambda (f) (and ,@(map (lambda (i) '(f)) (count 5000)) 3)) here) (lambda () #t)) => 3)
(check ((eval `(lambda (x) ,(repeat 5000 (lambda (i x) `(+ 1 ,x)) 'x)) here) 0) => 5000)
(check ((eval `(lambda (f x) ,(repeat 5000 (lambda (i x) `(f ,x)) 'x)) here) (lambda (x) (+ x 1)) 0) => 5000)
(check ((eval `(lambda (x) ,(repeat 5000 (lambda (i x) `(if (not x) ,x 0)) 'x)) here) #f) => #f)
(check ((apply (eval `(lambda ,(names "x" 2000) (lambda () (+ ,@(names "x" 2000)))) here) (count 2000))) => 2001000)
(check (length ((eval `(lambda (f) (list ,@(map (lambda (i) '(f)) (count 5000)))) here) (lambda () 1))) => 5000)
(check (eval `(let loop ((n 2) ,@(map (lambda (i) (list (name "x" i) i)) (count 1000)))
                (if (= n 0) x1 (loop (- n 1) ,@(cdr (names "x" 1000)) x1)))
             here)
       => 3)
(check (eval `(let () (define (f0 x) (car x))
                ,@(map (lambda (i) `(define (,(name "f" i) x) (,(name "f" (- i 1)) (,(name "f" (- i 1)) x))))
                       (count 300))
                (procedure? f300))
             here)
       => #t)

;;; Allocation
(define (tree depth) (if (= depth 0) '() (cons (tree (- depth 1)) (tree (- depth 1)))))
(define (leaves t) (if (null? t) 1 (+ (leaves (car t)) (leaves (cdr t)))))
(check (leaves (tree 18)) => 262144)
(check (let loop ((i 0) (sum 0)) (if (= i 50) sum (loop (+ i 1) (+ sum (leaves (tree 12)))))) => 204800)
(check (let loop ((i 0) (s "")) (if (= i 2000) (string-length s) (loop (+ i 1) (string-append s "0123456789")))) => 20000)
(check (let loop ((i 0)) (if (= i 300) 'collected (begin (make-vector 100000 i) (loop (+ i 1))))) => 'collected)

(report)
