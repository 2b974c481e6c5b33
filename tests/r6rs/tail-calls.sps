#!r6rs
;;; Tail calls in every tail context: report 5.11, 11.20; library report 5, 7.1.
;;; Each loop makes N calls; without proper tail calls it would need N frames,
;;; which the harness makes fail by a small limit for the stack.
(import (rnrs base) (rnrs control) (rnrs exceptions) (rnrs conditions)
        (rnrs lists) (vicar-test))

(define N 3000)

;; Transparent
(define-syntax same (syntax-rules () ((_ e) e)))

;; (loops (name n) body): body calls (name (- n 1)) in the tail context under test.
(define-syntax loops
  (syntax-rules ()
    ((_ (name n) body)
     (check (let () (define (name n) (if (= n 0) 'done body)) (name N)) => 'done))))

(loops (f n) (f (- n 1)))
(loops (f n) (if #t (f (- n 1)) 0))
(loops (f n) (if #f 0 (f (- n 1))))
(loops (f n) (if #t (f (- n 1))))
(loops (f n) (cond (#f 0) (else (f (- n 1)))))
(loops (f n) (cond (#t 1 (f (- n 1)))))
(loops (f n) (cond (#f 0) (#t (f (- n 1))) (else 0)))
(loops (f n) (cond ((- n 1) => f) (else 0)))
(loops (f n) (cond ((- n 1) => (lambda (m) (f m)))))
(loops (f n) (case n ((-1 -2) 0) (else (f (- n 1)))))
(loops (f n) (case 'a ((a b) 1 (f (- n 1))) (else 0)))
(loops (f n) (and 1 2 (f (- n 1))))
(loops (f n) (and (f (- n 1))))
(loops (f n) (or #f #f (f (- n 1))))
(loops (f n) (or (f (- n 1))))
(loops (f n) (when #t 1 (f (- n 1))))
(loops (f n) (unless #f 1 (f (- n 1))))
(loops (f n) (let ((m (- n 1))) (f m)))
(loops (f n) (let () (define m (- n 1)) (f m)))
(loops (f n) (let loop ((i 0)) (if (= i 1) (f (- n 1)) (loop (+ i 1)))))
(loops (f n) (let* ((m n) (k (- m 1))) (f k)))
(loops (f n) (letrec ((g (lambda (m) (f m)))) (g (- n 1))))
(loops (f n) (letrec* ((m (- n 1)) (g (lambda () (f m)))) (g)))
(loops (f n) (let-values (((a b) (values n 1))) (f (- a b))))
(loops (f n) (let*-values (((a) (values n)) ((b . c) (values a 1))) (f (- b (car c)))))
(loops (f n) (let-syntax ((g (syntax-rules () ((_ x) (f x))))) (g (- n 1))))
(loops (f n) (letrec-syntax ((g (syntax-rules () ((_ x) (f x))))) (g (- n 1))))
(loops (f n) (begin 1 2 (f (- n 1))))
(loops (f n) (begin (begin (f (- n 1)))))
(loops (f n) ((lambda (m) (f m)) (- n 1)))
(loops (f n) ((lambda (m . rest) (f m)) (- n 1) 1 2))
(loops (f n) ((case-lambda ((a) 0) ((a b) (f (- a b)))) n 1))
(loops (f n) (do ((i 0 (+ i 1))) ((= i 2) 1 (f (- n 1)))))
(loops (f n) (apply f (list (- n 1))))
(loops (f n) (apply f (- n 1) '()))
(loops (f n) (apply apply f (list (list (- n 1)))))
(loops (f n) (call/cc (lambda (k) (f (- n 1)))))
(loops (f n) (call-with-current-continuation (lambda (k) (f (- n 1)))))
(loops (f n) ((call/cc (lambda (k) f)) (- n 1)))
(loops (f n) (call-with-values (lambda () (- n 1)) f))
(loops (f n) (call-with-values (lambda () (values (- n 1) 2)) (lambda (m x) (f m))))
(loops (f n) (guard (e (#t (f e))) (raise (- n 1))))
(loops (f n) (guard (e ((number? e) 1 (f e))) (raise (- n 1))))
(loops (f n) (guard (e ((- e 1) => f)) (raise n)))
(loops (f n) (for-all (lambda (x) (f x)) (list (- n 1))))
(loops (f n) (exists (lambda (x) (f x)) (list (- n 1))))
(loops (f n) (same (f (- n 1))))
(loops (f n) (if (let ((x n)) (and x (or #f x))) (cond ((let* () n) (case 1 ((1) (begin (f (- n 1)))))))))

;; Mutual recursion through several procedures and a vector of them
(check (letrec ((a (lambda (n) (if (= n 0) 'done (b (- n 1)))))
                (b (lambda (n) (if (= n 0) 'done (c (- n 1)))))
                (c (lambda (n) (if (= n 0) 'done (a (- n 1))))))
         (a N)) => 'done)
(check (let ((v (make-vector 2 #f)))
         (vector-set! v 0 (lambda (n) (if (= n 0) 'done ((vector-ref v 1) (- n 1)))))
         (vector-set! v 1 (lambda (n) (if (= n 0) 'done ((vector-ref v 0) (- n 1)))))
         ((vector-ref v 0) N)) => 'done)
;; A callee with more parameters, with fewer, and with a rest list
(check (letrec ((narrow (lambda (n) (if (= n 0) 'done (wide (- n 1) 1 2 3 4 5 6 7 8))))
                (wide (lambda (n a b c d e f g h) (if (= n 0) 'done (rest (- n 1) h))))
                (rest (lambda (n . r) (if (= n 0) 'done (narrow (- n 1))))))
         (narrow N)) => 'done)
;; Assigned variables and captured ones do not keep frames.
(check (let ((count 0))
         (define (f n) (set! count (+ count 1)) (if (= n 0) count (f (- n 1))))
         (f N)) => 3001)
(check (let f ((n N) (k (lambda () 'done))) (if (= n 0) (k) (f (- n 1) (lambda () (k))))) => 'done)
;; Continuation passing style
(check (letrec ((count (lambda (n k) (if (= n 0) (k 0) (count (- n 1) (lambda (v) (k (+ v 1))))))))
         (count N (lambda (v) v))) => 3000)
;; A handler that returns, in a loop
(check (let loop ((i 0))
         (if (= i 2000)
             'done
             (loop (with-exception-handler (lambda (e) (+ e 1)) (lambda () (raise-continuable i)))))) => 'done)
;; A macro-made state machine
(define-syntax automaton
  (syntax-rules (:)
    ((_ init (state : response ...) ...)
     (let-syntax ((process (syntax-rules (accept ->)
                             ((_ accept) (lambda (s) (null? s)))
                             ((_ (label -> target) (... ...))
                              (lambda (s)
                                (if (null? s) #f
                                    (case (car s) ((label) (target (cdr s))) (... ...) (else #f))))))))
       (letrec ((state (process response ...)) ...) init)))))
(define (repeat n l tail) (if (= n 0) tail (repeat (- n 1) l (append l tail))))
(check ((automaton q0 (q0 : (c -> q1)) (q1 : (a -> q1) (d -> q1) (r -> q2)) (q2 : accept))
        (cons 'c (repeat 2000 '(a d) '(r)))) => #t)

(report)
