;;; loop
(let loop () (loop))
;;; loop that counts
(let loop ((i 0)) (loop (+ i 1)))
;;; mutual recursion
(letrec ((even (lambda (n) (odd n))) (odd (lambda (n) (even n)))) (even 1))
;;; recursion without end
(define (f n) (+ 1 (f (+ n 1)))) (f 0)
;;; recursion through map
(define (f) (map (lambda (x) (f)) '(1 2))) (f)
;;; recursion through apply
(define (f) (+ 1 (apply f '()))) (f)
;;; recursion through dynamic-wind
(define (f) (dynamic-wind (lambda () 1) f (lambda () 2))) (f)
;;; recursion through guard
(define (f) (guard (e (#f 1)) (f))) (f)
;;; recursion through handlers
(let loop () (with-exception-handler (lambda (e) e) (lambda () (+ 1 (loop)))))
;;; recursion through call-with-values
(define (f x) (call-with-values (lambda () (f x)) list)) (f 1)
;;; recursion through sort
(define (f) (list-sort (lambda (a b) (f)) '(3 1 2))) (f)
;;; recursion through hashtable-update
(define t (make-eqv-hashtable)) (define (f x) (hashtable-update! t 1 f 0)) (f 1)
;;; recursion through vector-map
(define (f x) (vector-map f '#(1 2))) (f 1)
;;; recursion through call/cc
(define (f) (+ 1 (call/cc (lambda (k) (f))))) (f)
;;; recursion through a string port
(define (f) (call-with-string-output-port (lambda (p) (display (f) p)))) (f)
;;; recursion through parameterize
(define p (make-parameter 0)) (define (f) (parameterize ((p 1)) (+ 1 (f)))) (f)
;;; recursion through eval
(define (f) (eval '(eval '(+ 1 2) (environment '(rnrs))) (environment '(rnrs) '(rnrs eval)))) (let loop () (f) (loop))
;;; eval inside of eval
(define env (interaction-environment)) (define (g) (+ 1 (eval '(g) env))) (g)
;;; error in a handler without end
(with-exception-handler (lambda (e) (car e)) (lambda () (car 1)))
;;; error in a guard clause
(let loop ((i 0)) (guard (e ((car e) 1)) (loop (+ i 1))))
;;; handler that raises
(with-exception-handler (lambda (e) (raise e)) (lambda () (raise 1)))
;;; handler that calls raise-continuable
(with-exception-handler (lambda (e) (raise-continuable e)) (lambda () (raise-continuable 1)))
;;; handlers nested deeply
(define (nest n) (if (= n 0) (raise-continuable 0) (with-exception-handler (lambda (e) (+ 1 (raise-continuable e))) (lambda () (nest (- n 1)))))) (nest 100000)
;;; guards nested deeply
(define (nest n) (if (= n 0) (raise 'x) (guard (e (#f 1)) (nest (- n 1))))) (nest 30000)
;;; winders nested deeply
(define (nest n) (if (= n 0) (car 1) (dynamic-wind (lambda () 1) (lambda () (nest (- n 1))) (lambda () 2)))) (nest 100000)
;;; escape through many winders
(define (nest n k) (if (= n 0) (k 1) (dynamic-wind (lambda () 1) (lambda () (nest (- n 1) k)) (lambda () 2)))) (let loop () (call/cc (lambda (k) (nest 20000 k))) (loop))
;;; winders that loop
(dynamic-wind (lambda () 1) (lambda () (let loop () (loop))) (lambda () (let loop () (loop))))
;;; winder that loops on the way in
(dynamic-wind (lambda () (let loop () (loop))) (lambda () 1) (lambda () 2))
;;; winder that escapes again
(define k #f) (dynamic-wind (lambda () (call/cc (lambda (c) (set! k c)))) (lambda () 1) (lambda () (k 1)))
;;; continuation entered again for ever
(let ((k #f) (n 0)) (call/cc (lambda (c) (set! k c))) (set! n (+ n 1)) (k 1))
;;; continuations kept in a list
(let loop ((l '())) (call/cc (lambda (k) (loop (cons k l)))))
;;; continuations inside of continuations
(define (f l) (+ 1 (call/cc (lambda (k) (f (cons k l)))))) (f '())
;;; escapes by the hundred thousand
(let loop ((i 0)) (call/cc (lambda (k) (k i))) (loop (+ i 1)))
;;; deep stack captured again and again
(define (deep n) (if (= n 0) (let loop () (call/cc (lambda (k) k)) (loop)) (+ 1 (deep (- n 1))))) (deep 10000)
;;; delays nested deeply
(define (nest n) (if (= n 0) 1 (force (delay (nest (- n 1)))))) (nest 1000000)
;;; promise that forces itself
(define p (delay (force p))) (force p)
;;; delay chains
(define (s n) (delay (cons n (s (+ n 1))))) (define all (s 0)) (let loop ((p all)) (loop (cdr (force p))))
;;; apply with many arguments
(define l (vector->list (make-vector 1000000 1))) (let loop () (apply + l) (loop))
;;; apply list with many arguments
(define l (vector->list (make-vector 300000 1))) (let loop ((all '())) (loop (cons (apply list l) all)))
;;; apply with a rest argument
(define l (vector->list (make-vector 300000 1))) (define (f . r) r) (let loop ((all '())) (loop (cons (apply f l) all)))
;;; apply of a circular list
(define l (list 1 2 3)) (set-cdr! (cddr l) l) (apply + l)
;;; values by the million
(define l (vector->list (make-vector 500000 1))) (let loop () (call-with-values (lambda () (apply values l)) list) (loop))
;;; case-lambda recursion
(define f (case-lambda (() (f 1)) ((x) (f x 2)) ((x y) (f)))) (f)
;;; church numerals
(define (two f) (lambda (x) (f (f x)))) ((((((two two) two) two) two) (lambda (x) (+ x 1))) 0)
;;; ackermann
(define (ack m n) (cond ((= m 0) (+ n 1)) ((= n 0) (ack (- m 1) 1)) (else (ack (- m 1) (ack m (- n 1)))))) (ack 4 2)
;;; tail loop with a list
(define (sum l acc) (if (null? l) acc (sum (cdr l) (+ acc (car l))))) (define l (vector->list (make-vector 500000 1))) (let loop () (sum l 0) (loop))
;;; exit in a winder
(dynamic-wind (lambda () 1) (lambda () (exit 3)) (lambda () (let loop () (loop))))
;;; exit in a handler
(with-exception-handler (lambda (e) (exit 4)) (lambda () (raise 1)))
;;; coroutines without end
(coroutine (lambda () (let loop () (yield) (loop)))) (coroutine (lambda () (let loop () (yield) (loop)))) (finish-coroutines)
;;; reset and shift without end
(let loop () (reset (+ 1 (shift k (k (k 1))))) (loop))
;;; errors in a loop
(let loop () (guard (e (#t 1)) (car 1)) (loop))
;;; errors that build text
(define s (make-string 100000 #\a)) (let loop () (guard (e (#t 1)) (error 'x s s s)) (loop))
;;; unbound in a loop
(let loop () (guard (e (#t 1)) (eval 'no-such-name (environment '(rnrs)))) (loop))
;;; guard that catches everything, in a loop
(let loop () (guard (e (#t (loop))) (let loop () (loop))))
;;; guard around the heap's limit
(let again () (guard (e (#t 1)) (let loop ((l '())) (loop (cons l l)))) (again))
;;; guard around the stack's limit
(let again () (guard (e (#t 1)) (let loop () (+ 1 (loop)))) (again))
;;; compensations without end
(let loop () (with-compensations (compensate 1 (with (display ""))) 2) (loop))
;;; deep continuation entered again and again
(let () (define k0 #f) (define (deep n) (if (= n 0) (call/cc (lambda (k) (set! k0 k) 0)) (+ 1 (deep (- n 1))))) (deep 200000) (k0 1))
